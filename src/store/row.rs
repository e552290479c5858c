//! From typed values to parameters and from rows back to typed values. What does not decode was written by something
//! else: it is reported as damage, never skipped.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::engine::{Row, Value};
use crate::fault::{Fault, Kind, Result};

/// The parameters of a statement, in the order `$1 … $n`.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::store::engine::Value::from($value)),*] };
}
pub(super) use params;

/// Takes the columns of one row from left to right.
pub(super) struct Columns {
    table: &'static str,
    values: std::vec::IntoIter<Value>,
}

impl Columns {
    pub fn of(table: &'static str, row: Row) -> Self {
        Columns {
            table,
            values: row.into_iter(),
        }
    }

    fn next(&mut self) -> Result<Value> {
        self.values
            .next()
            .ok_or_else(|| Fault::bug(format!("a row of `{}` has too few columns", self.table)))
    }

    fn damaged(&self, why: impl std::fmt::Display) -> Fault {
        damaged(&format!("a row of `{}` does not decode: {why}", self.table))
    }

    pub fn opt_int(&mut self) -> Result<Option<i64>> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Int(value) => Ok(Some(value)),
            _ => Err(self.damaged("not a number")),
        }
    }

    pub fn int(&mut self) -> Result<i64> {
        self.opt_int()?.ok_or_else(|| self.damaged("a number is missing"))
    }

    /// A number of any integer type that it fits.
    pub fn number<T: TryFrom<i64>>(&mut self) -> Result<T> {
        let value = self.int()?;
        T::try_from(value).map_err(|_| self.damaged(format!("{value} is out of range")))
    }

    pub fn opt_number<T: TryFrom<i64>>(&mut self) -> Result<Option<T>> {
        match self.opt_int()? {
            None => Ok(None),
            Some(value) => match T::try_from(value) {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(self.damaged(format!("{value} is out of range"))),
            },
        }
    }

    pub fn opt_text(&mut self) -> Result<Option<String>> {
        match self.next()? {
            Value::Null => Ok(None),
            Value::Text(value) => Ok(Some(value)),
            _ => Err(self.damaged("not a text")),
        }
    }

    pub fn text(&mut self) -> Result<String> {
        self.opt_text()?.ok_or_else(|| self.damaged("a text is missing"))
    }

    pub fn blob(&mut self) -> Result<Vec<u8>> {
        match self.next()? {
            Value::Blob(value) => Ok(value),
            _ => Err(self.damaged("not a blob")),
        }
    }

    pub fn parsed<T: FromStr<Err = String>>(&mut self) -> Result<T> {
        self.text()?.parse().map_err(|why| self.damaged(why))
    }

    pub fn opt_parsed<T: FromStr<Err = String>>(&mut self) -> Result<Option<T>> {
        match self.opt_text()? {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|why| self.damaged(why)),
        }
    }

    /// A word of a closed list.
    pub fn word<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
        let text = self.text()?;
        parse(&text).ok_or_else(|| self.damaged(format!("unknown word `{}`", text.escape_debug())))
    }

    pub fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        let text = self.text()?;
        serde_json::from_str(&text).map_err(|error| self.damaged("bad JSON").because(error))
    }

    pub fn opt_json<T: DeserializeOwned>(&mut self) -> Result<Option<T>> {
        let text = self.opt_text()?;
        text.map(|text| serde_json::from_str(&text).map_err(|error| self.damaged("bad JSON").because(error)))
            .transpose()
    }

    pub fn time(&mut self) -> Result<Timestamp> {
        let micros = self.int()?;
        self.moment(micros)
    }

    pub fn opt_time(&mut self) -> Result<Option<Timestamp>> {
        match self.opt_int()? {
            None => Ok(None),
            Some(micros) => self.moment(micros).map(Some),
        }
    }

    fn moment(&self, micros: i64) -> Result<Timestamp> {
        Timestamp::from_microsecond(micros).map_err(|error| self.damaged("a time out of range").because(error))
    }
}

/// What is stored cannot have been written by this program.
pub(super) fn damaged(message: &str) -> Fault {
    Fault::new(Kind::NeedsHuman, "store-damaged", message).hint("deliver audit verify")
}

/// The JSON text of a value of ours.
pub(super) fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Fault::bug("a value does not encode as JSON").because(error))
}
