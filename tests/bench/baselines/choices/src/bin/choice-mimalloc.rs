//! `associate-dealer` with mimalloc in place of the system's allocator.

use api::start_up;
use mimalloc::MiMalloc;
use operations::kit::Master;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    start_up::open_log();
    let master = Master::open(start_up::setting)
        .await
        .unwrap_or_else(|bad| start_up::stop(&bad));
    start_up::serve(|request| associate_dealer::handle(&master, request)).await;
}
