//! Lines of shell, as far as it takes to know what they call.

/// One call in a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The program and its arguments, without variables that are set for it.
    pub words: Vec<String>,
    /// From 1, within the script.
    pub line: usize,
    /// What follows is done if this fails, so that its failure is none: `cargo test || true`.
    pub forgiven: bool,
}

/// Calls of one script at most; more is no script that anybody reads.
const MAX_CALLS: usize = 2_000;

/// The calls of a script, in order. Quotes, comments, continued lines and the operators between calls are understood;
/// what loops and functions do with them is not.
pub fn calls(script: &str) -> Vec<Call> {
    let mut reader = Reader::default();
    let mut letters = script.chars().peekable();
    while let Some(c) = letters.next() {
        if reader.calls.len() >= MAX_CALLS {
            return reader.calls;
        }
        match (reader.quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => reader.quote = None,
            (Some('"') | None, '\\') => match letters.next() {
                Some('\n') => reader.line += 1,
                Some(next) => reader.push(next),
                None => {}
            },
            (Some(_), c) => reader.push(c),
            (None, '\'' | '"') => {
                reader.quote = Some(c);
                reader.word.get_or_insert_default();
            }
            (None, '#') if reader.word.is_none() => while letters.next_if(|next| *next != '\n').is_some() {},
            (None, '|') if letters.next_if_eq(&'|').is_some() => reader.end(true),
            (None, '&') if letters.next_if_eq(&'&').is_some() => reader.end(false),
            (None, '\n') => {
                reader.end(false);
                reader.line += 1;
            }
            (None, ';' | '|' | '&' | '(' | ')') => reader.end(false),
            (None, c) if c.is_whitespace() => reader.end_word(),
            (None, c) => reader.push(c),
        }
    }
    reader.end(false);
    reader.calls
}

struct Reader {
    calls: Vec<Call>,
    words: Vec<String>,
    word: Option<String>,
    quote: Option<char>,
    line: usize,
    begun: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Reader {
            calls: Vec::new(),
            words: Vec::new(),
            word: None,
            quote: None,
            line: 1,
            begun: 1,
        }
    }
}

impl Reader {
    fn push(&mut self, c: char) {
        if self.words.is_empty() && self.word.is_none() {
            self.begun = self.line;
        }
        if c == '\n' {
            self.line += 1;
        }
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end(&mut self, forgiven: bool) {
        self.end_word();
        let words = std::mem::take(&mut self.words);
        let words: Vec<String> = words.into_iter().skip_while(|word| is_prefix(word)).collect();
        if !words.is_empty() {
            self.calls.push(Call {
                words,
                line: self.begun,
                forgiven,
            });
        }
    }
}

/// What may stand before a program: variables, words of the shell, programs that only run another.
fn is_prefix(word: &str) -> bool {
    const BEFORE: [&str; 12] = [
        "then", "do", "else", "if", "!", "{", "time", "sudo", "exec", "xvfb-run", "nice", "command",
    ];
    let variable = word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
    });
    variable || BEFORE.contains(&word)
}

/// Whether a call runs tests, as far as its words say. `cargo test`, `npm run test:unit`, `pytest -q`, `make check`,
/// `./run-tests.sh`.
pub fn is_test(words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((program, rest)) = words.split_first() else {
        return false;
    };
    let name = program.rsplit('/').next().unwrap_or(program);
    let first = rest.iter().copied().find(|word| !word.starts_with(['-', '+']));
    let named = |word: &str| says_test(word) || matches!(word, "check" | "verify" | "ci" | "spec");
    match name {
        "cargo" => matches!(first, Some("test" | "t" | "nextest" | "llvm-cov" | "tarpaulin")),
        "npm" | "pnpm" | "yarn" | "bun" => match first {
            Some("t" | "tst") => true,
            Some("run" | "run-script" | "exec" | "dlx") => rest
                .iter()
                .skip_while(|word| **word != first.unwrap_or(""))
                .skip(1)
                .any(|word| named(word)),
            // `npm ci` installs.
            Some(word) => says_test(word),
            None => false,
        },
        "npx" | "bunx" | "uvx" | "pipx" => rest.iter().any(|word| RUNNERS.contains(word) || named(word)),
        "poetry" | "uv" | "pipenv" | "hatch" | "pdm" | "rye" | "bundle" | "mise" | "devbox" => {
            let inner: Vec<String> = rest.iter().skip(1).map(|word| (*word).to_owned()).collect();
            matches!(first, Some(word) if named(word)) || is_test(&inner)
        }
        "node" | "deno" => rest.contains(&"--test") || first == Some("test") || first.is_some_and(runs_tests),
        "coverage" => rest.iter().any(|word| RUNNERS.contains(word) || runs_tests(word)),
        "go" | "dotnet" | "mix" | "bazel" | "bazelisk" | "sbt" | "lein" | "stack" | "cabal" | "swift" | "flutter"
        | "dart" | "zig" | "gleam" | "deliver" => first.is_some_and(named),
        "make" | "gmake" | "just" | "task" | "rake" | "invoke" | "inv" | "mage" | "gradle" | "gradlew" | "mvn"
        | "mvnw" | "composer" | "ninja" | "meson" | "nox" | "earthly" | "dagger" | "turbo" | "nx" | "lerna" => {
            name == "nox" || rest.iter().any(|word| !word.starts_with('-') && named(word))
        }
        "docker" | "podman" => rest.iter().any(|word| says_test(word)),
        name if is_python(name) => match rest.iter().position(|word| *word == "-m") {
            Some(at) => rest.get(at + 1).is_some_and(|module| RUNNERS.contains(module)),
            None => {
                first.is_some_and(runs_tests)
                    || (first.is_some_and(|file| file.ends_with("manage.py")) && rest.contains(&"test"))
            }
        },
        "sh" | "bash" | "ruby" | "php" | "perl" => first.is_some_and(runs_tests),
        name => RUNNERS.contains(&name) || (program.contains('/') && runs_tests(program)),
    }
}

/// Programs that do nothing but run tests.
const RUNNERS: [&str; 24] = [
    "pytest",
    "py.test",
    "unittest",
    "nose2",
    "tox",
    "behave",
    "jest",
    "vitest",
    "mocha",
    "ava",
    "tap",
    "playwright",
    "cypress",
    "rspec",
    "minitest",
    "phpunit",
    "pest",
    "ctest",
    "bats",
    "shellspec",
    "gotestsum",
    "ginkgo",
    "karma",
    "cucumber",
];

pub fn is_python(name: &str) -> bool {
    let version = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    version.is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Whether one of the words that a name is made of is `test`.
fn says_test(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| matches!(part.to_ascii_lowercase().as_str(), "test" | "tests" | "testing"))
}

/// Whether a script runs tests by its path: it is in a folder of tests, or called that or `check`.
fn runs_tests(path: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or(path);
    says_test(path)
        || stem
            .split(['.', '-', '_'])
            .any(|part| part.eq_ignore_ascii_case("check"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn calls_are_told_apart() {
        let script = "A=1 cargo test --locked \\\n  -q && echo 'a; b' # done\nmake check || true\n( cd x; ./t.sh )\n";
        let found: Vec<(Vec<String>, usize, bool)> = calls(script)
            .into_iter()
            .map(|call| (call.words, call.line, call.forgiven))
            .collect();
        assert_eq!(
            found,
            [
                (words("cargo test --locked -q"), 1, false),
                (vec!["echo".into(), "a; b".into()], 2, false),
                (words("make check"), 3, true),
                (words("true"), 3, false),
                (words("cd x"), 4, false),
                (words("./t.sh"), 4, false),
            ]
        );
    }

    #[test]
    fn what_runs_tests_is_known_and_what_does_not_is_not() {
        for yes in [
            "cargo test",
            "cargo +nightly nextest run",
            "npm test",
            "npm run test:unit",
            "yarn test",
            "pnpm -r test",
            "pytest -q",
            "python3 -m unittest",
            "python3.12 -m pytest",
            "python3 tests/check.py",
            "go test ./...",
            "make check",
            "./run-tests.sh",
            "poetry run pytest",
            "bundle exec rspec",
            "npx vitest run",
            "node --test",
            "uv run pytest",
            "mvn -B verify",
            "./gradlew test",
            "bash scripts/test.sh",
            "dotnet test",
            "tox",
            "docker compose run test",
            "just ci",
        ] {
            assert!(is_test(&words(yes)), "{yes}");
        }
        for no in [
            "cargo build",
            "npm ci",
            "npm run build",
            "npm install",
            "echo test",
            "make",
            "go build ./...",
            "python3 app.py",
            "pip install pytest",
            "deliver deploy production",
            "git checkout",
            "node main.js",
            "latest",
            "docker build .",
            "npm run contest-winner",
        ] {
            assert!(!is_test(&words(no)), "{no}");
        }
    }

    proptest! {
        #[test]
        fn no_script_makes_it_panic(script in "[ -~\\n\\\\'\"#|&;()äö]{0,200}") {
            let lines = script.matches('\n').count() + 1;
            for call in calls(&script) {
                prop_assert!(!call.words.is_empty() && call.line >= 1 && call.line <= lines);
                is_test(&call.words);
            }
        }
    }
}
