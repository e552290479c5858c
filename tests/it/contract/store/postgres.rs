//! What only a database on the other side of a network owes: nothing lost and nothing done twice when the wire, the server or
//! a rival is in the way; nobody in the middle; nobody let in or let do what they may not.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use deliver::adapters::process::{Groups, Processes};
use deliver::adapters::system::SystemClock;
use deliver::fault::{Fault, Kind};
use deliver::model::deployment::Operation;
use deliver::ports::Interrupt;
use deliver::ports::interrupt::Never;
use deliver::store::journal::{Filter, Verified};
use deliver::store::seal::SealingKey;
use deliver::store::{Options, Store, schema_version};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Bed, ManualClock, acting, new_deployment, paths_to, pause, pricing, production, refusal};
use crate::support::needs;
use crate::support::postgres::{Cluster, Pooler, Settings, new_schema};
use crate::support::proxy::{Break, Proxy};

/// A store that lives by the real clock.
fn open(url: &str) -> Result<Store, Fault> {
    open_with(url, acting("alice@laptop"))
}

fn open_with(url: &str, options: Options) -> Result<Store, Fault> {
    Store::open(
        &paths_to(url, Path::new("/nowhere")),
        Arc::new(SystemClock::new(None)),
        options,
    )
}

/// The journal is whole, and so many records long.
fn assert_whole(store: &Store, expected: u64) {
    match store.verify_audit().unwrap() {
        Verified::Whole { records, .. } => assert_eq!(records, expected),
        broken => panic!("{broken:?}"),
    }
}

fn commits_without_an_answer(server: u16, how: Break) {
    let proxy = Proxy::to(server, how);
    let url = format!(
        "postgres://postgres@127.0.0.1:{}/state?schema={}&sslmode=disable",
        proxy.port,
        new_schema()
    );
    let store = open(&url).unwrap();
    for round in 1..=5 {
        proxy.break_at(1);
        let hold = store.set_hold(&pricing(), &production(), "the sale").unwrap();
        assert_eq!(proxy.broken(), round);
        let holds = store.holds(&pricing(), &production()).unwrap();
        assert_eq!(holds.len() as u64, round, "{how:?}");
        assert_eq!(holds.last(), Some(&hold), "what was answered is what was written");
    }
    assert_whole(&store, 5);
}

#[test]
fn a_commit_that_never_arrived_is_done_again() {
    if let Some(cluster) = Cluster::shared() {
        commits_without_an_answer(cluster.port, Break::BeforeCommit);
    }
}

#[test]
fn a_commit_whose_answer_never_arrived_is_not_done_again() {
    if let Some(cluster) = Cluster::shared() {
        commits_without_an_answer(cluster.port, Break::AfterCommit);
    }
}

#[test]
fn the_same_holds_through_a_pooler() {
    if let Some(pooler) = Pooler::shared() {
        commits_without_an_answer(pooler.port, Break::BeforeCommit);
        commits_without_an_answer(pooler.port, Break::AfterCommit);
    }
}

#[test]
fn a_backend_that_is_killed_costs_nothing() {
    let Some(cluster) = Cluster::own(&Settings::default()) else {
        return;
    };
    let store = open(&cluster.url("s")).unwrap();
    let killed = AtomicU64::new(0);
    let mut written = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            while killed.load(Ordering::SeqCst) < 5 {
                // Sometimes in mid-statement, sometimes between two, sometimes in mid-commit. SIGKILL of one takes the whole
                // server through its recovery.
                let found = cluster.psql(
                    "postgres",
                    "SELECT pid FROM pg_stat_activity WHERE application_name = 'deliver' ORDER BY random() LIMIT 1",
                );
                let pid = String::from_utf8_lossy(&found.stdout).trim().parse().map(Pid::from_raw);
                if pid.is_ok_and(|pid| kill(pid, Signal::SIGKILL).is_ok()) {
                    killed.fetch_add(1, Ordering::SeqCst);
                }
                pause(Duration::from_millis(100));
            }
        });
        while killed.load(Ordering::SeqCst) < 5 {
            store
                .create_deployment(&new_deployment(Operation::Deploy, Some(1)))
                .unwrap();
            written += 1;
        }
    });
    let ids = store.deployments(None, None, 100_000).unwrap();
    let ids: Vec<u64> = ids.iter().map(|one| one.id.0).collect();
    assert_eq!(
        ids,
        (1..=written).rev().collect::<Vec<u64>>(),
        "each once, and no number left out"
    );
    assert_whole(&store, written);
}

#[test]
fn a_server_that_restarts_is_waited_for_and_somebody_is_told() {
    let Some(mut cluster) = Cluster::own(&Settings::default()) else {
        return;
    };
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let options = Options {
        told: Some({
            let told = told.clone();
            Arc::new(move |text| told.lock().unwrap().push(text.to_owned()))
        }),
        ..acting("alice@laptop")
    };
    let url = cluster.url("s");
    let store = open_with(&url, options).unwrap();
    let lease = store
        .acquire_lease(&pricing(), &production(), "deploy", Duration::ZERO, &mut |_| {})
        .unwrap();
    cluster.stop();
    let port = cluster.port;
    thread::scope(|scope| {
        let written = scope.spawn(|| store.set_hold(&pricing(), &production(), "the sale"));
        pause(Duration::from_secs(3));
        cluster.start();
        written.join().unwrap().unwrap();
    });
    assert_eq!(store.holds(&pricing(), &production()).unwrap().len(), 1);
    let told = told.lock().unwrap().clone();
    assert!(
        told[0].starts_with(&format!(
            "waiting for the store at postgres://postgres@127.0.0.1:{port}/state: "
        )),
        "{told:?}"
    );
    assert_eq!(told[1..], ["the store answers again"]);
    // Shorter than the lease may stand still: whoever held it still does.
    lease.check().unwrap();
    let rival = open(&url).unwrap();
    let refused = rival.acquire_lease(&pricing(), &production(), "deploy", Duration::ZERO, &mut |_| {});
    assert_eq!(refusal(refused.map(drop)), (Kind::Busy, "lease-held"));
}

/// Ctrl-C, as soon as somebody says so.
#[derive(Default)]
struct Stop(AtomicBool);

impl Interrupt for Stop {
    fn requested(&self) -> Option<Kind> {
        self.0.load(Ordering::SeqCst).then_some(Kind::Interrupted)
    }
}

#[test]
fn the_way_back_after_an_interruption_waits_for_the_server_too() {
    let Some(mut cluster) = Cluster::own(&Settings::default()) else {
        return;
    };
    let stop = Arc::new(Stop::default());
    let waits: Arc<AtomicU64> = Arc::default();
    let options = Options {
        interrupt: stop.clone(),
        told: Some({
            let (stop, waits) = (stop.clone(), waits.clone());
            // Whoever is told that it waits wants to stop.
            Arc::new(move |text: &str| {
                if text.starts_with("waiting") {
                    waits.fetch_add(1, Ordering::SeqCst);
                    stop.0.store(true, Ordering::SeqCst);
                }
            })
        }),
        ..acting("alice@laptop")
    };
    let store = open_with(&cluster.url("s"), options).unwrap();
    store.set_hold(&pricing(), &production(), "the sale").unwrap();
    cluster.stop();
    let ended = store.set_hold(&pricing(), &production(), "another");
    assert_eq!(refusal(ended), (Kind::Interrupted, "interrupted"));
    // What follows belongs to the way back.
    thread::scope(|scope| {
        let written = scope.spawn(|| store.set_hold(&pricing(), &production(), "the way back"));
        while waits.load(Ordering::SeqCst) < 2 {
            assert!(!written.is_finished(), "it does not wait");
            pause(Duration::from_millis(20));
        }
        cluster.start();
        written.join().unwrap().unwrap();
    });
    assert_eq!(store.holds(&pricing(), &production()).unwrap().len(), 2);
}

#[test]
fn a_server_that_takes_no_writes_for_a_while_is_waited_for_once_it_took_some() {
    let Some(cluster) = Cluster::own(&Settings::default()) else {
        return;
    };
    // As a primary that was demoted, or a standby before it is promoted.
    let demote = || {
        let sql = "ALTER DATABASE state SET default_transaction_read_only = on";
        assert!(cluster.psql("postgres", sql).status.success());
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'deliver'";
        assert!(cluster.psql("postgres", sql).status.success());
    };
    let promote = || {
        let sql = "ALTER DATABASE state RESET default_transaction_read_only";
        assert!(cluster.psql("postgres", sql).status.success());
    };
    let store = open(&cluster.url("s")).unwrap();
    store.set_hold(&pricing(), &production(), "before").unwrap();
    demote();
    thread::scope(|scope| {
        let written = scope.spawn(|| store.set_hold(&pricing(), &production(), "the sale"));
        pause(Duration::from_secs(2));
        promote();
        written.join().unwrap().unwrap();
    });
    assert_eq!(store.holds(&pricing(), &production()).unwrap().len(), 2);

    // For longer than anybody waits.
    let paths = paths_to(&cluster.url("s"), Path::new("/nowhere"));
    let impatient = Store::open(&paths, ManualClock::new(), acting("bob")).unwrap();
    impatient.set_hold(&pricing(), &production(), "bob's").unwrap();
    demote();
    let refused = impatient.set_hold(&pricing(), &production(), "the sale");
    assert_eq!(refusal(refused), (Kind::Unreachable, "read-only"));
    // One that never took a write is the wrong server, and told at once.
    let wrong = open(&cluster.url("s")).unwrap();
    assert_eq!(wrong.holds(&pricing(), &production()).unwrap().len(), 3);
    let refused = wrong.set_hold(&pricing(), &production(), "the sale");
    assert_eq!(refusal(refused), (Kind::Failed, "read-only"));
    promote();
}

#[test]
fn a_server_that_stays_away_is_said_to_be_unreachable() {
    let Some(mut cluster) = Cluster::own(&Settings::default()) else {
        return;
    };
    // The waiting passes in no time by this clock.
    let clock = ManualClock::new();
    let paths = paths_to(&cluster.url("s"), Path::new("/nowhere"));
    let store = Store::open(&paths, clock.clone(), acting("alice@laptop")).unwrap();
    cluster.stop();
    let fault = store.set_hold(&pricing(), &production(), "the sale").unwrap_err();
    assert_eq!((fault.kind(), fault.code()), (Kind::Unreachable, "store-unreachable"));
    assert_eq!(
        fault.message(),
        format!(
            "cannot write the store at `postgres://postgres@127.0.0.1:{}/state`: it does not answer",
            cluster.port
        )
    );
    assert_eq!(fault.still_true(), Some("nothing was written"));
    assert_eq!(
        refusal(Store::open(&paths, clock, acting("bob"))),
        (Kind::Unreachable, "store-unreachable")
    );
}

#[test]
fn a_holder_that_sleeps_in_mid_transaction_blocks_nobody_for_long() {
    let Some(cluster) = Cluster::shared() else { return };
    let schema = new_schema();
    let store = open(&cluster.url(&schema)).unwrap();
    let key = blake3::hash(format!("deliver store {schema}").as_bytes());
    let key = i64::from_le_bytes(key.as_bytes()[..8].try_into().unwrap());
    thread::scope(|scope| {
        let sleeper = scope.spawn(|| {
            let sql = format!("SELECT pg_advisory_lock({key}); SELECT pg_sleep(60)");
            cluster.psql("state", &sql)
        });
        let locked = format!(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = {}",
            key & 0xffff_ffff
        );
        while cluster.ask(&locked) != "1" {
            pause(Duration::from_millis(20));
        }
        let refused = store.set_hold(&pricing(), &production(), "the sale");
        assert_eq!(refusal(refused), (Kind::Busy, "busy"));
        cluster.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()");
        sleeper.join().unwrap();
    });
    store.set_hold(&pricing(), &production(), "the sale").unwrap();
}

#[test]
fn of_many_machines_at_once_one_holds_the_lease_and_one_makes_the_tables() {
    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.url(&new_schema());
    let taken: Vec<bool> = thread::scope(|scope| {
        let all: Vec<_> = (0..12)
            .map(|number| {
                let url = &url;
                scope.spawn(move || {
                    let store = open_with(url, acting(&format!("m{number}"))).unwrap();
                    let lease = store.acquire_lease(&pricing(), &production(), "deploy", Duration::ZERO, &mut |_| {});
                    lease.map(std::mem::forget).is_ok()
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
}

#[test]
fn writers_of_many_machines_leave_one_whole_journal() {
    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.url(&new_schema());
    open(&url).unwrap();
    thread::scope(|scope| {
        for number in 0..8 {
            let url = &url;
            scope.spawn(move || {
                let store = open_with(url, acting(&format!("m{number}"))).unwrap();
                for _ in 0..10 {
                    store.set_hold(&pricing(), &production(), "the sale").unwrap();
                }
            });
        }
    });
    let store = open(&url).unwrap();
    assert_whole(&store, 80);
    let seqs: Vec<u64> = store
        .audit(&Filter::default())
        .unwrap()
        .iter()
        .map(|record| record.seq)
        .collect();
    assert_eq!(seqs, (1..=80).rev().collect::<Vec<u64>>());
}

#[test]
fn names_are_ordered_by_their_bytes_whatever_the_servers_language() {
    let Some(bed) = Bed::postgres() else { return };
    for name in ["ab", "a-c", "a1", "b"] {
        let mut new = new_deployment(Operation::Deploy, Some(1));
        new.service = name.parse().unwrap();
        bed.store.create_deployment(&new).unwrap();
    }
    let names: Vec<String> = bed
        .store
        .scopes()
        .unwrap()
        .iter()
        .map(|scope| scope.service.to_string())
        .collect();
    assert_eq!(names, ["a-c", "a1", "ab", "b"]);
}

#[test]
fn a_newer_schema_is_refused_untouched() {
    let Some(cluster) = Cluster::shared() else { return };
    let schema = new_schema();
    let store = open(&cluster.url(&schema)).unwrap();
    let next = schema_version() + 1;
    cluster.ask(&format!(
        "INSERT INTO {schema}.schema_migration VALUES ({next}, 'x', 'x', 0)"
    ));
    assert_eq!(refusal(open(&cluster.url(&schema))), (Kind::Usage, "schema-newer"));
    // Also for whoever had it open before.
    let refused = store.set_hold(&pricing(), &production(), "the sale");
    assert_eq!(refusal(refused), (Kind::Usage, "schema-newer"));
    assert_eq!(cluster.ask(&format!("SELECT count(*) FROM {schema}.hold")), "0");
}

#[test]
fn looking_makes_nothing() {
    let Some(cluster) = Cluster::shared() else { return };
    let schema = new_schema();
    let paths = paths_to(&cluster.url(&schema), Path::new("/nowhere"));
    let looked = Store::open_read_only(&paths, ManualClock::new(), Options::default()).unwrap();
    assert!(looked.is_none());
    assert_eq!(
        cluster.ask(&format!("SELECT count(*) FROM pg_namespace WHERE nspname = '{schema}'")),
        "0"
    );
}

#[test]
fn who_may_not_make_tables_is_told_and_may_use_those_that_are_there() {
    let Some(cluster) = Cluster::shared() else { return };
    let schema = new_schema();
    let role = format!("r_{schema}");
    cluster.ask(&format!("CREATE ROLE {role} LOGIN"));
    let as_role = cluster.url(&schema).replace("postgres@", &format!("{role}@"));
    let fault = open(&as_role).err().unwrap();
    assert_eq!((fault.kind(), fault.code()), (Kind::Credentials, "store-denied"));
    assert!(
        fault.hints()[0].contains(&format!("GRANT CREATE ON DATABASE \"state\" TO \"{role}\"")),
        "{:?}",
        fault.hints()
    );

    open(&cluster.url(&schema)).unwrap();
    cluster.ask(&format!(
        "GRANT USAGE ON SCHEMA {schema} TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
    ));
    let store = open(&as_role).unwrap();
    store.set_hold(&pricing(), &production(), "the sale").unwrap();
    assert_whole(&store, 1);
}

#[test]
fn one_store_has_one_key() {
    let Some(cluster) = Cluster::shared() else { return };
    let url = cluster.url(&new_schema());
    let (alice, bob) = (open(&url).unwrap(), open_with(&url, acting("bob@ci")).unwrap());
    let (key, other) = (
        SealingKey::shared(&[1; 32], "a").unwrap(),
        SealingKey::shared(&[2; 32], "b").unwrap(),
    );
    // Both begin before anything was sealed: the first to seal decides.
    alice.seal_under(&key).unwrap();
    bob.seal_under(&other).unwrap();
    assert_eq!(alice.sealing().unwrap(), None);
    alice
        .keep_secret(&pricing(), "TOKEN", "v1", &key.seal("x", b"hunter2").unwrap())
        .unwrap();
    let refused = bob.keep_secret(&pricing(), "TOKEN", "v2", &other.seal("x", b"hunter2").unwrap());
    let fault = refused.unwrap_err();
    assert_eq!((fault.kind(), fault.code()), (Kind::Credentials, "key-differs"));
    assert!(
        fault.message().contains(key.fingerprint()) && fault.message().contains("alice@laptop"),
        "{fault}"
    );
    assert_eq!(bob.sealed_secret(&pricing(), "TOKEN", "v2").unwrap(), None);
    // Whoever comes later is told before anything else.
    let carol = open(&url).unwrap();
    assert_eq!(refusal(carol.seal_under(&other)), (Kind::Credentials, "key-differs"));
    carol.seal_under(&key).unwrap();
}

/// Certificates of an authority of our own.
struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Option<Authority> {
        needs::has("openssl").then(|| {
            let authority = Authority {
                folder: tempfile::tempdir().unwrap(),
            };
            authority.openssl(&[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=our authority",
                "-keyout",
                "ca.key",
                "-out",
                "ca.crt",
            ]);
            authority
        })
    }

    #[expect(clippy::disallowed_methods, reason = "a tool of the machine")]
    fn openssl(&self, arguments: &[&str]) {
        let made = Command::new("openssl")
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A certificate for `localhost` and nothing else, which ends on a day (`YYMMDDHHMMSSZ`).
    fn certificate(&self, name: &str, ends: &str) -> (PathBuf, PathBuf) {
        let settings = "[ca]\ndefault_ca = our\n[our]\ndatabase = index\nserial = serial\nnew_certs_dir = .\n\
                        default_md = sha256\npolicy = any\nx509_extensions = for\n[any]\ncommonName = supplied\n[for]\n\
                        subjectAltName = DNS:localhost\n";
        for (file, text) in [("ca.conf", settings), ("index", ""), ("serial", "01\n")] {
            std::fs::write(self.path(file), text).unwrap();
        }
        let (key, request, certificate) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.crt"));
        let line = format!(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=postgres -keyout {key} -out {request}"
        );
        self.openssl(&line.split(' ').collect::<Vec<_>>());
        let line = format!(
            "ca -batch -notext -config ca.conf -cert ca.crt -keyfile ca.key -startdate 200101000000Z -enddate {ends} \
             -in {request} -out {certificate}"
        );
        self.openssl(&line.split(' ').collect::<Vec<_>>());
        (self.path(&certificate), self.path(&key))
    }
}

#[test]
fn the_server_is_verified_as_sslmode_says() {
    let Some(authority) = Authority::new() else { return };
    let settings = Settings {
        tls: Some(authority.certificate("good", "491231235959Z")),
        hba: "hostssl all all 127.0.0.1/32 trust",
    };
    let Some(cluster) = Cluster::own(&settings) else { return };
    let ca = authority.path("ca.crt").display().to_string();
    let at = |host: &str, rest: &str| {
        let url = format!("postgres://postgres@{host}:{}/state?schema=s&{rest}", cluster.port);
        open(&url)
            .map(|store| store.about().unwrap().unwrap().encrypted)
            .map_err(|fault| fault.code())
    };
    assert_eq!(
        at("localhost", &format!("sslmode=verify-full&sslrootcert={ca}")),
        Ok(true)
    );
    // The certificate is for the name, not for the address.
    assert_eq!(
        at("127.0.0.1", &format!("sslmode=verify-full&sslrootcert={ca}")),
        Err("store-tls")
    );
    assert_eq!(
        at("127.0.0.1", &format!("sslmode=verify-ca&sslrootcert={ca}")),
        Ok(true)
    );
    // Nobody that this system trusts has signed it.
    for mode in ["verify-full", "verify-ca"] {
        let refused = at("localhost", &format!("sslmode={mode}"));
        assert!(matches!(refused, Err("store-tls" | "store-tls-files")), "{refused:?}");
    }
    // Without an authority nothing is verified, and with one it is, as libpq has it.
    assert_eq!(at("127.0.0.1", "sslmode=require"), Ok(true));
    let other = Authority::new().unwrap();
    let wrong = other.path("ca.crt").display().to_string();
    assert_eq!(
        at("localhost", &format!("sslmode=require&sslrootcert={wrong}")),
        Err("store-tls")
    );
    assert_eq!(at("localhost", &format!("sslmode=require&sslrootcert={ca}")), Ok(true));
    assert_eq!(at("localhost", "sslmode=prefer"), Ok(true));
    // This server lets nobody in without.
    assert_eq!(at("localhost", "sslmode=disable"), Err("store-credentials"));
    assert_eq!(
        at("localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem"),
        Err("store-tls-files")
    );
}

#[test]
fn a_certificate_that_has_expired_is_refused() {
    let Some(authority) = Authority::new() else { return };
    let settings = Settings {
        tls: Some(authority.certificate("old", "200201000000Z")),
        hba: "hostssl all all 127.0.0.1/32 trust",
    };
    let Some(cluster) = Cluster::own(&settings) else { return };
    let ca = authority.path("ca.crt").display().to_string();
    let url = format!(
        "postgres://postgres@localhost:{}/state?sslrootcert={ca}&sslmode=verify-full",
        cluster.port
    );
    let fault = open(&url).err().unwrap();
    assert_eq!((fault.kind(), fault.code()), (Kind::Unreachable, "store-tls"));
    assert!(fault.causes().join(" ").contains("expired"), "{:?}", fault.causes());
}

#[test]
fn a_password_is_found_where_the_url_says() {
    let settings = Settings {
        hba: "host all all 127.0.0.1/32 scram-sha-256",
        ..Settings::default()
    };
    let Some(cluster) = Cluster::own(&settings) else { return };
    cluster.ask("CREATE ROLE app LOGIN PASSWORD 'right horse'; GRANT CREATE ON DATABASE state TO app");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pw");
    let open = |rest: &str| {
        let url = format!("postgres://app@127.0.0.1:{}/state{rest}", cluster.port);
        open(&url).map(drop).map_err(|fault| (fault.kind(), fault.code()))
    };
    let by_file = format!("?password=file:{}", file.display());
    assert_eq!(open(&by_file), Err((Kind::Credentials, "store-password-missing")));
    std::fs::write(&file, "wrong horse\n").unwrap();
    assert_eq!(open(&by_file), Err((Kind::Credentials, "store-credentials")));
    assert_eq!(open(""), Err((Kind::Credentials, "store-credentials")));
    std::fs::write(&file, "right horse\n").unwrap();
    assert_eq!(open(&by_file), Ok(()));
    // A command runs only for whoever may run commands; shell completion may not.
    let by_command = format!(
        "postgres://app@127.0.0.1:{}/state?password=exec:cat%20{}",
        cluster.port,
        file.display()
    );
    assert_eq!(
        refusal(self::open(&by_command)),
        (Kind::Credentials, "store-password-missing")
    );
    let processes = Processes::new(Arc::new(SystemClock::new(None)), Arc::new(Never), Groups::default());
    let options = Options {
        commands: Some(Arc::new(processes)),
        ..acting("alice@laptop")
    };
    assert!(open_with(&by_command, options).is_ok());
    // On the way back from Ctrl-C as well.
    let stop = Arc::new(Stop(AtomicBool::new(true)));
    let processes = Processes::new(Arc::new(SystemClock::new(None)), stop.clone(), Groups::default());
    let options = Options {
        commands: Some(Arc::new(processes.steady())),
        interrupt: stop,
        ..acting("alice@laptop")
    };
    assert!(open_with(&by_command, options).is_ok());
    let socket = format!(
        "postgres:///state?host={}&port={}&user=postgres&schema=x",
        cluster.socket().display(),
        cluster.port
    );
    assert!(self::open(&socket).is_ok());
    let missing = format!(
        "postgres:///nothing?host={}&port={}&user=postgres",
        cluster.socket().display(),
        cluster.port
    );
    assert_eq!(refusal(self::open(&missing)), (Kind::Usage, "store-no-database"));
}
