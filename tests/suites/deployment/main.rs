//! What is deployed against the code: `template.yaml` and the routes of cargo-lambda say of routes, table, variables and rights what the code says.
//!
//! Nothing here judges the template's style or asks an account; `.ci/tools/lint-template.sh` does the one, a deployment the other.

mod corpus;
mod damage;
mod environment;
mod rights;
mod routes;
mod table;
mod template;
mod user_pool;
mod watching;
