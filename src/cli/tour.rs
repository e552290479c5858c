//! `deliver tour`: the whole way, for real, in a folder that goes away.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::agent::client::Client;
use crate::agent::home::Home;
use crate::config::manifest;
use crate::config::paths::Paths;
use crate::fault::{Attempt, Fault, Result};
use crate::model::Span;
use crate::model::spec::CommandLine;
use crate::ports::commands::Request;
use crate::ports::{Clock, Http};

use super::{Cx, Exit};

/// Show the whole way with a real service, in under a minute
///
/// Everything happens for real, in a temporary folder with a store and an agent of its own: yours are not touched, nothing
/// leaves this machine, and all of it is removed at the end. Takes less than a minute.
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
    /// It never becomes healthy.
    worse: Edit,
    /// It is healthy and answers its users with errors; files alone cannot do that.
    failing: Option<Edit>,
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
        failing: Some(Edit {
            file: "app.py",
            from: "{request.config.greeting}",
            to: "{request.config.greetings}",
            tells: "A worse change: a typing error that no health check meets.",
        }),
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
        failing: Some(Edit {
            file: "app.js",
            from: "${config.greeting}",
            to: "${config.greeting.first.letter}",
            tells: "A worse change: a typing error that no health check meets.",
        }),
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
        failing: None,
    },
];

/// What each of the tour's releases is watched for after the switch.
const WATCH: &str = "\n[environment.local]\nstrategy = { kind = \"rolling\", bake = \"5s\" }\n";

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
        self.say("1. A new service from a template, ready to run.");
        self.deliver(
            &self.root,
            &["new", route.template, "pricing", "--owner", "checkout", "--yes"],
            0,
        )?;
        self.say("2. May it serve? What its tier owes is checked, not asked.");
        self.deliver(&self.service, &["ready"], 0)?;
        self.watch_releases()?;
        self.say("3. Its first deploy: build, start, health, switch.");
        self.deliver(&self.service, &["deploy"], 0)?;
        let url = format!("{}{}", self.url()?, route.page);
        self.show_page(&url)?;

        self.say("4. From here on somebody uses it, all the time. A release does not lose a request.");
        let traffic = Traffic::default();
        std::thread::scope(|scope| {
            let (http, clock) = (self.cx.world.http()?, self.cx.world.clock());
            scope.spawn(|| traffic.run(http, clock, &url));
            let walked = self.under_traffic(route, &url, &traffic);
            traffic.done.store(true, Ordering::SeqCst);
            walked
        })
    }

    /// Releases good and bad, an incident, and the week, while requests go on.
    fn under_traffic(&self, route: &Route, url: &str, traffic: &Traffic) -> Result<()> {
        self.edit(&route.better)?;
        self.deliver(&self.service, &["deploy"], 0)?;
        self.show_page(url)?;

        self.say("5. What was promised, and what is left of it: counted by the router, nothing to set up.");
        self.deliver(&self.service, &["reliability"], 0)?;

        self.say("6. A bad release. It must not reach anybody.");
        self.edit(&route.worse)?;
        self.deliver(&self.service, &["deploy"], 1)?;
        self.deliver(&self.service, &["status"], 0)?;
        self.deliver(&self.service, &["why", "D-3"], 0)?;
        traffic.expect_failed(0)?;
        self.undo(&route.worse)?;

        let failed = match &route.failing {
            Some(edit) => self.failing_release(edit, traffic)?,
            None => 0,
        };

        self.say("8. And if the good one had been wrong? Back to the release before, without an argument.");
        self.deliver(&self.service, &["rollback", "--reason", "the old words were better"], 0)?;
        self.deliver(&self.service, &["status"], 0)?;
        traffic.expect_failed(failed)?;

        self.say("9. The week, as a team would look at it together.");
        self.deliver(&self.service, &["review"], 0)?;
        self.deliver(&self.service, &["history"], 0)?;
        self.say(&traffic.told(failed));
        Ok(())
    }

    /// A release that is healthy and fails its users, until it is sent back; the incident, and what remains to be said of it.
    /// How many requests it cost.
    fn failing_release(&self, edit: &Edit, traffic: &Traffic) -> Result<u64> {
        self.say("7. A worse one: healthy, and wrong. It is watched, and sent back by itself: exit code 4.");
        self.edit(edit)?;
        self.deliver(&self.service, &["deploy"], 4)?;
        let failed = traffic.failed.load(Ordering::SeqCst);
        self.undo(edit)?;
        self.say("   People were hurt, so it is an incident. Which change was it, and is it over?");
        let open = ["incident", "open", "greetings answer 500", "--severity", "sev3"];
        self.deliver(&self.service, &open, 0)?;
        self.expect_suspect("D-4")?;
        self.deliver(&self.service, &["reliability"], 0)?;
        let resolve = ["incident", "resolve", "INC-1", "sent back by itself", "--cause", "D-4"];
        self.deliver(&self.service, &resolve, 0)?;
        self.deliver(&self.service, &["incident", "postmortem", "INC-1", "--write"], 0)?;
        Ok(failed)
    }

    fn say(&self, text: &str) {
        let ui = &self.cx.ui;
        ui.note(format!("\n{}", ui.style().subject(text)));
    }

    /// Has each release watched after the switch, with the one before still warm.
    fn watch_releases(&self) -> Result<()> {
        let path = self.service.join(manifest::FILE);
        let text = fs::read_to_string(&path).attempting("read", &path)?;
        fs::write(&path, text + WATCH).attempting("write", &path)?;
        let ui = &self.cx.ui;
        ui.note(format!(
            "\nEach release is to be watched for 5 s after the switch. {}",
            ui.style().secondary("(deliver.toml)")
        ));
        Ok(())
    }

    fn show_page(&self, url: &str) -> Result<()> {
        let answer = self.cx.world.http()?.get(url, REQUEST_TIMEOUT)?;
        let told = format!("{url} answers {}: {}", answer.status, summary(&answer.body));
        self.cx.ui.note(told);
        Ok(())
    }

    /// The incident suspects this deployment first, and strongly.
    fn expect_suspect(&self, deployment: &str) -> Result<()> {
        let incident = self.json(&["incident", "show", "INC-1", "--json"])?;
        let first = &incident["suspects"][0];
        match first["deployment"] == deployment && first["confidence"] == "high" {
            true => Ok(()),
            false => Err(Fault::failed(
                "tour-failed",
                format!("the incident suspects {first}, not {deployment}"),
            )),
        }
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

    /// What a command prints with `--json`.
    fn json(&self, words: &[&str]) -> Result<serde_json::Value> {
        let request = self.request(&self.service, words);
        let output = self.cx.world.commands().capture(&request)?;
        serde_json::from_slice(&output).map_err(|error| Fault::bug("a document that is not JSON").because(error))
    }

    /// Where the service is reached.
    fn url(&self) -> Result<String> {
        let status = self.json(&["status", "--json"])?;
        let url = status["services"][0]["url"].as_str();
        url.map(str::to_owned)
            .ok_or_else(|| Fault::bug("a deployed service without a URL"))
    }

    fn edit(&self, edit: &Edit) -> Result<()> {
        self.replace(edit.file, edit.from, edit.to)?;
        let ui = &self.cx.ui;
        let file = ui.style().secondary(format!("({})", edit.file));
        ui.note(format!("\n{} {file}", edit.tells));
        Ok(())
    }

    /// Takes an edit back.
    fn undo(&self, edit: &Edit) -> Result<()> {
        self.replace(edit.file, edit.to, edit.from)
    }

    fn replace(&self, file: &str, from: &str, to: &str) -> Result<()> {
        let path = self.service.join(file);
        let text = fs::read_to_string(&path).attempting("read", &path)?;
        if !text.contains(from) {
            return Err(Fault::bug(format!("`{file}` holds no `{from}` to change")));
        }
        fs::write(&path, text.replacen(from, to, 1)).attempting("write", &path)
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
    /// That many requests have failed so far, and no more.
    fn expect_failed(&self, expected: u64) -> Result<()> {
        let (sent, failed) = (self.sent.load(Ordering::SeqCst), self.failed.load(Ordering::SeqCst));
        if failed == expected {
            return Ok(());
        }
        let message = format!("{failed} of {sent} requests failed instead of {expected}");
        Err(Fault::failed("requests-lost", message))
    }

    /// What became of all requests, `failed` of which the failing release had to answer.
    fn told(&self, failed: u64) -> String {
        let sent = self.sent.load(Ordering::SeqCst);
        match failed {
            0 => format!("{sent} requests were sent during all this; 0 failed."),
            failed => format!(
                "{sent} requests were sent during all this; {failed} failed, all of them while the failing release served."
            ),
        }
    }

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
