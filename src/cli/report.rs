//! An answer: one value that is a JSON document and a page of text alike.

use serde::Serialize;

use super::page::Page;

/// What a command found or did. Both looks are made from the same value, so that they cannot disagree.
pub trait Report: Serialize {
    /// The kind in `deliver/KIND/v1`; listed in `docs/json.md`. Fields are only ever added.
    const SCHEMA: &'static str;

    /// The text a person reads. Every line ends up on standard output.
    fn render(&self, page: &mut Page);
}

/// The document: `schema` first, then the report's own fields.
#[derive(Serialize)]
struct Document<'a, R: Serialize> {
    schema: String,
    #[serde(flatten)]
    report: &'a R,
}

/// The JSON document of `report`, one value, ending with a newline.
pub fn document<R: Report>(report: &R) -> Result<String, serde_json::Error> {
    let document = Document {
        schema: format!("deliver/{}/v1", R::SCHEMA),
        report,
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
