//! Which answers are good, in words of status: `status < 500`, `status >= 200 and status < 300`, `status == 2xx`.
//!
//! Requests are counted by class of status (1xx to 5xx), so that only what keeps whole classes together can be answered
//! from the counts. What an expression means is found by asking it about every status there is.

use std::fmt;
use std::str::FromStr;

/// A set of classes of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classes([bool; 5]);

/// Why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It does not read; the text says why.
    Unreadable(String),
    /// It splits a class that is counted as one. `near` is an expression close to it that can be answered.
    Splits { class: u8, near: Option<String> },
    /// No status satisfies it.
    NeverGood,
}

/// What the objective of a web service means by good where it does not say: the service has not failed.
pub const DEFAULT: &str = "status < 500";

/// Statuses of HTTP that are counted by their class; what an app answers beyond them counts as the nearest class.
const STATUSES: std::ops::RangeInclusive<u16> = 100..=599;

/// Longer expressions are refused: nobody reads them.
const LONGEST: usize = 200;

/// Deeper parentheses are refused.
const DEEPEST: u8 = 8;

impl Classes {
    /// Whether the class 1 to 5 is in the set.
    pub fn has(self, class: usize) -> bool {
        (1..=5).contains(&class) && self.0[class - 1]
    }

    /// The sum of those of five counters that are in the set.
    pub fn sum(self, counters: &[u64; 5]) -> u64 {
        let chosen = self.0.iter().zip(counters).filter(|(good, _)| **good);
        chosen.fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }
}

impl FromStr for Classes {
    type Err = Unusable;

    fn from_str(text: &str) -> Result<Self, Unusable> {
        let expression = parse(text).map_err(Unusable::Unreadable)?;
        let mut good = [0u16; 5];
        for status in STATUSES {
            if expression.holds(status) {
                good[usize::from(status / 100) - 1] += 1;
            }
        }
        if let Some(split) = good.iter().position(|count| !matches!(count, 0 | 100)) {
            return Err(Unusable::Splits {
                class: split as u8 + 1,
                near: near(good),
            });
        }
        match good == [0; 5] {
            true => Err(Unusable::NeverGood),
            false => Ok(Classes(good.map(|count| count > 0))),
        }
    }
}

/// An answerable expression for one that splits classes: those that are mostly good are taken as good, unless that would
/// leave nothing bad or nothing good.
fn near(good: [u16; 5]) -> Option<String> {
    let rounded = |least: u16| good.map(|count| count >= least);
    [rounded(50), rounded(100), rounded(1)]
        .into_iter()
        .find(|set| set.contains(&true) && set.contains(&false))
        .map(|set| Classes(set).to_string())
}

/// The shortest expression for the set: `status < 500`.
impl fmt::Display for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for class in (1..=5).filter(|class| self.has(*class)) {
            match runs.last_mut() {
                Some((_, end)) if *end == class => *end = class + 1,
                _ => runs.push((class, class + 1)),
            }
        }
        let runs: Vec<String> = runs
            .into_iter()
            .map(|run| match run {
                (1, end) => format!("status < {end}00"),
                (start, 6) => format!("status >= {start}00"),
                (start, end) => format!("status >= {start}00 and status < {end}00"),
            })
            .collect();
        f.write_str(&runs.join(" or "))
    }
}

#[derive(Debug)]
enum Expression {
    /// `status` stands to the left.
    Compare(Comparison, u16),
    /// `status == 2xx`.
    Class(u16),
    Not(Box<Expression>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    Equal,
    Unequal,
    AtLeast,
    Greater,
}

impl Comparison {
    /// The same with its sides exchanged.
    fn mirrored(self) -> Self {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::AtMost => Comparison::AtLeast,
            Comparison::AtLeast => Comparison::AtMost,
            Comparison::Greater => Comparison::Less,
            same => same,
        }
    }
}

impl Expression {
    fn holds(&self, status: u16) -> bool {
        match self {
            Expression::Compare(Comparison::Less, limit) => status < *limit,
            Expression::Compare(Comparison::AtMost, limit) => status <= *limit,
            Expression::Compare(Comparison::Equal, limit) => status == *limit,
            Expression::Compare(Comparison::Unequal, limit) => status != *limit,
            Expression::Compare(Comparison::AtLeast, limit) => status >= *limit,
            Expression::Compare(Comparison::Greater, limit) => status > *limit,
            Expression::Class(class) => status / 100 == *class,
            Expression::Not(inner) => !inner.holds(status),
            Expression::And(all) => all.iter().all(|part| part.holds(status)),
            Expression::Or(any) => any.iter().any(|part| part.holds(status)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Status,
    Number(u16),
    /// `2xx`.
    Class(u16),
    Compare(Comparison),
    And,
    Or,
    Open,
    Close,
}

fn parse(text: &str) -> Result<Expression, String> {
    if text.len() > LONGEST {
        return Err(format!("longer than {LONGEST} characters"));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0 };
    let expression = parser.any(0)?;
    match parser.next() {
        None => Ok(expression),
        Some(_) => Err("`and` or `or` is missing between two conditions".into()),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            c if c.is_ascii_alphanumeric() => rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len()),
            '<' | '>' | '=' | '!' => 1 + usize::from(rest[1..].starts_with('=')),
            '&' | '|' => 1 + usize::from(rest[1..].starts_with(first)),
            c => c.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        found.push(token(word)?);
        rest = after.trim_start();
    }
    Ok(found)
}

fn token(word: &str) -> Result<Token, String> {
    let compare = |comparison| Ok(Token::Compare(comparison));
    match word.to_ascii_lowercase().as_str() {
        "status" => Ok(Token::Status),
        "and" | "&&" => Ok(Token::And),
        "or" | "||" => Ok(Token::Or),
        "(" => Ok(Token::Open),
        ")" => Ok(Token::Close),
        "<" => compare(Comparison::Less),
        "<=" => compare(Comparison::AtMost),
        "=" | "==" => compare(Comparison::Equal),
        "!=" => compare(Comparison::Unequal),
        ">=" => compare(Comparison::AtLeast),
        ">" => compare(Comparison::Greater),
        class if class.len() == 3 && class.ends_with("xx") && matches!(class.as_bytes()[0], b'1'..=b'5') => {
            Ok(Token::Class(u16::from(class.as_bytes()[0] - b'0')))
        }
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => match number.parse() {
            Ok(number @ 0..=999) => Ok(Token::Number(number)),
            _ => Err(format!("{number} is no status")),
        },
        _ => Err(format!("`{}` is not understood", word.escape_debug())),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn take(&mut self, wanted: Token) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    /// Conditions between `or`, which binds less than `and`.
    fn any(&mut self, depth: u8) -> Result<Expression, String> {
        let mut parts = vec![self.all(depth)?];
        while self.take(Token::Or) {
            parts.push(self.all(depth)?);
        }
        Ok(Expression::Or(parts))
    }

    fn all(&mut self, depth: u8) -> Result<Expression, String> {
        let mut parts = vec![self.condition(depth)?];
        while self.take(Token::And) {
            parts.push(self.condition(depth)?);
        }
        Ok(Expression::And(parts))
    }

    fn condition(&mut self, depth: u8) -> Result<Expression, String> {
        if depth >= DEEPEST {
            return Err(format!("more than {DEEPEST} parentheses in each other"));
        }
        match self.next() {
            Some(Token::Open) => {
                let inner = self.any(depth + 1)?;
                match self.take(Token::Close) {
                    true => Ok(inner),
                    false => Err("`)` is missing".into()),
                }
            }
            Some(Token::Status) => {
                let comparison = self.comparison()?;
                self.operand(comparison)
            }
            Some(Token::Number(number)) => self.number_first(number),
            _ => Err("a condition such as `status < 500` is missing".into()),
        }
    }

    /// `200 <= status`, and perhaps `< 300`.
    fn number_first(&mut self, number: u16) -> Result<Expression, String> {
        let comparison = self.comparison()?.mirrored();
        if !self.take(Token::Status) {
            return Err("a condition compares `status` with a number".into());
        }
        let first = Expression::Compare(comparison, number);
        if !matches!(self.peek(), Some(Token::Compare(_))) {
            return Ok(first);
        }
        let comparison = self.comparison()?;
        Ok(Expression::And(vec![first, self.operand(comparison)?]))
    }

    fn comparison(&mut self) -> Result<Comparison, String> {
        match self.next() {
            Some(Token::Compare(comparison)) => Ok(comparison),
            _ => Err("one of `<`, `<=`, `==`, `!=`, `>=`, `>` is missing".into()),
        }
    }

    fn operand(&mut self, comparison: Comparison) -> Result<Expression, String> {
        match (self.next(), comparison) {
            (Some(Token::Number(number)), _) => Ok(Expression::Compare(comparison, number)),
            (Some(Token::Class(class)), Comparison::Equal) => Ok(Expression::Class(class)),
            (Some(Token::Class(class)), Comparison::Unequal) => Ok(Expression::Not(Box::new(Expression::Class(class)))),
            (Some(Token::Class(class)), _) => Err(format!("compare with {class}00, or write `== {class}xx`")),
            _ => Err("a status such as 500 is missing".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, prop_assert_eq, prop_oneof, proptest};

    use super::*;

    fn read(text: &str) -> Result<String, Unusable> {
        text.parse::<Classes>().map(|classes| classes.to_string())
    }

    #[test]
    fn expressions_over_whole_classes_are_exact() {
        for (text, canonical) in [
            ("status < 500", "status < 500"),
            ("status<=499", "status < 500"),
            ("500 > status", "status < 500"),
            ("status != 5xx", "status < 500"),
            ("STATUS < 400", "status < 400"),
            ("status >= 200 and status < 300", "status >= 200 and status < 300"),
            ("200 <= status < 300", "status >= 200 and status < 300"),
            ("status == 2xx or status == 3xx", "status >= 200 and status < 400"),
            (
                "status = 2xx || (status >= 500 && status < 600)",
                "status >= 200 and status < 300 or status >= 500",
            ),
            ("status < 600", "status < 600"),
            ("status < 200 or status > 499", "status < 200 or status >= 500"),
        ] {
            assert_eq!(read(text), Ok(canonical.to_owned()), "{text}");
        }
        let good: Classes = DEFAULT.parse().expect("the default");
        assert_eq!(good.sum(&[1, 10, 100, 1000, 10_000]), 1111);
        assert!(good.has(4) && !good.has(5) && !good.has(0) && !good.has(6));
    }

    #[test]
    fn what_splits_a_class_is_told_with_what_can_be_answered_instead() {
        let splits = |class, near: &str| {
            Err(Unusable::Splits {
                class,
                near: Some(near.to_owned()),
            })
        };
        assert_eq!(read("status != 404"), splits(4, "status < 400 or status >= 500"));
        assert_eq!(read("status < 500 and status != 404"), splits(4, "status < 500"));
        assert_eq!(read("status <= 500"), splits(5, "status < 500"));
        assert_eq!(read("status == 200"), splits(2, "status >= 200 and status < 300"));
        assert_eq!(read("status < 100"), Err(Unusable::NeverGood));
        assert_eq!(read("status == 2xx and status == 3xx"), Err(Unusable::NeverGood));
    }

    #[test]
    fn what_does_not_read_says_why() {
        for (text, why) in [
            ("", "a condition such as `status < 500` is missing"),
            ("status", "one of `<`, `<=`, `==`, `!=`, `>=`, `>` is missing"),
            ("status <", "a status such as 500 is missing"),
            ("status < 5000", "5000 is no status"),
            ("status < -1", "`-` is not understood"),
            ("code < 500", "`code` is not understood"),
            (
                "status < 500 status < 400",
                "`and` or `or` is missing between two conditions",
            ),
            ("(status < 500", "`)` is missing"),
            ("status < 5xx", "compare with 500, or write `== 5xx`"),
            ("200 <= 300", "a condition compares `status` with a number"),
            ("status < \u{1b}[2J", "`\\u{1b}` is not understood"),
            (
                "((((((((((status < 500))))))))))",
                "more than 8 parentheses in each other",
            ),
        ] {
            assert_eq!(read(text), Err(Unusable::Unreadable(why.to_owned())), "{text}");
        }
        assert_eq!(
            read(&" ".repeat(300)),
            Err(Unusable::Unreadable("longer than 200 characters".into()))
        );
    }

    fn like_an_expression() -> impl Strategy<Value = String> {
        let words = [
            "status",
            "<",
            "<=",
            "==",
            "!=",
            ">=",
            ">",
            "=",
            "!",
            "and",
            "or",
            "&",
            "&&",
            "|",
            "(",
            ")",
            "100",
            "500",
            "2xx",
            "9xx",
            "xx",
            " ",
            "é",
            "0",
            "99999999999999999999",
        ];
        proptest::collection::vec(prop_oneof![proptest::sample::select(words.to_vec()), Just(" ")], 0..40)
            .prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn what_reads_is_printed_so_that_it_reads_as_the_same(text in like_an_expression()) {
            if let Ok(classes) = text.parse::<Classes>() {
                prop_assert_eq!(classes.to_string().parse::<Classes>(), Ok(classes));
            }
        }
    }
}
