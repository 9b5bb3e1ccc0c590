//! The shape of a room: one aggregate, its commands, events and refusals, on top of `cqrs-es`.
//! Nothing here can read a clock: time, ids and chance arrive in the occasion.

use contracts::PersonId;
use cqrs_es::Aggregate;
use jiff::Timestamp;

use crate::append::{KeyChange, Reason, TimerChange};
use crate::envelope::Taken;

/// Under which circumstances a command is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// When this system took the command.
    pub taken_at: Timestamp,
    /// When the person gave it. Earlier than `taken_at` where staff typed in what came by paper,
    /// phone or in person; whether something is late is judged by this time.
    pub received_at: Timestamp,
    /// How it came.
    pub taken: Taken,
    /// Who acts. For policies and timers, the system's own person.
    pub actor: PersonId,
    /// For whom, where staff or a supporter acts for someone.
    pub on_behalf_of: Option<PersonId>,
}

impl Occasion {
    /// Whose doing it is in the eyes of the rules: the person acted for, else the actor.
    pub fn person(&self) -> PersonId {
        self.on_behalf_of.unwrap_or(self.actor)
    }
}

/// A command with its occasion: what `cqrs-es` hands to a room.
#[derive(Clone, Debug)]
pub struct Asked<C> {
    /// The circumstances.
    pub occasion: Occasion,
    /// What is asked.
    pub command: C,
}

/// Why a room says no: an answer of the business, fit to be read by the person who asked.
pub trait Refusal: std::error::Error + Send + Sync + 'static {
    /// Permanent machine-readable name, such as `application.closed`.
    fn code(&self) -> &'static str;

    /// Every reason at once, where one answer has several.
    fn reasons(&self) -> Vec<Reason> {
        Vec::new()
    }
}

/// Something that no two streams may hold at once, such as one application per person and
/// opportunity. Checked under the head's lock, so it is exact.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueKey {
    /// What kind of thing is unique, such as `application.of`.
    pub scope: &'static str,
    /// The value, such as `<opportunity>/<person>`; never personal.
    pub value: String,
}

/// What the store needs to know of a room beyond `cqrs-es`. All functions are pure.
pub trait Room: Aggregate<Services = (), Command = Asked<Self::Ask>, Error: Refusal> {
    /// The room's enum of commands.
    type Ask: Clone + Send + Sync + 'static;

    /// Timers that an event of the stream arms or cancels. A timer's name is unique in its stream;
    /// arming it again moves it.
    fn timers(event: &Self::Event) -> Vec<TimerChange>;

    /// Unique keys that an event claims or releases.
    fn unique_keys(event: &Self::Event) -> Vec<KeyChange>;

    /// What to answer when another stream holds a key this command claims.
    fn taken(key: &UniqueKey) -> Self::Error;

    /// The command a timer of this name stands for; `None` where the name is unknown.
    fn due(timer: &str) -> Option<Self::Ask>;
}
