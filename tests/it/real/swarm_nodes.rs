//! Target `swarm` on several real nodes: what arrives there, what a lost node does, and every way to reach the engine.

use std::collections::BTreeSet;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use deliver::adapters::process::{Groups, Processes};
use deliver::adapters::swarm::Swarm as Target;
use deliver::adapters::system::SystemClock;
use deliver::config::environment::Environment;
use deliver::model::place::Place;
use deliver::model::release::BuildId;
use deliver::ports::Target as _;
use deliver::ports::interrupt::Never;

use super::deploy::json;
use crate::support::swarm::{Node, Shape, Swarm, put_app};
use crate::support::{Ran, Sandbox};

const SOON: Duration = Duration::from_secs(120);

const DOCKERFILE: &str = "\
FROM scratch
COPY app /app
HEALTHCHECK --interval=500ms --timeout=5s --retries=3 CMD [\"/app\", \"health\"]
ENTRYPOINT [\"/app\"]
";

/// A service whose environment is a swarm.
struct Shop {
    sandbox: Sandbox,
    name: &'static str,
    /// The lines of `[environment.production.swarm]`.
    engine: String,
    instances: u8,
}

impl Shop {
    fn new(name: &'static str, engine: &str) -> Self {
        let sandbox = Sandbox::new().with_tools();
        put_app(&sandbox.project(), "");
        sandbox.file("Dockerfile", DOCKERFILE);
        let shop = Shop {
            sandbox,
            name,
            engine: engine.to_owned(),
            instances: 3,
        };
        shop.change("1", "");
        shop
    }

    /// With the registry of the swarm, by its first manager.
    fn on(swarm: &Swarm, name: &'static str, more: &str) -> Self {
        let (host, registry) = (swarm.leader().host(), swarm.registry());
        Shop::new(name, &format!("host = \"{host}\"\nregistry = \"{registry}\"\n{more}"))
    }

    /// Makes the next release answer `version`; `more` are further variables.
    fn change(&self, version: &str, more: &str) {
        let (name, engine, instances) = (self.name, &self.engine, self.instances);
        let manifest = format!(
            "[service]\nname = \"{name}\"\n[build.image]\ndockerfile = \"Dockerfile\"\n[run]\ncommand = [\"/app\"]\nport = 8080\n\
             health = {{ path = \"/health\", interval = \"500ms\", start = \"40s\", stable = \"500ms\" }}\ngrace = \"5s\"\n\
             [run.env]\nRELEASE = \"{version}\"\n{more}\n\
             [environment.production]\ntarget = \"swarm\"\ninstances = {instances}\n\
             [environment.production.swarm]\n{engine}\n"
        );
        self.sandbox.file("deliver.toml", &manifest);
    }

    fn deploy(&self) -> Ran {
        self.sandbox.run("deliver deploy production --json")
    }

    /// Deploys and insists on success.
    fn deployed(&self) -> serde_json::Value {
        let ran = self.deploy();
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        json(&ran)
    }

    /// A deployment that has begun to replace instances, as `node` tells.
    fn deploying(&self, node: &Node) -> Child {
        let deploy = self
            .sandbox
            .command("/bin/sh")
            .args(["-c", "deliver deploy production --json"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let service = self.inspect(node, "{{.ID}}");
        self.sandbox.until("the first instance is replaced", SOON, || {
            let state = node.docker_words(&["service", "inspect", "--format", "{{json .UpdateStatus}}", &service]);
            state.contains("\"updating\"")
        });
        deploy
    }

    /// The release that runs, and how many of its instances are healthy.
    fn status(&self) -> (String, u64) {
        let document = self.sandbox.run("deliver status production --json").json();
        let status = &document["services"][0];
        let release = status["release"].as_str().unwrap_or_default();
        (release.to_owned(), status["healthy"].as_u64().unwrap_or_default())
    }

    /// What `docker service inspect` knows of the web process.
    fn inspect(&self, node: &Node, format: &str) -> String {
        let service = node.docker(&format!("service ls --quiet --filter name={}", self.name));
        let words = ["service", "inspect", "--format", format, service.trim()];
        node.docker_words(&words).trim().to_owned()
    }

    /// The nodes that instances run on, by name.
    fn nodes(&self, node: &Node) -> Vec<String> {
        let service = node.docker(&format!("service ls --quiet --filter name={}", self.name));
        let format = "{{.Node}} {{.CurrentState}}";
        let filter = "desired-state=running";
        let words = ["service", "ps", "--filter", filter, "--format", format, service.trim()];
        let listed = node.docker_words(&words);
        let mut nodes: Vec<String> = listed
            .lines()
            .filter_map(|line| line.split_once(" Running "))
            .map(|(node, _)| node.to_owned())
            .collect();
        nodes.sort();
        nodes
    }
}

fn code(ran: &Ran) -> (Option<i32>, String) {
    (ran.code, ran.error()["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn three_nodes_run_what_the_registry_has_by_its_digest() {
    let Some(swarm) = Swarm::three() else { return };
    let shop = Shop::on(swarm, "digest", "publish = 8181\npublish_mode = \"host\"");
    let (sandbox, leader) = (&shop.sandbox, swarm.leader());
    let answers = |version: &str| {
        for node in swarm.nodes() {
            let url = format!("http://{}:8181/", node.address);
            assert_eq!(
                super::deploy::get(&url).expect("an answer"),
                (200, version.to_owned()),
                "{}",
                node.name
            );
        }
    };
    let first = shop.deployed();
    assert_eq!(
        (&first["outcome"], &first["release"]),
        (&"succeeded".into(), &"v1".into())
    );
    let image = shop.inspect(leader, "{{.Spec.TaskTemplate.ContainerSpec.Image}}");
    let (name, digest) = image.split_once("@sha256:").expect("a digest");
    assert!(name.starts_with(&swarm.registry()) && digest.len() == 64, "{image}");
    assert_eq!(shop.nodes(leader), ["n1", "n2", "n3"]);
    answers("1");
    // Starting instances are checked each second by engines that can, and others are told nothing of it.
    let check = shop.inspect(leader, "{{json .Spec.TaskTemplate.ContainerSpec.Healthcheck}}");
    let api = leader.docker("version --format {{.Server.APIVersion}}");
    let minor = api
        .trim()
        .split_once('.')
        .and_then(|(_, minor)| minor.parse::<u32>().ok());
    let can = minor.expect("a version") >= 44;
    assert!(check.contains("\"Interval\":2000000000"), "{check}");
    assert_eq!(check.contains("\"StartInterval\":1000000000"), can, "{api}: {check}");
    assert_eq!(check.contains("StartInterval"), can, "{api}: {check}");

    shop.change("2", "");
    shop.deployed();
    answers("2");
    sandbox.run("deliver rollback production").ok();
    answers("1");
    assert_eq!(
        shop.inspect(leader, "{{.Spec.TaskTemplate.ContainerSpec.Image}}"),
        image
    );
    assert_eq!(shop.status().1, 3);

    // What is recorded is enough, whatever became of the registry's tags and this machine's artifacts.
    shop.change("3", "EXIT_AFTER = \"0\"");
    let bad = shop.deploy();
    assert_eq!(
        (bad.code, &json(&bad)["outcome"]),
        (Some(4), &"rolled_back".into()),
        "{}",
        bad.stderr
    );
    assert!(bad.stderr.contains("cannot find the price list"), "{}", bad.stderr);
    answers("1");
    sandbox.run("deliver down production --yes").ok();
    assert_eq!(leader.docker("service ls --quiet --filter name=digest"), "");
}

#[test]
fn a_node_that_is_lost_in_the_middle_of_a_deploy_leaves_one_release_in_full() {
    let Some(swarm) = Swarm::own(Shape::THREE) else { return };
    let shop = Shop::on(&swarm, "lost", "publish = false");
    let leader = swarm.leader();
    shop.deployed();
    assert_eq!(shop.nodes(leader), ["n1", "n2", "n3"]);
    shop.change("2", "HEALTHY_AFTER = \"2000\"");
    let deploy = shop.deploying(leader);
    swarm.kill_node(3);
    let ended = deploy.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{said}");
    let nodes = shop.nodes(leader);
    assert!(nodes.len() == 3 && !nodes.contains(&"n3".to_owned()), "{nodes:?}");
    assert_eq!(shop.status(), ("v2".into(), 3));

    // A node that comes back brings no old instance with it.
    swarm.restart_node(3);
    shop.change("3", "");
    shop.deployed();
    assert_eq!(shop.status(), ("v3".into(), 3));
}

/// Loses the only node that may take new instances, while the `nth` of three starts there. Its engine's update waits for that
/// one for good, and never ends the old one of its slot, whose next successor comes up on another node.
/// Gives what the deployment said.
fn lost_under_the(nth: usize, name: &'static str) -> Option<String> {
    let swarm = Swarm::own(Shape::THREE)?;
    let leader = swarm.leader();
    let open = |node: &str| drop(leader.docker(&format!("node update --label-add open=yes {node}")));
    open("n3");
    let constrained =
        |constraint: &str| format!("publish = false\nconstraints = [\"node.labels.open{constraint}yes\"]");
    let mut shop = Shop::on(&swarm, name, &constrained("!="));
    shop.deployed();
    shop.engine = shop.engine.replace("!=", "==");
    shop.change("2", "HEALTHY_AFTER = \"4000\"");
    let deploy = shop.deploying(leader);
    let service = shop.inspect(leader, "{{.ID}}");
    shop.sandbox.until("it starts there", SOON, || {
        let filter = "node=n3";
        let words = [
            "service",
            "ps",
            "--filter",
            filter,
            "--format",
            "{{.CurrentState}}",
            &service,
        ];
        let states = leader.docker_words(&words);
        states.lines().count() == nth && states.contains("Starting ")
    });
    swarm.kill_node(3);
    ["n1", "n2"].into_iter().for_each(open);
    let ended = deploy.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert_eq!(shop.status(), ("v2".into(), 3));
    let nodes = shop.nodes(leader);
    assert!(nodes.len() == 3 && !nodes.contains(&"n3".to_owned()), "{nodes:?}");
    Some(said)
}

#[test]
fn a_node_that_is_lost_under_the_first_new_instance_costs_time_and_no_release() {
    lost_under_the(1, "bereft-first");
}

#[test]
fn a_node_that_is_lost_under_the_last_new_instance_costs_time_and_no_release() {
    let Some(said) = lost_under_the(3, "bereft-last") else {
        return;
    };
    assert!(
        said.contains("stood still with 1 old left, and was set going again"),
        "{said}"
    );
}

#[test]
fn a_node_that_refuses_a_new_instance_at_first_costs_time_and_no_release() {
    let Some(swarm) = Swarm::own(Shape::THREE) else { return };
    let leader = swarm.leader();
    let constrained = |to: &str| format!("publish = false\nconstraints = [\"node.{to}\"]");
    let mut shop = Shop::on(&swarm, "refused", &constrained("hostname==n1"));
    shop.instances = 1;
    shop.change("1", "");
    shop.deployed();
    // No node takes it before the registry is away, and the one that does then has no image and cannot pull it.
    shop.engine = shop.engine.replace("hostname==n1", "labels.open==yes");
    shop.change("2", "");
    let deploy = shop.deploying(leader);
    swarm.stop_registry();
    leader.docker("node update --label-add open=yes n3");
    let service = shop.inspect(leader, "{{.ID}}");
    shop.sandbox.until("the node refuses it", SOON, || {
        let words = ["service", "ps", "--format", "{{.CurrentState}}", &service];
        leader.docker_words(&words).contains("Rejected ")
    });
    swarm.start_registry();
    let ended = deploy.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert!(said.contains("was set going again"), "{said}");
    assert_eq!(
        (shop.status(), shop.nodes(leader)),
        (("v2".into(), 1), vec!["n3".into()])
    );
}

#[test]
fn the_end_of_a_release_step_whose_node_is_lost_is_known_to_nobody() {
    let Some(swarm) = Swarm::own(Shape::THREE) else { return };
    let constrained = "publish = false\nconstraints = [\"node.hostname == n3\"]";
    let mut shop = Shop::on(&swarm, "widowed", constrained);
    shop.instances = 1;
    shop.change("1", "");
    let step = "release = { command = [\"/app\", \"migrate\", \"0\", \"600000\"], timeout = \"10m\" }\ngrace =";
    let manifest = shop.sandbox.read("deliver.toml").replace("grace =", step);
    shop.sandbox.file("deliver.toml", &manifest);
    let deploy = shop
        .sandbox
        .command("/bin/sh")
        .args(["-c", "deliver deploy production --json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let running = || {
        let words = ["ps", "--quiet", "--filter=label=deliver.process=release"];
        !swarm.node(3).docker_words(&words).trim().is_empty()
    };
    shop.sandbox.until("the step runs", SOON, running);
    swarm.kill_node(3);
    let ended = deploy.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(5), "{said}");
    for words in ["its node is down, and may run it still", "see how far it came"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn several_nodes_without_a_registry_are_refused_before_anything_is_made() {
    let Some(swarm) = Swarm::three() else { return };
    let leader = swarm.leader();
    let shop = Shop::new("alone", &format!("host = \"{}\"", leader.host()));
    let refused = shop.deploy();
    assert_eq!(code(&refused), (Some(2), "needs-registry".into()), "{}", refused.stderr);
    assert_eq!(leader.docker("service ls --quiet --filter name=alone"), "");
}

#[test]
fn an_engine_is_reached_by_tls_and_says_why_it_is_not() {
    let Some(swarm) = Swarm::three() else { return };
    let leader = swarm.leader();
    let tls = |node: &Node, folder: &std::path::Path| {
        let folder = folder.display();
        format!(
            "host = \"{}\"\npublish = false\nregistry = \"{}\"\n\
             tls = {{ ca = \"{folder}/ca.pem\", cert = \"{folder}/cert.pem\", key = \"{folder}/key.pem\" }}",
            node.tls_host(),
            swarm.registry()
        )
    };
    let good = swarm.client_certificate("deliver");
    let by_tls = Shop::new("tls", &tls(leader, &good));
    by_tls.deployed();
    by_tls.sandbox.run("deliver down production --yes").ok();

    let refused = |engine: &str| code(&Shop::new("tls", engine).deploy());
    let late = swarm.expired_client_certificate("deliver-late");
    assert_eq!(refused(&tls(leader, &late)), (Some(9), "certificate-refused".into()));
    let foreign = swarm.foreign_client_certificate("deliver-foreign");
    assert_eq!(refused(&tls(leader, &foreign)), (Some(9), "certificate-refused".into()));
    assert_eq!(refused(&tls(swarm.node(2), &good)), (Some(2), "not-a-manager".into()));
    let nobody = format!("{}.gone", leader.host());
    assert_eq!(
        refused(&format!("host = \"{nobody}\"")),
        (Some(8), "engine-unreachable".into())
    );
}

/// Puts `options` in front of what the sandbox's `ssh` is told.
fn tell_ssh(sandbox: &Sandbox, options: &str) {
    let wrapper = sandbox.root().join("bin/ssh");
    let plain = std::fs::read_to_string(&wrapper).expect("it was written");
    let (begin, rest) = plain.split_once(" -F ").expect("its configuration");
    std::fs::write(&wrapper, format!("{begin} {options} -F {rest}")).expect("written");
}

#[test]
fn an_engine_behind_ssh_is_reached_at_any_port_and_says_why_it_is_not() {
    let Some(swarm) = Swarm::three() else { return };
    let shop = |name: &'static str| {
        let mut shop = Shop::new(name, "");
        let host = swarm.ssh(1, &shop.sandbox)?;
        shop.engine = format!(
            "host = \"{host}:2222\"\npublish = false\nregistry = \"{}\"",
            swarm.registry()
        );
        shop.change("1", "");
        Some((shop, host))
    };
    let Some((by_port, host)) = shop("odd") else { return };
    by_port.deployed();
    assert_eq!(by_port.status(), ("v1".into(), 3));
    by_port.sandbox.run("deliver down production --yes").ok();

    // A name that only the configuration of ssh knows, with its port.
    let Some((mut by_name, _)) = shop("alias") else { return };
    let address = host.rsplit_once('@').expect("a user").1;
    tell_ssh(
        &by_name.sandbox,
        &format!("-o HostName={address} -o Port=2222 -o User=root -o HostKeyAlias={address}"),
    );
    by_name.engine = "host = \"ssh://swarm-one\"\npublish = false".into();
    by_name.change("1", "");
    assert_eq!(by_name.sandbox.run("deliver status production --json").code, Some(0));

    let refused = |engine: &str, options: &str| {
        let (mut shop, _) = shop("refused").expect("there is an ssh server");
        tell_ssh(&shop.sandbox, options);
        shop.engine = format!("{engine}\npublish = false\nregistry = \"{}\"", swarm.registry());
        shop.change("1", "");
        let ran = shop.deploy();
        assert!(!ran.stderr.contains("password:"), "{}", ran.stderr);
        (
            code(&ran),
            ran.error()["message"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let odd = format!("host = \"{host}:2222\"");
    let (told, said) = refused(&odd, "-o UserKnownHostsFile=/dev/null");
    assert_eq!(told, (Some(9), "host-key-unknown".into()), "{said}");
    let folder = tempfile::tempdir().expect("a folder");
    let known = folder.path().join("known_hosts");
    let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    std::fs::write(&known, format!("[{address}]:2222 {other}\n")).expect("written");
    let (told, said) = refused(&odd, &format!("-o UserKnownHostsFile={}", known.display()));
    assert_eq!(told, (Some(9), "host-key-changed".into()), "{said}");
    let (told, said) = refused(&odd, "-o PubkeyAuthentication=no");
    assert_eq!(told, (Some(9), "ssh-denied".into()), "{said}");
    // An account that may log in and gets no shell.
    let (told, said) = refused(&odd.replace("root@", "nobody@"), "");
    assert_eq!(told, (Some(8), "engine-unreachable".into()), "{said}");
    assert!(said.contains("where the engine should answer"), "{said}");
    let (told, said) = refused(&odd.replace(":2222", ":2223"), "");
    assert_eq!(told, (Some(8), "engine-unreachable".into()), "{said}");
    assert!(said.contains("Connection refused"), "{said}");
    // Somebody takes the connection and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let (told, said) = refused(&format!("host = \"ssh://root@127.0.0.1:{port}\""), "");
    assert_eq!(told, (Some(8), "engine-unreachable".into()), "{said}");
    let (told, said) = refused("host = \"ssh://root@127.0.0.1:nine\"", "");
    assert_eq!(told, (Some(2), "bad-endpoint".into()), "{said}");
}

#[test]
fn an_image_that_was_built_for_old_releases_goes_when_nothing_is_made_of_it() {
    let Some(swarm) = Swarm::own(Shape::ONE) else { return };
    let node = swarm.leader();
    let mut shop = Shop::new("old-images", &format!("host = \"{}\"\npublish = false", node.host()));
    shop.instances = 1;
    for version in ["1", "2"] {
        shop.change(version, "");
        // What is built is another image each time.
        shop.sandbox
            .file("Dockerfile", &format!("{DOCKERFILE}LABEL shop={version}\n"));
        shop.deployed();
    }
    let image = |tag: &str| {
        node.docker_words(&["image", "inspect", "--format", "{{.Id}}", tag])
            .trim()
            .to_owned()
    };
    let build = |number: u8| {
        let format = "{{index .Config.Labels \"deliver.build\"}}";
        let tag = format!("deliver/old-images:v{number}");
        let label = node.docker_words(&["image", "inspect", "--format", format, &tag]);
        BuildId(label.trim().to_owned())
    };
    let (first, second) = (build(1), build(2));
    assert_ne!(first, second);
    let kept = image("deliver/old-images:v2");
    let place = Place {
        target: "swarm".into(),
        options: serde_json::json!({ "host": node.host() }),
    };
    let environment = Environment::of([("HOME", "/nowhere")]);
    let clock = Arc::new(SystemClock::new(None));
    let commands = Processes::new(clock.clone(), Arc::new(Never), Groups::default());
    let target = Target::new(&place, &environment, clock, Arc::new(commands), Arc::new(Never)).expect("a target");
    let service = "old-images".parse().expect("a name");
    let discard = |build: &BuildId| target.discard(&service, &BTreeSet::from([build.clone()]));
    // The engine remembers an instance of the first release, and one of the second runs.
    assert_eq!((discard(&first).expect("no"), discard(&second).expect("no")), (0, 0));
    // A deployment ends without waiting for the last old instance.
    shop.sandbox.until("the first has ended", SOON, || {
        node.docker("ps --quiet").lines().count() == 1
    });
    node.docker("container prune --force");
    node.docker("tag deliver/old-images:v1 mine/keep:1");
    assert_eq!((discard(&first).expect("gone"), discard(&second).expect("no")), (1, 0));
    let tags = node.docker("image ls --format {{.Repository}}:{{.Tag}}");
    assert!(
        tags.contains("mine/keep:1") && !tags.contains("deliver/old-images:v1"),
        "{tags}"
    );
    assert_eq!(image("deliver/old-images:v2"), kept);
    node.docker("image rm mine/keep:1");
    assert_eq!(discard(&first).expect("nothing"), 0, "twice is once");
    assert_eq!(shop.status(), ("v2".into(), 1));
}

#[test]
fn an_engine_whose_certificate_has_expired_is_not_trusted() {
    let shape = Shape {
        expired: true,
        ..Shape::ONE
    };
    let Some(swarm) = Swarm::own(shape) else { return };
    let folder = swarm.client_certificate("deliver");
    let folder = folder.display();
    let engine = format!(
        "host = \"{}\"\ntls = {{ ca = \"{folder}/ca.pem\", cert = \"{folder}/cert.pem\", key = \"{folder}/key.pem\" }}",
        swarm.leader().tls_host()
    );
    let refused = Shop::new("late", &engine).deploy();
    assert_eq!(
        code(&refused),
        (Some(8), "certificate-expired".into()),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_manager_that_dies_under_a_deploy_is_taken_over_by_another() {
    let Some(swarm) = Swarm::own(Shape::of(3, 0)) else {
        return;
    };
    let shop = Shop::on(&swarm, "managers", "publish = false");
    let second = swarm.node(2);
    shop.deployed();
    shop.change("2", "HEALTHY_AFTER = \"3000\"");
    let deploy = shop.deploying(second);
    swarm.kill_node(1);
    let ended = deploy.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(8), "{said}");

    let shop = Shop {
        engine: format!(
            "host = \"{}\"\nregistry = \"{}\"\npublish = false",
            second.host(),
            swarm.registry()
        ),
        ..shop
    };
    shop.change("2", "HEALTHY_AFTER = \"3000\"");
    let sandbox = &shop.sandbox;
    sandbox.until("two managers agree on a leader", SOON, || {
        second
            .command(&["node", "ls"])
            .output()
            .is_ok_and(|output| output.status.success())
    });
    let next = sandbox.run("deliver resume production; deliver deploy production --json");
    assert_eq!(next.code, Some(0), "{}", next.stderr);
    assert_eq!(shop.status().1, 3);
    assert!(!shop.nodes(second).contains(&"n1".to_owned()));
}
