//! Nobody without a token comes in, and no unknown path is answered.

use reqwest::Method;

use crate::stage::Stage;

#[tokio::test]
async fn a_stranger_is_refused_at_every_door() {
    let stage = Stage::open().await;
    for (method, path) in [
        (Method::GET, "/dealer-customers/SMOKE"),
        (Method::POST, "/dealer-customers"),
        (Method::GET, "/customer-organizations/0123456789ABCDEF-000001-01234567"),
        (Method::POST, "/customers"),
        (Method::POST, "/customers/batch"),
        (Method::POST, "/dealer-customers/batch"),
        (Method::GET, "/customers/1"),
        (Method::GET, "/errors"),
        (Method::POST, "/errors/reprocess"),
    ] {
        let answer = stage.request_of_a_stranger(method, path).send().await;
        assert_eq!(answer.status, 401, "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_route_is_not_found() {
    let stage = Stage::open().await;
    let answer = stage.get("/nothing-here").send().await;
    assert_eq!(answer.status, 404, "{answer}");
}
