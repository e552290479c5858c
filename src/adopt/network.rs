//! How the app's own sources take their port, and which health path they serve. Shared by the detectors of all languages.

use std::sync::LazyLock;

use regex::Regex;

use super::finding::{Confidence, Evidence, Fact, Finding, PortUse};
use super::tree::Tree;

/// Lines longer than this are generated; patterns are not run on them.
const MAX_LINE: usize = 500;

/// Ports that belong to stores and mail servers an app talks to, not to the app.
const OTHER_SERVERS: [u16; 16] = [
    5432, 3306, 6379, 27017, 5672, 15672, 9092, 11211, 9200, 1025, 1433, 1521, 4222, 2181, 8125, 4317,
];

/// A line about one of these speaks of another server's port. Longer words first seen in the wild, not a grammar.
const OTHER_WORDS: [&str; 22] = [
    "redis", "postgres", "mysql", "mongo", "smtp", "mail", "amqp", "rabbit", "kafka", "memcache", "elastic",
    "database", "db_", "_db", "pghost", "pgport", "imap", "ldap", "statsd", "proxy", "debug", "metrics",
];

static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        // JavaScript: process.env.PORT, Bun.env.PORT, env.PORT
        r#"\benv\.([A-Z][A-Z0-9_]*)\b"#,
        // PORT in quotes, after anything that reads a variable
        r#"|(?:environ|getenv|Getenv|LookupEnv|\bENV\b|\benv\b|\bEnv\b|var|var_os|_ENV|_SERVER|config|Config|case|from)\W{0,4}"#,
        r#"(?:get|fetch|int|Int|str|String|option|parse)?\W{0,3}["']([A-Z][A-Z0-9_]*)["']"#,
        // attributes and struct tags: env = "PORT", env:"PORT", envconfig:"PORT"
        r#"|\benv(?:config|Var)?\s*[:=]\s*\\?["']([A-Z][A-Z0-9_]*)"#,
    ))
});

/// `const { PORT = 3000, HOST } = process.env`, on one line or the last of several.
static DESTRUCTURED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\}\s*(?::\s*\w+\s*)?=\s*process\.env\b"));

/// `PORT: z.coerce.number()`, `PORT: port({…})`: schemas that are laid over the whole environment.
static SCHEMA: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*PORT\s*:\s*(?:z\.|[jJ]oi\.|num\(|port\(|str\(|t\.|v\.|Type\.|yup)"));

static LITERAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        // .listen(3000, listen({ port: 3000
        r#"(?:\blisten\s*\(\s*(?:\{\s*)?(?:port\s*:\s*)?["']?([0-9]{2,5})\b"#,
        // port = 3000, PORT: 3000, "port": 3000, port=3000, set :port, 3000
        r#"|\b(?:[A-Za-z]+_)?(?i:port)["']?\s*(?::\s*(?:u16|int|Int|number)\s*)?(?:=|:=|:|,)\s*["':]?([0-9]{2,5})\b"#,
        // "0.0.0.0:8080", ":8080", "[::]:8080"
        r#"|["'](?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\])?:([0-9]{2,5})["']"#,
        // ([0, 0, 0, 0], 3000), ("0.0.0.0", 3000), ('', 8000)
        r#"|\(\s*(?:\[[0-9, ]+\]|["'](?:0\.0\.0\.0|127\.0\.0\.1|localhost)?["'])\s*,\s*([0-9]{2,5})\b)"#,
    ))
});

static LISTENS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\.listen\s*\(|createServer\s*\(|ListenAndServe|net\.Listen\(|\.Run\(\s*(?:\)|.:|addr|port)|\bapp\.run\s*\(|uvicorn\.run\(",
        r"|TcpListener::bind|HttpServer::new|Server::bind|axum::serve|warp::serve|rocket::build|HTTPServer\(|make_server\(|serve_forever",
        r"|socketserver|Bun\.serve|Deno\.serve|WEBrick|\bserve\(|run_app\(|web\.run_app|ServeHTTP|tiny_http|run_server\(",
    ))
});

/// Definitions of options that name a port or an address.
static OPTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        // argparse, click, commander, yargs: the option as it is typed
        r#"(?:add_argument|\.option|Option|requiredOption)\s*\([^)]*["'](?:-\w,?\s*)?(?:--?)?(port|http-port|listen|bind|addr|address|listen-address)\b"#,
        // Go's flag and pflag
        r#"|(?:flag|Flags\(\)|flags|pflag|fs|flagset|cmd)\.(?:String|Int|Uint|Uint16|StringVar|IntVar|UintVar|Uint16Var|StringP|IntP|StringVarP|IntVarP)"#,
        r#"\(\s*(?:&[\w.]+\s*,\s*)?["'](port|http-port|listen|bind|addr|address|http|listen-address)["']"#,
    ))
});

static HEALTH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"["'](/?(?:_|api/|-/)?(?:readyz|ready|healthz|healthcheck|health|livez|up|ping|healthy)/?)["']"#)
});

/// Paths by how much they say, best first.
const HEALTH_RANK: [&str; 9] = [
    "readyz",
    "ready",
    "healthz",
    "healthcheck",
    "health",
    "healthy",
    "livez",
    "up",
    "ping",
];

static ROUTE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:\b(?:app|server|fastify|http|mux|r|e|engine|srv|web)\.(?:get|GET|Get|all|use|Handle|HandleFunc|route|Any)\s*\(",
        r"|\.route\s*\(|HandleFunc\(|@app\.(?:get|route)\(|#\[get\()",
    ))
});

static ROUTE_PYTHON: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:re_)?(?:path|url)\("));
static ROUTE_RUBY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*get\s+"));

/// Where routes are mounted below a prefix, a path in the source is not the path on the wire.
static MOUNTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\.nest\(|\.Group\(|\.Route\(|\.Mount\(|\.scope\(|web::scope|APIRouter\(|Blueprint\(|express\.Router|PathPrefix\(|\binclude\(",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant and a test compiles it")
}

/// Whether this text opens a port, or reads the variable that names one.
pub fn listens(text: &str) -> bool {
    text.lines()
        .any(|line| line.len() <= MAX_LINE && (LISTENS.is_match(line) || line.contains("env.PORT")))
}

/// What the sources with these endings say about ports and health.
pub fn scan(tree: &Tree, endings: &[&str]) -> Vec<Finding> {
    scan_where(tree, endings, &|_| true)
}

/// What those of them say whose path is `wanted`.
pub fn scan_where(tree: &Tree, endings: &[&str], wanted: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let mut seen = Seen::default();
    for (path, text) in tree.sources(endings).into_iter().filter(|(path, _)| wanted(path)) {
        seen.file(path, text);
    }
    seen.findings()
}

#[derive(Default)]
struct Seen {
    port: Option<Evidence>,
    other: Option<(String, bool, Evidence)>,
    option: Option<(String, bool, Evidence)>,
    literal: Option<(u16, Evidence)>,
    listens: Option<Evidence>,
    health: Option<(usize, String, bool, Evidence)>,
}

impl Seen {
    fn file(&mut self, path: &str, text: &str) {
        let mounted = MOUNTED.is_match(text);
        let prefixed = text.contains("env_prefix");
        let settings = text.contains("BaseSettings") && !prefixed;
        let environment = text.contains("process.env");
        let clap = text.contains("clap") || text.contains("structopt") || text.contains("StructOpt");
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.len() <= MAX_LINE) {
            let trimmed = line.trim_start();
            if is_comment(trimmed) {
                continue;
            }
            let evidence = || Evidence::line(path, at + 1);
            self.variables(line, &evidence);
            let in_settings = settings && (trimmed.starts_with("port:") || trimmed.starts_with("PORT:"));
            if in_settings || (environment && SCHEMA.is_match(line)) || destructures_port(&lines, at) {
                self.port.get_or_insert_with(evidence);
            }
            if self.literal.is_none()
                && let Some(port) = literal(line)
            {
                self.literal = Some((port, evidence()));
            }
            if self.listens.is_none() && LISTENS.is_match(line) {
                self.listens = Some(evidence());
            }
            if self.option.is_none() {
                self.option = option(line, path)
                    .or_else(|| spread_option(&lines, at))
                    .or_else(|| clap.then(|| clap_option(&lines, at)).flatten())
                    .map(|(name, address)| (name, address, evidence()));
            }
            self.health(line, path, mounted, &evidence);
        }
    }

    fn variables(&mut self, line: &str, evidence: &impl Fn() -> Evidence) {
        if !line.contains("PORT") && !line.contains("ADDR") && !line.contains("LISTEN") && !line.contains("BIND") {
            return;
        }
        for found in VARIABLE.captures_iter(line) {
            let Some(name) = found.iter().skip(1).flatten().next().map(|name| name.as_str()) else {
                continue;
            };
            if of_a_request(name, line) {
                continue;
            }
            let other = || OTHER_WORDS.iter().any(|word| name.to_lowercase().contains(word));
            match name {
                "PORT" => {
                    self.port.get_or_insert_with(evidence);
                }
                _ if self.other.is_some() || other() => {}
                _ if name.ends_with("_PORT") || name == "HTTPPORT" => {
                    self.other = Some((name.into(), false, evidence()))
                }
                "ADDR" | "LISTEN" | "BIND" | "LISTEN_ADDR" | "BIND_ADDR" | "HTTP_ADDR" | "SERVER_ADDR"
                | "LISTEN_ADDRESS" | "BIND_ADDRESS" => self.other = Some((name.into(), true, evidence())),
                _ => {}
            }
        }
    }

    fn health(&mut self, line: &str, file: &str, mounted: bool, evidence: &impl Fn() -> Evidence) {
        let Some(found) = HEALTH.captures(line) else { return };
        let by_language = [(".py", &ROUTE_PYTHON), (".rb", &ROUTE_RUBY)];
        let route = by_language
            .iter()
            .any(|(ending, route)| file.ends_with(ending) && route.is_match(line));
        if !route && !ROUTE.is_match(line) {
            return;
        }
        let path = format!("/{}", found[1].trim_start_matches('/'));
        let word = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let rank = HEALTH_RANK
            .iter()
            .position(|known| *known == word)
            .unwrap_or(HEALTH_RANK.len());
        if self
            .health
            .as_ref()
            .is_none_or(|(best, _, was_mounted, _)| (mounted, rank) < (*was_mounted, *best))
        {
            self.health = Some((rank, path, mounted, evidence()));
        }
    }

    fn findings(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(evidence) = self.listens {
            findings.push(Finding::likely(Fact::Listens, evidence));
        }
        if let Some(evidence) = self.port {
            findings.push(Finding::certain(Fact::Port(PortUse::Variable), evidence));
        }
        if let Some((option, address, evidence)) = self.option {
            findings.push(Finding::likely(
                Fact::Port(PortUse::Argument { option, address }),
                evidence,
            ));
        }
        if let Some((name, address, evidence)) = self.other {
            findings.push(Finding::likely(
                Fact::Port(PortUse::OtherVariable { name, address }),
                evidence,
            ));
        }
        if let Some((port, evidence)) = self.literal {
            findings.push(Finding::likely(Fact::Port(PortUse::Fixed(port)), evidence));
        }
        if let Some((_, path, mounted, evidence)) = self.health {
            findings.push(match mounted {
                false => Finding::likely(Fact::Health(path), evidence),
                true => {
                    let note = format!("`{path}` looks like a health path, but may be mounted below a prefix: `--health {path}` uses it");
                    Finding { fact: Fact::Note(note), evidence: vec![evidence], confidence: Confidence::Guess }
                }
            });
        }
        findings
    }
}

/// WSGI and PHP hand over what they know of a request under names like those of variables.
fn of_a_request(name: &str, line: &str) -> bool {
    let handed_over = line.contains("_SERVER") || (line.contains("environ") && !line.contains("os.environ"));
    name.starts_with("HTTP_X_") || (handed_over && matches!(name, "SERVER_PORT" | "REMOTE_PORT" | "SERVER_ADDR"))
}

fn is_comment(trimmed: &str) -> bool {
    trimmed.starts_with("//")
        || trimmed.starts_with("/*")
        || trimmed.starts_with("* ")
        || (trimmed.starts_with('#') && !trimmed.starts_with("#["))
}

/// Whether this line ends an object pattern over `process.env` that names `PORT`.
fn destructures_port(lines: &[&str], at: usize) -> bool {
    if !DESTRUCTURED.is_match(lines[at]) {
        return false;
    }
    let from = (0..=at)
        .rev()
        .take(30)
        .find(|at| lines[*at].contains('{'))
        .unwrap_or(at);
    lines[from..=at].iter().any(|line| {
        line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .any(|word| word == "PORT")
    })
}

/// A port written into the source of a server.
fn literal(line: &str) -> Option<u16> {
    let lower = line.to_lowercase();
    if OTHER_WORDS.iter().any(|word| lower.contains(word)) || lower.contains("://") {
        return None;
    }
    let found = LITERAL.captures(line)?;
    let port: u16 = found.iter().skip(1).flatten().next()?.as_str().parse().ok()?;
    (super::command::port_number(&port.to_string()).is_some() && !OTHER_SERVERS.contains(&port)).then_some(port)
}

/// An option for the port, as it is typed, and whether it takes an address.
fn option(line: &str, path: &str) -> Option<(String, bool)> {
    let found = OPTION.captures(line)?;
    let name = found.get(1).or_else(|| found.get(2))?.as_str();
    let lower = line.to_lowercase();
    if OTHER_WORDS.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let go_flag = path.ends_with(".go") && line.contains("flag.") && !line.contains("pflag");
    let dashes = if go_flag { "-" } else { "--" };
    Some((format!("{dashes}{name}"), !name.ends_with("port")))
}

/// The same, over several lines: `@click.option(`, then `"-p",`, then `"--port",`.
fn spread_option(lines: &[&str], at: usize) -> Option<(String, bool)> {
    let name = lines[at]
        .trim()
        .trim_end_matches(',')
        .trim_matches(['"', '\''])
        .strip_prefix("--")?;
    let address = match name {
        "port" | "http-port" => false,
        "listen" | "bind" | "addr" | "address" => true,
        _ => return None,
    };
    let opened = lines[at.saturating_sub(3)..at]
        .iter()
        .any(|line| line.contains("option(") || line.contains("add_argument("));
    opened.then(|| (format!("--{name}"), address))
}

/// `#[arg(short, long)] port: u16`, over one or a few lines.
fn clap_option(lines: &[&str], at: usize) -> Option<(String, bool)> {
    let field = lines[at].trim().trim_start_matches("pub ");
    let (name, kind) = field.split_once(':')?;
    let address = match name {
        "port" | "http_port" => false,
        "listen" | "bind" | "addr" | "address" | "listen_addr" => true,
        _ => return None,
    };
    if address && !kind.contains("SocketAddr") && !kind.contains("String") {
        return None;
    }
    let attribute = lines[at.saturating_sub(8)..at]
        .iter()
        .rev()
        .take_while(|line| !line.trim_end().ends_with(',') || line.contains("="))
        .any(|line| ["arg(", "clap(", "structopt("].iter().any(|start| line.contains(start)) || line.contains("long"));
    attribute.then(|| (format!("--{}", name.replace('_', "-")), address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(path: &str, text: &str) -> Vec<PortUse> {
        let ending = path.rsplit('.').next().expect("an ending");
        let findings = scan(&Tree::of("app", [(path, text)]), &[ending]);
        findings
            .into_iter()
            .filter_map(|finding| match finding.fact {
                Fact::Port(port) => Some(port),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn reading_port_is_seen_in_each_language() {
        for (path, line) in [
            ("a.js", "const port = process.env.PORT || 3000"),
            ("a.js", "app.listen(process.env['PORT'])"),
            ("a.ts", "const { PORT = 3000, HOST } = process.env"),
            ("a.ts", "const {\n  PORT,\n  HOST\n} = process.env;"),
            (
                "a.ts",
                "const env = process.env\nz.object({\n  PORT: z.coerce.number(),\n})",
            ),
            ("a.py", "port = int(os.environ.get('PORT', 8000))"),
            ("a.py", "port = int(os.getenv(\"PORT\", 8000))"),
            ("a.py", "class Settings(BaseSettings):\n    port: int = 8000"),
            ("a.go", "port := os.Getenv(\"PORT\")"),
            ("a.go", "Port int `env:\"PORT\" envDefault:\"8080\"`"),
            ("a.go", "\tcase \"PORT\":"),
            ("a.rb", "set :port, ENV['PORT'] || 4567"),
            ("a.rb", "port ENV.fetch(\"PORT\") { 3000 }"),
            ("a.rs", "let port = std::env::var(\"PORT\").unwrap_or_default();"),
            ("a.rs", "    #[arg(long, env = \"PORT\")]"),
            ("a.php", "$port = getenv('PORT');"),
        ] {
            assert!(ports(path, line).contains(&PortUse::Variable), "{path}: {line}");
        }
    }

    #[test]
    fn what_is_known_of_a_request_is_no_setting() {
        assert_eq!(ports("a.py", "port = environ.get(\"HTTP_X_FORWARDED_PORT\")\n"), []);
        assert_eq!(ports("a.py", "port = environ[\"SERVER_PORT\"]\n"), []);
        let setting = PortUse::OtherVariable {
            name: "SERVER_PORT".into(),
            address: false,
        };
        assert_eq!(ports("a.py", "port = os.environ[\"SERVER_PORT\"]\n"), [setting]);
    }

    #[test]
    fn a_port_that_is_not_read_is_not_claimed() {
        for (path, line) in [
            (
                "a.js",
                "const PORT = 3000; // process.env is read elsewhere: process.env.HOME",
            ),
            ("a.js", "// const port = process.env.PORT"),
            ("a.py", "PORT = int(os.environ['APP_PORT'])"),
            ("a.test.js", "process.env.PORT = 1"),
            ("test/a.js", "process.env.PORT"),
        ] {
            assert!(!ports(path, line).contains(&PortUse::Variable), "{path}: {line}");
        }
    }

    #[test]
    fn a_literal_port_is_found_and_a_stores_port_is_not() {
        for (path, line, port) in [
            ("a.js", "app.listen(3000, () => {})", 3000),
            ("a.js", "server.listen({ port: 8080 })", 8080),
            ("a.js", "const PORT = 4000;", 4000),
            ("a.py", "app.run(host='0.0.0.0', port=5000)", 5000),
            ("a.py", "HTTPServer(('', 8000), Handler).serve_forever()", 8000),
            ("a.go", "http.ListenAndServe(\":8080\", nil)", 8080),
            ("a.rs", "let addr = SocketAddr::from(([127, 0, 0, 1], 3000));", 3000),
            ("a.rs", "TcpListener::bind(\"0.0.0.0:3000\").await", 3000),
            ("a.rb", "set :port, 4567", 4567),
        ] {
            assert_eq!(ports(path, line), [PortUse::Fixed(port)], "{path}: {line}");
        }
        for line in [
            "redis.connect({ port: 6379 })",
            "const port = 5432",
            "fetch('http://localhost:3000/x')",
            "timeout: 5000",
        ] {
            assert_eq!(ports("a.js", line), [], "{line}");
        }
    }

    #[test]
    fn options_and_other_variables_are_seen() {
        let option = |option: &str, address| PortUse::Argument {
            option: option.into(),
            address,
        };
        assert!(ports("a.py", "parser.add_argument('--port', default=1)").contains(&option("--port", false)));
        assert!(ports("a.go", "addr := flag.String(\"addr\", \":8080\", \"\")").contains(&option("-addr", true)));
        assert!(ports("a.js", "program.option('-p, --port <n>')").contains(&option("--port", false)));
        let clap =
            "use clap::Parser;\nstruct Args {\n    #[arg(short, long, default_value_t = 3000)]\n    port: u16,\n}";
        assert!(ports("a.rs", clap).contains(&option("--port", false)));
        let other = |name: &str, address| PortUse::OtherVariable {
            name: name.into(),
            address,
        };
        assert!(ports("a.go", "os.Getenv(\"LISTEN_ADDR\")").contains(&other("LISTEN_ADDR", true)));
        assert!(ports("a.js", "process.env.HTTP_PORT").contains(&other("HTTP_PORT", false)));
        assert!(ports("a.js", "process.env.REDIS_PORT").is_empty());
    }

    #[test]
    fn a_health_path_under_a_prefix_is_only_mentioned() {
        let facts = |text| {
            scan(&Tree::of("app", [("a.js", text)]), &["js"])
                .into_iter()
                .map(|f| f.fact)
                .collect::<Vec<_>>()
        };
        assert!(facts("app.get('/healthz', ok)").contains(&Fact::Health("/healthz".into())));
        assert!(facts("app.get('/ping', ok)\napp.get('/ready', ok)").contains(&Fact::Health("/ready".into())));
        let mounted = facts("const r = express.Router()\nr.get('/health', ok)");
        assert!(matches!(&mounted[..], [Fact::Note(_)]), "{mounted:?}");
        assert!(facts("fetch('/health')").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn hostile_sources_never_panic(text in "(?s).{0,400}") {
            for ending in ["js", "py", "go", "rs"] {
                scan(&Tree::of("app", [(format!("a.{ending}").as_str(), text.as_str())]), &[ending]);
            }
        }
    }
}
