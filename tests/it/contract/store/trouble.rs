//! A disk, folder or file that is not as it should be: told before any effect, with the way out.
//!
//! Disks are small file systems in memory, mounted where only the worker process sees them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use deliver::fault::{Fault, Kind};
use deliver::model::ReleaseNo;
use deliver::model::traffic::{LATENCY_BUCKETS, Traffic};
use deliver::ports::Interrupt;
use deliver::store::journal::{Record, Verified};
use deliver::store::{Options, Store};
use nix::unistd::{Uid, setfsuid};

use crate::support::needs;

use super::{ManualClock, acting, file_of, paths, pricing, production, told, worker_command};

fn open(folder: &Path) -> Result<Store, Fault> {
    Store::open(&paths(folder), ManualClock::new(), acting("alice@laptop"))
}

fn hold(store: &Store) -> Result<(), Fault> {
    store.set_hold(&pricing(), &production(), "sale").map(drop)
}

fn assert_refused<T>(result: Result<T, Fault>, code: &str) {
    let fault = result.err().expect("a refusal");
    assert_eq!((fault.kind(), fault.code()), (Kind::Failed, code), "{fault:?}");
    assert!(!fault.hints().is_empty(), "{fault:?}");
}

/// Commands that run another as somebody who may mount, in a name space of its own; none where this machine allows none.
#[expect(clippy::disallowed_methods, reason = "the test needs a disk of its own")]
fn private_mounts() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 3] = [
        &["unshare", "--mount"],
        &["unshare", "--mount", "--map-root-user"],
        &["sudo", "-n", "-E", "unshare", "--mount"],
    ];
    ways.into_iter().find(|way| {
        let tried = Command::new(way[0])
            .args(&way[1..])
            .args(["mount", "-t", "tmpfs", "none", "/mnt"])
            .output();
        tried.is_ok_and(|output| output.status.success())
    })
}

/// Runs a task of [`worker`] on a disk of one megabyte of its own.
fn on_a_small_disk(task: &str) {
    let folder = tempfile::tempdir().unwrap();
    let Some(way) = private_mounts() else {
        return needs::leave_out("mount", "this machine lets nobody mount a disk (`unshare --mount`)");
    };
    let mount = "mount -t tmpfs -o size=1m none \"$WORKER_FOLDER\" && exec \"$0\" \"$@\"";
    let wrapper = [way, &["sh", "-c", mount]].concat();
    let output = worker_command("contract::store::trouble::worker", task, folder.path(), &wrapper)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn a_full_disk_is_told_and_what_was_stored_stays() {
    on_a_small_disk("full");
}

#[test]
fn a_store_that_cannot_be_made_on_a_full_disk_leaves_nothing() {
    on_a_small_disk("full-first");
}

#[test]
fn a_read_only_disk_is_told() {
    on_a_small_disk("read-only-disk");
}

#[test]
fn a_folder_or_file_that_may_not_be_written_is_told() {
    on_a_small_disk("nobody");
}

/// A closed store with five records in its journal.
fn journalled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    (0..5).for_each(|_| hold(&store).unwrap());
    folder
}

fn records(store: &Store) -> Result<Vec<Record>, Fault> {
    let mut records = Vec::new();
    store.each_record(&mut |record| {
        records.push(record);
        Ok(true)
    })?;
    Ok(records)
}

#[test]
fn a_journal_that_was_tampered_with_is_found_at_the_record() {
    let copy =
        "INSERT INTO audit SELECT 6, at, actor, action, subject, detail, prev_hash, hash FROM audit WHERE seq = 5";
    for (tampering, seq) in [
        ("UPDATE audit SET seq = 9 WHERE seq = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE seq = 3", 3),
        ("UPDATE audit SET actor = 'bob' WHERE seq = 3", 3),
        ("UPDATE audit SET action = 'hold.clear' WHERE seq = 3", 3),
        ("UPDATE audit SET subject = 'pricing/staging' WHERE seq = 3", 3),
        ("UPDATE audit SET detail = '{}' WHERE seq = 3", 3),
        ("UPDATE audit SET detail = x'00ff' WHERE seq = 3", 3),
        ("UPDATE audit SET prev_hash = hash WHERE seq = 3", 3),
        ("UPDATE audit SET hash = prev_hash WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq >= 4", 4),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET seq = seq - 1", 1),
        (copy, 6),
        ("UPDATE audit_head SET seq = 4", 6),
        ("UPDATE audit_head SET hash = ''", 6),
        ("DELETE FROM audit_head", 6),
    ] {
        let folder = journalled();
        let whole = open(folder.path()).unwrap().verify_audit().unwrap();
        assert!(matches!(whole, Verified::Whole { records: 5, .. }));
        let file = rusqlite::Connection::open(file_of(folder.path())).unwrap();
        assert!(file.execute(tampering, []).unwrap() > 0, "{tampering}");
        match open(folder.path()).unwrap().verify_audit().unwrap() {
            Verified::Broken { seq: found, why } => assert_eq!(found, seq, "{tampering}: {why}"),
            whole => panic!("{tampering}: {whole:?}"),
        }
    }
}

#[test]
fn a_damaged_file_is_told_and_never_believed() {
    let folder = journalled();
    let path = file_of(folder.path());
    let good = fs::read(&path).unwrap();
    let written = records(&open(folder.path()).unwrap()).unwrap();
    let mut told = 0;
    for start in (0..good.len()).step_by(509) {
        let mut bad = good.clone();
        let end = bad.len().min(start + 40);
        bad[start..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(&path, bad).unwrap();
        let read = open(folder.path()).and_then(|store| Ok((store.verify_audit()?, records(&store)?)));
        match read {
            Ok((Verified::Whole { .. }, found)) => assert_eq!(found, written, "byte {start}"),
            Ok((Verified::Broken { .. }, _)) => told += 1,
            Err(fault) => {
                assert!(
                    ["not-a-store", "store-damaged", "schema-changed", "schema-newer"].contains(&fault.code()),
                    "byte {start}: {fault:?}"
                );
                told += 1;
            }
        }
    }
    assert!(told > 5, "{told}");
}

#[test]
fn a_store_that_was_migrated_under_a_running_process_is_not_written_any_more() {
    let folder = journalled();
    let running = open(folder.path()).unwrap();
    let file = rusqlite::Connection::open(file_of(folder.path())).unwrap();
    let newer = i64::try_from(deliver::store::schema_version() + 1).unwrap();
    file.execute("INSERT INTO schema_migration VALUES (?, 'newer', '', 0)", [newer])
        .unwrap();
    let refused = hold(&running).unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Usage, "schema-newer"));
    assert_eq!(running.record_traffic(&[traffic()]).unwrap_err().code(), "schema-newer");
    assert_eq!(open(folder.path()).err().unwrap().code(), "schema-newer");
    assert_eq!(running.all_holds().unwrap().len(), 5, "looking goes on");
}

fn traffic() -> Traffic {
    Traffic {
        service: pricing(),
        env: production(),
        release: ReleaseNo(1),
        bucket: 0,
        classes: [0; 5],
        failed: 0,
        latency: vec![0; LATENCY_BUCKETS],
    }
}

#[test]
fn waiting_for_a_lease_ends_when_it_is_interrupted() {
    /// Ctrl-C on the third look.
    #[derive(Default)]
    struct Third(AtomicU32);
    impl Interrupt for Third {
        fn requested(&self) -> Option<Kind> {
            (self.0.fetch_add(1, Ordering::SeqCst) >= 2).then_some(Kind::Interrupted)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        interrupt: Arc::new(Third::default()),
        ..acting("alice@laptop")
    };
    let store = Store::open(&paths(folder.path()), ManualClock::new(), options).unwrap();
    let minute = Duration::from_secs(60);
    let _lease = store
        .acquire_lease(&pricing(), &production(), "deploy", minute, &mut |_| {})
        .unwrap();
    let mut waited = 0;
    let ended = store.acquire_lease(&pricing(), &production(), "deploy", minute, &mut |_| waited += 1);
    let fault = ended.err().expect("an end");
    assert_eq!(
        (fault.kind(), fault.code(), waited),
        (Kind::Interrupted, "interrupted", 2)
    );
}

#[test]
fn looking_makes_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let look = || Store::open_read_only(&paths(folder.path()), ManualClock::new(), Options::default()).unwrap();
    assert!(look().is_none());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    hold(&open(folder.path()).unwrap()).unwrap();
    let looking = look().expect("a store");
    assert_eq!(looking.all_holds().unwrap().len(), 1);
    assert_refused(hold(&looking), "read-only");
}

/// What a worker process runs. Without a task there is nothing to do.
#[test]
#[ignore = "the other tests start it as a process"]
fn worker() {
    let (Some(task), Some(folder)) = (told("WORKER_TASK"), told("WORKER_FOLDER")) else {
        return;
    };
    let folder = Path::new(&folder);
    match task.as_str() {
        "full" => full(folder),
        "full-first" => full_first(folder),
        "read-only-disk" => read_only_disk(folder),
        "nobody" => nobody(folder),
        other => panic!("no task `{other}`"),
    }
}

/// Fills the disk to the last byte and gives the file that does.
fn fill(folder: &Path) -> std::path::PathBuf {
    let filler = folder.join("filler");
    assert!(
        fs::write(&filler, vec![0; 4 << 20]).is_err(),
        "the disk is larger than it should be"
    );
    filler
}

fn full(folder: &Path) {
    let store = open(folder).unwrap();
    hold(&store).unwrap();
    let filler = fill(folder);
    // The log may have a little room left that was reserved before.
    let refused = (0..1000).find_map(|_| hold(&store).err()).expect("a refusal");
    assert_refused::<()>(Err(refused), "disk-full");
    let told = store.all_holds().unwrap().len() as u64;
    assert!(matches!(store.verify_audit().unwrap(), Verified::Whole { records, .. } if records == told));
    drop(store);
    // Opening needs no more room than there is, or says so.
    match open(folder) {
        Ok(store) => assert_refused((0..1000).try_for_each(|_| hold(&store)), "disk-full"),
        Err(fault) => assert_refused::<()>(Err(fault), "disk-full"),
    }
    fs::remove_file(filler).unwrap();
    let store = open(folder).unwrap();
    hold(&store).unwrap();
    assert!(matches!(store.verify_audit().unwrap(), Verified::Whole { .. }));
}

fn full_first(folder: &Path) {
    let state = folder.join("state");
    fs::create_dir(&state).unwrap();
    let filler = fill(folder);
    assert_refused(open(folder), "disk-full");
    assert_eq!(fs::read_dir(&state).unwrap().count(), 0, "nothing is left behind");
    fs::remove_file(filler).unwrap();
    hold(&open(folder).unwrap()).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the test needs a disk of its own")]
fn read_only_disk(folder: &Path) {
    let remount = |how: &str| {
        let done = Command::new("mount").args(["-o", how]).arg(folder).status().unwrap();
        assert!(done.success());
    };
    remount("remount,ro");
    assert_refused(open(folder), "read-only");
    remount("remount,rw");
    hold(&open(folder).unwrap()).unwrap();
    remount("remount,ro");
    let opened = open(folder).and_then(|store| hold(&store));
    assert_refused(opened, "read-only");
    // What is there can be looked at all the same.
    let store = Store::open_read_only(&paths(folder), ManualClock::new(), Options::default())
        .unwrap()
        .unwrap();
    assert_eq!(store.holds(&pricing(), &production()).unwrap().len(), 1);
    assert_refused(hold(&store), "read-only");
}

fn nobody(folder: &Path) {
    let state = folder.join("state");
    let store = file_of(folder);
    hold(&open(folder).unwrap()).unwrap();
    let modes = |file: u32, dir: u32| {
        fs::set_permissions(&state, Permissions::from_mode(dir)).unwrap();
        fs::set_permissions(&store, Permissions::from_mode(file)).unwrap();
    };
    fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    let as_nobody = |code: &str| {
        // Root may write everything: a child gives its rights up.
        let who = std::thread::scope(|scope| {
            let tried = scope.spawn(|| {
                // Of this thread alone: the C library would change all of them.
                setfsuid(Uid::from_raw(65534));
                open(folder).and_then(|store| hold(&store))
            });
            tried.join().unwrap()
        });
        assert_refused(who, code);
    };
    modes(0o444, 0o777);
    as_nobody("read-only");
    modes(0o666, 0o555);
    as_nobody("read-only");
    modes(0o600, 0o755);
    as_nobody("permission-denied");
}
