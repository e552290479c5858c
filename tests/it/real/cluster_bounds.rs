//! What of a cluster is not deliver's to take or to take away, and the ways there.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine;
use serde_json::json;

use super::cluster_sources::{NAMESPACE, Shop};
use crate::support::kube::{Script, Which};

const OBJECTS: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: apps/v1\nkind: Deployment\n\
                       metadata: {name: shop}\nspec:\n  selector: {matchLabels: {app: shop}}\n  template:\n    metadata: {labels: \
                       {app: shop}}\n    spec: {containers: [{name: web, image: 'app:0', readinessProbe: {tcpSocket: {port: 80}}}]}\n";

#[test]
fn a_namespace_among_ones_own_manifests_outlives_what_is_in_it() {
    let shop = Shop::open("manifests = [\"k8s/*.yaml\"]");
    shop.sandbox.file("k8s/shop.yaml", OBJECTS);
    let there = || shop.cluster.get("namespaces", "", NAMESPACE).is_some();
    shop.cluster.image("app:1", Script::never_ready());
    let failed = shop.deploy();
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(there(), "a first deployment that failed left nothing but the namespace");
    assert_eq!(shop.cluster.get("deployments", NAMESPACE, "shop"), None);

    shop.cluster
        .image("app:1", Script::ready_after(std::time::Duration::ZERO));
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    shop.sandbox.run("deliver down prod --yes").ok();
    assert!(there(), "what was taken down is the service");
    assert_eq!(shop.cluster.get("deployments", NAMESPACE, "shop"), None);
}

#[test]
fn what_old_pods_read_changes_when_the_release_takes_over() {
    let shop = Shop::open("manifests = [\"k8s/*.yaml\"]");
    let config = |word: &str| {
        let map = format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: words}}\ndata: {{word: {word}}}\n");
        shop.sandbox.file("k8s/shop.yaml", &format!("{OBJECTS}{map}"));
    };
    let word = || {
        let map = shop.cluster.get("configmaps", NAMESPACE, "words");
        map.expect("it is there")["data"]["word"].clone()
    };
    config("old");
    assert_eq!(shop.deploy().code, Some(0));
    let before = shop.cluster.asked().len();
    config("new");
    assert_eq!(shop.deploy().code, Some(0));
    assert_eq!(word(), "new");
    let asked = shop.cluster.asked().split_off(before);
    let changes = asked
        .iter()
        .filter(|one| one.method != "GET" && !one.path.contains("dryRun"));
    let maps: Vec<&str> = changes
        .filter_map(|one| one.path.split("/configmaps/").nth(1)?.split('?').next())
        .collect();
    // The fence is written when a release is prepared, and once more when it begins to take over.
    let words = maps.iter().position(|name| *name == "words").expect("it was applied");
    let signed = maps[..words].iter().filter(|name| **name == "shop-deliver");
    assert_eq!(signed.count(), 2, "{maps:?}");
}

#[test]
fn values_of_ones_own_secrets_are_neither_shown_nor_kept_in_clear() {
    let shop = Shop::open("manifests = [\"k8s/*.yaml\"]");
    let secret = |word: &str| {
        let one = format!("---\napiVersion: v1\nkind: Secret\nmetadata: {{name: own}}\nstringData: {{word: {word}}}\n");
        shop.sandbox.file("k8s/shop.yaml", &format!("{OBJECTS}{one}"));
    };
    let word = || {
        let one = shop.cluster.get("secrets", NAMESPACE, "own").expect("it is there");
        base64::engine::general_purpose::STANDARD
            .decode(one["data"]["word"].as_str().unwrap_or_default())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    secret("first-of-all-words");
    let shown = shop.sandbox.run("deliver render prod").ok();
    assert!(shown.contains("name: own") && shown.contains("<not shown>"), "{shown}");
    assert!(!shown.contains("first-of-all-words"), "{shown}");
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(word().as_deref(), Ok("first-of-all-words"));
    secret("second-of-all-words");
    assert_eq!(shop.deploy().code, Some(0));
    assert_eq!(word().as_deref(), Ok("second-of-all-words"));
    // The files are not what comes back.
    secret("none-of-all-words");
    shop.sandbox.run("deliver rollback prod").ok();
    assert_eq!(word().as_deref(), Ok("first-of-all-words"));
    let store = shop.sandbox.store();
    let kept = format!("grep -lE '(first|second)-of-all-words' {}*; true", store.display());
    let kept = shop.sandbox.run(&kept).ok();
    assert_eq!(kept, "", "the store's file has them in clear");
}

#[test]
fn whatever_has_a_name_already_is_not_taken_over() {
    for (plural, kind) in [
        ("serviceaccounts", "ServiceAccount"),
        ("poddisruptionbudgets", "PodDisruptionBudget"),
        ("services", "Service"),
    ] {
        let shop = Shop::open("");
        let theirs = json!({ "metadata": { "labels": { "made-by": "terraform" } } });
        shop.cluster.create(plural, NAMESPACE, "shop", theirs);
        let ran = shop.deploy();
        assert_eq!(
            (ran.code, &ran.error()["code"]),
            (Some(2), &json!("name-taken")),
            "{kind}: {ran:?}"
        );
        let there = shop.cluster.get(plural, NAMESPACE, "shop").expect("it is there");
        assert_eq!(there["metadata"]["labels"], json!({ "made-by": "terraform" }), "{kind}");
    }
}

#[test]
fn an_autoscaler_that_nobody_may_see_is_not_taken_for_none() {
    let shop = Shop::open("");
    shop.cluster
        .rules(|rules| rules.deny(Which::of("list", "horizontalpodautoscalers"), None));
    let ran = shop.deploy();
    assert_eq!(
        (ran.code, &ran.error()["code"]),
        (Some(9), &json!("forbidden")),
        "{ran:?}"
    );
    assert!(
        ran.error()["message"].to_string().contains("horizontalpodautoscalers"),
        "{ran:?}"
    );
}

/// A web proxy that takes whoever says who they are, and remembers what it was asked.
fn proxy() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let log = asked.clone();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let log = log.clone();
            thread::spawn(move || tunnel(&client, &log));
        }
    });
    (port, asked)
}

/// One connection: the head of `CONNECT`, then bytes both ways.
fn tunnel(client: &TcpStream, log: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        (reader.read_line(&mut head).ok()? > 0).then_some(())?;
    }
    let server = head.split_whitespace().nth(1)?.to_owned();
    log.lock().ok()?.push(head.lines().next()?.to_owned());
    let mut client = client;
    // "Aladdin:opensesame", of RFC 7617 §2.
    if !head.contains("Basic QWxhZGRpbjpvcGVuc2VzYW1l") {
        return client
            .write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            .ok();
    }
    let mut server = TcpStream::connect(server).ok()?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    let (mut from, mut to) = (server.try_clone().ok()?, client.try_clone().ok()?);
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    let mut bytes = [0; 16_384];
    while let Ok(length @ 1..) = reader.read(&mut bytes) {
        server.write_all(&bytes[..length]).ok()?;
    }
    server.shutdown(std::net::Shutdown::Both).ok()
}

#[test]
fn a_cluster_behind_a_proxy_is_reached_through_it() {
    let shop = Shop::open("");
    let (port, asked) = proxy();
    let behind = |url: &str| {
        let named = format!("cluster: {{proxy-url: \"{url}\", server:");
        let text = shop.cluster.kubeconfig().replace("cluster: {server:", &named);
        std::fs::write(shop.sandbox.root().join("kubeconfig"), text).expect("it is written");
        shop.sandbox.run("deliver plan prod --json")
    };
    let refused = behind(&format!("http://Aladdin:wrong-word@127.0.0.1:{port}"));
    assert_eq!(refused.code, Some(8), "{refused:?}");
    assert!(!format!("{refused:?}").contains("wrong-word"), "a password is shown");
    let unusable = behind("https://Aladdin:wrong-word@127.0.0.1:1");
    assert_eq!(
        (unusable.code, &unusable.error()["code"]),
        (Some(2), &json!("bad-proxy")),
        "{unusable:?}"
    );
    assert!(!format!("{unusable:?}").contains("wrong-word"), "a password is shown");
    let planned = behind(&format!("http://Aladdin:opensesame@127.0.0.1:{port}"));
    assert_eq!(planned.code, Some(0), "{planned:?}");
    let server = shop.cluster.url().replace("https://", "");
    let asked = asked.lock().expect("no test failed there").clone();
    assert!(
        asked.len() > 1 && asked.iter().all(|line| line == &format!("CONNECT {server} HTTP/1.1")),
        "{asked:?}"
    );
}
