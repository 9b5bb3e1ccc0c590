//! Commands in: what staff do about a message to somebody they reach; the room decides.

use axum::extract::State as Shared;
use axum::response::Response;
use contracts::MessageId;
use web::{Accepted, Address, Ask, Call, Problem};

use super::{Nothing, State};
use crate::message::{Command, Message, RecordCall, RecordGiven, Release, SendAgain};

impl State {
    async fn give(&self, call: Call, id: MessageId, command: Command) -> Result<Response, Problem> {
        let loaded = self.edge.executor().load::<Message>(id.uuid()).await?;
        let Message::Requested(errand) = loaded.room else { return Err(Problem::unknown()) };
        let rights = self.rights_over(&call.permit, errand.to).await?;
        Ok(call.execute_under::<Message>(rights.first, id.uuid(), command).await)
    }
}

/// Send a message once more: it failed, nobody knows whether it left, or it never came.
#[utoipa::path(post, path = "/v1/messages/{message}/send-again", tag = "message",
    params(("message" = MessageId, Path, description = "Which message")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn send_again(
    Shared(state): Shared<State>,
    Address(id): Address<MessageId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::SendAgain(SendAgain {})).await
}

/// Look anew at a message that is held, because what held it back is gone.
#[utoipa::path(post, path = "/v1/messages/{message}/release", tag = "message",
    params(("message" = MessageId, Path, description = "Which message")),
    request_body = Nothing, responses((status = 200, body = Accepted)))]
pub(super) async fn release(
    Shared(state): Shared<State>,
    Address(id): Address<MessageId>,
    Ask { body: Nothing {}, call }: Ask<Nothing>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::Release(Release {})).await
}

/// Note what came of a call.
#[utoipa::path(post, path = "/v1/messages/{message}/record-call", tag = "message",
    params(("message" = MessageId, Path, description = "Which message")),
    request_body = RecordCall, responses((status = 200, body = Accepted)))]
pub(super) async fn record_call(
    Shared(state): Shared<State>,
    Address(id): Address<MessageId>,
    Ask { body, call }: Ask<RecordCall>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::RecordCall(body)).await
}

/// Note that the person was given it by hand: posted, texted, made in their format, told face to face.
#[utoipa::path(post, path = "/v1/messages/{message}/record-given", tag = "message",
    params(("message" = MessageId, Path, description = "Which message")),
    request_body = RecordGiven, responses((status = 200, body = Accepted)))]
pub(super) async fn record_given(
    Shared(state): Shared<State>,
    Address(id): Address<MessageId>,
    Ask { body, call }: Ask<RecordGiven>,
) -> Result<Response, Problem> {
    state.give(call, id, Command::RecordGiven(body)).await
}
