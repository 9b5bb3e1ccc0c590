//! The mail server. The conversation is held step by step, because it matters at which step it ends:
//! before the text was handed over nothing has left; after the server's answer it is known; in
//! between nobody knows. A server's words may repeat an address, so they are neither logged nor kept.

use std::time::Duration;

use lettre::Message as Mail;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::Outcome;
use crate::config::{Encryption, Smtp};
use crate::message::{FailureReason, Left};

/// How long a server may take to hear that we go.
const GOODBYE: Duration = Duration::from_secs(2);
/// What a server calls a message is short.
const REFERENCE_CHARACTERS_MAX: usize = 80;

/// The configured server.
pub struct MailServer {
    host: String,
    port: u16,
    encryption: Encryption,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
    patience: Duration,
}

/// The mail server in the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The file with the authority's certificate cannot be read.
    #[error("`smtp.authority_file` in the configuration cannot be read")]
    AuthorityFile(#[source] std::io::Error),
    /// The connection could never be encrypted.
    #[error("the encryption of `smtp` in the configuration cannot be made ready")]
    Encryption(#[source] Error),
    /// One of account and password is missing.
    #[error("`smtp.user` and `smtp.password` in the configuration go together")]
    HalfAnAccount,
}

impl MailServer {
    /// For the configured server; `domain` is the sender's, by which we greet.
    pub fn new(config: &Smtp, domain: &str) -> Result<Self, Unusable> {
        let credentials = match (&config.user, &config.password) {
            (Some(user), Some(password)) => {
                Some(Credentials::new(user.clone(), password.expose_secret().to_owned()))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(Unusable::HalfAnAccount),
        };
        let tls = match config.encryption {
            Encryption::Off => None,
            Encryption::Starttls | Encryption::Wrapped => Some(encryption(config)?),
        };
        Ok(Self {
            host: config.host.clone(),
            port: config.port,
            encryption: config.encryption,
            tls,
            credentials,
            hello: ClientId::Domain(domain.to_owned()),
            patience: Duration::from_secs(config.timeout_seconds.max(1).into()),
        })
    }

    /// Hands one mail over.
    pub async fn send(&self, mail: &Mail) -> Outcome {
        let began = match timeout(self.patience, Box::pin(self.begin(mail))).await {
            Ok(began) => began,
            Err(_) => Err(FailureReason::ServerUnavailable),
        };
        let mut connection = match began {
            Ok(connection) => connection,
            Err(reason) => return Outcome::Failed(reason),
        };
        // From here on it may have left.
        let outcome = match timeout(self.patience, connection.message(&mail.formatted())).await {
            Err(_) => return Outcome::Unknown,
            Ok(Ok(response)) => Outcome::Left(Left::Smtp { reference: reference(&response) }),
            Ok(Err(error)) => match answered(&error) {
                None => return Outcome::Unknown,
                Some(reason) => Outcome::Failed(reason),
            },
        };
        part(connection).await;
        outcome
    }

    /// Everything up to the text itself. Whatever happens here, nothing has left.
    async fn begin(&self, mail: &Mail) -> Result<AsyncSmtpConnection, FailureReason> {
        let mut connection = self.connect().await.map_err(|error| {
            tracing::warn!(
                status = error.status().map(u16::from),
                timed_out = error.is_timeout(),
                encrypting = error.is_tls(),
                "the mail server cannot be used"
            );
            FailureReason::ServerUnavailable
        })?;
        let unusual = mail.envelope().to().iter().any(|it| !AsRef::<str>::as_ref(it).is_ascii());
        let mut parameters = Vec::new();
        if unusual {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                part(connection).await;
                return Err(FailureReason::AddressUnusable);
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let begun = offer(&mut connection, mail, parameters).await;
        if let Err(error) = begun {
            part(connection).await;
            return Err(answered(&error).unwrap_or(FailureReason::ServerUnavailable));
        }
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let wrapped = match self.encryption {
            Encryption::Wrapped => self.tls.clone(),
            Encryption::Starttls | Encryption::Off => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(self.patience),
            &self.hello,
            wrapped,
            None,
        )
        .await?;
        if let (Encryption::Starttls, Some(tls)) = (self.encryption, &self.tls) {
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// Says goodbye. The mail is settled, so nobody waits long for the answer.
async fn part(mut connection: AsyncSmtpConnection) {
    drop(timeout(GOODBYE, connection.abort()).await);
}

async fn offer(
    connection: &mut AsyncSmtpConnection,
    mail: &Mail,
    parameters: Vec<MailParameter>,
) -> Result<(), Error> {
    let envelope = mail.envelope();
    connection.command(MailFrom::new(envelope.from().cloned(), parameters)).await?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), Vec::new())).await?;
    }
    connection.command(Data).await?;
    Ok(())
}

/// What the server answered, if it did answer: its code and nothing of its words.
fn answered(error: &Error) -> Option<FailureReason> {
    let code = error.status().map(u16::from)?;
    if error.is_permanent() {
        Some(FailureReason::RefusedForGood { code })
    } else {
        Some(FailureReason::RefusedForNow { code })
    }
}

/// What the server calls the mail, unless it holds what may be an address.
fn reference(response: &Response) -> Option<String> {
    let line = response.first_line()?;
    let plain = line.chars().all(|it| it.is_ascii_graphic() || it == ' ') && !line.contains('@');
    plain.then(|| line.chars().take(REFERENCE_CHARACTERS_MAX).collect())
}

fn encryption(config: &Smtp) -> Result<TlsParameters, Unusable> {
    let mut builder = TlsParameters::builder(config.host.clone())
        .certificate_store(CertificateStore::WebpkiRoots);
    if let Some(path) = &config.authority_file {
        let pem = std::fs::read(path).map_err(Unusable::AuthorityFile)?;
        builder = builder
            .add_root_certificate(Certificate::from_pem(&pem).map_err(Unusable::Encryption)?);
    }
    builder.build().map_err(Unusable::Encryption)
}

#[cfg(test)]
mod stories {
    use lettre::transport::smtp::response::{Category, Code, Detail, Severity};

    use super::*;

    fn answer(line: &str) -> Response {
        let code = Code::new(Severity::PositiveCompletion, Category::MailSystem, Detail::Zero);
        Response::new(code, vec![line.to_owned()])
    }

    #[test]
    fn a_server_s_name_for_a_mail_is_kept_unless_it_may_hold_an_address() {
        assert_eq!(
            reference(&answer("2.0.0 Ok: queued as 4F3G")).as_deref(),
            Some("2.0.0 Ok: queued as 4F3G")
        );
        assert_eq!(reference(&answer("2.1.5 <ana@example.org> queued")), None);
        assert_eq!(reference(&answer("zoë")), None);
        assert_eq!(reference(&answer(&"x".repeat(200))).map(|it| it.len()), Some(80));
    }

    #[test]
    fn half_an_account_is_noticed_at_the_start() {
        let config: Smtp =
            serde_json::from_str(r#"{"host":"localhost","port":25,"user":"a"}"#).unwrap();
        assert!(matches!(MailServer::new(&config, "a.org"), Err(Unusable::HalfAnAccount)));
    }
}
