//! The explorer's tests: the protocol holds in every interleaving of the catalogue, and every wrong variant of it is found.

mod catalogue;
mod mutants;
mod search;
