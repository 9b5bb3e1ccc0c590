//! What a service's description lets a body hold, place by place, and bodies that are right but for one
//! place. Knows nothing of what any field means.

use serde_json::{Map, Value, json};

/// One step from a body to a place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Field(String),
    Item,
    /// One of several shapes that may stand here.
    Either(usize),
}

/// A place in a body, and what may stand there.
#[derive(Clone, Debug)]
pub struct Spot<'a> {
    pub way: Vec<Step>,
    pub shape: &'a Value,
}

/// The shapes that a description names.
#[derive(Clone, Copy)]
pub struct Shapes<'a>(pub &'a Value);

impl<'a> Shapes<'a> {
    /// The shape itself, where only its name is given.
    fn named(self, shape: &'a Value) -> &'a Value {
        let name = shape["$ref"].as_str().and_then(|path| path.rsplit_once('/'));
        name.map_or(shape, |(_, name)| &self.0[name])
    }

    /// Every place that there can be in a body of this shape, itself included.
    pub fn spots(self, shape: &'a Value) -> Vec<Spot<'a>> {
        let mut found = Vec::new();
        self.walk(shape, &[], &mut found);
        found
    }

    fn walk(self, shape: &'a Value, way: &[Step], found: &mut Vec<Spot<'a>>) {
        let shape = self.named(shape);
        let onwards = |step| [way, &[step]].concat();
        for part in list(&shape["allOf"]) {
            self.walk(part, way, found);
        }
        for (n, either) in either(shape).iter().enumerate() {
            self.walk(either, &onwards(Step::Either(n)), found);
        }
        if !shape["type"].is_null() {
            found.push(Spot { way: way.to_vec(), shape });
        }
        if is(shape, "array") {
            self.walk(&shape["items"], &onwards(Step::Item), found);
        }
        for (name, field) in shape["properties"].as_object().into_iter().flatten() {
            self.walk(field, &onwards(Step::Field(name.clone())), found);
        }
    }

    /// A body that holds no more than it must, but for what is put at the end of a way. `nth` makes
    /// otherwise equal ones differ.
    pub fn body(self, shape: &'a Value, way: Option<&[Step]>, put: &Value, nth: usize) -> Value {
        let shape = self.named(shape);
        if way == Some(&[]) {
            return put.clone();
        }
        let all = list(&shape["allOf"]);
        if !all.is_empty() {
            let parts = all.iter().map(|part| self.body(part, way, put, nth));
            let fields = parts.filter_map(|it| it.as_object().cloned()).flatten();
            return Value::Object(fields.collect());
        }
        let several = either(shape);
        if !several.is_empty() {
            let first = several.iter().position(|it| !is(self.named(it), "null")).unwrap_or(0);
            let (chosen, rest) = match way {
                Some([Step::Either(n), rest @ ..]) => (*n, Some(rest)),
                _ => (first, None),
            };
            return self.body(&several[chosen], rest, put, nth);
        }
        if is(shape, "object") {
            return self.object(shape, way, put, nth);
        }
        if is(shape, "array") {
            return match way {
                Some([Step::Item, rest @ ..]) => {
                    json!([self.body(&shape["items"], Some(rest), put, nth)])
                }
                _ => json!([]),
            };
        }
        plain(shape, nth)
    }

    fn object(self, shape: &'a Value, way: Option<&[Step]>, put: &Value, nth: usize) -> Value {
        let (next, rest) = match way {
            Some([Step::Field(name), rest @ ..]) => (Some(name), Some(rest)),
            _ => (None, None),
        };
        let required: Vec<&str> =
            list(&shape["required"]).iter().filter_map(Value::as_str).collect();
        let mut fields = Map::new();
        for (name, field) in shape["properties"].as_object().into_iter().flatten() {
            if next == Some(name) {
                fields.insert(name.clone(), self.body(field, rest, put, nth));
            } else if required.contains(&name.as_str()) {
                fields.insert(name.clone(), self.body(field, None, put, nth));
            }
        }
        Value::Object(fields)
    }

    /// So many different items of a list of this shape.
    pub fn items(self, list: &'a Value, count: usize) -> Value {
        (0..count).map(|nth| self.body(&list["items"], None, &Value::Null, nth)).collect()
    }
}

/// Whether this type may stand there.
pub fn is(shape: &Value, kind: &str) -> bool {
    shape["type"] == kind || list(&shape["type"]).iter().any(|it| it == kind)
}

/// The way as it is written in a problem, without the places in lists.
pub fn written(way: &[Step]) -> String {
    let names = way.iter().filter_map(|step| match step {
        Step::Field(name) => Some(name.as_str()),
        Step::Item | Step::Either(_) => None,
    });
    names.collect::<Vec<_>>().join(".")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn either(shape: &Value) -> &[Value] {
    let one_of = list(&shape["oneOf"]);
    if one_of.is_empty() { list(&shape["anyOf"]) } else { one_of }
}

fn plain(shape: &Value, nth: usize) -> Value {
    if let Some(first) = list(&shape["enum"]).first() {
        return first.clone();
    }
    if let Some(example) = list(&shape["examples"]).first() {
        return example.clone();
    }
    if is(shape, "string") {
        let text = match shape["format"].as_str() {
            Some("uuid") => format!("00000000-0000-4000-8000-{nth:012}"),
            Some("date") => {
                format!("20{:02}-{:02}-{:02}", 27 + nth / 336, 1 + nth / 28 % 12, 1 + nth % 28)
            }
            Some("date-time") => "2027-03-01T09:00:00Z".to_owned(),
            _ if shape["pattern"].is_string() => "100".to_owned(),
            _ => format!("a{nth}"),
        };
        return json!(text);
    }
    if is(shape, "integer") {
        return json!(1 + nth % 200);
    }
    json!(is(shape, "boolean"))
}
