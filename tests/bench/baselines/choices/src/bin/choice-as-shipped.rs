//! `associate-dealer` as it ships; what is chosen otherwise is the profile that it is built with.

use operations::kit::Master;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    runtime::open_log();
    let master = Master::open(runtime::setting)
        .await
        .unwrap_or_else(|bad| runtime::stop(&bad));
    api::run(|request| associate_dealer::handle(&master, request)).await;
}
