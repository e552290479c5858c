//! How a failure reads: what was attempted, where, why, what is still true, and last the command to paste next.

use serde::Serialize;

use super::style::{Style, escape};
use crate::fault::{Fault, Kind, Span};

/// More causes than this bury the one that matters.
const MAX_CAUSES: usize = 3;

/// The failure as text for standard error, a line each.
pub fn text(fault: &Fault, style: Style) -> String {
    let mut lines = vec![format!(
        "{} {}",
        style.bad(format!("error[{}]:", fault.code())),
        style.subject(fault.message())
    )];
    for problem in fault.file_problems() {
        let place = problem
            .span
            .as_ref()
            .map(|span| format!("{}:{}:{}: ", span.path, span.line, span.column));
        lines.push(format!(
            "  {}{}",
            escape(&place.unwrap_or_default()),
            escape(&problem.message)
        ));
    }
    for cause in fault.causes().iter().take(MAX_CAUSES) {
        lines.push(format!("  because: {}", escape(cause)));
    }
    if let Some(still) = fault.still_true() {
        lines.push(format!("  still: {}", escape(still)));
    }
    lines.extend(fault.evidence().iter().map(|line| format!("    {}", escape(line))));
    for hint in fault.hints() {
        lines.push(format!("  {} {}", style.copyable("hint:"), escape(hint)));
    }
    lines.join("\n")
}

#[derive(Serialize)]
struct Object<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    kind: Kind,
    code: &'a str,
    message: &'a str,
    hints: &'a [String],
    causes: Vec<String>,
    span: Option<&'a Span>,
}

/// The failure as one line of JSON.
pub fn json(fault: &Fault) -> String {
    let body = Body {
        kind: fault.kind(),
        code: fault.code(),
        message: fault.message(),
        hints: fault.hints(),
        causes: fault.causes(),
        span: fault.file_problems().first().and_then(|problem| problem.span.as_ref()),
    };
    serde_json::to_string(&Object { error: body }).unwrap_or_else(|_| r#"{"error":{"kind":"bug"}}"#.into())
}
