//! `template.yaml` as data: each tag in the long form that CloudFormation itself gives it, `!Ref x` as `{"Ref": "x"}`.

use std::path::PathBuf;

use local::yaml;
use serde_json::Value;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The template.
pub(crate) fn read() -> Value {
    let file = root().join("template.yaml");
    let text = std::fs::read_to_string(&file).expect("template.yaml can be read");
    yaml::read(&text).expect("template.yaml is YAML")
}

/// A part of the template, by its JSON pointer.
#[track_caller]
pub(crate) fn part<'a>(template: &'a Value, pointer: &str) -> &'a Value {
    template.pointer(pointer).unwrap_or_else(|| panic!("template.yaml has {pointer}"))
}

/// The text at a JSON pointer.
#[track_caller]
pub(crate) fn text<'a>(template: &'a Value, pointer: &str) -> &'a str {
    part(template, pointer).as_str().unwrap_or_else(|| panic!("{pointer} is a text"))
}
