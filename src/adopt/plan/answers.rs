//! What people said, and what is left to ask them.

use crate::model::name;

/// What people said, by flag or when they were asked. Empty text for `build` or `release` means: none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    pub name: Option<String>,
    pub team: Option<String>,
    pub tier: Option<u8>,
    pub description: Option<String>,
    pub build: Option<String>,
    pub include: Vec<String>,
    pub context: Option<String>,
    pub run: Option<String>,
    pub static_folder: Option<String>,
    pub processes: Vec<(String, String)>,
    pub port: Option<u16>,
    pub listen: Option<Listen>,
    pub health: Option<String>,
    pub health_host: Option<String>,
    pub volumes: Vec<String>,
    pub env: Vec<(String, String)>,
    pub release: Option<String>,
    pub main: Option<String>,
    pub role: Option<Role>,
    /// Questions whose proposal was taken as it stands.
    pub confirmed: Vec<Ask>,
    /// Run the Dockerfile even where the app could be started without it.
    pub container: bool,
}

/// Which port the app opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listen {
    /// The one in the variable `PORT`.
    Variable,
    /// Always this one.
    Fixed(u16),
}

/// Whether the start command takes traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Web,
    Worker,
}

/// Something that only a person can say.
#[derive(Clone, Debug, PartialEq, Eq, schemars::JsonSchema, serde::Serialize)]
pub struct Question {
    #[serde(skip)]
    pub ask: Ask,
    pub text: String,
    /// The flag that answers it, with its value's form.
    pub flag: &'static str,
    /// What `--yes` takes; `None`: it must be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<String>,
    /// Empty: any text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Name,
    Run,
    Main,
    Listen,
    Role,
}

impl Answers {
    /// Takes the answer to a question; says what is wrong with it.
    pub fn take(&mut self, question: &Question, text: &str) -> Result<(), String> {
        if question.proposal.as_deref() == Some(text) {
            self.confirmed.push(question.ask);
            return Ok(());
        }
        match question.ask {
            Ask::Name => {
                name::check(text)?;
                self.name = Some(text.to_owned());
            }
            Ask::Run if text.trim().is_empty() => return Err("a command is needed".into()),
            Ask::Run => self.run = Some(text.to_owned()),
            Ask::Main => self.main = Some(text.to_owned()),
            Ask::Listen => self.listen = Some(text.parse()?),
            Ask::Role => self.role = Some(text.parse()?),
        }
        Ok(())
    }
}

impl std::str::FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "PORT" | "$PORT" => Ok(Listen::Variable),
            number => match number.parse() {
                Ok(port) if port > 0 => Ok(Listen::Fixed(port)),
                _ => Err("write a port from 1 to 65535, or PORT where the app reads that variable".into()),
            },
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "web" => Ok(Role::Web),
            "worker" => Ok(Role::Worker),
            _ => Err("write web or worker".into()),
        }
    }
}
