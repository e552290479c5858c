//! What a report writes on: lines and borderless tables, in two looks.
//!
//! On a terminal: two-space gutters, headers, relative times, as wide as the window. In a pipe: one tab between cells, no
//! headers, RFC 3339 times, nothing shortened or left out.

use jiff::{SignedDuration, Timestamp};

use super::style::{Style, escape_styled};

/// Where a page will be read.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub terminal: bool,
    /// Columns of the window.
    pub width: usize,
    pub style: Style,
    /// What relative times count from.
    pub now: Timestamp,
}

/// A page of text that grows line by line.
pub struct Page {
    look: Look,
    text: String,
    hidden_columns: usize,
}

impl Page {
    pub fn new(look: Look) -> Self {
        Page {
            look,
            text: String::new(),
            hidden_columns: 0,
        }
    }

    pub fn style(&self) -> Style {
        self.look.style
    }

    /// Whether a person looks at it right now.
    pub fn terminal(&self) -> bool {
        self.look.terminal
    }

    pub fn width(&self) -> usize {
        self.look.width
    }

    /// What relative times count from.
    pub fn now(&self) -> Timestamp {
        self.look.now
    }

    /// One line; line breaks in `text` start further ones.
    pub fn line(&mut self, text: impl AsRef<str>) {
        for line in text.as_ref().split('\n') {
            self.text
                .push_str(escape_styled(line, self.look.style.color).trim_end());
            self.text.push('\n');
        }
    }

    /// An empty line, on a terminal only and never twice.
    pub fn gap(&mut self) {
        if self.look.terminal && !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A moment: `3 min ago` on a terminal, RFC 3339 in a pipe.
    pub fn when(&self, at: Timestamp) -> String {
        if self.look.terminal {
            relative(at, self.look.now)
        } else {
            at.to_string()
        }
    }

    /// A moment in full, for details: both looks on a terminal.
    pub fn when_exactly(&self, at: Timestamp) -> String {
        let seconds = at.round(jiff::Unit::Second).unwrap_or(at);
        if self.look.terminal {
            format!("{seconds} ({})", relative(at, self.look.now))
        } else {
            at.to_string()
        }
    }

    /// Names and values, one pair a line, values aligned on a terminal.
    pub fn fields(&mut self, pairs: &[(&str, String)]) {
        let width = pairs.iter().map(|(name, _)| measure(name)).max().unwrap_or(0);
        for (name, value) in pairs {
            if self.look.terminal {
                self.line(format!("{name:width$}  {value}"));
            } else {
                self.row(&[(*name).to_owned(), value.clone()]);
            }
        }
    }

    pub fn table(&mut self, table: &Table) {
        if !self.look.terminal {
            for row in &table.rows {
                self.row(row);
            }
            return;
        }
        let (shown, widths) = table.fit(self.look.width);
        self.hidden_columns += table.columns.len() - shown.len();
        if table.columns.iter().any(|column| !column.header.is_empty()) {
            let headers: Vec<String> = table
                .columns
                .iter()
                .map(|column| self.style().secondary(column.header.to_uppercase()))
                .collect();
            self.aligned(table, &headers, &shown, &widths);
        }
        for row in &table.rows {
            self.aligned(table, row, &shown, &widths);
        }
    }

    /// Cells between tabs, for the look of a pipe.
    pub fn cells<const N: usize>(&mut self, cells: [&str; N]) {
        self.row(&cells.map(str::to_owned));
    }

    /// Prose after `head`, broken at spaces to the window's width; further lines stand below its first word.
    pub fn hanging(&mut self, head: &str, prose: &str) {
        let width = if self.look.terminal {
            self.look.width
        } else {
            usize::MAX
        };
        self.line(wrapped(head, prose, width));
    }

    /// Columns that did not fit, over all tables.
    pub fn hidden_columns(&self) -> usize {
        self.hidden_columns
    }

    pub fn into_text(self) -> String {
        self.text
    }

    /// A row for a program: cells between tabs, tabs and line breaks in cells escaped.
    fn row(&mut self, cells: &[String]) {
        let cells: Vec<_> = cells
            .iter()
            .map(|cell| escape_styled(cell, self.look.style.color))
            .collect();
        self.text.push_str(&cells.join("\t"));
        self.text.push('\n');
    }

    fn aligned(&mut self, table: &Table, row: &[String], shown: &[usize], widths: &[usize]) {
        let mut line = String::new();
        for (&index, &width) in shown.iter().zip(widths) {
            let column = &table.columns[index];
            let cell = self.look.style.line(row.get(index).map_or("", String::as_str));
            let cell = column.shorten(&cell, width, self.look.style.ellipsis());
            let padding = " ".repeat(width.saturating_sub(measure(&cell)));
            if !line.is_empty() || index != shown[0] {
                line.push_str("  ");
            }
            match column.right {
                true => line.extend([padding.as_str(), &cell]),
                false => line.extend([&cell, padding.as_str()]),
            }
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// Prose after `head`, broken at spaces to `width`; further lines stand below its first word.
pub fn wrapped(head: &str, prose: &str, width: usize) -> String {
    let indent = measure(head);
    let room = width.saturating_sub(indent).max(SHORTEST);
    let mut text = head.to_owned();
    let mut used = 0;
    for (number, word) in prose.split(' ').enumerate() {
        let length = measure(word);
        if number > 0 && used + 1 + length > room {
            text.push_str(&format!("\n{:indent$}", ""));
            used = 0;
        } else if number > 0 {
            text.push(' ');
            used += 1;
        }
        text.push_str(word);
        used += length;
    }
    text
}

/// Columns a person sees, without the escape sequences of styles.
pub fn measure(text: &str) -> usize {
    console::measure_text_width(text)
}

/// Rows of cells under named columns.
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Table {
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
        }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells = cells.into_iter().map(|cell| escape_styled(&cell, true).into_owned());
        self.rows.push(cells.collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Which columns are shown in `width`, and how wide each is: first flexible ones shrink, then the least important
    /// vanish. What is left when nothing more can go is too wide, and the terminal wraps it.
    fn fit(&self, width: usize) -> (Vec<usize>, Vec<usize>) {
        let natural: Vec<usize> = (0..self.columns.len())
            .map(|index| {
                let cells = self.rows.iter().filter_map(|row| row.get(index));
                cells
                    .map(|cell| measure(cell))
                    .chain([measure(self.columns[index].header)])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut shown: Vec<usize> = (0..self.columns.len()).collect();
        loop {
            let gutters = 2 * shown.len().saturating_sub(1);
            let total = gutters + shown.iter().map(|&index| natural[index]).sum::<usize>();
            let mut excess = total.saturating_sub(width);
            let mut widths: Vec<usize> = shown.iter().map(|&index| natural[index]).collect();
            // The widest gives first, so that no column suffers for another.
            while excess > 0 {
                let flexible = (0..shown.len()).filter(|&slot| self.columns[shown[slot]].cut != Cut::Never);
                match flexible
                    .max_by_key(|&slot| widths[slot])
                    .filter(|&slot| widths[slot] > SHORTEST)
                {
                    Some(slot) => widths[slot] -= 1,
                    None => break,
                }
                excess -= 1;
            }
            let least = shown.iter().copied().filter(|&index| self.columns[index].priority > 0);
            match least.max_by_key(|&index| self.columns[index].priority) {
                Some(index) if excess > 0 => shown.retain(|&other| other != index),
                _ => return (shown, widths),
            }
        }
    }
}

/// A flexible column never gets narrower than this.
const SHORTEST: usize = 12;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Never,
    End,
    Middle,
}

/// One column: its header, and what gives when the window is narrow.
pub struct Column {
    header: &'static str,
    right: bool,
    cut: Cut,
    priority: u8,
}

impl Column {
    /// Ids, names, states: never shortened, never left out.
    pub fn new(header: &'static str) -> Self {
        Column {
            header,
            right: false,
            cut: Cut::Never,
            priority: 0,
        }
    }

    /// Numbers.
    pub fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// Prose: shortened at its end.
    pub fn prose(mut self) -> Self {
        self.cut = Cut::End;
        self
    }

    /// Paths: shortened in the middle.
    pub fn path(mut self) -> Self {
        self.cut = Cut::Middle;
        self
    }

    /// May vanish in a narrow window, the highest number first.
    pub fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }

    fn shorten(&self, cell: &str, width: usize, ellipsis: &str) -> String {
        let length = measure(cell);
        if length <= width || self.cut == Cut::Never {
            return cell.to_owned();
        }
        if self.cut == Cut::End {
            return console::truncate_str(cell, width, ellipsis).into_owned();
        }
        let plain = console::strip_ansi_codes(cell);
        let room = width.saturating_sub(measure(ellipsis));
        let head = console::truncate_str(&plain, room / 2, "");
        let mut tail = plain.as_ref();
        while measure(tail) > room - room / 2 {
            tail = tail.char_indices().nth(1).map_or("", |(at, _)| &tail[at..]);
        }
        format!("{head}{ellipsis}{tail}")
    }
}

/// How long ago, or until: `just now`, `3 min ago`, `in 2 h`; a date beyond seven days.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let distance = now.duration_since(at);
    let (length, past) = (distance.abs(), !distance.is_negative());
    if length < SignedDuration::from_secs(5) {
        return "just now".into();
    }
    if length > SignedDuration::from_hours(7 * 24) {
        return at.strftime("%Y-%m-%d").to_string();
    }
    let text = match length.as_secs() {
        secs @ ..60 => format!("{secs} s"),
        secs @ ..3600 => format!("{} min", secs / 60),
        secs @ ..86_400 => format!("{} h", secs / 3600),
        secs => format!("{} d", secs / 86_400),
    };
    if past {
        format!("{text} ago")
    } else {
        format!("in {text}")
    }
}

/// A measured length as people read it: `0.3 s`, `18.2 s`, `1 min 12 s`, `2 h 5 min`.
pub fn duration(seconds: f64) -> String {
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    match seconds.round() as u64 {
        secs @ ..3600 => format!("{} min {} s", secs / 60, secs % 60),
        secs => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(terminal: bool, width: usize) -> Look {
        Look {
            terminal,
            width,
            style: Style::PLAIN,
            now: "2026-01-10T12:00:00Z".parse().expect("a time"),
        }
    }

    fn sample(terminal: bool, width: usize) -> (String, usize) {
        let mut page = Page::new(look(terminal, width));
        let mut table = Table::new([
            Column::new("ID"),
            Column::new("COUNT").right(),
            Column::new("NOTE").prose(),
            Column::new("WHEN").priority(1),
        ]);
        let at = "2026-01-10T11:57:00Z".parse().expect("a time");
        table.row([
            "D-1".into(),
            "7".into(),
            "a rather long note\tin prose".into(),
            page.when(at),
        ]);
        table.row(["D-12".into(), "12345".into(), String::new(), page.when(at)]);
        page.table(&table);
        let hidden = page.hidden_columns();
        (page.into_text(), hidden)
    }

    #[test]
    fn a_terminal_gets_aligned_columns() {
        assert_eq!(
            sample(true, 80).0,
            "ID    COUNT  NOTE                          WHEN\n\
             D-1       7  a rather long note\\tin prose  3 min ago\n\
             D-12  12345                                3 min ago\n"
        );
    }

    #[test]
    fn a_narrow_terminal_shortens_prose_then_drops_columns_and_says_so() {
        assert_eq!(
            sample(true, 40).0,
            "ID    COUNT  NOTE              WHEN\n\
             D-1       7  a rather long n…  3 min ago\n\
             D-12  12345                    3 min ago\n"
        );
        assert_eq!(
            sample(true, 26),
            (
                "ID    COUNT  NOTE\nD-1       7  a rather lon…\nD-12  12345\n".to_owned(),
                1
            )
        );
    }

    #[test]
    fn a_pipe_gets_everything_between_tabs() {
        assert_eq!(
            sample(false, 20),
            (
                "D-1\t7\ta rather long note\\tin prose\t2026-01-10T11:57:00Z\n\
                 D-12\t12345\t\t2026-01-10T11:57:00Z\n"
                    .to_owned(),
                0
            )
        );
    }

    #[test]
    fn prose_breaks_at_spaces_and_stands_below_its_first_word() {
        let text = wrapped("note: ", "the quick brown fox  jumps over it", 22);
        assert_eq!(text, "note: the quick brown\n      fox  jumps over\n      it");
        assert_eq!(
            wrapped("", "averyveryverylongword and", 5),
            "averyveryverylongword\nand"
        );
        assert_eq!(wrapped("- ", "a b", usize::MAX), "- a b");
    }

    #[test]
    fn paths_keep_both_ends() {
        let column = Column::new("PATH").path();
        assert_eq!(
            column.shorten("/home/somebody/src/shop/pricing", 15, "…"),
            "/home/s…pricing"
        );
    }

    #[test]
    fn times_are_relative_for_a_week() {
        let now: Timestamp = "2026-01-10T12:00:00Z".parse().expect("a time");
        let ago = |seconds| relative(now - SignedDuration::from_secs(seconds), now);
        assert_eq!(ago(2), "just now");
        assert_eq!(ago(59), "59 s ago");
        assert_eq!(ago(3700), "1 h ago");
        assert_eq!(ago(6 * 86_400), "6 d ago");
        assert_eq!(ago(8 * 86_400), "2026-01-02");
        assert_eq!(ago(-7200), "in 2 h");
    }

    #[test]
    fn measured_lengths_keep_two_units() {
        let texts: Vec<String> = [0.04, 18.23, 59.99, 72.4, 7500.0].map(duration).to_vec();
        assert_eq!(texts, ["0.0 s", "18.2 s", "1 min 0 s", "1 min 12 s", "2 h 5 min"]);
    }
}
