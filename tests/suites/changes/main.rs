//! What follows from a change: history, look-ups, events, and the lists to be pulled, through the front door and through the stream.

mod audit;
mod bus;
mod contract;
mod costs;
mod decided;
mod erasure;
mod find;
mod history;
mod lives;
mod pairs;
mod possible;
mod pull;
mod stream;
mod topics;
mod unreadable;
mod world;
