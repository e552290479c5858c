//! The client that speaks with an API server: kube's own parts over a connection that holds no request back, through a proxy
//! where there is one.
//!
//! kube's ready-made client leaves Nagle's algorithm on: what follows a TLS handshake then waits for a delayed acknowledgement,
//! 40 ms for each new connection (RFC 9293 §3.7.4 has the cure).

use std::net::IpAddr;
use std::time::Duration;

use hyper::Uri;
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioExecutor;
use kube::client::{ClientBuilder, ConfigExt};
use kube::{Client, Config};
use tower::util::{BoxCloneSyncService, option_layer};
use tower::{BoxError, Service, ServiceExt};

use crate::config::environment::Environment;
use crate::fault::{Fault, Result};

/// A server that is there takes a connection within this time.
const CONNECT: Duration = Duration::from_secs(5);

/// Puts a client together; what is wrong with credentials is found now, what is wrong with the server by the first request.
pub fn client(config: &Config, proxy: Option<&Intercept>) -> kube::Result<Client> {
    let secured = config.rustls_https_connector_with_connector(way(proxy))?;
    let mut connector = TimeoutConnector::new(secured);
    connector.set_connect_timeout(Some(CONNECT));
    let requests = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build(connector);
    let builder = ClientBuilder::new(requests.map_err(BoxError::from), &config.default_namespace)
        .with_layer(&config.extra_headers_layer()?)
        .with_layer(&option_layer(config.auth_layer()?))
        .with_layer(&config.base_uri_layer());
    Ok(builder.build())
}

/// What requests to `server` go through: the kubeconfig's `proxy-url`, else what `HTTPS_PROXY` and `NO_PROXY` say, which as
/// with kubectl does not hold for this machine itself.
pub fn proxy(named: Option<&str>, server: &Uri, environment: &Environment) -> Result<Option<Intercept>> {
    let first = |names: [&str; 2]| {
        names
            .into_iter()
            .find_map(|name| environment.get(name))
            .unwrap_or_default()
    };
    let matcher = match named {
        Some(url) => Matcher::builder().all(url),
        None if is_here(server) => return Ok(None),
        None => Matcher::builder()
            .https(first(["HTTPS_PROXY", "https_proxy"]))
            .http(first(["HTTP_PROXY", "http_proxy"]))
            .no(first(["NO_PROXY", "no_proxy"])),
    };
    let found = matcher.build().intercept(server);
    let usable = match &found {
        Some(proxy) => matches!(proxy.uri().scheme_str(), Some("http" | "socks5" | "socks5h")),
        None => named.is_none(),
    };
    // What the address holds besides may be a password.
    usable.then_some(found).ok_or_else(|| {
        let whose = if named.is_some() {
            "`proxy-url` of the kubeconfig"
        } else {
            "`HTTPS_PROXY`"
        };
        Fault::usage("bad-proxy", format!("{whose} names no proxy that can be used"))
            .still("nothing was touched")
            .hint("`http://HOST:PORT` and `socks5://HOST:PORT` can")
    })
}

fn is_here(server: &Uri) -> bool {
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// How a connection comes about.
type Way = BoxCloneSyncService<Uri, <HttpConnector as Service<Uri>>::Response, BoxError>;

fn way(proxy: Option<&Intercept>) -> Way {
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_nodelay(true);
    let Some(proxy) = proxy else { return boxed(connector) };
    let address = proxy.uri().clone();
    if address.scheme_str() == Some("http") {
        let tunnel = Tunnel::new(address, connector);
        return boxed(match proxy.basic_auth() {
            Some(credentials) => tunnel.with_auth(credentials.clone()),
            None => tunnel,
        });
    }
    let socks = SocksV5::new(address, connector);
    boxed(match proxy.raw_auth() {
        Some((user, password)) => socks.with_auth(user.to_owned(), password.to_owned()),
        None => socks,
    })
}

fn boxed<C>(connector: C) -> Way
where
    C: Service<Uri, Response = <HttpConnector as Service<Uri>>::Response> + Clone + Send + Sync + 'static,
    C::Error: Into<BoxError>,
    C::Future: Send,
{
    BoxCloneSyncService::new(connector.map_err(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(
        named: Option<&str>,
        server: &'static str,
        variables: &[(&str, &str)],
    ) -> Result<Option<String>, String> {
        let environment = Environment::of(variables.iter().copied());
        let found = proxy(named, &Uri::from_static(server), &environment);
        found
            .map(|proxy| proxy.map(|proxy| proxy.uri().to_string()))
            .map_err(|fault| format!("{fault}"))
    }

    #[test]
    fn the_kubeconfig_decides_then_the_environment_and_never_for_this_machine() {
        let server = "https://10.0.0.1:6443";
        let everywhere = [
            ("HTTPS_PROXY", "http://proxy:3128"),
            ("NO_PROXY", ".example,192.168.0.0/16"),
        ];
        let environment = Ok(Some("http://proxy:3128/".to_owned()));
        assert_eq!(through(None, server, &[]), Ok(None));
        assert_eq!(through(None, server, &everywhere), environment);
        assert_eq!(through(None, "https://api.example", &everywhere), Ok(None));
        assert_eq!(through(None, "https://192.168.1.2", &everywhere), Ok(None));
        for here in ["https://localhost:6443", "https://127.0.0.1:6443", "https://[::1]:6443"] {
            assert_eq!(through(None, here, &everywhere), Ok(None), "{here}");
        }
        let named = Ok(Some("socks5://127.0.0.1:1080/".to_owned()));
        assert_eq!(through(Some("socks5://127.0.0.1:1080"), server, &everywhere), named);
        assert_eq!(
            through(None, server, &[("https_proxy", "http://proxy:3128")]),
            environment
        );
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_told_without_its_password() {
        for url in ["https://a:secret@proxy", "ftp://a:secret@proxy", "a:secret@@"] {
            let told = through(Some(url), "https://10.0.0.1", &[]).expect_err("it cannot be used");
            assert!(
                told.contains("`proxy-url` of the kubeconfig") && !told.contains("secret"),
                "{told}"
            );
        }
        let told = through(None, "https://10.0.0.1", &[("HTTPS_PROXY", "https://a:secret@proxy")]);
        let told = told.expect_err("it cannot be used");
        assert!(told.contains("`HTTPS_PROXY`") && !told.contains("secret"), "{told}");
    }
}
