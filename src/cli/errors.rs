//! How a failure reads: what was attempted, where, why, what is still true, and last the command to paste next.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

use super::page::{measure, wrapped};
use super::style::{Style, escape};
use crate::fault::{Fault, Kind, Problem, Span};

/// More causes than this bury the one that matters.
const MAX_CAUSES: usize = 3;

/// Further problems of one file are counted, not shown.
const MAX_PROBLEMS: usize = 20;

/// Lines of files are shown up to this width, where they say nothing about the window.
const MAX_SNIPPET: usize = 140;

/// The most annotations that GitHub shows for a step.
const MAX_ANNOTATIONS: usize = 10;

/// The failure as text for standard error: the first line says what failed, the last what to do. Prose is broken to
/// `width`; a hint is not, as it is there to be pasted.
pub fn text(fault: &Fault, style: Style, width: usize) -> String {
    let code = style.bad(format!("error[{}]:", fault.code()));
    let mut lines = vec![wrapped(&format!("{code} "), &style.subject(fault.message()), width)];
    let problems = fault.file_problems();
    // An empty line between them keeps the blocks apart.
    for (index, problem) in problems.iter().take(MAX_PROBLEMS).enumerate() {
        let gap = if index > 0 { "\n" } else { "" };
        lines.push(format!("{gap}{}", shown(problem, style, width)));
    }
    if problems.len() > MAX_PROBLEMS {
        lines.push(format!("  and {} more problems", problems.len() - MAX_PROBLEMS));
    }
    for cause in fault.causes().iter().take(MAX_CAUSES) {
        lines.push(entry("because:", cause, width));
    }
    if let Some(still) = fault.still_true() {
        lines.push(entry("still:", still, width));
    }
    lines.extend(evidence(fault.evidence(), style));
    for hint in fault.hints() {
        lines.push(entry(&style.copyable("hint:"), hint, usize::MAX));
    }
    lines.join("\n")
}

/// Output of others, set off from our own words and without its colours.
pub fn evidence<'a>(lines: impl IntoIterator<Item = &'a String>, style: Style) -> Vec<String> {
    let bar = style.secondary(if style.ascii { "|" } else { "│" });
    lines
        .into_iter()
        .map(|line| format!("    {bar} {}", escape(&console::strip_ansi_codes(line))))
        .collect()
}

/// `  label text`; further lines of the text stand below its first word.
fn entry(label: &str, text: &str, width: usize) -> String {
    let mut head = format!("  {label} ");
    let indent = " ".repeat(measure(&head));
    let mut lines = Vec::new();
    for line in text.lines() {
        lines.push(wrapped(&head, &escape(line), width));
        head.clone_from(&indent);
    }
    lines.join("\n")
}

/// One problem with its line and a caret.
fn shown(problem: &Problem, style: Style, width: usize) -> String {
    let level = Level::ERROR.with_name(Some("problem"));
    let title = level.primary_title(escape(&problem.message).into_owned());
    let mut group = match &problem.span {
        None => Group::with_title(title),
        Some(span) => {
            let text = &*span.text;
            let end = boundary(text, span.end);
            let start = boundary(text, span.start).min(end);
            let label = problem.label.as_deref().map(|label| escape(label).into_owned());
            let annotation = AnnotationKind::Primary.span(start..end).label(label);
            let source = Snippet::source(text)
                .path(escape(&span.path).into_owned())
                .annotation(annotation);
            title.element(source)
        }
    };
    if let Some(hint) = &problem.hint {
        group = group.element(Level::HELP.with_name(Some("hint")).message(escape(hint).into_owned()));
    }
    let decor = if style.ascii {
        DecorStyle::Ascii
    } else {
        DecorStyle::Unicode
    };
    let renderer = if style.color { colored() } else { Renderer::plain() };
    renderer
        .decor_style(decor)
        .term_width(width.min(MAX_SNIPPET))
        .render(&[group])
}

/// Our own few styles in place of the library's.
fn colored() -> Renderer {
    use annotate_snippets::renderer::{AnsiColor, Effects, Style as Ansi};
    let red = AnsiColor::Red.on_default();
    let cyan = AnsiColor::Cyan.on_default();
    let bold = Ansi::new().effects(Effects::BOLD);
    let dim = Ansi::new().effects(Effects::DIMMED);
    Renderer::styled()
        .error(red)
        .help(cyan)
        .note(dim)
        .info(dim)
        .emphasis(bold)
        .line_num(dim)
        .context(dim)
}

/// The nearest position not beyond `at` where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// The problems as workflow commands, which GitHub shows on the lines of a pull request.
pub fn annotations(fault: &Fault) -> Vec<String> {
    let mut lines = Vec::new();
    for problem in fault.file_problems().iter().take(MAX_ANNOTATIONS) {
        let Some(span) = &problem.span else { continue };
        let hint = problem
            .hint
            .as_ref()
            .map(|hint| format!(" ({hint})"))
            .unwrap_or_default();
        lines.push(format!(
            "::error file={},line={},col={},title={}::{}",
            github_property(&span.path),
            span.line,
            span.column,
            github_property(fault.code()),
            github(&format!("{}{hint}", problem.message)),
        ));
    }
    lines
}

/// The three characters that end or escape a workflow command.
pub(super) fn github(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The same for a property, which two more would end.
pub(super) fn github_property(text: &str) -> String {
    github(text).replace(':', "%3A").replace(',', "%2C")
}

#[derive(Serialize)]
struct Object<'a> {
    error: Body<'a>,
}

/// Fields are only ever added; `docs/json.md` lists them.
#[derive(Serialize)]
struct Body<'a> {
    kind: Kind,
    exit: u8,
    code: &'a str,
    message: &'a str,
    still: Option<&'a str>,
    hints: &'a [String],
    causes: Vec<String>,
    /// The place of the first problem.
    span: Option<&'a Span>,
    problems: &'a [Problem],
}

/// The failure as one line of JSON.
pub fn json(fault: &Fault) -> String {
    let body = Body {
        kind: fault.kind(),
        exit: fault.kind().exit_code(),
        code: fault.code(),
        message: fault.message(),
        still: fault.still_true(),
        hints: fault.hints(),
        causes: fault.causes(),
        span: fault.file_problems().iter().find_map(|problem| problem.span.as_ref()),
        problems: fault.file_problems(),
    };
    serde_json::to_string(&Object { error: body }).unwrap_or_else(|_| r#"{"error":{"kind":"bug"}}"#.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[service]\nname = \"pricing\"\n\n[run]\nprot = 8080\n";

    fn problem(needle: &str, message: &str, label: &str, hint: &str) -> Problem {
        let start = FILE.find(needle).expect("in the file");
        let before = &FILE[..start];
        Problem {
            message: message.into(),
            label: Some(label.into()),
            hint: Some(hint.into()),
            span: Some(Span {
                path: "deliver.toml".into(),
                line: before.matches('\n').count() + 1,
                column: start - before.rfind('\n').map_or(0, |at| at + 1) + 1,
                start,
                end: start + needle.len(),
                text: FILE.into(),
            }),
        }
    }

    fn sample() -> Fault {
        Fault::usage("manifest", "cannot use `deliver.toml`: 2 problems")
            .problems(vec![
                problem(
                    "prot",
                    "unknown key `prot` in [run]",
                    "did you mean `port`?",
                    "port = 8080",
                ),
                problem("\"pricing\"", "evil \x1b[2J name", "here", "name = \"x\""),
            ])
            .because(std::io::Error::other("the cause"))
            .still("v3 is still serving")
            .details(["a line of \x07 output".to_owned()])
            .hint("deliver plan")
    }

    #[test]
    fn every_problem_is_shown_with_its_line_and_the_hint_comes_last() {
        let expected = "\
error[manifest]: cannot use `deliver.toml`: 2 problems
problem: unknown key `prot` in [run]
 --> deliver.toml:5:1
  |
5 | prot = 8080
  | ^^^^ did you mean `port`?
  |
  = hint: port = 8080

problem: evil \\u{1b}[2J name
 --> deliver.toml:2:8
  |
2 | name = \"pricing\"
  |        ^^^^^^^^^ here
  |
  = hint: name = \"x\"
  because: the cause
  still: v3 is still serving
    | a line of \\u{7} output
  hint: deliver plan";
        assert_eq!(
            text(
                &sample(),
                Style {
                    color: false,
                    ascii: true
                },
                80
            ),
            expected
        );
    }

    #[test]
    fn with_colour_only_our_own_sequences_are_used() {
        let style = Style {
            color: true,
            ascii: false,
        };
        let colored = text(&sample(), style, 80);
        for line in colored.lines() {
            assert_eq!(super::super::style::escape_styled(line, true), line);
        }
        let plain = text(&sample(), Style { color: false, ..style }, 80);
        assert_eq!(console::strip_ansi_codes(&colored), plain);
    }

    #[test]
    fn output_of_others_is_read_without_its_colours() {
        let line = "\u{1b}[31mERROR\u{1b}[0m no such file \u{7}".to_owned();
        let style = Style {
            color: false,
            ascii: true,
        };
        assert_eq!(evidence([&line], style), ["    | ERROR no such file \\u{7}"]);
    }

    #[test]
    fn spans_that_point_nowhere_do_not_panic() {
        let mut problem = problem("prot", "m", "l", "h");
        if let Some(span) = &mut problem.span {
            (span.start, span.end, span.text) = (7, 900, "äöü".into());
        }
        assert!(shown(&problem, Style::PLAIN, 80).contains("äöü"));
    }

    #[test]
    fn annotations_escape_what_would_end_them() {
        let fault = Fault::usage("manifest", "m").problems(vec![problem("prot", "50%\nof it", "l", "h")]);
        assert_eq!(
            annotations(&fault),
            ["::error file=deliver.toml,line=5,col=1,title=manifest::50%25%0Aof it (h)"]
        );
    }

    #[test]
    fn the_object_is_one_line_with_the_documented_fields() {
        let line = json(&sample());
        assert!(!line.contains('\n'));
        let value: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let error = &value["error"];
        assert_eq!(
            (&error["kind"], &error["code"], &error["exit"]),
            (&"usage".into(), &"manifest".into(), &2.into())
        );
        assert_eq!(error["span"]["line"], 5);
        assert_eq!(error["hints"][0], "deliver plan");
        assert_eq!(error["causes"][0], "the cause");
    }
}
