//! A PostgreSQL database as the place of a store: `postgres://USER@HOST:PORT/DATABASE?…`.
//!
//! The URL never holds a password, only where one is found, so that it may be shown, logged and handed to another process.
//! What a part means is what libpq's documentation says of it (PostgreSQL manual, "Connection URIs" and "SSL Support");
//! only the default of `sslmode` is stricter.

use std::fmt;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::nearest::nearest;
use super::secret;
use crate::fault::{Attempt, Fault, Kind, Result};
use crate::model::spec::SecretRef;
use crate::ports::Commands;
use crate::ports::target::Secret;

/// The port that PostgreSQL listens on unless told otherwise.
const PORT: u16 = 5432;
/// Where the tables are unless the URL says otherwise.
const SCHEMA: &str = "deliver";
/// PostgreSQL cuts longer names off silently (NAMEDATALEN - 1).
const NAME_MAX: usize = 63;
/// The longest line of a password file that is read; libpq has no limit, and no password is longer.
const PASSFILE_MAX: u64 = 1 << 20;

/// How the connection is secured, as libpq names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    /// Never TLS.
    Disable,
    /// TLS where the server offers it; nothing is verified.
    Prefer,
    /// Always TLS. The certificate is verified where a root certificate was named, and taken as it is otherwise.
    Require,
    /// Always TLS, with a certificate of a known authority, for whatever name.
    VerifyCa,
    /// Always TLS, with a certificate of a known authority for this host.
    VerifyFull,
}

impl SslMode {
    const ALL: [(&'static str, SslMode); 5] = [
        ("disable", SslMode::Disable),
        ("prefer", SslMode::Prefer),
        ("require", SslMode::Require),
        ("verify-ca", SslMode::VerifyCa),
        ("verify-full", SslMode::VerifyFull),
    ];

    /// The word in a URL.
    pub fn word(self) -> &'static str {
        let found = SslMode::ALL.iter().find(|(_, mode)| *mode == self);
        found.map_or("verify-full", |(word, _)| word)
    }
}

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// A name or address, without brackets.
    Name(String),
    /// The folder of a Unix socket.
    Socket(PathBuf),
}

/// Where a database is and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub host: Host,
    pub port: u16,
    pub user: String,
    pub database: String,
    /// The schema of the tables.
    pub schema: String,
    pub ssl: SslMode,
    /// Authorities that may vouch for the server; those of the system where none is named.
    pub root_certificate: Option<PathBuf>,
    /// The client's certificate and its key.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
    /// Where the password is found, if the URL says.
    pub password: Option<SecretRef>,
    /// Where the key is found that seals secrets for everybody who shares the store.
    pub key: Option<SecretRef>,
    /// Variables that passwords and references are looked up in.
    environment: Environment,
}

/// What may stand behind the `?`.
const PARAMETERS: [&str; 10] = [
    "host",
    "port",
    "user",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "password",
    "key",
];
/// Ours alone.
const SCHEMA_PARAMETER: &str = "schema";

/// The parts of a URL, decoded.
struct Parts {
    user: Option<String>,
    host: Option<String>,
    port: Option<String>,
    database: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Parts {
    fn last(&self, name: &str) -> Option<&str> {
        let named = self.parameters.iter().rev().find(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

impl Server {
    /// Whether this is meant as a URL of a PostgreSQL server.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Reads a URL. `user` is who this process belongs to, for URLs without one; relative files count from `cwd`. Of a URL
    /// that holds a password nothing is repeated.
    pub fn parse(text: &str, environment: &Environment, user: &str, cwd: &Path) -> Result<Server> {
        let parts = split(text)?;
        for (name, _) in &parts.parameters {
            let known = PARAMETERS.into_iter().chain([SCHEMA_PARAMETER]);
            if !known.clone().any(|known| known == name) {
                let why = format!("`{}` is no parameter of it", shortened(name));
                return Err(match nearest(name, known) {
                    Some(near) => mistyped(why).hint(format!("did you mean `{near}`?")),
                    None => wrong(why),
                });
            }
        }
        let refer = |name| {
            parts
                .last(name)
                .map(|text| reference(name, text, environment, cwd))
                .transpose()
        };
        let file = |name| parts.last(name).map(|path| secret::place(path, environment, cwd));
        let environment_or =
            |given: Option<String>, name: &str| given.or_else(|| environment.get(name).map(str::to_owned));
        let user = environment_or(
            parts.user.clone().or_else(|| parts.last("user").map(str::to_owned)),
            "PGUSER",
        )
        .unwrap_or_else(|| user.to_owned());
        let database = parts
            .database
            .clone()
            .or_else(|| parts.last("dbname").map(str::to_owned));
        let database = environment_or(database, "PGDATABASE").unwrap_or_else(|| user.clone());
        let host = host(parts.last("host").map(str::to_owned).or_else(|| parts.host.clone()))?;
        let port = match parts.last("port").map(str::to_owned).or_else(|| parts.port.clone()) {
            None => PORT,
            Some(port) => match port.parse() {
                Ok(port @ 1..) => port,
                _ => return Err(wrong("its port is no number from 1 to 65535".into())),
            },
        };
        Ok(Server {
            ssl: ssl_mode(parts.last("sslmode"), &host)?,
            root_certificate: file("sslrootcert").filter(|_| parts.last("sslrootcert") != Some("system")),
            client_certificate: match (file("sslcert"), file("sslkey")) {
                (None, None) => None,
                (Some(certificate), Some(key)) => Some((certificate, key)),
                _ => return Err(wrong("`sslcert` and `sslkey` go together".into())),
            },
            password: refer("password")?,
            key: refer("key")?,
            schema: schema(parts.last(SCHEMA_PARAMETER).unwrap_or(SCHEMA))?,
            host,
            port,
            user: plain("user", user)?,
            database: plain("database", database)?,
            environment: environment.clone(),
        })
    }

    /// The password, from the reference of the URL, `PGPASSWORD`, or the file of passwords (`PGPASSFILE`, `~/.pgpass`);
    /// `None` where nothing knows one. `commands` runs the command of an `exec:` reference.
    pub fn find_password(&self, commands: Option<&dyn Commands>) -> Result<Option<Secret>> {
        if let Some(reference) = &self.password {
            let bytes = secret::resolve(reference, &self.environment, commands).map_err(|why| {
                Fault::new(
                    Kind::Credentials,
                    "store-password-missing",
                    format!("the password of the store at `{self}` has no value: {reference}: {why}"),
                )
                .still("nothing was read or written")
                .hint("set what `password=` in the store's URL names")
            })?;
            let text = String::from_utf8(bytes).map_err(|_| {
                Fault::new(
                    Kind::Credentials,
                    "store-password-missing",
                    "the store's password is not text",
                )
            })?;
            return Ok(Some(Secret::new(text)));
        }
        if let Some(password) = self.environment.get("PGPASSWORD") {
            return Ok(Some(Secret::new(password.to_owned())));
        }
        self.password_of_file()
    }

    /// The reference to the key that seals secrets: `DELIVER_STORE_KEY`, or the one in the URL.
    pub fn key_reference(&self) -> Result<Option<SecretRef>> {
        match self.environment.get("DELIVER_STORE_KEY") {
            None => Ok(self.key.clone()),
            Some(text) => text.parse().map(Some).map_err(|why: String| {
                Fault::usage(
                    "bad-reference",
                    format!("`DELIVER_STORE_KEY` says nothing of use: {why}"),
                )
                .hint("export DELIVER_STORE_KEY=file:/path/to/key")
            }),
        }
    }

    /// What a reference to the key holds.
    pub fn find_key(&self, reference: &SecretRef, commands: Option<&dyn Commands>) -> Result<Vec<u8>> {
        secret::resolve(reference, &self.environment, commands).map_err(|why| {
            Fault::new(
                Kind::Credentials,
                "key-missing",
                format!("the key that seals secrets in the store at `{self}` has no value: {reference}: {why}"),
            )
            .still("nothing was changed")
            .hint("set what `DELIVER_STORE_KEY` or `key=` in the store's URL names")
        })
    }

    /// Names the database to this machine, whoever reaches it and how.
    pub fn fingerprint(&self) -> String {
        let text = format!("{self}?{}", self.schema);
        let text = match text.split_once('@') {
            Some((_, place)) => place,
            None => &text,
        };
        blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
    }

    /// The whole URL, for another process of this program. It holds no password.
    pub fn url(&self) -> String {
        let mut url = format!("{self}?schema={}&sslmode={}", self.schema, self.ssl.word());
        let mut add =
            |name: &str, value: &str| url.push_str(&format!("&{name}={}", encoded(value).replace("%3A", ":")));
        if let Host::Socket(folder) = &self.host {
            add("host", &folder.to_string_lossy());
            add("port", &self.port.to_string());
        }
        if let Some(path) = &self.root_certificate {
            add("sslrootcert", &path.to_string_lossy());
        }
        if let Some((certificate, key)) = &self.client_certificate {
            add("sslcert", &certificate.to_string_lossy());
            add("sslkey", &key.to_string_lossy());
        }
        for (name, reference) in [("password", &self.password), ("key", &self.key)] {
            if let Some(reference) = reference {
                add(name, &reference.to_string());
            }
        }
        url
    }

    /// The first fitting line of the file of passwords: `host:port:database:user:password`, `*` fits all.
    fn password_of_file(&self) -> Result<Option<Secret>> {
        use std::os::unix::fs::PermissionsExt;
        let named = self.environment.os("PGPASSFILE").map(PathBuf::from);
        let Some(path) = named.or_else(|| Some(Path::new(self.environment.os("HOME")?).join(".pgpass"))) else {
            return Ok(None);
        };
        let Ok(meta) = std::fs::metadata(&path) else {
            return Ok(None);
        };
        if !meta.is_file() || meta.len() > PASSFILE_MAX {
            return Ok(None);
        }
        if meta.permissions().mode() & 0o077 != 0 {
            let message = format!("other users may read the passwords in `{}`", path.display());
            return Err(Fault::new(Kind::Credentials, "passwords-exposed", message)
                .hint(format!("chmod 600 {}", path.display())));
        }
        let text = std::fs::read_to_string(&path).attempting("read", &path)?;
        let host = match &self.host {
            Host::Name(name) => name.clone(),
            Host::Socket(_) => "localhost".to_owned(),
        };
        let wanted = [host, self.port.to_string(), self.database.clone(), self.user.clone()];
        let found = text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
            let fields = fields(line);
            let (password, keys) = fields.split_last()?;
            let fits = keys.len() == wanted.len()
                && keys
                    .iter()
                    .zip(&wanted)
                    .all(|(key, wanted)| key == "*" || key == wanted);
            fits.then(|| password.clone())
        });
        Ok(found.map(Secret::new))
    }
}

/// As people see it: who, where and which database; neither how nor with what.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, database) = (encoded(&self.user), encoded(&self.database));
        match &self.host {
            Host::Name(name) if name.contains(':') => write!(f, "postgres://{user}@[{name}]:{}/{database}", self.port),
            Host::Name(name) => write!(f, "postgres://{user}@{name}:{}/{database}", self.port),
            Host::Socket(folder) => {
                let folder = encoded(&folder.to_string_lossy());
                write!(f, "postgres://{user}@{folder}:{}/{database}", self.port)
            }
        }
    }
}

/// One line of a file of passwords; `\` takes the next character as it is.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            // The password is the rest of the line.
            ':' if fields.len() < 5 => fields.push(String::new()),
            letter => {
                let letter = if letter == '\\' { letters.next() } else { Some(letter) };
                fields.last_mut().into_iter().for_each(|field| field.extend(letter));
            }
        }
    }
    fields
}

fn split(text: &str) -> Result<Parts> {
    let (_, rest) = text.split_once("://").ok_or_else(|| wrong("it has no `://`".into()))?;
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, query),
        None => (rest, ""),
    };
    let (authority, database) = match place.split_once('/') {
        Some((authority, database)) => (authority, database),
        None => (place, ""),
    };
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (user, host),
        None => ("", authority),
    };
    if user.contains(':') {
        return Err(in_the_open());
    }
    // An address of version 6 stands in brackets.
    let (host, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':').unwrap_or(port)),
        None => host.rsplit_once(':').unwrap_or((host, "")),
    };
    let given = |text: &str| decoded(text).map(|text| (!text.is_empty()).then_some(text));
    Ok(Parts {
        user: given(user)?,
        host: given(host)?,
        port: given(port)?,
        database: given(database)?,
        parameters: query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Ok((decoded(name)?, decoded(value)?))
            })
            .collect::<Result<_>>()?,
    })
}

fn host(given: Option<String>) -> Result<Host> {
    match given {
        None => Ok(Host::Name("localhost".into())),
        Some(folder) if folder.starts_with('/') => Ok(Host::Socket(folder.into())),
        Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || "-._:%".contains(c)) => Ok(Host::Name(name)),
        Some(_) => Err(wrong(
            "its host is no name, address or folder of a socket; one host is named".into(),
        )),
    }
}

fn ssl_mode(word: Option<&str>, host: &Host) -> Result<SslMode> {
    let near = match host {
        Host::Socket(_) => return Ok(SslMode::Disable),
        Host::Name(name) => {
            let address = name.parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
    };
    let Some(word) = word else {
        return Ok(if near { SslMode::Prefer } else { SslMode::VerifyFull });
    };
    let known = SslMode::ALL.iter().find(|(known, _)| *known == word);
    known.map(|(_, mode)| *mode).ok_or_else(|| {
        let fault = mistyped(format!("`sslmode` cannot be `{}`", shortened(word)));
        let words = SslMode::ALL.map(|(word, _)| word);
        match nearest(word, words) {
            Some(near) => fault.hint(format!("did you mean `sslmode={near}`?")),
            None => fault.hint(format!("use one of {}", words.join(", "))),
        }
    })
}

/// A name that needs no quotes, so that what people type in `psql` is what they read here.
fn schema(name: &str) -> Result<String> {
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') && !name.starts_with("pg_");
    let fine = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    match begins && fine && name.len() <= NAME_MAX {
        true => Ok(name.to_owned()),
        false => Err(wrong(
            "`schema` is a name of lower-case letters, digits and `_`, and no `pg_…`".into(),
        )),
    }
}

fn reference(name: &str, text: &str, environment: &Environment, cwd: &Path) -> Result<SecretRef> {
    let reference: SecretRef = text.parse().map_err(|_| match name {
        "password" => in_the_open(),
        _ => mistyped("`key` is no reference".into()).hint("key=env:NAME, key=file:PATH or key=exec:COMMAND"),
    })?;
    Ok(match reference {
        SecretRef::File(path) => SecretRef::File(secret::place(&path, environment, cwd).to_string_lossy().into_owned()),
        other => other,
    })
}

fn plain(what: &str, text: String) -> Result<String> {
    match text.chars().any(char::is_control) {
        true => Err(wrong(format!("its {what} holds a control character"))),
        false => Ok(text),
    }
}

/// A URL ends up in shell histories, process lists and CI logs.
fn in_the_open() -> Fault {
    Fault::usage("store-password-in-url", "the store's URL holds a password, which others could read there")
        .still("nothing was read or written")
        .hint("say where it is found: postgres://USER@HOST/DATABASE?password=env:NAME, file:PATH or exec:COMMAND; or set PGPASSWORD")
}

fn mistyped(why: String) -> Fault {
    Fault::usage("bad-store-url", format!("the store's URL does not read: {why}")).still("nothing was read or written")
}

fn wrong(why: String) -> Fault {
    mistyped(why).hint("--store 'postgres://USER@HOST:5432/DATABASE?password=env:NAME'")
}

/// A word of the URL as it may be repeated in a message.
fn shortened(word: &str) -> String {
    word.escape_debug().to_string().chars().take(30).collect()
}

/// RFC 3986, section 2.1.
fn decoded(text: &str) -> Result<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let digits = digits.filter(|two| two.chars().all(|c| c.is_ascii_hexdigit()));
        let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.ok_or_else(|| wrong("a `%` is not followed by two hexadecimal digits".into()))?);
        rest = &after[2..];
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| wrong("it is no text".into()))
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Server> {
        let environment = Environment::of([("HOME", "/h"), ("PGUSER", "ada")]);
        Server::parse(text, &environment, "root", Path::new("/here"))
    }

    #[test]
    fn a_url_reads_as_libpq_reads_it() {
        let server =
            read("postgres://deliver@db.example.org:6432/state?sslmode=verify-ca&password=env:PW").expect("it reads");
        assert_eq!(server.host, Host::Name("db.example.org".into()));
        assert_eq!(
            (server.port, server.user.as_str(), server.database.as_str()),
            (6432, "deliver", "state")
        );
        assert_eq!((server.ssl, server.schema.as_str()), (SslMode::VerifyCa, "deliver"));
        assert_eq!(server.password, Some(SecretRef::Env("PW".into())));
        assert_eq!(server.to_string(), "postgres://deliver@db.example.org:6432/state");

        let socket = read("postgresql:///state?host=/run/pg&user=me&key=file:key").expect("it reads");
        assert_eq!(socket.host, Host::Socket("/run/pg".into()));
        assert_eq!((socket.user.as_str(), socket.ssl), ("me", SslMode::Disable));
        assert_eq!(socket.key, Some(SecretRef::File("/here/key".into())));
        assert_eq!(
            read("postgres://%2Frun%2Fpg/state").expect("it reads").host,
            Host::Socket("/run/pg".into())
        );

        let bare = read("postgres://[::1]/").expect("it reads");
        assert_eq!((bare.user.as_str(), bare.database.as_str()), ("ada", "ada"));
        assert_eq!((&bare.host, bare.port), (&Host::Name("::1".into()), 5432));
    }

    #[test]
    fn what_leaves_this_machine_is_verified_unless_told_otherwise() {
        for (host, mode) in [
            ("db", SslMode::VerifyFull),
            ("10.0.0.1", SslMode::VerifyFull),
            ("localhost", SslMode::Prefer),
            ("127.0.0.2", SslMode::Prefer),
            ("[::1]", SslMode::Prefer),
        ] {
            assert_eq!(
                read(&format!("postgres://u@{host}/d")).expect("it reads").ssl,
                mode,
                "{host}"
            );
        }
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_not_repeated() {
        for url in [
            "postgres://app:hunter2@db/d",
            "postgres://app:hunter2@db:1@x/d",
            "postgres://app@db/d?password=hunter2",
            "postgres://app@db/d?password=%68unter2",
        ] {
            let fault = read(url).expect_err(url);
            assert_eq!(fault.code(), "store-password-in-url");
            assert!(!format!("{fault:?}").contains("unter2"), "{fault:?}");
        }
    }

    #[test]
    fn what_does_not_read_says_why() {
        for (url, why) in [
            ("postgres://u@db/d?sslmod=require", "`sslmod` is no parameter of it"),
            ("postgres://u@db/d?sslmode=requre", "`sslmode` cannot be `requre`"),
            ("postgres://u@db:0/d", "its port is no number from 1 to 65535"),
            ("postgres://u@db:x/d", "its port is no number from 1 to 65535"),
            (
                "postgres://u@a,b/d",
                "its host is no name, address or folder of a socket; one host is named",
            ),
            ("postgres://u@db/d?sslcert=/c", "`sslcert` and `sslkey` go together"),
            (
                "postgres://u@db/d?schema=Public;",
                "`schema` is a name of lower-case letters, digits and `_`, and no `pg_…`",
            ),
            ("postgres://u@db/d?key=hunter2", "`key` is no reference"),
            ("postgres://u@db/%0a", "its database holds a control character"),
            ("postgres://u@db/%zz", "a `%` is not followed by two hexadecimal digits"),
        ] {
            let fault = read(url).expect_err(url);
            assert_eq!(fault.message(), format!("the store's URL does not read: {why}"));
        }
    }

    #[test]
    fn one_database_has_one_name_on_a_machine() {
        let name = |url| read(url).expect("it reads").fingerprint();
        assert_eq!(
            name("postgres://a@db/d"),
            name("postgresql://b@db:5432/d?sslmode=require&password=env:X")
        );
        assert_ne!(name("postgres://a@db/d"), name("postgres://a@db/e"));
        assert_ne!(name("postgres://a@db/d"), name("postgres://a@db/d?schema=other"));
    }

    #[test]
    fn the_file_of_passwords_is_read_as_libpq_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pass");
        std::fs::write(&path, "# c\ndb:5432:other:*:no\n\\d\\b:*:d:u:a\\:b:c\n*:*:*:*:late\n").expect("written");
        let environment = Environment::of([("PGPASSFILE", path.to_str().expect("text"))]);
        let server = Server::parse("postgres://u@db/d", &environment, "root", Path::new("/")).expect("it reads");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("set");
        assert_eq!(
            server.find_password(None).expect("found"),
            Some(Secret::new("a:b:c".into()))
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("set");
        assert_eq!(
            server.find_password(None).expect_err("refused").code(),
            "passwords-exposed"
        );
    }

    proptest! {
        #[test]
        fn what_reads_reads_again_as_the_same(
            user in "[ -~]{1,6}", database in "[ -~äß]{1,6}", host in "[a-z0-9.-]{1,8}|/[ -~]{0,6}", port in 1u16..,
            command in "[ -~]{1,8}",
        ) {
            let url = format!(
                "postgres://{}@{}:{port}/{}?password=exec:{}",
                encoded(&user), encoded(&host), encoded(&database), encoded(&command)
            );
            let first = read(&url).expect("it reads");
            prop_assert_eq!(&first.user, &user);
            prop_assert_eq!(&first.database, &database);
            let again = read(&first.url()).expect("it reads again");
            prop_assert_eq!(again, first);
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,40}") {
            let _ = read(&format!("postgres://{text}"));
        }
    }
}
