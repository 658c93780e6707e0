//! Merges through the front door: two customers made one and parted again, whatever names the loser acts on the winner, and one given what it was.

mod costs;
mod doors;
mod following;
mod lives;
mod merge;
mod restore;
mod undo;
mod world;
