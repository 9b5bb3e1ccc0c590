//! Mends what the macros describe wrongly: one of several shapes told apart by a field is written as
//! "this shape and that field", and a shape that takes no field besides its own then takes nothing at
//! all. Here both become one shape.

use serde_json::{Map, Value};

/// Writes every such pair as one closed shape.
pub(super) fn merge_shapes_with_their_kind(api: &mut Value) {
    let schemas = api["components"]["schemas"].clone();
    merge_within(api, &schemas);
}

fn merge_within(part: &mut Value, schemas: &Value) {
    if let Some(merged) = merged(part, schemas) {
        *part = merged;
    }
    match part {
        Value::Object(fields) => fields.values_mut().for_each(|it| merge_within(it, schemas)),
        Value::Array(items) => items.iter_mut().for_each(|it| merge_within(it, schemas)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// One shape out of all that it must be, where one of them is closed.
fn merged(part: &Value, schemas: &Value) -> Option<Value> {
    let all: Vec<&Value> = part["allOf"].as_array()?.iter().map(|it| named(it, schemas)).collect();
    if !all.iter().any(|it| it["additionalProperties"] == false) {
        return None;
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    for it in &all {
        properties.extend(it["properties"].as_object()?.clone());
        required.extend(it["required"].as_array().cloned().unwrap_or_default());
    }
    let mut whole = Map::new();
    whole.extend(part.get("description").map(|it| ("description".to_owned(), it.clone())));
    whole.insert("type".to_owned(), "object".into());
    whole.insert("required".to_owned(), required.into());
    whole.insert("properties".to_owned(), properties.into());
    whole.insert("additionalProperties".to_owned(), false.into());
    Some(whole.into())
}

fn named<'a>(schema: &'a Value, schemas: &'a Value) -> &'a Value {
    schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit_once('/'))
        .map_or(schema, |(_, name)| &schemas[name])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::merge_shapes_with_their_kind;

    #[test]
    fn a_closed_shape_told_apart_by_a_field_takes_that_field_too() {
        let kind = json!({"type": "object", "required": ["kind"],
            "properties": {"kind": {"type": "string", "enum": ["bus"]}}});
        let fare = json!({"type": "object", "required": ["pence"],
            "properties": {"pence": {"type": "integer"}}, "additionalProperties": false});
        let open = json!({"type": "object", "properties": {"miles": {"type": "integer"}}});
        let mut api = json!({"components": {"schemas": {
            "Fare": fare,
            "Open": open,
            "Line": {"oneOf": [
                {"allOf": [{"$ref": "#/components/schemas/Fare"}, kind], "description": "A bus."},
                {"allOf": [{"$ref": "#/components/schemas/Open"}, kind]},
            ]},
        }}});
        merge_shapes_with_their_kind(&mut api);
        let line = &api["components"]["schemas"]["Line"]["oneOf"];
        assert_eq!(
            line[0],
            json!({"type": "object", "description": "A bus.", "required": ["pence", "kind"],
                "properties": {"pence": {"type": "integer"},
                    "kind": {"type": "string", "enum": ["bus"]}},
                "additionalProperties": false})
        );
        assert!(line[1]["allOf"].is_array(), "an open shape takes the field as it is");
    }
}
