//! SQL: which tables there are and which of their columns are about people, and changes that the release before does not
//! survive.

/// A table that a file of the service creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFound {
    pub name: String,
    pub path: String,
    pub line: usize,
    /// Columns that are about people by their names.
    pub personal: Vec<String>,
}

/// A statement that takes something away which the release before may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hazard {
    pub path: String,
    pub line: usize,
    /// `drops a table`.
    pub what: &'static str,
}

/// Statements of one file that are looked at.
const MAX_STATEMENTS: usize = 5_000;

/// Words of a column's name that say that it is about somebody.
const PERSONAL: [&str; 30] = [
    "email",
    "mail",
    "phone",
    "mobile",
    "firstname",
    "lastname",
    "surname",
    "fullname",
    "birth",
    "birthday",
    "birthdate",
    "dob",
    "address",
    "street",
    "postcode",
    "zipcode",
    "zip",
    "city",
    "gender",
    "ssn",
    "passport",
    "iban",
    "ip",
    "latitude",
    "longitude",
    "salary",
    "religion",
    "nationality",
    "username",
    "password",
];

/// Tables that a text creates.
pub fn tables(path: &str, text: &str) -> Vec<TableFound> {
    let mut found = Vec::new();
    for (line, words) in statements(text) {
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let Some(at) = lower
            .iter()
            .position(|word| word == "table")
            .filter(|_| lower.first().is_some_and(|it| it == "create"))
        else {
            continue;
        };
        let mut rest = words[at + 1..].iter().zip(&lower[at + 1..]);
        let name = rest
            .find(|(_, word)| !matches!(word.as_str(), "if" | "not" | "exists"))
            .map(|(name, _)| name);
        let Some(name) = name else { continue };
        // A column's name follows the opening bracket or a comma.
        let columns = words
            .windows(2)
            .filter(|pair| matches!(pair[0].as_str(), "(" | ","))
            .map(|pair| bare(&pair[1]));
        let mut personal: Vec<String> = columns.filter(|name| is_personal(name)).collect();
        personal.dedup();
        found.push(TableFound {
            name: bare(name),
            path: path.to_owned(),
            line,
            personal,
        });
    }
    found
}

/// Changes in a migration that rolling back the release does not undo.
pub fn hazards(path: &str, text: &str) -> Vec<Hazard> {
    let mut found = Vec::new();
    let down = text.lines().position(|line| {
        let line = line.trim().to_lowercase();
        line.starts_with("--")
            && ["migrate:down", "+goose down", "+migrate down", "rollback"]
                .iter()
                .any(|mark| line.contains(mark))
    });
    for (line, words) in statements(text) {
        // What undoes a migration takes away what it made.
        if down.is_some_and(|down| line > down) {
            break;
        }
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let has = |pair: [&str; 2]| lower.windows(2).any(|two| two[0] == pair[0] && two[1] == pair[1]);
        let alters = lower.first().is_some_and(|word| word == "alter");
        let what = match lower.first().map(String::as_str) {
            Some("drop") if has(["drop", "table"]) => Some("drops a table"),
            Some("drop") if has(["drop", "view"]) => Some("drops a view"),
            Some("alter") if has(["drop", "column"]) => Some("drops a column"),
            Some("alter") if has(["rename", "column"]) || (alters && has(["rename", "to"])) => {
                Some("renames what is in use")
            }
            Some("alter") if has(["set", "not"]) => Some("makes a column required"),
            Some("alter") if lower.iter().any(|word| word == "type") && has(["alter", "column"]) => {
                Some("changes a column's type")
            }
            Some("truncate") => Some("empties a table"),
            _ => None,
        };
        found.extend(what.map(|what| Hazard {
            path: path.to_owned(),
            line,
            what,
        }));
    }
    found
}

/// A name without its schema and quotes.
fn bare(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.trim_matches(['"', '`', '[', ']', '\'']).to_lowercase()
}

fn is_personal(column: &str) -> bool {
    let joined = column.replace('_', "");
    let words: Vec<&str> = column.split('_').collect();
    PERSONAL.iter().any(|word| joined == *word || words.contains(word))
}

/// The words of each statement with the line it begins in; brackets and commas are words of their own, comments and
/// texts are none.
fn statements(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let (mut words, mut word) = (Vec::new(), String::new());
    let (mut line, mut begun) = (1, 1);
    let mut letters = text.chars().peekable();
    let end_word = |word: &mut String, words: &mut Vec<String>| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    while let Some(c) = letters.next() {
        if words.is_empty() && word.is_empty() {
            begun = line;
        }
        line += usize::from(c == '\n');
        match c {
            '-' if letters.peek() == Some(&'-') => {
                end_word(&mut word, &mut words);
                while letters.next_if(|next| *next != '\n').is_some() {}
            }
            '/' if letters.peek() == Some(&'*') => {
                let mut before = ' ';
                for inner in letters.by_ref().skip(1) {
                    line += usize::from(inner == '\n');
                    if before == '*' && inner == '/' {
                        break;
                    }
                    before = inner;
                }
            }
            '\'' => {
                for inner in letters.by_ref() {
                    line += usize::from(inner == '\n');
                    if inner == '\'' {
                        break;
                    }
                }
            }
            ';' => {
                end_word(&mut word, &mut words);
                if !words.is_empty() {
                    found.push((begun, std::mem::take(&mut words)));
                }
                if found.len() >= MAX_STATEMENTS {
                    return found;
                }
            }
            '(' | ')' | ',' => {
                end_word(&mut word, &mut words);
                words.push(c.to_string());
            }
            c if c.is_whitespace() => end_word(&mut word, &mut words),
            c => word.push(c),
        }
    }
    end_word(&mut word, &mut words);
    if !words.is_empty() {
        found.push((begun, words));
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tables_and_their_personal_columns_are_found() {
        let text = "-- people\nCREATE TABLE IF NOT EXISTS shop.\"Customer\" (\n  id bigint, -- email\n  e_mail text, email_address text,\n\
                    full_name text, zipped blob\n);\ncreate index x on y (email);\n";
        assert_eq!(
            tables("db/1.sql", text),
            [TableFound {
                name: "customer".into(),
                path: "db/1.sql".into(),
                line: 2,
                personal: vec!["e_mail".into(), "email_address".into(), "full_name".into()],
            }]
        );
    }

    #[test]
    fn what_takes_away_is_found_up_to_what_undoes_it() {
        let text = "alter table a add column b text;\nALTER TABLE a\n  DROP COLUMN c;\n/* drop table x; */ select 'drop table y;';\n\
                    alter table a rename to b;\n-- migrate:down\ndrop table a;\n";
        let found: Vec<(usize, &str)> = hazards("1.sql", text).iter().map(|it| (it.line, it.what)).collect();
        assert_eq!(found, [(2, "drops a column"), (5, "renames what is in use")]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(create table |alter |drop column |--|/\\*|\\*/|'|;|\\(|,|[a-zé_.\"\\n ]){0,80}") {
            tables("x", &text);
            for hazard in hazards("x", &text) {
                prop_assert!(hazard.line <= text.matches('\n').count() + 1);
            }
        }
    }
}
