//! PURE. A posted message around the bytes that delibird rendered: as a line of `simulate`
//! without reading them again, or checked for whoever takes it further.

use std::io::{self, Write};

use bytes::Bytes;
use serde_json::value::RawValue;

use super::PostedMessage;

impl PostedMessage<Bytes> {
    pub fn write_line(self, out: &mut impl Write) -> io::Result<()> {
        let (posted, body) = self.parted();
        let mut line = Vec::with_capacity(512);
        model::json::write(&mut line, &posted)?;
        let before = line.strip_suffix(b"null}");
        let before = before.ok_or_else(|| io::Error::other("the message is not the last field"))?;
        out.write_all(before)?;
        out.write_all(&body)?;
        out.write_all(b"}\n")
    }

    pub fn checked(self) -> anyhow::Result<PostedMessage> {
        let (posted, body) = self.parted();
        let message = RawValue::from_string(String::from_utf8(body.into())?)?;
        Ok(posted.holding(message))
    }

    fn parted(mut self) -> (PostedMessage<()>, Bytes) {
        let body = std::mem::take(&mut self.message);
        (self.holding(()), body)
    }
}

impl<M> PostedMessage<M> {
    fn holding<N>(self, message: N) -> PostedMessage<N> {
        PostedMessage {
            space: self.space,
            thread: self.thread,
            kind: self.kind,
            subject: self.subject,
            severity: self.severity,
            alert_id: self.alert_id,
            accounts: self.accounts,
            copy: self.copy,
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use model::words::{Kind, Severity, Subject};

    use super::{PostedMessage, RawValue};
    use crate::inbox::PostedCopy;

    #[test]
    fn a_line_is_what_serde_would_have_written() {
        for copy in [None, Some(PostedCopy::Top)] {
            let posted = PostedMessage {
                space: "o\"ps".into(),
                thread: "t".into(),
                kind: Kind::Opened,
                subject: Subject::Issue,
                severity: Severity::High,
                alert_id: "a".into(),
                accounts: 3,
                copy,
                message: Bytes::from_static(br#"{"text":"<b>null</b>","x":null}"#),
            };
            let checked: PostedMessage<Box<RawValue>> = posted.clone().checked().unwrap();
            let mut line = Vec::new();
            posted.write_line(&mut line).unwrap();
            let whole = serde_json::to_string(&checked).unwrap();
            assert_eq!(String::from_utf8(line).unwrap(), format!("{whole}\n"));
            assert!(whole.ends_with(r#""message":{"text":"<b>null</b>","x":null}}"#), "{whole}");
        }
    }
}
