//! What people send.

use contracts::SessionId;
use serde_json::{Value, json};

use crate::world::{ACCOUNT_NUMBER, NOTE, SORT_CODE};

/// What a card pays, with so many pence for a meeting of up to four hours.
pub fn rates(meeting_pence: i64) -> Value {
    let money = |pence: i64| json!({"pence": pence.to_string(), "currency": "GBP"});
    json!({
        "name": "Involvement payments and expenses",
        "payments": [
            {"code": "meeting", "name": "A meeting", "basis": {"kind": "by_time", "bands": [
                {"up_to": {"minutes": 240, "edge": "inclusive"}, "amount": money(meeting_pence)},
                {"up_to": null, "amount": money(2 * meeting_pence)}]}},
            {"code": "reading", "name": "Reading a document",
                "basis": {"kind": "per_piece", "amount": money(2_500)}}
        ],
        "mileage": {"car": money(55), "car_first_miles": 10_000, "car_after": money(25),
            "passenger": money(5), "motorcycle": money(24), "bicycle": money(20)},
        "receipts_for": ["train", "taxi", "parking"]
    })
}

pub fn session(session: SessionId) -> Value {
    json!({"kind": "session", "session": session})
}

pub fn claim_for(activity: &Value, lines: &[Value]) -> Value {
    json!({"activity": activity, "lines": lines, "declares_accurate": true})
}

pub fn payment() -> Value {
    json!({"line": "involvement_payment", "takes_payment": true})
}

pub fn by_car(tenths_of_miles: u32) -> Value {
    json!({"line": "mileage", "tenths_of_miles": tenths_of_miles, "vehicle": {"by": "car"},
        "note": NOTE})
}

pub fn fare(kind: &str, pence: i64) -> Value {
    let amount = json!({"pence": pence.to_string(), "currency": "GBP"});
    json!({"line": "fare", "kind": kind, "amount": amount, "receipt": false, "note": NOTE})
}

pub fn approved(lines: &[u8]) -> Value {
    let lines: Vec<Value> =
        lines.iter().map(|line| json!({"line": line, "verdict": "approved"})).collect();
    json!({"lines": lines})
}

pub fn account() -> Value {
    json!({"account": {"sort_code": SORT_CODE, "account_number": ACCOUNT_NUMBER}})
}
