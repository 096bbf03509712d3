//! serenity, unmodified but for its base address, lives on the server.

#![expect(clippy::unwrap_used, reason = "a test may say: this cannot be")]

use std::sync::Arc;

use herald_guild::{Discord, Limits, Reply, Seen, permissions};
use serde_json::json;
use serenity::all::{
    ButtonStyle, Command, CommandDataOptionValue, CommandOptionType, Context, CreateActionRow, CreateAllowedMentions,
    CreateAutocompleteResponse, CreateButton, CreateCommand, CreateCommandOption, CreateEmbed, CreateInputText,
    CreateInteractionResponse, CreateInteractionResponseFollowup, CreateInteractionResponseMessage, CreateMessage,
    CreateModal, EventHandler, GatewayIntents, GuildId, InputTextStyle, Interaction, Message, Ready,
};
use serenity::http::HttpBuilder;
use serenity::{async_trait, client::ClientBuilder};

/// Answers what the tests ask.
struct Bot {
    guild: GuildId,
}

#[async_trait]
impl EventHandler for Bot {
    async fn ready(&self, ctx: Context, _: Ready) {
        let title = CreateCommandOption::new(CommandOptionType::String, "title", "What is wrong").required(true);
        let whose = CreateCommandOption::new(CommandOptionType::User, "commander", "Who runs it");
        let declare = CreateCommandOption::new(CommandOptionType::SubCommand, "declare", "Declare an incident")
            .add_sub_option(title)
            .add_sub_option(whose);
        let which = CreateCommandOption::new(CommandOptionType::String, "incident", "Which").set_autocomplete(true);
        let show = CreateCommandOption::new(CommandOptionType::SubCommand, "show", "Show one").add_sub_option(which);
        let tree = CreateCommand::new("incident").description("Incidents").add_option(declare).add_option(show);
        let update = CreateCommand::new("update").description("Publish an update");
        self.guild.set_commands(&ctx.http, vec![tree, update]).await.unwrap();
        Command::set_global_commands(&ctx.http, vec![]).await.unwrap();
    }

    async fn message(&self, ctx: Context, message: Message) {
        if message.content == "!ping" {
            let mentions = CreateAllowedMentions::new();
            let embed = CreateEmbed::new().title("Pong").field("a", "b", true);
            let button = CreateButton::new("draft:1").label("Publish").style(ButtonStyle::Success);
            let answer = CreateMessage::new()
                .content(format!("pong @everyone {}", message.author.id))
                .embed(embed)
                .components(vec![CreateActionRow::Buttons(vec![button])])
                .allowed_mentions(mentions)
                .reference_message(&message);
            message.channel_id.send_message(&ctx.http, answer).await.unwrap();
        }
    }

    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        match interaction {
            Interaction::Command(it) if it.data.name == "update" => {
                let text = CreateInputText::new(InputTextStyle::Paragraph, "Text", "text");
                let next = CreateInputText::new(InputTextStyle::Short, "Next update in", "next").value("30m");
                let rows = vec![CreateActionRow::InputText(text), CreateActionRow::InputText(next)];
                let modal = CreateModal::new("update", "Update").components(rows);
                it.create_response(&ctx.http, CreateInteractionResponse::Modal(modal)).await.unwrap();
            }
            Interaction::Command(it) => {
                let CommandDataOptionValue::SubCommand(given) = &it.data.options[0].value else { return };
                let title = given[0].value.as_str().unwrap_or_default().to_owned();
                let message = CreateInteractionResponseMessage::new().content(format!("INC-1 {title}")).ephemeral(true);
                it.create_response(&ctx.http, CreateInteractionResponse::Message(message)).await.unwrap();
                let more = CreateInteractionResponseFollowup::new().content("declared");
                it.create_followup(&ctx.http, more).await.unwrap();
            }
            Interaction::Component(it) => {
                it.defer(&ctx.http).await.unwrap();
            }
            Interaction::Modal(it) => {
                let message = CreateInteractionResponseMessage::new().content("published");
                it.create_response(&ctx.http, CreateInteractionResponse::Message(message)).await.unwrap();
            }
            Interaction::Autocomplete(it) => {
                let choices = CreateAutocompleteResponse::new().add_string_choice("INC-1 checkout", "INC-1");
                it.create_response(&ctx.http, CreateInteractionResponse::Autocomplete(choices)).await.unwrap();
            }
            Interaction::Ping(_) | _ => {}
        }
    }
}

#[tokio::test]
async fn serenity_logs_in_talks_and_answers() {
    let discord = Discord::start().await.unwrap();
    discord.limits(Limits::discord());
    let (olga, ana, ben) = (discord.person("olga"), discord.person("ana"), discord.person("ben"));
    let app = discord.application("Herald", &olga);
    let guild = discord.guild("Acme", &olga);
    guild.join(&ana);
    guild.join(&ben);
    guild.add(
        app.id,
        permissions::VIEW_CHANNEL
            | permissions::SEND_MESSAGES
            | permissions::EMBED_LINKS
            | permissions::READ_MESSAGE_HISTORY,
    );
    let channel = guild.channel("War Room").unwrap();

    let http = HttpBuilder::new(&app.token).proxy(discord.address()).ratelimiter_disabled(true).build();
    let intents = GatewayIntents::all();
    let bot = Bot { guild: GuildId::new(guild.id().0) };
    let mut client = ClientBuilder::new_with_http(http, intents).event_handler(bot).await.unwrap();
    let shards = Arc::clone(&client.shard_manager);
    let running = tokio::spawn(async move { client.start().await });
    discord.connected(app.id).await;
    discord
        .until(|requests, _| (requests.iter().filter(|it| it.route.ends_with("/commands")).count() == 2).then_some(()))
        .await;

    ana.say(channel, "!ping").unwrap();
    let pong = ana.wait_for(channel, |seen| seen.iter().find(|it| it.name == "Herald").cloned()).await.unwrap();
    assert_eq!(pong.content, format!("pong @everyone {}", ana.id()));
    assert_eq!(pong.pinged, []);
    assert_eq!(pong.kind, 19);
    assert_eq!(pong.embeds[0]["title"], "Pong");

    let title = [("title", json!("checkout is down")), ("commander", json!(ben.id()))];
    let asked = ana.slash(channel, "incident declare", &title).unwrap();
    let answer = asked.message().await.unwrap();
    assert_eq!(answer.content, "INC-1 checkout is down");
    assert!(answer.ephemeral);
    assert_eq!(ana.whispers(channel), [answer]);
    assert_eq!(ben.whispers(channel), []);
    ben.wait_for(channel, |seen| seen.iter().find(|it| it.content == "declared").cloned()).await.unwrap();
    assert_eq!(asked.followups().len(), 1);

    let form = ana.slash(channel, "update", &[]).unwrap().modal().await.unwrap();
    assert_eq!(form.field("Next update in").unwrap().value, "30m");
    let refused = ana.submit(&form, &[]).unwrap_err();
    assert_eq!(refused.status, 0, "{refused}");
    let sent = ana.submit(&form, &[("Text", "We are on it")]).unwrap();
    assert_eq!(sent.message().await.unwrap().content, "published");

    let Reply::Update(same) = ben.press(pong.id, "Publish").unwrap().reply().await else { panic!("no update") };
    assert_eq!(same.id, pong.id);
    let suggested = ana.autocomplete(channel, "incident show", ("incident", "IN"), &[]).unwrap().reply().await;
    assert_eq!(suggested, Reply::Choices(vec![("INC-1 checkout".to_owned(), json!("INC-1"))]));
    assert_eq!(discord.unknown_requests(), []);

    discord.cut_gateway();
    ana.say(channel, "!ping").unwrap();
    let pongs = |seen: &[Seen]| (seen.iter().filter(|it| it.content.starts_with("pong")).count() == 2).then_some(());
    ana.wait_for(channel, pongs).await.unwrap();
    let connections = discord.connections();
    assert_eq!((connections.identified, connections.resumed), (1, 1));

    shards.shutdown_all().await;
    running.await.unwrap().unwrap();
}
