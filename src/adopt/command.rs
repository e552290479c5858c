//! Commands as people wrote them, made ready to be started by an agent: split into words where no shell is needed, with
//! `$PORT` where a port stood.

use crate::model::spec::CommandLine;

/// Options of servers that take a port, and those that take an address with one. From the manuals of gunicorn, uvicorn,
/// hypercorn, waitress, flask, rails, puma, rackup, thin, next, vite, http-server, json-server, php and many small
/// servers; an option with two meanings in two programs is only rewritten where a number or address follows.
const PORT_OPTIONS: [&str; 8] = [
    "--port",
    "-p",
    "-P",
    "-port",
    "--http-port",
    "--server-port",
    "--server.port",
    "http.server",
];
const ADDRESS_OPTIONS: [&str; 13] = [
    "-b",
    "--bind",
    "--listen",
    "-l",
    "-listen",
    "--address",
    "--addr",
    "-addr",
    "--http",
    "-http",
    "-S",
    "--listen-address",
    "runserver",
];
const HOST_OPTIONS: [&str; 4] = ["--host", "--hostname", "--ip", "--binding"];

/// Reads a command: a list of words where it needs no shell, the text itself where it does.
pub fn read(text: &str) -> CommandLine {
    let text = portable(text.trim());
    match words(&text) {
        Some(words) if !words.is_empty() => CommandLine::Exec(words),
        _ => CommandLine::Shell(text),
    }
}

/// `${PORT}`, `${PORT:-8000}` and `%PORT%` become `$PORT`, which is expanded without a shell.
fn portable(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${PORT") {
        let after = &rest[at + "${PORT".len()..];
        let Some(end) = after.find('}') else { break };
        let inner = &after[..end];
        out.push_str(&rest[..at]);
        if inner.is_empty() || inner.starts_with(":-") || inner.starts_with('-') {
            out.push_str("$PORT");
        } else {
            out.push_str(&rest[at..at + "${PORT".len() + end + 1]);
        }
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    out.replace("%PORT%", "$PORT")
}

/// The words of a command that needs no shell; `None` where it does. `$PORT` is the one expansion that does not.
pub fn words(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        // Inside single quotes a shell would keep it; as a word of a list it would be expanded.
                        '$' => return None,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        '"' => break,
                        '`' => return None,
                        '$' => word.push_str(&port_variable(&mut chars)?),
                        '\\' => match chars.next()? {
                            c @ ('"' | '\\') => word.push(c),
                            '$' | '`' => return None,
                            c => word.extend(['\\', c]),
                        },
                        c => word.push(c),
                    }
                }
            }
            '\\' => match chars.next()? {
                '\n' | '$' => return None,
                c => word.get_or_insert_default().push(c),
            },
            '$' => {
                let name = port_variable(&mut chars)?;
                word.get_or_insert_default().push_str(&name);
            }
            '|' | '&' | ';' | '<' | '>' | '(' | ')' | '`' | '*' | '?' | '[' | '{' | '~' | '\n' | '\r' => return None,
            '#' if word.is_none() => return None,
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    // `NAME=value command` sets a variable, which only a shell does.
    if words.first().is_some_and(|first| is_assignment(first)) {
        return None;
    }
    Some(words)
}

/// `$PORT` after its `$`; anything else needs a shell.
fn port_variable(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    for expected in "PORT".chars() {
        if chars.next()? != expected {
            return None;
        }
    }
    match chars.peek() {
        Some(c) if c.is_ascii_alphanumeric() || *c == '_' => None,
        _ => Some("$PORT".into()),
    }
}

/// `NAME=value`, as a shell reads it before a command.
pub fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// One word, quoted for a shell where it needs to be.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,$".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The command as text that a shell reads back the same.
pub fn text(command: &CommandLine) -> String {
    match command {
        CommandLine::Shell(line) => line.clone(),
        CommandLine::Exec(words) => words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" "),
    }
}

/// The simple commands of a shell line that only joins them with `&&` or `;`: each with what joins it to the next.
/// `None` for anything that does more.
pub fn chain(text: &str) -> Option<Vec<Vec<String>>> {
    let parts: Vec<&str> = text.split("&&").flat_map(|part| part.split(';')).collect();
    parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let part = part.strip_prefix("exec ").unwrap_or(part);
            let rest = part.trim_start();
            let (assignments, command) = split_assignments(rest);
            let command = command.strip_prefix("exec ").unwrap_or(command);
            let mut words_of = assignments;
            words_of.extend(words(command)?);
            Some(words_of)
        })
        .collect()
}

/// The leading `NAME=value` words of a command, and the rest.
pub fn split_assignments(text: &str) -> (Vec<String>, &str) {
    let mut rest = text.trim_start();
    let mut assignments = Vec::new();
    loop {
        let end = rest.find([' ', '\t']).unwrap_or(rest.len());
        let word = &rest[..end];
        if !is_assignment(word) || word.contains(['\'', '"', '$', '`']) {
            return (assignments, rest);
        }
        assignments.push(word.to_owned());
        rest = rest[end..].trim_start();
    }
}

/// Joins simple commands into one shell line that becomes the last of them, so that signals reach it.
pub fn join_chain(commands: &[Vec<String>]) -> String {
    let last = commands.len().saturating_sub(1);
    let mut line = String::new();
    for (at, words) in commands.iter().enumerate() {
        if at > 0 {
            line.push_str(" && ");
        }
        let assigned = words.iter().take_while(|word| is_assignment(word)).count();
        for word in &words[..assigned] {
            line.push_str(word);
            line.push(' ');
        }
        if at == last {
            line.push_str("exec ");
        }
        let command: Vec<String> = words[assigned..].iter().map(|word| quote(word)).collect();
        line.push_str(&command.join(" "));
    }
    line
}

/// An argument that is a path from the root.
pub fn absolute_path(command: &CommandLine) -> Option<String> {
    let text = text(command);
    let mut words = text.split_whitespace().skip(1);
    let path = words.find(|word| word.starts_with('/') && word.len() > 1)?;
    Some(path.trim_matches(['"', '\'']).to_owned())
}

/// Whether `$PORT` stands in the command.
pub fn uses_port(command: &CommandLine) -> bool {
    match command {
        CommandLine::Shell(line) => line.contains("$PORT"),
        CommandLine::Exec(words) => words.iter().any(|word| word.contains("$PORT")),
    }
}

/// Puts `$PORT` where a port was written in an option that takes one, and the loopback address where the address of all
/// interfaces was: traffic reaches instances through the router only. Returns the port that stood there.
pub fn take_port(words: &mut [String]) -> Option<u16> {
    let mut found = None;
    for at in 1..words.len() {
        let (before, word) = (words[at - 1].clone(), words[at].clone());
        let new = match word.split_once('=') {
            Some((option, value)) if option.starts_with('-') => {
                replaced(option, value).map(|(port, value)| (port, format!("{option}={value}")))
            }
            _ => replaced(&before, &word).or_else(|| attached(&word)),
        };
        if let Some((port, new)) = new {
            words[at] = new;
            found = port.or(found);
        }
    }
    found
}

/// What stands in place of `value` after `option`, and the port it held.
fn replaced(option: &str, value: &str) -> Option<(Option<u16>, String)> {
    if PORT_OPTIONS.contains(&option)
        && let Some(port) = port_number(value)
    {
        return Some((Some(port), "$PORT".into()));
    }
    if ADDRESS_OPTIONS.contains(&option) {
        let (scheme, address) = match value.split_once("://") {
            Some((scheme, address)) => (format!("{scheme}://"), address),
            None => (String::new(), value),
        };
        if let Some(port) = port_number(address) {
            return Some((Some(port), format!("{scheme}$PORT")));
        }
        let (host, port) = address.rsplit_once(':')?;
        if port == "$PORT" {
            return everywhere(host).then(|| (None, format!("{scheme}127.0.0.1:$PORT")));
        }
        return Some((Some(port_number(port)?), format!("{scheme}127.0.0.1:$PORT")));
    }
    if HOST_OPTIONS.contains(&option) && everywhere(value) {
        return Some((None, "127.0.0.1".into()));
    }
    None
}

/// `-p3000` and `-b:8000`.
fn attached(word: &str) -> Option<(Option<u16>, String)> {
    let rest = word.strip_prefix("-p").or_else(|| word.strip_prefix("-P"))?;
    port_number(rest).map(|port| (Some(port), format!("{}$PORT", &word[..2])))
}

fn everywhere(host: &str) -> bool {
    matches!(host, "0.0.0.0" | "::" | "[::]" | "*" | "")
}

/// A port as written; small numbers are something else.
pub fn port_number(text: &str) -> Option<u16> {
    if text.len() > 5 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse()
        .ok()
        .filter(|port| *port == 80 || *port == 443 || *port >= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> (String, Option<u16>) {
        let mut words = words(text).expect(text);
        let port = take_port(&mut words);
        (words.join(" "), port)
    }

    #[test]
    fn a_command_is_words_unless_it_needs_a_shell() {
        assert_eq!(
            read("node 'my app.js' \"x y\""),
            CommandLine::Exec(vec!["node".into(), "my app.js".into(), "x y".into()])
        );
        assert_eq!(
            read("gunicorn -b 127.0.0.1:${PORT:-8000} app:app"),
            CommandLine::Exec(vec![
                "gunicorn".into(),
                "-b".into(),
                "127.0.0.1:$PORT".into(),
                "app:app".into()
            ])
        );
        for shell in [
            "a && b",
            "A=1 b",
            "echo $HOME",
            "a > b",
            "a 'b",
            "echo '$PORT'",
            "ls *.js",
            "a $PORTAL",
        ] {
            assert!(matches!(read(shell), CommandLine::Shell(_)), "{shell}");
        }
    }

    #[test]
    fn a_written_port_becomes_the_variable() {
        for (before, after, port) in [
            (
                "uvicorn main:app --host 0.0.0.0 --port 80",
                "uvicorn main:app --host 127.0.0.1 --port $PORT",
                Some(80),
            ),
            (
                "gunicorn -b 0.0.0.0:8000 a:b",
                "gunicorn -b 127.0.0.1:$PORT a:b",
                Some(8000),
            ),
            (
                "gunicorn --bind=:8000 a:b",
                "gunicorn --bind=127.0.0.1:$PORT a:b",
                Some(8000),
            ),
            ("gunicorn -b 0.0.0.0:$PORT a:b", "gunicorn -b 127.0.0.1:$PORT a:b", None),
            (
                "puma -b tcp://0.0.0.0:9292",
                "puma -b tcp://127.0.0.1:$PORT",
                Some(9292),
            ),
            (
                "python manage.py runserver 0.0.0.0:8000",
                "python manage.py runserver 127.0.0.1:$PORT",
                Some(8000),
            ),
            (
                "php -S localhost:8080 -t public",
                "php -S 127.0.0.1:$PORT -t public",
                Some(8080),
            ),
            ("next start -p3000", "next start -p$PORT", Some(3000)),
            ("mkdir -p data", "mkdir -p data", None),
            ("node server.js 3000", "node server.js 3000", None),
        ] {
            assert_eq!(taken(before), (after.to_owned(), port));
        }
    }

    #[test]
    fn a_chain_ends_in_the_process_that_gets_the_signals() {
        let chain = chain("NODE_ENV=production npx prisma migrate deploy && node dist/main.js").expect("a chain");
        assert_eq!(
            join_chain(&chain),
            "NODE_ENV=production npx prisma migrate deploy && exec node dist/main.js"
        );
        let again = super::chain("NODE_ENV=production exec node server.js").expect("a chain");
        assert_eq!(join_chain(&again), "NODE_ENV=production exec node server.js");
        assert_eq!(super::chain("a | b"), None);
    }

    proptest::proptest! {
        #[test]
        fn hostile_commands_never_panic(text in ".{0,200}") {
            let command = read(&text);
            let _ = super::text(&command);
            let _ = chain(&text);
            if let CommandLine::Exec(mut words) = command {
                take_port(&mut words);
            }
        }

        #[test]
        fn words_survive_quoting(words in proptest::collection::vec("[a-zA-Z0-9 '\"\\\\;&|*-]{1,12}", 1..6)) {
            let text = words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ");
            if !is_assignment(&words[0]) {
                proptest::prop_assert_eq!(super::words(&text), Some(words));
            }
        }
    }
}
