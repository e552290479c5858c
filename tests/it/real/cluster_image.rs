//! Images of the target `kubernetes`: built by the machine's engine, pushed to a real registry, and pinned in the objects of
//! an API server of the test's own.

use crate::support::kube::Cluster;
use crate::support::registry::Registry;
use crate::support::{Ran, Sandbox, needs};

const NAMESPACE: &str = "shop";

struct Shop {
    sandbox: Sandbox,
    cluster: Cluster,
    /// Its images are called by this name, which no other test has.
    service: String,
}

impl Shop {
    fn open(name: &str, sandbox: Sandbox) -> Shop {
        let cluster = Cluster::start();
        cluster.namespace(NAMESPACE);
        let home = sandbox.environment()["HOME"].to_string_lossy().into_owned();
        cluster.write_kubeconfig(format!("{home}/kubeconfig").as_ref());
        let shop = Shop {
            sandbox,
            cluster,
            service: format!("{name}-{}", std::process::id()),
        };
        shop.sandbox.file("Dockerfile", "FROM scratch\nCOPY app /app\n");
        shop.sandbox.file("app", "one\n");
        shop
    }

    fn want(&self, image: &str, options: &str) {
        let text = format!(
            "[service]\nname = \"{}\"\n[build.image]\n{image}\n[run]\ncommand = [\"/app\"]\n\
             health = {{ path = \"/healthz\", start = \"5s\", stable = \"1s\" }}\ndrain = \"1s\"\ngrace = \"1s\"\n\
             [environment.prod]\ntarget = \"kubernetes\"\n[environment.prod.kubernetes]\nnamespace = \"{NAMESPACE}\"\n\
             kubeconfig = \"~/kubeconfig\"\npre_stop = \"0s\"\n{options}\n",
            self.service
        );
        self.sandbox.file("deliver.toml", &text);
    }

    fn deploy(&self) -> Ran {
        self.sandbox.run("deliver deploy prod --allow-dirty --json")
    }

    /// The image of the Deployment.
    fn image(&self) -> String {
        let deployment = self.cluster.get("deployments", NAMESPACE, &self.service);
        let deployment = deployment.expect("a Deployment");
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        container["image"].as_str().expect("an image").to_owned()
    }

    /// Lines of `docker images` for what was built.
    fn built(&self) -> String {
        self.sandbox
            .run(&format!("docker images --no-trunc | grep {}; true", self.service))
            .ok()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let clean = format!(
            "docker images --format '{{{{.Repository}}}}:{{{{.Tag}}}}' | grep {0}: | xargs -r docker rmi -f; true",
            self.service
        );
        let _ = self.sandbox.command("/bin/sh").args(["-c", &clean]).output();
    }
}

const DOCKERFILE: &str = "dockerfile = \"Dockerfile\"";

#[test]
fn what_is_built_is_pushed_and_pinned_and_comes_back_without_an_engine() {
    if !needs::engine() {
        return;
    }
    let Some(mut registry) = Registry::start() else { return };
    let shop = Shop::open("built", Sandbox::new().with_tools());
    shop.want(DOCKERFILE, &format!("registry = \"{}/shop\"", registry.host));
    let repository = format!("shop/{}", shop.service);

    shop.sandbox.run("deliver plan prod").ok();
    shop.sandbox.run("deliver render prod").ok();
    assert_eq!(shop.built(), "", "looking builds nothing");
    assert!(registry.tags(&repository).is_empty());

    assert_eq!(shop.deploy().json()["outcome"], "succeeded");
    let first = shop.image();
    let name = format!("{}/{repository}@sha256:", registry.host);
    assert!(first.starts_with(&name), "{first}");
    assert!(registry.has(&first), "the digest is not in the registry: {first}");
    assert_eq!(shop.deploy().json()["outcome"], "unchanged");

    shop.sandbox.file("app", "two\n");
    assert_eq!(shop.deploy().json()["outcome"], "succeeded");
    let second = shop.image();
    assert!(registry.has(&second) && second != first, "{second}");
    assert_eq!(registry.tags(&repository).len(), 2);

    // A tag that a registry knows is pinned too.
    let tag = format!("{}/{repository}:{}", registry.host, registry.tags(&repository)[0]);
    shop.want(&format!("reference = \"{tag}\""), "");
    let plan = shop.sandbox.run("deliver plan prod").ok();
    assert!(!plan.contains("which may mean another image tomorrow"), "{plan}");
    assert_eq!(shop.deploy().json()["outcome"], "succeeded");
    let third = shop.image();
    assert!(third == first || third == second, "{third}");

    registry.stop();
    shop.want(DOCKERFILE, &format!("registry = \"{}/shop\"", registry.host));
    shop.sandbox.file("app", "three\n");
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(8), "{ran:?}");
    assert!(ran.stderr.contains("registry-unreachable"), "{ran:?}");
    assert_eq!(shop.image(), third, "nothing is touched");

    let back = "DOCKER_HOST=unix:///nowhere deliver rollback prod --to v1 --json";
    assert_eq!(shop.sandbox.run(back).json()["outcome"], "succeeded");
    assert_eq!(shop.image(), first);
}

#[test]
fn a_dockerfile_that_fails_says_where_and_touches_nothing() {
    if !needs::engine() {
        return;
    }
    let shop = Shop::open("broken", Sandbox::new().with_tools());
    shop.sandbox.file("Dockerfile", "FROM scratch\nCOPY nothing /app\n");
    shop.want(DOCKERFILE, "registry = \"127.0.0.1:9/shop\"");
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("image-build-failed"), "{ran:?}");
    assert!(shop.cluster.list("deployments", NAMESPACE).is_empty());
}

#[test]
fn without_a_registry_an_image_has_the_name_by_which_it_is_loaded() {
    if !needs::engine() {
        return;
    }
    let shop = Shop::open("loaded", Sandbox::new().with_tools());
    shop.want(DOCKERFILE, "pull = \"never\"");
    let plan = shop.sandbox.run("deliver plan prod --json").json().to_string();
    let note = format!(
        "the image is built as `deliver/{}:BUILD` and pushed nowhere",
        shop.service
    );
    assert!(plan.contains(&note), "{plan}");
    assert_eq!(shop.deploy().json()["outcome"], "succeeded");
    let image = shop.image();
    assert!(image.starts_with(&format!("deliver/{}:b-", shop.service)), "{image}");
    shop.sandbox.run(&format!("docker image inspect {image}")).ok();
}

#[test]
fn without_an_engine_ready_images_go_on_by_their_tags_and_nothing_is_built() {
    let shop = Shop::open("ready", Sandbox::new().env("DOCKER_HOST", "unix:///nowhere"));
    shop.want("reference = \"registry.example/pricing:1\"", "");
    let plan = shop.sandbox.run("deliver plan prod --json").json().to_string();
    assert!(plan.contains("which may mean another image tomorrow"), "{plan}");
    assert_eq!(shop.deploy().json()["outcome"], "succeeded");
    assert_eq!(shop.image(), "registry.example/pricing:1");

    shop.want(DOCKERFILE, "");
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let error = ran.error();
    assert_eq!(error["code"], "no-image", "{error}");
    assert!(error["hints"].to_string().contains("registry = "), "{error}");

    shop.want(DOCKERFILE, "registry = \"registry.example/shop\"");
    let ran = shop.deploy();
    assert_eq!(ran.code, Some(8), "{ran:?}");
    assert!(ran.stderr.contains("unix:///nowhere"), "{ran:?}");
    assert_eq!(shop.image(), "registry.example/pricing:1", "nothing is touched");
}
