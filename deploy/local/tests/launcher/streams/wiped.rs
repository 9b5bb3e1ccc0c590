//! Everything NATS kept is lost, and everything made from the logs as well: the logs alone are enough to
//! have it all again, and nobody is told anything twice.

use std::collections::BTreeMap;
use std::path::Path;

use crate::rows::{Rows, SERVICES, superuser};
use crate::settled::Servers;
use crate::world::{Place, Story, Told};

/// Everything there is, outside the streams.
pub struct Everything {
    views: Rows,
    logs: Rows,
    left: BTreeMap<String, Vec<u8>>,
}

impl Everything {
    pub async fn of(place: &Place) -> Told<Self> {
        let mut left = BTreeMap::new();
        files(&place.path().join("data/exports"), &mut left)?;
        Ok(Self { views: Rows::of_views(place).await?, logs: Rows::of_logs(place).await?, left })
    }

    /// How many e-mails lie there to be sent.
    pub fn n_mails(&self) -> usize {
        let is_mail = |name: &&String| Path::new(name).extension().is_some_and(|it| it == "eml");
        self.left.keys().filter(is_mail).count()
    }

    /// Nothing was done once more, and nothing is missing.
    pub fn is_still(&self, later: &Self, after: &str) {
        let logs = self.logs.differences(&later.logs);
        assert!(logs.is_empty(), "{after}, a log differs: {}", logs.join("\n"));
        let views = self.views.differences(&later.views);
        assert!(views.is_empty(), "{after}, rows differ: {}", views.join("\n"));
        assert!(self.left.keys().eq(later.left.keys()), "{after}, other files left");
        assert!(self.left == later.left, "{after}, a file that left was written anew");
    }
}

fn files(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) -> Story {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.insert(path.display().to_string(), std::fs::read(&path)?);
        }
    }
    Ok(())
}

#[tokio::test]
async fn nothing_differs_when_the_streams_are_lost_or_every_view_is_made_again() -> Story {
    let place = Place::new()?;
    let told = place.run(&["demo", "--once", "--json"])?;
    assert!(told.succeeded, "{}", told.errors);
    let up = place.up()?;
    Servers::of(&place).await?.settle().await?;
    let before = Everything::of(&place).await?;
    assert!(before.views.n_rows() > 1000, "there is much to lose: {}", before.views.n_rows());
    assert!(before.left.len() > 20, "much has left: {:?}", before.left.keys());
    assert!(up.stop()?);

    std::fs::remove_dir_all(place.path().join("data/nats/store"))?;
    let up = place.up()?;
    Servers::of(&place).await?.settle().await?;
    before.is_still(&Everything::of(&place).await?, "after the streams were lost");
    for service in SERVICES {
        sqlx::raw_sql("drop schema views cascade")
            .execute(&mut superuser(&place, service).await?)
            .await?;
    }
    assert!(up.stop()?);

    let up = place.up()?;
    Servers::of(&place).await?.settle().await?;
    before.is_still(&Everything::of(&place).await?, "after every view was made again");
    let verified = place.run(&["verify", "--json"])?;
    assert!(verified.succeeded, "{}{}", verified.output, verified.errors);
    assert!(up.stop()?);
    Ok(())
}
