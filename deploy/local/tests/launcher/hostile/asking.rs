//! Makes requests: most begin as something a client might send, and then something is done to them.

use super::CANARY;
use super::dice::Dice;
use super::doors::{House, Route};

/// Texts that have broken other systems.
const TEXTS: [&str; 22] = [
    "'; drop table log.event; --",
    "\\\" or 1=1 --",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1:A9)",
    "\\r\\nBcc: everyone@trust.example",
    "\\u0000",
    "\\ud800",
    "\\u202eevil",
    "\\ufeff",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "%s%s%n",
    "../../etc/passwd",
    "2027-02-29",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:60Z",
    "00000000-0000-0000-0000-000000000000",
    "\\ud83d\\ude00",
    "",
];
/// Values that are no text.
const VALUES: [&str; 16] = [
    "null",
    "true",
    "-1",
    "0",
    "1e400",
    "0.1",
    "9223372036854775808",
    "-9223372036854775809",
    "340282366920938463463374607431768211456",
    "[]",
    "{}",
    "[[]]",
    "{\"kind\":\"x\"}",
    "{\"kind\":null}",
    "[null]",
    "1e-400",
];

pub struct Asker<'a> {
    house: &'a House,
    dice: Dice,
}

/// One request as it goes over the line.
pub struct Asked {
    pub service: usize,
    pub bytes: Vec<u8>,
    /// Whether it says truly how long it is, so that the line can be used again.
    pub is_whole: bool,
}

impl Asked {
    /// What was wrong, with enough to see why.
    pub fn told(&self, n: usize, wrong: &dyn std::fmt::Display) -> String {
        let shown: String = String::from_utf8_lossy(&self.bytes).chars().take(2_000).collect();
        format!("request {n} of a caller: {wrong}\n{shown}")
    }
}

impl<'a> Asker<'a> {
    pub fn new(house: &'a House, dice: Dice) -> Self {
        Self { house, dice }
    }

    pub fn next(&mut self) -> Asked {
        let service = self.dice.below(self.house.services.len());
        let routes = &self.house.services[service].routes;
        let route = &routes[self.dice.below(routes.len())];
        let body = if route.method == "GET" { Vec::new() } else { self.body(route) };
        let mut is_whole = true;
        let mut head = self.first_line(route, &mut is_whole);
        self.headers(&mut head, &mut is_whole);
        self.length(&mut head, body.len(), &mut is_whole);
        head.extend_from_slice(b"\r\n");
        head.extend(body);
        self.break_off(&mut head, &mut is_whole);
        Asked { service, bytes: head, is_whole }
    }

    fn first_line(&mut self, route: &Route, is_whole: &mut bool) -> Vec<u8> {
        let path = self.path(route);
        let mut line = match self.dice.below(60) {
            0 => format!("{CANARY} {path} HTTP/1.1"),
            1 => format!("PROPFIND {path} HTTP/1.1"),
            2 => format!("DELETE {path} HTTP/1.1"),
            3 => format!("{} http://{CANARY}.example{path} HTTP/1.1", route.method),
            4 => format!("{} {path} HTTP/9.9", route.method),
            5 => format!("{} {path}", route.method),
            6 => format!("{}  {path} HTTP/1.1", route.method),
            _ => format!("{} {path} HTTP/1.1", route.method),
        }
        .into_bytes();
        *is_whole &= line.ends_with(b" HTTP/1.1") && !line.contains(&0) && !line.starts_with(b"\n");
        line.extend_from_slice(b"\r\nhost: involvement\r\n");
        line
    }

    fn path(&mut self, route: &Route) -> String {
        let mut path = String::new();
        for part in route.path.split('/').skip(1) {
            path.push('/');
            if part.starts_with('{') {
                path.push_str(&self.id());
            } else {
                path.push_str(part);
            }
        }
        if self.dice.once_in(25) {
            path.push_str(self.dice.word(&[
                "/",
                "/..",
                "/%00",
                "/%ff",
                "//",
                "/%2e%2e/%2e%2e",
                "/x",
            ]));
        }
        let mut separator = "?";
        for name in &route.parameters {
            if self.dice.once_in(2) {
                let value = match self.dice.below(4) {
                    0 => self.id(),
                    1 => "%F0%9F%98%80%00".to_owned(),
                    2 => format!("{}", self.dice.throw()),
                    _ => format!("{CANARY}%27%22%3C"),
                };
                path.extend([separator, name, "=", &value]);
                separator = "&";
            }
        }
        if self.dice.once_in(40) {
            path.extend([separator, CANARY, "=", &"a".repeat(self.dice.below(9_000))]);
        }
        path
    }

    /// An id of something that is there, mostly.
    fn id(&mut self) -> String {
        match self.dice.below(12) {
            0 => "00000000-0000-0000-0000-000000000000".to_owned(),
            1 => format!("{CANARY}%0d%0a"),
            2 => "%00".to_owned(),
            3 => "%ff%fe".to_owned(),
            4 => "9".repeat(self.dice.below(3_000)),
            5 => "-1".to_owned(),
            _ => self.dice.one_of(&self.house.ids).clone(),
        }
    }

    fn headers(&mut self, head: &mut Vec<u8>, is_whole: &mut bool) {
        match self.dice.below(12) {
            0 => {}
            1 => add(head, "authorization", &format!("Bearer {CANARY}")),
            2 => add(head, "authorization", "Basic YTpi"),
            3 => {
                let token = self.altered_token();
                add(head, "authorization", &format!("Bearer {token}"));
            }
            _ => {
                let token = self.dice.one_of(&self.house.tokens);
                add(head, "authorization", &format!("Bearer {token}"));
            }
        }
        match self.dice.below(10) {
            0 => {}
            1 => add(head, "idempotency-key", ""),
            2 => add(head, "idempotency-key", &"k".repeat(300)),
            3 => head.extend_from_slice(b"idempotency-key: \xff\xfe\r\n"),
            4 => add(head, "idempotency-key", "the-same-for-everyone"),
            _ => add(head, "idempotency-key", &format!("k{}", self.dice.throw())),
        }
        if self.dice.once_in(5) {
            let version =
                self.dice.word(&["\"1\"", "1", "*", "-1", "\"x\"", "99999999999999999999", ""]);
            add(head, "if-match", version);
        }
        if self.dice.once_in(6) {
            let person = self.id();
            add(head, "involvement-on-behalf-of", &person);
            add(head, "involvement-taken", self.dice.word(&["phone", "paper", "online", "\t"]));
            let received =
                self.dice.word(&["2027-01-01T00:00:00Z", "yesterday", "9999-12-31T00:00:00Z"]);
            add(head, "involvement-received-at", received);
        }
        if self.dice.once_in(8) {
            add(head, "traceparent", self.dice.word(&[CANARY, "00-0-0-0", "ff"]));
        }
        let kind = ["application/json"; 8].into_iter().chain([
            "text/plain",
            "application/json; charset=utf-16",
            "",
        ]);
        let kinds: Vec<&str> = kind.collect();
        add(head, "content-type", self.dice.word(&kinds));
        if self.dice.once_in(100) {
            add(head, CANARY, &"x".repeat(self.dice.below(40_000)));
            *is_whole = false;
        }
        if self.dice.once_in(200) {
            (0..300).for_each(|n| add(head, &format!("x-{n}"), CANARY));
            *is_whole = false;
        }
        if self.dice.once_in(100) {
            let odd = ["no colon\r\n", ": empty\r\n", "a\0b: c\r\n", " folded\r\n"];
            head.extend_from_slice(self.dice.word(&odd).as_bytes());
            *is_whole = false;
        }
    }

    /// A token that was somebody's, with something done to it.
    fn altered_token(&mut self) -> String {
        let token = self.dice.one_of(&self.house.tokens).clone();
        let parts: Vec<&str> = token.split('.').collect();
        match self.dice.below(4) {
            // {"alg":"none"} and {"alg":"HS256"}
            0 => format!("eyJhbGciOiJub25lIn0.{}.", parts[1]),
            1 => format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", parts[1], parts[2]),
            2 => format!("{}.{}.{}", parts[0], parts[1], parts[2].to_uppercase()),
            _ => {
                let other = self.dice.one_of(&self.house.tokens);
                let payload = other.split('.').nth(1).unwrap_or_default();
                format!("{}.{payload}.A{}", parts[0], parts[2])
            }
        }
    }

    fn length(&mut self, head: &mut Vec<u8>, bytes: usize, is_whole: &mut bool) {
        let said = match self.dice.below(60) {
            0 => (bytes + 1 + self.dice.below(1_000)).to_string(),
            1 => bytes.saturating_sub(1).to_string(),
            2 => "-1".to_owned(),
            3 => "99999999999999999999".to_owned(),
            4 => {
                add(head, "transfer-encoding", "chunked");
                *is_whole = false;
                return;
            }
            _ => bytes.to_string(),
        };
        *is_whole &= said == bytes.to_string();
        add(head, "content-length", &said);
    }

    fn body(&mut self, route: &Route) -> Vec<u8> {
        let mut body = match self.dice.below(30) {
            0 => Vec::new(),
            1 => "[".repeat(self.dice.below(200_000)).into_bytes(),
            2 => format!("{{\"{CANARY}\":1}}").into_bytes(),
            3 => vec![b' '; self.dice.below(400_000)],
            4 => format!("\"{CANARY}\"").into_bytes(),
            _ => self.object(&route.fields).into_bytes(),
        };
        if self.dice.once_in(8) && !body.is_empty() {
            let at = self.dice.below(body.len());
            match self.dice.below(4) {
                0 => body.truncate(at),
                1 => body[at] = 0xff,
                2 => body[at] = 0,
                _ => body.insert(at, *self.dice.one_of(b"{}[]\",:\\\n0e-")),
            }
        }
        body
    }

    fn object(&mut self, fields: &[String]) -> String {
        let mut parts = Vec::new();
        for field in fields {
            if !self.dice.once_in(10) {
                parts.push(format!("\"{field}\":{}", self.value()));
            }
        }
        if self.dice.once_in(15) {
            parts.push(format!("\"{CANARY}\":{}", self.value()));
        }
        format!("{{{}}}", parts.join(","))
    }

    fn value(&mut self) -> String {
        match self.dice.below(10) {
            0..=2 => self.dice.word(&VALUES).to_owned(),
            3 => format!("\"{}\"", self.dice.one_of(&self.house.ids)),
            4 => format!("[\"{}\"]", self.dice.one_of(&self.house.ids)),
            5 => format!("\"{}{CANARY}\"", "a".repeat(self.dice.below(3_000))),
            6 => format!("{{\"kind\":\"{CANARY}\",\"at\":\"2027-02-30\"}}"),
            _ => format!("\"{}{CANARY}\"", self.dice.word(&TEXTS)),
        }
    }

    /// Now and then a client goes away in the middle, or sends what is no HTTP at all.
    fn break_off(&mut self, bytes: &mut Vec<u8>, is_whole: &mut bool) {
        if self.dice.once_in(60) {
            let at = self.dice.below(bytes.len());
            bytes.truncate(at);
            *is_whole = false;
        }
        if self.dice.once_in(200) {
            let at = self.dice.below(bytes.len().min(200));
            bytes.splice(at..at, [0x16, 0x03, 0x01, 0x00, 0xff]);
            *is_whole = false;
        }
    }
}

fn add(head: &mut Vec<u8>, name: &str, value: &str) {
    head.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
}
