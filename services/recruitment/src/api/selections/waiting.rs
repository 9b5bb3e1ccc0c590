//! What waits in panels' work for one caller: what only they can do as a member, what staff of the
//! locality do, what someone may approve who had no hand in it.

use web::{Permit, Problem, Role};

use super::super::State;
use super::reach::{APPROVERS, by_role};
use crate::views::selection_board::{self, Task, Waiting};

impl State {
    /// What waits for the caller in panels' work, the longest waiting first.
    pub(in crate::api) async fn selection_tasks(
        &self,
        permit: &Permit,
    ) -> Result<Vec<Waiting>, Problem> {
        let waiting = selection_board::waiting(&self.pool, permit.caller.person).await?;
        let is_theirs = |it: &Waiting| {
            let by = |roles| by_role(permit, roles, it.locality.as_deref()).is_some();
            match it.task {
                Task::Score | Task::Decide => it.person == Some(permit.caller.person),
                Task::ApproveTheOutcome => by(&APPROVERS),
                Task::FormThePanel | Task::AddAMember | Task::LookAtWhatCameTooLate => {
                    by(&Role::STAFF)
                }
            }
        };
        Ok(waiting.into_iter().filter(is_theirs).collect())
    }
}
