//! ROOM: the life of one message to one person, from the fact that asked for it until it has left, or
//! a human has told them. Nothing here can read a clock, a mail server, a folder or a sealed value.
//!
//! ```text
//! NotRequested -- request --------------> Planned
//! Planned    -- attempt ----------------> Attempted     written before anything leaves
//! Planned    -- attempt ----------------> Held          not to be given by itself: a human's task
//! Attempted  -- record_sent ------------> Sent          or LetterReady, to be posted by a human
//! Attempted  -- record_failed ----------> Failed        it did not leave
//! Attempted  -- record_unknown ---------> Unknown       never repeated by itself
//! Held       -- release ----------------> Planned
//! Failed     -- send_again, by a timer -> Planned       where waiting may help
//! Sent, LetterReady, Failed, Unknown -- send_again, by a human --> Planned
//! Held, LetterReady, Failed, Unknown -- record_call, record_given --> Told
//! Planned, Held, LetterReady, Failed, Unknown -- set_aside --> SetAside   what it tells is over
//! any        -- expire_file ------------> stays         a file's time in the folder is over
//! ```

pub mod events;
pub mod refusals;
pub mod ways;
mod working_days;
pub mod request;
pub mod attempt;
pub mod record_sent;
pub mod record_failed;
pub mod record_unknown;
pub mod release;
pub mod send_again;
pub mod record_call;
pub mod record_given;
pub mod set_aside;
pub mod expire_file;
mod timers_and_keys;
#[cfg(test)]
pub(crate) mod samples;

use std::collections::{BTreeMap, BTreeSet};

use contracts::PersonId;
use contracts::notifications::Channel;
use contracts::recruitment::Format;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::Asked;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::kinds::Content;

pub use attempt::{Attempt, Reach};
pub use events::Event;
pub use expire_file::ExpireFile;
pub use record_call::{CallOutcome, RecordCall};
pub use record_failed::RecordFailed;
pub use record_given::RecordGiven;
pub use record_sent::RecordSent;
pub use record_unknown::RecordUnknown;
pub use refusals::Refusal;
pub use release::Release;
pub use request::{Cause, Request};
pub use send_again::SendAgain;
pub use set_aside::SetAside;
pub use ways::{FailureReason, HoldReason, KeptFile, Left, Way};

/// The state: whether a message was asked for, and how it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Nobody has asked for it.
    #[default]
    NotRequested,
    /// Someone is to be told.
    Requested(Box<Errand>),
}

/// One message to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// To whom.
    pub to: PersonId,
    /// What it is about.
    pub content: Content,
    /// The fact that asked for it.
    pub because: Cause,
    /// How often it was tried to send it.
    pub attempts: u16,
    /// How the person is to be told, as far as it was looked up.
    pub channel: Option<Channel>,
    /// Until when a human is to have given it, since it was first held.
    pub act_by: Option<Timestamp>,
    /// Files in the exports folder, by the attempt that made them.
    pub files: BTreeMap<u16, KeptFile>,
    /// What came of each call, the first first.
    pub calls: Vec<CallOutcome>,
    /// How it stands.
    pub stage: Stage,
}

/// How a message stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It is to be sent.
    Planned,
    /// It is being sent, and may have left.
    Attempted {
        /// By which way.
        by: Way,
    },
    /// It has left.
    Sent,
    /// It did not leave.
    Failed {
        /// Why.
        reason: FailureReason,
        /// When it is tried again by itself, if it is.
        try_again_at: Option<Timestamp>,
    },
    /// Nobody knows whether it has left.
    Unknown,
    /// A human is to give it.
    Held {
        /// Why.
        reason: HoldReason,
        /// The formats the person reads or hears in.
        formats: BTreeSet<Format>,
    },
    /// Its letter lies in the exports folder, to be posted by a human.
    LetterReady,
    /// A human has told them.
    Told,
    /// What it would tell is over before it was told; nobody gives it any more.
    SetAside,
}

impl Stage {
    /// Whether somebody on the staff now gives the person its words: reads them out, texts them, or
    /// makes a format of them. A letter that lies ready is posted without being read.
    pub fn is_for_staff_to_put_into_words(&self) -> bool {
        match self {
            Self::Held { reason, .. } => match reason {
                HoldReason::ToBeRung | HoldReason::ToBeTexted | HoldReason::FormatToBeMade => true,
                HoldReason::RecipientUnknown => false,
            },
            Self::Planned
            | Self::Attempted { .. }
            | Self::Sent
            | Self::Failed { .. }
            | Self::Unknown
            | Self::LetterReady
            | Self::Told
            | Self::SetAside => false,
        }
    }
}

/// What can be asked of a message.
#[derive(Clone, Debug)]
pub enum Command {
    /// Tell someone of something.
    Request(Request),
    /// Begin to send it, or hold it.
    Attempt(Attempt),
    /// Note that it has left.
    RecordSent(RecordSent),
    /// Note that it did not leave.
    RecordFailed(RecordFailed),
    /// Note that nobody knows.
    RecordUnknown(RecordUnknown),
    /// Let what was held go on.
    Release(Release),
    /// Send it once more.
    SendAgain(SendAgain),
    /// Note what came of a call.
    RecordCall(RecordCall),
    /// Note that it was given by hand.
    RecordGiven(RecordGiven),
    /// Give it to nobody any more.
    SetAside(SetAside),
    /// Let a file go whose time is over.
    ExpireFile(ExpireFile),
}

impl Aggregate for Message {
    const TYPE: &'static str = "message";
    type Command = Asked<Command>;
    type Event = Event;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        asked: Asked<Command>,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        let Asked { occasion, command } = asked;
        let events = match command {
            Command::Request(it) => it.decide(self),
            Command::Attempt(it) => it.decide(self, &occasion),
            Command::RecordSent(it) => it.decide(self),
            Command::RecordFailed(it) => it.decide(self, &occasion),
            Command::RecordUnknown(it) => it.decide(self),
            Command::Release(it) => it.decide(self),
            Command::SendAgain(it) => it.decide(self, &occasion),
            Command::RecordCall(it) => it.decide(self),
            Command::RecordGiven(it) => it.decide(self),
            Command::SetAside(it) => it.decide(self),
            Command::ExpireFile(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Requested { to, content, because } => {
                *self = Self::Requested(Box::new(Errand::new(to, *content, because)));
            }
            Event::Attempted { attempt, channel, by } => self.change(|it| {
                it.attempts = attempt;
                it.channel = Some(channel);
                it.stage = Stage::Attempted { by };
            }),
            Event::Sent { left, .. } => self.change(|it| {
                it.keep(left.file());
                it.stage = Stage::Sent;
            }),
            Event::LetterPrepared { file, .. } => self.change(|it| {
                it.keep(Some(file));
                it.stage = Stage::LetterReady;
            }),
            Event::Failed { reason, try_again_at, .. } => {
                self.change(|it| it.stage = Stage::Failed { reason, try_again_at });
            }
            Event::BecameUnknown { .. } => self.change(|it| it.stage = Stage::Unknown),
            Event::Held { reason, channel, formats, act_by, .. } => self.change(|it| {
                it.channel = channel;
                it.act_by = Some(act_by);
                it.stage = Stage::Held { reason, formats };
            }),
            Event::Released {} | Event::ToBeSentAgain {} => {
                self.change(|it| it.stage = Stage::Planned);
            }
            Event::CallRecorded { outcome, .. } => self.change(|it| {
                it.calls.push(outcome);
                match outcome {
                    CallOutcome::Reached => it.stage = Stage::Told,
                    CallOutcome::NotReached | CallOutcome::MessageLeft => {}
                }
            }),
            Event::GivenByHand { .. } => self.change(|it| it.stage = Stage::Told),
            Event::SetAside { .. } => self.change(|it| it.stage = Stage::SetAside),
            Event::FileExpired { attempt, .. } => self.change(|it| {
                it.files.remove(&attempt);
            }),
        }
    }
}

impl Message {
    /// What was asked for.
    pub fn errand(&self) -> Result<&Errand, Refusal> {
        match self {
            Self::NotRequested => Err(Refusal::NotRequested),
            Self::Requested(errand) => Ok(errand),
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Errand)) {
        match self {
            // The rules produce no such history; it changes nothing.
            Self::NotRequested => {}
            Self::Requested(errand) => change(errand),
        }
    }
}

impl Errand {
    fn new(to: PersonId, content: Content, because: Cause) -> Self {
        Self {
            to,
            content,
            because,
            attempts: 0,
            channel: None,
            act_by: None,
            files: BTreeMap::new(),
            calls: Vec::new(),
            stage: Stage::Planned,
        }
    }

    fn keep(&mut self, file: Option<KeptFile>) {
        if let Some(file) = file {
            self.files.insert(self.attempts, file);
        }
    }

    /// Whether a human may settle it by telling the person.
    fn waits_for_a_human(&self) -> Result<(), Refusal> {
        match self.stage {
            Stage::Held { .. } | Stage::LetterReady | Stage::Failed { .. } | Stage::Unknown => {
                Ok(())
            }
            Stage::Planned | Stage::Attempted { .. } => Err(Refusal::OnItsWay),
            Stage::Sent | Stage::Told => Err(Refusal::NothingToSettle),
            Stage::SetAside => Err(Refusal::SetAside),
        }
    }
}
