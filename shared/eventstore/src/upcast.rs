//! Old shapes of stored events, told as those of today to whoever reads them. Stored bytes are never
//! touched: verification, and the stream in which the log itself is published, know nothing of this.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use contracts::fact::Unreadable;
use serde::de::Error as _;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::envelope::StoredEvent;
use crate::view::{ProjectError, Rows, View};

/// An event on its way from one shape to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its stored name, which ends in its version, such as `application.submitted.v1`.
    pub name: String,
    /// Its fields.
    pub payload: Map<String, Value>,
    /// What stands around it.
    pub metadata: Map<String, Value>,
}

/// Turns events of one stored name and version into what they are called and look like later.
#[derive(Debug)]
pub struct Upcaster {
    /// The stored name with its version; a constraint of the log holds that to the event's own.
    pub from: &'static str,
    /// Every name it gives.
    pub to: &'static [&'static str],
    /// Pure: one event becomes one or more, in order.
    pub change: fn(Shape) -> Vec<Shape>,
}

/// A service's upcasters, found to lead from every old name to names of today.
#[derive(Clone, Debug, Default)]
pub struct Upcasters {
    by_name: Arc<HashMap<&'static str, &'static Upcaster>>,
}

/// Why upcasters cannot be read by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// Two read the same name.
    #[error("two upcasters read {0}")]
    Twice(&'static str),
    /// It reads what is still written.
    #[error("an upcaster reads {0}, which a room still writes")]
    OfToday(&'static str),
    /// It gives nothing: what has happened would be forgotten.
    #[error("the upcaster of {0} gives no name")]
    Nothing(&'static str),
    /// It gives what no room and no upcaster reads.
    #[error("the upcaster of {from} gives {to}, which nothing reads")]
    Unknown {
        /// What it reads.
        from: &'static str,
        /// What it gives.
        to: &'static str,
    },
    /// It leads back to itself.
    #[error("the upcaster of {0} leads back to it")]
    Circle(&'static str),
}

impl Upcasters {
    /// All upcasters of a service; `today` is what its rooms read, see [`contracts::fact::names`].
    pub fn new(all: &'static [Upcaster], today: &[&[&'static str]]) -> Result<Self, Unsound> {
        let is_of_today = |name: &str| today.iter().any(|names| names.contains(&name));
        let mut by_name = HashMap::with_capacity(all.len());
        for one in all {
            if is_of_today(one.from) {
                return Err(Unsound::OfToday(one.from));
            }
            if by_name.insert(one.from, one).is_some() {
                return Err(Unsound::Twice(one.from));
            }
        }
        for one in all {
            if one.to.is_empty() {
                return Err(Unsound::Nothing(one.from));
            }
            let is_read = |name: &str| is_of_today(name) || by_name.contains_key(name);
            if let Some(to) = one.to.iter().copied().find(|name| !is_read(name)) {
                return Err(Unsound::Unknown { from: one.from, to });
            }
        }
        let found = Self { by_name: Arc::new(by_name) };
        match all.iter().find(|one| found.leads_back(one)) {
            Some(one) => Err(Unsound::Circle(one.from)),
            None => Ok(found),
        }
    }

    fn leads_back(&self, one: &Upcaster) -> bool {
        let (mut seen, mut next) = (Vec::new(), Vec::from(one.to));
        while let Some(name) = next.pop() {
            if name == one.from {
                return true;
            }
            if let Some(further) = self.by_name.get(name)
                && !seen.contains(&name)
            {
                seen.push(name);
                next.extend(further.to);
            }
        }
        false
    }

    /// A stored event as its room knows it today: most often as it is. Where it became several, all
    /// have its position and version, and stand in their order; the first keeps its id, and every
    /// further one has an id of its own, derived from it, so that each is answered for itself.
    pub fn of<'a>(&self, stored: &'a StoredEvent) -> Result<Cow<'a, [StoredEvent]>, Unreadable> {
        let found = self.shapes(&stored.event_type, &stored.payload, &stored.meta)?;
        let Some(shapes) = found else { return Ok(Cow::Borrowed(std::slice::from_ref(stored))) };
        let today = (0_usize..).zip(shapes).map(|(place, shape)| today(stored, place, shape));
        today.collect::<Result<_, _>>().map(Cow::Owned)
    }

    /// The shapes of today of what is stored; `None` where it has one already.
    pub fn shapes(
        &self,
        name: &str,
        payload: &str,
        meta: &str,
    ) -> Result<Option<Vec<Shape>>, Unreadable> {
        if !self.by_name.contains_key(name) {
            return Ok(None);
        }
        let object = |text: &str| {
            serde_json::from_str(text)
                .map_err(|source| Unreadable::Body { name: name.to_owned(), source })
        };
        let (payload, metadata) = (object(payload)?, object(meta)?);
        let mut shapes = Vec::new();
        self.change(Shape { name: name.to_owned(), payload, metadata }, &mut shapes)?;
        Ok(Some(shapes))
    }

    /// Ends, as no name leads back to itself.
    fn change(&self, shape: Shape, today: &mut Vec<Shape>) -> Result<(), Unreadable> {
        let Some(one) = self.by_name.get(shape.name.as_str()) else {
            today.push(shape);
            return Ok(());
        };
        let given = (one.change)(shape);
        if given.is_empty() || given.iter().any(|it| !one.to.contains(&it.name.as_str())) {
            let said = "its upcaster gives something else than it says";
            let source = serde_json::Error::custom(said);
            return Err(Unreadable::Body { name: one.from.to_owned(), source });
        }
        given.into_iter().try_for_each(|shape| self.change(shape, today))
    }
}

fn today(stored: &StoredEvent, place: usize, shape: Shape) -> Result<StoredEvent, Unreadable> {
    let Shape { name, payload, metadata } = shape;
    let Some(schema_version) = version_of(&name) else { return Err(Unreadable::NotNamed) };
    let text = |object: &Map<String, Value>| {
        serde_json::to_string(object)
            .map_err(|source| Unreadable::Body { name: name.clone(), source })
    };
    let (payload, meta) = (text(&payload)?, text(&metadata)?);
    let event_id = match place {
        0 => stored.event_id,
        _ => Uuid::new_v5(&stored.event_id, format!("shape/{place}").as_bytes()),
    };
    Ok(StoredEvent { event_id, event_type: name, schema_version, payload, meta, ..stored.clone() })
}

/// The number at the end of a stored name.
pub(crate) fn version_of(name: &str) -> Option<i32> {
    name.rsplit_once(".v").and_then(|(_, number)| number.parse().ok())
}

/// A view that is shown what is stored as it is called and looks today.
pub struct Reading {
    /// The view.
    pub view: Arc<dyn View>,
    /// What it is read by.
    pub upcasters: Upcasters,
}

#[async_trait]
impl View for Reading {
    fn name(&self) -> &'static str {
        self.view.name()
    }

    fn version(&self) -> i32 {
        self.view.version()
    }

    fn tables(&self) -> &'static [&'static str] {
        self.view.tables()
    }

    fn create(&self) -> &'static str {
        self.view.create()
    }

    fn touches(&self, rows: &mut Rows<'_>, event: &StoredEvent) {
        // What cannot be read is found out when it is folded.
        for event in self.upcasters.of(event).iter().flat_map(|today| today.iter()) {
            self.view.touches(rows, event);
        }
    }

    async fn fold(&self, rows: &mut Rows<'_>, event: &StoredEvent) -> Result<(), ProjectError> {
        for event in self.upcasters.of(event)?.iter() {
            self.view.fold(rows, event).await?;
        }
        Ok(())
    }
}
