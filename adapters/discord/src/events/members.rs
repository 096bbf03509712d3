//! Who is on the server, so that people can be called by name before they speak. What the gateway tells of a server at its
//! start names few of them.

use std::sync::Arc;

use herald_chat::SendError;
use tracing::warn;

use super::wire::Member;
use crate::Inner;
use crate::rest::Request;

/// How many Discord names at once.
const PAGE: usize = 1000;
/// How many times it is asked. On a larger server, the rest is known once they speak.
const PAGES: usize = 10;

impl Inner {
    /// Says who is there.
    pub(super) async fn introduce(self: Arc<Self>) {
        let path = format!("/guilds/{}/members", self.settings.guild);
        let mut after = 0;
        for _ in 0..PAGES {
            let request = Request::get(&path).query("limit", PAGE).query("after", after);
            let members: Vec<Member> = match self.rest.ask_as(request).await {
                Ok(members) => members,
                Err(failure) => {
                    let reason = SendError::from(failure);
                    warn!(%reason, "the server does not tell who is on it: people are known by name once they speak");
                    return;
                }
            };
            for member in &members {
                self.met(member.user.as_deref(), member.nick.as_deref());
            }
            match members.iter().filter_map(|member| member.user.as_ref()).map(|user| user.id.0).max() {
                Some(last) if members.len() == PAGE => after = last,
                Some(_) | None => return,
            }
        }
    }
}
