//! Start-up by the SDK's defaults, for functions whose handlers are the shipped ones. No connection is opened before the first request.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use domain::controls::Controls;
use operations::kit::Master;
use operations::kit::Standardizer;
use store::dynamo::Dynamo;

/// The master of this deployment, over a client that the SDK configures by itself.
///
/// # Panics
///
/// When a control or `TABLE_NAME` is bad.
pub async fn master() -> Master<Dynamo> {
    lambda_http::tracing::init_default_subscriber();
    let client = Client::new(&aws_config::load_defaults(BehaviorVersion::latest()).await);
    let controls = Controls::read(|name| std::env::var(name).ok()).expect("good controls");
    let table = std::env::var("TABLE_NAME").expect("TABLE_NAME is set");
    let standardizer = Standardizer::of(&controls);
    Master::new(Dynamo::new(client, &table), controls, standardizer)
}
