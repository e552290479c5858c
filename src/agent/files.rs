//! A static site as an instance: serves one folder on `$PORT`, as the shim starts any other command.

use std::convert::Infallible;
use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tower_http::services::ServeDir;
use tower_service::Service;

use super::note;

/// Answers that are under way when the site is stopped get this long.
const LAST_ANSWERS: Duration = Duration::from_secs(25);

type Reply = Response<UnsyncBoxBody<Bytes, std::io::Error>>;

/// Serves the folder that is the only argument.
pub fn main(arguments: &[OsString]) -> ExitCode {
    let [folder] = arguments else {
        return ExitCode::FAILURE;
    };
    let port = crate::config::environment::Environment::of_process()
        .get("PORT")
        .and_then(|port| port.parse().ok());
    let Some(port) = port else {
        note("PORT is not set to a port");
        return ExitCode::FAILURE;
    };
    match run(PathBuf::from(folder), port) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("cannot serve `{}` on port {port}: {error}", folder.display()));
            ExitCode::FAILURE
        }
    }
}

fn run(folder: PathBuf, port: u16) -> std::io::Result<()> {
    // A missing folder is said at once, not by a 404 for every page.
    std::fs::read_dir(&folder)?;
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT])?;
    std::thread::spawn(move || {
        for _ in signals.forever() {
            stop.send_replace(true);
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let folder = Arc::new(folder);
        let connections = GracefulShutdown::new();
        loop {
            let stream = tokio::select! {
                () = async { drop(stopped.wait_for(|stopped| *stopped).await) } => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(_) => {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                        continue;
                    }
                },
            };
            let _ = stream.set_nodelay(true);
            let folder = folder.clone();
            let service = service_fn(move |request| answer(folder.clone(), request));
            let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connections.watch(serving));
        }
        drop(listener);
        let _ = tokio::time::timeout(LAST_ANSWERS, connections.shutdown()).await;
        Ok(())
    })
}

async fn answer(folder: Arc<PathBuf>, request: Request<Incoming>) -> Result<Reply, Infallible> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Ok(words(
            StatusCode::METHOD_NOT_ALLOWED,
            "a static site answers GET and HEAD\n",
        ));
    }
    if has_hidden_part(request.uri().path()) {
        return Ok(missing(&folder));
    }
    let health = request.uri().path() == "/healthz";
    let Ok(response) = ServeDir::new(folder.as_path()).call(request).await;
    Ok(match response.status() {
        StatusCode::NOT_FOUND if health => words(StatusCode::OK, "ok\n"),
        StatusCode::NOT_FOUND => missing(&folder),
        _ => response.map(|body| body.boxed_unsync()),
    })
}

/// Dotfiles, also where the dot is written as `%2e`: `.git` and `.env` are never meant. `.well-known` is (RFC 8615).
fn has_hidden_part(path: &str) -> bool {
    let path = path.replace("%2e", ".").replace("%2E", ".");
    path.split(['/', '\\'])
        .any(|part| part.starts_with('.') && part != ".well-known")
}

fn missing(folder: &Path) -> Reply {
    match std::fs::read(folder.join("404.html")) {
        Ok(page) => {
            let mut reply = reply(StatusCode::NOT_FOUND, page.into());
            reply
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            reply
        }
        Err(_) => words(StatusCode::NOT_FOUND, "not found\n"),
    }
}

fn words(status: StatusCode, words: &'static str) -> Reply {
    let mut reply = reply(status, Bytes::from_static(words.as_bytes()));
    reply
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    reply
}

fn reply(status: StatusCode, body: Bytes) -> Reply {
    let mut reply = Response::new(Full::new(body).map_err(|never| match never {}).boxed_unsync());
    *reply.status_mut() = status;
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_files_are_hidden_however_they_are_written() {
        for path in ["/.env", "/a/.git/config", "/%2eenv", "/a/..%2f.env", "/%2E%2e/x"] {
            assert!(has_hidden_part(path), "{path}");
        }
        for path in ["/", "/a.b/c", "/.well-known/security.txt", "/a..b"] {
            assert!(!has_hidden_part(path), "{path}");
        }
    }
}
