//! `associate-dealer` with mimalloc in place of the system's allocator.

use mimalloc::MiMalloc;
use operations::kit::Master;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    runtime::open_log();
    let master = Master::open(runtime::setting)
        .await
        .unwrap_or_else(|bad| runtime::stop(&bad));
    api::run(|request| associate_dealer::handle(&master, request)).await;
}
