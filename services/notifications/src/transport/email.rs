//! An e-mail as RFC 5322 wants it: neutral sender, neutral subject, and no name outside its body.

use contracts::personal::{Email, PersonName};
use jiff::Timestamp;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::{Address, Message as Mail};

use super::Parcel;
use crate::config::Sender;
use crate::kinds::{Voice, Writing};
use crate::message::FailureReason;

/// From whom mail comes.
#[derive(Clone, Debug)]
pub struct Envelope {
    from: Mailbox,
}

/// The sender in the configuration cannot send mail.
#[derive(Debug, thiserror::Error)]
#[error("`sender.address` in the configuration is no e-mail address")]
pub struct NoSender(#[source] lettre::address::AddressError);

impl Envelope {
    /// For the configured sender.
    pub fn new(sender: &Sender) -> Result<Self, NoSender> {
        let address: Address = sender.address.parse().map_err(NoSender)?;
        Ok(Self { from: Mailbox::new(Some(sender.name.clone()), address) })
    }

    /// The sender's domain.
    pub fn domain(&self) -> &str {
        self.from.email.domain()
    }

    /// The mail of one message. Its id is the message's, so that a repeat is recognised on the way.
    pub(super) fn fill(
        &self,
        parcel: Parcel<'_>,
        writing: &Writing,
        name: &PersonName,
        address: &Email,
        voice: &Voice,
    ) -> Result<Mail, FailureReason> {
        let unusable = |_| FailureReason::AddressUnusable;
        let to: Address = address.reveal().parse().map_err(|_| FailureReason::AddressUnusable)?;
        Mail::builder()
            .message_id(Some(format!("<{}@{}>", parcel.message, self.domain())))
            .date(on(parcel.now))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(writing.subject)
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .header(ContentType::TEXT_PLAIN)
            .body(text(writing, name, voice))
            .map_err(unusable)
    }
}

fn on(now: Timestamp) -> std::time::SystemTime {
    now.into()
}

fn text(writing: &Writing, name: &PersonName, voice: &Voice) -> String {
    let mut parts = vec![format!("Dear {},", name.reveal())];
    parts.extend(writing.paragraphs.iter().cloned());
    parts.push(voice.sender.name.clone());
    let mut text = parts.join("\r\n\r\n");
    text.push_str("\r\n");
    text
}

#[cfg(test)]
mod stories {
    use contracts::MessageId;
    use uuid::Uuid;

    use super::*;
    use crate::kinds::Content;
    use crate::kinds::samples::{opportunity_opened, voice};
    use crate::message::Way;

    fn mail() -> String {
        let content = Content::OpportunityOpened(opportunity_opened());
        let parcel = Parcel {
            message: MessageId::new(Uuid::from_u128(7)),
            attempt: 1,
            by: Way::MailFile,
            content: &content,
            now: "2026-12-01T09:00:00Z".parse().unwrap(),
        };
        let name = PersonName::new("Zoë Canary".to_owned()).unwrap();
        let address = Email::new("zoe@example.org".to_owned()).unwrap();
        let envelope = Envelope::new(&voice().sender).unwrap();
        let mail =
            envelope.fill(parcel, &content.writing(&voice()), &name, &address, &voice()).unwrap();
        String::from_utf8(mail.formatted()).unwrap()
    }

    #[test]
    fn head_and_sender_are_neutral_and_the_id_is_the_message_s() {
        let mail = mail();
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        for line in [
            "Message-ID: <00000000-0000-0000-0000-000000000007@example.org>",
            "Date: Tue, 01 Dec 2026 09:00:00 +0000",
            "From: \"Involvement team\" <team@example.org>",
            "To: zoe@example.org",
            "Subject: News from the involvement team",
            "Auto-Submitted: auto-generated",
        ] {
            assert!(head.lines().any(|it| it == line), "{line} is missing:\n{head}");
        }
        for telling in ["Canary", "Mental", "Research"] {
            assert!(!head.contains(telling), "{head}");
        }
        assert!(body.contains("Canary,"), "{body}");
    }

    #[test]
    fn a_sender_who_has_no_address_is_noticed_at_the_start() {
        let mut sender = voice().sender;
        sender.address = "the team".to_owned();
        assert!(Envelope::new(&sender).is_err());
    }
}
