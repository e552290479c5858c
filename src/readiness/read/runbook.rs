//! The runbook: whether somebody who is paged finds what they need, and whether a person has written it.

use jiff::Timestamp;

use super::markdown::{self, Page};

/// Headings that a person who was paged looks for, and the words that a heading may say it with.
pub const NEEDED: [(&str, &[&str]); 4] = [
    (
        "Symptoms",
        &[
            "symptom",
            "symptoms",
            "alert",
            "alerts",
            "failures",
            "problems",
            "troubleshooting",
        ],
    ),
    (
        "Dashboards",
        &["dashboard", "dashboards", "metrics", "observability", "monitoring"],
    ),
    ("Rollback", &["rollback", "roll back", "rolling back", "revert"]),
    (
        "Escalation",
        &[
            "escalation",
            "escalate",
            "contact",
            "contacts",
            "on-call",
            "who to call",
        ],
    ),
];

/// Words that a section needs to have said anything; a heading with fewer is a heading alone.
pub const LEAST_WORDS: usize = 5;

#[derive(Clone, Debug, Default)]
pub struct Runbook {
    /// Where it is: a path in the service's folder, or a URL.
    pub place: String,
    /// Whether it is there: a file, or a URL that answered.
    pub there: bool,
    pub page: Page,
    /// It is what the template wrote, byte for byte.
    pub untouched: bool,
    /// When it was changed last, where that is known.
    pub changed: Option<Timestamp>,
}

impl Runbook {
    pub fn read(place: &str, text: &str) -> Runbook {
        Runbook {
            place: place.to_owned(),
            there: true,
            page: markdown::read(text),
            ..Runbook::default()
        }
    }

    /// Needed headings that are missing, or that nothing is written below.
    pub fn missing(&self) -> Vec<&'static str> {
        let says = |words: &[&str], title: &str| {
            let title = title.to_lowercase();
            words.iter().any(|word| title.contains(word))
        };
        let answered = |words: &[&str]| {
            self.page.sections.iter().enumerate().any(|(index, section)| {
                let inner = self.page.with_inner(index);
                let written: usize = inner.iter().map(|it| it.words + it.blocks.len() * LEAST_WORDS).sum();
                let placeholder = inner.iter().any(|it| it.placeholder);
                section.depth > 0 && says(words, &section.title) && written >= LEAST_WORDS && !placeholder
            })
        };
        NEEDED
            .iter()
            .filter(|(_, words)| !answered(words))
            .map(|(name, _)| *name)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_with_nothing_below_it_answers_nothing() {
        let text = "# Runbook\n## Symptoms\n### Slow\nLook at the database first, always.\n## Rollback\n```sh\ndeliver rollback\n```\n\
                    ## Escalation\nTODO: say who is to be called when this breaks\n## Dashboards\n";
        let runbook = Runbook::read("docs/runbook.md", text);
        assert_eq!(runbook.missing(), ["Dashboards", "Escalation"]);
    }
}
