//! `x-walkthrough`: the examples as requests, in the order of the document, with the answers that it shows for them.

use form_urlencoded::Serializer;
use serde_json::Value;

use super::{Contract, Operation};
use local::claims;

/// Steps that tell one story.
#[derive(Debug)]
pub struct Chapter<'c> {
    /// A word for it, the name of its files.
    pub name: &'c str,
    /// Its title.
    pub title: &'c str,
    /// Its steps, in order.
    pub steps: Vec<Step<'c>>,
}

/// One request and its answer.
#[derive(Debug)]
pub struct Step<'c> {
    /// The operation.
    pub operation: Operation<'c>,
    /// The example's name.
    pub example: &'c str,
    /// What it shows, in a sentence without its dot.
    pub summary: &'c str,
    /// Path and query.
    pub target: String,
    /// The headers, with `Authorization` and `Content-Type`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// Whether the answer is that of an earlier step with the same idempotency key.
    pub replayed: bool,
    /// The answer's body; none where it has none.
    pub expected: Option<Expected<'c>>,
}

/// The example of an answer's body.
#[derive(Debug)]
pub struct Expected<'c> {
    /// Its content type.
    pub content_type: &'c str,
    /// JSON, or the text of anything else.
    pub value: &'c Value,
}

impl Contract {
    /// The walkthrough.
    ///
    /// # Errors
    /// A sentence that names the step that says something else than the document.
    pub fn walkthrough(&self) -> Result<Vec<Chapter<'_>>, String> {
        let chapters = self.document()["x-walkthrough"].as_array();
        let chapters = chapters.into_iter().flatten();
        chapters.map(|chapter| self.chapter(chapter)).collect()
    }

    fn chapter<'c>(&'c self, chapter: &'c Value) -> Result<Chapter<'c>, String> {
        let steps = chapter["steps"].as_array().into_iter().flatten();
        Ok(Chapter {
            name: text(chapter, "chapter")?,
            title: text(chapter, "title")?,
            steps: steps
                .map(|step| self.step(step).map_err(|error| format!("{step}: {error}")))
                .collect::<Result<_, _>>()?,
        })
    }

    fn step<'c>(&'c self, step: &'c Value) -> Result<Step<'c>, String> {
        let operation = self.operation(text(step, "send")?)?;
        let example = text(step, "example")?;
        let status = step["answers"].as_u64();
        let status = status.and_then(|status| u16::try_from(status).ok());
        let status = status.ok_or("`answers` is not a status")?;
        let mut headers = pairs(&step["headers"]);
        if let Some(claims) = step.get("as") {
            headers.push(("Authorization".to_owned(), claims::bearer(claims)));
        }
        let request = request(operation.node, step, example);
        if let Some((content_type, _, _)) = request {
            headers.push(("Content-Type".to_owned(), content_type.to_owned()));
        }
        Ok(Step {
            operation,
            example,
            summary: request.map_or("", |(_, _, summary)| summary),
            target: target(operation.path, step)?,
            headers,
            body: request.map(|(_, body, _)| written(body)),
            status,
            replayed: step["replayed"] == true,
            expected: self.expected(&operation, status, example)?,
        })
    }

    fn expected<'c>(
        &'c self,
        operation: &Operation<'c>,
        status: u16,
        example: &str,
    ) -> Result<Option<Expected<'c>>, String> {
        let response = operation.node["responses"].get(status.to_string());
        let response = self.resolve(response.ok_or("this status is not documented")?)?;
        let contents = response["content"].as_object().into_iter().flatten();
        let mut found = contents.filter_map(|(content_type, content)| {
            let value = content["examples"].get(example)?.get("value")?;
            Some(Expected { content_type, value })
        });
        Ok(found.next())
    }
}

/// Content type, body and summary of a step's request: those of the step itself, or of the operation's example.
fn request<'c>(
    operation: &'c Value,
    step: &'c Value,
    example: &str,
) -> Option<(&'c str, &'c Value, &'c str)> {
    if let Some(own) = step["body"].as_object() {
        let (content_type, body) = own.iter().next()?;
        return Some((content_type, body, "Wrong on purpose"));
    }
    let contents = operation["requestBody"]["content"].as_object()?;
    contents.iter().find_map(|(content_type, content)| {
        let found = content["examples"].get(example)?;
        let summary = found["summary"].as_str().unwrap_or_default();
        Some((content_type.as_str(), &found["value"], summary))
    })
}

fn target(path: &str, step: &Value) -> Result<String, String> {
    let mut target = path.to_owned();
    for (name, value) in pairs(&step["path"]) {
        target = target.replace(&format!("{{{name}}}"), &value);
    }
    if target.contains('{') {
        return Err(format!("{target} has a parameter that is not given"));
    }
    let query = pairs(&step["query"]);
    if !query.is_empty() {
        let query = Serializer::new(String::new()).extend_pairs(query).finish();
        target = format!("{target}?{query}");
    }
    Ok(target)
}

/// A body as it is sent.
fn written(body: &Value) -> String {
    body.as_str().map_or_else(|| format!("{body:#}"), |text| text.trim_end().to_owned())
}

fn text<'c>(node: &'c Value, name: &str) -> Result<&'c str, String> {
    node[name].as_str().ok_or_else(|| format!("`{name}` is missing"))
}

fn pairs(node: &Value) -> Vec<(String, String)> {
    let pairs = node.as_object().into_iter().flatten();
    pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}
