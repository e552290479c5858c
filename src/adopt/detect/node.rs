//! Node: `package.json`, its scripts, lock file and workspace.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Stack;
use crate::adopt::command;
use crate::adopt::finding::{Evidence, Fact, Finding, PortUse};
use crate::adopt::network;
use crate::adopt::tree::Tree;
use crate::model::spec::CommandLine;

pub const STACK: Stack = Stack {
    title: "Node",
    programs: &[
        "node",
        "npm",
        "npx",
        "yarn",
        "pnpm",
        "bun",
        "next",
        "nuxt",
        "ts-node",
        "tsx",
        "nodemon",
        "pm2-runtime",
    ],
    programs_in: Some("node_modules/.bin"),
    needs: &["node"],
    detect,
    localise,
    choose: None,
};

const SOURCES: [&str; 8] = ["js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx"];

/// Servers for development only; an app whose start is one of these is deployed as the files its build leaves.
const DEVELOPMENT: [&str; 13] = [
    "nx",
    "vite",
    "react-scripts",
    "ng",
    "gatsby",
    "vue-cli-service",
    "webpack",
    "webpack-dev-server",
    "parcel",
    "eleventy",
    "docusaurus",
    "vitepress",
    "live-server",
];

/// Where the builds of these tools leave a site, when their configuration does not say.
const OUTPUTS: [(&str, &str); 9] = [
    ("react-scripts", "build"),
    ("gatsby", "public"),
    ("@docusaurus/core", "build"),
    ("@11ty/eleventy", "_site"),
    ("astro", "dist"),
    ("vite", "dist"),
    ("@vue/cli-service", "dist"),
    ("parcel", "dist"),
    ("vitepress", ".vitepress/dist"),
];

/// Servers that read `PORT` themselves, as their documentation says.
const READ_PORT: [&str; 10] = [
    "next",
    "nuxt",
    "nuxi",
    "remix-serve",
    "react-router-serve",
    "serve",
    "http-server",
    "probot",
    "sails",
    "meteor",
];

/// What is known of the package.
struct Package<'a> {
    tree: &'a Tree,
    json: Value,
    workspace: Option<Workspace>,
}

/// The workspace the package is a member of.
struct Workspace {
    up: String,
    json: Value,
    manager: Manager,
}

#[derive(Clone, Copy, PartialEq)]
enum Manager {
    Npm,
    /// Without a lock file: what is installed changes from day to day.
    Unlocked,
    Yarn,
    YarnBerry,
    Pnpm,
    Bun,
}

impl Manager {
    fn of(has: &dyn Fn(&str) -> bool, json: &Value) -> (Manager, Option<&'static str>) {
        let declared = json["packageManager"].as_str().unwrap_or_default();
        if has("pnpm-lock.yaml") {
            return (Manager::Pnpm, Some("pnpm-lock.yaml"));
        }
        if has("yarn.lock") {
            let classic = !has(".yarnrc.yml") && (declared.is_empty() || declared.starts_with("yarn@1"));
            return (
                if classic { Manager::Yarn } else { Manager::YarnBerry },
                Some("yarn.lock"),
            );
        }
        if has("bun.lock") || has("bun.lockb") {
            return (
                Manager::Bun,
                Some(if has("bun.lock") { "bun.lock" } else { "bun.lockb" }),
            );
        }
        for lock in ["package-lock.json", "npm-shrinkwrap.json"] {
            if has(lock) {
                return (Manager::Npm, Some(lock));
            }
        }
        (Manager::Unlocked, None)
    }

    fn install(self) -> &'static str {
        match self {
            Manager::Npm => "npm ci --no-audit --no-fund",
            Manager::Unlocked => "npm install --no-audit --no-fund",
            Manager::Yarn => "yarn install --frozen-lockfile",
            Manager::YarnBerry => "yarn install --immutable",
            Manager::Pnpm => "pnpm install --frozen-lockfile",
            Manager::Bun => "bun install --frozen-lockfile",
        }
    }

    fn run(self, script: &str) -> String {
        match self {
            Manager::Npm | Manager::Unlocked => format!("npm run {script}"),
            Manager::Yarn | Manager::YarnBerry => format!("yarn run {script}"),
            Manager::Pnpm => format!("pnpm run {script}"),
            Manager::Bun => format!("bun run {script}"),
        }
    }
}

fn detect(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text("package.json") else {
        return plain_script(tree);
    };
    let Ok(json) = serde_json::from_str::<Value>(text) else {
        let note = "`package.json` is not JSON that can be read; nothing is taken from it".into();
        return vec![Finding::certain(Fact::Note(note), Evidence::file("package.json"))];
    };
    let package = Package {
        tree,
        workspace: workspace(tree, &json),
        json,
    };
    let mut findings = package.names();
    let start = package.start();
    let builds = package.builds();
    if start.is_none() {
        findings.extend(package.site());
    }
    if start.is_none() && package.is_workspace_root() {
        findings.extend(package.members());
    }
    findings.extend(builds);
    findings.extend(start.into_iter().flatten());
    findings.extend(network::scan(tree, &SOURCES));
    findings
}

/// A server that is one file and needs no package.
fn plain_script(tree: &Tree) -> Vec<Finding> {
    let Some(file) = tree.first(&["server.js", "server.mjs", "index.js", "app.js", "main.js"]) else {
        return Vec::new();
    };
    let text = tree.text(file).unwrap_or_default();
    if !["require(", "import ", "process."]
        .iter()
        .any(|word| text.contains(word))
    {
        return Vec::new();
    }
    // Scripts of web pages bear the same names; only one that opens a port is a server.
    let network = network::scan(tree, &SOURCES);
    if !network.iter().any(|finding| finding.fact == Fact::Listens) {
        return Vec::new();
    }
    let command = CommandLine::Exec(vec!["node".into(), file.into()]);
    let mut findings = outside(tree);
    findings.push(Finding::likely(Fact::Web(command), Evidence::file(file)));
    findings.extend(network);
    findings
}

static IMPORT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:require\(|from |import\(|import )\s*["']((?:\.\./)+|\.\.)[^"']*["']"#).expect("a constant")
});

/// Modules imported from outside of the folder: a release of the folder alone would lack them.
fn outside(tree: &Tree) -> Vec<Finding> {
    let mut farthest: Option<(usize, Evidence)> = None;
    for (path, text) in tree.sources(&SOURCES) {
        let inside = path.matches('/').count();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| line.contains("..")) {
            let Some(found) = IMPORT.captures(line) else { continue };
            let out = found[1].matches("..").count().saturating_sub(inside);
            if out > farthest.as_ref().map_or(0, |(most, _)| *most) {
                farthest = Some((out, Evidence::line(path, at + 1)));
            }
        }
    }
    let Some((out, evidence)) = farthest.filter(|(out, _)| *out <= 4) else {
        return Vec::new();
    };
    let up = vec![".."; out].join("/");
    let mut findings = vec![Finding::certain(Fact::Context(up.clone()), evidence)];
    if let Some(above) = tree.above.iter().find(|above| above.up == up)
        && let Some(json) = above
            .files
            .get("package.json")
            .and_then(|text| serde_json::from_str(text).ok())
    {
        let (manager, _) = Manager::of(&|name| above.files.contains_key(name), &json);
        let step = Fact::Build(format!("(cd {up} && {})", manager.install()));
        findings.push(Finding::likely(step, Evidence::file(format!("{up}/package.json"))));
    }
    findings
}

impl Package<'_> {
    fn evidence(&self, needle: &str) -> Evidence {
        self.tree.evidence("package.json", needle)
    }

    fn script_evidence(&self, name: &str) -> Evidence {
        let text = self.tree.text("package.json").unwrap_or_default();
        let scripts = text.lines().position(|line| line.contains("\"scripts\"")).unwrap_or(0);
        let needle = format!("\"{name}\"");
        let found = text.lines().skip(scripts).position(|line| line.contains(&needle));
        Evidence::line("package.json", scripts + found.unwrap_or(0) + 1)
    }

    fn script(&self, name: &str) -> Option<&str> {
        self.json["scripts"][name]
            .as_str()
            .map(str::trim)
            .filter(|script| !script.is_empty())
    }

    fn depends_on(&self, name: &str) -> bool {
        ["dependencies", "devDependencies", "optionalDependencies"]
            .iter()
            .any(|kind| self.json[kind].get(name).is_some())
    }

    fn has_dependencies(&self) -> bool {
        ["dependencies", "devDependencies", "optionalDependencies", "workspaces"]
            .iter()
            .any(|kind| match &self.json[kind] {
                Value::Object(map) => !map.is_empty(),
                Value::Array(list) => !list.is_empty(),
                _ => false,
            })
    }

    fn manager(&self) -> (Manager, Option<&'static str>) {
        match &self.workspace {
            Some(workspace) => (workspace.manager, None),
            None => Manager::of(&|name| self.tree.has(name), &self.json),
        }
    }

    fn names(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(name) = self.json["name"].as_str() {
            let name = name.rsplit('/').next().unwrap_or(name);
            findings.push(Finding::likely(Fact::Name(name.into()), self.evidence("\"name\"")));
        }
        if let Some(text) = self.json["description"].as_str().filter(|text| !text.trim().is_empty()) {
            findings.push(Finding::likely(
                Fact::Description(text.trim().into()),
                self.evidence("\"description\""),
            ));
        }
        findings
    }

    /// How it starts; `None` where nothing says, or where it only has a server for development.
    fn start(&self) -> Option<Vec<Finding>> {
        for name in [
            "start:prod",
            "start:production",
            "serve:prod",
            "start",
            "prod",
            "production",
        ] {
            if let Some(script) = self.script(name) {
                let evidence = self.script_evidence(name);
                return match self.unwrap(name, script, 0) {
                    Unwrapped::Command(command) => Some(self.web(command, evidence)),
                    Unwrapped::Development => self.nx_output(),
                };
            }
        }
        let main = self.json["main"]
            .as_str()
            .filter(|main| self.tree.has(main.trim_start_matches("./")));
        let entry = main.or_else(|| {
            self.tree.first(&[
                "server.js",
                "index.js",
                "app.js",
                "main.js",
                "src/index.js",
                "src/server.js",
            ])
        })?;
        let evidence = if main.is_some() {
            self.evidence("\"main\"")
        } else {
            Evidence::file(entry)
        };
        let command = CommandLine::Exec(vec!["node".into(), entry.into()]);
        // A package whose main file opens no port may well be a library.
        let path = entry.trim_start_matches("./");
        if !network::listens(self.tree.text(path).unwrap_or_default()) {
            return Some(vec![Finding::guess(Fact::Web(command), evidence)]);
        }
        Some(vec![Finding::likely(Fact::Web(command), evidence)])
    }

    /// What `nx serve` runs anew on each change: the program that `nx build` leaves.
    fn nx_output(&self) -> Option<Vec<Finding>> {
        let project: Value = serde_json::from_str(self.tree.text("project.json")?).ok()?;
        let output = project["targets"]["build"]["options"]["outputPath"].as_str()?;
        let main = format!("{}/main.js", output.trim_end_matches('/'));
        let command = CommandLine::Exec(vec!["node".into(), main]);
        Some(vec![Finding::likely(
            Fact::Web(command),
            self.tree.evidence("project.json", "outputPath"),
        )])
    }

    fn web(&self, command: CommandLine, evidence: Evidence) -> Vec<Finding> {
        let mut findings = Vec::new();
        let program = match &command {
            CommandLine::Exec(words) => words.first().map(|word| base(word)),
            CommandLine::Shell(line) => line
                .rsplit("exec ")
                .next()
                .and_then(|last| last.split_whitespace().next())
                .map(base),
        };
        if program.is_some_and(|program| READ_PORT.contains(&program)) {
            findings.push(Finding::certain(Fact::Port(PortUse::Variable), evidence.clone()));
        }
        findings.push(Finding::certain(Fact::Web(command), evidence));
        findings
    }

    /// What a script really starts: a wrapper between the agent and the app keeps signals and exit statuses to itself.
    fn unwrap(&self, name: &str, script: &str, depth: usize) -> Unwrapped {
        let as_script = || Unwrapped::Command(CommandLine::Exec(vec!["npm".into(), "run".into(), name.into()]));
        let hooked = self.script(&format!("pre{name}")).is_some() || self.script(&format!("post{name}")).is_some();
        let Some(mut commands) = command::chain(script).filter(|chain| !chain.is_empty() && !hooked && depth < 4)
        else {
            return as_script();
        };
        // Nothing of a workspace with Plug'n'Play runs without its manager.
        if self.manager().0 == Manager::YarnBerry && self.tree.has(".pnp.cjs") {
            return as_script();
        }
        for words in &mut commands {
            words.retain(|word| !matches!(word.as_str(), "cross-env" | "cross-env-shell"));
            let assigned = words.iter().take_while(|word| command::is_assignment(word)).count();
            let Some(program) = words.get(assigned).cloned() else {
                return as_script();
            };
            let rest: Vec<String> = words[assigned + 1..].to_vec();
            if DEVELOPMENT.contains(&base(&program))
                && !matches!(rest.first().map(String::as_str), Some("preview" | "serve"))
            {
                return Unwrapped::Development;
            }
            if matches!(
                (base(&program), rest.first().map(String::as_str)),
                ("next" | "nuxt" | "nuxi" | "astro" | "remix", Some("dev"))
            ) {
                return Unwrapped::Development;
            }
            let own = self.own_program(&program, &rest);
            words.splice(assigned.., own);
        }
        let [words] = &commands[..] else {
            return Unwrapped::Command(CommandLine::Shell(command::join_chain(&commands)));
        };
        if let Some(inner) = called_script(words).and_then(|inner| Some((inner, self.script(inner)?))) {
            return self.unwrap(inner.0, inner.1, depth + 1);
        }
        if command::is_assignment(&words[0]) {
            return Unwrapped::Command(CommandLine::Shell(command::join_chain(&commands)));
        }
        Unwrapped::Command(CommandLine::Exec(words.clone()))
    }

    /// The words that run `program` outside of a package manager: installed programs by their path.
    fn own_program(&self, program: &str, rest: &[String]) -> Vec<String> {
        let mut words = vec![program.to_owned()];
        match program {
            "npx" if rest.first().is_some_and(|word| !word.starts_with('-')) => {
                words = vec![self.installed(&rest[0])];
                words.extend_from_slice(&rest[1..]);
                return words;
            }
            // Restarting on change is for development.
            "nodemon" => words[0] = "node".into(),
            "node" | "npm" | "npx" | "yarn" | "pnpm" | "bun" | "deno" | "sh" | "bash" | "php" | "python"
            | "python3" | "echo" | "exit" | "true" => {}
            _ if program.contains('/') => {}
            _ => words[0] = self.installed(program),
        }
        words.extend_from_slice(rest);
        words
    }

    /// Where a dependency's program is. npm and yarn put those of a workspace at its root.
    fn installed(&self, program: &str) -> String {
        match &self.workspace {
            Some(workspace) if !matches!(workspace.manager, Manager::Pnpm | Manager::Bun) => {
                format!("{}/node_modules/.bin/{program}", workspace.up)
            }
            _ => format!("./node_modules/.bin/{program}"),
        }
    }

    fn builds(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let (manager, lock) = self.manager();
        if let Some(workspace) = &self.workspace {
            findings.push(Finding::certain(
                Fact::Context(workspace.up.clone()),
                Evidence::file(format!("{}/package.json", workspace.up)),
            ));
        }
        if self.workspace.is_none() {
            findings.extend(outside(self.tree));
        }
        if self.has_dependencies() || self.workspace.is_some() {
            findings.push(self.install(manager, lock));
        }
        if self.depends_on("prisma") || self.depends_on("@prisma/client") {
            let schema = self
                .tree
                .paths()
                .find(|path| path.ends_with("schema.prisma"))
                .map(str::to_owned);
            let covered = ["postinstall", "build", "prebuild"].iter().any(|name| {
                self.script(name)
                    .is_some_and(|script| script.contains("prisma generate"))
            });
            if let Some(schema) = schema.filter(|_| !covered) {
                let program = self.installed("prisma");
                findings.push(Finding::likely(
                    Fact::Build(format!("{program} generate")),
                    Evidence::file(schema),
                ));
            }
        }
        if let Some(workspace) = &self.workspace {
            findings.extend(self.sibling_builds(workspace));
        }
        if let Some(script) = self.script("build") {
            if script.contains("|| true") || script.contains("|| exit 0") || script.trim_end().ends_with("; exit 0") {
                let note = "the build script ends well even when it fails: name what it makes by `--include`, and a build that leaves nothing is refused";
                findings.push(Finding::certain(Fact::Note(note.into()), self.script_evidence("build")));
            }
            findings.push(Finding::certain(
                Fact::Build(manager.run("build")),
                self.script_evidence("build"),
            ));
        }
        findings
    }

    fn install(&self, manager: Manager, lock: Option<&str>) -> Finding {
        match (&self.workspace, lock) {
            (Some(workspace), _) => {
                let step = format!("(cd {} && {})", workspace.up, manager.install());
                Finding::certain(
                    Fact::Build(step),
                    Evidence::file(format!("{}/package.json", workspace.up)),
                )
            }
            (None, Some(lock)) => Finding::certain(Fact::Build(manager.install().into()), Evidence::file(lock)),
            // No lock file: the same sources may give another build tomorrow.
            (None, None) => Finding::likely(Fact::Build(manager.install().into()), self.evidence("ependencies\"")),
        }
    }

    /// Builds of members of the workspace that this package depends on. A build at the root is known to do it in order.
    fn sibling_builds(&self, workspace: &Workspace) -> Vec<Finding> {
        let root = Evidence::file(format!("{}/package.json", workspace.up));
        let internal = ["dependencies", "devDependencies"].iter().any(|kind| {
            self.json[kind].as_object().into_iter().flatten().any(|(_, version)| {
                version.as_str().is_some_and(|version| {
                    version == "*" || version.starts_with("workspace:") || version.starts_with("file:")
                })
            })
        });
        match workspace.json["scripts"]["build"].as_str() {
            Some(_) if internal => {
                let step = format!("(cd {} && {})", workspace.up, workspace.manager.run("build"));
                vec![Finding::likely(Fact::Build(step), root)]
            }
            None if internal => {
                let note =
                    "depends on other members of its workspace; if they need a build, put it into `--build`".into();
                vec![Finding::likely(Fact::Note(note), root)]
            }
            _ => Vec::new(),
        }
    }

    /// A site that the build leaves, when there is nothing to start.
    fn site(&self) -> Vec<Finding> {
        if self.script("build").is_none() {
            return Vec::new();
        }
        let configured = ["vite.config.js", "vite.config.ts", "vite.config.mjs"]
            .iter()
            .find_map(|path| Some((*path, out_dir(self.tree.text(path)?)?)));
        if let Some((path, folder)) = configured {
            return vec![Finding::likely(
                Fact::Static(folder),
                self.tree.evidence(path, "outDir"),
            )];
        }
        OUTPUTS
            .iter()
            .find(|(tool, _)| self.depends_on(tool))
            .map(|(tool, folder)| {
                Finding::likely(Fact::Static((*folder).into()), self.evidence(&format!("\"{tool}\"")))
            })
            .into_iter()
            .collect()
    }

    fn is_workspace_root(&self) -> bool {
        !self.json["workspaces"].is_null() || self.tree.has("pnpm-workspace.yaml")
    }

    /// The members that can be started, each to be adopted in its own folder.
    fn members(&self) -> Vec<Finding> {
        let startable = |path: &&str| {
            let json: Option<Value> = self.tree.text(path).and_then(|text| serde_json::from_str(text).ok());
            json.is_some_and(|json| json["scripts"]["start"].is_string())
        };
        let members: Vec<String> = self
            .tree
            .paths()
            .filter(|path| path.ends_with("/package.json") && path.matches('/').count() <= 3)
            .filter(startable)
            .map(|path| path.trim_end_matches("/package.json").to_owned())
            .collect();
        match members.is_empty() {
            true => Vec::new(),
            false => vec![Finding::certain(Fact::Apps(members), self.evidence("workspaces"))],
        }
    }
}

enum Unwrapped {
    Command(CommandLine),
    Development,
}

/// The script that `npm run x`, `yarn x` or `pnpm x` starts, when no argument follows.
fn called_script(words: &[String]) -> Option<&str> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["npm" | "pnpm" | "yarn" | "bun", "run", name] | ["yarn" | "pnpm", name] => Some(name),
        ["npm", "start"] => Some("start"),
        _ => None,
    }
}

fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// `outDir: 'site'` of a vite configuration.
fn out_dir(text: &str) -> Option<String> {
    let rest = &text[text.find("outDir")? + "outDir".len()..];
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let folder = rest[1..]
        .split(quote)
        .next()?
        .trim_start_matches("./")
        .trim_end_matches('/');
    let inside = !folder.is_empty() && !folder.starts_with('/') && !folder.split('/').any(|part| part == "..");
    inside.then(|| folder.to_owned())
}

/// The workspace above that lists this folder as a member.
fn workspace(tree: &Tree, own: &Value) -> Option<Workspace> {
    tree.above.iter().find_map(|above| {
        let json: Value = above
            .files
            .get("package.json")
            .and_then(|text| serde_json::from_str(text).ok())?;
        let globs: Vec<String> = match above.files.get("pnpm-workspace.yaml") {
            Some(text) => serde_saphyr::from_str::<Value>(text)
                .ok()
                .map(|yaml| strings(&yaml["packages"]))
                .unwrap_or_default(),
            None => strings(if json["workspaces"].is_object() {
                &json["workspaces"]["packages"]
            } else {
                &json["workspaces"]
            }),
        };
        let member = globs.iter().any(|glob| crate::adopt::glob::matches(glob, &above.down));
        let (manager, _) = Manager::of(
            &|name| above.files.contains_key(name),
            if own["packageManager"].is_string() { own } else { &json },
        );
        member.then(|| Workspace {
            up: above.up.clone(),
            json,
            manager,
        })
    })
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn localise(tree: &Tree, words: &[String]) -> Option<CommandLine> {
    let json: Value = serde_json::from_str(tree.text("package.json")?).ok()?;
    let package = Package {
        tree,
        workspace: workspace(tree, &json),
        json,
    };
    let script = called_script(words).and_then(|name| Some((name, package.script(name)?)));
    if let Some((name, script)) = script {
        return match package.unwrap(name, script, 0) {
            Unwrapped::Command(command) => Some(command),
            Unwrapped::Development => None,
        };
    }
    let (program, rest) = words.split_first()?;
    Some(CommandLine::Exec(package.own_program(program, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(tree: &Tree) -> Vec<Fact> {
        detect(tree).into_iter().map(|finding| finding.fact).collect()
    }

    fn exec(words: &[&str]) -> Fact {
        Fact::Web(CommandLine::Exec(words.iter().map(|word| (*word).to_owned()).collect()))
    }

    #[test]
    fn a_start_script_is_unwrapped_to_what_it_starts() {
        for (scripts, expected) in [
            (r#""start": "node server.js""#, exec(&["node", "server.js"])),
            (r#""start": "next start""#, exec(&["./node_modules/.bin/next", "start"])),
            (
                r#""start": "npm run serve", "serve": "node dist/main.js""#,
                exec(&["node", "dist/main.js"]),
            ),
            (r#""start": "nodemon app.js""#, exec(&["node", "app.js"])),
            (
                r#""prestart": "./check", "start": "node a.js""#,
                exec(&["npm", "run", "start"]),
            ),
            (r#""start": "node a.js | tee log""#, exec(&["npm", "run", "start"])),
            (
                r#""start": "cross-env NODE_ENV=production node a.js""#,
                Fact::Web(CommandLine::Shell("NODE_ENV=production exec node a.js".into())),
            ),
            (
                r#""start": "prisma migrate deploy && node a.js""#,
                Fact::Web(CommandLine::Shell(
                    "./node_modules/.bin/prisma migrate deploy && exec node a.js".into(),
                )),
            ),
        ] {
            let tree = Tree::of(
                "app",
                [("package.json", format!("{{\"scripts\": {{{scripts}}}}}").as_str())],
            );
            assert!(facts(&tree).contains(&expected), "{scripts}: {:?}", facts(&tree));
        }
    }

    #[test]
    fn scripts_that_call_each_other_end() {
        let tree = Tree::of(
            "app",
            [(
                "package.json",
                r#"{"scripts": {"start": "npm run a", "a": "npm start"}}"#,
            )],
        );
        assert!(facts(&tree).iter().any(|fact| matches!(fact, Fact::Web(_))));
    }

    #[test]
    fn the_lock_file_decides_how_to_install() {
        for (lock, step) in [
            ("package-lock.json", "npm ci --no-audit --no-fund"),
            ("yarn.lock", "yarn install --frozen-lockfile"),
            ("pnpm-lock.yaml", "pnpm install --frozen-lockfile"),
        ] {
            let tree = Tree::of(
                "app",
                [("package.json", r#"{"dependencies": {"express": "4"}}"#), (lock, "")],
            );
            assert!(facts(&tree).contains(&Fact::Build(step.into())), "{lock}");
        }
        let bare = Tree::of("app", [("package.json", r#"{"scripts": {"start": "node a.js"}}"#)]);
        assert!(
            !facts(&bare).iter().any(|fact| matches!(fact, Fact::Build(_))),
            "nothing to install"
        );
    }

    #[test]
    fn a_development_server_is_deployed_as_the_site_it_builds() {
        let tree = Tree::of(
            "app",
            [
                (
                    "package.json",
                    r#"{"scripts": {"start": "vite", "build": "vite build"}, "devDependencies": {"vite": "5"}}"#,
                ),
                ("vite.config.ts", "export default { build: { outDir: './www' } }"),
            ],
        );
        let facts = facts(&tree);
        assert!(facts.contains(&Fact::Static("www".into())), "{facts:?}");
        assert!(!facts.iter().any(|fact| matches!(fact, Fact::Web(_))), "{facts:?}");
    }

    #[test]
    fn a_member_of_a_workspace_installs_at_its_root() {
        let tree = Tree::of(
            "api",
            [(
                "package.json",
                r#"{"name": "@acme/api", "scripts": {"start": "fastify start app.js"}}"#,
            )],
        )
        .below(
            "../..",
            "services/api",
            [
                ("package.json", r#"{"workspaces": ["services/*"]}"#),
                ("package-lock.json", "{}"),
            ],
        );
        let facts = facts(&tree);
        assert!(facts.contains(&Fact::Context("../..".into())), "{facts:?}");
        assert!(
            facts.contains(&Fact::Build("(cd ../.. && npm ci --no-audit --no-fund)".into())),
            "{facts:?}"
        );
        assert!(
            facts.contains(&exec(&["../../node_modules/.bin/fastify", "start", "app.js"])),
            "{facts:?}"
        );
        assert!(facts.contains(&Fact::Name("api".into())), "{facts:?}");
    }

    #[test]
    fn imports_from_outside_of_the_folder_need_their_context() {
        let app = [
            ("index.js", "const x = require('../../');\nx().listen(3000)\n"),
            ("lib/a.js", "require('../index')"),
        ];
        let tree = Tree::of("hello", app).below("../..", "examples/hello", [("package.json", "{}")]);
        let facts = facts(&tree);
        assert!(facts.contains(&Fact::Context("../..".into())), "{facts:?}");
        assert!(
            facts.contains(&Fact::Build("(cd ../.. && npm install --no-audit --no-fund)".into())),
            "{facts:?}"
        );
    }

    #[test]
    fn a_script_for_a_web_page_is_not_a_server() {
        assert!(
            facts(&Tree::of(
                "page",
                [("index.html", ""), ("app.js", "import x from './x.js'")]
            ))
            .is_empty()
        );
        assert!(
            !facts(&Tree::of(
                "one",
                [("server.js", "require('http').createServer(f).listen(process.env.PORT)")]
            ))
            .is_empty()
        );
    }

    proptest::proptest! {
        #[test]
        fn hostile_packages_never_panic(scripts in proptest::collection::btree_map("start|build|a|pre", ".{0,40}", 0..4), main in ".{0,10}") {
            let json = serde_json::json!({"scripts": scripts, "main": main, "workspaces": main});
            detect(&Tree::of("app", [("package.json", json.to_string().as_str())]));
        }
    }
}
