//! Lists, a page at a time. The cursor is bound to the view's version, because a view that was made
//! anew may order its rows otherwise; it is not secret, so a row's key never holds anything personal.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// Rows on a page unless asked otherwise.
const LIMIT_USUAL: u16 = 50;
/// The most rows on a page.
const LIMIT_MAX: u16 = 200;
/// No cursor of ours is longer.
const CURSOR_CHARS_MAX: usize = 1024;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Send it as `after` to get the next page; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which page is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many rows at most, from 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// What the page before gave as `next`.
    #[param(max_length = 1024)]
    pub after: Option<String>,
}

/// A page as the query for its rows needs it. `K` is what the rows are ordered by, unique per row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAsked<K> {
    /// Rows come after this key; from the beginning without one.
    pub after: Option<K>,
    limit: usize,
    view_version: i32,
}

#[derive(Serialize, Deserialize)]
struct Cursor<K> {
    v: i32,
    k: K,
}

#[derive(Deserialize)]
struct CursorVersion {
    v: i32,
}

impl PageQuery {
    /// Reads the query against the view in its version now: 400 where it cannot be read, 410 where
    /// the view has been made anew since the page before.
    pub fn read<K: DeserializeOwned>(&self, view_version: i32) -> Result<PageAsked<K>, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_USUAL);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::parameter("The parameter limit goes from 1 to 200."));
        }
        let after = match &self.after {
            None => None,
            Some(text) => Some(key(text, view_version)?),
        };
        Ok(PageAsked { after, limit: usize::from(limit), view_version })
    }
}

fn key<K: DeserializeOwned>(text: &str, view_version: i32) -> Result<K, Problem> {
    let unreadable =
        || Problem::parameter("The parameter after takes what the page before gave as next.");
    if text.len() > CURSOR_CHARS_MAX {
        return Err(unreadable());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unreadable())?;
    let version: CursorVersion = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
    if version.v != view_version {
        return Err(Problem::outdated_page());
    }
    let cursor: Cursor<K> = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
    Ok(cursor.k)
}

impl<K: Serialize> PageAsked<K> {
    /// For the query's `limit`: one row more than the page holds, to see whether another follows.
    pub fn rows_wanted(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// The page of these rows, of which there may be one too many.
    pub fn page<T>(&self, mut rows: Vec<T>, key_of: impl FnOnce(&T) -> K) -> Page<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = if has_more { rows.last() } else { None };
        let next = last.and_then(|row| {
            let cursor = Cursor { v: self.view_version, k: key_of(row) };
            serde_json::to_vec(&cursor).ok().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
        });
        Page { items: rows, next }
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, PageQuery};

    fn page(rows: std::ops::Range<u32>, query: &PageQuery) -> Page<u32> {
        let asked = query.read::<u32>(3).unwrap();
        let from = asked.after.map_or(0, |after| after + 1);
        let wanted = usize::try_from(asked.rows_wanted()).unwrap();
        asked.page(rows.skip_while(|row| *row < from).take(wanted).collect(), |row| *row)
    }

    #[test]
    fn following_next_shows_every_row_once_and_then_ends() {
        let mut query = PageQuery { limit: Some(4), after: None };
        let mut seen = Vec::new();
        loop {
            let page = page(0..8, &query);
            seen.extend(page.items);
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..8).collect::<Vec<_>>());
    }

    #[test]
    fn a_cursor_of_another_view_version_is_gone_whatever_its_key_was() {
        let next = page(0..80, &PageQuery::default()).next;
        let query = PageQuery { limit: None, after: next };
        assert_eq!(query.read::<u32>(4).unwrap_err().body().status, 410);
        assert_eq!(query.read::<(String, u8)>(4).unwrap_err().body().status, 410);
        assert_eq!(query.read::<u32>(3).unwrap().after, Some(49));
    }

    #[test]
    fn what_is_no_cursor_is_a_400_and_is_not_repeated() {
        for bad in ["Jane", "", "e30", &"A".repeat(2000)] {
            let query = PageQuery { limit: None, after: Some(bad.to_owned()) };
            let problem = query.read::<u32>(3).unwrap_err();
            assert_eq!(problem.body().status, 400, "{bad}");
            assert!(!problem.body().detail.contains("Jane"));
        }
    }

    #[test]
    fn a_page_has_one_to_two_hundred_rows() {
        for (limit, is_good) in [(0, false), (1, true), (200, true), (201, false)] {
            let query = PageQuery { limit: Some(limit), after: None };
            assert_eq!(query.read::<u32>(3).is_ok(), is_good, "{limit}");
        }
    }
}
