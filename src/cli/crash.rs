//! A mistake of our own: the terminal is restored, three lines say what happened, and a file holds the rest.

use std::backtrace::Backtrace;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use super::errors;
use super::signals::RESTORE;
use super::style::Style;
use super::terminal::Terminal;
use super::version::Version;
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::fault::Fault;

/// Where a report of a mistake is welcome.
const REPORTS: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");

/// From now on a panic in any thread is told the way people can use it.
pub fn install(environment: &Environment, store: Option<&Path>, json: bool, terminal: Terminal) {
    let folder = std::env::current_dir()
        .ok()
        .and_then(|cwd| Paths::of(environment, store, &cwd).ok())
        .map(|paths| paths.data.join("crashes"));
    let home = environment.get("HOME").map(str::to_owned);
    std::panic::set_hook(Box::new(move |panic| {
        let report = folder
            .as_deref()
            .and_then(|folder| write_report(folder, &report(panic, home.as_deref())));
        let mut text = if terminal.stderr {
            RESTORE.to_owned()
        } else {
            String::new()
        };
        text += &said(panic, report.as_deref(), terminal.err, json);
        // Nothing can be done here if nobody reads it.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }));
}

/// The three lines, and the JSON object where it was asked for.
fn said(panic: &PanicHookInfo, report: Option<&Path>, style: Style, json: bool) -> String {
    let mut fault = Fault::bug(format!(
        "deliver made a mistake: {}",
        message(panic).lines().next().unwrap_or("?")
    ));
    fault = match report {
        Some(path) => fault.still(format!("the details are in {}", path.display())),
        None => fault.still("the details could not be written to a file"),
    }
    .hint(format!("send them to {REPORTS} after a look through them"));
    let mut text = style.line_by_line(&errors::text(&fault, style, usize::MAX));
    if json {
        text += &errors::json(&fault);
        text.push('\n');
    }
    text
}

/// What helps to find the mistake, and nothing that was typed: arguments and variables may hold secrets.
fn report(panic: &PanicHookInfo, home: Option<&str>) -> String {
    let version = Version::of_this_binary();
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let text = format!(
        "deliver {} ({}) on {}\nthread {} at {place}\n{}\n\n{}\n",
        version.version,
        version.commit.unwrap_or("unknown commit"),
        version.target,
        thread.name().unwrap_or("without a name"),
        message(panic),
        Backtrace::force_capture(),
    );
    match home {
        Some(home) if home.len() > 1 => text.replace(home, "~"),
        _ => text,
    }
}

fn message<'a>(panic: &'a PanicHookInfo) -> &'a str {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}

/// Writes the report to a file of its own, readable by the user alone.
fn write_report(folder: &Path, text: &str) -> Option<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).ok()?;
    let pid = std::process::id();
    (0..100).find_map(|number| {
        let path = folder.join(format!("crash-{pid}-{number}.txt"));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .ok()?;
        file.write_all(text.as_bytes()).ok()?;
        Some(path)
    })
}
