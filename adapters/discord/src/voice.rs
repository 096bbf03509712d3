//! What people said elsewhere, under their name: by a webhook of Herald's own in the channel.
//!
//! A webhook's messages have no nonce and answer none. So that no key makes two, a message whose answer may have been lost is
//! looked for before it is made again; what is answered is linked to.

use herald_chat::{MessageRef, Post, RoomPart, SendError, SendKey, Tone, Voice};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::Inner;
use crate::audit::WEBHOOK_CHANGED;
use crate::failure::later;
use crate::format::{self, Part, voice};
use crate::line::lacking;
use crate::mind::{Hook, Looker};
use crate::names::{channel_id, message_id, snowflake};
use crate::permissions::MANAGE_WEBHOOKS;
use crate::rest::{Failure, Request, Upload};
use crate::send::{answered, part_key};

/// What Herald's webhooks are called.
const NAME: &str = "Herald";
/// For how long a message may have been made whose answer was lost, before this run or in it.
const LATELY: SignedDuration = SignedDuration::from_mins(3);
/// For how long Herald itself says who said what in a channel whose webhook somebody has moved.
const MOVED: SignedDuration = SignedDuration::from_mins(10);
/// Of how many messages it is known which webhook made them.
const MANY: usize = 5000;

impl Inner {
    /// Whose name a post goes under, if it does.
    pub(crate) fn voice<'a>(&self, channel: u64, post: &'a Post) -> Option<&'a Voice> {
        let may = self.settings.webhooks && post.tone != Tone::Update && !self.is_guarded(channel);
        post.voice.as_ref().filter(|_| may && !self.is_direct(channel))
    }

    /// The post's messages, as the webhook makes them.
    pub(crate) fn voiced(&self, post: &Post, place: u64, has_file: bool) -> Vec<Part> {
        let before = answered(post, place).map(|to| {
            let guild = self.settings.guild;
            format!("-# [↪ in answer to this](<https://discord.com/channels/{guild}/{place}/{to}>)\n")
        });
        let mut parts = format::voiced(post, before.as_deref().unwrap_or_default());
        if has_file && parts.is_empty() {
            parts.push(Part::silence(post.tone));
        }
        parts
    }

    /// Says a post under somebody's name. `None`: that cannot be done here, and it is to be said as all else.
    pub(crate) async fn say_as(
        &self,
        (channel, place): (u64, u64),
        (post, whose): (&Post, &Voice),
        key: &SendKey,
        upload: Option<&Upload>,
    ) -> Result<Option<MessageRef>, SendError> {
        let parts = self.voiced(post, place, upload.is_some());
        if parts.is_empty() {
            return Ok(None);
        }
        let name = voice::username(&whose.name);
        let mut speaks_by = None;
        let mut sent = Vec::new();
        for (n, part) in parts.iter().enumerate() {
            let key = part_key(key, n);
            if let Some(there) = self.already(place, part, &key).await? {
                sent.push(there);
                continue;
            }
            let stands = match speaks_by.take() {
                Some(hook) => Some(hook),
                None => self.standing_hook(channel).await?,
            };
            let Some(mut hook) = stands else {
                // What was begun so does not go on otherwise.
                return if sent.is_empty() { Ok(None) } else { Err(later("Herald has no webhook for the rest of it")) };
            };
            let upload = upload.filter(|_| n == 0);
            let mut made = self.execute(&hook, (channel, place), part, &name, upload).await;
            let is_moved = |failure: &Failure| place != channel && failure.is_code(10003);
            if made.as_ref().is_err_and(|failure| is_gone(failure) || is_moved(failure)) {
                self.notes().mind.hooks.remove(&channel);
                let Some(other) = self.standing_hook(channel).await? else { return Ok(None) };
                hook = other;
                made = self.execute(&hook, (channel, place), part, &name, upload).await;
            }
            let made = match made {
                Ok(made) if is_elsewhere(&made, place) => return Err(self.misplaced(channel, &hook, &made).await),
                Ok(made) => made,
                Err(failure) => {
                    if let Some(why) = upload.and_then(|_| self.not_taken(&failure)) {
                        return Err(why);
                    }
                    if matches!(failure, Failure::Unknown { .. }) {
                        self.notes().mind.unsure.insert(key.as_str().to_owned());
                    }
                    return Err(failure.into());
                }
            };
            let id = made["id"].as_str().and_then(snowflake);
            let id = id.ok_or_else(|| SendError::Unknown { reason: "Discord named no message".to_owned() })?;
            self.note_voiced(id, hook.id, &key);
            sent.push(id);
            speaks_by = Some(hook);
        }
        self.note_parts(place, &sent).map(Some)
    }

    fn note_voiced(&self, message: u64, hook: u64, key: &SendKey) {
        let mind = &mut self.notes().mind;
        mind.claims.note(message, key.as_str());
        mind.voiced.insert(message, hook);
        if mind.voiced.len() > MANY {
            mind.voiced.pop_first();
        }
    }

    /// The message that this key has made, if that may be: in this run, or not long before it.
    async fn already(&self, place: u64, part: &Part, key: &SendKey) -> Result<Option<u64>, SendError> {
        if let Some(made) = self.notes().mind.claims.made_by(key) {
            return Ok(Some(made));
        }
        let now = self.clock.now();
        let is_unsure = self.notes().mind.unsure.contains(key.as_str());
        if !is_unsure && now.duration_since(self.begun) > LATELY {
            return Ok(None);
        }
        let since = if is_unsure { now } else { self.begun.min(now) };
        let since = since.saturating_sub(LATELY).unwrap_or(Timestamp::UNIX_EPOCH);
        self.find_voiced(place, part, key, since).await
    }

    /// The webhook by which Herald speaks in a channel, which stands there as Discord says now: somebody may have moved it to
    /// where others read, and Discord's word of that may be late. `None` where there is none.
    async fn standing_hook(&self, channel: u64) -> Result<Option<Hook>, SendError> {
        let moved = self.notes().mind.moved.get(&channel).copied();
        if moved.is_some_and(|at| self.clock.now().duration_since(at) < MOVED) {
            return Ok(None);
        }
        let mut is_second = false;
        while let Some(hook) = self.hook(channel).await? {
            match self.rest.ask(Request::get(hook.path())).await {
                Ok(shown) if shown["channel_id"] == json!(channel.to_string()) => return Ok(Some(hook)),
                Ok(_) => {
                    self.was_moved(channel, &hook).await;
                    return Ok(None);
                }
                Err(failure) if is_gone(&failure) && !is_second => {
                    self.notes().mind.hooks.remove(&channel);
                    is_second = true;
                }
                Err(failure) => return Err(failure.into()),
            }
        }
        Ok(None)
    }

    /// Somebody has moved a webhook of Herald's: it is removed, and for a while there is no other, which would be moved again.
    async fn was_moved(&self, channel: u64, hook: &Hook) {
        {
            let mind = &mut self.notes().mind;
            mind.hooks.clear();
            mind.moved.insert(channel, self.clock.now());
        }
        if let Err(failure) = self.rest.ask(Request::delete(hook.path())).await {
            let why = SendError::from(failure);
            tracing::warn!(%why, "a webhook of Herald's that was moved stays");
        }
        self.tell_altered(channel, RoomPart::Webhook, WEBHOOK_CHANGED, hook.id).await;
    }

    /// What was said stands in another channel: somebody has moved the webhook there just now. It is taken away from there.
    async fn misplaced(&self, channel: u64, hook: &Hook, made: &Value) -> SendError {
        let there = made["channel_id"].as_str().and_then(snowflake);
        if let (Some(there), Some(id)) = (there, made["id"].as_str().and_then(snowflake)) {
            self.notes().removing.insert(id);
            let by_webhook = Request::delete(format!("{}/messages/{id}", hook.path()));
            if self.rest.ask(Request::delete(format!("/channels/{there}/messages/{id}"))).await.is_err()
                && let Err(failure) = self.rest.ask(by_webhook).await
            {
                let why = SendError::from(failure);
                tracing::error!(channel = there, %why, "what was to be said elsewhere stands here: a webhook was moved");
            }
        }
        self.was_moved(channel, hook).await;
        later("somebody has moved Herald's webhook to another channel")
    }

    /// The webhook of a channel, made if there is none. `None` where Herald may not have one.
    async fn hook(&self, channel: u64) -> Result<Option<Hook>, SendError> {
        let lock = self.notes().mind.making.clone();
        let _alone = lock.lock().await;
        if let Some(known) = self.notes().mind.hooks.get(&channel) {
            return Ok(Some(known.clone()));
        }
        let path = format!("/channels/{channel}/webhooks");
        let found = match self.rest.ask(Request::get(path.clone())).await {
            Ok(found) => found,
            Err(failure) => return self.no_hook(channel, failure).await,
        };
        let own = json!(self.application.to_string());
        let mine = found.as_array().into_iter().flatten().filter(|it| it["application_id"] == own).find_map(read_hook);
        let hook = match mine {
            Some(hook) => hook,
            None => match self
                .rest
                .ask(Request::post(path, json!({ "name": NAME })).because("To pass on who said what"))
                .await
            {
                Ok(made) => {
                    let nameless = || SendError::Unknown { reason: "Discord named no webhook".to_owned() };
                    read_hook(&made).ok_or_else(nameless)?
                }
                Err(failure) => return self.no_hook(channel, failure).await,
            },
        };
        self.notes().mind.hooks.insert(channel, hook.clone());
        self.notes().mind.news.found(channel, Looker::Voice, Vec::new());
        Ok(Some(hook))
    }

    async fn no_hook(&self, channel: u64, failure: Failure) -> Result<Option<Hook>, SendError> {
        let why = if failure.is_code(30007) {
            "Discord allows no more webhooks in this channel: delete one (Edit Channel, Integrations).".to_owned()
        } else if failure.is_code(50013) || failure.is_code(50001) {
            self.look_anew(None);
            let Some(view) = self.view(channel).await? else { return Ok(None) };
            lacking(&view.guild, &view.channel, &view.me, MANAGE_WEBHOOKS)
                .unwrap_or_else(|| format!("Herald may not make webhooks in {}.", view.place.shown()))
        } else {
            return Err(failure.into());
        };
        let line = format!("{why} Until then, Herald says itself who said what.");
        self.notes().mind.news.found(channel, Looker::Voice, vec![line]);
        Ok(None)
    }

    async fn execute(
        &self,
        hook: &Hook,
        (channel, place): (u64, u64),
        part: &Part,
        name: &str,
        upload: Option<&Upload>,
    ) -> Result<Value, Failure> {
        let mut body = part.bare();
        body["username"] = json!(name);
        body["allowed_mentions"] = json!({ "parse": [] });
        let request = Request::post(hook.path(), body).query("wait", true);
        self.rest.ask_with(in_thread(request, channel, place), upload).await
    }

    /// The webhook that made one of Herald's own messages, and the channel that it is in. `None` for all other messages.
    pub(crate) async fn hook_of(&self, place: u64, message: u64) -> Result<Option<(u64, Hook)>, SendError> {
        if !self.settings.webhooks {
            return Ok(None);
        }
        let known = self.notes().mind.voiced.get(&message).copied();
        let made_by = match known {
            Some(hook) => Some(hook),
            None => match self.rest.ask(Request::get(format!("/channels/{place}/messages/{message}"))).await {
                Ok(found) if found["application_id"] == json!(self.application.to_string()) => {
                    found["webhook_id"].as_str().and_then(snowflake).filter(|id| *id != self.application)
                }
                Ok(_) => None,
                Err(failure) if failure.is_status(404) => None,
                Err(failure) => return Err(failure.into()),
            },
        };
        let Some(made_by) = made_by else { return Ok(None) };
        let parent = self.notes().parents.get(&place).copied();
        let channel = parent.unwrap_or(place);
        let hook = self.hook(channel).await?;
        Ok(hook.filter(|hook| hook.id == made_by).map(|hook| (channel, hook)))
    }

    /// Makes a message of a webhook say this, or takes it away.
    pub(crate) async fn change_voiced(
        &self,
        (channel, hook): &(u64, Hook),
        (place, message): (u64, u64),
        part: Option<&Part>,
    ) -> Result<(), SendError> {
        let path = format!("{}/messages/{message}", hook.path());
        let request = match part {
            Some(part) => {
                let mut body = part.edit();
                body["allowed_mentions"] = json!({ "parse": [] });
                Request::patch(path, body)
            }
            None => Request::delete(path),
        };
        match self.rest.ask(in_thread(request, *channel, place)).await {
            Ok(_) => Ok(()),
            Err(failure) if part.is_none() && failure.is_code(10008) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Makes a post under somebody's name say something else. Whether that was one.
    pub(crate) async fn change_as(&self, message: &MessageRef, post: &Post) -> Result<bool, SendError> {
        let (place, first) = (channel_id(&message.room)?, message_id(message)?);
        let Some(hook) = self.hook_of(place, first).await? else { return Ok(false) };
        let parts = self.voiced(post, place, false);
        let tail = self.notes().mind.tails.get(&first).cloned().unwrap_or_default();
        // What is more than before stands in the last: no message can be put between others.
        for (at, id) in std::iter::once(first).chain(tail).enumerate() {
            self.change_voiced(&hook, (place, id), parts.get(at)).await?;
        }
        Ok(true)
    }
}

impl Hook {
    /// Its token is all that it needs, and is never shown.
    fn path(&self) -> String {
        format!("/webhooks/{}/{}", self.id, self.token.expose_secret())
    }
}

fn read_hook(shown: &Value) -> Option<Hook> {
    let id = snowflake(shown["id"].as_str()?)?;
    Some(Hook { id, token: SecretString::from(shown["token"].as_str()?) })
}

fn in_thread(request: Request, channel: u64, place: u64) -> Request {
    if channel == place { request } else { request.query("thread_id", place) }
}

/// Whether Discord put a message into another channel or thread than the one that was meant.
fn is_elsewhere(made: &Value, place: u64) -> bool {
    made["channel_id"].as_str().and_then(snowflake).is_some_and(|there| there != place)
}

/// Whether the webhook itself is gone, or has another token.
fn is_gone(failure: &Failure) -> bool {
    failure.is_code(10015) || failure.is_code(50027)
}
