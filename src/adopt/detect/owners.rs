//! `CODEOWNERS`: who owns everything here.

use super::Hint;
use crate::adopt::finding::{Evidence, Fact, Finding};
use crate::adopt::tree::Tree;

pub const HINT: Hint = Hint {
    name: "CODEOWNERS",
    detect,
};

fn detect(tree: &Tree) -> Vec<Finding> {
    let Some(path) = tree.first(&[
        "CODEOWNERS",
        ".github/CODEOWNERS",
        "docs/CODEOWNERS",
        ".gitlab/CODEOWNERS",
    ]) else {
        return Vec::new();
    };
    let lines = tree.text(path).unwrap_or_default().lines().enumerate();
    // The last matching line wins there, so the last one for everything does here.
    lines
        .filter_map(|(at, line)| {
            let mut words = line.split_whitespace();
            let team = (words.next()? == "*")
                .then(|| words.next())??
                .strip_prefix('@')?
                .rsplit_once('/')?
                .1;
            let plain = team
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
            (plain && !team.is_empty()).then(|| Finding::likely(Fact::Team(team.into()), Evidence::line(path, at + 1)))
        })
        .last()
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_team_that_owns_everything_is_proposed() {
        let tree = Tree::of(
            "app",
            [(".github/CODEOWNERS", "/docs @acme/writers\n* @acme/checkout\n")],
        );
        let [finding] = &detect(&tree)[..] else {
            panic!("one finding")
        };
        assert_eq!(
            (&finding.fact, finding.evidence[0].to_string().as_str()),
            (&Fact::Team("checkout".into()), ".github/CODEOWNERS:2")
        );
        assert!(detect(&Tree::of("app", [("CODEOWNERS", "* @someone\n")])).is_empty());
    }
}
