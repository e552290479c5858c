//! Ruby: Rails, and any app with a `config.ru`; gems through Bundler where there is a `Gemfile`.

use super::Stack;
use crate::adopt::finding::{Evidence, Fact, Finding, PortUse};
use crate::adopt::network;
use crate::adopt::tree::Tree;
use crate::model::spec::CommandLine;

pub const STACK: Stack = Stack {
    title: "Ruby",
    programs: &[
        "ruby", "bundle", "rails", "rake", "puma", "rackup", "thin", "unicorn", "sidekiq", "falcon", "jekyll",
    ],
    programs_in: None,
    needs: &["ruby"],
    detect,
    localise,
    choose: None,
};

fn detect(tree: &Tree) -> Vec<Finding> {
    let gems = tree.text("Gemfile").unwrap_or_default();
    let gem = |name: &str| {
        let needles = [format!("'{name}'"), format!("\"{name}\"")];
        let at = gems.lines().position(|line| {
            let line = line.trim_start();
            line.starts_with("gem") && needles.iter().any(|needle| line.contains(needle.as_str()))
        });
        at.map(|at| Evidence::line("Gemfile", at + 1))
    };
    let mut findings = Vec::new();
    if let Some(evidence) = gem("rails").filter(|_| tree.has("config.ru") || tree.has("bin/rails")) {
        findings.extend(rails(tree, evidence));
    } else if let Some(evidence) = gem("jekyll")
        .or_else(|| gem("github-pages"))
        .filter(|_| tree.has("_config.yml"))
    {
        findings.push(Finding::certain(
            Fact::Build(bundled(tree, &["jekyll", "build"]).to_string()),
            evidence.clone(),
        ));
        findings.push(Finding::certain(Fact::Static("_site".into()), evidence));
    } else if tree.has("config.ru") {
        let evidence = Evidence::file("config.ru");
        findings.push(match gem("puma") {
            Some(listed) => Finding::certain(
                Fact::Web(bundled(tree, &["puma", "-b", "tcp://127.0.0.1:$PORT"])),
                evidence,
            )
            .and(listed),
            None => Finding::likely(
                Fact::Web(bundled(tree, &["rackup", "-o", "127.0.0.1", "-p", "$PORT"])),
                evidence,
            ),
        });
    } else if let Some((file, line)) = classic_sinatra(tree) {
        let web = bundled(tree, &["ruby", &file, "-o", "127.0.0.1", "-p", "$PORT"]);
        findings.push(Finding::likely(Fact::Web(web), Evidence::line(file, line)));
    } else if !gems.is_empty() {
        if let Some(file) = tree.first(&["app.rb", "main.rb", "server.rb", "worker.rb", "bot.rb"]) {
            findings.push(Finding::likely(
                Fact::Web(bundled(tree, &["ruby", file])),
                Evidence::file(file),
            ));
        } else if !tree.paths().any(|path| path.ends_with(".rb")) {
            return Vec::new();
        }
    }
    if findings.is_empty() && gems.is_empty() {
        return findings;
    }
    if !gems.is_empty() {
        findings.splice(0..0, [install(tree)]);
    }
    findings.extend(network::scan(tree, &["rb", "ru"]));
    findings
}

/// Gems go beside the app, so that a release holds them.
fn install(tree: &Tree) -> Finding {
    let step = Fact::Build("bundle config set --local path vendor/bundle && bundle install --quiet".into());
    match tree.has("Gemfile.lock") {
        true => Finding::certain(step, Evidence::file("Gemfile.lock")),
        false => Finding::likely(step, Evidence::file("Gemfile")),
    }
}

fn rails(tree: &Tree, evidence: Evidence) -> Vec<Finding> {
    let words = ["rails", "server", "-b", "127.0.0.1", "-p", "$PORT"];
    let mut findings = vec![
        Finding::certain(Fact::Web(bundled(tree, &words)), evidence.clone()),
        Finding::likely(
            Fact::Env {
                name: "RAILS_ENV".into(),
                value: "production".into(),
            },
            evidence.clone(),
        ),
        Finding::likely(
            Fact::Env {
                name: "RAILS_LOG_TO_STDOUT".into(),
                value: "1".into(),
            },
            evidence.clone(),
        ),
        Finding::likely(Fact::Secret("SECRET_KEY_BASE".into()), evidence.clone()),
        Finding::certain(Fact::Port(PortUse::Variable), evidence),
    ];
    if tree.has_folder("app/assets") {
        let step = "RAILS_ENV=production SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile";
        findings.push(Finding::likely(Fact::Build(step.into()), Evidence::file("app/assets")));
    }
    if tree.has_folder("db/migrate") {
        let migrate = bundled(tree, &["rails", "db:migrate"]);
        findings.push(Finding::likely(Fact::Release(migrate), Evidence::file("db/migrate")));
    }
    let routes = tree.text("config/routes.rb").unwrap_or_default();
    if let Some(at) = routes
        .lines()
        .position(|line| line.contains("rails/health#show") && line.contains("\"up\""))
    {
        findings.push(Finding::certain(
            Fact::Health("/up".into()),
            Evidence::line("config/routes.rb", at + 1),
        ));
    }
    findings
}

/// `require "sinatra"` in a file that is started by itself.
fn classic_sinatra(tree: &Tree) -> Option<(String, usize)> {
    tree.sources(&["rb"])
        .into_iter()
        .filter(|(path, _)| !path.contains('/'))
        .find_map(|(path, text)| {
            let at = text.lines().position(|line| {
                let line = line.trim();
                line == "require 'sinatra'" || line == "require \"sinatra\""
            })?;
            Some((path.to_owned(), at + 1))
        })
}

/// Through Bundler where there is a `Gemfile`.
fn bundled(tree: &Tree, words: &[&str]) -> CommandLine {
    let bundler: &[&str] = if tree.has("Gemfile") { &["bundle", "exec"] } else { &[] };
    CommandLine::Exec(bundler.iter().chain(words).map(|word| (*word).to_owned()).collect())
}

fn localise(tree: &Tree, command: &[String]) -> Option<CommandLine> {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    Some(match words.first()? {
        &"bundle" => CommandLine::Exec(command.to_vec()),
        program if program.contains('/') => CommandLine::Exec(command.to_vec()),
        _ => bundled(tree, &words),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adopt::command;

    fn web(files: &[(&str, &str)]) -> Option<String> {
        detect(&Tree::of("app", files.iter().copied()))
            .into_iter()
            .find_map(|finding| match finding.fact {
                Fact::Web(command) => Some(command::text(&command)),
                _ => None,
            })
    }

    #[test]
    fn each_kind_of_app_is_started_on_the_port_it_is_given() {
        for (files, expected) in [
            (
                &[("Gemfile", "gem \"rails\", \"~> 8\"\n"), ("config.ru", "run X")][..],
                Some("bundle exec rails server -b 127.0.0.1 -p $PORT"),
            ),
            (
                &[("Gemfile", "gem 'puma'\n"), ("config.ru", "run X")],
                Some("bundle exec puma -b tcp://127.0.0.1:$PORT"),
            ),
            (&[("config.ru", "run X")], Some("rackup -o 127.0.0.1 -p $PORT")),
            (
                &[("app.rb", "require 'sinatra'\nget '/' do\nend\n")],
                Some("ruby app.rb -o 127.0.0.1 -p $PORT"),
            ),
            (&[("lib.rb", "puts 1")], None),
        ] {
            assert_eq!(web(files).as_deref(), expected, "{files:?}");
        }
    }
}
