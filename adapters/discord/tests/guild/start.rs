//! What Herald says when it cannot start.

use herald_discord::StartError;
use herald_guild::{Fault, Rule};

use crate::common::{Maybe, Tested, Town};

const MESSAGE_CONTENT: u64 = 1 << 15;
const MEMBERS: u64 = 1 << 1;

async fn refused(town: &Town) -> Maybe<String> {
    match town.connect().await {
        Ok(_) => Err("it started".into()),
        Err(error) => {
            let said = error.to_string();
            assert!(!said.contains(&town.bot.token), "{said}");
            Ok(said)
        }
    }
}

#[tokio::test]
async fn a_token_that_is_none_is_explained_with_where_to_click() -> Tested {
    let town = Town::new().await?;
    town.discord.renew_token(town.bot.id);
    let said = refused(&town).await?;
    assert!(said.contains("does not accept the token") && said.contains("Reset Token"), "{said}");
    Ok(())
}

#[tokio::test]
async fn an_intent_that_is_off_is_named_before_anything_is_heard() -> Tested {
    let town = Town::new().await?;
    for (on, missing) in [(MEMBERS, "Message Content Intent"), (MESSAGE_CONTENT, "Server Members Intent")] {
        town.discord.allow_intents(town.bot.id, on);
        let said = refused(&town).await?;
        assert!(said.contains(missing) && said.contains(&format!("/{}/bot", town.bot.id)), "{said}");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_herald_is_not_on_comes_with_a_link_that_invites_it() -> Tested {
    let town = Town::new().await?;
    town.guild.remove(town.bot.id);
    let said = refused(&town).await?;
    let link =
        format!("https://discord.com/oauth2/authorize?client_id={}&scope=bot+applications.commands", town.bot.id);
    assert!(said.contains(&link) && !said.contains("permissions=8&"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_discord_in_trouble_is_no_fault_of_the_configuration() -> Tested {
    let town = Town::new().await?;
    town.discord.fault(Rule::new(Fault::Page(502)).times(1));
    let error = town.connect().await.err().ok_or("it started")?;
    assert!(matches!(error, StartError::Unreachable { .. }), "{error}");
    town.connect().await?;
    Ok(())
}

#[tokio::test]
async fn two_heralds_do_not_share_a_store() -> Tested {
    let town = Town::new().await?;
    let _first = town.connect().await?;
    let error = town.connect().await.err().ok_or("it started")?;
    assert!(matches!(error, StartError::AlreadyRunning { .. }), "{error}");
    Ok(())
}

#[tokio::test]
async fn commands_are_offered_once_and_again_when_somebody_has_changed_them() -> Tested {
    let town = Town::new().await?;
    let offers = || town.discord.count("PUT /applications/{id}/guilds/{id}/commands").0;
    drop(town.connect().await?);
    drop(town.connect().await?);
    assert_eq!(offers(), 1);
    let mut offered = town.ana.commands(town.channel);
    offered.sort();
    assert_eq!(offered, ["incident declare", "incident roles assign", "incident status", "update"]);
    town.guild.remove(town.bot.id);
    town.guild.add(town.bot.id, 0);
    let _ = town.connect().await?;
    assert!(!town.ana.commands(town.channel).is_empty());
    Ok(())
}
