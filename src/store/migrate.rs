//! Schema versions: numbered SQL with checksums; an older schema is migrated after a backup, a newer one refused.

use jiff::Timestamp;

use super::engine::{Engine, Tx};
use super::row::{Columns, params};
use super::traffic;
use crate::fault::{Fault, Kind, Result};

/// One step of the schema. Once released it never changes.
pub(super) struct Migration {
    pub name: &'static str,
    pub sql: &'static str,
    /// What SQL alone cannot do, after it in the same transaction.
    pub then: Option<fn(&mut dyn Tx) -> Result<()>>,
}

/// Version n is the n-th, counting from 1.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "first",
        sql: include_str!("migrations/0001_first.sql"),
        then: None,
    },
    Migration {
        name: "operate",
        sql: include_str!("migrations/0002_operate.sql"),
        then: Some(traffic::sum_minutes),
    },
    Migration {
        name: "engines",
        sql: include_str!("migrations/0003_engines.sql"),
        then: None,
    },
    Migration {
        name: "shared",
        sql: include_str!("migrations/0004_shared.sql"),
        then: None,
    },
];

const TABLE: &str = "schema_migration";

/// Whether the schema is exactly this version's. Errors when it is newer or not ours.
pub(super) fn is_current(engine: &dyn Engine) -> Result<bool> {
    is_at(engine, MIGRATIONS)
}

/// Brings the schema to this version; of several processes at once one does it and the others find it done.
pub(super) fn run(engine: &dyn Engine, now: Timestamp) -> Result<()> {
    run_to(engine, MIGRATIONS, now)
}

pub(super) fn is_at(engine: &dyn Engine, migrations: &[Migration]) -> Result<bool> {
    let mut version = 0;
    engine.read(&mut |tx| {
        version = check(tx, migrations)?;
        Ok(())
    })?;
    Ok(version == migrations.len())
}

pub(super) fn run_to(engine: &dyn Engine, migrations: &[Migration], now: Timestamp) -> Result<()> {
    engine.write(&mut |tx| {
        let version = check(tx, migrations)?;
        if version == migrations.len() {
            return Ok(());
        }
        match version {
            0 => tx.batch(&format!(
                "CREATE TABLE {TABLE} (version bigint NOT NULL PRIMARY KEY, name text NOT NULL,
                 checksum text NOT NULL, applied_at bigint NOT NULL)"
            ))?,
            _ => {
                engine.backup(&format!("before-{}", migrations.len()))?;
            }
        }
        for (number, migration) in (1u64..).zip(migrations).skip(version) {
            tx.batch(migration.sql)?;
            migration.then.map_or(Ok(()), |then| then(tx))?;
            tx.execute(
                &format!("INSERT INTO {TABLE} (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)"),
                params![number, migration.name, checksum(migration), now.as_microsecond()],
            )?;
        }
        Ok(())
    })
}

/// Refuses to write when a newer `deliver` has migrated the store since it was opened here, as may happen to a process that
/// lives long.
pub(super) fn refuse_newer(tx: &mut dyn Tx) -> Result<()> {
    let rows = tx.query(&format!("SELECT max(version) FROM {TABLE}"), &[])?;
    let version = rows.into_iter().next().map(|row| Columns::of(TABLE, row).number());
    match version.transpose()? {
        Some(version) if version <= MIGRATIONS.len() => Ok(()),
        version => Err(newer(version.unwrap_or_default(), MIGRATIONS.len())),
    }
}

fn newer(version: usize, known: usize) -> Fault {
    Fault::usage(
        "schema-newer",
        format!("cannot use the store: its schema is version {version}, this `deliver` knows {known}"),
    )
    .still("nothing was written")
    .hint("upgrade `deliver` to the version that wrote the store last: `deliver version` there says which")
}

/// How many migrations were applied, each found unchanged.
fn check(tx: &mut dyn Tx, migrations: &[Migration]) -> Result<usize> {
    if !tx.has_table(TABLE)? {
        return Ok(0);
    }
    let rows = tx.query(&format!("SELECT version, checksum FROM {TABLE} ORDER BY version"), &[])?;
    if rows.len() > migrations.len() {
        return Err(newer(rows.len(), migrations.len()));
    }
    let applied = rows.len();
    for ((number, row), migration) in (1i64..).zip(rows).zip(migrations) {
        let mut columns = Columns::of(TABLE, row);
        if columns.int()? != number || columns.text()? != checksum(migration) {
            return Err(Fault::new(
                Kind::NeedsHuman,
                "schema-changed",
                format!(
                    "cannot use the store: migration {number} (`{}`) was applied from another text than this \
                     `deliver` holds",
                    migration.name
                ),
            )
            .still("nothing was written")
            .hint("use the `deliver` that made this store, or restore a copy from before the migration"));
        }
    }
    Ok(applied)
}

fn checksum(migration: &Migration) -> String {
    blake3::hash(migration.sql.as_bytes()).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::store::sqlite::Sqlite;

    const FIRST: Migration = Migration {
        name: "first",
        sql: "CREATE TABLE a (x bigint); INSERT INTO a (x) VALUES (7);",
        then: None,
    };
    const SECOND: Migration = Migration {
        name: "second",
        sql: "ALTER TABLE a ADD COLUMN y bigint;",
        then: None,
    };
    const BROKEN: Migration = Migration {
        name: "broken",
        sql: "CREATE TABLE b (x bigint); INSERT INTO nowhere (x) VALUES (1);",
        then: None,
    };
    const FAILS_AFTER: Migration = Migration {
        name: "fails after",
        sql: "CREATE TABLE b (x bigint);",
        then: Some(|_| Err(Fault::failed("x", "x"))),
    };

    fn store(migrations: &[Migration]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        Sqlite::create(&path, &|engine| run_to(engine, migrations, Timestamp::UNIX_EPOCH)).unwrap();
        (folder, path)
    }

    fn tables(path: &std::path::Path) -> Vec<bool> {
        let mut found = Vec::new();
        let engine = Sqlite::open(path).unwrap();
        engine
            .read(&mut |tx| {
                found = vec![tx.has_table("a")?, tx.has_table("b")?];
                Ok(())
            })
            .unwrap();
        found
    }

    #[test]
    fn an_older_store_is_copied_and_migrated() {
        let (_folder, path) = store(&[FIRST]);
        let engine = Sqlite::open(&path).unwrap();
        assert!(!is_at(&engine, &[FIRST, SECOND]).unwrap());
        run_to(&engine, &[FIRST, SECOND], Timestamp::UNIX_EPOCH).unwrap();
        assert!(is_at(&engine, &[FIRST, SECOND]).unwrap());

        let copy = Sqlite::open(&path.with_extension("db.before-2")).unwrap();
        assert!(is_at(&copy, &[FIRST]).unwrap(), "the copy is the store as it was");
        let mut rows = Vec::new();
        copy.read(&mut |tx| {
            rows = tx.query("SELECT * FROM a", &[])?;
            Ok(())
        })
        .unwrap();
        assert_eq!(rows, [[7i64.into()]]);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_store_as_it_was() {
        let (_folder, path) = store(&[FIRST]);
        let engine = Sqlite::open(&path).unwrap();
        for broken in [BROKEN, FAILS_AFTER] {
            assert!(run_to(&engine, &[FIRST, broken], Timestamp::UNIX_EPOCH).is_err());
            assert!(is_at(&engine, &[FIRST]).unwrap());
            assert_eq!(tables(&path), [true, false]);
        }
    }

    #[test]
    fn a_newer_store_is_refused_untouched() {
        let (_folder, path) = store(&[FIRST, SECOND]);
        let before = std::fs::read(&path).unwrap();
        let engine = Sqlite::open(&path).unwrap();
        let refused = run_to(&engine, &[FIRST], Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (Kind::Usage, "schema-newer"));
        assert_eq!(is_at(&engine, &[FIRST]).unwrap_err().code(), "schema-newer");
        drop(engine);
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_migration_whose_text_changed_is_refused() {
        let (_folder, path) = store(&[FIRST]);
        let engine = Sqlite::open(&path).unwrap();
        let refused = is_at(&engine, &[SECOND]).unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (Kind::NeedsHuman, "schema-changed"));
        assert!(refused.message().contains("migration 1 (`second`)"), "{refused}");
    }

    #[test]
    fn of_many_that_migrate_at_once_one_does_it() {
        let (_folder, path) = store(&[FIRST]);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let engine = Sqlite::open(&path).unwrap();
                    run_to(&engine, &[FIRST, SECOND], Timestamp::UNIX_EPOCH).unwrap();
                    assert!(is_at(&engine, &[FIRST, SECOND]).unwrap());
                });
            }
        });
    }
}
