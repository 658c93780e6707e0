//! `openapi.yaml` against the code: routes, limits and codes are compared, every example is sent, and every answer that a test sees must be one
//! that the document describes.
//!
//! What the answers mean is the business of the other tests.

mod codes;
mod conformity;
mod files;
mod limits;
mod requests;
mod routes;
mod viewer;
mod walkthrough;
