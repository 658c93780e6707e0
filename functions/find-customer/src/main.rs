//! Start-up of the function; what it does is in the library beside it.

use operations::kit::Master;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    runtime::open_log();
    let master =
        Master::open_to_read(runtime::setting).await.unwrap_or_else(|bad| runtime::stop(&bad));
    api::run(|request| find_customer::handle(&master, request)).await;
}
