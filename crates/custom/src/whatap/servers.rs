//! PURE. The collector addresses of a project, as WhaTap's install page and its agents write them.

use std::fmt;

/// The port of every collector unless an entry names another.
pub const DEFAULT_PORT: u16 = 6600;

/// At least one collector, in the order to try them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Servers(Vec<Server>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Server {
    /// A name or an address; an IPv6 address without its brackets.
    pub host: String,
    pub port: u16,
}

/// Which entry of the list, counted from 1, cannot be used. Reads on after the list's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServersError {
    #[error("has an entry {entry} without a host")]
    NoHost { entry: usize },
    #[error("has an entry {entry} with a port that is not 1 to 65535")]
    BadPort { entry: usize },
    #[error("has an entry {entry} that is not host or host:port, IPv6 in brackets")]
    BadHost { entry: usize },
}

impl Servers {
    /// `a/b`, `a,b`, each `host` or `host:port`, blanks around entries ignored.
    pub fn parse(list: &str, default_port: u16) -> Result<Self, ServersError> {
        let entries = list.split(['/', ',']).enumerate();
        entries
            .map(|(index, entry)| server(entry.trim(), index + 1, default_port))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub fn as_slice(&self) -> &[Server] {
        &self.0
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            return write!(f, "[{}]:{}", self.host, self.port);
        }
        write!(f, "{}:{}", self.host, self.port)
    }
}

fn server(text: &str, entry: usize, default_port: u16) -> Result<Server, ServersError> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or(ServersError::BadHost { entry })?;
            let port = match rest {
                "" => None,
                _ => Some(rest.strip_prefix(':').ok_or(ServersError::BadHost { entry })?),
            };
            (host, port)
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    if host.is_empty() {
        return Err(ServersError::NoHost { entry });
    }
    if host.chars().any(|c| c.is_whitespace() || c.is_control() || "[]@?#\\".contains(c)) {
        return Err(ServersError::BadHost { entry });
    }
    let port = match port {
        None => default_port,
        Some(digits) => match digits.parse() {
            Ok(port @ 1..) if digits.bytes().all(|b| b.is_ascii_digit()) => port,
            _ => return Err(ServersError::BadPort { entry }),
        },
    };
    Ok(Server { host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &str, expected: Result<&[&str], ServersError>) {
        let read = Servers::parse(list, DEFAULT_PORT);
        let shown = read.map(|s| s.as_slice().iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(shown, expected.map(|e| e.iter().map(ToString::to_string).collect()), "{list}");
    }

    #[test]
    fn a_list_is_read_as_agents_and_people_write_it() {
        check("10.0.0.1/10.0.0.2", Ok(&["10.0.0.1:6600", "10.0.0.2:6600"]));
        check("10.0.0.1:7000", Ok(&["10.0.0.1:7000"]));
        check(" a.example.com , b:6601/c ", Ok(&["a.example.com:6600", "b:6601", "c:6600"]));
        check("[2001:db8::1]:7000,[::1]", Ok(&["[2001:db8::1]:7000", "[::1]:6600"]));
    }

    #[test]
    fn a_list_that_is_not_one_names_the_entry() {
        check("", Err(ServersError::NoHost { entry: 1 }));
        check("a,,b", Err(ServersError::NoHost { entry: 2 }));
        check("a/:6600", Err(ServersError::NoHost { entry: 2 }));
        check("a:0", Err(ServersError::BadPort { entry: 1 }));
        check("a:65536", Err(ServersError::BadPort { entry: 1 }));
        check("a:+7", Err(ServersError::BadPort { entry: 1 }));
        check("tcp://a:6600", Err(ServersError::BadPort { entry: 1 }));
        check("::1", Err(ServersError::NoHost { entry: 1 }));
        check("[::1", Err(ServersError::BadHost { entry: 1 }));
        check("a b", Err(ServersError::BadHost { entry: 1 }));
    }

    #[test]
    fn what_is_wrong_reads_on_after_the_name_of_the_setting() {
        let rows = [
            (ServersError::NoHost { entry: 2 }, "has an entry 2 without a host"),
            (
                ServersError::BadPort { entry: 2 },
                "has an entry 2 with a port that is not 1 to 65535",
            ),
            (
                ServersError::BadHost { entry: 2 },
                "has an entry 2 that is not host or host:port, IPv6 in brackets",
            ),
        ];
        for (error, told) in rows {
            assert_eq!(error.to_string(), told);
        }
    }
}
