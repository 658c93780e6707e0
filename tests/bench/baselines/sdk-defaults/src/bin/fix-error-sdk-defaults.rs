//! `fix-error` on the SDK's defaults.

use fix_error::SignIn;
use lambda_http::{Error, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let master = sdk_defaults::master().await;
    let (master, sign_in) = (&master, &SignIn::default());
    run(service_fn(|request| async move {
        Ok::<_, Error>(fix_error::handle(master, sign_in, request).await)
    }))
    .await
}
