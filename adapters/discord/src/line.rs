//! Who may write in a channel, as Discord itself holds it: by overwrites.

mod plan;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use herald_chat::{Posting, RoomPart, RoomRef, SendError};
use tracing::error;

use crate::audit::RULES_CHANGED;
use crate::failure::refused;
use crate::guard::Held;
use crate::mind::{Look, Looker};
use crate::names::channel_id;
use crate::permissions::{Channel, MANAGE_ROLES, Overwrite};
use crate::rest::Request;
use crate::rooms::RoomKind;
use crate::{Discord, Inner};

pub(crate) use plan::{
    INVITED, LEAST, LINE, WORK, allowable, archive, faults, is_archived, lacking, plan, readers, ruling, shown_again,
};

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

/// The rules of a channel, in an order of their own.
fn in_order(channel: &Channel) -> Vec<Overwrite> {
    let mut rules = channel.overwrites.clone();
    rules.retain(|it| !(it.allow | it.deny).is_empty());
    rules.sort_by_key(|it| it.id);
    rules
}

impl Inner {
    /// Makes Discord hold who may write in `channel`.
    pub(crate) async fn hold_line(&self, channel: u64, posting: Posting) -> Result<(), SendError> {
        let lock = self.notes().mind.line.clone();
        let is_changed = {
            let _alone = lock.lock().await;
            self.set_line(channel, posting).await?
        };
        if is_changed {
            self.tell_altered(channel, RoomPart::Rules, RULES_CHANGED, channel).await;
        }
        Ok(())
    }

    /// The same. Whether others had changed it.
    async fn set_line(&self, channel: u64, posting: Posting) -> Result<bool, SendError> {
        match posting {
            Posting::HeraldOnly => drop(self.notes().guarded.insert(channel)),
            Posting::Members => {
                self.unguard(channel);
                // Whoever is asked for news does not close it again.
                self.notes().mind.kinds.retain(|id, kind| *id != channel || *kind != RoomKind::Announcements);
            }
        }
        let Some(view) = self.view(channel).await? else {
            return match posting {
                Posting::Members => Ok(false),
                Posting::HeraldOnly => Err(refused("In a conversation of two, both can write.")),
            };
        };
        let (given, before) = {
            let notes = self.notes();
            let held = notes.held.get(&channel).filter(|_| posting == Posting::HeraldOnly);
            (held.and_then(Held::readers), notes.mind.ruled.get(&channel).cloned())
        };
        let again = given.map(|given| shown_again(&view.guild, &view.channel, &given)).unwrap_or_default();
        let shown = again.iter().fold(view.channel.clone(), |channel, rule| channel.with(*rule));
        let mut plan = plan(&view.guild, &shown, &view.me, posting);
        // Others have changed the rules: Herald knows how it left them, or to whom the channel was shown.
        let is_changed = !again.is_empty() || before.is_some_and(|before| before != in_order(&view.channel));
        let alone =
            again.into_iter().filter(|it| plan.rules.iter().all(|rule| (rule.kind, rule.id) != (it.kind, it.id)));
        let alone: Vec<Overwrite> = alone.collect();
        plan.rules.extend(alone);
        if let Some(why) = plan.obstacle {
            return Err(refused(why));
        }
        let why = match posting {
            Posting::HeraldOnly => "Only Herald writes here",
            Posting::Members => "Members write here again",
        };
        self.set_rules(channel, &plan.rules, why).await?;
        let after = plan.rules.iter().fold(view.channel, |channel, rule| channel.with(*rule));
        let mind = &mut self.notes().mind;
        if posting == Posting::HeraldOnly {
            mind.ruled.insert(channel, in_order(&after));
        }
        mind.news.found(channel, Looker::Line, plan.says);
        Ok(is_changed && posting == Posting::HeraldOnly && !plan.rules.is_empty())
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
            let line = self.hold_line(id, Posting::HeraldOnly).await;
            if let Err(fault) = &line {
                error!(channel = id, %fault, "others can write here now; what they write is removed");
            }
            let is_lost = self.notes().mind.is_refused_anew(Look::Channel(id), &line);
            if is_lost {
                self.tell_altered(id, RoomPart::Control, RULES_CHANGED, id).await;
            }
            // For a moment Herald may have seen nothing there, or could do nothing.
            if channel.is_some() || line.is_err() || self.is_behind(id) {
                self.see_to(id, true).await;
            }
            if line.is_err() {
                self.falls_behind(id);
            }
        }
        let own = self.own_rooms();
        for id in own.into_iter().filter(concerned).filter(|id| channel.is_some() || self.is_behind(*id)) {
            self.hold_private(id).await;
        }
        self.look_over(concerned).await;
    }

    /// What is too open or missing in the rooms that Herald uses, since somebody last asked.
    pub(crate) async fn news(&self) -> Vec<String> {
        // Whoever reads the rooms sees to these too, but perhaps a moment later than this is asked.
        let unruled: Vec<u64> = {
            let mind = &self.notes().mind;
            let outside = mind.kinds.iter().filter(|(_, kind)| **kind == RoomKind::Announcements);
            outside.map(|(id, _)| *id).filter(|id| !mind.ruled.contains_key(id)).collect()
        };
        for id in unruled {
            if let Err(fault) = self.hold_line(id, Posting::HeraldOnly).await {
                error!(channel = id, %fault, "others can write here; what they write is removed");
            }
        }
        self.look_over(|_| true).await;
        self.look_over_own().await;
        let news = &mut self.notes().mind.news;
        news.given = true;
        std::mem::take(&mut news.waiting)
    }

    async fn look_over(&self, concerned: impl Fn(&u64) -> bool) {
        let kinds: Vec<(u64, RoomKind)> = self.notes().mind.kinds.iter().map(|(id, kind)| (*id, *kind)).collect();
        for (id, kind) in kinds.into_iter().filter(|(id, _)| concerned(id)) {
            let found = match self.view(id).await {
                Ok(Some(view)) => faults(&view.guild, &view.channel, &view.me, kind, self.settings.called()),
                Ok(None) => Vec::new(),
                Err(SendError::Refused { reason }) => vec![reason],
                // The next change or start finds it out.
                Err(SendError::Retry { .. } | SendError::Unknown { .. }) => continue,
            };
            self.notes().mind.news.found(id, Looker::Room, found);
        }
    }
}
