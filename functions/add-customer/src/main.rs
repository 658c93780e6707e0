//! Start-up of the function; what it does is in the library beside it.

use api::start_up;
use operations::kit::Master;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    start_up::open_log();
    let master = Master::open(start_up::setting).await.unwrap_or_else(|bad| start_up::stop(&bad));
    start_up::serve(|request| add_customer::handle(&master, request)).await;
}
