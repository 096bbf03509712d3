//! A room of Herald's own is for all of those who were let in, and for nobody else but Herald, whatever others make of its rules.

use std::sync::Arc;

use herald_chat::{RoomPart, SendError};
use tracing::error;

use super::LetIn;
use super::access::has_lost;
use crate::Inner;
use crate::audit::{CHANNEL_DELETED, RULES_CHANGED};
use crate::failure::later;
use crate::line::{allowable, archive, is_archived};
use crate::mind::{Look, Looker};
use crate::permissions::{Channel, Kind, Overwrite, Permissions, VIEW_CHANNEL, in_channel};
use crate::rooms::{READ, WRITE};
use crate::sight::View;

impl Inner {
    /// Sees to it that a room of Herald's is for those who were let in, and for them alone. What cannot be done is done later.
    pub(crate) async fn hold_private(self: &Arc<Self>, channel: u64) {
        self.notes().mind.behind.remove(&channel);
        let private = self.make_private(channel).await;
        let done = private.and(self.let_lost_out(channel).await);
        let is_lost = self.notes().mind.is_refused_anew(Look::Channel(channel), &done);
        if let Err(why) = done {
            error!(channel, %why, "a room of Herald's may be open to others");
            self.falls_behind(channel);
        }
        if is_lost {
            self.tell_altered(channel, RoomPart::Control, RULES_CHANGED, channel).await;
        }
    }

    /// What Herald cannot see of its own rooms, a sentence each.
    pub(crate) async fn look_over_own(&self) {
        let own = self.own_rooms();
        if own.is_empty() {
            return;
        }
        let (Ok(all), Ok(guild), Ok(me)) = (self.channels().await, self.guild().await, self.myself().await) else {
            // The next change or start finds it out.
            return;
        };
        for channel in all.iter().filter(|it| own.contains(&it.id)) {
            let shown = channel.shown();
            let found = (!in_channel(&guild, channel, &me).has(VIEW_CHANNEL)).then(|| {
                format!(
                    "Herald cannot see {shown}, which is a room of its own, so others may read there. Allow `View Channel` for \
                     Herald there ({shown}, Edit Channel, Permissions)."
                )
            });
            self.notes().mind.news.found(channel.id, Looker::Owner, found.into_iter().collect());
        }
    }

    /// A room of Herald's is not there any more. If Herald did not know that yet, it is told, and then forgotten: if Herald ends
    /// in between, the next start tells it.
    pub(crate) async fn own_is_gone(&self, channel: u64) {
        let is_known = self.notes().own.has(channel);
        // Whoever else finds out leaves that to the first, who may still be asking who did it.
        if is_known && self.tell_altered(channel, RoomPart::Gone, CHANNEL_DELETED, channel).await {
            self.forget_own(channel);
        }
    }

    async fn make_private(&self, id: u64) -> Result<(), SendError> {
        // Each rule that is put back brings another look: that one waits until all of this is done and told.
        let lock = self.notes().mind.access.clone();
        let _alone = lock.lock().await;
        if !self.notes().own.has(id) {
            return Ok(());
        }
        self.look_anew(Some(id));
        match self.channel(id).await {
            Err(failure) if failure.is_code(10003) => {
                self.own_is_gone(id).await;
                return Ok(());
            }
            Ok(_) | Err(_) => {}
        }
        let Some(view) = self.view(id).await? else { return Err(later("Discord calls it a conversation of two")) };
        let (people, is_closed): (Vec<(u64, LetIn)>, bool) = {
            let notes = self.notes();
            let Some(room) = notes.own.rooms.get(&id) else { return Ok(()) };
            (room.people.iter().map(|(user, let_in)| (*user, *let_in)).collect(), room.closed)
        };
        let may = allowable(&view.guild, &view.channel, &view.me);
        let is_closed = is_closed || is_archived(&view.channel, self.my_id());
        let herald = self.own_rule(&view.channel, may);
        let open = self.open_rules(&view.channel, &people);
        let lost = self.lost_rules(&view, &people, if is_closed { READ } else { WRITE } & may).await?;
        // Herald's own first, so that it does not lose sight of the room.
        let rules: Vec<Overwrite> = herald.into_iter().chain(open.clone()).chain(lost.clone()).collect();
        self.set_rules(id, &rules, "Those who were let in read here, and nobody else").await?;
        if is_closed {
            self.close_again(id).await?;
        }
        let part = match (open.is_empty(), lost.is_empty(), rules.is_empty()) {
            (_, false, _) => RoomPart::Members,
            (false, true, _) => RoomPart::Access,
            (true, true, false) => RoomPart::Rules,
            (true, true, true) => return Ok(()),
        };
        self.tell_altered(id, part, RULES_CHANGED, id).await;
        Ok(())
    }

    /// Herald's own rule, if it has lost it.
    fn own_rule(&self, channel: &Channel, may: Permissions) -> Option<Overwrite> {
        let own = channel.rule(Kind::Member, self.my_id());
        let whole = Overwrite { allow: own.allow | (VIEW_CHANNEL & may), deny: own.deny - VIEW_CHANNEL, ..own };
        (!own.allow.has(VIEW_CHANNEL)).then_some(whole)
    }

    /// What closes the channel to those who were not let in, as far as it is open.
    fn open_rules(&self, channel: &Channel, people: &[(u64, LetIn)]) -> Vec<Overwrite> {
        let (guild, me) = (self.settings.guild.get(), self.my_id());
        let everybody = channel.rule(Kind::Role, guild);
        let shut =
            Overwrite { allow: everybody.allow - VIEW_CHANNEL, deny: everybody.deny | VIEW_CHANNEL, ..everybody };
        let is_other = |it: &&Overwrite| match it.kind {
            Kind::Role => it.id != guild,
            Kind::Member => it.id != me && people.iter().all(|(user, _)| *user != it.id),
        };
        let others = channel.overwrites.iter().filter(is_other).filter(|it| it.allow.has(VIEW_CHANNEL));
        let others = others.map(|it| Overwrite { allow: it.allow - VIEW_CHANNEL, ..*it });
        (!everybody.deny.has(VIEW_CHANNEL)).then_some(shut).into_iter().chain(others).collect()
    }

    /// The rules of those who were let in and are in it no more, although nothing of theirs has changed: a rule that is gone is
    /// no leaving.
    async fn lost_rules(
        &self,
        view: &View,
        people: &[(u64, LetIn)],
        grant: Permissions,
    ) -> Result<Vec<Overwrite>, SendError> {
        let responders = self.settings.responders.map(u64::from);
        let mut lost = Vec::new();
        for (user, let_in) in people {
            let rule = view.channel.rule(Kind::Member, *user);
            if rule.allow.has(VIEW_CHANNEL) && (rule.deny & grant).is_empty() {
                continue;
            }
            // Whoever has lost it by leaving is taken out by whoever looks at that.
            if !has_lost(let_in, self.member(*user).await?.as_ref(), responders) {
                lost.push(Overwrite { allow: rule.allow | grant, deny: rule.deny - grant, ..rule });
            }
        }
        Ok(lost)
    }

    /// A room that Herald had closed for good is closed still.
    async fn close_again(&self, id: u64) -> Result<(), SendError> {
        let Some(view) = self.view(id).await? else { return Ok(()) };
        let plan = archive(&view.guild, &view.channel, &view.me);
        self.set_rules(id, &plan.rules, "The incident is over").await
    }
}
