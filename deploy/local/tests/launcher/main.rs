//! The launcher as people meet it: the real program, real servers, a folder of its own each time.

mod lines;
mod world;
mod rows;
mod settled;
mod playing;
mod dying;
mod verifying;
mod cross_checks;
mod hostile;
mod faults;
mod streams;
