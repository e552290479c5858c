//! Python: Django, Flask, FastAPI and other WSGI and ASGI apps; requirements, pyproject, a virtual environment of its own.
//!
//! The environment is made by the build in `.venv` and everything is started as `.venv/bin/python -m …`: installed scripts
//! carry the absolute path of the folder they were installed in, and a release is a copy of that folder.

use std::sync::LazyLock;

use regex::Regex;

use super::Stack;
use crate::adopt::command;
use crate::adopt::finding::{Evidence, Fact, Finding};
use crate::adopt::network;
use crate::adopt::tree::{Tree, line_of};
use crate::model::spec::CommandLine;

pub const STACK: Stack = Stack {
    title: "Python",
    programs: &[
        "python",
        "python3",
        "gunicorn",
        "uvicorn",
        "hypercorn",
        "daphne",
        "waitress-serve",
        "flask",
        "fastapi",
        "celery",
        "django-admin",
        "alembic",
        "streamlit",
        "rq",
        "dramatiq",
        "uv",
        "poetry",
        "pipenv",
        "granian",
    ],
    programs_in: Some(".venv/bin"),
    needs: &["python3"],
    detect,
    localise,
    choose: None,
};

const PYTHON: &str = ".venv/bin/python";

/// The environment of an earlier build is kept while it works. Its interpreter is a copy, not a link to the machine's: a
/// release holds no links that lead out of it. (`venv` cannot copy over a link of its own, hence `--clear`.)
const VENV: &str = "(.venv/bin/python -c '' 2>/dev/null || python3 -m venv --clear --copies .venv)";

/// Makes the programs of the environment start whichever interpreter stands first on the PATH.
pub const RELOCATE: &str =
    "(grep -lI '^#!.*/[.]venv/bin/python' .venv/bin/* | xargs -r sed -i '1s|.*|#!/usr/bin/env python|')";

/// What pip says on a good day is of no use in a build log.
const PIP: &str = ".venv/bin/python -m pip install --quiet --disable-pip-version-check";

static APP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?:[\w.]+\.)?(Flask|FastAPI|Starlette|Quart|Litestar|Bottle|Falcon|App|Application|Dash|Robyn)\(").expect("a constant")
});

static FACTORY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^def (create_app|make_app)\(").expect("a constant"));

/// How a framework's apps are served.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Interface {
    Wsgi,
    Asgi,
}

/// Where the app object is.
#[derive(Clone, Debug)]
struct App {
    /// `pkg.module`.
    module: String,
    /// The folder modules are found from, when it is not the service's own.
    dir: Option<String>,
    object: String,
    /// `object` is a function that makes the app.
    factory: bool,
    interface: Interface,
    flask: bool,
    evidence: Evidence,
}

struct Project<'a> {
    tree: &'a Tree,
    /// Everything that names dependencies: path and text, lower case.
    manifests: Vec<(&'a str, String)>,
    pyproject: Option<toml::Table>,
}

const MANIFESTS: [&str; 7] = [
    "requirements.txt",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "requirements/production.txt",
    "requirements/prod.txt",
];

fn detect(tree: &Tree) -> Vec<Finding> {
    let project = Project::of(tree);
    let python_at_root = tree.paths().any(|path| !path.contains('/') && path.ends_with(".py"));
    if project.manifests.is_empty() && !python_at_root && !tree.has("manage.py") {
        return Vec::new();
    }
    let mut findings = project.names();
    if tree.has("manage.py") && tree.text("manage.py").is_some_and(|text| text.contains("django")) {
        findings.extend(project.django());
    } else if let Some(app) = project.app() {
        findings.extend(project.serve(&app));
    } else {
        findings.extend(project.script());
    }
    findings.extend(project.data());
    findings.extend(network::scan(tree, &["py"]));
    findings
}

/// Servers and runners that a command may start and nothing lists: the packages that bring them.
const RUNNERS: [(&str, &str); 8] = [
    ("gunicorn", "gunicorn"),
    ("uvicorn", "uvicorn"),
    ("hypercorn", "hypercorn"),
    ("daphne", "daphne"),
    ("waitress", "waitress"),
    ("granian", "granian"),
    ("celery", "celery"),
    ("gevent", "gevent"),
];

/// The step that installs what `commands` start and the project's own list lacks.
pub fn missing_runners(tree: &Tree, commands: &[&CommandLine]) -> Option<String> {
    let listed = Project::of(tree);
    let (_, source) = listed.packages()?;
    let text = tree.text(&source.path)?.to_lowercase();
    let missing: Vec<&str> = RUNNERS
        .iter()
        .filter(|(module, package)| {
            commands.iter().any(|command| starts_module(command, module)) && !names(&text, package)
        })
        .map(|(_, package)| *package)
        .collect();
    (!missing.is_empty()).then(|| format!("{PIP} {}", missing.join(" ")))
}

/// `python -m module`, or `-k module` as gunicorn's worker class.
fn starts_module(command: &CommandLine, module: &str) -> bool {
    let text = command::text(command);
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .windows(2)
        .any(|pair| matches!(pair[0], "-m" | "-k" | "--worker-class") && pair[1] == module)
}

/// Whether a line of a list names this package.
fn names(text: &str, package: &str) -> bool {
    line_naming(text, package).is_some()
}

fn line_naming(text: &str, package: &str) -> Option<usize> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.lines().position(|line| {
        let line = line.split('#').next().unwrap_or_default();
        line.split(|c: char| !plain(c)).any(|word| word == package)
    })
}

impl<'a> Project<'a> {
    fn of(tree: &'a Tree) -> Self {
        let manifests = MANIFESTS
            .iter()
            .filter_map(|path| Some((*path, tree.text(path)?.to_lowercase())));
        Project {
            tree,
            manifests: manifests.collect(),
            pyproject: tree.text("pyproject.toml").and_then(|text| text.parse().ok()),
        }
    }

    fn names(&self) -> Vec<Finding> {
        let text = |key: &str| {
            let project = self.pyproject.as_ref()?;
            let table = project.get("project").or_else(|| project.get("tool")?.get("poetry"))?;
            table.get(key)?.as_str().map(str::to_owned)
        };
        let evidence = |key: &str| self.tree.evidence("pyproject.toml", &format!("{key} ="));
        let name = text("name").map(|name| Finding::likely(Fact::Name(name), evidence("name")));
        let description = text("description").filter(|text| !text.trim().is_empty());
        let description = description.map(|text| Finding::likely(Fact::Description(text), evidence("description")));
        name.into_iter().chain(description).collect()
    }

    /// Where the app keeps what it must not lose.
    fn data(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (path, text) in self.tree.sources(&["py"]) {
            for (at, line) in text.lines().enumerate() {
                let evidence = || Evidence::line(path, at + 1);
                if line.contains("app.instance_path") && !line.trim_start().starts_with('#') {
                    findings.push(Finding::likely(Fact::Volume("instance".into()), evidence()));
                }
                if let Some(command) = init_command(line) {
                    let note = format!(
                        "`{command}` looks like what makes the tables of an empty database: if the app needs it, run it by `--release`, and only where there are none yet"
                    );
                    findings.push(Finding::likely(Fact::Note(note), evidence()));
                }
            }
        }
        findings.dedup_by(|a, b| a.fact == b.fact);
        findings.extend(self.required_settings());
        findings
    }

    /// Fields without a default of a settings class that is filled from variables.
    fn required_settings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (path, text) in self
            .tree
            .sources(&["py"])
            .into_iter()
            .filter(|(_, text)| text.contains("BaseSettings"))
        {
            let mut inside = false;
            for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                if !line.starts_with([' ', '\t', ')', ']', '}']) {
                    inside = line.starts_with("class ") && line.contains("BaseSettings");
                }
                if let Some(name) = inside.then(|| required_field(line)).flatten() {
                    findings.push(Finding::likely(Fact::Required(name), Evidence::line(path, at + 1)));
                }
            }
        }
        // A prefix would make other names of them; then nothing is said.
        findings.retain(|_| {
            !self
                .tree
                .sources(&["py"])
                .iter()
                .any(|(_, text)| text.contains("env_prefix"))
        });
        findings
    }

    /// Where a dependency is named.
    fn depends_on(&self, package: &str) -> Option<Evidence> {
        self.manifests
            .iter()
            .find_map(|(path, text)| Some(Evidence::line(*path, line_naming(text, package)? + 1)))
    }

    /// The environment and what is installed into it; `extra` are servers that nothing lists.
    fn builds(&self, extra: &[&str]) -> Vec<Finding> {
        let Some((packages, evidence)) = self.packages() else {
            let venv = Fact::Build(VENV.into());
            return match extra {
                [] => vec![Finding::likely(venv, Evidence::file("."))],
                extra => vec![
                    Finding::likely(venv, Evidence::file(".")),
                    Finding::guess(Fact::Build(format!("{PIP} {}", extra.join(" "))), Evidence::file(".")),
                ],
            };
        };
        let mut findings = vec![
            Finding::certain(Fact::Build(VENV.into()), evidence.clone()),
            Finding::certain(Fact::Build(format!("{PIP} {packages}")), evidence.clone()),
        ];
        if !extra.is_empty() {
            findings.push(Finding::likely(
                Fact::Build(format!("{PIP} {}", extra.join(" "))),
                evidence,
            ));
        }
        findings
    }

    /// The arguments of pip.
    fn packages(&self) -> Option<(String, Evidence)> {
        for path in [
            "requirements.txt",
            "requirements/production.txt",
            "requirements/prod.txt",
        ] {
            if self.tree.has(path) {
                return Some((format!("-r {path}"), Evidence::file(path)));
            }
        }
        if let Some(pyproject) = &self.pyproject {
            let evidence = |needle: &str| self.tree.evidence("pyproject.toml", needle);
            if pyproject.contains_key("build-system") || self.tree.has("setup.py") || self.tree.has("setup.cfg") {
                return Some((".".into(), evidence("[build-system]")));
            }
            // Without a build system there is nothing to install but what it depends on.
            let listed: Vec<String> = pyproject
                .get("project")
                .and_then(|project| project.get("dependencies")?.as_array())
                .into_iter()
                .flatten()
                .filter_map(|package| package.as_str().map(command::quote))
                .collect();
            if !listed.is_empty() {
                return Some((listed.join(" "), evidence("dependencies")));
            }
        }
        ["setup.py", "setup.cfg"]
            .iter()
            .find(|path| self.tree.has(path))
            .map(|path| (".".into(), Evidence::file(*path)))
    }

    fn django(&self) -> Vec<Finding> {
        let manage = Evidence::file("manage.py");
        let mut findings = Vec::new();
        let wsgi = self
            .tree
            .paths()
            .find(|path| path.ends_with("/wsgi.py") && path.matches('/').count() <= 2);
        let asgi = self
            .tree
            .paths()
            .find(|path| path.ends_with("/asgi.py") && path.matches('/').count() <= 2);
        let module = |path: &str| path.trim_end_matches(".py").replace('/', ".");
        let served = match (
            wsgi,
            asgi,
            self.depends_on("gunicorn"),
            self.depends_on("uvicorn"),
            self.depends_on("daphne"),
        ) {
            (Some(wsgi), _, Some(evidence), _, _) => Some((
                words(&[
                    "-m",
                    "gunicorn",
                    &format!("{}:application", module(wsgi)),
                    "--bind",
                    "127.0.0.1:$PORT",
                ]),
                evidence,
                wsgi,
            )),
            (_, Some(asgi), _, Some(evidence), _) => Some((
                words(&[
                    "-m",
                    "uvicorn",
                    &format!("{}:application", module(asgi)),
                    "--port",
                    "$PORT",
                ]),
                evidence,
                asgi,
            )),
            (_, Some(asgi), _, _, Some(evidence)) => Some((
                words(&[
                    "-m",
                    "daphne",
                    "-b",
                    "127.0.0.1",
                    "-p",
                    "$PORT",
                    &format!("{}:application", module(asgi)),
                ]),
                evidence,
                asgi,
            )),
            _ => None,
        };
        match served {
            Some((command, evidence, path)) => {
                findings.push(Finding::certain(Fact::Web(command), evidence).and(Evidence::file(path)))
            }
            None => {
                let command = words(&["manage.py", "runserver", "--noreload", "127.0.0.1:$PORT"]);
                findings.push(Finding::likely(Fact::Web(command), manage.clone()));
                let note =
                    "no production server such as gunicorn is listed: Django's own one for development is started";
                findings.push(Finding::likely(Fact::Note(note.into()), manage.clone()));
            }
        }
        findings.extend(self.builds(if self.depends_on("django").is_some() {
            &[]
        } else {
            &["django"]
        }));
        if self
            .tree
            .text("manage.py")
            .is_some_and(|text| !text.contains("DJANGO_SETTINGS_MODULE"))
        {
            let note = "`manage.py` names no settings: give them by `--env DJANGO_SETTINGS_MODULE=MODULE`, and to the steps of `--build` that start it";
            findings.push(Finding::likely(Fact::Note(note.into()), manage.clone()));
        }
        findings.extend(self.settings());
        findings.push(Finding::likely(
            Fact::Release(words(&["manage.py", "migrate", "--noinput"])),
            manage,
        ));
        findings
    }

    /// What Django's settings ask for.
    fn settings(&self) -> Vec<Finding> {
        let all: Vec<_> = self
            .tree
            .paths()
            .filter(|path| path.ends_with("settings.py") || path.contains("settings/"))
            .filter_map(|path| Some((path, self.tree.text(path)?)))
            .take(10)
            .collect();
        let mut findings = Vec::new();
        let line_starting = |needle: &str| {
            all.iter().find_map(|(path, text)| {
                let at = text.lines().position(|line| line.trim_start().starts_with(needle))?;
                Some((text.lines().nth(at)?.trim(), Evidence::line(*path, at + 1)))
            })
        };
        if let Some((_, evidence)) = line_starting("STATIC_ROOT") {
            let step = format!("{PYTHON} manage.py collectstatic --noinput");
            findings.push(Finding::likely(Fact::Build(step), evidence));
        }
        if let Some((line, evidence)) = line_starting("ALLOWED_HOSTS") {
            let text = all.iter().find(|(path, _)| *path == evidence.path);
            let whole = text.map_or(line, |(_, text)| whole_list(text, line));
            findings.extend(allowed_hosts(whole, evidence));
        }
        for (path, text) in &all {
            for (at, line) in text.lines().enumerate() {
                if let Some(name) = required_variable(line) {
                    // An indented line may never run.
                    let fact = match line.starts_with(char::is_whitespace) {
                        true => Fact::Unset(name.into()),
                        false => Fact::Required(name.into()),
                    };
                    findings.push(Finding::likely(fact, Evidence::line(*path, at + 1)));
                }
            }
        }
        if let Some((line, evidence)) = line_starting("'NAME'").or_else(|| line_starting("\"NAME\""))
            && line.contains("sqlite")
        {
            let note = "the database is a file inside the release, so a new build starts without its data: keep it in a folder and name that by `--volume FOLDER`";
            findings.push(Finding::certain(Fact::Note(note.into()), evidence));
        }
        findings
    }

    /// The app object of a framework.
    fn app(&self) -> Option<App> {
        let mut found: Vec<App> = Vec::new();
        for (path, text) in self.tree.sources(&["py"]) {
            if path.matches('/').count() > 3 {
                break;
            }
            for (at, line) in text.lines().enumerate() {
                let framework = framework(text);
                let Some((interface, flask)) = framework else { break };
                let (object, factory) = match (APP.captures(line), FACTORY.captures(line)) {
                    (Some(app), _) if known_class(&app[2], text) => (app[1].to_owned(), false),
                    (_, Some(made)) => (made[1].to_owned(), true),
                    _ => continue,
                };
                let (dir, module) = module_of(path, self.tree);
                let evidence = Evidence::line(path, at + 1);
                found.push(App {
                    module,
                    dir,
                    object,
                    factory,
                    interface,
                    flask,
                    evidence,
                });
                break;
            }
        }
        // The object that a server imports is better than one made in a helper; shallow files came first.
        found.sort_by_key(|app| {
            (
                app.factory,
                !matches!(
                    app.module.rsplit('.').next(),
                    Some("main" | "app" | "wsgi" | "asgi" | "server" | "application")
                ),
            )
        });
        found.into_iter().next()
    }

    fn serve(&self, app: &App) -> Vec<Finding> {
        let target = format!("{}:{}", app.module, app.object);
        let called = if app.factory {
            format!("{target}()")
        } else {
            target.clone()
        };
        let in_dir = |option| app.dir.iter().flat_map(move |dir| [option, dir.as_str()]);
        let dir = app.dir.clone().unwrap_or_default();
        let mut notes = Vec::new();
        let mut extra: &[&str] = &[];
        let (mut command, evidence) = if app.interface == Interface::Asgi {
            let mut line = vec!["-m", "uvicorn", &target, "--port", "$PORT"];
            if app.factory {
                line.push("--factory");
            }
            line.extend(in_dir("--app-dir"));
            let listed = self.depends_on("uvicorn").or_else(|| self.standard_fastapi());
            if listed.is_none() {
                extra = &["uvicorn"];
                notes.push("no server for it is listed: `uvicorn` is installed and used");
            }
            (words(&line), listed)
        } else if let Some(listed) = self.depends_on("gunicorn") {
            let mut line = vec!["-m", "gunicorn", &called, "--bind", "127.0.0.1:$PORT"];
            line.extend(in_dir("--chdir"));
            (words(&line), Some(listed))
        } else if let Some(listed) = self.depends_on("waitress") {
            let mut line = vec!["-m", "waitress", "--listen=127.0.0.1:$PORT"];
            if app.factory {
                line.push("--call");
            }
            line.push(&target);
            (words(&line), Some(listed))
        } else if app.flask {
            notes.push("no production server such as gunicorn is listed: Flask's own one for development is started");
            (
                words(&["-m", "flask", "--app", &target, "run", "--port", "$PORT"]),
                None,
            )
        } else {
            extra = &["gunicorn"];
            notes.push("no server for it is listed: `gunicorn` is installed and used");
            let mut line = vec!["-m", "gunicorn", &called, "--bind", "127.0.0.1:$PORT"];
            line.extend(in_dir("--chdir"));
            (words(&line), None)
        };
        // Neither flask nor waitress can be told where modules are.
        if app.dir.is_some() && !command::text(&command).contains(&dir) {
            command = CommandLine::Shell(format!(
                "PYTHONPATH={} exec {}",
                command::quote(&dir),
                command::text(&command)
            ));
        }
        let finding = match evidence {
            Some(listed) => Finding::certain(Fact::Web(command), app.evidence.clone()).and(listed),
            // The object is there; that it is served this way is a convention.
            None => Finding::likely(Fact::Web(command), app.evidence.clone()),
        };
        let mut findings = vec![finding];
        findings.extend(
            notes
                .into_iter()
                .map(|note| Finding::likely(Fact::Note(note.into()), app.evidence.clone())),
        );
        findings.extend(self.builds(extra));
        if self.manifests.is_empty() {
            let name = if app.flask { "flask" } else { "fastapi" };
            let note = format!(
                "nothing lists what it imports: say what to install by `--build`, such as `{VENV} && {PIP} {name}`"
            );
            findings.push(Finding::guess(Fact::Note(note), app.evidence.clone()));
        }
        findings
    }

    /// `fastapi[standard]` brings uvicorn.
    fn standard_fastapi(&self) -> Option<Evidence> {
        self.manifests.iter().find_map(|(path, text)| {
            ["fastapi[standard]", "fastapi[all]"]
                .iter()
                .find_map(|name| line_of(text, name))
                .map(|line| Evidence::line(*path, line))
        })
    }

    /// No framework's app was found: a script, or an installed command.
    fn script(&self) -> Vec<Finding> {
        let scripts = self
            .pyproject
            .as_ref()
            .and_then(|project| project.get("project")?.get("scripts")?.as_table());
        let mut findings = Vec::new();
        let scripts: Vec<&String> = scripts.into_iter().flat_map(toml::Table::keys).collect();
        if let [name] = scripts[..] {
            let command = words(&[&format!(".venv/bin/{name}")]);
            findings.push(Finding::guess(
                Fact::Web(command),
                self.tree.evidence("pyproject.toml", &format!("{name} =")),
            ));
        } else if let Some(file) = self
            .tree
            .first(&["main.py", "app.py", "server.py", "run.py", "bot.py", "worker.py"])
        {
            findings.push(Finding::likely(Fact::Web(words(&[file])), Evidence::file(file)));
        } else if let Some(path) = self
            .tree
            .paths()
            .find(|path| path.ends_with("/__main__.py") && path.matches('/').count() == 1)
        {
            let package = path.trim_end_matches("/__main__.py");
            findings.push(Finding::guess(Fact::Web(words(&["-m", package])), Evidence::file(path)));
        }
        if findings.is_empty() && !self.manifests.iter().any(|(path, _)| path.starts_with("requirements")) {
            return Vec::new();
        }
        findings.extend(self.builds(&[]));
        findings
    }
}

/// `.venv/bin/python` and these words.
fn words(rest: &[&str]) -> CommandLine {
    CommandLine::Exec(
        std::iter::once(PYTHON)
            .chain(rest.iter().copied())
            .map(str::to_owned)
            .collect(),
    )
}

/// `    PROJECT_NAME: str` in a class: the variable of that name.
fn required_field(line: &str) -> Option<String> {
    let field = line.strip_prefix("    ").or_else(|| line.strip_prefix('\t'))?;
    let (name, kind) = field.split_once(':')?;
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !matches!(name, "model_config" | "class" | "else" | "try" | "finally");
    let simple = [
        "str",
        "int",
        "bool",
        "float",
        "SecretStr",
        "EmailStr",
        "AnyUrl",
        "HttpUrl",
        "PostgresDsn",
    ]
    .contains(&kind.split('#').next().unwrap_or_default().trim());
    (plain && simple).then(|| name.to_ascii_uppercase())
}

/// `@click.command("init-db")`.
fn init_command(line: &str) -> Option<&str> {
    let name = line
        .trim()
        .strip_prefix("@")?
        .split_once("command(")?
        .1
        .split(['"', '\''])
        .nth(1)?;
    matches!(
        name,
        "init-db" | "initdb" | "create-db" | "init_db" | "create_db" | "db-init"
    )
    .then_some(name)
}

/// The framework a file imports.
fn framework(text: &str) -> Option<(Interface, bool)> {
    let imports = |name: &str| {
        text.lines().any(|line| {
            let line = line.trim_start();
            line.strip_prefix("import ")
                .or_else(|| line.strip_prefix("from "))
                .is_some_and(|rest| {
                    rest.strip_prefix(name)
                        .is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
                })
        })
    };
    let asgi = ["fastapi", "starlette", "quart", "litestar"].into_iter().any(&imports);
    let flask = imports("flask");
    match () {
        () if asgi => Some((Interface::Asgi, false)),
        () if flask => Some((Interface::Wsgi, true)),
        () if ["bottle", "falcon"].into_iter().any(imports) => Some((Interface::Wsgi, false)),
        () => None,
    }
}

fn known_class(class: &str, text: &str) -> bool {
    match class {
        "App" | "Application" => text.contains("falcon"),
        _ => true,
    }
}

/// `src/pkg/main.py` is module `pkg.main` found from `src`: the outermost folder of packages is where modules start.
fn module_of(path: &str, tree: &Tree) -> (Option<String>, String) {
    let path = path.trim_end_matches(".py");
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    let parts: Vec<&str> = path.split('/').collect();
    let is_package = |count: usize| tree.has(&format!("{}/__init__.py", parts[..count].join("/")));
    let start = match parts.first() {
        Some(&"src") => 1,
        _ => (1..parts.len())
            .find(|count| is_package(*count))
            .map_or(0, |count| count - 1),
    };
    let dir = (start > 0).then(|| parts[..start].join("/"));
    (dir, parts[start..].join("."))
}

/// A list that may go on over several lines, from the `line` it starts on.
fn whole_list<'a>(text: &'a str, line: &'a str) -> &'a str {
    if !line.contains("= [") || line.contains(']') {
        return line;
    }
    let rest = &text[text.find(line).unwrap_or(0)..];
    &rest[..rest.find(']').map_or(line.len(), |end| end + 1)]
}

/// `ALLOWED_HOSTS = ["shop.example"]`: every other `Host` is answered by 400.
fn allowed_hosts(line: &str, evidence: Evidence) -> Option<Finding> {
    let list = line.split_once('=')?.1.trim();
    if !list.starts_with(['[', '(', '"', '\'']) {
        let note = "ALLOWED_HOSTS is computed: it must come to name `127.0.0.1` and `localhost`, or every request is answered by 400; where a variable gives it, `--env ALLOWED_HOSTS=127.0.0.1,localhost`";
        return Some(Finding::likely(Fact::Note(note.into()), evidence));
    }
    let hosts: Vec<&str> = list.split(['"', '\'']).skip(1).step_by(2).collect();
    if hosts.is_empty()
        || hosts
            .iter()
            .any(|host| matches!(*host, "*" | "localhost" | "127.0.0.1" | ".localhost"))
    {
        return None;
    }
    let host = hosts[0].trim_start_matches('.');
    let plain = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    plain.then(|| Finding::certain(Fact::HealthHost(host.into()), evidence))
}

/// `os.environ["NAME"]`: without it the app does not start.
fn required_variable(line: &str) -> Option<&str> {
    let line = line.split('#').next()?;
    let rest = &line[line.find("os.environ[")? + "os.environ[".len()..];
    let name = rest.split(['"', '\'']).nth(1)?;
    let assigned = rest
        .split_once(']')
        .is_some_and(|(_, after)| after.trim_start().starts_with('=') && !after.trim_start().starts_with("=="));
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name != "PORT";
    (plain && !assigned).then_some(name)
}

/// Programs of the environment are started by its own interpreter.
fn localise(_: &Tree, command: &[String]) -> Option<CommandLine> {
    let (program, rest) = command.split_first()?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    Some(match (program.as_str(), &rest[..]) {
        ("uv" | "poetry" | "pipenv", ["run", inner @ ..]) => {
            let inner: Vec<String> = inner
                .iter()
                .filter(|word| !word.starts_with("--"))
                .map(|word| (*word).to_owned())
                .collect();
            return localise(&Tree::default(), &inner);
        }
        ("uv" | "poetry" | "pipenv", _) => return None,
        ("python" | "python3", _) => words(&rest),
        ("waitress-serve", _) => words(&[&["-m", "waitress"], &rest[..]].concat()),
        ("django-admin", _) => words(&[&["-m", "django"], &rest[..]].concat()),
        ("fastapi", ["run", ..] | ["dev", ..]) => words(&[&["-m", "fastapi", "run"], &rest[1..]].concat()),
        (program, _) if !program.contains('/') => words(&[&["-m", program], &rest[..]].concat()),
        _ => CommandLine::Exec(command.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(files: &[(&str, &str)]) -> Vec<Fact> {
        detect(&Tree::of("app", files.iter().copied()))
            .into_iter()
            .map(|finding| finding.fact)
            .collect()
    }

    fn web(files: &[(&str, &str)]) -> String {
        let facts = facts(files);
        let command = facts.iter().find_map(|fact| match fact {
            Fact::Web(command) => Some(command::text(command)),
            _ => None,
        });
        command.unwrap_or_else(|| panic!("{facts:?}"))
    }

    #[test]
    fn frameworks_are_served_by_the_server_that_is_listed() {
        let flask = "from flask import Flask\napp = Flask(__name__)\n";
        let fastapi = "from fastapi import FastAPI\n\napi = FastAPI()\n";
        for (files, expected) in [
            (
                &[("app.py", flask), ("requirements.txt", "flask\ngunicorn==22\n")][..],
                ".venv/bin/python -m gunicorn app:app --bind 127.0.0.1:$PORT",
            ),
            (
                &[("app.py", flask), ("requirements.txt", "flask\n")],
                ".venv/bin/python -m flask --app app:app run --port $PORT",
            ),
            (
                &[
                    ("app/main.py", fastapi),
                    ("app/__init__.py", ""),
                    ("requirements.txt", "fastapi\nuvicorn\n"),
                ],
                ".venv/bin/python -m uvicorn app.main:api --port $PORT",
            ),
            (
                &[
                    ("src/shop/main.py", fastapi),
                    ("src/shop/__init__.py", ""),
                    ("requirements.txt", "fastapi[standard]\n"),
                ],
                ".venv/bin/python -m uvicorn shop.main:api --port $PORT --app-dir src",
            ),
            (
                &[
                    (
                        "flaskr/__init__.py",
                        "from flask import Flask\ndef create_app(config=None):\n    app = Flask(__name__)\n",
                    ),
                    (
                        "pyproject.toml",
                        "[project]\nname = \"flaskr\"\ndependencies = [\"flask\"]\n[build-system]\n",
                    ),
                ],
                ".venv/bin/python -m flask --app flaskr:create_app run --port $PORT",
            ),
        ] {
            assert_eq!(web(files), expected);
        }
    }

    #[test]
    fn django_is_served_collected_migrated_and_asked_by_its_own_host() {
        let files = [
            ("manage.py", "import django"),
            ("mysite/wsgi.py", ""),
            (
                "mysite/settings.py",
                "SECRET_KEY = os.environ['SECRET_KEY']\nALLOWED_HOSTS = [\n    '.shop.example',\n]\nSTATIC_ROOT = BASE_DIR / 'static'\n        'NAME': BASE_DIR / 'db.sqlite3',\n",
            ),
            ("requirements.txt", "Django>=4\ngunicorn\n"),
        ];
        assert_eq!(
            web(&files),
            ".venv/bin/python -m gunicorn mysite.wsgi:application --bind 127.0.0.1:$PORT"
        );
        let facts = facts(&files);
        assert!(facts.contains(&Fact::HealthHost("shop.example".into())), "{facts:?}");
        assert!(facts.contains(&Fact::Required("SECRET_KEY".into())), "{facts:?}");
        assert!(
            facts.contains(&Fact::Build(
                ".venv/bin/python manage.py collectstatic --noinput".into()
            )),
            "{facts:?}"
        );
        assert!(
            facts
                .iter()
                .any(|fact| matches!(fact, Fact::Note(note) if note.contains("--volume"))),
            "{facts:?}"
        );
    }

    #[test]
    fn settings_without_a_default_are_required() {
        let settings = "class Settings(BaseSettings):\n    model_config = SettingsConfigDict()\n    NAME: str\n    port: int = 80\n    API_KEY: str\n\n    @property\n    def url(self) -> str:\n        x: str\n\nother: str\n";
        let facts = facts(&[("config.py", settings), ("requirements.txt", "pydantic-settings")]);
        let required: Vec<_> = facts.iter().filter(|fact| matches!(fact, Fact::Required(_))).collect();
        assert_eq!(
            required,
            [&Fact::Required("NAME".into()), &Fact::Required("API_KEY".into())]
        );
    }

    #[test]
    fn a_project_without_a_build_system_installs_what_it_lists() {
        let facts = facts(&[
            ("main.py", "print(1)"),
            (
                "pyproject.toml",
                "[project]\nname = \"x\"\ndependencies = [\"flask>=2\", \"uvicorn[standard]\"]\n",
            ),
        ]);
        assert!(
            facts.contains(&Fact::Build(format!("{PIP} 'flask>=2' 'uvicorn[standard]'"))),
            "{facts:?}"
        );
    }

    #[test]
    fn commands_of_a_development_shell_run_in_the_environment_of_the_release() {
        for (command, expected) in [
            ("gunicorn app:app", ".venv/bin/python -m gunicorn app:app"),
            ("python manage.py migrate", ".venv/bin/python manage.py migrate"),
            ("uv run uvicorn main:app", ".venv/bin/python -m uvicorn main:app"),
            ("./bin/start", "./bin/start"),
        ] {
            let words = command::words(command).expect(command);
            assert_eq!(
                localise(&Tree::default(), &words)
                    .map(|command| command::text(&command))
                    .as_deref(),
                Some(expected)
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn hostile_projects_never_panic(source in "(?s)(from flask import|app = Flask\\(|ALLOWED_HOSTS =|os.environ\\[|['\"\\[\\] \\n=a-z]){0,40}", project in "(?s).{0,120}") {
            facts(&[("manage.py", "django"), ("a/settings.py", &source), ("pyproject.toml", &project)]);
            facts(&[("app.py", &source), ("pyproject.toml", &project)]);
        }
    }
}
