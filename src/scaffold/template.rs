//! What a template is: files with a policy each, and a few words about them.

use std::borrow::Cow;
use std::path::PathBuf;

use serde::Serialize;

/// Whose a file is once it is written, which decides what an update of the template does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The template's: an update replaces it.
    Managed,
    /// Shared: an update is merged into it.
    Merged,
    /// The person's from the first moment: no update touches it.
    Once,
}

impl Policy {
    pub fn word(self) -> &'static str {
        match self {
            Policy::Managed => "managed",
            Policy::Merged => "merged",
            Policy::Once => "once",
        }
    }
}

/// One file of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFile {
    /// Where it goes, relative to the new folder, with `/`; may hold `<< name >>`.
    pub path: Cow<'static, str>,
    pub policy: Policy,
    /// Rendered when it is a template, copied as it is otherwise.
    pub source: Source,
    pub executable: bool,
}

/// What a file is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Template(Cow<'static, str>),
    Raw(Cow<'static, [u8]>),
}

impl Source {
    fn bytes(&self) -> &[u8] {
        match self {
            Source::Template(text) => text.as_bytes(),
            Source::Raw(bytes) => bytes,
        }
    }
}

/// Where a template came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    BuiltIn,
    Folder(PathBuf),
}

/// A template, complete in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub name: Cow<'static, str>,
    pub version: Cow<'static, str>,
    /// One line for lists.
    pub description: Cow<'static, str>,
    /// What a service made from it is said to be when nobody says more.
    pub proposal: Cow<'static, str>,
    /// The program that what it makes needs on this machine, such as `python3`.
    pub runtime: Option<Cow<'static, str>>,
    /// Names that the language's tools do not take.
    pub reserved: Cow<'static, [&'static str]>,
    pub files: Cow<'static, [TemplateFile]>,
    pub origin: Origin,
}

impl Template {
    /// A hash over everything that decides what the template makes: BLAKE3, in hex.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for file in self.files.iter() {
            let head = format!("{}\0{}\0{}\0", file.path, file.policy.word(), file.executable);
            hasher.update(head.as_bytes());
            hasher.update(&(file.source.bytes().len() as u64).to_le_bytes());
            hasher.update(file.source.bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// `built in`, or the folder.
    pub fn place(&self) -> String {
        match &self.origin {
            Origin::BuiltIn => "built in".to_owned(),
            Origin::Folder(folder) => folder.display().to_string(),
        }
    }
}
