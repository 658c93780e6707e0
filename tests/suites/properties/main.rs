//! What holds for all inputs, also those that nobody thought of: keys, folding, match codes, cursors, claims of tokens, items.

mod anything;
mod claims;
mod cursors;
mod folding;
mod items;
mod keys;
mod same_party;
