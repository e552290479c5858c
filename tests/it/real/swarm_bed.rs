//! The engines that tests of a swarm run on are what they say they are.

use std::net::SocketAddr;
use std::time::Duration;

use crate::support::load::{Load, Way};
use crate::support::swarm::{Image, Node, Shape, Swarm, put_app};
use crate::support::{Sandbox, needs};

const SOON: Duration = Duration::from_secs(60);

/// `NAME STATE` of each task of a service that is to run, by the node it is on.
fn tasks(node: &Node, service: &str) -> Vec<String> {
    let format = "{{.Node}} {{.CurrentState}}";
    let words = [
        "service",
        "ps",
        "--filter",
        "desired-state=running",
        "--format",
        format,
        service,
    ];
    let mut tasks: Vec<String> = node
        .docker_words(&words)
        .lines()
        .filter_map(|line| line.split(" Running ").next().filter(|node| !node.contains(' ')))
        .map(str::to_owned)
        .collect();
    tasks.sort();
    tasks
}

fn at(node: &Node, port: u16) -> SocketAddr {
    format!("{}:{port}", node.address).parse().expect("an address")
}

fn create(node: &Node, name: &str, replicas: u8, port: u16, image: &str) {
    node.docker(&format!(
        "service create --quiet --detach --name {name} --replicas {replicas} --restart-delay 100ms \
         --publish mode=host,published={port},target=8080 {image}"
    ));
}

#[test]
fn three_nodes_run_a_service_from_the_registry_and_a_lost_node_is_replaced() {
    let Some(swarm) = Swarm::own(Shape::THREE) else { return };
    let (sandbox, leader) = (Sandbox::new(), swarm.leader());
    let image = Image::new("web", "1").checked().push(&swarm);
    assert!(
        image.starts_with(&format!("{}/web@sha256:", swarm.registry())),
        "{image}"
    );
    create(leader, "web", 2, 8080, &image);
    sandbox.until("two tasks run", SOON, || tasks(leader, "web").len() == 2);

    let (number, other) = if tasks(leader, "web").contains(&"n3".to_owned()) {
        (3, 2)
    } else {
        (2, 3)
    };
    swarm.kill_node(number);
    let left = ["n1".to_owned(), format!("n{other}")];
    sandbox.until("the lost node's task runs elsewhere", SOON, || {
        tasks(leader, "web") == left
    });
    let load = Load::start(
        &[at(leader, 8080), at(swarm.node(other), 8080)],
        "/",
        &[Way::Fresh, Way::Kept],
    );
    sandbox.until("requests are answered", SOON, || load.sent() > 20);
    let tally = load.end();
    assert_eq!((tally.lost(), tally.answers.len()), (0, 1), "{tally:?}");

    swarm.restart_node(number);
    sandbox.until("the node is back", SOON, || {
        leader
            .docker("node ls --format {{.Hostname}}={{.Status}}")
            .matches("=Ready")
            .count()
            == 3
    });
}

#[test]
fn an_engine_that_is_started_again_knows_its_swarm() {
    let Some(swarm) = Swarm::own(Shape::ONE) else { return };
    let (sandbox, node) = (Sandbox::new(), swarm.leader());
    let image = Image::new("web", "1").checked().push(&swarm);
    create(node, "web", 1, 8080, &image);
    let runs = || tasks(node, "web").len() == 1;
    sandbox.until("it runs", SOON, runs);
    swarm.stop_registry();
    swarm.restart_node(1);
    sandbox.until("it runs again", SOON, runs);
    swarm.kill_node(1);
    swarm.restart_node(1);
    sandbox.until("it runs again from what the node has", SOON, runs);
    swarm.start_registry();
    Image::new("web", "2").push(&swarm);
}

#[test]
fn an_engine_is_reached_by_tls_and_by_ssh() {
    let Some(swarm) = Swarm::one() else { return };
    let (sandbox, node) = (Sandbox::new(), swarm.leader());
    let ask = |certificate: std::path::PathBuf| {
        sandbox.run(&format!(
            "DOCKER_CERT_PATH={} DOCKER_TLS_VERIFY=1 docker --host {} info --format '{{{{.Name}}}}'",
            certificate.display(),
            node.tls_host()
        ))
    };
    assert_eq!(ask(swarm.client_certificate("good")).ok(), "n1\n");
    let bad = [
        swarm.expired_client_certificate("late"),
        swarm.foreign_client_certificate("stranger"),
    ];
    for certificate in bad {
        // The client may hear of the closed connection before it reads why.
        sandbox.until("it is refused for its certificate", SOON, || {
            let refused = ask(certificate.clone());
            assert_eq!(refused.code, Some(1), "{refused:?}");
            refused.stderr.contains("tls: ") && refused.stderr.contains("certificate")
        });
    }
    let Some(host) = swarm.ssh(1, &sandbox) else { return };
    let name = sandbox
        .run(&format!("docker --host {host} info --format '{{{{.Name}}}}'"))
        .ok();
    assert_eq!(name, "n1\n");
}

#[test]
fn what_was_started_ends_with_its_swarm() {
    let Some(swarm) = Swarm::own(Shape::ONE) else { return };
    let image = Image::new("idle", "1").push(&swarm);
    create(swarm.leader(), "idle", 1, 8080, &image);
    let sandbox = Sandbox::new();
    sandbox.until("it runs", SOON, || tasks(swarm.leader(), "idle").len() == 1);
    let (folder, interface) = swarm.traces();
    assert!(folder.exists() && interface.exists());
    drop(swarm);
    assert!(!folder.exists(), "{} is left", folder.display());
    sandbox.until("its interface is gone", SOON, || !interface.exists());
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    let groups = sandbox.run(&format!("find /sys/fs/cgroup -name '{name}'")).ok();
    assert_eq!(groups, "", "control groups are left");
    let processes = std::fs::read_dir("/proc").expect("processes").flatten();
    let left: Vec<String> = processes
        .filter_map(|process| std::fs::read_to_string(process.path().join("cmdline")).ok())
        .filter(|words| words.contains(&name))
        .collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn a_port_of_the_ingress_network_answers_at_every_node() {
    if !needs::ingress() {
        return;
    }
    let Some(swarm) = Swarm::three() else { return };
    let (sandbox, leader) = (Sandbox::new(), swarm.leader());
    let image = Image::new("ingress", "1").checked().push(swarm);
    leader.docker(&format!(
        "service create --quiet --detach --name ingress --replicas 1 --publish published=8091,target=8080 {image}"
    ));
    sandbox.until("it runs", SOON, || tasks(leader, "ingress").len() == 1);
    let everywhere: Vec<SocketAddr> = swarm.nodes().iter().map(|node| at(node, 8091)).collect();
    let answers = || everywhere.iter().all(|node| std::net::TcpStream::connect(node).is_ok());
    sandbox.until("every node passes connections on", SOON, answers);
    let load = Load::start(&everywhere, "/", &[Way::Fresh, Way::Kept]);
    sandbox.until("requests are answered", SOON, || load.sent() > 20);
    let tally = load.end();
    assert_eq!((tally.lost(), tally.answers.len()), (0, 1), "{tally:?}");
}

/// For `tests/bench/run swarm`, which has no bed of its own: one engine, described by the first line of JSON, until standard
/// input ends.
#[test]
#[ignore = "serves the benchmarks"]
fn a_bed_for_the_benchmarks() {
    let swarm = Swarm::own(Shape::ONE).expect("the engine that the figure needs");
    let node = swarm.leader();
    let (folder, _) = swarm.traces();
    put_app(&folder, "");
    let bed = serde_json::json!({
        "host": node.host(),
        "address": node.address,
        "registry": swarm.registry(),
        "app": folder.join("app"),
        "ingress": Swarm::has_ingress(),
    });
    println!("\n{bed}");
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
}
