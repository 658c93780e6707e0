//! Start-up of the function; what it does is in the library beside it.

use audit_customers::Invocation;
use domain::time::Timestamp;
use event_bus::EventBridge;
use lambda_runtime::{LambdaEvent, service_fn};
use operations::changes::Follower;
use operations::kit::Master;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    runtime::open_log();
    let master = Master::open(runtime::setting).await.unwrap_or_else(|bad| runtime::stop(&bad));
    let bus = EventBridge::open(runtime::setting).unwrap_or_else(|bad| runtime::stop(&bad));
    let follower = &Follower::new(master, bus);
    let handler = service_fn(async |event: LambdaEvent<Value>| {
        let invocation = Invocation {
            request_id: &event.context.request_id,
            deadline: Timestamp::from_millis(event.context.deadline),
        };
        let handled = audit_customers::answer(follower, &event.payload, invocation).await;
        handled.map_err(lambda_runtime::Error::from)
    });
    if let Err(error) = lambda_runtime::run(handler).await {
        runtime::stop(&format!("The Lambda runtime ended: {error}."));
    }
}
