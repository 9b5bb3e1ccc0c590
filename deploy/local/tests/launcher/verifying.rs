//! The proof that nothing was changed, and what is said when something was.

use sqlx::Connection as _;

use crate::rows::superuser;
use crate::world::{Place, Story, Told, Up};

/// An event as it was heard, for the auditor to compare.
async fn record_at_audit(place: &Place, up: &Up, source: &str, position: i64) -> Told<String> {
    let (_, url) = up.addresses().into_iter().find(|(name, _)| name == "audit").ok_or("no url")?;
    let token = std::fs::read_to_string(place.path().join("data/tokens/stephen.hale"))?;
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
    let asked = http.get(format!("{url}/v1/records/{source}/{position}"));
    Ok(asked.bearer_auth(token.trim()).send().await?.error_for_status()?.text().await?)
}

#[tokio::test]
async fn a_changed_event_is_found_whether_the_system_runs_or_not() -> Story {
    let place = Place::new()?;
    let none = place.run(&["verify"])?;
    assert!(!none.succeeded && none.errors.contains("nothing was ever started"), "{}", none.errors);

    let told = place.run(&["demo", "--once", "--json"])?;
    assert!(told.succeeded, "{}", told.errors);
    let well = place.run(&["verify", "--json"])?;
    assert!(well.succeeded, "{}", well.errors);
    assert_eq!(well.object()?["chain_verified"], true);
    assert_eq!(well.object()?["events"], told.object()?["events"]);

    let up = place.up()?;
    let mut superuser = superuser(&place, "opportunities").await?;
    sqlx::raw_sql(
        "set session_replication_role = replica;
         update log.event set payload = (payload::jsonb || '{\"slipped_in\": 1}')::text
         where position = 3",
    )
    .execute(&mut superuser)
    .await?;
    superuser.close().await?;
    let while_it_runs = place.run(&["verify"])?;
    let witnessed = record_at_audit(&place, &up, "opportunities", 3).await?;
    assert!(witnessed.contains("chain_hash") && !witnessed.contains("slipped_in"), "{witnessed}");
    assert!(up.stop()?);
    let at_rest = place.run(&["verify", "--json"])?;
    for found in [&while_it_runs, &at_rest] {
        let said = format!("{}{}", found.output, found.errors);
        assert!(!found.succeeded && said.contains("opportunities: broken at position 3"), "{said}");
    }
    assert_eq!(at_rest.object()?["services"]["opportunities"]["first_break"]["position"], 3);
    Ok(())
}
