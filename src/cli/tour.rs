//! `deliver tour`: the whole way, for real, in a folder that goes away.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::agent::client::Client;
use crate::agent::home::Home;
use crate::config::paths::Paths;
use crate::fault::{Attempt, Fault, Result};
use crate::model::Span;
use crate::model::spec::CommandLine;
use crate::ports::commands::Request;
use crate::ports::{Clock, Http};

use super::{Cx, Exit};

/// Show the whole way with a real service, in half a minute
///
/// Everything happens for real, in a temporary folder with a store and an agent of its own: yours are not touched, nothing
/// leaves this machine, and all of it is removed at the end. Takes less than half a minute.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Examples:\n  $ deliver tour\n  $ deliver tour --template static-site\n  $ deliver tour --keep"
)]
pub struct TourArgs {
    /// Which template to use; by default one whose runtime is present
    #[arg(long, value_name = "NAME")]
    pub template: Option<String>,

    /// Leave the service running and the folder there
    #[arg(long)]
    pub keep: bool,
}

/// One command of the tour ends within this, or something is wrong: the slowest waits for an app that never becomes healthy.
const COMMAND_TIMEOUT: Span = Span::from_secs(60);

/// One request of the tour's traffic; as long as the router holds requests at the most.
const REQUEST_TIMEOUT: Span = Span::from_secs(16);

/// Between two requests of the traffic that runs all the way through.
const REQUEST_PAUSE: Span = Span::from_millis(20);

/// A template the tour knows its way around in, and the edits it makes there.
struct Route {
    template: &'static str,
    /// The program that must be there.
    runtime: Option<&'static str>,
    /// A page to look at.
    page: &'static str,
    better: Edit,
    worse: Edit,
}

/// Replaces the first `from` in `file`.
struct Edit {
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// What this means, in a sentence.
    tells: &'static str,
}

const ROUTES: [Route; 3] = [
    Route {
        template: "http-python",
        runtime: Some("python3"),
        page: "/hello/world",
        better: Edit {
            file: "app.py",
            from: "\"Hello\"",
            to: "\"Good day\"",
            tells: "A change: friendlier words.",
        },
        worse: Edit {
            file: "app.py",
            from: "import dataclasses\n",
            to: "import dataclasses\n\nimport pricingdb\n",
            tells: "A bad change: it needs a module that nobody installed.",
        },
    },
    Route {
        template: "http-node",
        runtime: Some("node"),
        page: "/hello/world",
        better: Edit {
            file: "app.js",
            from: "text(\"Hello\")",
            to: "text(\"Good day\")",
            tells: "A change: friendlier words.",
        },
        worse: Edit {
            file: "app.js",
            from: "from \"./runtime.js\";\n",
            to: "from \"./runtime.js\";\nimport { prices } from \"pricingdb\";\n",
            tells: "A bad change: it needs a package that nobody installed.",
        },
    },
    Route {
        template: "static-site",
        runtime: None,
        page: "/",
        better: Edit {
            file: "public/index.html",
            from: "</h1>",
            to: ", better than before</h1>",
            tells: "A change: bolder words.",
        },
        worse: Edit {
            file: "deliver.toml",
            from: "static = \"public\"",
            to: "static = \"pubic\"",
            tells: "A bad change: a typing error in the manifest.",
        },
    },
];

/// The folder, and how commands are run in it.
struct Tour<'a> {
    cx: &'a Cx,
    program: PathBuf,
    /// Everything is below it: home, store, service.
    root: PathBuf,
    service: PathBuf,
}

pub fn run(args: &TourArgs, cx: &mut Cx) -> Result<Exit> {
    let route = choose(args.template.as_deref(), cx)?;
    let program = std::env::current_exe()
        .map_err(|error| Fault::failed("no-program", "cannot tell where `deliver` is").because(error))?;
    let folder = tempfile::Builder::new()
        .prefix("deliver-tour-")
        .tempdir()
        .attempting("create a folder in", &std::env::temp_dir())?;
    let root = folder.path().to_owned();
    let tour = Tour {
        cx,
        program,
        service: root.join("pricing"),
        root,
    };
    let _careful = cx.signals.careful("ends the tour and removes what it made");
    let walked = tour.walk(route);
    if args.keep {
        let root = folder.keep();
        cx.ui.note(format!(
            "Kept in {}. Its commands need: {}",
            root.display(),
            tour.settings_text()
        ));
        return walked.map(|()| Exit::Ok);
    }
    let cleaned = tour.clean_up();
    walked.and(cleaned).map(|()| Exit::Ok)
}

/// The asked-for template, or the first whose runtime is present.
fn choose(wanted: Option<&str>, cx: &Cx) -> Result<&'static Route> {
    if let Some(name) = wanted {
        return ROUTES.iter().find(|route| route.template == name).ok_or_else(|| {
            let names: Vec<&str> = ROUTES.iter().map(|route| route.template).collect();
            Fault::usage("unknown-template", format!("the tour has no template `{name}`"))
                .hint(format!("deliver tour --template {}", names.join("|")))
        });
    }
    let present = |program: &str| {
        let path = cx.world.environment().get("PATH").unwrap_or_default();
        std::env::split_paths(path).any(|folder| folder.join(program).is_file())
    };
    let route = ROUTES.iter().find(|route| route.runtime.is_none_or(present));
    route.ok_or_else(|| Fault::bug("a template without a runtime is missing"))
}

impl Tour<'_> {
    fn walk(&self, route: &Route) -> Result<()> {
        let say = |text: &str| self.cx.ui.note(format!("\n{}", self.cx.ui.style().subject(text)));
        say("1. A new service from a template, ready to run.");
        self.deliver(
            &self.root,
            &["new", route.template, "pricing", "--owner", "checkout", "--yes"],
            0,
        )?;
        say("2. Its first deploy: build, start, health, switch.");
        self.deliver(&self.service, &["deploy"], 0)?;
        let url = format!("{}{}", self.url()?, route.page);
        let first = self.cx.world.http()?.get(&url, REQUEST_TIMEOUT)?;
        self.cx
            .ui
            .note(format!("{url} answers {}: {}", first.status, summary(&first.body)));

        say("3. From here on somebody uses it, all the time.");
        let traffic = Traffic::default();
        std::thread::scope(|scope| {
            let (http, clock) = (self.cx.world.http()?, self.cx.world.clock());
            scope.spawn(|| traffic.run(http, clock, &url));
            let walked = self.under_traffic(route, &url, &say);
            traffic.done.store(true, Ordering::SeqCst);
            walked
        })?;
        let (sent, failed) = (
            traffic.sent.load(Ordering::SeqCst),
            traffic.failed.load(Ordering::SeqCst),
        );
        say(&format!("{sent} requests were sent during all this; {failed} failed."));
        if failed > 0 {
            return Err(Fault::failed(
                "requests-lost",
                format!("{failed} of {sent} requests failed"),
            ));
        }
        Ok(())
    }

    /// A good release, a bad one, what happened, and back.
    fn under_traffic(&self, route: &Route, url: &str, say: &dyn Fn(&str)) -> Result<()> {
        self.edit(&route.better)?;
        self.deliver(&self.service, &["deploy"], 0)?;
        let second = self.cx.world.http()?.get(url, REQUEST_TIMEOUT)?;
        self.cx
            .ui
            .note(format!("{url} answers {}: {}", second.status, summary(&second.body)));

        say("4. A bad release. It must not reach anybody.");
        self.edit(&route.worse)?;
        self.deliver(&self.service, &["deploy"], 1)?;
        self.deliver(&self.service, &["status"], 0)?;

        say("5. What happened?");
        self.deliver(&self.service, &["history"], 0)?;
        self.deliver(&self.service, &["why", "D-3"], 0)?;

        say("6. And if the good one had been wrong? Back to the release before, without an argument.");
        self.deliver(&self.service, &["rollback", "--reason", "the old words were better"], 0)?;
        self.deliver(&self.service, &["status"], 0)
    }

    /// Runs one command as a person would, showing it and what it prints, and insists on its exit code.
    fn deliver(&self, dir: &Path, words: &[&str], expected: u8) -> Result<()> {
        let ui = &self.cx.ui;
        if let Some(kind) = self.cx.world.interrupt().requested() {
            return Err(Fault::new(kind, "interrupted", "the tour was interrupted"));
        }
        ui.note(format!(
            "\n$ {}",
            ui.style().copyable(format!("deliver {}", quoted(words)))
        ));
        let request = self.request(dir, words);
        let ended = self
            .cx
            .world
            .commands()
            .run(&request, &mut |line| ui.note(format!("  {line}")))?;
        if let Some(kind) = self.cx.world.interrupt().requested() {
            return Err(Fault::new(kind, "interrupted", "the tour was interrupted"));
        }
        let wanted = format!("status {expected}");
        if ended.how != wanted {
            return Err(Fault::failed(
                "tour-failed",
                format!("`deliver {}` ended with {}, not {wanted}", words.join(" "), ended.how),
            )
            .hint("deliver doctor"));
        }
        if expected != 0 {
            ui.note(ui.style().secondary(format!("  (exit code {expected})")));
        }
        Ok(())
    }

    fn request(&self, dir: &Path, words: &[&str]) -> Request {
        let mut command = vec![self.program.display().to_string()];
        command.extend(words.iter().map(|word| word.to_string()));
        Request {
            command: CommandLine::Exec(command),
            dir: dir.to_owned(),
            env: self.settings(),
            timeout: COMMAND_TIMEOUT,
        }
    }

    /// A home of its own: no store, no settings and no agent of the user's is in reach.
    fn settings(&self) -> BTreeMap<String, String> {
        let below = |name: &str| self.root.join(name).display().to_string();
        let color = if self.cx.ui.style().color { "always" } else { "never" };
        BTreeMap::from([
            ("DELIVER_STORE".into(), below("state/store.db")),
            ("XDG_CONFIG_HOME".into(), below("config")),
            ("XDG_STATE_HOME".into(), below("state")),
            // What they print is for the person who watches, two columns to the right.
            ("DELIVER_FORCE_TTY".into(), (self.cx.ui.width() - 2).to_string()),
            ("DELIVER_PROGRESS".into(), "plain".into()),
            ("DELIVER_COLOR".into(), color.into()),
            ("DELIVER_NO_INPUT".into(), "1".into()),
        ])
    }

    fn settings_text(&self) -> String {
        format!("DELIVER_STORE={}", self.root.join("state/store.db").display())
    }

    /// Where the service is reached.
    fn url(&self) -> Result<String> {
        let output = self
            .cx
            .world
            .commands()
            .capture(&self.request(&self.service, &["status", "--json"]))?;
        let status: serde_json::Value =
            serde_json::from_slice(&output).map_err(|error| Fault::bug("a status that is not JSON").because(error))?;
        let url = status["services"][0]["url"].as_str();
        url.map(str::to_owned)
            .ok_or_else(|| Fault::bug("a deployed service without a URL"))
    }

    fn edit(&self, edit: &Edit) -> Result<()> {
        let path = self.service.join(edit.file);
        let text = fs::read_to_string(&path).attempting("read", &path)?;
        if !text.contains(edit.from) {
            return Err(Fault::bug(format!(
                "`{}` holds no `{}` to change",
                edit.file, edit.from
            )));
        }
        fs::write(&path, text.replacen(edit.from, edit.to, 1)).attempting("write", &path)?;
        self.cx.ui.note(format!(
            "\n{} {}",
            edit.tells,
            self.cx.ui.style().secondary(format!("({})", edit.file))
        ));
        Ok(())
    }

    /// Stops everything the tour started. The folder goes away by itself.
    fn clean_up(&self) -> Result<()> {
        // Not as a command of its own: after Ctrl-C no further program is started.
        let store = self.root.join("state/store.db");
        let paths = Paths::of(self.cx.world.environment(), Some(&store), &self.root)?;
        Client::new(Home::new(&paths)).halt()?;
        self.cx.ui.note("\nThe tour's service, store and folder are removed.");
        self.cx.ui.hint("deliver new     (starts a service of your own)");
        self.cx.ui.hint("deliver adopt   (describes an app that exists)");
        Ok(())
    }
}

/// Requests one after another until told to stop.
#[derive(Default)]
struct Traffic {
    sent: AtomicU64,
    failed: AtomicU64,
    done: AtomicBool,
}

impl Traffic {
    fn run(&self, http: &dyn Http, clock: &dyn Clock, url: &str) {
        while !self.done.load(Ordering::SeqCst) {
            let good = http.get(url, REQUEST_TIMEOUT).is_ok_and(|answer| answer.status == 200);
            self.sent.fetch_add(1, Ordering::SeqCst);
            self.failed.fetch_add(u64::from(!good), Ordering::SeqCst);
            clock.sleep(REQUEST_PAUSE.duration());
        }
    }
}

/// The words as a shell would need them.
fn quoted(words: &[&str]) -> String {
    let quote = |word: &&str| {
        if word.contains(' ') {
            format!("\"{word}\"")
        } else {
            (*word).to_owned()
        }
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

/// The first words of a page, on one line.
fn summary(body: &str) -> String {
    let title = body
        .split("<h1>")
        .nth(1)
        .and_then(|rest| rest.split("</h1>").next())
        .unwrap_or(body);
    title
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(60)
        .collect()
}
