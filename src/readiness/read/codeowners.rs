//! `CODEOWNERS`: who has to look at a change of a file.

use ignore::gitignore::GitignoreBuilder;

/// Where the file may be, in the order that code hosts look.
pub const PLACES: [&str; 4] = [
    ".github/CODEOWNERS",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitlab/CODEOWNERS",
];

/// The rules of a file; for each path the last one that matches counts.
#[derive(Clone, Debug, Default)]
pub struct CodeOwners {
    /// Relative to the repository's root.
    pub path: String,
    pub rules: Vec<Rule>,
    /// Where the service's folder is in the repository: empty, or `services/pricing/`.
    pub prefix: String,
}

#[derive(Clone, Debug)]
pub struct Rule {
    pub line: usize,
    pub pattern: String,
    /// `@ORGANISATION/TEAM`, `@USER` or a mail address; empty says that nobody has to look.
    pub owners: Vec<String>,
}

/// Rules read at most.
const MAX_RULES: usize = 5_000;

impl CodeOwners {
    /// The rule that decides for a file of the service, relative to its folder.
    pub fn rule(&self, file: &str) -> Option<&Rule> {
        let path = format!("{}{file}", self.prefix);
        self.rules.iter().rev().find(|rule| rule.matches(&path))
    }

    /// Who has to look at a change of a file of the service; empty where nobody has to.
    pub fn owners(&self, file: &str) -> &[String] {
        self.rule(file).map_or(&[], |rule| &rule.owners)
    }
}

impl Rule {
    /// Patterns are those of `.gitignore`. Nearly all are plain paths, which need no matcher made for them.
    fn matches(&self, path: &str) -> bool {
        if self.pattern == "*" {
            return true;
        }
        if !self.pattern.contains(['*', '?', '[', '\\']) {
            let plain = self.pattern.trim_start_matches('/').trim_end_matches('/');
            let folder = self.pattern.ends_with('/');
            let below = |path: &str| path.strip_prefix(plain).is_some_and(|rest| rest.starts_with('/'));
            return match self.pattern.trim_end_matches('/').contains('/') {
                true => below(path) || (path == plain && !folder),
                false => {
                    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
                    folders.split('/').any(|one| one == plain) || (file == plain && !folder)
                }
            };
        }
        // Paths are relative to the repository's root, which the matcher need not know.
        let mut builder = GitignoreBuilder::new("");
        let added = builder.add_line(None, &self.pattern).is_ok();
        match builder.build() {
            Ok(matcher) if added => matcher.matched_path_or_any_parents(path, false).is_ignore(),
            _ => false,
        }
    }
}

/// Reads a file. A section of GitLab's form gives its owners to the rules below that name none.
pub fn read(path: &str, prefix: &str, text: &str) -> CodeOwners {
    let mut rules = Vec::new();
    let mut section: Vec<String> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if rules.len() >= MAX_RULES {
            break;
        }
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        if let Some(end) = line.strip_prefix(['[', '^']).and_then(|_| line.rfind(']')) {
            section = owners(&line[end + 1..]);
            continue;
        }
        let (pattern, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let mut owners = owners(rest);
        if owners.is_empty() && rest.trim().is_empty() {
            owners = section.clone();
        }
        rules.push(Rule {
            line: at + 1,
            pattern: pattern.to_owned(),
            owners,
        });
    }
    CodeOwners {
        path: path.to_owned(),
        rules,
        prefix: prefix.to_owned(),
    }
}

fn owners(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|word| is_owner(word))
        .map(str::to_owned)
        .collect()
}

/// Whether a code host could know somebody by this word.
pub fn is_owner(word: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c));
    match word.strip_prefix('@') {
        // A role of GitLab: `@@maintainer`.
        Some(role) if role.starts_with('@') => plain(&role[1..]),
        Some(name) => name.split('/').all(plain),
        None => word
            .split_once('@')
            .is_some_and(|(user, host)| plain(user) && plain(host) && host.contains('.')),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_rule_that_matches_counts() {
        let file = read(
            "CODEOWNERS",
            "",
            "# who\n* @acme/all\n/ops/ @acme/ops ops@acme.example # people\n*.md\n/docs/*.txt @x nobody\n",
        );
        assert_eq!(file.owners("Dockerfile"), ["@acme/all"]);
        assert_eq!(file.owners("ops/alerts.yml"), ["@acme/ops", "ops@acme.example"]);
        assert_eq!(file.owners("a/README.md"), [""; 0]);
        assert_eq!(file.owners("docs/a.txt"), ["@x"]);
        assert_eq!(file.owners("docs/b/a.txt"), ["@acme/all"]);
    }

    #[test]
    fn a_service_in_a_folder_is_matched_from_the_root_and_sections_give_owners() {
        let file = read(
            "CODEOWNERS",
            "services/pricing/",
            "/services/pricing/ @acme/checkout\n/ops/ @acme/ops\n[Docs][2] @acme/writers\n*.md\n",
        );
        assert_eq!(file.owners("ops/alerts.yml"), ["@acme/checkout"]);
        assert_eq!(file.owners("README.md"), ["@acme/writers"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([ -~]{0,12}\\n| @|\\*\\*/|\\[|\\]|[äé\\t]){0,40}", path in "[a-z/.]{1,20}") {
            let file = read("CODEOWNERS", "a/", &text);
            file.owners(&path);
        }
    }
}
