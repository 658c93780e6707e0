//! Start-up of the function; what it does is in the library beside it.

use api::start_up;
use fix_error::SignIn;
use operations::master::Master;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    start_up::open_log();
    let sign_in = SignIn::read(start_up::setting).unwrap_or_else(|bad| start_up::stop(&bad));
    let master = Master::open(start_up::setting).await.unwrap_or_else(|bad| start_up::stop(&bad));
    start_up::serve(|request| fix_error::handle(&master, &sign_in, request)).await;
}
