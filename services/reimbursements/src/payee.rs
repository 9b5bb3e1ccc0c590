//! ROOM: where one person's payments go, as they last said. Nothing here can read a clock, a database
//! or the account itself, which comes sealed and stays so.
//!
//! ```text
//! NoAccount, Account -- give_account --> Account    the one given last holds
//! ```

pub mod events;
pub mod refusals;
pub mod give_account;
#[cfg(test)]
mod samples;

use contracts::Sealed;
use contracts::personal::BankAccount;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use eventstore::{Asked, KeyChange, Room, TimerChange, UniqueKey};
use serde::{Deserialize, Serialize};

pub use events::Event;
pub use give_account::GiveAccount;
pub use refusals::Refusal;

/// The state: whether there is an account, and which. The stream is the person's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payee {
    /// Nothing was given.
    #[default]
    NoAccount,
    /// Payments go there.
    Account {
        /// Sealed for this person.
        account: Sealed<BankAccount>,
    },
}

/// What can be asked of it.
#[derive(Clone, Debug)]
pub enum Command {
    /// Say where payments go from now on.
    GiveAccount(GiveAccount),
}

impl Aggregate for Payee {
    const TYPE: &'static str = "payee";
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
            Command::GiveAccount(it) => it.decide(self, &occasion),
        }?;
        for event in events {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::AccountGiven { account, .. } => *self = Self::Account { account },
        }
    }
}

impl Room for Payee {
    type Ask = Command;

    fn timers(event: &Event) -> Vec<TimerChange> {
        match event {
            Event::AccountGiven { .. } => Vec::new(),
        }
    }

    /// None: two people may well share one account.
    fn unique_keys(event: &Event) -> Vec<KeyChange> {
        match event {
            Event::AccountGiven { .. } => Vec::new(),
        }
    }

    fn taken(_: &UniqueKey) -> Refusal {
        Refusal::NotTheirs
    }

    fn due(_: &str) -> Option<Command> {
        None
    }
}

#[cfg(test)]
mod stories {
    use super::samples::*;
    use super::*;
    use crate::story::after;

    #[test]
    fn the_account_given_last_holds() {
        let payee = after::<Payee>(vec![given_by_the_person(), given_later()]);
        assert_eq!(payee, Payee::Account { account: another_account() });
    }

    #[test]
    fn it_holds_no_key_and_waits_for_no_timer() {
        let event = given_by_the_person();
        assert_eq!(Payee::unique_keys(&event), []);
        assert_eq!(Payee::timers(&event), []);
        assert!(Payee::due("anything").is_none());
        let key = UniqueKey { scope: "payee", value: String::new() };
        assert_eq!(Payee::taken(&key), Refusal::NotTheirs);
    }
}
