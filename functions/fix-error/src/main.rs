//! Start-up of the function; what it does is in the library beside it.

use fix_error::SignIn;
use operations::kit::Master;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    runtime::open_log();
    let sign_in = SignIn::read(runtime::setting).unwrap_or_else(|bad| runtime::stop(&bad));
    let master = Master::open(runtime::setting).await.unwrap_or_else(|bad| runtime::stop(&bad));
    api::run(|request| fix_error::handle(&master, &sign_in, request)).await;
}
