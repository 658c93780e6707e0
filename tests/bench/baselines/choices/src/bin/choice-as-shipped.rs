//! `associate-dealer` as it ships; what is chosen otherwise is the profile that it is built with.

use api::start_up;
use operations::kit::Master;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    start_up::open_log();
    let master = Master::open(start_up::setting)
        .await
        .unwrap_or_else(|bad| start_up::stop(&bad));
    start_up::serve(|request| associate_dealer::handle(&master, request)).await;
}
