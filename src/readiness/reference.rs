//! The reference page of the checks and of their waivers, made from the code.

use super::assess::word;
use super::check::CHECKS;
use super::fix::FIXABLE;
use super::waiver::{PATH, WAIVERS};
use crate::config::reference;

/// The page's name in `docs/`.
pub const NAME: &str = "checks.md";

/// The page.
pub fn page() -> String {
    let mut text = reference::generated("# Readiness checks");
    text.push_str(
        "What `deliver ready` looks at; `docs/readiness.md` says how it adds up. `deliver ready explain CHECK` shows what a \
         check has seen in a service.\n\n| check | level | holds when it passes | patch |\n| --- | --- | --- | --- |\n",
    );
    for check in CHECKS {
        let patch = if FIXABLE.contains(&check.id) {
            "`deliver ready fix`"
        } else {
            ""
        };
        text.push_str(&format!(
            "| [{}](#{}) | {} | {} | {patch} |\n",
            check.id,
            check.id.to_lowercase(),
            word(check.level),
            check.title
        ));
    }
    for check in CHECKS {
        text.push_str(&format!(
            "\n## {}\n\n{}: {}.\n\n- Why: {}.\n- Verified: {}.\n- Mended: {}.\n",
            check.id,
            word(check.level),
            check.title,
            check.why,
            check.how,
            check.fix
        ));
        if !check.waivable {
            text.push_str("- It cannot be waived.\n");
        }
    }
    text.push_str(&format!("\n# {PATH}\n"));
    reference::tables(&WAIVERS, &mut text);
    text
}
