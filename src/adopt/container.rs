//! An app that has only a Dockerfile, on a machine: its image is built by a container engine and each instance is a
//! container on its own port.

use super::command::quote;

/// Where the build writes the image's id. The artifact is this one file, so a release always runs the very image it was
/// built as, whatever became of the tags since.
pub const IMAGE_FILE: &str = "image.id";

/// Seconds a container gets to stop before the engine kills it: well inside the 30 s of `grace` after which the agent
/// kills the client, since a container whose client is killed runs on.
const STOP_SECONDS: u32 = 20;

/// The build: the tag is unique to the image, so that no clean-up of untagged images takes a release to roll back to.
pub fn build(name: &str, file: &str) -> Vec<String> {
    let file = if file == "Dockerfile" {
        String::new()
    } else {
        format!("--file {} ", quote(file))
    };
    vec![
        format!("docker build --iidfile {IMAGE_FILE} {file}."),
        format!("docker tag \"$(cat {IMAGE_FILE})\" \"deliver/{name}:$(cut -c 8-19 {IMAGE_FILE})\""),
    ]
}

/// Variables of an instance that are the machine's and not the app's; a container has its own.
const MACHINES: &str = "PATH|HOME|USER|LOGNAME|SHELL|LANG|TZ|TMPDIR|PWD|OLDPWD|SHLVL|_|PORT|LD_LIBRARY_PATH|\
                        (LC|XDG|SSL_CERT|DOCKER|DELIVER)_.*";

/// The start of one instance, in a container that bears the instance's own name: one that a killed client left behind is
/// found by it and removed first.
///
/// The client is not `exec`ed. It passes SIGTERM on to the app, but one that gets SIGKILL leaves its container running; so
/// a shell stays that has the engine kill the container in time. The signal of `docker stop` is made one that no app
/// minds, since many take a second SIGTERM for an order to drop everything.
///
/// Variables are passed on by name, whichever the manifest comes to have; values stay out of the arguments.
pub fn run(port: u16, volumes: &[(String, String)]) -> String {
    let mut options = String::new();
    for (folder, inside) in volumes {
        options.push_str(&format!(" -v \"$PWD\"/{}:{}", quote(folder), quote(inside)));
    }
    format!(
        "name=$DELIVER_INSTANCE-$DELIVER_AGENT\n\
         env=$(awk 'BEGIN {{ for (name in ENVIRON) if (name !~ /^({MACHINES})$/) print \"-e\", name }}')\n\
         docker rm -f \"$name\" >/dev/null 2>&1\n\
         trap 'stopped=1; docker stop -t {STOP_SECONDS} \"$name\" >/dev/null 2>&1' TERM INT\n\
         docker run --rm --init --stop-signal CONT --name \"$name\" -p 127.0.0.1:$PORT:{port} -e PORT={port} $env{options} \"$(cat {IMAGE_FILE})\" &\n\
         wait $!; status=$?\n\
         [ -z \"$stopped\" ] || {{ wait $!; status=$?; }}\n\
         exit $status"
    )
}

/// The folders of a release that the volumes of an image are kept in: `/app/data` is `data`, and `app-data` beside another
/// of that name.
pub fn folders(volumes: &[String]) -> Vec<(String, String)> {
    let mut folders: Vec<(String, String)> = Vec::new();
    for inside in volumes.iter().filter(|inside| plain(inside)) {
        let whole = inside.trim_matches('/').replace('/', "-");
        let last = inside.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let taken = |name: &str| folders.iter().any(|(folder, _)| folder == name);
        let free = [last, &whole].into_iter().find(|name| !taken(name)).map(str::to_owned);
        folders.extend(free.map(|folder| (folder, inside.clone())));
    }
    folders
}

/// Whether it is a path that can stand in an option of the engine, and a folder's name.
fn plain(volume: &str) -> bool {
    let parts: Vec<&str> = volume.trim_matches('/').split('/').collect();
    volume.starts_with('/')
        && parts.iter().all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphanumeric())
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_of_one_name_get_folders_of_their_own() {
        let volumes = [
            "/app/data",
            "/var/data/",
            "/app/data",
            "relative",
            "/a:b",
            "/../etc",
            "/",
        ]
        .map(str::to_owned);
        let pair = |folder: &str, inside: &str| (folder.to_owned(), inside.to_owned());
        assert_eq!(
            folders(&volumes),
            [
                pair("data", "/app/data"),
                pair("var-data", "/var/data/"),
                pair("app-data", "/app/data")
            ]
        );
    }
}
