//! The tour is the main job in one command: it must run to its end and leave nothing.

use crate::support::Sandbox;

#[test]
fn the_tour_goes_the_whole_way_and_leaves_nothing() {
    let sandbox = Sandbox::new().with_tools();
    let toured = sandbox.run("deliver tour");
    assert_eq!(toured.code, Some(0), "{}", toured.stderr);
    for seen in [
        "$ deliver new",
        "$ deliver deploy",
        "$ deliver why D-3",
        "$ deliver ready",
        "$ deliver reliability",
        "(exit code 4)",
        "$ deliver incident open",
        "$ deliver incident postmortem",
        "$ deliver rollback",
        "$ deliver review",
        "failed, all of them while the failing release served.",
    ] {
        assert!(toured.stderr.contains(seen), "`{seen}` is not in {}", toured.stderr);
    }
    assert!(!sandbox.store().exists(), "the user's own store was touched");
    let left = std::fs::read_dir(sandbox.root().join("tmp"))
        .expect("the folder for temporary files")
        .count();
    assert_eq!(left, 0, "folders were left behind");
}

#[test]
fn an_interrupted_tour_cleans_up_too() {
    let sandbox = Sandbox::new().with_tools();
    let toured = sandbox.run("deliver tour & p=$!; sleep 4; kill -INT $p; wait $p; echo \"exit $?\"");
    assert!(toured.stdout.contains("exit 130"), "{toured:?}");
    let left = std::fs::read_dir(sandbox.root().join("tmp"))
        .expect("the folder for temporary files")
        .count();
    assert_eq!(left, 0, "folders were left behind");
}
