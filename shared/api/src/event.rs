//! The event of API Gateway's HTTP APIs (payload format 2.0): read as a request whatever it holds, and answered in the form that the gateway takes.
//!
//! The gateway passes on what clients send, and a function that failed on it would fail its invocation; failed invocations take a deployment
//! back. So reading never fails: what cannot be read is said by the call, as `invalid-request`, and a claim that cannot be read grants nothing.
//! Which route, caller or body a request has is not decided here.

use std::collections::HashMap;

use data_encoding::BASE64;
use lambda_http::aws_lambda_events::apigw::{
    ApiGatewayRequestAuthorizer, ApiGatewayRequestAuthorizerJwtDescription,
    ApiGatewayV2httpRequestContext, ApiGatewayV2httpResponse,
};
use lambda_http::aws_lambda_events::query_map::QueryMap;
use lambda_http::http::header::SET_COOKIE;
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Method};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};
use serde_json::{Map, Value};

use crate::caller::NAME_CLAIMS;
use crate::problem::Fault;

/// What could not be read of an event, beside the request that could.
#[derive(Clone)]
pub(crate) struct Unreadable(pub(crate) Vec<Fault>);

/// The request that an event stands for, whatever text the event is.
pub fn request(event: &str) -> Request {
    match serde_json::from_str(event) {
        Ok(Value::Object(event)) => of_object(event),
        Ok(_) | Err(_) => {
            let fault = fault("", "This is no event of an HTTP API.");
            unreadable(Request::new(Body::Empty), vec![fault])
        }
    }
}

fn of_object(mut event: Map<String, Value>) -> Request {
    let mut faults = Vec::new();
    let given = match event.remove("requestContext") {
        Some(Value::Object(context)) => context,
        Some(_) | None => Map::new(),
    };
    let method = read("/method", method(given.get("http")), &mut faults);
    let path = read("/path", path(event.remove("rawPath")), &mut faults);
    let query = read("/query", query(&event), &mut faults);
    let headers = read("/headers", headers(event.get("headers")), &mut faults);
    let is_base64 = event.remove("isBase64Encoded");
    let body = read("/body", body(event.remove("body"), is_base64.as_ref()), &mut faults);
    let text = |name: &str| given.get(name)?.as_str().map(str::to_owned);
    let mut context = ApiGatewayV2httpRequestContext::default();
    context.http.method = method.clone();
    context.route_key = text("routeKey");
    context.stage = text("stage");
    context.request_id = text("requestId");
    context.authorizer = given.get("authorizer").and_then(authorizer);
    let mut request = Request::new(body)
        .with_raw_http_path(path)
        .with_query_string_parameters(query)
        .with_path_parameters(path_parameters(event.get("pathParameters")))
        .with_request_context(RequestContext::ApiGatewayV2(context));
    *request.method_mut() = method;
    *request.headers_mut() = headers;
    if faults.is_empty() { request } else { unreadable(request, faults) }
}

fn unreadable(mut request: Request, faults: Vec<Fault>) -> Request {
    request.extensions_mut().insert(Unreadable(faults));
    request
}

fn fault(pointer: &str, message: &'static str) -> Fault {
    Fault::new(pointer, "unreadable", message)
}

/// What was read of one part; a fault at `pointer`, and nothing, where it could not be.
fn read<T: Default>(pointer: &str, part: Result<T, &'static str>, faults: &mut Vec<Fault>) -> T {
    part.unwrap_or_else(|message| {
        faults.push(fault(pointer, message));
        T::default()
    })
}

fn method(http: Option<&Value>) -> Result<Method, &'static str> {
    let method = http.and_then(|http| http.get("method")).and_then(Value::as_str);
    method
        .and_then(|method| Method::from_bytes(method.as_bytes()).ok())
        .ok_or("The method is missing, or is none.")
}

fn path(raw: Option<Value>) -> Result<String, &'static str> {
    match raw {
        Some(Value::String(path)) => Ok(path),
        Some(_) | None => Err("The path is missing, or is no text."),
    }
}

/// The parameters in the query as it came. What the gateway took apart itself has several values of one name joined, so it does not tell them from one with commas.
fn query(event: &Map<String, Value>) -> Result<QueryMap, &'static str> {
    match event.get("rawQueryString") {
        Some(Value::String(query)) => query.parse().map_err(|_| "The query is none."),
        None | Some(Value::Null) => match event.get("queryStringParameters") {
            None | Some(Value::Null) => Ok(QueryMap::default()),
            Some(_) => Err("There are parameters and no query."),
        },
        Some(_) => Err("The query is no text."),
    }
}

/// What the gateway found in the path. The routes take the path apart themselves, so nothing rests on it.
fn path_parameters(given: Option<&Value>) -> HashMap<String, String> {
    let given = given.and_then(Value::as_object).into_iter().flatten();
    given.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

/// Every header, or none: a precondition or a key that got lost would change what a request does.
fn headers(given: Option<&Value>) -> Result<HeaderMap, &'static str> {
    let given = match given {
        None | Some(Value::Null) => return Ok(HeaderMap::new()),
        Some(Value::Object(given)) => given,
        Some(_) => return Err("The headers have no names."),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| "A header's name is none.")?;
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            let value = text(value)
                .and_then(|text| HeaderValue::from_str(&text).ok())
                .ok_or("A header's value is none.")?;
            headers
                .try_append(name.clone(), value)
                .map_err(|_| "There are more headers than can be.")?;
        }
    }
    Ok(headers)
}

fn body(given: Option<Value>, is_base64: Option<&Value>) -> Result<Body, &'static str> {
    let is_base64 = match is_base64 {
        None | Some(Value::Null) => false,
        Some(Value::Bool(is_base64)) => *is_base64,
        Some(_) => return Err("Whether the body is base64 is not told."),
    };
    match given {
        None | Some(Value::Null) => Ok(Body::Empty),
        Some(Value::String(text)) if is_base64 => {
            let bytes = BASE64.decode(text.as_bytes()).map_err(|_| "The body is not base64.")?;
            Ok(Body::Binary(bytes))
        }
        Some(Value::String(text)) => Ok(Body::Text(text)),
        Some(_) => Err("The body is no text."),
    }
}

/// A value that stands for one text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The claims that a JWT authorizer verified; no other authorizer makes a caller.
fn authorizer(authorizer: &Value) -> Option<ApiGatewayRequestAuthorizer> {
    let claims = authorizer.get("jwt")?.get("claims")?.as_object()?;
    let mut jwt = ApiGatewayRequestAuthorizerJwtDescription::default();
    jwt.claims = claims
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), claim(name, value)?)))
        .collect::<HashMap<_, _>>();
    let mut authorizer = ApiGatewayRequestAuthorizer::default();
    authorizer.jwt = Some(jwt);
    Some(authorizer)
}

/// A claim as text; none for what says nothing sure. The gateway writes every claim as a text, an authorizer before it may not.
fn claim(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(_) | Value::Number(_) => text(value),
        // Nobody is called `true`, and a caller has one name.
        Value::Bool(_) | Value::Array(_) if NAME_CLAIMS.contains(&name) => None,
        Value::Bool(_) => text(value),
        Value::Array(words) => {
            words.iter().map(word).collect::<Option<Vec<_>>>().map(|words| words.join(" "))
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// A word of a list; none for a text that would not stay one word in a list that is written with blanks, or would read as another list.
fn word(value: &Value) -> Option<&str> {
    let stays = |character: char| character.is_ascii_graphic() && !r#",[]{}""#.contains(character);
    value.as_str().filter(|word| !word.is_empty() && word.chars().all(stays))
}

/// An answer as the gateway takes it: text as text, bytes as base64.
pub fn response(response: Response<Body>) -> ApiGatewayV2httpResponse {
    let (head, body) = response.into_parts();
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = i64::from(head.status.as_u16());
    answer.headers = head.headers;
    // The form has a place of its own for cookies, and none of our answers has any.
    answer.headers.remove(SET_COOKIE);
    answer.is_base64_encoded = matches!(body, Body::Binary(_));
    answer.body = (!body.is_empty()).then_some(body);
    answer
}

#[cfg(test)]
mod tests;
