//! `associate-dealer` with aws-lc in place of ring, and all else as it ships. Built with `AWS_LC_SYS_NO_JITTER_ENTROPY=1`; without that its first handshake
//! gathers entropy for tens of milliseconds, which the functions on the SDK's defaults show.

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use domain::controls::Controls;
use operations::kit::Master;
use operations::kit::Standardizer;
use store::client::Connection;
use store::dynamo::Dynamo;

async fn master() -> Result<Master<Dynamo>, String> {
    let controls = Controls::read(runtime::setting).map_err(|sentences| sentences.join(" "))?;
    let mut connection = Connection::read(runtime::setting)?;
    let roots = connection.roots.take().ok_or("AWS_CA_BUNDLE is not set.")?;
    let context = TlsContext::builder()
        .with_trust_store(TrustStore::empty().with_pem_certificate(roots))
        .build()
        .map_err(|error| error.to_string())?;
    let http = Builder::new()
        .tls_provider(Provider::rustls(CryptoMode::AwsLc))
        .tls_context(context)
        .build_https();
    let name = runtime::setting("TABLE_NAME").ok_or("TABLE_NAME is not set.")?;
    let table = Dynamo::new(connection.client_over(http), &name);
    table.warm().await;
    let standardizer = Standardizer::of(&controls);
    Ok(Master::new(table, controls, standardizer))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    runtime::open_log();
    let master = master().await.unwrap_or_else(|bad| runtime::stop(&bad));
    api::run(|request| associate_dealer::handle(&master, request)).await;
}
