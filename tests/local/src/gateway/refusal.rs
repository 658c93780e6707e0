//! What the gateway answers itself, as API Gateway does: a status and `{"message": "…"}`. Nothing that a function answers is here.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;

/// An answer that the gateway gives itself.
pub(super) struct Refusal {
    status: StatusCode,
    message: &'static str,
}

impl Refusal {
    pub(super) const BAD_REQUEST: Self =
        Self { status: StatusCode::BAD_REQUEST, message: "Bad Request" };
    pub(super) const UNAUTHORIZED: Self =
        Self { status: StatusCode::UNAUTHORIZED, message: "Unauthorized" };
    pub(super) const FORBIDDEN: Self = Self { status: StatusCode::FORBIDDEN, message: "Forbidden" };
    pub(super) const NOT_FOUND: Self = Self { status: StatusCode::NOT_FOUND, message: "Not Found" };
    pub(super) const BODY_TOO_LARGE: Self =
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, message: "Request Entity Too Large" };
    pub(super) const HEAD_TOO_LARGE: Self = Self {
        status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        message: "Request Header Fields Too Large",
    };
    pub(super) const INTERNAL: Self =
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, message: "Internal Server Error" };

    pub(super) fn into_response(self) -> Response {
        let body = json!({ "message": self.message }).to_string();
        let mut response = Response::new(axum::body::Body::from(body));
        *response.status_mut() = self.status;
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if self.status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
