//! `deliver new` and `deliver template`: what is written, what is refused, and that nothing is ever half done.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use rexpect::session::spawn_command;

use crate::support::{DELIVER, Sandbox};

const LIST: &str = "find . -path '*/.git/*' -prune -o -type f -print | sort";

#[test]
fn a_service_is_made_with_a_repository_and_the_next_step() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run("deliver new http-python pricing --description 'Quotes a price'");
    assert_eq!(
        ran.stdout, "✔ pricing from http-python 1.0.0: 17 files written\n",
        "{ran:?}"
    );
    assert!(ran.stderr.contains("git repository with a first commit"), "{ran:?}");
    assert!(ran.stderr.ends_with("hint: cd pricing && deliver deploy\n"), "{ran:?}");
    let manifest = sandbox.read("pricing/deliver.toml");
    assert!(
        manifest.contains("name = \"pricing\"\nteam = \"alice\"\n"),
        "{manifest}"
    );
    assert!(manifest.contains("description = \"Quotes a price\"\n"), "{manifest}");
    assert!(!manifest.contains("\nport"), "{manifest}");
    let log = sandbox.run("git -C pricing log --format=%s; git -C pricing status --porcelain");
    assert_eq!(log.ok(), "Start from the template http-python 1.0.0\n");
    assert_eq!(
        sandbox.run("stat -c '%a %n' pricing/app.py").ok(),
        "644 pricing/app.py\n"
    );
    assert_eq!(sandbox.run("cd pricing && deliver").code, Some(0));
}

#[test]
fn flags_answer_everything_and_the_record_keeps_it() {
    let sandbox = Sandbox::new();
    let line = "deliver new static-site -C ../project --name shop --owner web --code-owner @acme/web \
                --description 'Ours' --port 8123 --no-git --json where/it/goes";
    let document = sandbox.run(line).json();
    assert_eq!(document["schema"], "deliver/scaffold/v1");
    assert_eq!(
        (&document["template"], &document["version"]),
        (&"static-site".into(), &"1.0.0".into())
    );
    assert_eq!(
        (&document["commit"], &document["repository"]),
        (&serde_json::Value::Null, &false.into())
    );
    assert_eq!(document["conflicts"], serde_json::json!([]));
    let files = document["files"].as_array().expect("files");
    assert!(
        files
            .iter()
            .all(|file| file["action"] == "create" && file["reason"] == "is new")
    );
    assert_eq!(
        files.len(),
        sandbox
            .run(&format!("{LIST} | wc -l"))
            .ok()
            .trim()
            .parse::<usize>()
            .expect("a number")
    );
    let record: toml::Table = toml::from_str(&sandbox.read("where/it/goes/.deliver/template.toml")).expect("TOML");
    let answers = &record["answers"];
    assert_eq!(
        (answers["name"].as_str(), answers["owner"].as_str()),
        (Some("shop"), Some("web"))
    );
    assert_eq!(
        (answers["code_owner"].as_str(), answers["port"].as_integer()),
        (Some("@acme/web"), Some(8123))
    );
    assert!(sandbox.read("where/it/goes/deliver.toml").contains("port = 8123\n"));
    assert!(sandbox.read("where/it/goes/CODEOWNERS").contains("\n* @acme/web\n"));
    assert!(!sandbox.project().join("where/it/goes/.git").exists());
    let said = sandbox.run("deliver -C where new http-node here").stderr;
    assert!(said.ends_with("hint: cd where/here && deliver deploy\n"), "{said}");
}

#[test]
fn the_owner_comes_from_git_or_from_the_platform() {
    let sandbox = Sandbox::new();
    sandbox
        .run("git config --global user.name 'Ada Lovelace'; git config --global user.email ada@example.com")
        .ok();
    sandbox.run("deliver new http-node one").ok();
    assert!(sandbox.read("one/deliver.toml").contains("team = \"ada-lovelace\"\n"));
    assert!(sandbox.read("one/CODEOWNERS").contains("\n* ada@example.com\n"));
    sandbox.file(
        "platform.toml",
        "[platform]\nname = \"acme\"\n\n[person.ada]\nname = \"Ada\"\nemail = \"ada@example.com\"\n\n[team.web]\nmembers = [\"ada\"]\n\n[team.data]\n",
    );
    sandbox.run("deliver new http-node two").ok();
    assert!(sandbox.read("two/deliver.toml").contains("team = \"web\"\n"));
    let said = sandbox.run("deliver new http-node three --owner wbe").fails(2);
    assert!(
        said.contains("has no team `wbe`") && said.contains("hint: --owner web"),
        "{said}"
    );
    sandbox.run("git config --global user.email eve@example.com").ok();
    let said = sandbox.run("deliver new http-node three").fails(2);
    assert!(
        said.contains("`data`, `web`") && said.contains("pass --owner TEAM"),
        "{said}"
    );
    assert!(!sandbox.project().join("three").exists());
}

#[test]
fn a_dry_run_lists_and_writes_nothing() {
    let sandbox = Sandbox::new();
    let listed = sandbox.run("deliver new http-rust pricing --dry-run").ok();
    assert!(listed.starts_with("create\t.dockerignore\tis new\n"), "{listed}");
    assert!(listed.ends_with("create\t.deliver/template.toml\tis new\n"), "{listed}");
    let document = sandbox.run("deliver new http-rust pricing --dry-run --json").json();
    assert_eq!(document["schema"], "deliver/template-plan/v1");
    assert_eq!(document["files"].as_array().map(Vec::len), Some(listed.lines().count()));
    assert_eq!(sandbox.run("ls -A").ok(), "");
}

#[test]
fn files_that_are_there_are_never_replaced_unasked() {
    let sandbox = Sandbox::new();
    sandbox.file("pricing/app.py", "mine\n").file("pricing/notes", "mine\n");
    let ran = sandbox.run("deliver new http-python pricing --json");
    assert_eq!(ran.json()["conflicts"], serde_json::json!(["app.py"]));
    assert_eq!((ran.code, ran.error()["code"].as_str()), (Some(2), Some("files-exist")));
    let said = sandbox.run("deliver new http-python pricing").fails(2);
    assert_eq!(
        said,
        "\
error[files-exist]: cannot write into `pricing`: 1 file is in the way
  still: nothing was written
    │ app.py  exists and differs
  hint: --force replaces them; --dry-run lists everything
"
    );
    assert_eq!(sandbox.run(LIST).ok(), "./pricing/app.py\n./pricing/notes\n");
    let forced = sandbox.run("deliver new http-python pricing --force");
    assert!(
        forced.stdout.contains("16 files written, 1 file replaced"),
        "{forced:?}"
    );
    assert_eq!(sandbox.read("pricing/notes"), "mine\n");
    assert!(sandbox.read("pricing/app.py").contains("NAME = \"pricing\""));
    assert!(
        !sandbox.project().join("pricing/.git").exists(),
        "what else is there is not ours to commit"
    );
    let again = sandbox.run("deliver new http-python pricing").ok();
    assert!(again.contains("17 files there already"), "{again}");
}

#[test]
fn inside_a_repository_no_other_is_made() {
    let sandbox = Sandbox::new();
    sandbox.run("git init -q").ok();
    sandbox.run("deliver new http-node services/api").ok();
    assert!(!sandbox.project().join("services/api/.git").exists());
    assert_eq!(sandbox.run("git status --porcelain").ok(), "?? services/\n");
}

#[test]
fn without_git_there_is_a_warning_and_a_service() {
    let sandbox = Sandbox::new();
    for tool in ["sh", "ls"] {
        symlink(format!("/bin/{tool}"), sandbox.root().join("bin").join(tool)).expect("linked");
    }
    let path = sandbox.root().join("bin");
    let sandbox = sandbox.env("PATH", path.to_str().expect("text"));
    let ran = sandbox.run("deliver new http-node api");
    assert!(ran.stderr.contains("warning: git is not installed"), "{ran:?}");
    assert!(ran.stderr.contains("warning: node is not on this machine"), "{ran:?}");
    assert_eq!((ran.code, sandbox.run("ls -A api/.git").code), (Some(0), Some(2)));
}

#[test]
fn names_and_folders_that_cannot_be_are_refused_with_a_way_out() {
    let sandbox = Sandbox::new();
    sandbox.file("taken", "a file");
    symlink("/nowhere", sandbox.project().join("dangling")).expect("linked");
    fs::create_dir(sandbox.project().join("real")).expect("made");
    symlink("real", sandbox.project().join("link")).expect("linked");
    let long = "x".repeat(64);
    for (line, code, hint) in [
        ("new http-node taken", "not-a-folder", None),
        ("new http-node taken/x", "not-a-folder", None),
        ("new http-node dangling", "symbolic-link", Some("name the folder")),
        ("new http-node link", "symbolic-link", Some("name the folder")),
        ("new http-node .git/x", "unsafe-path", None),
        ("new http-node gone/../x", "unsafe-path", Some("without `..`")),
        ("new http-node 日本", "name", Some("--name")),
        ("new http-node 💥", "name", Some("--name")),
        ("new http-node x --name ../x", "name", Some("--name x")),
        ("new http-node x --name Bad_Name", "name", Some("--name bad-name")),
        (&format!("new http-node x --name {long}"), "name", Some("--name")),
        ("new http-rust build", "name-reserved", Some("--name")),
        ("new http-node x --owner ''", "owner", Some("--owner")),
        (
            "new http-node x --code-owner 'a b'",
            "code-owner",
            Some("@ORGANISATION/TEAM"),
        ),
        (
            "new http-pyton x",
            "unknown-template",
            Some("did you mean http-python?"),
        ),
        ("new pricing", "unknown-template", Some("deliver new TEMPLATE pricing")),
        ("new", "no-answer", Some("deliver new http-python my-service")),
        ("new --yes", "no-answer", Some("deliver new http-python my-service")),
        ("new http-node", "no-answer", Some("deliver new http-node my-service")),
        ("new ./nothing x", "not-found", None),
    ] {
        let ran = sandbox.run(&format!("deliver {line} --json"));
        assert_eq!(
            (ran.code, ran.error()["code"].as_str()),
            (Some(2), Some(code)),
            "{line}: {ran:?}"
        );
        let hints = ran.error()["hints"].to_string();
        assert!(hint.is_none_or(|hint| hints.contains(hint)), "{line}: {hints}");
    }
    assert_eq!(sandbox.run("deliver new http-node -rf").code, Some(2));
    assert_eq!(
        sandbox.run("ls -A . real").ok(),
        ".:\ndangling\nlink\nreal\ntaken\n\nreal:\n"
    );
}

#[test]
fn a_folder_whose_name_is_none_gets_the_nearest() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run("deliver new http-node -- '-My Shop_2'");
    assert!(ran.stderr.contains("The service is called my-shop-2"), "{ran:?}");
    assert!(
        ran.stderr.ends_with("hint: cd './-My Shop_2' && deliver deploy\n"),
        "{ran:?}"
    );
    assert!(sandbox.read("-My Shop_2/deliver.toml").contains("name = \"my-shop-2\""));
}

#[test]
fn the_current_folder_can_be_filled_and_stays_the_same_folder() {
    let sandbox = Sandbox::new();
    let before = sandbox.run("stat -c %i .").ok();
    let ran = sandbox.run("deliver new http-node . && ls app.js && deliver");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("hint: deliver deploy\n"), "{ran:?}");
    assert_eq!(sandbox.run("stat -c %i .").ok(), before);
    assert!(sandbox.project().join(".git").exists());
}

#[test]
fn hostile_answers_come_out_as_text() {
    let sandbox = Sandbox::new();
    let hostile = "\"]\n[x]\ny = 1 #\u{1b}[31m <script>alert(1)</script> ${{ secrets.X }} '''\\ `rm` 💥";
    let folded = "\"] [x] y = 1 # [31m <script>alert(1)</script> ${{ secrets.X }} '''\\ `rm` 💥";
    for template in ["http-node", "http-python", "http-rust", "static-site"] {
        let words = [
            "new",
            template,
            template,
            "--description",
            hostile,
            "--owner",
            hostile,
            "--no-git",
            "--json",
        ];
        let ran = sandbox.run_words(&words);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let manifest: toml::Table = toml::from_str(&sandbox.read(&format!("{template}/deliver.toml"))).expect("TOML");
        assert_eq!(manifest["service"]["description"].as_str(), Some(folded));
        assert_eq!(manifest["service"]["team"].as_str(), Some(folded));
        assert_eq!(sandbox.run(&format!("deliver -C {template}")).code, Some(0));
    }
    let package: serde_json::Value = serde_json::from_str(&sandbox.read("http-node/package.json")).expect("JSON");
    assert_eq!(package["description"], folded);
    let cargo: toml::Table = toml::from_str(&sandbox.read("http-rust/Cargo.toml")).expect("TOML");
    assert_eq!(cargo["package"]["description"].as_str(), Some(folded));
    assert!(!sandbox.read("static-site/public/index.html").contains("<script>"));
}

#[test]
fn a_folder_that_cannot_be_written_leaves_nothing_behind() {
    let sandbox = Sandbox::new();
    if nix::unistd::geteuid().is_root() {
        // Permissions do not stop root; a name that is too long stops everybody, half way.
        let deep = "d".repeat(250);
        let line = format!(
            "deliver new http-node {deep}/{deep}/{0} --name x --no-git",
            "e".repeat(256)
        );
        assert_eq!(sandbox.run(&line).code, Some(1));
    } else {
        fs::set_permissions(sandbox.project(), fs::Permissions::from_mode(0o555)).expect("set");
        let ran = sandbox.run("deliver new http-node api --json");
        assert_eq!(
            (ran.code, ran.error()["code"].as_str()),
            (Some(1), Some("permission-denied"))
        );
        assert_eq!(ran.error()["still"], "nothing was written");
        fs::set_permissions(sandbox.project(), fs::Permissions::from_mode(0o755)).expect("set");
    }
    assert_eq!(sandbox.run("ls -A").ok(), "");
}

#[test]
fn a_company_keeps_templates_of_its_own() {
    let sandbox = Sandbox::new();
    sandbox
        .file("platform.toml", "[platform]\nname = \"acme\"\n")
        .file(
            "templates/job/template.toml",
            "version = \"2.0.0\"\ndescription = \"A job\"\nonce = [\"src\"]\n",
        )
        .file(
            "templates/job/deliver.toml.tmpl",
            "[service]\nname = << name|toml >>\n\n[process.job]\ncommand = \"true\"\n",
        )
        .file("templates/job/src/<< name >>.sh.tmpl", "# << description|markdown >>\n")
        .file("templates/job/raw.txt", "<< as it is >>\n");
    let listed = sandbox.run("deliver template list").ok();
    assert!(
        listed.contains("job\t2.0.0\tA job\t[ROOT]/project/templates/job\n"),
        "{listed}"
    );
    assert!(listed.contains("http-rust\t1.0.0\t"), "{listed}");
    let shown = sandbox.run("deliver template show job --json").json();
    assert_eq!(
        shown["files"][2],
        serde_json::json!({ "path": "src/<< name >>.sh", "policy": "once" })
    );
    sandbox.run("deliver new job nightly --owner data").ok();
    assert_eq!(sandbox.read("nightly/src/nightly.sh"), "# A service from job\n");
    assert_eq!(sandbox.read("nightly/raw.txt"), "<< as it is >>\n");
    sandbox.run("deliver new ./templates/job other --owner data").ok();
    sandbox.file("templates/job/broken.tmpl", "<< description >>\n");
    let said = sandbox.run("deliver new job third --owner data").fails(2);
    assert!(said.contains("cannot render `broken` of the template `job`"), "{said}");
    assert!(!sandbox.project().join("third").exists());
}

#[test]
fn on_a_terminal_what_is_missing_is_asked() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(DELIVER);
    command.args(["new", "--no-git"]);
    let mut session = spawn_command(command, Some(20_000)).expect("a terminal");
    session.exp_string("Template").expect("the first question");
    session.exp_string("static-site").expect("the choices");
    session.send("\r").expect("the first template");
    session.flush().expect("sent");
    for (question, answer) in [("Name", "shop\r"), ("Owner", "\r"), ("Description", "Sells things\r")] {
        session.exp_string(question).expect(question);
        session.send(answer).expect("an answer");
        session.flush().expect("sent");
    }
    let rest = session.exp_eof().expect("the end");
    assert!(
        rest.contains("shop") && rest.contains("from http-node 1.0.0"),
        "{rest:?}"
    );
    let manifest = sandbox.read("shop/deliver.toml");
    assert!(
        manifest.contains("team = \"alice\"\n") && manifest.contains("description = \"Sells things\"\n"),
        "{manifest}"
    );
}
