//! What every operation of ours has in common, added to its description: who signs in, the headers
//! of a command, and what a problem looks like.

use contracts::PersonId;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::access::{AccessTable, OnBehalf};
use crate::problem::{PROBLEM_JSON, ProblemBody};
use crate::role::Role;

const BEARER: &str = "bearer";

pub(crate) fn complete(openapi: &mut OpenApi, table: &AccessTable) {
    let components = openapi.components.get_or_insert_default();
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    for (path, item) in &mut openapi.paths.paths {
        for (method, operation) in operations(item) {
            for name in ids_in_path(operation) {
                components.schemas.entry(name).or_insert_with(PersonId::schema);
            }
            complete_operation(operation, method, path, table);
        }
    }
}

/// The macros collect the types of bodies, not those of paths. What a path of ours names by a type
/// is an id, and all ids look alike.
fn ids_in_path(operation: &Operation) -> Vec<String> {
    let mut names = Vec::new();
    for parameter in operation.parameters.iter().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Path
            && let Some(RefOr::Ref(reference)) = &parameter.schema
            && let Some((_, name)) = reference.ref_location.rsplit_once('/')
        {
            names.push(name.to_owned());
        }
    }
    names
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("PATCH", &mut item.patch),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn complete_operation(operation: &mut Operation, method: &str, path: &str, table: &AccessTable) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new()
        .description("Anything else, as a problem that says what to do")
        .content(PROBLEM_JSON, problem)
        .build();
    operation.responses.responses.entry("default".to_owned()).or_insert(RefOr::T(response));
    let rule = table.rule(method, path);
    let mut security = vec![SecurityRequirement::new::<_, [String; 0], String>(BEARER, [])];
    if rule.is_some_and(|rule| rule.roles.contains(&Role::Visitor)) {
        security.push(SecurityRequirement::default());
    }
    operation.security.get_or_insert(security);
    let parameters = operation.parameters.get_or_insert_default();
    if method == "GET" {
        parameters.push(RefOr::T(header(
            "Involvement-Token",
            Required::False,
            "As a command answered it: wait until this read shows what the command did",
        )));
        return;
    }
    parameters.push(RefOr::T(header(
        "Idempotency-Key",
        Required::True,
        "1 to 200 visible ASCII characters; new for a new request, the same for a repeat",
    )));
    parameters.push(RefOr::T(header(
        "If-Match",
        Required::False,
        "The version seen, such as \"7\"; where given, the command never meets another",
    )));
    if rule.is_some_and(|rule| rule.on_behalf != OnBehalf::Never) {
        on_behalf(parameters);
    }
}

fn on_behalf(parameters: &mut Vec<RefOr<Parameter>>) {
    for (name, description) in [
        ("Involvement-On-Behalf-Of", "The person for whom this is done"),
        ("Involvement-Received-At", "When the person gave it to staff, if that was earlier"),
        ("Involvement-Taken", "How it came to staff: paper, phone or in_person"),
    ] {
        parameters.push(RefOr::T(header(name, Required::False, description)));
    }
}

fn header(name: &str, required: Required, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}
