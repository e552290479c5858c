//! TLS to PostgreSQL, with the meaning that libpq gives to `sslmode`.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::server::{Server, SslMode};
use crate::fault::{Fault, Kind, Result};

/// What makes TLS connections to `server`; `None` where none is wanted.
pub(super) fn connector(server: &Server) -> Result<Option<MakeRustlsConnect>> {
    if server.ssl == SslMode::Disable {
        return Ok(None);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match (server.ssl, &server.root_certificate) {
        (SslMode::VerifyFull, _) => {
            WebPkiServerVerifier::builder_with_provider(roots(server)?.into(), provider.clone())
                .build()
                .map_err(|error| unusable(server, "the authorities").because(error))?
        }
        (SslMode::VerifyCa, _) | (SslMode::Require, Some(_)) => Arc::new(Lenient {
            provider: provider.clone(),
            roots: Some(roots(server)?),
        }),
        _ => Arc::new(Lenient {
            provider: provider.clone(),
            roots: None,
        }),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::bug("no version of TLS can be spoken").because(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let config = match &server.client_certificate {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let key =
                PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(server, &shown(key)).because(error))?;
            let chain = certificates(server, certificate)?;
            config
                .with_client_auth_cert(chain, key)
                .map_err(|error| unusable(server, &shown(certificate)).because(error))?
        }
    };
    Ok(Some(MakeRustlsConnect::new(config)))
}

fn roots(server: &Server) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    match &server.root_certificate {
        Some(path) => {
            for certificate in certificates(server, path)? {
                roots
                    .add(certificate)
                    .map_err(|error| unusable(server, &shown(path)).because(error))?;
            }
        }
        // Some of a system's are always of a kind that is not understood; what is left has to do.
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    match roots.is_empty() {
        true => Err(unusable(server, "the authorities that this system trusts")
            .hint("name the server's authority: ?sslrootcert=/path/to/ca.pem")),
        false => Ok(roots),
    }
}

fn certificates(server: &Server, path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(unusable(
            server,
            &format!("{}, which holds no certificate", shown(path)),
        )),
        Err(error) => Err(unusable(server, &shown(path)).because(error)),
    }
}

fn shown(path: &Path) -> String {
    format!("`{}`", path.display())
}

fn unusable(server: &Server, what: &str) -> Fault {
    let message = format!("cannot secure the connection to the store at `{server}` with {what}");
    Fault::new(Kind::Credentials, "store-tls-files", message).still("nothing was read or written")
}

/// Leaves out what libpq leaves out too: the name, and without authorities everything but that the server owns the
/// certificate it shows.
#[derive(Debug)]
struct Lenient {
    provider: Arc<CryptoProvider>,
    roots: Option<RootCertStore>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(roots) = &self.roots {
            let algorithms = self.provider.signature_verification_algorithms.all;
            let parsed = ParsedCertificate::try_from(certificate)?;
            verify_server_cert_signed_by_trust_anchor(&parsed, roots, intermediates, now, algorithms)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
