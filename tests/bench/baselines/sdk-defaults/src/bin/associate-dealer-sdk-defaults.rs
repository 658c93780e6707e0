//! `associate-dealer` on the SDK's defaults.

use lambda_http::{Error, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let master = sdk_defaults::master().await;
    let master = &master;
    run(service_fn(|request| async move {
        Ok::<_, Error>(associate_dealer::handle(master, request).await)
    }))
    .await
}
