//! Relay and inbox against a real Postgres and a real NATS: what holds when servers are wiped,
//! restored, restarted and lied to.

#[cfg(test)]
mod opportunity;
#[cfg(test)]
mod world;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod chance;
#[cfg(test)]
mod jumbling;
#[cfg(test)]
mod publishing;
#[cfg(test)]
mod batches;
#[cfg(test)]
mod hearing;
#[cfg(test)]
mod answering;
#[cfg(test)]
mod wiping;
#[cfg(test)]
mod restoring;
#[cfg(test)]
mod holes;
#[cfg(test)]
mod refilling;
#[cfg(test)]
mod stalling;
#[cfg(test)]
mod reaching;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod jumbled;
#[cfg(test)]
mod cut;
#[cfg(test)]
mod settling;
#[cfg(test)]
mod scale;
#[cfg(test)]
mod pace;
