//! PRV: what it keeps about people.

use super::{count, some};
use crate::config::platform::Level;
use crate::readiness::check::{Check, Finding, Judged, Need, Spot};
use crate::readiness::fact::Facts;
use crate::readiness::read::is_placeholder;
use crate::readiness::read::sql::TableFound;

pub const INVENTORY: Check = Check {
    id: "PRV-1",
    title: "what it keeps about people is written down",
    level: Level::Silver,
    why: "nobody can delete, export or protect what nobody knows of",
    how: "each table that SQL of the service creates with columns about people has a `[[data]]` of its name in deliver.toml that names \
          those columns, with a purpose that is no placeholder",
    needs: &[Need::Entry, Need::Tables],
    impact: 3,
    effort: 2,
    waivable: true,
    fix: "add `[[data]]` with name, personal, purpose and retention to deliver.toml",
    judge: inventory,
};

fn inventory(facts: &Facts) -> Judged {
    let data = &facts.entry.data;
    let tables = facts.tables.get()?;
    let file = &facts.entry.file;
    if let Some(item) = data.iter().find(|item| is_placeholder(&item.purpose)) {
        return Ok(
            Finding::fail(format!("the purpose of `{}` is a placeholder", item.name), file).at(file, 1, "[[data]]"),
        );
    }
    let personal: Vec<&TableFound> = tables.iter().filter(|table| !table.personal.is_empty()).collect();
    let unknown = |table: &TableFound| -> Vec<String> {
        let item = data.iter().find(|item| item.name.eq_ignore_ascii_case(&table.name));
        let named =
            |column: &String| item.is_some_and(|item| item.personal.iter().any(|own| own.eq_ignore_ascii_case(column)));
        table.personal.iter().filter(|column| !named(column)).cloned().collect()
    };
    let missing: Vec<Spot> = personal
        .iter()
        .filter_map(|table| {
            let columns = unknown(table);
            (!columns.is_empty()).then(|| Spot {
                path: table.path.clone(),
                line: table.line,
                note: format!("{} ({})", table.name, columns.join(", ")),
            })
        })
        .collect();
    if !missing.is_empty() {
        let notes: Vec<&str> = missing.iter().map(|spot| spot.note.as_str()).collect();
        return Ok(Finding::fail(
            format!("[[data]] does not name {}", some(&notes)),
            facts.tables.source(),
        )
        .all_at(missing.iter().cloned()));
    }
    if personal.is_empty() && data.is_empty() {
        return Ok(Finding::not_applicable("no SQL here creates a table about people"));
    }
    let told = format!(
        "{} declared by [[data]], {} of SQL compared",
        data.len(),
        count(personal.len(), "table")
    );
    Ok(Finding::pass(told, file))
}
