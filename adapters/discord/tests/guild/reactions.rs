//! What is put on messages and taken off again.

use std::collections::BTreeSet;

use herald_chat::{Arrival, Inbound, Platform, What};
use serde_json::Value;

use crate::common::{Herald, Maybe, Tested, Town, key, user};

impl Herald {
    /// The next reaction, put on or taken off: its id, whether it is on, the emoji and by whom.
    async fn reaction(&self) -> Maybe<(String, bool, String, String)> {
        self.hears(|arrival| match arrival {
            Arrival::Event(Inbound { id, by, what: What::Reaction { emoji, .. }, .. }) => {
                Some((id, true, emoji, by.name))
            }
            Arrival::Event(Inbound { id, by, what: What::Unreacted { emoji, .. }, .. }) => {
                Some((id, false, emoji, by.name))
            }
            Arrival::Event(_) | Arrival::Gap => None,
        })
        .await
    }
}

#[tokio::test]
async fn a_reaction_is_put_on_and_taken_off_each_time_with_its_own_id() -> Tested {
    let town = Town::new().await?;
    let blob = town.guild.emoji("blob");
    let herald = town.herald().await?;
    herald.gap().await?;
    let said = town.ana.say(town.channel, "it is down")?;
    let mut ids = BTreeSet::new();
    for (emoji, shown) in [("👍", "👍"), (blob.as_str(), ":blob:"), ("👍", "👍")] {
        town.ben.react(town.channel, said, emoji)?;
        let (id, is_on, named, by) = herald.reaction().await?;
        assert_eq!((is_on, named.as_str(), by.as_str()), (true, shown, "ben"));
        assert!(ids.insert(id));
        town.ben.unreact(town.channel, said, emoji)?;
        let (id, is_on, named, by) = herald.reaction().await?;
        assert_eq!((is_on, named.as_str(), by.as_str()), (false, shown, "ben"));
        assert!(ids.insert(id));
    }
    Ok(())
}

#[tokio::test]
async fn those_on_an_old_message_keep_their_order() -> Tested {
    let town = Town::new().await?;
    let said = town.ana.say(town.channel, "said before Herald listened")?;
    let herald = town.herald().await?;
    herald.gap().await?;
    town.ben.react(town.channel, said, "👍")?;
    town.ben.unreact(town.channel, said, "👍")?;
    town.ben.react(town.channel, said, "🔥")?;
    let mut all = Vec::new();
    for _ in 0..3 {
        let (_, is_on, emoji, _) = herald.reaction().await?;
        all.push((is_on, emoji));
    }
    assert_eq!(all, [(true, "👍".to_owned()), (false, "👍".to_owned()), (true, "🔥".to_owned())]);
    Ok(())
}

#[tokio::test]
async fn all_that_were_heard_of_are_taken_off_together_and_heralds_own_are_not_told() -> Tested {
    let town = Town::new().await?;
    let herald = town.herald().await?;
    herald.gap().await?;
    let said = town.ana.say(town.channel, "it is down")?;
    let message = herald_chat::MessageRef { room: town.room(), id: said.to_string() };
    herald.discord.react(&message, "📌", &key("pin")).await?;
    for (who, emoji) in [(&town.ana, "👍"), (&town.ben, "👍"), (&town.ben, "🔥")] {
        who.react(town.channel, said, emoji)?;
        assert_eq!(herald.reaction().await?.2, emoji);
    }
    let path = format!("/channels/{}/messages/{said}/reactions", town.channel);
    town.guild.owner().call("DELETE", &format!("{path}/🔥"), Value::Null)?;
    let (_, is_on, emoji, by) = herald.reaction().await?;
    assert_eq!((is_on, emoji.as_str(), by.as_str()), (false, "🔥", "ben"));
    town.guild.owner().call("DELETE", &path, Value::Null)?;
    let mut gone = BTreeSet::new();
    for _ in 0..2 {
        let (_, is_on, emoji, by) = herald.reaction().await?;
        assert_eq!((is_on, emoji.as_str()), (false, "👍"));
        gone.insert(by);
    }
    assert_eq!(gone, BTreeSet::from(["ana".to_owned(), "ben".to_owned()]));
    assert_ne!(user(town.ana.id()), user(town.ben.id()));
    Ok(())
}
