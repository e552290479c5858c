//! Tools that propose updates of dependencies.

use serde_json::Value;

use super::yaml;

/// Where they are configured, in the repository, and what they are called.
pub const PLACES: [(&str, &str); 9] = [
    (".github/dependabot.yml", "Dependabot"),
    (".github/dependabot.yaml", "Dependabot"),
    ("renovate.json", "Renovate"),
    ("renovate.json5", "Renovate"),
    (".github/renovate.json", "Renovate"),
    (".github/renovate.json5", "Renovate"),
    (".gitlab/renovate.json", "Renovate"),
    (".renovaterc", "Renovate"),
    (".renovaterc.json", "Renovate"),
];

/// Authors of the updates that these tools propose, as they sign commits.
pub const AUTHORS: [&str; 4] = ["dependabot", "renovate", "deps-bot", "snyk-bot"];

/// What is known of updates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Updates {
    /// The tool and its file.
    pub tool: Option<(String, String)>,
    /// Ecosystems that it is told to look after; `None` where it finds them itself.
    pub ecosystems: Option<Vec<String>>,
    /// The newest update that was merged: its subject, where the history is known.
    pub merged: Option<String>,
    /// Updates were looked for this many days back.
    pub days: u32,
}

/// The ecosystems of a Dependabot file.
pub fn ecosystems(text: &str) -> Vec<String> {
    let document = yaml(text).unwrap_or_default();
    let entries = document["updates"].as_array().into_iter().flatten();
    entries
        .filter_map(|entry: &Value| entry["package-ecosystem"].as_str())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecosystems_are_listed_and_nonsense_lists_none() {
        let text =
            "version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n  - package-ecosystem: docker\n";
        assert_eq!(ecosystems(text), ["npm", "docker"]);
        assert!(ecosystems("a: [").is_empty() && ecosystems("updates: 3").is_empty());
    }
}
