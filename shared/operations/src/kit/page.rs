//! A page of a list, as operations give it out.

/// What is on the page, and behind which position the next one begins; none where there is no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<R, P> {
    pub found: Vec<R>,
    pub next: Option<P>,
}
