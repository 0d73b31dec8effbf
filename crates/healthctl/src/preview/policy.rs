//! PURE. The content security policy of a page that carries its one style and its one script
//! inline: both are named by hash, and nothing else may run, load or be sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// What the page may talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// A file on disk: nothing at all.
    Nowhere,
    /// A served page: its own server.
    Itself,
}

/// The policy for a page with exactly this style and this script.
pub(crate) fn policy(style: &str, script: &str, reach: Reach) -> String {
    let connect = match reach {
        Reach::Nowhere => "'none'",
        Reach::Itself => "'self'",
    };
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; connect-src {connect}; \
         img-src data:; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script),
    )
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(digest(&SHA256, text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_script_are_named_by_hash() {
        assert_eq!(
            policy("", "", Reach::Nowhere),
            "default-src 'none'; style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; \
             script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; connect-src 'none'; \
             img-src data:; base-uri 'none'; form-action 'none'"
        );
    }
}
