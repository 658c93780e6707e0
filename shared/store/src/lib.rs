//! The customer master's one table: its keys, its items, its conditions, and DynamoDB behind them.
//!
//! No rule of the business is here: the domain decides, operations say in which order to read and write.

pub mod block;
pub mod client;
pub mod dynamo;
mod expressions;
pub mod follow;
pub mod item;
pub mod items;
pub mod keys;
pub mod meaning;
pub mod meter;
pub mod numbers;
pub mod records;
pub mod rehearsal;
pub mod table;
pub mod writes;
