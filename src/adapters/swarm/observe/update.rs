//! What an engine says of its own updates.

use bollard::models::{Service, ServiceUpdateStatusStateEnum};

use crate::adapters::docker::connect::plain;

/// An engine's own rollback, in its own words.
pub fn reverted(service: &Service) -> Option<String> {
    use ServiceUpdateStatusStateEnum::{ROLLBACK_COMPLETED, ROLLBACK_PAUSED, ROLLBACK_STARTED};
    let status = service.update_status.as_ref()?;
    let words = match status.state? {
        ROLLBACK_STARTED => "rollback started",
        ROLLBACK_PAUSED => "rollback paused",
        ROLLBACK_COMPLETED => "rollback completed",
        _ => return None,
    };
    let name = service
        .spec
        .as_ref()
        .and_then(|spec| spec.name.as_deref())
        .unwrap_or_default();
    let said = status.message.as_deref().map(plain).filter(|text| !text.is_empty());
    Some(match said {
        Some(said) => format!("`{name}`: {words} ({said})"),
        None => format!("`{name}`: {words}"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_engine_s_own_rollback_is_seen() {
        let mut rolled: Service =
            serde_json::from_value(json!({ "Spec": { "Name": "shop-production" } })).expect("a service");
        assert_eq!(reverted(&rolled), None);
        rolled.update_status =
            serde_json::from_value(json!({ "State": "rollback_completed", "Message": "rollback\u{7}done" })).ok();
        assert_eq!(
            reverted(&rolled).as_deref(),
            Some("`shop-production`: rollback completed (rollback done)")
        );
    }
}
