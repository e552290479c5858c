//! Incidents: declare one in a line, know what changed before it, keep the timeline, and learn from it.
//!
//! * [`text`]: what people type and paste, made fit to be kept.
//! * [`plan`]: what an act makes of an incident, decided without the outside; [`plan::change`] writes it down.
//! * [`times`]: the six times against each other, and what durations and minutes by severity they give.
//! * [`suspect`]: which changes may have caused it, and the way back; [`facts`] reads what that is decided from.
//! * [`postmortem`]: the document, of which people own everything but the marked parts.

pub mod facts;
pub mod plan;
pub mod postmortem;
pub mod suspect;
pub mod text;
pub mod times;
