//! What is counted of messages: by which way they were to leave, and how that ended. Of nobody whom they
//! were for, and of nothing that they say.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::message::Way;

/// Clones count together.
#[derive(Clone, Debug)]
pub struct Figures {
    attempted: Family<[(&'static str, &'static str); 2], Counter>,
}

const CHANNELS: [&str; 3] = ["mail", "mail_file", "letter_file"];
const ENDS: [&str; 3] = ["sent", "failed", "unknown"];

impl Default for Figures {
    /// Each begins at none, so that the first that fails is seen as one more.
    fn default() -> Self {
        let attempted = Family::<[(&str, &str); 2], Counter>::default();
        for channel in CHANNELS {
            for end in ENDS {
                drop(attempted.get_or_create(&[("channel", channel), ("end", end)]));
            }
        }
        Self { attempted }
    }
}

impl Figures {
    /// Has them told under their names.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "involvement_notifications_attempted",
            "Attempts to send a message, by channel and by how they ended",
            self.attempted.clone(),
        );
    }

    /// An attempt whose end is on record: sent, failed or unknown.
    pub(crate) fn attempted(&self, by: Way, end: &'static str) {
        let channel = match by {
            Way::Smtp => "mail",
            Way::MailFile => "mail_file",
            Way::LetterFile => "letter_file",
        };
        self.attempted.get_or_create(&[("channel", channel), ("end", end)]).inc();
    }
}
