//! What becomes of a function's answer, and of a function that has none.

use super::*;

#[tokio::test]
async fn the_answer_carries_the_request_id_that_the_function_was_given() {
    let stand = Stand::new(&[authorized("/echo", "echo")], [echo("echo")]).await;
    let answer = stand.get("/echo").await;
    let id = answer.headers()["apigw-requestid"].to_str().expect("text").to_owned();
    let told: Value = answer.json().await.expect("JSON");
    assert_eq!(id.len(), 16);
    assert_eq!(told["requestId"], id.as_str());
    assert_eq!(told["lambdaRequestId"], id.as_str());
    assert_ne!(stand.get("/echo").await.headers()["apigw-requestid"], id.as_str());
}

#[tokio::test]
async fn text_binary_and_empty_answers_go_out_as_they_are() {
    let stand = Stand::new(
        &[
            authorized("/text", "text"),
            authorized("/binary", "binary"),
            authorized("/empty", "empty"),
        ],
        [
            ("text", function(|_| async { answer_with("Grüße", &[]) })),
            (
                "binary",
                function(|_| async {
                    answer_with(vec![0_u8, 255, 1], &[("content-type", "image/png")])
                }),
            ),
            (
                "empty",
                function(|_| async {
                    let mut answer = answer_with((), &[("location", "/customers/1")]);
                    *answer.status_mut() = StatusCode::NO_CONTENT;
                    answer
                }),
            ),
        ],
    )
    .await;

    let text = stand.get("/text").await;
    assert_eq!(text.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(text.text().await.expect("text"), "Grüße");

    let binary = stand.get("/binary").await;
    assert_eq!(binary.headers()["content-type"], "image/png");
    assert_eq!(binary.bytes().await.expect("bytes").to_vec(), vec![0, 255, 1]);

    let empty = stand.get("/empty").await;
    assert_eq!(empty.status(), 204);
    assert_eq!(empty.headers()["location"], "/customers/1");
    assert!(!empty.headers().contains_key("content-type"));
    assert_eq!(empty.bytes().await.expect("bytes").len(), 0);
}

#[tokio::test]
async fn cookies_survive_the_event_format_and_second_values_of_other_headers_do_not() {
    let headers = [
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-name", "first"),
        ("x-name", "second"),
        ("content-length", "9999"),
    ];
    let stand = Stand::answering(move |_| async move { answer_with("done", &headers) }).await;
    let answer = stand.get("/echo").await;
    assert_eq!(answer.headers().get_all("set-cookie").iter().collect::<Vec<_>>(), ["a=1", "b=2"]);
    assert_eq!(answer.headers().get_all("x-name").iter().collect::<Vec<_>>(), ["first"]);
    assert_eq!(answer.headers()["content-length"], "4");
    assert_eq!(answer.text().await.expect("text"), "done");
}

#[tokio::test]
async fn a_panic_is_500_and_the_next_request_is_answered() {
    let calls = AtomicUsize::new(0);
    let stand = Stand::answering(move |_| {
        let first = calls.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            assert!(!first, "a fault in the function");
            answer_with("done", &[])
        }
    })
    .await;
    assert_eq!(
        message(stand.get("/echo").await).await,
        (500, json!({ "message": "Internal Server Error" }))
    );
    assert_eq!(stand.get("/echo").await.text().await.expect("text"), "done");
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_server_stops() {
    let (entered, has_entered) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let once = std::sync::Mutex::new(Some((entered, released)));
    let stand = Stand::answering(move |_| {
        let (entered, released) = once.lock().expect("a lock").take().expect("called once");
        async move {
            entered.send(()).expect("the test waits");
            released.await.expect("the test releases");
            answer_with("done", &[])
        }
    })
    .await;
    let request = tokio::spawn(stand.request(Method::GET, "/echo").send());
    has_entered.await.expect("the function is called");
    stand.stop.send(()).expect("the server runs");
    release.send(()).expect("the function waits");
    let answer = request.await.expect("no panic").expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "done");
    stand.server.await.expect("no panic").expect("a clean stop");
}
