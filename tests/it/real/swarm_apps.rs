//! Apps, images and steps that do on a swarm what they should not, and what becomes of the deployment.

use std::net::SocketAddr;

use super::deploy::json;
use super::swarm::{SECRET, SOON, Shop};
use crate::support::DELIVER;
use crate::support::load::{Load, Tally, Way};
use crate::support::swarm::{Fate, Image, Swarm, Wire};

const CHECKED: &str = "\
FROM scratch
COPY app behaviour /
HEALTHCHECK --interval=500ms --timeout=2s --retries=2 CMD [\"/app\", \"health\"]
ENTRYPOINT [\"/app\"]
";

fn addresses(shop: &Shop) -> Vec<SocketAddr> {
    let at = |(_, port): (String, u64)| format!("{}:{port}", shop.node.address).parse().expect("an address");
    shop.web().into_iter().map(at).collect()
}

fn gone(shop: &Shop) {
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn a_release_that_exits_or_never_gets_healthy_costs_no_request() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "costless", "");
    shop.sandbox.file("Dockerfile", CHECKED);
    shop.edit("stable = \"1s\"", "stable = \"100ms\"");
    shop.edit("start = \"8s\"", "start = \"5s\"");
    shop.deployed();
    let load = Load::start(&addresses(&shop), "/", &[Way::Fresh, Way::Kept]);
    shop.change("2", "EXIT_AFTER=0\nEXIT_STATUS=3\nNOISE=150\n");
    let crashed = shop.deliver("deploy");
    assert_eq!(
        (crashed.code, &crashed.error()["code"]),
        (Some(4), &"crashed".into()),
        "{crashed:?}"
    );
    let seconds = |ran| {
        json(ran)["steps"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|step| step["seconds"].as_f64())
            .sum::<f64>()
    };
    assert!(seconds(&crashed) < 15.0, "{crashed:?}");
    // The last hundred lines, of which one is what it said in the end.
    for (words, there) in [
        ("line 52", true),
        ("cannot find the price list", true),
        ("line 51\"", false),
    ] {
        assert_eq!(crashed.stderr.contains(words), there, "{words}: {}", crashed.stderr);
    }
    shop.change("3", "HEALTHY_AFTER=-1\n");
    let said = shop.fails("deploy", 4, "no-progress");
    assert!(said.contains("health check has not passed yet"), "{said}");
    let tally = load.end();
    assert!(tally.sent() > 100 && tally.lost() == 0, "{tally:?}");
    assert_eq!(tally.answers.keys().collect::<Vec<_>>(), ["1"], "{tally:?}");
    shop.serves("v1", "1");
    gone(&shop);
}

#[test]
fn an_app_whose_health_flaps_is_told_so_and_taken_back() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "flaps", "");
    shop.deployed();
    shop.change("2", "FLAPS=1\n");
    let said = shop.fails("deploy", 4, "flapping");
    assert!(said.contains("is flapping: its health changed 4 times"), "{said}");
    shop.serves("v1", "1");
    gone(&shop);
}

#[test]
fn an_app_that_ignores_sigterm_is_killed_and_named() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "deaf", "");
    shop.edit("grace = \"2s\"", "drain = \"0s\"\ngrace = \"1s\"");
    shop.edit("stable = \"1s\"", "stable = \"2s\"");
    shop.change("1", "IGNORE_TERM=1\n");
    shop.deployed();
    let named = |release: &str| {
        shop.change(release, "");
        let ran = shop.deliver("deploy");
        assert_eq!(
            (ran.code, &json(&ran)["outcome"]),
            (Some(0), &"succeeded".into()),
            "{ran:?}"
        );
        let names = ran.stderr.lines().filter(|line| line.contains("ignored SIGTERM"));
        let names: Vec<String> = names
            .filter_map(|line| line.split('`').nth(1).map(str::to_owned))
            .collect();
        assert!(names.iter().all(|name| name.starts_with("deaf-production.")), "{ran:?}");
        names
    };
    // The last one may still have its grace when the deployment ends; the next deployment tells.
    let (mut all, next) = (named("2"), named("3"));
    assert!(!all.is_empty(), "the first is killed before the second is replaced");
    all.extend(next);
    all.sort();
    let slots: Vec<&str> = all.iter().filter_map(|name| name.split('.').nth(1)).collect();
    assert_eq!(slots, ["1", "2"], "{all:?}");
    shop.serves("v3", "3");
    gone(&shop);
}

/// What becomes of requests that each take two seconds while the instances that have them are replaced.
fn in_flight(shop: &Shop, next: &str) -> Tally {
    let ways = [Way::Fresh, Way::Fresh, Way::Fresh, Way::Fresh];
    let load = Load::start(&addresses(shop), "/slow", &ways);
    shop.sandbox.until("requests are answered", SOON, || load.sent() >= 4);
    shop.change(next, "");
    shop.deployed();
    load.end()
}

#[test]
fn requests_in_flight_are_the_app_s_to_finish() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "in-flight", "");
    shop.edit("grace = \"2s\"", "grace = \"6s\"");
    shop.change("1", "LINGER=-1\n");
    shop.deployed();
    let quits = in_flight(&shop, "2");
    assert!(
        quits.reset > 0,
        "an engine that sends SIGTERM drains nothing: {quits:?}"
    );
    // An instance's own port is gone with it: that is refused, and nothing that was taken is lost.
    let finishes = in_flight(&shop, "3");
    assert_eq!(
        (finishes.reset, finishes.errors, finishes.timed_out),
        (0, 0, 0),
        "{finishes:?}"
    );
    assert!(finishes.answers.contains_key("2"), "{finishes:?}");
    gone(&shop);
}

#[test]
fn a_port_that_is_taken_and_one_that_nobody_listens_at_are_told_apart() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "doors", "publish = 8777");
    shop.edit("instances = 2", "instances = 1");
    shop.edit("start = \"8s\"", "start = \"5s\"");
    // Any program of the node's would do.
    let squatter = Shop::new(swarm.leader(), "squatter", "");
    squatter.edit("instances = 2", "instances = 1");
    squatter.deployed();
    let image = shop
        .node
        .docker_words(&["images", "--quiet", "--filter", "reference=deliver/squatter:v1"]);
    let container = format!("run --detach --name squatter --publish 8777:8080 {}", image.trim());
    shop.node.docker(&container);
    let said = shop.fails("deploy", 1, "crashed");
    assert!(
        said.contains("something else on its node has its port") && said.contains("choose another `publish`"),
        "{said}"
    );
    shop.node.docker("rm --force squatter");
    gone(&squatter);

    shop.change("2", "BIND=127.0.0.1\n");
    let said = shop.fails("deploy", 1, "no-progress");
    assert!(
        said.contains("an app must listen on 0.0.0.0 and at $PORT, never on 127.0.0.1"),
        "{said}"
    );
    shop.change("3", "");
    shop.deployed();
    assert_eq!(shop.answers("/"), ["3"]);
    gone(&shop);
}

#[test]
fn a_changed_config_or_secret_alone_is_a_release_and_comes_back() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(
        swarm.leader(),
        "settings",
        "configs = { \"/etc/app.toml\" = \"app.toml\" }",
    );
    shop.edit("stable = \"1s\"", "stable = \"100ms\", interval = \"200ms\"");
    shop.edit("\"Dockerfile\"]", "\"app.toml\"]");
    let reference = format!("reference = \"{}\"", Image::new("settings", "1").push(swarm));
    shop.edit("dockerfile = \"Dockerfile\"", &reference);
    let set = |text: &str| {
        shop.sandbox.file("app.toml", text);
        shop.commit();
    };
    let runs = |release: &str, config: &str, token: &str| {
        assert_eq!(shop.status()["release"], release);
        assert_eq!(shop.answers("/file/etc/app.toml"), [config; 2]);
        assert_eq!(shop.answers("/file/run/secrets/TOKEN"), [token; 2]);
    };
    let image = || {
        let format = "{{.Spec.TaskTemplate.ContainerSpec.Image}}";
        shop.node
            .docker_words(&["service", "inspect", "--format", format, &shop.service()])
    };
    set("first");
    shop.deployed();
    runs("v1", "first", SECRET);
    let before = (image(), shop.web());
    set("second");
    shop.deployed();
    runs("v2", "second", SECRET);
    assert_eq!(image(), before.0, "only the config is another");
    assert!(
        shop.web().iter().all(|one| !before.1.contains(one)),
        "every instance is a new one"
    );
    let rotated = shop.sandbox.run("SHOP_TOKEN=another deliver deploy production --json");
    assert_eq!(
        (rotated.code, &json(&rotated)["release"]),
        (Some(0), &"v3".into()),
        "{rotated:?}"
    );
    assert_eq!(image(), before.0, "only the secret is another");
    runs("v3", "second", "another");
    shop.deliver("rollback").ok();
    runs("v2", "second", SECRET);
    shop.deliver("rollback --to v1").ok();
    runs("v1", "first", SECRET);
    gone(&shop);
}

#[test]
fn a_secret_that_an_app_blurts_out_is_read_by_nobody() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "blurts", "");
    shop.edit("start = \"8s\"", "start = \"4s\"");
    shop.deployed();
    shop.change("2", "EXIT_AFTER=0\nTELLS=/run/secrets/TOKEN\n");
    let child = shop.midway("deploy production", "v2");
    let words = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c '^canary-' || true";
    let arguments = shop.sandbox.run(words).ok();
    assert_eq!(arguments.trim(), "0", "it is an argument of a process");
    let ended = child.wait_with_output().expect("it ends");
    let text = [ended.stdout, ended.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(
        text.contains("cannot find the price list"),
        "its output is shown: {text}"
    );
    let document = shop.deliver("deploy");
    assert_eq!(document.code, Some(4), "{document:?}");
    let lines = "deliver plan production; deliver why D-2 --json; deliver why D-3; deliver history production --json;
        deliver audit export; deliver status production --json; deliver logs production";
    let told = shop.sandbox.run(lines);
    let files = shop
        .sandbox
        .run(&format!("grep -rl {SECRET} ../home ../tmp ../run || true"));
    let services = shop.node.docker(&format!("service inspect {}", shop.service()));
    for (place, text) in [
        ("terminal", text),
        ("document", format!("{document:?}")),
        ("reports", format!("{told:?}")),
        ("files", files.stdout),
        ("specification", services),
    ] {
        assert!(
            !text.contains(SECRET) && (place != "files" || text.is_empty()),
            "{place}: {text}"
        );
    }
    gone(&shop);
}

#[test]
fn a_release_step_that_fails_hangs_or_is_killed_leaves_the_old_release_serving() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "steps", "");
    shop.edit("stable = \"1s\"", "stable = \"100ms\", interval = \"200ms\"");
    shop.edit("grace = ", "volumes = [\"data\"]\ngrace = ");
    shop.deployed();
    let step = |words: &str, timeout: &str| {
        let line = format!("release = {{ command = [\"./app\", \"migrate\", {words}], timeout = \"{timeout}\" }}");
        let text = shop.sandbox.read("deliver.toml");
        let text: Vec<&str> = text.lines().filter(|line| !line.starts_with("release = ")).collect();
        shop.sandbox.file(
            "deliver.toml",
            &text.join("\n").replace("grace = ", &format!("{line}\ngrace = ")),
        );
        shop.commit();
    };
    let notes = || shop.answers("/file/data/migrated")[0].clone();
    let none_left = || {
        assert_eq!(shop.left().iter().filter(|name| name.contains("-release-")).count(), 0);
        shop.serves("v1", "1");
    };
    step("\"4\"", "20s");
    let said = shop.fails("deploy", 1, "release-step-failed");
    assert!(said.contains("status 4") && said.contains("migrating"), "{said}");
    assert_eq!(notes(), "began ended");
    none_left();

    step("\"0\", \"60000\"", "2s");
    let said = shop.fails("deploy", 5, "release-step-timeout");
    assert!(
        said.contains("within 2s") && said.contains("see how far it came"),
        "{said}"
    );
    assert_eq!(notes(), "began ended began", "it is ended, and waited for");
    none_left();

    let program = shop.sandbox.read("deliver.toml");
    step("", "20s");
    let text = shop.sandbox.read("deliver.toml");
    let other = "release = { command = [\"./no-such-program\"";
    shop.sandbox.file(
        "deliver.toml",
        &text.replace("release = { command = [\"./app\", \"migrate\", ", &format!("{other}, ")),
    );
    shop.commit();
    let said = shop.fails("deploy", 1, "release-step-not-started");
    assert!(said.contains("no-such-program"), "{said}");
    assert_eq!(notes(), "began ended began", "nothing of it ran");
    none_left();
    shop.sandbox.file("deliver.toml", &program);

    step("\"0\", \"50000\"", "40s");
    let filter = "--filter=label=deliver.process=release";
    let running = || {
        shop.node
            .docker_words(&["ps", "--quiet", filter, "--filter=label=deliver.service=steps"])
    };
    let child = shop
        .sandbox
        .command("/bin/sh")
        .args(["-c", "deliver deploy production >../killed 2>&1"])
        .spawn();
    let mut child = child.expect("it starts");
    shop.sandbox
        .until("the step runs", SOON, || !running().trim().is_empty());
    shop.node.docker(&format!("kill {}", running().trim()));
    assert_eq!(
        child.wait().expect("it ends").code(),
        Some(5),
        "half of its work may be done"
    );
    let said = shop.sandbox.read("../killed");
    assert!(
        said.contains("signal 9") && said.contains("see how far it came"),
        "{said}"
    );
    none_left();

    // One that hangs, and whose tool is gone, stops nobody.
    step("\"0\", \"60000\"", "3s");
    let mut child = shop.sandbox.command(DELIVER);
    let mut child = child
        .args(["deploy", "production", "--quiet"])
        .spawn()
        .expect("it starts");
    shop.sandbox
        .until("the step runs", SOON, || !running().trim().is_empty());
    child.kill().expect("killed");
    child.wait().expect("gone");
    let resumed = shop.deliver("resume");
    assert_eq!(resumed.code, Some(5), "{resumed:?}");
    assert!(resumed.stderr.contains("did not end within 3s"), "{resumed:?}");
    assert_eq!(running(), "");
    none_left();
    step("\"0\"", "20s");
    shop.change("2", "");
    shop.deployed();
    gone(&shop);
}

#[test]
fn a_secret_that_a_swarm_does_not_hold_is_refused_before_anything_is_touched() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "toolong", "");
    shop.sandbox
        .run("head -c 512000 /dev/zero | tr '\\0' x > ../token")
        .ok();
    shop.edit("env:SHOP_TOKEN", "file:../token");
    let said = shop.fails("deploy", 2, "secret-too-long");
    let why = "the secret `TOKEN` has 501 KiB; a secret of a swarm holds 500";
    assert!(said.contains(why), "{said}");
    assert_eq!(shop.left(), ["toolong-production-deliver-fence"]);
    shop.sandbox.run("truncate -s 511990 ../token").ok();
    shop.deployed();
    shop.serves("v2", "1");
    gone(&shop);
}

#[test]
fn an_incident_that_comes_meanwhile_stops_what_does_not_fix_one() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "fixes", "");
    shop.edit(
        "instances = 2",
        "instances = 2\nstrategy = { kind = \"canary\", steps = [\"50%\"], bake = \"2s\" }",
    );
    shop.deployed();
    let meanwhile = |line: &str, release: &str| {
        let child = shop.midway(line, release);
        shop.sandbox
            .run("deliver incident open 'no prices' --service fixes --severity sev1")
            .ok();
        let ended = child.wait_with_output().expect("it ends");
        (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
    };
    let unknown = shop.fails("deploy --fixes INC-1", 2, "unknown-incident");
    assert!(unknown.contains("INC-1"), "{unknown}");
    shop.change("2", "");
    let (code, said) = meanwhile("deploy production --json", "v2");
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("INC-1 (sev1) was opened meanwhile"), "{said}");
    assert!(said.contains("--fixes INC-1"), "{said}");
    shop.serves("v1", "1");

    let (code, said) = meanwhile("deploy production --json --fixes INC-1", "v2");
    assert_eq!(code, Some(0), "{said}");
    shop.serves("v2", "2");
    shop.sandbox.run("deliver incident resolve INC-1 prices are back").ok();
    shop.change("3", "");
    shop.fails("deploy --fixes INC-1", 2, "incident-over");
    shop.serves("v2", "2");
    gone(&shop);
}

#[test]
fn a_release_step_whose_tool_or_answer_is_lost_runs_once() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "onestep", "");
    shop.edit("stable = \"1s\"", "stable = \"100ms\", interval = \"200ms\"");
    shop.edit("grace = ", "volumes = [\"data\"]\ngrace = ");
    shop.deployed();
    let notes = || shop.answers("/file/data/migrated")[0].clone();
    let wire = Wire::to(shop.node, shop.sandbox.root());
    shop.edit(&shop.node.host(), &wire.host());
    let step = "release = { command = [\"./app\", \"migrate\", \"0\", \"2500\"], timeout = \"20s\" }\ngrace = ";
    shop.edit("grace = ", step);
    wire.arm("/services/create", Fate::Unanswered);
    shop.deployed();
    wire.meet();
    assert_eq!(notes(), "began ended");

    // Its answer is waited for by the next command, when its tool is gone.
    shop.change("3", "");
    let child = shop.midway("deploy production --json", "v3");
    let pid = nix::unistd::Pid::from_raw(child.id().cast_signed());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).expect("killed");
    child.wait_with_output().expect("gone");
    let resumed = shop.deliver("resume");
    assert_eq!(resumed.code, Some(0), "{resumed:?}");
    assert!(
        resumed.stderr.contains("was left unfinished while releasing"),
        "{}",
        resumed.stderr
    );
    assert_eq!(notes(), "began ended began ended");
    assert_eq!(shop.left().iter().filter(|name| name.contains("-release-")).count(), 0);
    shop.serves("v2", "1");
    gone(&shop);
}
