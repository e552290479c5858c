//! Every process of the agent, killed, stopped or replaced at a bad time.

use std::thread;

use deliver::agent::protocol::Status;

use super::traffic::Load;
use super::*;

fn crash(pid: u32) {
    kill(Pid::from_raw(pid as i32), Signal::SIGKILL).unwrap();
}

fn status(bench: &Bench) -> Status {
    bench.client().status().unwrap().expect("an agent runs")
}

/// Waits until a supervisor and a router answer that are not those of `before`; how long that took.
fn until_back(bench: &Bench, before: &Status, supervisor: bool, router: bool) -> Duration {
    let begun = Instant::now();
    loop {
        if let Ok(Some(now)) = bench.client().status()
            && (now.pid != before.pid) == supervisor
            && now.router.is_some()
            && (now.router != before.router) == router
        {
            return begun.elapsed();
        }
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "not back\n{}",
            bench.agent_log()
        );
        thread::sleep(Duration::from_millis(5));
    }
}

fn pids(bench: &Bench) -> Vec<Option<u32>> {
    bench
        .observe()
        .instances
        .into_iter()
        .map(|instance| instance.pid)
        .collect()
}

#[test]
fn a_killed_supervisor_is_replaced_while_requests_go_on() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 2);
    let (before, instances) = (status(&bench), pids(&bench));
    let load = Load::on(&url, 4);
    crash(before.pid);
    let took = until_back(&bench, &before, true, false);
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(pids(&bench), instances);
    bench.until_healthy("shop-1-web-1");
    // The new one is a whole one: it shifts and stops.
    bench.deploy(&bench.release(2, APP), 1);
    let stopped = bench.stop(&["shop-1-web-1".into(), "shop-1-web-2".into()], "5s", "5s");
    assert!(stopped.iter().all(|stopped| stopped.exit == "status 0"), "{stopped:?}");
    let (made, wrong) = load.end();
    assert_eq!(wrong, Vec::<String>::new(), "of {made} requests");
}

#[test]
fn a_killed_router_is_replaced_and_new_connections_wait_for_it() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let before = status(&bench);
    crash(before.router.unwrap());
    assert_eq!(get(&url, "/").unwrap(), (200, "v1".into()));
    until_back(&bench, &before, false, true);
}

#[test]
fn when_supervisor_and_router_are_killed_traffic_is_back_within_two_seconds() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 3);
    let (before, instances) = (status(&bench), pids(&bench));
    let begun = Instant::now();
    crash(before.pid);
    crash(before.router.unwrap());
    while get(&url, "/").is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(2),
            "no traffic\n{}",
            bench.agent_log()
        );
        thread::sleep(Duration::from_millis(10));
    }
    until_back(&bench, &before, true, true);
    assert_eq!(pids(&bench), instances, "instances went on");
}

#[test]
fn a_supervisor_killed_while_it_replaces_its_router_is_back_within_two_seconds() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    for _ in 0..8 {
        let before = status(&bench);
        let old = before.router.unwrap();
        crash(old);
        // The next router is there, and mostly has not spoken yet: it has no sockets.
        let next = |pid: &Pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            pid.as_raw() != old as i32 && String::from_utf8_lossy(&line).contains("__route")
        };
        while !processes_of(bench.root()).iter().any(next) {}
        crash(before.pid);
        let begun = Instant::now();
        while get(&url, "/").is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(2),
                "no traffic\n{}",
                bench.agent_log()
            );
            thread::sleep(Duration::from_millis(10));
        }
        until_back(&bench, &before, true, true);
    }
}

#[test]
fn an_instance_whose_shim_is_killed_leaves_nothing_and_is_started_again() {
    let bench = Bench::new();
    bench.deploy(&bench.release(1, APP), 1);
    let before = bench.instance("shop-1-web-1").unwrap();
    let text = fs::read_to_string(format!("/proc/{}/stat", before.pid.unwrap())).unwrap();
    let shim: u32 = text
        .rsplit_once(") ")
        .unwrap()
        .1
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    crash(shim);
    let after = bench.until(
        "it is back",
        |now| now.restarts == 1 && now.state == InstanceState::Healthy,
        "shop-1-web-1",
    );
    assert_eq!(after.exit.as_deref(), Some("its shim was killed"));
    // What is left of it, if anything, waits for its parent and has no memory any more.
    let line = fs::read(format!("/proc/{}/cmdline", before.pid.unwrap())).unwrap_or_default();
    assert_eq!(line, b"", "the old process is gone");
}

#[test]
fn after_everything_died_the_current_release_comes_back_and_nothing_else() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 2);
    // A newer one that nothing was shifted to.
    let newer = bench.release(2, APP);
    bench.start(&newer, &web(&newer, 1)).unwrap();
    bench.until_healthy("shop-2-web-1");
    // As the machine's end does it: all at once.
    for pid in processes_of(bench.root()) {
        let _ = kill(pid, Signal::SIGSTOP);
    }
    for pid in processes_of(bench.root()) {
        let _ = kill(pid, Signal::SIGKILL);
    }
    let begun = Instant::now();
    while !processes_of(bench.root()).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(5));
        thread::sleep(Duration::from_millis(10));
    }
    bench.until_healthy("shop-1-web-1");
    bench.until_healthy("shop-1-web-2");
    assert_eq!(get(&url, "/").unwrap(), (200, "v1".into()));
    let unshifted = bench.instance("shop-2-web-1").unwrap();
    assert_eq!((unshifted.state, unshifted.pid), (InstanceState::Exited, None));
}

#[test]
fn a_restart_keeps_instances_and_loses_no_request() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 2);
    let (before, instances) = (status(&bench), pids(&bench));
    let load = Load::on(&url, 8);
    let slow = {
        let url = url.clone();
        thread::spawn(move || get(&url, "/slow/3"))
    };
    for _ in 0..3 {
        thread::sleep(Duration::from_millis(200));
        bench.client().restart().unwrap();
    }
    let after = status(&bench);
    assert_eq!(after.pid, before.pid, "one process becomes the next");
    assert_ne!((after.started_at, after.router), (before.started_at, before.router));
    assert_eq!(pids(&bench), instances);
    assert_eq!(slow.join().unwrap().unwrap(), (200, "v1".into()));
    let (made, wrong) = load.end();
    assert_eq!(wrong, Vec::<String>::new(), "of {made} requests");
    bench.deploy(&bench.release(2, APP), 1);
    assert_eq!(get(&url, "/").unwrap().1, "v2");
}

#[test]
fn a_supervisor_that_hangs_is_said_to_and_a_restart_helps() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let before = status(&bench);
    kill(Pid::from_raw(before.pid as i32), Signal::SIGSTOP).unwrap();
    assert_eq!(get(&url, "/").unwrap(), (200, "v1".into()), "traffic does not need it");
    let fault = bench.local.observe(&service(), &EnvName::local()).unwrap_err();
    assert_eq!((fault.code(), fault.kind().exit_code()), ("agent-silent", 8));
    assert_eq!(fault.hints(), ["deliver agent restart"]);
    let after = bench.client().restart().unwrap();
    assert_ne!(after.pid, before.pid);
    assert_eq!(get(&url, "/").unwrap(), (200, "v1".into()));
    bench.until_healthy("shop-1-web-1");
}

#[test]
fn of_many_that_start_the_agent_at_once_one_does_and_all_are_content() {
    let bench = Bench::new();
    let hands: Vec<_> = (0..8)
        .map(|_| {
            let local = bench.another();
            thread::spawn(move || {
                local.agent().ensure().unwrap();
                local.agent().status().unwrap().unwrap().pid
            })
        })
        .collect();
    let pids: std::collections::BTreeSet<u32> = hands.into_iter().map(|hand| hand.join().unwrap()).collect();
    assert_eq!(pids.len(), 1, "{pids:?}");
}

#[test]
fn a_state_that_is_damaged_is_read_from_the_generation_before() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    bench.client().halt().unwrap();
    let state = bench.paths.agent().join("state.json");
    fs::write(&state, "{\"format\":1,").unwrap();
    bench.client().ensure().unwrap();
    bench.until_healthy("shop-1-web-1");
    assert_eq!(get(&url, "/").unwrap().1, "v1");
}

#[test]
fn a_state_of_a_newer_version_is_refused_untouched() {
    let bench = Bench::new();
    bench.deploy(&bench.release(1, APP), 1);
    bench.client().halt().unwrap();
    let state = bench.paths.agent().join("state.json");
    let newer = "{\"format\":99,\"anything\":true}";
    fs::write(&state, newer).unwrap();
    let fault = bench.client().ensure().unwrap_err();
    assert_eq!((fault.code(), fault.kind().exit_code()), ("agent-state-newer", 2));
    assert_eq!(fs::read_to_string(&state).unwrap(), newer);
    // It says so first and ends then.
    let until = Instant::now() + Duration::from_secs(5);
    while !processes_of(bench.root()).is_empty() {
        assert!(Instant::now() < until, "it stays: {:?}", processes_of(bench.root()));
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_cannot_be_recorded_does_not_happen() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let newer = bench.release(2, APP);
    bench.local.prepare(&bench.authority(), &newer).unwrap();
    // In the way of the temporary file, so that no write of the state succeeds.
    let obstacle = bench.paths.agent().join("state.new");
    fs::create_dir(&obstacle).unwrap();
    let fault = bench
        .local
        .start(&bench.authority(), &newer, &web(&newer, 1))
        .unwrap_err();
    assert_eq!(fault.still_true(), Some("everything runs as before"));
    assert!(bench.instance("shop-2-web-1").is_none(), "nothing was started");
    let stop = Stop {
        instances: vec!["shop-1-web-1".into()],
        drain: Span::ZERO,
        grace: Span::from_secs(1),
    };
    assert!(bench.local.stop(&bench.authority(), &stop).is_err());
    assert_eq!(get(&url, "/").unwrap().1, "v1", "what ran goes on");
    fs::remove_dir(&obstacle).unwrap();
    bench.local.start(&bench.authority(), &newer, &web(&newer, 1)).unwrap();
    bench.until_healthy("shop-2-web-1");
}

#[test]
fn a_stop_that_lost_its_supervisor_is_finished_by_the_next() {
    let bench = Bench::new();
    let program = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n".to_owned()
        + &APP.replace("signal.signal(signal.SIGTERM, lambda *a: os._exit(0))", "");
    let release = bench.release(1, &program);
    bench.deploy(&release, 1);
    let before = status(&bench);
    let other = bench.another();
    let (authority, stop) = (
        bench.authority(),
        Stop {
            instances: vec!["shop-1-web-1".into()],
            drain: Span::ZERO,
            grace: Span::from_secs(2),
        },
    );
    let stopping = thread::spawn(move || other.stop(&authority, &stop));
    bench.until(
        "it is told to stop",
        |instance| instance.state == InstanceState::Draining,
        "shop-1-web-1",
    );
    crash(before.pid);
    let stopped = stopping.join().unwrap().unwrap();
    assert_eq!(
        (stopped[0].killed, stopped[0].exit.as_str()),
        (true, "signal 9 (SIGKILL)")
    );
    assert!(bench.observe().instances.is_empty());
}

#[test]
fn a_deleted_store_takes_its_processes_with_it() {
    let bench = Bench::new();
    bench.deploy(&bench.release(1, APP), 2);
    fs::remove_dir_all(&bench.paths.data).unwrap();
    let begun = Instant::now();
    while !processes_of(bench.root()).is_empty() {
        assert!(
            begun.elapsed() < Duration::from_secs(15),
            "{:?}",
            processes_of(bench.root())
        );
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn the_teardown_ends_what_is_started_while_it_looks() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = std::process::Command::new("sleep");
        command.arg("60").current_dir(folder.path()).spawn().unwrap()
    };
    let mut started = vec![start()];
    let left = end_all(|| {
        let found = processes_of(folder.path());
        if started.len() == 1 {
            started.push(start());
        }
        found
    });
    assert_eq!((left, processes_of(folder.path())), (vec![], vec![]));
    for mut child in started {
        assert!(!child.wait().unwrap().success());
    }
}
