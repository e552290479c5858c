//! How the app will learn its port: by its command, by a variable, or not at all.

use super::command;
use super::draft::Choice;
use super::finding::{Confidence, Evidence, Fact, Finding, PortUse};
use crate::model::spec::CommandLine;

/// What was decided.
#[derive(Debug, PartialEq, Eq)]
pub struct Settled {
    pub command: CommandLine,
    pub listen: Option<Choice<u16>>,
    /// In words; `None` where the command or `listen` says it.
    pub words: Option<Choice<String>>,
}

/// A server that takes its port as an argument: its program, a word that must follow it, and the arguments to add. From
/// the manuals of each.
const SERVERS: [(&str, Option<&str>, &[&str]); 17] = [
    ("uvicorn", None, &["--port", "$PORT"]),
    ("gunicorn", None, &["--bind", "127.0.0.1:$PORT"]),
    ("hypercorn", None, &["--bind", "127.0.0.1:$PORT"]),
    ("granian", None, &["--port", "$PORT"]),
    ("daphne", None, &["-p", "$PORT"]),
    ("waitress", None, &["--listen=127.0.0.1:$PORT"]),
    ("flask", Some("run"), &["--port", "$PORT"]),
    ("fastapi", None, &["--port", "$PORT"]),
    (
        "streamlit",
        None,
        &[
            "--server.port",
            "$PORT",
            "--server.address",
            "127.0.0.1",
            "--server.headless",
            "true",
        ],
    ),
    ("http.server", None, &["$PORT", "--bind", "127.0.0.1"]),
    ("manage.py", Some("runserver"), &["127.0.0.1:$PORT"]),
    ("rails", None, &["-b", "127.0.0.1", "-p", "$PORT"]),
    ("rackup", None, &["-o", "127.0.0.1", "-p", "$PORT"]),
    (
        "vite",
        Some("preview"),
        &["--port", "$PORT", "--strictPort", "--host", "127.0.0.1"],
    ),
    ("json-server", None, &["--port", "$PORT"]),
    ("fastify", Some("start"), &["-p", "$PORT"]),
    ("php", Some("artisan"), &["--host=127.0.0.1", "--port=$PORT"]),
];

/// Whether the program is a server by name, so that it takes traffic whatever the sources say.
pub fn is_server(command: &CommandLine) -> bool {
    last_words(command).is_some_and(|words| server(&words).is_some())
}

/// Puts `$PORT` where a port was written, and adds it where a known server takes one.
pub fn in_command(command: CommandLine) -> (CommandLine, Option<u16>) {
    match command {
        CommandLine::Exec(mut words) => {
            let port = command::take_port(&mut words);
            complete(&mut words);
            (CommandLine::Exec(words), port)
        }
        CommandLine::Shell(line) => match command::chain(&line) {
            Some(mut chain) if !chain.is_empty() => {
                let last = chain.len() - 1;
                let port = command::take_port(&mut chain[last]);
                complete(&mut chain[last]);
                (CommandLine::Shell(command::join_chain(&chain)), port)
            }
            _ => (CommandLine::Shell(line), None),
        },
    }
}

fn complete(words: &mut Vec<String>) {
    if words.iter().any(|word| word.contains("$PORT")) {
        return;
    }
    // A configuration file decides; what it reads is seen in the sources.
    if words
        .iter()
        .any(|word| matches!(word.as_str(), "-C" | "-c" | "--config"))
    {
        return;
    }
    if let Some(arguments) = server(words) {
        words.extend(arguments.iter().map(|word| (*word).to_owned()));
    }
}

fn server(words: &[String]) -> Option<&'static [&'static str]> {
    let base = |word: &String| word.rsplit('/').next().unwrap_or(word).to_owned();
    // The program, or the module after `-m`, or the script after an interpreter, or what follows `bundle exec`.
    let names: Vec<String> = words
        .iter()
        .filter(|word| !command::is_assignment(word))
        .take(6)
        .map(base)
        .collect();
    SERVERS
        .iter()
        .find(|(name, second, _)| {
            let at = names.iter().position(|word| word == name);
            let leads = at.is_some_and(|at| at == 0 || names[..at].iter().all(|word| is_carrier(word)));
            leads && second.is_none_or(|second| names.iter().any(|word| word == second))
        })
        .map(|(_, _, arguments)| *arguments)
}

/// Words that stand before the program that matters.
fn is_carrier(word: &str) -> bool {
    matches!(word, "-m" | "bundle" | "exec" | "php" | "bin") || word.starts_with("python") || word == "env"
}

fn last_words(command: &CommandLine) -> Option<Vec<String>> {
    match command {
        CommandLine::Exec(words) => Some(words.clone()),
        CommandLine::Shell(line) => command::chain(line)?.pop(),
    }
}

/// Decides for a command whose sources said `facts`. `own` is where the command itself was seen; `platform` that it was
/// written for one that gives `PORT`, as a Procfile is.
pub fn settle(command: CommandLine, own: &[Evidence], facts: &[&Finding], platform: bool) -> Settled {
    let (command, written) = in_command(command);
    let done = |command, listen, words| Settled { command, listen, words };
    if command::uses_port(&command) {
        let words = written.map(|port| {
            let value = format!("given in the command, where {port} stood");
            Choice {
                value,
                evidence: own.to_vec(),
                confidence: Confidence::Certain,
                why: None,
            }
        });
        return done(command, None, words);
    }
    let uses = |wanted: fn(&PortUse) -> bool| {
        facts.iter().find_map(|finding| match &finding.fact {
            Fact::Port(port) if wanted(port) => Some((port.clone(), *finding)),
            _ => None,
        })
    };
    if let Some((_, finding)) = uses(|port| *port == PortUse::Variable) {
        return done(
            command,
            None,
            Some(Choice::seen("read from the variable".to_owned(), finding)),
        );
    }
    if platform {
        let words = Choice {
            value: "read from the variable, as on any platform with a Procfile".to_owned(),
            evidence: own.to_vec(),
            confidence: Confidence::Likely,
            why: None,
        };
        return done(command, None, Some(words));
    }
    if let Some((PortUse::Argument { option, address }, finding)) =
        uses(|port| matches!(port, PortUse::Argument { .. }))
    {
        let value = if address { "127.0.0.1:$PORT" } else { "$PORT" };
        let words = Choice::seen(format!("given as `{option} {value}`"), finding);
        return done(append(command, &[&option, value]), None, Some(words));
    }
    if let Some((PortUse::OtherVariable { name, address }, finding)) =
        uses(|port| matches!(port, PortUse::OtherVariable { .. }))
    {
        let value = if address { "127.0.0.1:$PORT" } else { "$PORT" };
        let line = match &command {
            CommandLine::Exec(_) => format!("{name}={value} exec {}", command::text(&command)),
            CommandLine::Shell(line) => format!("export {name}={value}; {line}"),
        };
        return done(
            CommandLine::Shell(line),
            None,
            Some(Choice::seen(format!("given as the variable {name}"), finding)),
        );
    }
    if let Some((PortUse::Fixed(port), finding)) = uses(|port| matches!(port, PortUse::Fixed(_))) {
        let listen = Choice::seen(port, finding).because("nothing reads PORT, so one instance runs at a time");
        return done(command, Some(listen), None);
    }
    let words = Choice {
        value: "read from the variable".to_owned(),
        evidence: Vec::new(),
        confidence: Confidence::Guess,
        why: Some("nothing in the sources says so".into()),
    };
    done(command, None, Some(words))
}

fn append(command: CommandLine, arguments: &[&str]) -> CommandLine {
    match command {
        CommandLine::Exec(mut words) => {
            words.extend(arguments.iter().map(|word| (*word).to_owned()));
            CommandLine::Exec(words)
        }
        CommandLine::Shell(line) => CommandLine::Shell(format!("{line} {}", arguments.join(" "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(text: &str, facts: &[PortUse]) -> (String, Option<u16>) {
        let findings: Vec<Finding> = facts
            .iter()
            .map(|port| Finding::likely(Fact::Port(port.clone()), Evidence::line("a", 1)))
            .collect();
        let settled = settle(command::read(text), &[], &findings.iter().collect::<Vec<_>>(), false);
        (
            command::text(&settled.command),
            settled.listen.map(|listen| listen.value),
        )
    }

    #[test]
    fn known_servers_are_told_their_port() {
        for (text, expected) in [
            ("uvicorn main:app", "uvicorn main:app --port $PORT"),
            (
                ".venv/bin/python -m gunicorn a:b",
                ".venv/bin/python -m gunicorn a:b --bind 127.0.0.1:$PORT",
            ),
            ("python -m http.server", "python -m http.server $PORT --bind 127.0.0.1"),
            ("python -m http.server 8000", "python -m http.server $PORT"),
            (
                "bundle exec rails server",
                "bundle exec rails server -b 127.0.0.1 -p $PORT",
            ),
            ("puma -C config/puma.rb", "puma -C config/puma.rb"),
        ] {
            assert_eq!(settled(text, &[PortUse::Variable]).0, expected);
        }
    }

    #[test]
    fn what_the_sources_say_decides_in_order() {
        let argument = PortUse::Argument {
            option: "--port".into(),
            address: false,
        };
        let other = PortUse::OtherVariable {
            name: "LISTEN_ADDR".into(),
            address: true,
        };
        assert_eq!(
            settled("./app", &[PortUse::Fixed(3000), PortUse::Variable]),
            ("./app".into(), None)
        );
        assert_eq!(
            settled("./app", &[PortUse::Fixed(3000), argument]),
            ("./app --port $PORT".into(), None)
        );
        assert_eq!(
            settled("./app", &[other]),
            ("LISTEN_ADDR=127.0.0.1:$PORT exec ./app".into(), None)
        );
        assert_eq!(settled("./app", &[PortUse::Fixed(3000)]), ("./app".into(), Some(3000)));
    }
}
