//! Properties of keys, folding, items, cursors and claims, over inputs that nobody thought of.
