//! The globs that workspaces list their members with: `*` within a name, `**` over folders.

/// Whether `path` is one that `glob` names. A glob that starts with `!` names nothing.
pub fn matches(glob: &str, path: &str) -> bool {
    let mut glob: Vec<&str> = parts(glob);
    glob.dedup_by(|a, b| *a == "**" && *b == "**");
    let path: Vec<&str> = parts(path);
    // Both come from files; the product bounds the work below.
    glob.len() <= 8 && path.len() <= 16 && folders(&glob, &path)
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect()
}

fn folders(glob: &[&str], path: &[&str]) -> bool {
    match (glob.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => {
            folders(rest, path) || path.split_first().is_some_and(|(_, path)| folders(glob, path))
        }
        (Some((first, glob)), Some((name, path))) => word(first, name) && folders(glob, path),
        _ => false,
    }
}

/// One name; each `*` stands for any part of it.
fn word(glob: &str, name: &str) -> bool {
    let mut pieces = glob.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        if let Some(at) = rest.find(piece) {
            rest = &rest[at + piece.len()..];
            last = Some(piece);
        } else {
            return false;
        }
    }
    match last {
        None => rest.is_empty(),
        Some(piece) => piece.is_empty() || name.ends_with(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspaces_name_their_members() {
        for (glob, path) in [
            ("services/*", "services/api"),
            ("./packages/*", "packages/a"),
            ("apps/**", "apps/a/b"),
            ("x-*-y", "x-1-y"),
            ("api", "api"),
        ] {
            assert!(matches(glob, path), "{glob} {path}");
        }
        for (glob, path) in [
            ("services/*", "services/api/sub"),
            ("!services/*", "services/api"),
            ("a", "b"),
            ("x-*-y", "x-1"),
        ] {
            assert!(!matches(glob, path), "{glob} {path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn hostile_globs_end(glob in "[*/a!.]{0,40}", path in "[/a.]{0,40}") {
            matches(&glob, &path);
        }
    }
}
