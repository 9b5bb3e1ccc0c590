//! Commands on a person's own entry: for themselves, or by staff or a supporter who act for them.

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::PersonId;
use web::{Accepted, Address, Ask, Problem};

use super::State;
use super::bodies::{AccessNeedBody, GoAwayBody, Nothing, RenameBody};
use super::reach;
use super::registration::{PreferencesBody, RegistrationBody, TypedInBody};
use crate::involvee::{
    ChangePreferences, ComeBack, ComeOfAge, Command, EndSupport, GiveConsent, GoAway, Involvee,
    LinkAccount, NameSupporter, RecordAccessNeed, Register, Rename, UnlinkAccount, WithdrawConsent,
};

/// Register oneself. The person's id is the account's, unless staff have linked the two otherwise.
#[utoipa::path(post, path = "/v1/people", tag = "people", request_body = RegistrationBody,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn register(
    Shared(state): Shared<State>,
    Ask { body, call }: Ask<RegistrationBody>,
) -> Result<Response, Problem> {
    let person = call.permit.caller.person;
    let authority = call.permit.require_person(person)?;
    let registration = state.seal_registration(person, &body).await?;
    let command = Command::Register(Register { registration });
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Register someone who gave their details on paper, by telephone or face to face. They get an id of
/// their own; an account may be linked to it later.
#[utoipa::path(post, path = "/v1/people/typed-in", tag = "people", request_body = TypedInBody,
    responses((status = 201, body = Accepted), (status = 200, body = Accepted)))]
pub(super) async fn typed_in(
    Shared(state): Shared<State>,
    Ask { body, call }: Ask<TypedInBody>,
) -> Result<Response, Problem> {
    let authority =
        reach::over(&call.permit, body.registration.localities()).ok_or_else(Problem::forbidden)?;
    let received_at = body.received_at(call.occasion().taken_at)?;
    let person: PersonId = call.new_id("person");
    let registration = state.seal_registration(person, &body.registration).await?;
    let mut order = call.order(authority);
    order.occasion.on_behalf_of = Some(person);
    order.occasion.received_at = received_at;
    order.occasion.taken = body.taken();
    let command = Command::Register(Register { registration });
    Ok(call.run::<Involvee>(person.uuid(), command, order).await)
}

/// Choose what to hear of, how often and by which way.
#[utoipa::path(post, path = "/v1/people/{person}/change-preferences", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = PreferencesBody, responses((status = 200, body = Accepted)))]
pub(super) async fn change_preferences(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body, call }: Ask<PreferencesBody>,
) -> Result<Response, Problem> {
    let authority = state.acts_as(&call.permit, person).await?;
    let how_to_reach = match &body.how_to_reach {
        Some(way) => Some(state.seal_how_to_reach(person, way).await?),
        None => None,
    };
    let PreferencesBody { preferences, how_to_reach: _ } = body;
    let command = Command::ChangePreferences(ChangePreferences { preferences, how_to_reach });
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Be called something else from now on. Nobody has to say why.
#[utoipa::path(post, path = "/v1/people/{person}/rename", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = RenameBody, responses((status = 200, body = Accepted)))]
pub(super) async fn rename(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body, call }: Ask<RenameBody>,
) -> Result<Response, Problem> {
    let authority = state.acts_as(&call.permit, person).await?;
    let command = Command::Rename(Rename { name: state.seal(person, &body.name).await? });
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Say what is needed in order to take part.
#[utoipa::path(post, path = "/v1/people/{person}/record-access-need", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = AccessNeedBody, responses((status = 200, body = Accepted)))]
pub(super) async fn record_access_need(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body, call }: Ask<AccessNeedBody>,
) -> Result<Response, Problem> {
    let authority = state.acts_as(&call.permit, person).await?;
    let need = state.seal_if_given(person, body.need.as_ref()).await?;
    let command = Command::RecordAccessNeed(RecordAccessNeed { need, formats: body.formats });
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Confirm that someone registered at 16 or 17 has turned 18.
#[utoipa::path(post, path = "/v1/people/{person}/come-of-age", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn come_of_age(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    let authority = state.staff_over(&call.permit, person).await?;
    let command = Command::ComeOfAge(ComeOfAge {});
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Agree to one thing, in the wording shown.
#[utoipa::path(post, path = "/v1/people/{person}/give-consent", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = GiveConsent, responses((status = 200, body = Accepted)))]
pub(super) async fn give_consent(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body, call }: Ask<GiveConsent>,
) -> Result<Response, Problem> {
    let authority = state.acts_as(&call.permit, person).await?;
    let command = Command::GiveConsent(body);
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Agree to it no longer. It stops at once.
#[utoipa::path(post, path = "/v1/people/{person}/withdraw-consent", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = WithdrawConsent, responses((status = 200, body = Accepted)))]
pub(super) async fn withdraw_consent(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body, call }: Ask<WithdrawConsent>,
) -> Result<Response, Problem> {
    let authority = state.acts_as(&call.permit, person).await?;
    let command = Command::WithdrawConsent(body);
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Let one more account act for someone, on two pieces of evidence.
#[utoipa::path(post, path = "/v1/people/{person}/link-account", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = LinkAccount, responses((status = 200, body = Accepted)))]
pub(super) async fn link_account(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body, call }: Ask<LinkAccount>,
) -> Result<Response, Problem> {
    let authority = state.staff_over(&call.permit, person).await?;
    let command = Command::LinkAccount(body);
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Let an account act for someone no longer.
#[utoipa::path(post, path = "/v1/people/{person}/unlink-account", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = UnlinkAccount, responses((status = 200, body = Accepted)))]
pub(super) async fn unlink_account(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body, call }: Ask<UnlinkAccount>,
) -> Result<Response, Problem> {
    let authority = match call.permit.authority_for_person(person) {
        Some(own) => own,
        None => state.staff_over(&call.permit, person).await?,
    };
    let command = Command::UnlinkAccount(body);
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Say who may act for the person here.
#[utoipa::path(post, path = "/v1/people/{person}/name-supporter", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = NameSupporter, responses((status = 200, body = Accepted)))]
pub(super) async fn name_supporter(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body, call }: Ask<NameSupporter>,
) -> Result<Response, Problem> {
    let authority = state.acts_as(&call.permit, person).await?;
    let command = Command::NameSupporter(body);
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Have that support no longer. Either side may end it, and nobody has to say why.
#[utoipa::path(post, path = "/v1/people/{person}/end-support", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn end_support(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    let authority = state.acts_as(&call.permit, person).await?;
    let command = Command::EndSupport(EndSupport {});
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Be away for a while. Nothing of the person's lapses meanwhile.
#[utoipa::path(post, path = "/v1/people/{person}/go-away", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = GoAwayBody, responses((status = 200, body = Accepted)))]
pub(super) async fn go_away(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body, call }: Ask<GoAwayBody>,
) -> Result<Response, Problem> {
    let authority = state.acts_as(&call.permit, person).await?;
    let reason = state.seal_if_given(person, body.reason.as_ref()).await?;
    let command = Command::GoAway(GoAway { reason });
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}

/// Be back.
#[utoipa::path(post, path = "/v1/people/{person}/come-back", tag = "people",
    params(("person" = PersonId, Path, description = "Who")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn come_back(
    Shared(state): Shared<State>,
    Address(person): Address<PersonId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    let authority = state.acts_as(&call.permit, person).await?;
    let command = Command::ComeBack(ComeBack {});
    Ok(call.execute_under::<Involvee>(authority, person.uuid(), command).await)
}
