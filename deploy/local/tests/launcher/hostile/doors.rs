//! What there is to ask: every service's address and routes as it describes them, who can sign in, and
//! the ids of things that are there.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use serde_json::Value;

use crate::world::{Place, Story, Told, Up};

pub struct Service {
    pub name: String,
    pub address: SocketAddr,
    pub routes: Vec<Route>,
}

pub struct Route {
    pub method: String,
    pub path: String,
    /// The fields that its body may have.
    pub fields: Vec<String>,
    /// The parameters that its address may have.
    pub parameters: Vec<String>,
}

pub struct House {
    pub services: Vec<Service>,
    pub tokens: Vec<String>,
    pub ids: Vec<String>,
}

impl House {
    /// What a launcher that stays up has there.
    pub async fn seen(place: &Place, up: &Up) -> Told<Self> {
        let data = place.path().join("data");
        let mut tokens = Vec::new();
        for token in std::fs::read_dir(data.join("tokens"))? {
            tokens.push(std::fs::read_to_string(token?.path())?.trim().to_owned());
        }
        tokens.sort();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
        let mut services = Vec::new();
        let mut ids = BTreeSet::new();
        for (name, url) in up.addresses() {
            let described: Value =
                http.get(format!("{url}/openapi.json")).send().await?.json().await?;
            let service = Service {
                name,
                address: url.trim_start_matches("http://").parse()?,
                routes: routes(&described),
            };
            for route in service.routes.iter().filter(|it| it.is_list()) {
                for token in &tokens {
                    let asked = http.get(format!("{url}{}", route.path)).bearer_auth(token);
                    collect_ids(&asked.send().await?.text().await?, &mut ids);
                }
            }
            services.push(service);
        }
        Ok(Self { services, tokens, ids: ids.into_iter().collect() })
    }

    /// Every service still says that it can do its work.
    pub async fn is_well(&self) -> Story {
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
        for service in &self.services {
            let url = format!("http://{}/health/ready", service.address);
            let answer = http.get(url).send().await?;
            let status = answer.status();
            assert!(status.is_success(), "{} is not well: {}", service.name, answer.text().await?);
        }
        Ok(())
    }
}

impl Route {
    fn is_list(&self) -> bool {
        self.method == "GET" && !self.path.contains('{')
    }
}

fn routes(described: &Value) -> Vec<Route> {
    let paths = described["paths"].as_object().cloned().unwrap_or_default();
    let of_path = |(path, item): (String, Value)| {
        let methods: BTreeMap<String, Value> =
            item.as_object().cloned().unwrap_or_default().into_iter().collect();
        methods.into_iter().map(move |(method, operation)| (path.clone(), method, operation))
    };
    let route = |(path, method, operation): (String, String, Value)| Route {
        method: method.to_uppercase(),
        path,
        fields: fields(
            &operation["requestBody"]["content"]["application/json"]["schema"],
            described,
        ),
        parameters: operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|it| it["in"] == "query")
            .filter_map(|it| it["name"].as_str().map(str::to_owned))
            .collect(),
    };
    paths.into_iter().flat_map(of_path).map(route).collect()
}

fn fields(schema: &Value, described: &Value) -> Vec<String> {
    let named = schema["$ref"].as_str().and_then(|path| path.rsplit_once('/'));
    let schema = named.map_or(schema, |(_, name)| &described["components"]["schemas"][name]);
    schema["properties"].as_object().map(|it| it.keys().cloned().collect()).unwrap_or_default()
}

fn collect_ids(text: &str, ids: &mut BTreeSet<String>) {
    for word in text.split(|it: char| !it.is_ascii_hexdigit() && it != '-') {
        if word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4 {
            ids.insert(word.to_owned());
        }
    }
}
