//! Who may write in a channel, as Discord itself holds it: by overwrites.

mod plan;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use herald_chat::{Posting, RoomRef, SendError};
use tracing::error;

use crate::failure::refused;
use crate::mind::{Look, Looker};
use crate::names::channel_id;
use crate::permissions::{MANAGE_ROLES, Overwrite};
use crate::rest::Request;
use crate::rooms::RoomKind;
use crate::{Discord, Inner};

pub(crate) use plan::{INVITED, LEAST, LINE, WORK, allowable, archive, faults, is_archived, lacking, plan, ruling};

impl Discord {
    /// Says what a room of the configuration is for. From then on, [`Discord::news`] tells what is too open or missing
    /// there.
    ///
    /// # Errors
    /// When it is no room of Discord.
    pub fn mapped(&self, room: &RoomRef, kind: RoomKind) -> Result<(), SendError> {
        self.0.notes().mind.kinds.insert(channel_id(room)?, kind);
        Ok(())
    }
}

impl Inner {
    /// Makes Discord hold who may write in `channel`.
    pub(crate) async fn hold_line(&self, channel: u64, posting: Posting) -> Result<(), SendError> {
        match posting {
            Posting::HeraldOnly => drop(self.notes().guarded.insert(channel)),
            Posting::Members => drop(self.notes().guarded.remove(&channel)),
        }
        let Some(view) = self.view(channel).await? else {
            return match posting {
                Posting::Members => Ok(()),
                Posting::HeraldOnly => Err(refused("In a conversation of two, both can write.")),
            };
        };
        let plan = plan(&view.guild, &view.channel, &view.me, posting);
        if let Some(why) = plan.obstacle {
            return Err(refused(why));
        }
        let why = match posting {
            Posting::HeraldOnly => "Only Herald writes here",
            Posting::Members => "Members write here again",
        };
        self.set_rules(channel, &plan.rules, why).await?;
        self.notes().mind.news.found(channel, Looker::Line, plan.says);
        Ok(())
    }

    /// Sets the channel's own rules for roles and members.
    pub(crate) async fn set_rules(&self, channel: u64, rules: &[Overwrite], why: &str) -> Result<(), SendError> {
        for rule in rules {
            let body = serde_json::to_value(rule).map_err(|_| refused("A rule could not be written."))?;
            let request = Request::put(format!("/channels/{channel}/permissions/{}", rule.id), body).because(why);
            if let Err(failure) = self.rest.ask(request).await {
                let needed = match self.view(channel).await? {
                    Some(view) => ruling(&view.guild, &view.me),
                    None => MANAGE_ROLES,
                };
                return Err(self.why_not(channel, needed, failure).await);
            }
        }
        if !rules.is_empty() {
            self.look_anew(Some(channel));
        }
        Ok(())
    }

    /// Channels or roles have changed: one channel, or, with `None`, all of them. Called by the gateway's loop.
    pub(crate) async fn look_again(self: Arc<Self>, channel: Option<u64>) {
        let look = channel.map_or(Look::All, Look::Channel);
        self.look(look, || self.look_once(channel)).await;
    }

    async fn look_once(self: &Arc<Self>, channel: Option<u64>) {
        self.look_anew(channel);
        if channel.is_none() {
            // A role of Herald's may be another now.
            self.may_audit().await;
        }
        let concerned = |id: &u64| channel.is_none_or(|channel| channel == *id);
        let guarded: Vec<u64> = self.notes().guarded.iter().copied().filter(concerned).collect();
        for id in guarded {
            if let Err(fault) = self.hold_line(id, Posting::HeraldOnly).await {
                error!(channel = id, %fault, "others can write here now; what they write is removed");
            }
            if channel.is_some() {
                // This may have to wait for long, since a name can be put back only now and then.
                tokio::spawn(self.clone().hold_looks(id));
            }
        }
        let own = self.own_rooms();
        for id in own.into_iter().filter(concerned).filter(|_| channel.is_some()) {
            self.hold_private(id).await;
        }
        self.look_over(concerned).await;
    }

    /// What is too open or missing in the rooms that Herald uses, since somebody last asked.
    pub(crate) async fn news(&self) -> Vec<String> {
        self.look_over(|_| true).await;
        let news = &mut self.notes().mind.news;
        news.given = true;
        std::mem::take(&mut news.waiting)
    }

    async fn look_over(&self, concerned: impl Fn(&u64) -> bool) {
        let kinds: Vec<(u64, RoomKind)> = self.notes().mind.kinds.iter().map(|(id, kind)| (*id, *kind)).collect();
        for (id, kind) in kinds.into_iter().filter(|(id, _)| concerned(id)) {
            let found = match self.view(id).await {
                Ok(Some(view)) => faults(&view.guild, &view.channel, &view.me, kind),
                Ok(None) => Vec::new(),
                Err(SendError::Refused { reason }) => vec![reason],
                // The next change or start finds it out.
                Err(SendError::Retry { .. } | SendError::Unknown { .. }) => continue,
            };
            self.notes().mind.news.found(id, Looker::Room, found);
        }
    }
}
