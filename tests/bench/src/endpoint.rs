//! An endpoint in front of the embedded database that speaks TLS, or plain HTTP, and counts who connects.
//!
//! The certificates are made for one run: an authority and a leaf for 127.0.0.1. Nothing of a request is looked at or changed here.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// How functions reach the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Over TLS, as in an account.
    Tls,
    /// Over plain HTTP.
    Plain,
}

impl Transport {
    /// The name in tables and plots.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "TLS",
            Self::Plain => "plain HTTP",
        }
    }
}

/// A running endpoint. It stops when it is dropped.
#[derive(Debug)]
pub struct Endpoint {
    transport: Transport,
    address: SocketAddr,
    authority: Option<PathBuf>,
    system: Option<PathBuf>,
    counts: Arc<Counts>,
    _server: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Counts {
    connections: AtomicU64,
    handshakes: AtomicU64,
}

/// Where systems keep their root certificates; the first that is there is taken.
const SYSTEM_ROOTS: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

impl Endpoint {
    /// Starts an endpoint in front of `database`, an address and port. The certificates go to `folder`.
    ///
    /// # Errors
    ///
    /// A sentence when there is no port, or the certificates cannot be made or written.
    pub async fn start(
        transport: Transport,
        database: SocketAddr,
        folder: &std::path::Path,
    ) -> Result<Self, String> {
        let unavailable =
            |error: io::Error| format!("Cannot open a port for the endpoint: {error}.");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let counts = Arc::<Counts>::default();
        let (acceptor, authority, system) = match transport {
            Transport::Plain => (None, None, None),
            Transport::Tls => {
                let certificates = certificates()?;
                let write = |name: &str, text: &str| {
                    let file = folder.join(name);
                    std::fs::write(&file, text)
                        .map_err(|error| format!("{} cannot be written: {error}.", file.display()))
                        .map(|()| file)
                };
                let authority = write("authority.pem", &certificates.authority)?;
                let roots = SYSTEM_ROOTS
                    .iter()
                    .find_map(|file| std::fs::read_to_string(file).ok())
                    .unwrap_or_default();
                let system = write("system.pem", &(roots + &certificates.authority))?;
                (Some(certificates.acceptor), Some(authority), Some(system))
            }
        };
        let mut server = JoinSet::new();
        server.spawn(serve(listener, database, acceptor, Arc::clone(&counts)));
        Ok(Self { transport, address, authority, system, counts, _server: server })
    }

    /// What a function needs to find the endpoint and to trust it. The SDK's default client trusts the system's roots, and ours beside them.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let scheme = match self.transport {
            Transport::Tls => "https",
            Transport::Plain => "http",
        };
        let file = |path: &PathBuf| path.to_string_lossy().into_owned();
        let mut variables =
            vec![("AWS_ENDPOINT_URL_DYNAMODB", format!("{scheme}://{}", self.address))];
        variables.extend(self.authority.iter().map(|path| ("AWS_CA_BUNDLE", file(path))));
        variables.extend(self.system.iter().map(|path| ("SSL_CERT_FILE", file(path))));
        variables
    }

    /// How many connections were accepted so far.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::Relaxed)
    }

    /// How many TLS handshakes were completed so far.
    #[must_use]
    pub fn handshakes(&self) -> u64 {
        self.counts.handshakes.load(Ordering::Relaxed)
    }
}

async fn serve(
    listener: TcpListener,
    database: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    counts: Arc<Counts>,
) {
    let mut connections = JoinSet::new();
    // A port that accepts no more is seen by the functions, which then fail loudly.
    while let Ok((stream, _)) = listener.accept().await {
        counts.connections.fetch_add(1, Ordering::Relaxed);
        let (acceptor, counts) = (acceptor.clone(), Arc::clone(&counts));
        connections.spawn(async move {
            // A connection that breaks off is the function's to notice.
            let _ = forward(stream, database, acceptor, &counts).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn forward(
    mut from: TcpStream,
    database: SocketAddr,
    acceptor: Option<TlsAcceptor>,
    counts: &Counts,
) -> io::Result<()> {
    from.set_nodelay(true)?;
    let connect = async {
        let to = TcpStream::connect(database).await?;
        to.set_nodelay(true)?;
        Ok(to)
    };
    match acceptor {
        None => copy_bidirectional(&mut from, &mut connect.await?).await?,
        Some(acceptor) => {
            // Both at once: whoever waits for the handshake shall not wait for the way behind it as well.
            let (mut from, mut to) = tokio::try_join!(acceptor.accept(from), connect)?;
            counts.handshakes.fetch_add(1, Ordering::Relaxed);
            copy_bidirectional(&mut from, &mut to).await?
        }
    };
    Ok(())
}

struct Certificates {
    acceptor: TlsAcceptor,
    authority: String,
}

fn certificates() -> Result<Certificates, String> {
    let fault = |error: rcgen::Error| format!("The certificates cannot be made: {error}.");
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, "Measurements");
    let key = KeyPair::generate().map_err(fault)?;
    let authority = CertifiedIssuer::self_signed(parameters, key).map_err(fault)?;
    let leaf_key = KeyPair::generate().map_err(fault)?;
    let leaf = CertificateParams::new(vec![Ipv4Addr::LOCALHOST.to_string()])
        .and_then(|parameters| parameters.signed_by(&leaf_key, &authority))
        .map_err(fault)?;
    let key = PrivateKeyDer::try_from(leaf_key.serialize_der())
        .map_err(|error| format!("The leaf's key cannot be used: {error}."))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key)
        })
        .map_err(|error| format!("TLS cannot be set up: {error}."))?;
    Ok(Certificates { acceptor: TlsAcceptor::from(Arc::new(config)), authority: authority.pem() })
}
