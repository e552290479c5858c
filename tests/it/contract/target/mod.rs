//! What every target owes: the suite that `deliver plugin check` runs too, on each of them.

#[cfg(feature = "kubernetes")]
mod kubernetes;
mod local;
mod memory;
mod plugin;
#[cfg(feature = "docker")]
mod swarm;

use deliver::adapters::contract::{Bed, Outcome, try_all};
use deliver::ports::interrupt::Never;

/// Tries everything; only what is in `left_out` may be skipped, and must be.
pub fn holds(bed: &dyn Bed, left_out: &[&str]) {
    let findings = try_all(bed, &Never, &mut |_| ());
    let wrong: Vec<String> = findings
        .iter()
        .filter(|one| match one.outcome {
            Outcome::Pass => left_out.contains(&one.id),
            Outcome::Fail => true,
            Outcome::Skipped => !left_out.contains(&one.id),
        })
        .map(|one| format!("{:?} {}: {}", one.outcome, one.id, one.evidence))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(findings.len() >= 14, "{findings:?}");
}
