//! Markdown: headings, the code between fences, and how much is written below each heading.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A page, as far as checks ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub sections: Vec<Section>,
}

/// A heading and what follows it up to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// 1 to 6; 0 for what comes before the first heading.
    pub depth: u8,
    pub title: String,
    /// What a link to the heading is called, as code hosts make it.
    pub anchor: String,
    /// From 1.
    pub line: usize,
    /// Words below the heading, code aside.
    pub words: usize,
    /// Its text was put there to be replaced.
    pub placeholder: bool,
    pub blocks: Vec<Block>,
}

/// Code between fences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The first word after the opening fence, in lower case.
    pub language: String,
    pub code: String,
    /// Of the first line of the code, from 1.
    pub line: usize,
}

impl Block {
    /// Whether the code is meant for a shell; a fence without a word is taken for that too.
    pub fn is_shell(&self) -> bool {
        matches!(
            self.language.as_str(),
            "" | "sh" | "bash" | "shell" | "zsh" | "console" | "shell-session" | "shellsession" | "terminal"
        )
    }
}

impl Page {
    /// A section and those that are deeper below it.
    pub fn with_inner(&self, index: usize) -> &[Section] {
        let depth = self.sections[index].depth;
        let inner = self.sections[index + 1..]
            .iter()
            .take_while(|section| section.depth > depth);
        &self.sections[index..=index + inner.count()]
    }

    pub fn has_anchor(&self, anchor: &str) -> bool {
        self.sections
            .iter()
            .any(|section| section.depth > 0 && section.anchor == anchor)
    }
}

/// Reads a page.
pub fn read(text: &str) -> Page {
    let mut sections = vec![Section {
        line: 1,
        ..Section::default()
    }];
    let mut lines = Lines::of(text);
    let (mut heading, mut block) = (None::<Section>, None::<Block>);
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                heading = Some(Section {
                    depth: depth(level),
                    line: lines.at(range.start),
                    ..Section::default()
                });
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some(mut section) = heading.take() {
                    section.anchor = unique(&anchor(&section.title), &sections);
                    sections.push(section);
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = info.split([' ', ',', '{']).next().unwrap_or_default().to_lowercase();
                let line = lines.at(range.start) + 1;
                block = Some(Block {
                    language,
                    line,
                    code: String::new(),
                });
            }
            Event::End(TagEnd::CodeBlock) => {
                if let (Some(block), Some(section)) = (block.take(), sections.last_mut()) {
                    section.blocks.push(block);
                }
            }
            Event::Text(words) | Event::Code(words) => match (&mut heading, &mut block) {
                (Some(section), _) => section.title.push_str(&words),
                (None, Some(block)) => block.code.push_str(&words),
                (None, None) => {
                    if let Some(section) = sections.last_mut() {
                        section.words += words.split_whitespace().count();
                        section.placeholder |= says_placeholder(&words);
                    }
                }
            },
            _ => {}
        }
    }
    Page { sections }
}

/// Text that was put there to be replaced says so with a word in capitals.
fn says_placeholder(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|word| matches!(word, "TODO" | "FIXME" | "TBD" | "XXX"))
}

/// Lines of offsets that only grow, without walking the text for each.
struct Lines<'a> {
    text: &'a str,
    seen: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Lines { text, seen: 0, line: 1 }
    }

    fn at(&mut self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let offset = offset.min(bytes.len());
        if offset > self.seen {
            self.line += bytes[self.seen..offset].iter().filter(|byte| **byte == b'\n').count();
            self.seen = offset;
        }
        self.line
    }
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Lower case, spaces as `-`, no punctuation: what code hosts make of a heading.
fn anchor(title: &str) -> String {
    let letters = title.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        _ => None,
    });
    letters.flat_map(char::to_lowercase).collect()
}

/// A second heading of the same name gets `-1`, the third `-2`.
fn unique(anchor: &str, sections: &[Section]) -> String {
    let same = sections.iter().filter(|section| {
        let rest = section.anchor.strip_prefix(anchor);
        rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('-').is_some_and(|n| n.parse::<u32>().is_ok()))
    });
    match same.count() {
        0 => anchor.to_owned(),
        n => format!("{anchor}-{n}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn headings_code_and_words_are_told_apart() {
        let page = read(
            "intro\n\n# A `b` & c!\n\nTwo words TODO\n\n```sh\n# no heading\nmake\n```\n\nSetext\n---\n\n## A b  c\n",
        );
        let shown: Vec<(u8, &str, &str, usize, usize, bool)> = page
            .sections
            .iter()
            .map(|it| {
                (
                    it.depth,
                    it.title.as_str(),
                    it.anchor.as_str(),
                    it.line,
                    it.words,
                    it.placeholder,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (0, "", "", 1, 1, false),
                (1, "A b & c!", "a-b--c", 3, 3, true),
                (2, "Setext", "setext", 12, 0, false),
                (2, "A b  c", "a-b--c-1", 15, 0, false),
            ]
        );
        assert_eq!(
            page.sections[1].blocks,
            [Block {
                language: "sh".into(),
                code: "# no heading\nmake\n".into(),
                line: 8
            }]
        );
        assert_eq!(page.with_inner(1).len(), 3);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(#{1,7} |```|~~~|\\n|> |- |\\||[a-zé`*_\\[\\]()<>&]){0,80}") {
            for section in read(&text).sections {
                prop_assert!(section.line >= 1 && section.line <= text.matches('\n').count() + 1);
            }
        }
    }
}
