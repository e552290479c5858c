//! Which cluster, and as whom.

use std::path::{Path, PathBuf};

use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError, LoadDataError};
use kube::{Client, Config};

use super::client;
use super::options::Options;
use super::trouble;
use crate::config::environment::Environment;
use crate::config::nearest::nearest;
use crate::fault::{Fault, Kind, Result};

/// What a cluster is reached by.
pub struct Connected {
    pub client: Client,
    pub namespace: String,
    /// How it is called in messages: the context, or the server's address.
    pub called: String,
    /// The client's certificate, where it has one, to tell why it is refused.
    pub certificate: Option<Vec<u8>>,
}

/// Connects lazily: what is wrong with files is found now, what is wrong with the server by the first request.
pub async fn connect(options: &Options, environment: &Environment) -> Result<Connected> {
    let files = files(options, environment);
    let read = read(&files)?;
    let (config, proxy_url, called) = match read {
        Some(kubeconfig) => from_files(kubeconfig, options, &files).await?,
        None => (inside(options, &files)?, None, "the cluster of this pod".to_owned()),
    };
    let proxy = client::proxy(proxy_url.as_deref(), &config.cluster_url, environment)?;
    let namespace = options
        .namespace
        .clone()
        .unwrap_or_else(|| config.default_namespace.clone());
    let certificate = certificate(&config);
    let client = client::client(&config, proxy.as_ref()).map_err(|error| unusable(&called, error))?;
    Ok(Connected {
        client,
        namespace,
        called,
        certificate,
    })
}

/// The files that kubectl reads too.
fn files(options: &Options, environment: &Environment) -> Vec<PathBuf> {
    let home = || environment.get("HOME").map(PathBuf::from);
    let expanded = |text: &str| match text.strip_prefix("~/") {
        Some(rest) => home().map_or_else(|| PathBuf::from(text), |home| home.join(rest)),
        None => PathBuf::from(text),
    };
    if let Some(path) = &options.kubeconfig {
        return vec![expanded(path)];
    }
    match environment.get("KUBECONFIG").filter(|text| !text.is_empty()) {
        Some(list) => list
            .split(':')
            .filter(|part| !part.is_empty())
            .map(PathBuf::from)
            .collect(),
        None => home().map(|home| home.join(".kube/config")).into_iter().collect(),
    }
}

/// All of them merged, as kubectl does; `None` where none exists.
fn read(files: &[PathBuf]) -> Result<Option<Kubeconfig>> {
    let mut merged: Option<Kubeconfig> = None;
    for path in files {
        let found = match Kubeconfig::read_from(path) {
            Err(KubeconfigError::ReadConfig(error, _)) if error.kind() == std::io::ErrorKind::NotFound => continue,
            read => read.map_err(|error| bad_file(path, error))?,
        };
        merged = Some(match merged {
            None => found,
            Some(before) => before.merge(found).map_err(|error| bad_file(path, error))?,
        });
    }
    Ok(merged)
}

fn bad_file(path: &Path, error: KubeconfigError) -> Fault {
    Fault::usage(
        "bad-kubeconfig",
        format!("cannot read the kubeconfig `{}`", path.display()),
    )
    .still("nothing was touched")
    .details([told(&error)])
}

/// What is wrong with a kubeconfig, without a word of its content but names: whatever stands where may be a token.
fn told(error: &KubeconfigError) -> String {
    use KubeconfigError as E;
    match error {
        E::ReadConfig(error, _) => error.to_string(),
        E::Parse(error) => match error.location() {
            Some(at) => format!(
                "line {}, column {}: not what a kubeconfig has there",
                at.line(),
                at.column()
            ),
            None => "not what a kubeconfig is".into(),
        },
        E::LoadContext(_) | E::LoadClusterOfContext(_) | E::MissingClusterUrl | E::CurrentContextNotSet => {
            trouble::clean(&error.to_string())
        }
        E::KindMismatch | E::ApiVersionMismatch | E::FindPath => error.to_string(),
        E::ParseClusterUrl(_) => "`server` is no address".into(),
        E::ParseProxyUrl(_) => "`proxy-url` is no address".into(),
        E::LoadCertificateAuthority(error) => data("certificate-authority", error),
        E::LoadClientCertificate(error) => data("client-certificate", error),
        E::LoadClientKey(error) => data("client-key", error),
        E::ParseCertificates(_) => "its certificates are no PEM".into(),
    }
}

fn data(key: &str, error: &LoadDataError) -> String {
    match error {
        LoadDataError::ReadFile(error, path) => format!("`{key}` names `{}`: {error}", path.display()),
        LoadDataError::DecodeBase64(_) => format!("`{key}-data` is no base64"),
        LoadDataError::NoBase64DataOrFile => format!("neither `{key}-data` nor `{key}` is set"),
    }
}

async fn from_files(
    kubeconfig: Kubeconfig,
    options: &Options,
    files: &[PathBuf],
) -> Result<(Config, Option<String>, String)> {
    let named = options.context.clone().or_else(|| kubeconfig.current_context.clone());
    let known: Vec<String> = kubeconfig.contexts.iter().map(|one| one.name.clone()).collect();
    let listed: Vec<String> = files.iter().map(|path| format!("`{}`", path.display())).collect();
    let place = listed.join(", ");
    let Some(context) = named.filter(|name| !name.is_empty()) else {
        let message = format!("no context is current in {place}");
        return Err(Fault::usage("no-context", message).hint(choose(&known)));
    };
    if !known.contains(&context) {
        let message = format!("there is no context `{}` in {place}", trouble::clean(&context));
        let fault = Fault::usage("unknown-context", message).still("nothing was touched");
        return Err(match nearest(&context, known.iter().map(String::as_str)) {
            Some(near) => fault.hint(format!("did you mean `{}`?", trouble::clean(near))),
            None => fault.hint(choose(&known)),
        });
    }
    let proxy = proxy_url(&kubeconfig, &context);
    let wanted = KubeConfigOptions {
        context: Some(context.clone()),
        ..KubeConfigOptions::default()
    };
    let config = Config::from_custom_kubeconfig(kubeconfig, &wanted)
        .await
        .map_err(|error| {
            let message = format!("the context `{}` in {place} cannot be used", trouble::clean(&context));
            Fault::usage("bad-kubeconfig", message)
                .still("nothing was touched")
                .details([told(&error)])
        })?;
    Ok((
        config,
        proxy,
        format!("the cluster of context `{}`", trouble::clean(&context)),
    ))
}

/// The proxy that a context's cluster names.
fn proxy_url(kubeconfig: &Kubeconfig, context: &str) -> Option<String> {
    let context = kubeconfig.contexts.iter().find(|one| one.name == context)?;
    let named = &context.context.as_ref()?.cluster;
    let cluster = kubeconfig.clusters.iter().find(|one| one.name == *named)?;
    let url = cluster.cluster.as_ref()?.proxy_url.clone();
    url.filter(|url| !url.is_empty())
}

fn choose(known: &[String]) -> String {
    match known {
        [] => "the kubeconfig has no contexts: fetch one with your provider's command, such as `aws eks update-kubeconfig`".into(),
        known => {
            let names: Vec<String> = known.iter().take(20).map(|name| trouble::clean(name)).collect();
            format!("write `context = \"…\"`; known are {}", names.join(", "))
        }
    }
}

/// Within a pod its service account does.
fn inside(options: &Options, files: &[PathBuf]) -> Result<Config> {
    let found = Config::incluster();
    let named = options.context.is_some() || options.kubeconfig.is_some();
    found.ok().filter(|_| !named).ok_or_else(|| {
        let looked: Vec<String> = files.iter().map(|path| format!("`{}`", path.display())).collect();
        let place = match looked.is_empty() {
            true => "neither `KUBECONFIG` nor a home folder is set".to_owned(),
            false => format!("there is no {}", looked.join(" and no ")),
        };
        Fault::usage("no-kubeconfig", format!("no cluster is known: {place}"))
            .still("nothing was touched")
            .hint("set KUBECONFIG, or write `kubeconfig = \"~/.kube/NAME\"` under [environment.NAME.kubernetes]")
    })
}

/// Files that the kubeconfig names, and commands that make tokens.
fn unusable(called: &str, error: kube::Error) -> Fault {
    let text = trouble::chain(&error);
    let message = format!("the credentials for {called} cannot be used");
    let fault = Fault::new(Kind::Credentials, "bad-credentials", message).still("nothing was touched");
    let fault = match text.contains("unable to run auth exec") {
        true => fault.hint("install the command that the kubeconfig names under `exec`, or log in again"),
        false => fault,
    };
    fault.details([trouble::clean(&text)])
}

/// The client's certificate as DER.
fn certificate(config: &Config) -> Option<Vec<u8>> {
    let auth = &config.auth_info;
    let pem = match (&auth.client_certificate_data, &auth.client_certificate) {
        (Some(data), _) => String::from_utf8(trouble::base64(data)?).ok()?,
        (None, Some(path)) => std::fs::read_to_string(path).ok()?,
        (None, None) => return None,
    };
    let body = pem.split("-----BEGIN CERTIFICATE-----").nth(1)?;
    let body = body.split("-----END CERTIFICATE-----").next()?;
    trouble::base64(&body.split_whitespace().collect::<String>())
}
