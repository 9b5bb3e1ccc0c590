//! Ends of all kinds: asked for, of one service, and of the launcher itself.

use crate::world::{Place, Story, comes_true, send};

#[tokio::test]
async fn killing_the_launcher_leaves_nothing_behind_and_nothing_lost() -> Story {
    let place = Place::new()?;
    let up = place.up()?;
    assert!(place.processes().len() > 3, "launcher, service and servers");
    up.killed()?;
    comes_true("nothing of it runs any more", || place.processes().is_empty()).await?;

    let again = place.up()?;
    assert!(again.stop()?, "it ends well when asked to");
    assert_eq!(place.processes(), Vec::<u32>::new());
    Ok(())
}

#[tokio::test]
async fn a_second_one_on_the_same_folder_is_told_where_the_first_is() -> Story {
    let place = Place::new()?;
    let first = place.up()?;
    for words in [&["up"][..], &["demo", "--once"]] {
        let second = place.run(words)?;
        assert!(!second.succeeded);
        let process = format!("process {}", first.pid());
        assert!(second.errors.contains(&process), "{}", second.errors);
        assert!(second.errors.contains("http://127.0.0.1:"), "{}", second.errors);
    }
    assert!(first.stop()?);
    Ok(())
}

#[tokio::test]
async fn a_service_that_dies_is_started_again() -> Story {
    let place = Place::new()?;
    let mut up = place.up()?;
    let services = place.processes_with("opportunities.toml");
    let [service] = services[..] else { return Err(format!("{services:?}").into()) };
    send("KILL", service)?;
    up.until("opportunities ended by itself")?;
    up.until("opportunities runs again")?;
    assert_ne!(place.processes_with("opportunities.toml"), [service]);
    assert!(up.stop()?);
    Ok(())
}
