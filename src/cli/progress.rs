//! Shows events while something runs. The only writer to standard error, so that lines and moving parts never mix.
//!
//! * `tty`: one line a step that is drawn anew while it runs, and stays when it has ended.
//! * `plain`: one line a change of state with the time, and a sign of life every half minute that says what is waited
//!   for, so that a CI system does not take silence for death.
//! * `json`: one JSON object a line.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::args::{Global, ProgressMode};
use super::errors;
use super::page::{duration, measure, wrapped};
use super::style::{Style, escape};
use super::terminal::Terminal;
use crate::event::{Event, Events};
use crate::ports::Clock;

/// Redrawing more often than this costs more than it tells.
const REDRAW: Duration = Duration::from_millis(100);

/// What is over sooner is never drawn while it runs.
const UNSEEN: Duration = Duration::from_millis(100);

/// Between two signs of life in plain output.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Lines of a failed step's output that are shown.
const SHOWN_OUTPUT: usize = 10;

/// Seconds stand at this column at the latest: further right the eye loses the line.
const MAX_WIDTH: usize = 92;

/// Names of steps are padded to this at least.
const STEP_WIDTH: usize = 8;

/// The renderer; clones share what is drawn.
#[derive(Clone)]
pub struct Progress {
    inner: Arc<Inner>,
}

struct Inner {
    mode: ProgressMode,
    style: Style,
    width: usize,
    /// Standard error is a terminal.
    window: bool,
    quiet: bool,
    verbose: bool,
    clock: Arc<dyn Clock>,
    /// Where steps move, if they may.
    bars: Option<MultiProgress>,
    sink: Mutex<Box<dyn Write + Send>>,
    state: Mutex<State>,
    /// Told when a step has ended.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    running: Vec<Running>,
    step_width: usize,
    /// A thread redraws.
    ticking: bool,
    /// The last output of steps that failed, until it is known whether the failure itself carries it.
    failed_output: Vec<String>,
}

struct Running {
    step: String,
    detail: String,
    since: Duration,
    /// When something was last said about it.
    heard: Duration,
    output: VecDeque<String>,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub fn new(terminal: Terminal, global: &Global, clock: Arc<dyn Clock>) -> Self {
        let mode = match global.progress {
            ProgressMode::Auto if terminal.stderr && !terminal.unattended => ProgressMode::Tty,
            ProgressMode::Auto => ProgressMode::Plain,
            chosen => chosen,
        };
        let moving = mode == ProgressMode::Tty && terminal.animated && !global.quiet;
        let bars = moving.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10)));
        Progress::build(mode, terminal, global, clock, bars, Box::new(std::io::stderr()))
    }

    fn build(
        mode: ProgressMode,
        terminal: Terminal,
        global: &Global,
        clock: Arc<dyn Clock>,
        bars: Option<MultiProgress>,
        sink: Box<dyn Write + Send>,
    ) -> Self {
        let inner = Inner {
            mode,
            style: terminal.err,
            width: terminal.width.min(MAX_WIDTH),
            window: terminal.stderr,
            quiet: global.quiet,
            verbose: global.verbose > 0,
            clock,
            bars,
            sink: Mutex::new(sink),
            state: Mutex::new(State {
                step_width: STEP_WIDTH,
                ..State::default()
            }),
            ended: Condvar::new(),
        };
        Progress { inner: Arc::new(inner) }
    }

    /// Whether every line of the story is a JSON object.
    pub fn is_json(&self) -> bool {
        self.inner.mode == ProgressMode::Json
    }

    /// Ends whatever is drawn, so that what follows stands below it. The output of failed steps is shown now unless
    /// `covered`: the failure that follows carries it.
    pub fn finish(&self, covered: bool) {
        let mut state = self.inner.state();
        for running in std::mem::take(&mut state.running) {
            running.clear();
        }
        let output = std::mem::take(&mut state.failed_output);
        drop(state);
        self.inner.ended.notify_all();
        if !covered {
            for line in errors::evidence(&output, self.inner.style) {
                self.print_line(&line);
            }
        }
    }

    /// A sentence of the program itself, broken to the window.
    pub fn print_sentence(&self, sentence: &str) {
        let width = if self.inner.window {
            self.inner.width
        } else {
            usize::MAX
        };
        self.print_line(self.inner.style.line_by_line(&wrapped("", sentence, width)).trim_end());
    }

    /// One finished line, safe for a terminal already. That nobody reads standard error is no reason to fail.
    pub fn print_line(&self, line: &str) {
        self.inner.print_line(line);
    }
}

impl Events for Progress {
    fn emit(&self, event: Event) {
        match self.inner.mode {
            ProgressMode::None => {}
            ProgressMode::Json => self.inner.json(&event),
            _ => {
                if self.inner.show(event) {
                    self.start_ticking();
                }
            }
        }
    }
}

impl Progress {
    /// A thread of its own redraws or gives signs of life as long as a step runs.
    fn start_ticking(&self) {
        let inner = self.inner.clone();
        let pause = if inner.bars.is_some() {
            REDRAW
        } else {
            Duration::from_secs(1)
        };
        let ticker = move || {
            let mut state = inner.state();
            while !state.running.is_empty() {
                state = inner
                    .ended
                    .wait_timeout(state, pause)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
                inner.tick(&mut state);
            }
            state.ticking = false;
        };
        if std::thread::Builder::new()
            .name("progress".into())
            .spawn(ticker)
            .is_err()
        {
            // Without the thread steps are still shown when they begin and end.
            self.inner.state().ticking = false;
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    at: jiff::Timestamp,
    #[serde(flatten)]
    event: &'a Event,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn print_line(&self, line: &str) {
        let write = || {
            let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
            // One write, so that lines of several processes do not interleave.
            let _ = sink
                .write_all(format!("{line}\n").as_bytes())
                .and_then(|()| sink.flush());
        };
        match &self.bars {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
    }

    fn json(&self, event: &Event) {
        if let Ok(line) = serde_json::to_string(&Line {
            at: self.clock.now(),
            event,
        }) {
            self.print_line(&line);
        }
    }

    /// Shows the event; true if a thread is to be started that keeps running steps up to date.
    fn show(&self, event: Event) -> bool {
        let mut state = self.state();
        match event {
            Event::Begin { title, steps } => {
                let longest = steps.iter().map(|step| measure(step)).max().unwrap_or(0);
                state.step_width = longest.clamp(STEP_WIDTH, 24);
                self.begin(&title, steps.len());
            }
            Event::StepStarted { step, detail } => {
                let now = self.clock.elapsed();
                self.plain(&state, &step, &detail);
                state.running.retain(|running| running.step != step);
                state.running.push(Running {
                    step,
                    detail,
                    since: now,
                    heard: now,
                    output: VecDeque::new(),
                    bar: None,
                });
                let start = !self.quiet && !state.ticking;
                state.ticking |= start;
                return start;
            }
            Event::StepProgress { step, detail } => {
                self.plain(&state, &step, &detail);
                if let Some(running) = state.running.iter_mut().find(|running| running.step == step) {
                    running.detail = detail;
                    running.heard = self.clock.elapsed();
                    running.output.clear();
                }
            }
            Event::StepOutput { step, line } => self.output(&mut state, &step, line),
            Event::StepDone { step, detail, seconds } => {
                let detail = self.take(&mut state, &step).detail_or(detail);
                self.ended(&state, &self.style.tick(), &step, &detail, Some(seconds), "done");
            }
            Event::StepSkipped { step, detail } => {
                self.take(&mut state, &step);
                self.ended(&state, &self.style.dash(), &step, &detail, None, "skipped");
            }
            Event::StepFailed { step, detail, seconds } => {
                let ended = self.take(&mut state, &step);
                let output: Vec<String> = ended.output.iter().cloned().collect();
                self.ended(
                    &state,
                    &self.style.cross(),
                    &step,
                    &ended.detail_or(detail),
                    Some(seconds),
                    "FAILED",
                );
                state.failed_output = output;
            }
            Event::Note { text } if !self.quiet => self.print_line(&escape(&text)),
            Event::Note { .. } => {}
            Event::Warning { text } => {
                self.print_line(&format!("{} {}", self.style.attention("warning:"), escape(&text)));
            }
        }
        false
    }

    fn begin(&self, title: &str, steps: usize) {
        if self.quiet {
            return;
        }
        if self.mode == ProgressMode::Plain {
            self.print_line(&self.style.line(&format!("{} {}", self.time(), escape(title))));
            return;
        }
        let count = if steps == 1 {
            "1 step".to_owned()
        } else {
            format!("{steps} steps")
        };
        let count = if steps == 0 { String::new() } else { count };
        let gap = " ".repeat(self.width.saturating_sub(measure(title) + measure(&count)).max(2));
        let line = format!("{}{gap}{}", self.style.subject(title), self.style.secondary(count));
        self.print_line(&self.style.line(line.trim_end()));
    }

    /// The step is over: off the list, off the screen.
    fn take(&self, state: &mut State, step: &str) -> Ended {
        let Some(at) = state.running.iter().position(|running| running.step == step) else {
            return Ended::default();
        };
        let running = state.running.remove(at);
        running.clear();
        self.ended.notify_all();
        Ended {
            detail: running.detail,
            output: running.output,
        }
    }

    fn output(&self, state: &mut State, step: &str, line: String) {
        if self.verbose && !self.quiet {
            match self.mode {
                ProgressMode::Plain => self.plain(state, step, &format!("| {line}")),
                _ => errors::evidence([&line], self.style)
                    .iter()
                    .for_each(|line| self.print_line(line)),
            }
        }
        if let Some(running) = state.running.iter_mut().find(|running| running.step == step) {
            running.output.push_back(line);
            if running.output.len() > SHOWN_OUTPUT {
                running.output.pop_front();
            }
        }
    }

    fn ended(&self, state: &State, symbol: &str, step: &str, detail: &str, seconds: Option<f64>, word: &str) {
        if self.quiet && word != "FAILED" {
            return;
        }
        let time = seconds.map(duration);
        if self.mode == ProgressMode::Plain {
            let after = time.map(|time| format!(" in {time}")).unwrap_or_default();
            let colon = if detail.is_empty() { "" } else { ": " };
            self.print_line(&self.plain_line(state, step, &format!("{word}{after}{colon}{detail}")));
            return;
        }
        self.print_line(&self.tree_line(state, symbol, step, &escape(detail), time.as_deref().unwrap_or("")));
    }

    /// `  ✔ build     cargo build --release        18.2 s`; `detail` may be styled and is shortened to the room there is.
    fn tree_line(&self, state: &State, symbol: &str, step: &str, detail: &str, time: &str) -> String {
        let symbol = self.style.in_column(symbol);
        let head = format!("  {symbol} {:1$}  ", escape(step), state.step_width);
        let room = self.width.saturating_sub(measure(&head) + measure(time) + 2);
        let detail = console::truncate_str(detail, room, self.style.ellipsis());
        let gap = " ".repeat(room.saturating_sub(measure(&detail)) + 2);
        self.style
            .line(format!("{head}{detail}{gap}{time}").trim_end())
            .into_owned()
    }

    /// A line of plain output, in that mode only.
    fn plain(&self, state: &State, step: &str, detail: &str) {
        if self.mode == ProgressMode::Plain && !self.quiet {
            self.print_line(&self.plain_line(state, step, detail));
        }
    }

    fn plain_line(&self, state: &State, step: &str, detail: &str) -> String {
        let line = format!(
            "{} {:3$}  {}",
            self.time(),
            escape(step),
            escape(detail),
            state.step_width
        );
        self.style.line(line.trim_end()).into_owned()
    }

    /// The time of day, in UTC, for logs that are read elsewhere.
    fn time(&self) -> String {
        self.style.secondary(self.clock.now().strftime("%H:%M:%SZ"))
    }

    /// Redraws running steps, or gives a sign of life.
    fn tick(&self, state: &mut State) {
        if self.quiet {
            return;
        }
        let now = self.clock.elapsed();
        let mut running = std::mem::take(&mut state.running);
        for step in &mut running {
            let age = now.saturating_sub(step.since);
            match &self.bars {
                Some(bars) if age >= UNSEEN => {
                    let line = self.tree_line(
                        state,
                        &self.style.turning(),
                        &step.step,
                        &step.waits_for(self.style),
                        &duration(age.as_secs_f64()),
                    );
                    step.draw(bars, line);
                }
                None if self.mode == ProgressMode::Plain && now.saturating_sub(step.heard) >= HEARTBEAT => {
                    step.heard = now;
                    let detail = format!("still going after {}: {}", duration(age.as_secs_f64()), step.detail);
                    self.print_line(&self.plain_line(state, &step.step, detail.trim_end_matches(": ")));
                }
                _ => {}
            }
        }
        state.running = running;
    }
}

/// What is left of a step that has ended.
#[derive(Default)]
struct Ended {
    detail: String,
    output: VecDeque<String>,
}

impl Ended {
    /// What the end says, or else what the beginning said.
    fn detail_or(self, detail: String) -> String {
        if detail.is_empty() { self.detail } else { detail }
    }
}

impl Running {
    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn waits_for(&self, style: Style) -> String {
        match self.output.back() {
            Some(line) if !self.detail.is_empty() => {
                format!("{}  {}", escape(&self.detail), style.secondary(line.trim()))
            }
            Some(line) => style.secondary(line.trim()),
            None => escape(&self.detail).into_owned(),
        }
    }

    fn draw(&mut self, bars: &MultiProgress, line: String) {
        let bar = self.bar.get_or_insert_with(|| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{msg}") {
                bar.set_style(style);
            }
            bar
        });
        bar.set_message(line);
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::Cli;
    use crate::config::environment::Environment;

    /// Stands still until it is moved.
    struct Still(Mutex<Duration>);

    impl Clock for Still {
        fn now(&self) -> jiff::Timestamp {
            let base: jiff::Timestamp = "2026-01-02T12:04:00Z".parse().expect("a time");
            base + self.elapsed()
        }

        fn elapsed(&self) -> Duration {
            *self.0.lock().expect("not poisoned")
        }

        fn sleep(&self, duration: Duration) {
            *self.0.lock().expect("not poisoned") += duration;
        }
    }

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("not poisoned").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    struct Stage {
        progress: Progress,
        clock: Arc<Still>,
        kept: Kept,
    }

    impl Stage {
        fn new(flags: &str, mode: ProgressMode) -> Self {
            let words = std::iter::once("deliver").chain(flags.split_whitespace());
            let global = Cli::parse_from(words).global;
            let environment = Environment::of([("LANG", "C.UTF-8"), ("DELIVER_FORCE_TTY", "60"), ("NO_COLOR", "1")]);
            let terminal = Terminal::detect(&environment, crate::cli::args::When::Auto);
            let (clock, kept) = (Arc::new(Still(Mutex::new(Duration::ZERO))), Kept::default());
            let progress = Progress::build(mode, terminal, &global, clock.clone(), None, Box::new(kept.clone()));
            Stage { progress, clock, kept }
        }

        fn play(&self) -> &Self {
            let step = |name: &str| name.to_owned();
            self.progress.emit(Event::Begin {
                title: "pricing → local".into(),
                steps: vec![step("build"), step("health"), step("switch")],
            });
            self.progress.emit(Event::StepStarted {
                step: step("build"),
                detail: "cargo build".into(),
            });
            self.progress.emit(Event::StepOutput {
                step: step("build"),
                line: "Compiling\x1b[2J".into(),
            });
            self.clock.sleep(Duration::from_secs(3));
            self.progress.emit(Event::StepDone {
                step: step("build"),
                detail: String::new(),
                seconds: 3.0,
            });
            self.progress.emit(Event::StepSkipped {
                step: step("release"),
                detail: "none is declared".into(),
            });
            self.progress.emit(Event::StepStarted {
                step: step("health"),
                detail: "GET /healthz".into(),
            });
            self.progress.emit(Event::StepProgress {
                step: step("health"),
                detail: "connection refused".into(),
            });
            for number in 1..=12 {
                self.progress.emit(Event::StepOutput {
                    step: step("health"),
                    line: format!("line {number}"),
                });
            }
            self.clock.sleep(Duration::from_secs(31));
            let mut state = self.progress.inner.state();
            self.progress.inner.tick(&mut state);
            drop(state);
            self.progress.emit(Event::StepFailed {
                step: step("health"),
                detail: "the instance ended with status 1, which nobody expected".into(),
                seconds: 31.04,
            });
            self.progress.emit(Event::Warning {
                text: "a warning".into(),
            });
            self.progress.finish(false);
            self
        }

        fn text(&self) -> String {
            String::from_utf8(self.kept.0.lock().expect("not poisoned").clone()).expect("UTF-8")
        }
    }

    #[test]
    fn the_tree_has_a_line_a_step_and_keeps_the_end_of_a_failed_steps_output() {
        let expected = "\
pricing → local                                      3 steps
  ✔ build     cargo build                              3.0 s
  – release   none is declared
  ✘ health    the instance ended with status 1, whi…  31.0 s
warning: a warning
    │ line 3
    │ line 4
    │ line 5
    │ line 6
    │ line 7
    │ line 8
    │ line 9
    │ line 10
    │ line 11
    │ line 12
";
        assert_eq!(Stage::new("", ProgressMode::Tty).play().text(), expected);
    }

    #[test]
    fn plain_lines_carry_the_time_and_give_signs_of_life() {
        let text = Stage::new("", ProgressMode::Plain).play().text();
        let expected = "\
12:04:00Z pricing → local
12:04:00Z build     cargo build
12:04:03Z build     done in 3.0 s: cargo build
12:04:03Z release   skipped: none is declared
12:04:03Z health    GET /healthz
12:04:03Z health    connection refused
12:04:34Z health    still going after 31.0 s: connection refused
12:04:34Z health    FAILED in 31.0 s: the instance ended with status 1, which nobody expected
warning: a warning
    │ line 3
";
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn quiet_leaves_only_what_went_wrong() {
        let text = Stage::new("--quiet", ProgressMode::Plain).play().text();
        assert!(text.starts_with("12:04:34Z health    FAILED in 31.0 s"), "{text}");
    }

    #[test]
    fn verbose_shows_output_with_its_controls_escaped() {
        let text = Stage::new("-v", ProgressMode::Plain).play().text();
        assert!(text.contains("build     | Compiling\\u{1b}[2J\n"), "{text}");
    }

    #[test]
    fn every_json_line_is_an_object_with_the_time() {
        let text = Stage::new("", ProgressMode::Json).play().text();
        let first: serde_json::Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
        assert_eq!(
            (&first["event"], &first["at"]),
            (&"begin".into(), &"2026-01-02T12:04:00Z".into())
        );
        let events = text
            .lines()
            .filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
            .count();
        assert_eq!(events, 21);
    }

    #[test]
    fn a_failure_that_carries_the_output_is_not_preceded_by_it() {
        let stage = Stage::new("", ProgressMode::Tty);
        let step = || "build".to_owned();
        stage.progress.emit(Event::StepStarted {
            step: step(),
            detail: String::new(),
        });
        stage.progress.emit(Event::StepOutput {
            step: step(),
            line: "no such file".into(),
        });
        stage.progress.emit(Event::StepFailed {
            step: step(),
            detail: "status 1".into(),
            seconds: 0.1,
        });
        stage.progress.finish(true);
        assert!(!stage.text().contains("no such file"));
    }
}
