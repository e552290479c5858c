//! The agent as a unit of systemd, so that a reboot brings back what ran.
//!
//! It starts and stops the agent as a person would. The supervisor itself is no main process of the unit: when it dies
//! another takes its place, and systemd would end everything it left.

use std::path::Path;

use crate::fault::{Fault, Result};

/// Longer than any sensible drain and grace together; then systemd kills what is left.
const STOP: &str = "5min";

/// The text of a user unit that runs `program` on `store`.
pub fn user_unit(program: &Path, store: &Path) -> Result<String> {
    let (program, store) = (quoted(program)?, quoted(store)?);
    Ok(format!(
        "\
# Brings back what deliver runs when this machine starts, and stops it in order
# when it goes down.
#
#   deliver agent unit > ~/.config/systemd/user/deliver.service
#   systemctl --user enable --now deliver
#   loginctl enable-linger            # at every start, not only at your login

[Unit]
Description=Services that deliver runs on this machine

[Service]
Type=oneshot
RemainAfterExit=yes
Environment=\"DELIVER_STORE={store}\"
ExecStart=\"{program}\" agent restart --quiet
ExecStop=\"{program}\" agent stop --quiet
TimeoutStopSec={STOP}

[Install]
WantedBy=default.target
"
    ))
}

/// A path as it stands between double quotes in a unit, see systemd.syntax(7): `%` begins a specifier.
fn quoted(path: &Path) -> Result<String> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    let text = text.ok_or_else(|| {
        let message = format!("a unit cannot name `{}`: it is no plain text", path.display());
        Fault::usage("path-not-text", message)
    })?;
    Ok(text.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_mean_in_a_unit_what_they_mean_on_the_disk() {
        let unit = user_unit(Path::new("/opt/a b/deliver"), Path::new("/x/100%\\\"$y/s.db")).expect("a unit");
        let lines: Vec<&str> = unit.lines().collect();
        assert!(
            lines.contains(&"Environment=\"DELIVER_STORE=/x/100%%\\\\\\\"$y/s.db\""),
            "{unit}"
        );
        assert!(
            lines.contains(&"ExecStart=\"/opt/a b/deliver\" agent restart --quiet"),
            "{unit}"
        );
        let fault = user_unit(Path::new("/bin/deliver"), Path::new("/x\nExecStart=/bin/sh")).expect_err("two lines");
        assert_eq!(fault.code(), "path-not-text");
    }
}
