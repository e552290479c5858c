//! Deployments to a swarm whose tool is killed, stopped, interrupted or overtaken, and what the next one makes of that.

use std::process::Child;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::deploy::json;
use super::swarm::{SOON, Shop};
use crate::support::swarm::{Fate, Node, Swarm, Wire};
use crate::support::{DELIVER, Ran};

/// Deployments that are killed side by side; waiting for an engine costs no processor.
const LANES: [&str; 4] = ["swept-one", "swept-two", "swept-three", "swept-four"];

const STEP: &str = "release = { command = [\"./app\", \"migrate\", \"0\"], timeout = \"20s\" }\ngrace = ";

/// As short as a deployment can be.
fn hasten(shop: &Shop) {
    shop.edit("stable = \"1s\"", "stable = \"100ms\", interval = \"200ms\"");
}

fn newest(shop: &Shop) -> Value {
    json(&shop.deliver("history"))["deployments"][0].clone()
}

fn signal(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().cast_signed()), signal).expect("it is there");
}

/// Ends it the hard way.
fn killed(mut child: Child) {
    signal(&child, Signal::SIGKILL);
    child.wait().expect("gone");
}

/// One release serves, the one that answers so, and nothing of any other is left.
#[track_caller]
fn one_release(shop: &Shop, at: &str) -> String {
    let status = shop.status();
    let instances = status["instances"].as_array().cloned().unwrap_or_default();
    let there: Vec<&Value> = instances.iter().filter(|one| one["state"] != "draining").collect();
    assert!(
        status["healthy"] == 2 && there.len() == 2 && there.iter().all(|one| one["release"] == status["release"]),
        "{at}: {status:#}"
    );
    let answers = shop.answers("/");
    assert!(answers.len() == 2 && answers[0] == answers[1], "{at}: {answers:?}");
    let left = shop.left();
    let (service, fence) = (shop.service(), format!("{}-deliver-fence", shop.service()));
    let secrets = left.iter().filter(|name| **name != service && **name != fence).count();
    assert!(
        left.contains(&service) && left.contains(&fence) && secrets == 1 && left.len() == 3,
        "{at}: {left:?}"
    );
    answers[0].clone()
}

/// Kills deployments at each `step`-th write from `first` on, until one comes to its end; gives how each was recovered.
fn sweep(node: &Node, name: &'static str, first: usize) -> (usize, Vec<String>) {
    let shop = Shop::new(node, name, "");
    hasten(&shop);
    shop.edit("grace = ", STEP);
    shop.deployed();
    let (mut serves, mut ends) = ("1".to_owned(), Vec::new());
    for (version, write) in (2..).zip((first..).step_by(LANES.len())) {
        let at = format!("{name} after write {write}");
        shop.change(&version.to_string(), "");
        let line =
            format!("SHOP_TOKEN=token-{version} DELIVER_TEST_CRASH_AT={write} deliver deploy production --quiet");
        if shop.sandbox.run(&line).code == Some(0) {
            shop.sandbox.run("deliver down production --yes").ok();
            return (write, ends);
        }
        let resumed = shop.deliver("resume");
        let last = newest(&shop);
        let outcome = last["outcome"].as_str().unwrap_or_default().to_owned();
        let expected = if outcome == "rolled_back" { 4 } else { 0 };
        let nothing_left = resumed.json()["deployments"] == serde_json::json!([]);
        let code = resumed.code.unwrap_or(-1);
        assert!(code == expected || (code == 0 && nothing_left), "{at}: {resumed:?}");
        assert!(
            ["succeeded", "rolled_back", "interrupted"].contains(&outcome.as_str()),
            "{at}: {last}"
        );
        let answer = one_release(&shop, &at);
        let tried = last["release"] == shop.status()["release"];
        match outcome.as_str() {
            "succeeded" if tried => assert!(answer == version.to_string() || answer == serves, "{at}: {answer}"),
            _ => assert_eq!(answer, serves, "{at}: {last}"),
        }
        serves = answer;
        ends.push(last["reason"].as_str().unwrap_or_default().to_owned());
    }
    unreachable!("some deployment ends")
}

#[test]
fn killed_at_any_write_a_deployment_is_finished_or_taken_back() {
    let Some(swarm) = Swarm::one() else { return };
    let lanes: Vec<(usize, Vec<String>)> = std::thread::scope(|scope| {
        let lane = |(at, name): (usize, &&'static str)| {
            let name = *name;
            scope.spawn(move || sweep(swarm.leader(), name, at + 1))
        };
        let lanes: Vec<_> = LANES.iter().enumerate().map(lane).collect();
        lanes.into_iter().map(|lane| lane.join().expect("a lane")).collect()
    });
    let last = lanes.iter().map(|(last, _)| *last).min();
    assert!(last > Some(20), "a deployment has more writes than {last:?}");
    let ends: Vec<&String> = lanes.iter().flat_map(|(_, ends)| ends).collect();
    for words in [
        "nothing had been replaced",
        "is serving again",
        "finished after an interruption",
    ] {
        assert!(ends.iter().any(|end| end.contains(words)), "{words}: {ends:#?}");
    }
}

#[test]
fn a_rollback_of_what_was_left_half_done_brings_back_what_served() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "halfway", "");
    hasten(&shop);
    shop.deployed();
    shop.change("2", "");
    shop.deployed();
    shop.change("3", "HEALTHY_AFTER=5000\n");
    killed(shop.midway("deploy production --json", "v3"));
    let back = shop.deliver("rollback");
    assert_eq!(back.code, Some(0), "{back:?}");
    assert!(back.stderr.contains("D-3 was left unfinished"), "{}", back.stderr);
    // Not to v1, which is what a rollback from v2 would be.
    assert_eq!(json(&back)["release"], "v2");
    assert_eq!(one_release(&shop, "rolled back"), "2");

    // A rollback that was killed is done when it is asked for again.
    shop.change("3", "");
    shop.deployed();
    killed(shop.midway("rollback production --json", "v2"));
    let back = shop.deliver("rollback");
    assert_eq!(
        (back.code, &json(&back)["release"]),
        (Some(0), &"v2".into()),
        "{back:?}"
    );
    assert_eq!(one_release(&shop, "rolled back again"), "2");
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn a_second_ctrl_c_leaves_at_once_and_the_next_command_goes_on_from_there() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "twice", "");
    hasten(&shop);
    shop.deployed();
    shop.change("2", "HEALTHY_AFTER=-1\n");
    let mut child = shop.midway("deploy production --json", "v2");
    let mut ended = None;
    // The first one would go back, and record that.
    shop.sandbox.until("it leaves", SOON, || {
        ended = child.try_wait().expect("a child");
        if ended.is_none() {
            let _ = kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT);
        }
        ended.is_some()
    });
    assert_eq!(ended.and_then(|ended| ended.code()), Some(130));
    assert_eq!(newest(&shop)["outcome"], "running", "nobody had the time to end it");
    let resumed = shop.deliver("resume");
    assert_eq!(resumed.code, Some(4), "{resumed:?}");
    assert_eq!(newest(&shop)["outcome"], "rolled_back");
    assert_eq!(one_release(&shop, "resumed"), "1");
    shop.sandbox.run("deliver audit verify").ok();
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn one_that_slept_through_its_lease_is_refused_by_the_swarm_itself() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "asleep", "");
    hasten(&shop);
    shop.deployed();
    let wire = Wire::to(shop.node, shop.sandbox.root());
    shop.change("2", "");
    shop.edit(&shop.node.host(), &wire.host());
    // Its change of the service is on the way when it falls asleep.
    wire.arm("/update?", Fate::Held);
    let mut sleeper = shop.sandbox.command(DELIVER);
    sleeper.args(["deploy", "production", "--json"]);
    sleeper.stdin(std::process::Stdio::null());
    sleeper
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let sleeper = sleeper.spawn().expect("it starts");
    wire.meet();
    signal(&sleeper, Signal::SIGSTOP);

    shop.edit(&wire.host(), &shop.node.host());
    shop.change("3", "");
    let busy = shop.deliver("deploy");
    assert_eq!(
        (busy.code, &busy.error()["code"]),
        (Some(6), &"lease-held".into()),
        "{busy:?}"
    );
    let second = shop.deliver("deploy --wait 60s");
    assert_eq!(second.code, Some(0), "{second:?}");
    assert!(second.stderr.contains("D-2 was left unfinished"), "{}", second.stderr);
    let version = || {
        let format = "{{.Version.Index}} {{index .Spec.Labels \"deliver.deployment\"}}";
        shop.node
            .docker_words(&["service", "inspect", "--format", format, &shop.service()])
    };
    let before = version();
    assert!(before.trim().ends_with("D-3"), "{before}");

    let answer = wire.let_go();
    assert!(!answer.contains(" 200 "), "the engine took what came late: {answer}");
    signal(&sleeper, Signal::SIGCONT);
    let ended = sleeper.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(matches!(ended.status.code(), Some(6 | 8)), "{:?}: {said}", ended.status);
    assert_eq!(version(), before, "it changed something: {said}");
    assert_eq!(newest(&shop)["id"], "D-3");
    assert_eq!(one_release(&shop, "after it woke up"), "3");
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn of_two_deployments_at_once_one_does_the_work_each_time() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "at-once", "");
    hasten(&shop);
    shop.edit("instances = 2", "instances = 1");
    for version in 2..=11 {
        shop.change(&version.to_string(), "");
        // Every other pair waits for each other.
        let wait = ["0s", "30s"][version % 2];
        let one = format!("deliver deploy production --quiet --wait {wait} >/dev/null");
        let both = shop
            .sandbox
            .run(&format!("{one} & {one}; one=$?; wait $!; echo $one $?"));
        let mut codes: Vec<&str> = both.stdout.split_whitespace().collect();
        codes.sort_unstable();
        let allowed = codes == ["0", "0"] || (wait == "0s" && codes == ["0", "6"]);
        assert!(allowed, "{version}: {both:?}");
        assert_eq!(shop.answers("/"), [version.to_string()], "{both:?}");
        let history = json(&shop.deliver("history"));
        let release = format!("v{}", version - 1);
        let did = history["deployments"].as_array().into_iter().flatten();
        let did = did.filter(|one| one["release"] == release.as_str() && one["outcome"] != "unchanged");
        assert_eq!(did.count(), 1, "{version}: {history:#}");
    }
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn a_plan_that_was_approved_is_no_longer_carried_out_when_the_world_is_another() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "approved", "");
    hasten(&shop);
    shop.deployed();
    shop.change("2", "");
    let hash = |shop: &Shop| json(&shop.deliver("plan"))["hash"].as_str().expect("a hash").to_owned();
    let approved = hash(&shop);
    assert_eq!(hash(&shop), approved, "nothing happened");
    let scale = |to: u8| {
        shop.node
            .docker(&format!("service scale --detach {}={to}", shop.service()))
    };
    scale(3);
    let refused = shop.deliver(&format!("deploy --plan {approved}"));
    assert_eq!(
        (refused.code, &refused.error()["code"]),
        (Some(6), &"plan-changed".into()),
        "{refused:?}"
    );
    for words in ["v1", "replicas 2 is now 3", "nothing was touched"] {
        assert!(refused.stderr.contains(words), "{words}: {}", refused.stderr);
    }
    assert_eq!(newest(&shop)["id"], "D-1", "it was not even begun");
    scale(2);
    shop.sandbox
        .until("nothing else is there", SOON, || hash(&shop) == approved);
    let carried_out = shop.deliver(&format!("deploy --plan {approved}"));
    assert_eq!(carried_out.code, Some(0), "{carried_out:?}");
    shop.change("3", "");
    let approved = hash(&shop);
    shop.deliver("rollback").ok();
    let refused = shop.deliver(&format!("deploy --plan {approved}"));
    assert_eq!(refused.code, Some(6), "{refused:?}");
    assert!(refused.stderr.contains("replaces v1"), "{}", refused.stderr);
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn the_way_back_is_to_the_last_good_release_and_not_to_the_engine_s_previous_one() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = Shop::new(swarm.leader(), "superseded", "");
    hasten(&shop);
    shop.edit("start = \"8s\"", "start = \"4s\"");
    shop.deployed();
    // Room for the first of its instances, and for no second one.
    let memory: u64 = shop
        .node
        .docker("info --format {{.MemTotal}}")
        .trim()
        .parse()
        .expect("bytes");
    let most = format!(
        "reservations = {{ memory = \"{}M\" }}\npublish_mode",
        memory * 6 / 10 / (1 << 20)
    );
    shop.edit("publish_mode", &most);
    shop.change("2", "");
    let child = shop.midway("deploy production --json", "v2");
    let previous = || {
        let format = "{{with .PreviousSpec}}{{index .Labels \"deliver.release\"}}{{end}}";
        shop.node
            .docker_words(&["service", "inspect", "--format", format, &shop.service()])
    };
    shop.sandbox.until("the engine's previous is the bad one", SOON, || {
        previous().trim() == "v2"
    });
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(4), "{said}");
    assert!(said.contains("insufficient resources"), "{said}");
    shop.serves("v1", "1");
    assert_eq!(one_release(&shop, "back"), "1");
    shop.sandbox.run("deliver down production --yes").ok();
}

/// A service whose first release needs a label of the node.
fn placed<'a>(node: &'a Node, name: &'static str) -> Shop<'a> {
    let shop = Shop::new(node, name, &format!("constraints = [\"node.labels.{name} == yes\"]"));
    hasten(&shop);
    shop.edit("start = \"8s\"", "start = \"3s\"");
    label(&shop, true);
    shop.deployed();
    shop.edit(&format!("constraints = [\"node.labels.{name} == yes\"]"), "");
    shop
}

fn label(shop: &Shop, there: bool) {
    let name = shop.name;
    shop.node.docker(&match there {
        true => format!("node update --label-add {name}=yes n1"),
        false => format!("node update --label-rm {name} n1"),
    });
}

#[track_caller]
fn needs_somebody(ran: &Ran) {
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert_eq!(json(ran)["outcome"], "needs_human");
    // A node that no longer meets them, or none that does: the engine says the one, then the other.
    assert!(ran.stderr.contains("constraints"), "{}", ran.stderr);
}

#[test]
fn a_rollback_that_fails_is_not_rolled_back() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = placed(swarm.leader(), "backwards");
    shop.change("2", "");
    shop.deployed();
    label(&shop, false);
    needs_somebody(&shop.deliver("rollback"));
    let last = newest(&shop);
    assert_eq!(
        (&last["id"], &last["operation"]),
        (&"D-3".into(), &"rollback".into()),
        "{last}"
    );
    assert_eq!(shop.answers("/"), ["2"; 2], "what could not be replaced serves on");
    label(&shop, true);
    shop.deliver("rollback --to v1").ok();
    assert_eq!(one_release(&shop, "when it can"), "1");
    shop.sandbox.run("deliver down production --yes").ok();
}

#[test]
fn an_automatic_rollback_that_fails_needs_somebody_and_holds() {
    let Some(swarm) = Swarm::one() else { return };
    let shop = placed(swarm.leader(), "cornered");
    shop.edit(
        "[environment.production]\n",
        "[environment.production]\nprotected = true\n",
    );
    shop.change("2", "HEALTHY_AFTER=-1\n");
    let words = "deploy production --json --override readiness --reason drill";
    let child = shop.midway(words, "v2");
    label(&shop, false);
    let ended = child.wait_with_output().expect("it ends");
    let ran = Ran {
        stdout: String::from_utf8_lossy(&ended.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&ended.stderr).into_owned(),
        code: ended.status.code(),
    };
    needs_somebody(&ran);
    assert!(ran.stderr.contains("rolling back to v1 failed too"), "{}", ran.stderr);
    let held = shop.status()["hold"]["reason"].as_str().unwrap_or_default().to_owned();
    assert!(held.contains("left mixed by D-2"), "{held}");
    let refused = shop.sandbox.run(&format!("deliver {words}"));
    assert_eq!(refused.code, Some(3), "{refused:?}");
    label(&shop, true);
    let back = shop.deliver("rollback --to v1");
    assert_eq!(back.code, Some(0), "{back:?}");
    assert_eq!(one_release(&shop, "when it can"), "1");
    shop.sandbox
        .run("deliver down production --yes --confirm cornered")
        .ok();
}
