//! Instances: their start, health, output, environment and end.

use super::*;

#[test]
fn a_started_instance_becomes_healthy_and_stops() {
    let bench = Bench::new();
    let release = bench.release(1, APP);
    let wanted = web(&release, 1);
    let url = bench.start(&release, &wanted).unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let instance = bench.until_healthy("shop-1-web-1");
    assert_eq!(instance.probe.as_deref(), Some("GET /healthz answered 200"));
    assert_eq!(
        (instance.restarts, instance.routed, instance.exit.clone()),
        (0, false, None)
    );
    let later = bench.until("time passes", |instance| instance.healthy_ms >= 300, "shop-1-web-1");
    assert_eq!(later.pid, instance.pid);

    // The same again starts nothing.
    bench.local.start(&bench.authority(), &release, &wanted).unwrap();
    assert_eq!(bench.instance("shop-1-web-1").unwrap().pid, instance.pid);

    let stopped = bench.stop(&ids(&wanted), "1s", "5s");
    assert_eq!(stopped.len(), 1);
    assert_eq!(
        (stopped[0].exit.as_str(), stopped[0].killed, stopped[0].cut),
        ("status 0", false, 0)
    );
    assert!(bench.observe().instances.is_empty());
    // And the same stop again says the same.
    assert_eq!(bench.stop(&ids(&wanted), "1s", "5s")[0].exit, "status 0");
}

#[test]
fn nothing_runs_after_a_halt() {
    let bench = Bench::new();
    bench.deploy(&bench.release(1, APP), 2);
    assert!(
        processes_of(bench.root()).len() >= 6,
        "supervisor, router, two shims, two apps"
    );
    bench.client().halt().unwrap();
    assert_eq!(processes_of(bench.root()), []);
    assert!(bench.client().status().unwrap().is_none());
    // Looking does not start it again.
    assert_eq!(bench.observe().instances.len(), 2);
    assert!(bench.client().status().unwrap().is_none());
}

#[test]
fn a_lower_fence_is_refused() {
    let mut bench = Bench::new();
    let release = bench.release(1, APP);
    bench.fence = 7;
    bench.local.prepare(&bench.authority(), &release).unwrap();
    bench.fence = 6;
    let refused = [
        bench.local.prepare(&bench.authority(), &release).unwrap_err(),
        bench
            .local
            .start(&bench.authority(), &release, &web(&release, 1))
            .unwrap_err(),
        bench.local.remove(&bench.authority()).unwrap_err(),
    ];
    for fault in refused {
        assert_eq!((fault.code(), fault.kind().exit_code()), ("fenced", 6));
    }
    assert_eq!(bench.observe().fence, 7);
}

#[test]
fn an_early_exit_is_reported_and_not_restarted() {
    let bench = Bench::new();
    let release = bench.release(1, "print('bad luck')\nraise SystemExit(3)\n");
    bench.start(&release, &web(&release, 1)).unwrap();
    let id = "shop-1-web-1";
    let instance = bench.until("it exited", |instance| instance.state == InstanceState::Exited, id);
    assert_eq!((instance.exit.as_deref(), instance.restarts), (Some("status 3"), 0));
    let lines: Vec<_> = bench
        .log(&LogQuery::default())
        .into_iter()
        .map(|line| (line.stream, line.text))
        .collect();
    assert_eq!(
        lines,
        [
            ("out".into(), "bad luck".into()),
            ("deliver".into(), "status 3".to_owned())
        ]
    );
}

#[test]
fn a_missing_command_is_said_at_the_start() {
    let bench = Bench::new();
    let artifact = bench.artifact("b-1", &[("x", "")]);
    let release = bench.release_of(1, artifact.clone(), spec(CommandLine::Exec(vec!["gunicornn".into()])));
    let fault = bench.start(&release, &web(&release, 1)).unwrap_err();
    assert_eq!(
        (fault.code(), fault.message()),
        ("command-missing", "cannot start `gunicornn`: no such command")
    );
    let release = bench.release_of(2, artifact, spec(CommandLine::Exec(vec!["./x".into()])));
    let fault = bench.start(&release, &web(&release, 1)).unwrap_err();
    assert_eq!(fault.code(), "command-denied");
}

#[test]
fn an_instance_that_crashes_is_restarted_once_it_belongs_to_the_environment() {
    let bench = Bench::new();
    let url = bench.deploy(&bench.release(1, APP), 1);
    let id = "shop-1-web-1";
    let before = bench.instance(id).unwrap();
    assert!(before.routed);
    let _ = get(&url, "/die");
    let after = bench.until(
        "it is back",
        |now| now.restarts == 1 && now.state == InstanceState::Healthy,
        id,
    );
    assert_ne!(after.pid, before.pid);
    assert_eq!(after.exit.as_deref(), Some("status 3"));
    assert_eq!(get(&url, "/").unwrap(), (200, "v1".into()));
}

#[test]
fn an_instance_that_does_not_live_any_more_is_restarted() {
    let bench = Bench::new();
    let program = APP.replace(
        "status = int(",
        "status = 500 if self.path == \"/livez\" and os.path.exists(\"stuck\") else int(",
    );
    let mut release = bench.release(1, &program);
    release.release.spec.health.live = Some(HttpProbe {
        path: "/livez".into(),
        host: None,
        below: 400,
    });
    // Two seconds of patience.
    release.release.spec.health.timeout = Span::from_millis(100);
    bench.deploy(&release, 1);
    let id = "shop-1-web-1";
    let before = bench.instance(id).unwrap();
    let folder = fs::read_link(format!("/proc/{}/cwd", before.pid.unwrap())).unwrap();
    fs::write(folder.join("stuck"), "").unwrap();
    let told = bench.until("it is stopped", |now| now.restarts == 1, id);
    assert_eq!(
        told.exit.as_deref(),
        Some("lifeless (GET /livez answered 500): status 0")
    );
    fs::remove_file(folder.join("stuck")).unwrap();
    let after = bench.until(
        "it is back",
        |now| now.state == InstanceState::Healthy && now.pid.is_some(),
        id,
    );
    assert_ne!(after.pid, before.pid);
}

#[test]
fn an_app_that_ignores_sigterm_is_killed_after_its_grace() {
    let bench = Bench::new();
    let program = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n".to_owned()
        + &APP.replace("signal.signal(signal.SIGTERM, lambda *a: os._exit(0))", "");
    let release = bench.release(1, &program);
    bench.start(&release, &web(&release, 1)).unwrap();
    bench.until_healthy("shop-1-web-1");
    let begun = Instant::now();
    let stopped = bench.stop(&ids(&web(&release, 1)), "0s", "1s");
    assert_eq!(
        (stopped[0].killed, stopped[0].exit.as_str()),
        (true, "signal 9 (SIGKILL)")
    );
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[test]
fn a_wrapper_that_keeps_signals_to_itself_leaves_nothing_behind() {
    let bench = Bench::new();
    let artifact = bench.artifact("b-1", &[("app.py", APP)]);
    let command = "trap '' TERM; setsid sleep 300 & python3 app.py & wait";
    let release = bench.release_of(1, artifact, spec(CommandLine::Shell(command.into())));
    bench.start(&release, &web(&release, 1)).unwrap();
    bench.until_healthy("shop-1-web-1");
    let before = processes_of(&bench.paths.data.join("run")).len();
    assert!(before >= 3, "sh, sleep and python3: {before}");
    bench.stop(&ids(&web(&release, 1)), "0s", "1s");
    assert_eq!(processes_of(&bench.paths.data.join("run")), []);
}

#[test]
fn what_a_command_leaves_in_the_background_ends_with_it() {
    let bench = Bench::new();
    let artifact = bench.artifact("b-1", &[("x", "")]);
    let release = bench.release_of(
        1,
        artifact,
        spec(CommandLine::Shell("setsid sleep 300 & exit 0".into())),
    );
    bench.start(&release, &web(&release, 1)).unwrap();
    let id = "shop-1-web-1";
    let instance = bench.until("it exited", |instance| instance.state == InstanceState::Exited, id);
    assert_eq!(instance.exit.as_deref(), Some("status 0, left 1 process behind"));
    assert_eq!(processes_of(&bench.paths.data.join("run")), []);
}

#[test]
fn an_app_that_ignores_its_port_is_seen_where_it_listens() {
    let bench = Bench::new();
    let other = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let release = bench.release(1, &APP.replace("int(os.environ[\"PORT\"])", &other.to_string()));
    bench.start(&release, &web(&release, 1)).unwrap();
    let id = "shop-1-web-1";
    let instance = bench.until("its port is found", |instance| !instance.listens_on.is_empty(), id);
    assert_eq!(
        (instance.listens_on, instance.state),
        (vec![other], InstanceState::Starting)
    );
    assert!(instance.probe.unwrap().starts_with("connection refused on port "));
}

#[test]
fn health_that_comes_and_goes_is_counted() {
    let bench = Bench::new();
    let release = bench.release(1, APP);
    bench.start(&release, &web(&release, 1)).unwrap();
    let id = "shop-1-web-1";
    bench.until_healthy(id);
    let status = bench.paths.run("shop", "local", "b-1").join("status");
    fs::write(&status, "503").unwrap();
    let sick = bench.until("it is unhealthy", |now| now.state == InstanceState::Unhealthy, id);
    assert_eq!((sick.flaps, sick.healthy_ms), (1, 0));
    assert_eq!(sick.probe.as_deref(), Some("GET /healthz answered 503"));
    fs::remove_file(&status).unwrap();
    let well = bench.until("it is healthy again", |now| now.state == InstanceState::Healthy, id);
    assert_eq!(well.flaps, 2);
}

#[test]
fn an_instance_sees_its_own_environment_and_no_other() {
    let bench = Bench::new();
    let mut release = bench.release(1, APP);
    release.release.spec.env.insert("GREETING".into(), "hello world".into());
    secret(&mut release, "DATABASE_URL", "canary-3f9a");
    let url = bench.deploy(&release, 1);
    let (_, environment) = get(&url, "/env").unwrap();
    let port = bench.instance("shop-1-web-1").unwrap().port.unwrap();
    for expected in [
        "GREETING=hello world",
        "DATABASE_URL=canary-3f9a",
        "HOME=/nowhere",
        &format!("PORT={port}"),
    ] {
        assert!(
            environment.lines().any(|line| line == expected),
            "{expected} in {environment}"
        );
    }
    assert!(
        !environment.contains("CARGO") && !environment.contains("LEAK"),
        "{environment}"
    );

    // The value rests nowhere in the clear, and no argument list shows it.
    for entry in walk(bench.root()) {
        let text = fs::read(&entry).unwrap_or_default();
        let found = text.windows(11).any(|window| window == b"canary-3f9a");
        assert!(!found, "the secret is in {}", entry.display());
    }
    for pid in processes_of(bench.root()) {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&line).contains("canary"));
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(walk(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}

#[test]
fn a_taken_port_names_its_holder_and_another_service_is_named() {
    let mut bench = Bench::new();
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let mut release = bench.release(1, APP);
    release.release.spec.port = Some(port);
    let fault = bench.start(&release, &web(&release, 1)).unwrap_err();
    assert_eq!(fault.code(), "port-taken");
    assert!(
        fault.message().contains(&format!("pid {}", std::process::id())),
        "{fault}"
    );
    assert_eq!(bench.observe().fence, 1, "the fence counts all the same");
    drop(other);
    assert_eq!(bench.deploy(&release, 1), format!("http://127.0.0.1:{port}"));

    let mut stranger = bench.release(1, APP);
    stranger.release.service = "blog".parse().unwrap();
    stranger.release.spec.port = Some(port);
    bench.fence = 2;
    let authority = Authority {
        service: "blog".parse().unwrap(),
        ..bench.authority()
    };
    let fault = bench.local.prepare(&authority, &stranger).unwrap_err();
    assert_eq!(
        fault.message(),
        format!("cannot listen on port {port}: it belongs to `shop` in `local`")
    );
}

#[test]
fn a_picked_port_stays_the_same_even_over_a_removal() {
    let bench = Bench::new();
    let release = bench.release(1, APP);
    let url = bench.deploy(&release, 1);
    let stranger_first = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    bench.stop(&ids(&web(&release, 1)), "0s", "5s");
    bench.local.remove(&bench.authority()).unwrap();
    assert!(get(&url, "/").is_err(), "the port is closed");
    assert_eq!(bench.observe().url, None);
    drop(stranger_first);
    assert_eq!(bench.start(&release, &web(&release, 1)).unwrap(), url);
}

#[test]
fn a_release_step_keeps_its_exit_and_is_not_run_again() {
    let bench = Bench::new();
    let mut release = bench.release(1, APP);
    release.release.spec.release_step = Some(deliver::model::spec::ReleaseStep {
        command: CommandLine::Shell("echo migrated >> ../ran; exit 4".into()),
        timeout: Span::from_secs(10),
        previous_still_works: true,
    });
    let step = Wanted {
        id: "shop-1-release".into(),
        process: "release".into(),
    };
    bench.start(&release, std::slice::from_ref(&step)).unwrap();
    let ended = bench.until("it ended", |now| now.state == InstanceState::Exited, &step.id);
    assert_eq!((ended.exit.as_deref(), ended.port), (Some("status 4"), None));
    bench.local.start(&bench.authority(), &release, &[step]).unwrap();
    let ran = bench.paths.run("shop", "local", "b-1").parent().unwrap().join("ran");
    assert_eq!(fs::read_to_string(ran).unwrap(), "migrated\n");
}

#[test]
fn a_worker_has_no_port_and_counts_as_healthy_while_it_runs() {
    let bench = Bench::new();
    let mut release = bench.release(1, APP);
    let work = Work::Command(CommandLine::Shell("echo port=${PORT-none}; exec sleep 300".into()));
    release.release.spec.processes = vec![process("mailer", Role::Worker, work)];
    let wanted = [Wanted {
        id: "shop-1-mailer-1".into(),
        process: "mailer".into(),
    }];
    assert_eq!(bench.start(&release, &wanted).unwrap(), "", "nothing to reach");
    let instance = bench.until_healthy("shop-1-mailer-1");
    assert_eq!(instance.port, None);
    bench.shift(&release, &wanted);
    // A worker is healthy from its first moment, before it has printed anything.
    let until = Instant::now() + Duration::from_secs(20);
    while bench.log(&LogQuery::default()).is_empty() {
        assert!(Instant::now() < until, "it prints nothing");
        std::thread::sleep(Duration::from_millis(10));
    }
    kill(Pid::from_raw(instance.pid.unwrap() as i32), Signal::SIGSEGV).unwrap();
    let back = bench.until(
        "it is back",
        |now| now.restarts == 1 && now.pid.is_some(),
        "shop-1-mailer-1",
    );
    assert_eq!(back.exit.as_deref(), Some("signal 11 (SIGSEGV)"));
    assert_eq!(bench.log(&LogQuery::default())[0].text, "port=none");
}

#[test]
fn a_static_folder_is_served_with_types_and_without_dotfiles() {
    let bench = Bench::new();
    let artifact = bench.artifact(
        "b-1",
        &[
            ("public/index.html", "<h1>home</h1>"),
            ("public/.env", "X=1"),
            ("public/a.css", "a{}"),
            ("private", "no"),
        ],
    );
    let mut release = bench.release_of(1, artifact, spec(CommandLine::Shell(String::new())));
    release.release.spec.processes = vec![process("web", Role::Web, Work::Static("public".into()))];
    let url = bench.deploy(&release, 1);
    assert_eq!(get(&url, "/").unwrap(), (200, "<h1>home</h1>".into()));
    assert_eq!(get(&url, "/a.css").unwrap(), (200, "a{}".into()));
    for hidden in ["/.env", "/%2eenv", "/../private", "/..%2fprivate", "/nothing"] {
        assert_eq!(get(&url, hidden).unwrap().0, 404, "{hidden}");
    }
    let stopped = bench.stop(&ids(&web(&release, 1)), "1s", "5s");
    assert_eq!(stopped[0].exit, "status 0");
}

#[test]
fn output_beyond_all_measure_neither_blocks_nor_fills_the_disk() {
    let bench = Bench::new();
    let artifact = bench.artifact("b-1", &[("x", "")]);
    let flood = "head -c 200000000 /dev/urandom; echo; head -c 10000000 /dev/zero | tr '\\0' x; echo; echo end";
    let mut release = bench.release_of(1, artifact, spec(CommandLine::Shell(flood.into())));
    release.release.spec.processes[0].role = Role::Worker;
    bench.start(&release, &web(&release, 1)).unwrap();
    bench.until("it ended", |now| now.state == InstanceState::Exited, "shop-1-web-1");
    let folder = bench.paths.agent().join("instances/shop-1-web-1");
    let size = |name: &str| fs::metadata(folder.join(name)).map_or(0, |meta| meta.len());
    assert!(
        size("log") + size("log.1") < 25_000_000,
        "{} and {}",
        size("log"),
        size("log.1")
    );
    let tail = LogQuery {
        tail: Some(2),
        ..LogQuery::default()
    };
    let texts: Vec<_> = bench.log(&tail).into_iter().map(|line| line.text).collect();
    assert_eq!(texts, ["end", "status 0"]);
}

#[test]
fn logs_follow_instances_of_later_releases() {
    let bench = Bench::new();
    let say = |text: &str| spec(CommandLine::Shell(format!("echo {text}; sleep 300")));
    let artifact = bench.artifact("b-1", &[("x", "")]);
    let mut first = bench.release_of(1, artifact.clone(), say("one"));
    let mut second = bench.release_of(2, artifact, say("two"));
    for release in [&mut first, &mut second] {
        release.release.spec.processes[0].role = Role::Worker;
    }
    bench.start(&first, &web(&first, 1)).unwrap();
    let other = bench.another();
    let (tell, told) = std::sync::mpsc::channel();
    let follower = std::thread::spawn(move || {
        let mut seen = 0;
        let mut take = |line: LogLine| {
            seen += 1;
            tell.send(line.text).unwrap();
            seen < 2
        };
        other
            .logs(&service(), &EnvName::local(), &LogQuery::default(), true, &mut take)
            .unwrap();
    });
    assert_eq!(told.recv_timeout(Duration::from_secs(5)).unwrap(), "one");
    bench.start(&second, &web(&second, 1)).unwrap();
    assert_eq!(told.recv_timeout(Duration::from_secs(5)).unwrap(), "two");
    follower.join().unwrap();
}

#[test]
fn a_scheduled_job_waits_for_its_minute_and_runs_only_while_it_belongs() {
    let bench = Bench::new();
    let mut release = bench.release(1, APP);
    let work = Work::Command(CommandLine::Shell("echo tick; exit 5".into()));
    release.release.spec.processes = vec![process("nightly", Role::Schedule("* * * * *".into()), work)];
    let wanted = [Wanted {
        id: "shop-1-nightly".into(),
        process: "nightly".into(),
    }];
    bench.start(&release, &wanted).unwrap();
    assert_eq!(bench.instance("shop-1-nightly").unwrap().state, InstanceState::Waiting);
    bench.shift(&release, &wanted);
    let until = Instant::now() + Duration::from_secs(65);
    while bench.instance("shop-1-nightly").unwrap().exit.is_none() {
        assert!(Instant::now() < until, "no run within a minute\n{}", bench.agent_log());
        std::thread::sleep(Duration::from_millis(200));
    }
    let job = bench.until(
        "it waits again",
        |now| now.state == InstanceState::Waiting,
        "shop-1-nightly",
    );
    assert_eq!((job.exit.as_deref(), job.restarts), (Some("status 5"), 0));
    let stopped = bench.stop(&ids(&wanted), "0s", "1s");
    assert_eq!(stopped[0].exit, "status 5");
}

#[test]
fn an_unreadable_schedule_is_refused_before_anything_starts() {
    let bench = Bench::new();
    let mut release = bench.release(1, APP);
    let work = Work::Command(CommandLine::Shell("true".into()));
    release.release.spec.processes = vec![process("job", Role::Schedule("every day".into()), work)];
    let wanted = [Wanted {
        id: "shop-1-job".into(),
        process: "job".into(),
    }];
    assert_eq!(bench.start(&release, &wanted).unwrap_err().code(), "bad-schedule");
    assert!(bench.observe().instances.is_empty());
}

#[test]
fn an_instance_that_ended_just_before_the_shift_is_started_again_and_one_sent_away_is_not() {
    let bench = Bench::new();
    let release = bench.release(1, APP);
    let wanted = web(&release, 2);
    bench.start(&release, &wanted).unwrap();
    for want in &wanted {
        let pid = bench.until_healthy(&want.id).pid.unwrap();
        kill(Pid::from_raw(pid as i32), Signal::SIGKILL).unwrap();
        bench.until("it exited", |now| now.state == InstanceState::Exited, &want.id);
    }
    bench.shift(&release, &wanted);
    bench.until_healthy("shop-1-web-1");
    let second = bench.until_healthy("shop-1-web-2").pid.unwrap();
    kill(Pid::from_raw(second as i32), Signal::SIGKILL).unwrap();
    bench.until(
        "it waits for its restart",
        |now| now.state == InstanceState::BackOff,
        "shop-1-web-2",
    );
    bench.shift(&release, &wanted[..1]);
    let until = Instant::now() + Duration::from_millis(1500);
    while Instant::now() < until {
        assert_eq!(bench.instance("shop-1-web-2").unwrap().pid, None);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(bench.instance("shop-1-web-2").unwrap().state, InstanceState::Exited);
}
