//! Start-up of the function; what it does is in the library beside it.

use event_bus::EventBridge;
use lambda_runtime::{LambdaEvent, service_fn};
use operations::changes::Follower;
use operations::kit::Master;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    runtime::open_log();
    let master =
        Master::open_to_read(runtime::setting).await.unwrap_or_else(|bad| runtime::stop(&bad));
    let bus = EventBridge::open(runtime::setting).unwrap_or_else(|bad| runtime::stop(&bad));
    let follower = &Follower::new(master, bus);
    let handler = service_fn(async |event: LambdaEvent<Value>| {
        let handled = follow_changes::handle(follower, &event.payload).await;
        handled.map_err(lambda_runtime::Error::from)
    });
    if let Err(error) = lambda_runtime::run(handler).await {
        runtime::stop(&format!("The Lambda runtime ended: {error}."));
    }
}
