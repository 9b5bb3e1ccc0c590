//! Nothing personal is seen but in what leaves: not in a row, not in a stream, not in the log, not in
//! a subject or a file's name.

use std::fs;
use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::mail_server::{MailServer, Mood};
use crate::world::{ADDRESS, ANA, World, matched, unfolded, world, world_mailing_by};

/// What the name, the addresses and the number of the world's people begin with.
const CANARIES: [&str; 5] = ["zacanary", "quill", "canary row", "bs1 9zz", "900123"];

fn reveals(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    CANARIES.into_iter().find(|canary| text.contains(canary))
}

#[tokio::test]
async fn no_personal_value_is_in_clear_in_the_database_or_in_a_stream() {
    let world = world().await;
    lived_through(&world).await;
    let mut rows = PgConnection::connect(&world.database.admin_url).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema in ('log', 'views', 'public') and table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut rows)
    .await
    .unwrap();
    assert!(tables.len() > 8, "{tables:?}");
    let mut n_rows = 0;
    for table in tables {
        let query = format!("select one::text from {table} one");
        let texts: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&mut rows).await.unwrap();
        n_rows += texts.len();
        for text in texts {
            assert_eq!(reveals(&text), None, "{table}: {text}");
        }
    }
    assert!(n_rows > 40);
    let mut n_bytes = 0;
    for_each_file(world.nats.server.data_folder(), &mut |path, bytes| {
        n_bytes += bytes.len();
        assert_eq!(reveals(&String::from_utf8_lossy(bytes)), None, "{}", path.display());
    });
    assert!(n_bytes > 1_000);
}

#[tokio::test]
async fn neither_subject_nor_file_name_nor_answer_tells_who_or_what() {
    let world = world().await;
    lived_through(&world).await;
    let files = world.files();
    assert!(files.len() >= 4);
    for (name, content) in &files {
        assert_eq!(reveals(name), None);
        let (id, ending) = name.split_once('.').unwrap();
        assert!(id.parse::<uuid::Uuid>().is_ok() && ["eml", "html"].contains(&ending), "{name}");
        if ending == "eml" {
            let mail = unfolded(content);
            let subject = mail.lines().find(|line| line.starts_with("Subject:")).unwrap();
            assert!(subject.ends_with(" from the involvement team"), "{subject}");
            assert!(mail.to_lowercase().contains("dear zacanary quill,"), "{mail}");
        }
    }
    for path in ["/v1/messages", "/v1/today", "/v1/exports"] {
        let answer = world.get(path).await.to_string();
        assert_eq!(reveals(&answer), None, "{answer}");
    }
}

#[tokio::test]
async fn the_log_of_the_process_names_nobody() {
    let server = MailServer::start(Mood::KNOWS_NOBODY).await;
    let mailing = world_mailing_by(&server).await;
    lived_through(&mailing).await;
    let filing = world().await;
    lived_through(&filing).await;
    assert!(!testkit::logged("a message was seen to").is_empty(), "the log was listened to");
}

/// Ana is written to by every way there is.
async fn lived_through(world: &World) {
    world.registered(world.by_email(ADDRESS).await).await;
    world.told(&matched(ANA)).await;
    for how_to_reach in [world.by_letter().await, world.by_phone().await, world.by_text().await] {
        let told = contracts::recruitment::Fact::ChannelChosen { person: ANA, how_to_reach };
        world.told(&told).await;
        world.told(&matched(ANA)).await;
    }
    let how_to_reach = world.by_email(ADDRESS).await;
    world.told(&contracts::recruitment::Fact::ChannelChosen { person: ANA, how_to_reach }).await;
}

fn for_each_file(folder: &Path, look: &mut impl FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            for_each_file(&path, look);
        } else if let Ok(bytes) = fs::read(&path) {
            look(&path, &bytes);
        }
    }
}
