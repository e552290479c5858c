//! Parameters to PostgreSQL, and rows from it.

use postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut};

use crate::store::engine::{Row, Value};

type AnyError = Box<dyn std::error::Error + Sync + Send>;

/// A value as a parameter. Its type goes with the statement, so that nothing has to be prepared under a name: poolers hand
/// each transaction to whichever connection is free.
#[derive(Debug)]
pub(super) struct Parameter<'a>(pub &'a Value);

impl Parameter<'_> {
    /// The type that the statement is told. A null takes the type that its place asks for.
    pub fn kind(&self) -> Type {
        match self.0 {
            Value::Null => Type::UNKNOWN,
            Value::Int(_) => Type::INT8,
            Value::Text(_) => Type::TEXT,
            Value::Blob(_) => Type::BYTEA,
        }
    }
}

impl ToSql for Parameter<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, AnyError> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) => value.to_sql(&Type::INT8, out),
            Value::Text(value) => value.to_sql(&Type::TEXT, out),
            Value::Blob(value) => value.to_sql(&Type::BYTEA, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, AnyError> {
        self.to_sql(kind, out)
    }
}

/// One column of a row; its type is the column's.
struct Column(Value);

impl<'a> FromSql<'a> for Column {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, AnyError> {
        let value = match *kind {
            Type::INT2 => Value::Int(i16::from_sql(kind, raw)?.into()),
            Type::INT4 => Value::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => {
                Value::Text(std::str::from_utf8(raw)?.to_owned())
            }
            Type::BYTEA => Value::Blob(raw.to_vec()),
            _ => return Err(format!("a column of type {kind} is none of bigint, text and bytea").into()),
        };
        Ok(Column(value))
    }

    fn from_sql_null(_: &Type) -> Result<Self, AnyError> {
        Ok(Column(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

pub(super) fn row(row: &postgres::Row) -> Result<Row, postgres::Error> {
    (0..row.len())
        .map(|index| row.try_get::<_, Column>(index).map(|column| column.0))
        .collect()
}
