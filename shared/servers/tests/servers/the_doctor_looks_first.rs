//! What is missing is said before anything starts, with the way to mend it.

use servers::{Examination, Finding, Surroundings, Verdict, examine};

use crate::world::{Place, Story, machine};

fn of<'a>(findings: &'a [Finding], subject: &str) -> Option<&'a Finding> {
    findings.iter().find(|finding| finding.subject == subject)
}

#[tokio::test]
async fn on_a_fresh_machine_nothing_is_missing_and_nothing_is_created() -> Story {
    let place = Place::new()?;
    let cache = place.path().join("cache");
    let examination = Examination {
        surroundings: Surroundings {
            cache_folder: Some(cache.clone()),
            search_path: None,
            ..machine()
        },
        base: place.path().to_owned(),
        data_folder: None,
        database_url: None,
        nats_url: None,
    };
    let findings = examine(&examination).await;
    assert!(findings.iter().all(|it| it.verdict != Verdict::Missing), "{findings:?}");
    let postgres = of(&findings, "Postgres").ok_or("Postgres was not looked at")?;
    assert_eq!(postgres.verdict, Verdict::Note, "{postgres:?}");
    assert!(of(&findings, "pip").is_some());
    assert!(!cache.exists());
    assert_eq!(std::fs::read_dir(place.path())?.count(), 0);
    Ok(())
}

#[tokio::test]
async fn what_is_missing_comes_with_what_to_do() -> Story {
    let place = Place::new()?;
    std::fs::write(place.path().join("file"), "")?;
    let examination = Examination {
        surroundings: machine(),
        base: place.path().to_owned(),
        data_folder: Some(place.path().join("file/below")),
        database_url: Some("not an address".to_owned()),
        nats_url: Some("nats://".to_owned()),
    };
    let findings = examine(&examination).await;
    for (subject, remedy) in [
        ("Postgres", "postgres://role:password@host:port/database"),
        ("NATS", "nats://host:port"),
        ("data folder", "choose a"),
    ] {
        let finding = of(&findings, subject).ok_or("not looked at")?;
        assert_eq!(finding.verdict, Verdict::Missing, "{finding:?}");
        assert!(finding.text.contains(remedy), "{finding:?}");
    }
    assert!(of(&findings, "pip").is_none(), "pip is not needed where no server is fetched");
    Ok(())
}
