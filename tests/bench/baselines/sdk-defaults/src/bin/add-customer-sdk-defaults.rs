//! `add-customer` on the SDK's defaults.

use lambda_http::{Error, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let master = sdk_defaults::master().await;
    let master = &master;
    run(service_fn(|request| async move {
        Ok::<_, Error>(add_customer::handle(master, request).await)
    }))
    .await
}
