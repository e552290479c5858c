//! What can go wrong with a database on the other side of a network, in words that name the way out.

use std::error::Error as _;
use std::fmt;

use postgres::error::SqlState;

use crate::config::server::{Host, Server};
use crate::fault::{Fault, Kind};

/// What an error means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The connection is gone, there was none, or the server did not answer in time: what had been committed is, and nothing
    /// else.
    Lost,
    /// The server asks to try the whole transaction again.
    Again,
    /// Somebody held a lock for too long.
    Busy,
    /// The tables of this program are not there yet.
    NoTable,
    /// Who asks may not.
    Denied,
    /// The server does not let this user in.
    Credentials,
    /// There is no such database.
    NoDatabase,
    /// The server takes no writes, as a standby.
    ReadOnly,
    DiskFull,
    /// TLS could not be agreed on, or the certificate is not to be trusted.
    Tls,
    /// The store's own pages are damaged.
    Damaged,
    /// PostgreSQL keeps no NUL in a text.
    NulInText,
    /// A statement of ours is wrong.
    Bug,
}

/// An error of the connection or the server.
#[derive(Debug)]
pub(super) struct Trouble {
    pub meaning: Meaning,
    /// What was reported, as a person reads it.
    why: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    pub fn lost(why: impl Into<String>) -> Self {
        Trouble::of(Meaning::Lost, why)
    }

    pub fn of(meaning: Meaning, why: impl Into<String>) -> Self {
        Trouble {
            meaning,
            why: why.into(),
        }
    }

    /// Whether trying again may help by itself.
    pub fn passes(&self) -> bool {
        matches!(self.meaning, Meaning::Lost | Meaning::Again)
    }

    /// What could not be done with the store, as a fault. Only names, hosts and the server's own words are in it.
    pub fn fault(self, verb: &str, server: &Server) -> Fault {
        let attempt = format!("cannot {verb} the store at `{server}`");
        let nothing = "nothing was written";
        let (user, database, schema) = (&server.user, &server.database, &server.schema);
        let fault = match self.meaning {
            Meaning::Lost | Meaning::Again => {
                Fault::new(Kind::Unreachable, "store-unreachable", format!("{attempt}: it does not answer"))
                    .still(nothing)
                    .hint(match &server.host {
                        Host::Name(name) => format!("pg_isready -h {name} -p {}", server.port),
                        Host::Socket(folder) => format!("pg_isready -h {} -p {}", folder.display(), server.port),
                    })
            }
            Meaning::Busy => Fault::new(Kind::Busy, "busy", format!("{attempt}: somebody keeps it locked"))
                .still(nothing)
                .hint("psql -c \"select pid, application_name, state, query from pg_stat_activity\""),
            Meaning::Denied => Fault::new(
                Kind::Credentials,
                "store-denied",
                format!("{attempt}: `{user}` may not do that there"),
            )
            .still(nothing)
            .hint(format!(
                "as its owner: GRANT CREATE ON DATABASE \"{database}\" TO \"{user}\"; or, where schema {schema} exists: \
                 ALTER SCHEMA {schema} OWNER TO \"{user}\""
            )),
            Meaning::Credentials => Fault::new(
                Kind::Credentials,
                "store-credentials",
                format!("{attempt}: the server does not let `{user}` in"),
            )
            .still(nothing)
            .hint("say where the password is: ?password=env:NAME, file:PATH or exec:COMMAND; or set PGPASSWORD"),
            Meaning::NoDatabase => Fault::usage(
                "store-no-database",
                format!("{attempt}: there is no database `{database}`"),
            )
            .still(nothing)
            .hint(format!("createdb {database}")),
            Meaning::ReadOnly => Fault::failed("read-only", format!("{attempt}: the server takes no writes"))
                .still(nothing)
                .hint("name the primary server, not a standby"),
            Meaning::DiskFull => {
                Fault::failed("disk-full", format!("{attempt}: the server's disk is full")).still(nothing)
            }
            Meaning::Tls => Fault::new(
                Kind::Unreachable,
                "store-tls",
                format!("{attempt}: its server could not be verified"),
            )
            .still(nothing)
            .hint("name its authority with ?sslrootcert=/path/to/ca.pem, or see `sslmode` in docs/store.md"),
            Meaning::Damaged => {
                Fault::new(Kind::NeedsHuman, "store-damaged", format!("{attempt}: the server found it damaged"))
                    .hint("restore a copy of the database")
            }
            Meaning::NulInText => Fault::usage(
                "text-with-nul",
                format!("{attempt}: a text holds a NUL character, which PostgreSQL does not keep"),
            )
            .still(nothing),
            Meaning::NoTable | Meaning::Bug => Fault::bug(attempt),
        };
        fault.because(self)
    }
}

impl From<postgres::Error> for Trouble {
    fn from(error: postgres::Error) -> Self {
        let mut why = error.to_string();
        let mut inner = error.source();
        while let Some(cause) = inner {
            let text = cause.to_string();
            if !why.ends_with(&text) {
                why = format!("{why}: {text}");
            }
            inner = cause.source();
        }
        let meaning = match error.code() {
            Some(code) => of_code(code),
            None if error.is_closed() => Meaning::Lost,
            None => of_client(&error),
        };
        Trouble { meaning, why }
    }
}

/// What the client library itself could not do. It keeps its kinds to itself, so the beginnings of its messages tell.
fn of_client(error: &postgres::Error) -> Meaning {
    let text = error.to_string();
    let begins = |start: &str| text.starts_with(start);
    if begins("error performing TLS handshake") {
        // A server that goes away in the middle of it breaks no trust.
        let gone = error
            .source()
            .and_then(|cause| cause.downcast_ref::<std::io::Error>())
            .is_some_and(|cause| {
                matches!(
                    cause.kind(),
                    std::io::ErrorKind::UnexpectedEof
                        | std::io::ErrorKind::ConnectionReset
                        | std::io::ErrorKind::BrokenPipe
                        | std::io::ErrorKind::TimedOut
                )
            });
        return if gone { Meaning::Lost } else { Meaning::Tls };
    }
    if begins("authentication error") || begins("invalid configuration") {
        return Meaning::Credentials;
    }
    if begins("error serializing") || begins("error deserializing") || begins("invalid column") || begins("expected") {
        return Meaning::Bug;
    }
    // Reading, writing, connecting, timing out, or an answer that makes no sense: the connection is of no use.
    Meaning::Lost
}

/// Appendix A of PostgreSQL's manual.
fn of_code(code: &SqlState) -> Meaning {
    let code = code.code();
    match code {
        "55P03" | "57014" | "55006" => Meaning::Busy,
        "40001" | "40P01" => Meaning::Again,
        "42P01" | "3F000" => Meaning::NoTable,
        "42501" => Meaning::Denied,
        "3D000" => Meaning::NoDatabase,
        "25006" => Meaning::ReadOnly,
        "53100" => Meaning::DiskFull,
        "22021" => Meaning::NulInText,
        // A transaction that idled for too long was ended by the server, as this program asks for.
        "25P03" => Meaning::Lost,
        "XX001" | "XX002" => Meaning::Damaged,
        // Shutting down, crashed, starting, disconnected; too many connections, out of memory.
        "57P01" | "57P02" | "57P03" | "57P05" => Meaning::Lost,
        _ => match code.get(..2) {
            Some("08" | "53" | "58") => Meaning::Lost,
            Some("28") => Meaning::Credentials,
            _ => Meaning::Bug,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::environment::Environment;

    #[test]
    fn each_trouble_has_its_word() {
        let url = "postgres://app@db/d";
        let server = Server::parse(url, &Environment::default(), "u", Path::new("/")).unwrap();
        for (code, kind, word) in [
            ("08006", Kind::Unreachable, "store-unreachable"),
            ("57P01", Kind::Unreachable, "store-unreachable"),
            ("57P03", Kind::Unreachable, "store-unreachable"),
            ("53300", Kind::Unreachable, "store-unreachable"),
            ("55P03", Kind::Busy, "busy"),
            ("57014", Kind::Busy, "busy"),
            ("42501", Kind::Credentials, "store-denied"),
            ("28P01", Kind::Credentials, "store-credentials"),
            ("3D000", Kind::Usage, "store-no-database"),
            ("25006", Kind::Failed, "read-only"),
            ("53100", Kind::Failed, "disk-full"),
            ("XX001", Kind::NeedsHuman, "store-damaged"),
            ("22021", Kind::Usage, "text-with-nul"),
            ("42601", Kind::Bug, "bug"),
        ] {
            let trouble = Trouble::of(of_code(&SqlState::from_code(code)), "x");
            let fault = trouble.fault("write", &server);
            assert_eq!((fault.kind(), fault.code()), (kind, word), "{code}");
            assert!(fault.message().contains("postgres://app@db:5432/d"), "{fault}");
        }
    }
}
