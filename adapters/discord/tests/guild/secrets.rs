//! The token is in nothing that Herald writes.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use herald_chat::{Network, Platform, Post, Text, Tone, UserRef, Voice};
use herald_guild::permissions::MANAGE_WEBHOOKS;
use herald_guild::{Fault, Rule};
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::common::{INVITED, Tested, Town, key};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Written {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn neither_a_token_nor_what_people_say_is_in_any_log_error_or_debug_text() -> Tested {
    let written = Written::default();
    let everything = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(written.clone()).finish();
    tracing::subscriber::set_global_default(everything)?;
    let mut town = Town::new().await?;
    town.settings.webhooks = true;
    town.guild.permit(town.role, INVITED | MANAGE_WEBHOOKS);
    let herald = town.herald().await?;
    herald.gap().await?;
    town.ana.say(town.channel, "the-password-is-sesame")?;
    herald.words().await?;
    let asked = town.ana.slash(town.channel, "incident status", &[])?;
    let (_, _, command) = herald.command().await?;
    town.discord.fault(Rule::new(Fault::Cut).on(|_, path| path.contains("@original")).times(1));
    let mut told = vec![format!(
        "{:?}",
        herald.answers(&command, Tone::Answer, "mind-the-gap").await.err().map(|it| it.to_string())
    )];
    herald.answers(&command, Tone::Answer, "mind-the-gap").await?;
    asked.message().await?;
    let door = town.discord.requests().into_iter().find_map(|it| {
        let path = it.path.strip_suffix("/callback")?.to_owned();
        path.rsplit('/').next().map(str::to_owned)
    });
    for fault in [Fault::Cut, Fault::LoseAnswer, Fault::Error(500), Fault::Page(502)] {
        town.discord.heal();
        town.discord.fault(Rule::new(fault).times(1));
        let post = Post::new(Tone::Notice, Text::says("mind-the-gap"));
        let answer = herald.discord.post(&town.room(), &post, &key(&format!("{fault:?}"))).await;
        told.push(format!("{answer:?}"));
    }
    let account = UserRef::new(&Network::new("matrix"), "@cleo:example.org");
    for fault in [Fault::Delay(Duration::ZERO), Fault::Cut, Fault::LoseAnswer, Fault::Error(500), Fault::Page(502)] {
        town.discord.heal();
        town.discord.fault(Rule::new(fault).on(|_, path| path.starts_with("/webhooks")).times(1));
        let text = Text::new().strong("cleo").and(": mind-the-gap");
        let voice = Some(Voice { account: account.clone(), name: "cleo".to_owned() });
        let post = Post { voice, ..Post::new(Tone::Notice, text) };
        let answer = herald.discord.post(&town.room(), &post, &key(&format!("voice {fault:?}"))).await;
        told.push(format!("{answer:?}"));
    }
    let hooks = town.guild.owner().call("GET", &format!("/channels/{}/webhooks", town.channel), Value::Null)?;
    let hook = hooks[0]["token"].as_str().ok_or("no webhook was made")?.to_owned();
    town.discord.heal();
    town.discord.stop();
    herald.is_cut_off().await?;
    town.comes_back().await;
    town.discord.until(|_, connections| (connections.resumed > 0).then_some(())).await;
    told.push(format!("{:?}", town.settings));
    town.discord.renew_token(town.bot.id);
    let answer = herald.discord.rooms().await;
    told.push(format!("{answer:?}"));
    let log = String::from_utf8(written.0.lock().unwrap().clone())?;
    assert!(log.contains("a session with Discord has begun"), "nothing was logged");
    told.push(log);
    let interaction = door.ok_or("no interaction was answered")?;
    for secret in [town.bot.token.as_str(), &interaction, &hook, "the-password-is-sesame", "mind-the-gap"] {
        for text in &told {
            if let Some(at) = text.find(secret) {
                let begin = text[..at].rfind('\n').unwrap_or(0);
                let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
                return Err(format!("{secret} stands in: {}", &text[begin..end]).into());
            }
        }
    }
    Ok(())
}
