//! Views of a running system are listed, made anew beside those that are read, compared and switched to
//! as the runbook says, and nothing stops for it.

use std::path::Path;

use sqlx::Connection as _;

use super::clients::Clerk;
use crate::rows::superuser;
use crate::settled::Servers;
use crate::world::{Place, Run, Story, Told};

const PAGE: &str = "../runbooks/a-stream-is-parked.md";
const OPERATOR: &str = "019aa000-0000-7000-8000-000000000009";

/// The command of the page that begins so, about the view of people involved.
fn typed(place: &Place, begins: &str) -> Told<Run> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE))?;
    let line = text.lines().map(str::trim).find(|line| line.starts_with(begins));
    let line = line.ok_or_else(|| format!("the page has no line {begins:?}"))?;
    let line = line.replace("SERVICE VIEW", "recruitment involvees");
    let line = line.replace("PERSON_ID", OPERATOR);
    let words: Vec<_> = line.split_whitespace().skip(1).collect();
    place.run(&words)
}

fn done(run: Run) -> Told<String> {
    if run.succeeded { Ok(run.output) } else { Err(format!("{}{}", run.output, run.errors).into()) }
}

#[tokio::test]
async fn a_view_is_made_anew_compared_and_switched_to_while_its_service_runs() -> Story {
    let place = Place::new()?;
    let up = place.up()?;
    Clerk::of(&place, &up)?.types_in("before", 3).await?;
    Servers::of(&place).await?.settle().await?;
    let listed = done(place.run(&["views", "list", "recruitment"])?)?;
    assert!(listed.contains("recruitment involvees: live, generation 1, version 1"), "{listed}");
    assert!(listed.contains("known_opportunity: hears opportunities"), "{listed}");
    assert!(done(typed(&place, "involvement views parked")?)?.is_empty());

    done(typed(&place, "involvement views rebuild")?)?;
    let compared = done(typed(&place, "involvement views compare")?)?;
    assert!(compared.contains("involvee_view: 3 rows"), "{compared}");
    let mut database = superuser(&place, "recruitment").await?;
    sqlx::raw_sql("update views.involvee_view set wants_news = not wants_news")
        .execute(&mut database)
        .await?;
    let different = typed(&place, "involvement views compare")?;
    assert!(!different.succeeded, "{}", different.output);
    assert!(
        different.errors.contains("6 rows of involvees of recruitment"),
        "{}",
        different.errors
    );

    done(typed(&place, "involvement views switch")?)?;
    Clerk::of(&place, &up)?.types_in("after", 2).await?;
    Servers::of(&place).await?.settle().await?;
    let rows: i64 = sqlx::query_scalar("select count(*) from views.involvee_view")
        .fetch_one(&mut database)
        .await?;
    assert_eq!(rows, 5, "the running service follows the rows that were switched to");
    database.close().await?;
    let listed = done(place.run(&["views", "list", "recruitment"])?)?;
    assert!(listed.contains("involvees: live, generation 2"), "{listed}");
    assert!(listed.contains("involvees: retired, generation 1"), "{listed}");

    let (service, view) = ("recruitment", "involvees");
    done(place.run(&["views", "retire", service, view, "--by", OPERATOR])?)?;
    for (words, said) in [
        (["views", "rebuild", "nobody", view], "there is no service \"nobody\""),
        (["views", "compare", service, "nothing"], "has no view \"nothing\""),
    ] {
        let run = place.run(&words)?;
        assert!(!run.succeeded && run.errors.contains(said), "{}", run.errors);
    }
    assert!(up.stop()?);
    Ok(())
}
