//! What every operation of ours has in common, added to its description: who signs in, the headers
//! of a command, and which problems it may answer with. No status leaves that is not written here.

mod closed;

use contracts::PersonId;
use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Info, OpenApi, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::access::{AccessTable, OnBehalf};
use crate::problem::{PROBLEM_JSON, ProblemBody};
use crate::role::Role;

const BEARER: &str = "bearer";

/// What anything may answer.
const PROBLEMS: [(&str, &str); 6] = [
    ("400", "The address, a header or the body cannot be read"),
    ("401", "Sign in, or sign in again"),
    ("403", "Not with this right"),
    ("404", "There is no such thing, or nothing that may be known of it"),
    ("500", "A fault of ours, with a reference to quote"),
    ("503", "Not now; Retry-After says when"),
];
/// What a command may answer besides.
const PROBLEMS_OF_A_COMMAND: [(&str, &str); 5] = [
    ("409", "A rule says no, or the same request is still running"),
    ("412", "Somebody changed it since the version that If-Match names"),
    ("413", "The body is too large"),
    ("415", "The body is not application/json"),
    ("422", "Some fields need mending, or the key was used for another request"),
];
/// What a list may answer besides.
const PROBLEM_OF_A_LIST: (&str, &str) =
    ("410", "The list has been made anew since the page before; begin again");

/// The description as it is served.
pub(crate) fn written(openapi: &OpenApi) -> Result<Vec<u8>, serde_json::Error> {
    let mut api: Value = serde_json::to_value(openapi)?;
    closed::merge_shapes_with_their_kind(&mut api);
    serde_json::to_vec(&api)
}

pub(crate) fn complete(openapi: &mut OpenApi, service: &str, table: &AccessTable) {
    openapi.info =
        Info::new(format!("Involvement: {service}"), env!("CARGO_PKG_VERSION").to_owned());
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
    answers(operation, method);
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
            shaped("^[a-z]+:[0-9]+(, ?[a-z]+:[0-9]+)*$"),
        )));
        return;
    }
    parameters.push(RefOr::T(header(
        "Idempotency-Key",
        Required::True,
        "1 to 200 visible ASCII characters; new for a new request, the same for a repeat",
        shaped("^[!-~]{1,200}$"),
    )));
    parameters.push(RefOr::T(header(
        "If-Match",
        Required::False,
        "The version seen, such as \"7\"; where given, the command never meets another",
        shaped("^(\"[0-9]{1,18}\"|[0-9]{1,18}|\\*)$"),
    )));
    if rule.is_some_and(|rule| rule.on_behalf != OnBehalf::Never) {
        on_behalf(parameters);
    }
}

fn answers(operation: &mut Operation, method: &str) {
    let is_list = operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.name == "after",
        RefOr::Ref(_) => false,
    });
    let mut problems = PROBLEMS.to_vec();
    if method != "GET" {
        problems.extend(PROBLEMS_OF_A_COMMAND);
    } else if is_list {
        problems.push(PROBLEM_OF_A_LIST);
    }
    for (status, description) in problems {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response =
            ResponseBuilder::new().description(description).content(PROBLEM_JSON, problem).build();
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
}

fn on_behalf(parameters: &mut Vec<RefOr<Parameter>>) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let known = |format| text().format(Some(SchemaFormat::KnownFormat(format))).build();
    for (name, description, schema) in [
        ("Involvement-On-Behalf-Of", "The person for whom this is done", known(KnownFormat::Uuid)),
        (
            "Involvement-Received-At",
            "When the person gave it to staff, if that was earlier",
            known(KnownFormat::DateTime),
        ),
        (
            "Involvement-Taken",
            "How it came to staff",
            text().enum_values(Some(["paper", "phone", "in_person"])).build(),
        ),
    ] {
        parameters.push(RefOr::T(header(name, Required::False, description, schema)));
    }
}

/// Text that has this shape, as a regular expression.
fn shaped(pattern: &str) -> Object {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build()
}

fn header(name: &str, required: Required, description: &str, schema: Object) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}
