//! `openapi.yaml` as data: its operations, and its examples as requests in the order of the walkthrough.
//!
//! Nothing of the customer master is known here; what the document says is taken as it is.

pub mod aliases;
pub mod files;
mod walkthrough;

use serde_json::Value;

use local::yaml;

pub use aliases::Aliases;
pub use walkthrough::{Chapter, Expected, Step};

/// The document.
pub const TEXT: &str = include_str!("../../../openapi.yaml");

/// The methods that an OpenAPI path can have, as the document writes them.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The contract.
#[derive(Debug)]
pub struct Contract(Value);

/// One method of one path.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'c> {
    /// `operationId`
    pub id: &'c str,
    /// The method, in capitals.
    pub method: &'static str,
    /// The path, with names in braces.
    pub path: &'c str,
    /// What the document says of it.
    pub node: &'c Value,
}

impl Contract {
    /// Reads the document.
    ///
    /// # Errors
    /// A sentence that says where it is not YAML.
    pub fn read() -> Result<Self, String> {
        yaml::read(TEXT)
            .map(Self)
            .map_err(|sentence| format!("openapi.yaml cannot be read. {sentence}"))
    }

    /// The whole document.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.0
    }

    /// What a node means: itself, or what its `$ref` names.
    ///
    /// # Errors
    /// A sentence that names a reference that leads nowhere.
    pub fn resolve<'c>(&'c self, node: &'c Value) -> Result<&'c Value, String> {
        match node["$ref"].as_str() {
            None => Ok(node),
            Some(reference) => {
                let found = reference.strip_prefix('#');
                let found = found.and_then(|pointer| self.0.pointer(pointer));
                self.resolve(found.ok_or_else(|| format!("{reference} leads nowhere"))?)
            }
        }
    }

    /// All operations.
    #[must_use]
    pub fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        paths
            .flat_map(|(path, item)| {
                METHODS.into_iter().filter_map(move |method| {
                    let node = item.get(method)?;
                    Some(Operation {
                        id: node["operationId"].as_str().unwrap_or_default(),
                        method: capitals(method),
                        path,
                        node,
                    })
                })
            })
            .collect()
    }

    /// The operation of that id.
    ///
    /// # Errors
    /// A sentence where there is none.
    pub fn operation(&self, id: &str) -> Result<Operation<'_>, String> {
        let all = self.operations();
        let found = all.into_iter().find(|operation| operation.id == id);
        found.ok_or_else(|| format!("there is no operation {id}"))
    }

    /// The parameters of an operation: its own and those of its path.
    ///
    /// # Errors
    /// A sentence that names a reference that leads nowhere.
    pub fn parameters<'c>(&'c self, operation: &Operation<'c>) -> Result<Vec<&'c Value>, String> {
        let of_path = &self.0["paths"][operation.path]["parameters"];
        let all = [of_path, &operation.node["parameters"]];
        let all = all.into_iter().flat_map(|list| list.as_array().into_iter().flatten());
        all.map(|parameter| self.resolve(parameter)).collect()
    }
}

fn capitals(method: &str) -> &'static str {
    match method {
        "get" => "GET",
        "put" => "PUT",
        "post" => "POST",
        "delete" => "DELETE",
        "options" => "OPTIONS",
        "head" => "HEAD",
        "patch" => "PATCH",
        _ => "TRACE",
    }
}
