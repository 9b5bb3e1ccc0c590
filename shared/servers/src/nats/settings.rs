//! The server's settings file. It is JSON, which NATS reads as its own format; who may do what comes
//! from the caller as data.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::NatsUser;
use crate::start::StartError;

/// What everybody in NATS means by "all subjects".
const EVERYTHING: &str = ">";

#[derive(Serialize)]
pub(super) struct Settings<'a> {
    pub server_name: &'a str,
    pub host: &'static str,
    pub port: u16,
    pub pid_file: &'a Path,
    jetstream: JetStream<'a>,
    authorization: Authorization<'a>,
}

#[derive(Serialize)]
struct JetStream<'a> {
    store_dir: &'a Path,
    /// An acknowledged message is on the disk.
    sync_interval: &'static str,
}

#[derive(Serialize)]
struct Authorization<'a> {
    users: Vec<Login<'a>>,
}

#[derive(Serialize)]
struct Login<'a> {
    user: &'a str,
    password: &'a str,
    permissions: Permissions<'a>,
}

#[derive(Serialize)]
struct Permissions<'a> {
    publish: Subjects<'a>,
    subscribe: Subjects<'a>,
}

#[derive(Serialize)]
struct Subjects<'a> {
    allow: Vec<&'a str>,
    deny: Vec<&'a str>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(
        server_name: &'a str,
        port: u16,
        pid_file: &'a Path,
        store: &'a Path,
        users: &'a [NatsUser],
    ) -> Result<Settings<'a>, StartError> {
        ensure_usable(users)?;
        Ok(Settings {
            server_name,
            host: "127.0.0.1",
            port,
            pid_file,
            jetstream: JetStream { store_dir: store, sync_interval: "always" },
            authorization: Authorization { users: users.iter().map(login).collect() },
        })
    }
}

/// NATS starts without users too, and then lets everybody in.
fn ensure_usable(users: &[NatsUser]) -> Result<(), StartError> {
    let refuse = |name: &str| Err(StartError::NatsUser { name: name.to_owned() });
    let mut names = BTreeSet::new();
    for user in users {
        let lists =
            [&user.publish_allow, &user.publish_deny, &user.subscribe_allow, &user.subscribe_deny];
        let words = lists.into_iter().flatten().chain([&user.name, &user.password]);
        if !words.into_iter().all(|word| is_plain(word)) || !names.insert(&user.name) {
            return refuse(&user.name);
        }
    }
    if users.is_empty() { refuse("") } else { Ok(()) }
}

/// Free of anything that JSON and NATS's format write differently.
fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic())
}

fn login(user: &NatsUser) -> Login<'_> {
    Login {
        user: &user.name,
        password: &user.password,
        permissions: Permissions {
            publish: subjects(&user.publish_allow, &user.publish_deny),
            subscribe: subjects(&user.subscribe_allow, &user.subscribe_deny),
        },
    }
}

/// NATS takes an empty list of what is allowed for "everything"; here it means nothing.
fn subjects<'a>(allow: &'a [String], deny: &'a [String]) -> Subjects<'a> {
    if allow.is_empty() {
        return Subjects { allow: Vec::new(), deny: vec![EVERYTHING] };
    }
    Subjects {
        allow: allow.iter().map(String::as_str).collect(),
        deny: deny.iter().map(String::as_str).collect(),
    }
}

#[cfg(test)]
mod stories {
    use super::*;

    fn user_named(name: &str) -> NatsUser {
        NatsUser { name: name.to_owned(), password: "secret".to_owned(), ..NatsUser::default() }
    }

    fn settings(users: &[NatsUser]) -> Result<String, StartError> {
        let settings = Settings::new("a", 1, Path::new("/a/pid"), Path::new("/a"), users)?;
        Ok(serde_json::to_string(&settings).unwrap())
    }

    #[test]
    fn a_server_open_to_everybody_is_refused() {
        assert!(matches!(settings(&[]), Err(StartError::NatsUser { .. })));
    }

    #[test]
    fn a_name_given_twice_is_refused() {
        let users = [user_named("audit"), user_named("audit")];
        assert!(matches!(settings(&users), Err(StartError::NatsUser { name }) if name == "audit"));
    }

    #[test]
    fn an_empty_list_allows_nothing() {
        let mut user = user_named("audit");
        user.publish_allow.push("audit.>".to_owned());
        let text = settings(&[user]).unwrap();
        assert!(text.contains(r#""publish":{"allow":["audit.>"],"deny":[]}"#), "{text}");
        assert!(text.contains(r#""subscribe":{"allow":[],"deny":[">"]}"#), "{text}");
    }

    #[test]
    fn what_json_and_nats_write_differently_is_refused() {
        assert!(matches!(settings(&[user_named("né")]), Err(StartError::NatsUser { .. })));
        let mut user = user_named("audit");
        user.publish_allow.push("two words".to_owned());
        assert!(matches!(settings(&[user]), Err(StartError::NatsUser { .. })));
    }

    #[test]
    fn messages_are_on_the_disk_before_they_are_acknowledged() {
        assert!(settings(&[user_named("audit")]).unwrap().contains(r#""sync_interval":"always""#));
    }
}
