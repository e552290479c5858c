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

/// The start of one instance. The client is not `exec`ed: a shell stays that stops the container by its name, because a
/// client that gets SIGKILL leaves its container running. A container that an earlier, killed client left behind is
/// removed first: it has the same name, since an instance keeps its port.
pub fn run(name: &str, port: u16, variables: &[&str], volumes: &[(String, String)]) -> String {
    let mut options = String::new();
    for variable in variables {
        options.push_str(&format!(" -e {variable}"));
    }
    for (folder, inside) in volumes {
        options.push_str(&format!(" -v \"$PWD\"/{}:{}", quote(folder), quote(inside)));
    }
    format!(
        "name=deliver-{name}-$PORT\n\
         docker rm -f \"$name\" >/dev/null 2>&1\n\
         trap 'docker stop -t {STOP_SECONDS} \"$name\" >/dev/null 2>&1' TERM INT\n\
         docker run --rm --init --name \"$name\" -p 127.0.0.1:$PORT:{port} -e PORT={port}{options} \"$(cat {IMAGE_FILE})\" &\n\
         wait $!; status=$?\n\
         [ $status -gt 128 ] && wait $!\n\
         exit $status"
    )
}

/// The folder of a release that a volume of the image is kept in: `/app/data` is `data`.
pub fn folder_of(volume: &str) -> Option<String> {
    let name = volume.trim_end_matches('/').rsplit('/').next()?;
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    (plain && volume.starts_with('/') && !volume.contains(|c: char| c.is_control() || c == ':'))
        .then(|| name.to_owned())
}
