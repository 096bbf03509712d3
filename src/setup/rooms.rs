//! Which rooms are for whom, and those that Herald makes.

use herald_chat::{Finding, Grade, Network, RoomRef};

use super::Setup;
use super::look::obstacle;
use super::matrix::host;
use super::paper::Paper;
use super::people::list;
use super::settle::Question;
use crate::config::{Config, Rooms};
use crate::incident::Audience;
use crate::journal::is_in_use;
use crate::service::furnish;

/// Whom rooms are asked for: their list, what is said about them, and whether most teams have one.
const LISTS: [(Audience, &str, &str, bool); 5] = [
    (Audience::WarRoom, "war_room", "War room: the people who respond", true),
    (Audience::Engineering, "engineering", "Engineering: everybody who could help", true),
    (Audience::Company, "company", "Company: everybody reads, only Herald posts", true),
    (Audience::Customers, "customers", "Customers: people outside read, only Herald posts", false),
    (Audience::Admin, "admin", "Administration: `!admin` works there, and in direct messages to Herald", false),
];

impl Setup<'_> {
    pub(super) async fn rooms(&mut self) -> Result<(), String> {
        self.part(5, "Rooms");
        if self.talk.is_asked() {
            self.talk.say("Those that are not there yet can be made. `-` is none.");
        }
        let networks: Vec<&str> = ["matrix", "discord"].into_iter().filter(|it| self.paper.has(it)).collect();
        let mut to_make = Rooms::default();
        for list in LISTS {
            for network in &networks {
                self.room(list, network, &mut to_make).await?;
            }
        }
        if self.paper.list("rooms", "war_room").is_empty() {
            return Err(
                "there is no war room, so nobody could declare an incident. Run `herald init` again and give one"
                    .to_owned(),
            );
        }
        self.responders(&to_make).await?;
        self.make(to_make).await
    }

    /// The rooms of one audience on one network.
    async fn room(
        &mut self,
        (audience, key, asks, is_usual): (Audience, &str, &str, bool),
        network: &str,
        to_make: &mut Rooms,
    ) -> Result<(), String> {
        let on = |room: &String| room.strip_prefix(network).and_then(|it| it.strip_prefix(':')).map(str::to_owned);
        let all = self.paper.list("rooms", key);
        let there: Vec<String> = all.iter().filter_map(on).collect();
        let given: Vec<String> =
            self.given.rooms_of(audience).map(RoomRef::to_string).filter_map(|it| on(&it)).collect();
        let shown = if network == "matrix" { "Matrix" } else { "Discord" };
        let question = Question {
            asks: &format!("{asks}. On {shown}"),
            given: (!given.is_empty()).then(|| given.join(",")),
            there: (!there.is_empty()).then(|| there.join(", ")),
            proposed: if !is_usual {
                "-".to_owned()
            } else if network == "matrix" {
                let user = self.paper.get("matrix", "user").unwrap_or_default();
                let server = user.split_once(':').map_or_else(|| host(""), |(_, server)| server);
                format!("#{audience}:{server}")
            } else {
                format!("#{audience}")
            },
            is_strict: false,
        };
        let mut absent = Vec::new();
        self.settle(question, async |setup, mut paper, answer| {
            let rooms: Vec<String> = if answer == "-" { Vec::new() } else { list(answer).map(str::to_owned).collect() };
            let (absent_now, found) = setup.try_rooms(&mut paper, audience, key, network, &rooms).await?;
            absent = absent_now;
            Ok((paper, found))
        })
        .await?;
        of(to_make, audience).append(&mut absent);
        Ok(())
    }

    /// Tries rooms in place of those that stand there. Returns those that have to be made as well.
    async fn try_rooms(
        &self,
        paper: &mut Paper,
        audience: Audience,
        key: &str,
        network: &str,
        rooms: &[String],
    ) -> Result<(Vec<RoomRef>, Vec<Finding>), String> {
        let mut all = paper.list("rooms", key);
        all.retain(|it| !it.starts_with(&format!("{network}:")));
        all.extend(rooms.iter().map(|room| format!("{network}:{room}")));
        if all.is_empty() {
            paper.remove("rooms", key);
            return Ok((Vec::new(), Vec::new()));
        }
        paper.set_list("rooms", key, &all);
        let config = paper.config().map_err(|error| error.to_string())?;
        let (mut absent, mut found) = (Vec::new(), Vec::new());
        for room in config.rooms.of(audience).iter().filter(|it| it.network() == Network::new(network)) {
            let mut alone = Rooms::default();
            of(&mut alone, audience).push(room.clone());
            let config = Config { rooms: alone, ..config.clone() };
            let strict = self.look(&making(&config, false), network, &["rooms"]).await;
            if obstacle(&strict).is_none() {
                found.extend(strict);
                continue;
            }
            let lenient = self.look(&making(&config, true), network, &["rooms"]).await;
            // What is wrong even so is wrong in another way than that it is not there.
            if obstacle(&lenient).is_some() {
                found.extend(lenient);
            } else if self.given.create || self.talk.is_asked() {
                absent.push(room.clone());
                let about = format!("rooms.{key} {}", room.id());
                found.push(Finding::fine(about, "it is not there yet, and Herald makes it"));
            } else {
                found.extend(strict.into_iter().map(|it| {
                    let says =
                        format!("{} on {network} is not there. Correct it, or have it made with --create", room.id());
                    if it.grade == Grade::Wrong { Finding { says, ..it } } else { it }
                }));
            }
        }
        Ok((absent, found))
    }

    /// Who is let into a war room that is made.
    async fn responders(&mut self, to_make: &Rooms) -> Result<(), String> {
        let is_made = |network: &str| to_make.war_room.iter().any(|it| it.network() == Network::new(network));
        let given = &self.given.invite;
        if is_made("matrix") || !given.is_empty() {
            let admins = self.paper.list("people", "admins");
            let admins: Vec<&str> = admins.iter().filter_map(|it| it.strip_prefix("matrix:")).collect();
            let there = self.paper.list("matrix", "invite");
            let question = Question {
                asks: "Whom Herald invites to the war room on Matrix, such as @ana:example.org; several with commas, `-` is nobody",
                given: (!given.is_empty()).then(|| given.join(",")),
                there: (!there.is_empty()).then(|| there.join(", ")),
                proposed: admins.join(", "),
                is_strict: false,
            };
            self.settle(question, async |_, mut paper, answer| {
                let invite: Vec<String> = list(answer).filter(|it| *it != "-").map(str::to_owned).collect();
                paper.set_list("matrix", "invite", &invite);
                paper.config().map_err(|error| error.to_string())?;
                Ok((paper, Vec::new()))
            })
            .await?;
        }
        let given = &self.given.responders;
        if is_made("discord") || given.is_some() {
            let question = Question {
                asks: "Id of the role on Discord that sees the war room, such as 41771983423143936 (Enter: its admins alone)",
                given: given.clone(),
                there: self.paper.get("discord", "responders").map(str::to_owned),
                proposed: String::new(),
                is_strict: false,
            };
            self.settle(question, async |setup, mut paper, answer| {
                if answer.is_empty() {
                    return Ok((paper, Vec::new()));
                }
                paper.set("discord", "responders", answer);
                let config = paper.config().map_err(|error| error.to_string())?;
                let found = setup.look(&config, "discord", &["discord.responders"]).await;
                Ok((paper, found))
            })
            .await?;
        }
        Ok(())
    }

    /// Makes what is not there.
    async fn make(&mut self, to_make: Rooms) -> Result<(), String> {
        let names: Vec<String> =
            to_make.all().map(|(_, _, room)| format!("{} on {}", room.id(), room.network())).collect();
        if names.is_empty() {
            return Ok(());
        }
        if self.talk.is_asked() {
            let answer = self.talk.ask(&format!("Herald makes {}. y or n", names.join(", ")), "y")?;
            if !answer.to_lowercase().starts_with('y') {
                return Err("nothing was made. Run `herald init` again and name other rooms".to_owned());
            }
        }
        let config = self.paper.config().map_err(|error| error.to_string())?;
        let data = &config.herald.data;
        if is_in_use(data) {
            return Err(format!(
                "a Herald runs in {} now, so no rooms can be made. Stop it, and run `herald init` again",
                data.display()
            ));
        }
        let mut joins = (self.world.joins)(&making(&config, true));
        joins.retain(|it| to_make.all().any(|(.., room)| room.network() == it.network()));
        let talk = &mut *self.talk;
        furnish(&joins, &to_make, &mut |made| talk.say(&format!("  ✔ {made}"))).await
    }
}

/// The list for an audience.
fn of(rooms: &mut Rooms, audience: Audience) -> &mut Vec<RoomRef> {
    match audience {
        Audience::WarRoom => &mut rooms.war_room,
        Audience::Engineering => &mut rooms.engineering,
        Audience::Company => &mut rooms.company,
        Audience::Customers => &mut rooms.customers,
        Audience::Admin => &mut rooms.admin,
    }
}

/// The same, with rooms being made where they are not there, or not.
fn making(config: &Config, create: bool) -> Config {
    let mut config = config.clone();
    if let Some(matrix) = &mut config.matrix {
        matrix.create_rooms = create;
    }
    if let Some(discord) = &mut config.discord {
        discord.create_channels = create;
    }
    config
}
