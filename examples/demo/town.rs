//! Both networks, and who is there.

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use herald_element::Person as Reader;
use herald_guild::{Application, Discord, Guild, Id, Limits, Person, permissions};
use herald_synapse::{Account, Admin, SERVER_NAME, Synapse};
use tempfile::TempDir;

/// What the invitation link asks for.
const RIGHTS: u64 = permissions::VIEW_CHANNEL
    | permissions::SEND_MESSAGES
    | permissions::SEND_MESSAGES_IN_THREADS
    | permissions::CREATE_PUBLIC_THREADS
    | permissions::EMBED_LINKS
    | permissions::ATTACH_FILES
    | permissions::ADD_REACTIONS
    | permissions::MANAGE_MESSAGES
    | permissions::PIN_MESSAGES
    | permissions::MANAGE_THREADS
    | permissions::MANAGE_CHANNELS
    | permissions::MANAGE_ROLES
    | permissions::READ_MESSAGE_HISTORY;

/// One of the four rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    WarMatrix,
    WarDiscord,
    CompanyMatrix,
    CompanyDiscord,
}

impl Place {
    pub(crate) const WAR: &[Self] = &[Self::WarMatrix, Self::WarDiscord];
    pub(crate) const COMPANY: &[Self] = &[Self::CompanyMatrix, Self::CompanyDiscord];

    pub(crate) fn shown(self) -> &'static str {
        match self {
            Self::WarMatrix => "war room, Matrix",
            Self::WarDiscord => "war room, Discord",
            Self::CompanyMatrix => "company, Matrix",
            Self::CompanyDiscord => "company, Discord",
        }
    }

    /// Whose eyes it is seen with.
    pub(crate) fn reader(self) -> &'static str {
        match self {
            Self::WarMatrix => "max",
            Self::WarDiscord => "ben",
            Self::CompanyMatrix => "mona",
            Self::CompanyDiscord => "dora",
        }
    }
}

/// All of it.
pub(crate) struct Town {
    pub(crate) synapse: Synapse,
    pub(crate) discord: Discord,
    pub(crate) guild: Guild,
    pub(crate) bot: Application,
    pub(crate) responders: Id,
    /// Those on Discord, by name.
    pub(crate) there: [Person; 3],
    /// Herald's account on Matrix.
    pub(crate) me: Account,
    pub(crate) mia: Reader,
    pub(crate) max: Reader,
    pub(crate) mona: Reader,
    accounts: [Account; 3],
    /// The rooms on Matrix.
    pub(crate) war: String,
    pub(crate) company: String,
    home: TempDir,
}

impl Town {
    pub(crate) async fn new() -> Result<Self, Box<dyn Error>> {
        let (synapse, discord) = (Synapse::start().await?, Discord::start().await?);
        discord.limits(Limits::off());
        let olga = discord.person("olga");
        let there = ["ben", "cleo", "dora"].map(|name| discord.person(name));
        let bot = discord.application("Herald", &olga);
        let guild = discord.guild("Acme", &olga);
        let responders = guild.role("responders", 0);
        for person in &there {
            guild.join(person);
        }
        for person in there.iter().take(2) {
            guild.give(person.id(), responders);
        }
        guild.add(bot.id, RIGHTS);
        let me = synapse.register("herald", Admin::No).await?;
        let mut accounts = Vec::new();
        let mut readers = Vec::new();
        for name in ["mia", "max", "mona"] {
            let account = synapse.register(name, Admin::No).await?;
            account.set_display_name(name).await?;
            readers.push(Reader::login(&synapse.url(), account.user_id(), account.password()).await?);
            accounts.push(account);
        }
        let few = |_| "there are three people on Matrix";
        let accounts: [Account; 3] = accounts.try_into().map_err(few_accounts)?;
        let [mia, max, mona] = <[Reader; 3]>::try_from(readers).map_err(few)?;
        let home = tempfile::Builder::new().prefix("herald-demo-").tempdir()?;
        for (name, secret) in [("password", me.password()), ("token", &bot.token)] {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(home.path().join(name))?;
            file.write_all(secret.as_bytes())?;
        }
        let (war, company) = (String::new(), String::new());
        Ok(Self { synapse, discord, guild, bot, responders, there, me, mia, max, mona, accounts, war, company, home })
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// People on Matrix take up their invitations, and join what everybody may.
    pub(crate) async fn settle_in(&mut self) -> Result<(), Box<dyn Error>> {
        for account in &self.accounts {
            self.company = account.join(&format!("#company:{SERVER_NAME}")).await?;
        }
        for person in [&self.mia, &self.max] {
            person.accept().await?;
        }
        self.war = self.accounts[0].join(&format!("#war-room:{SERVER_NAME}")).await?;
        for person in [&self.mia, &self.max, &self.mona] {
            person.sync().await?;
        }
        Ok(())
    }

    /// Somebody on Discord.
    pub(crate) fn on_discord(&self, name: &str) -> Option<&Person> {
        self.there.iter().find(|it| it.name() == name)
    }

    /// Somebody on Matrix.
    pub(crate) fn on_matrix(&self, name: &str) -> Option<&Reader> {
        [("mia", &self.mia), ("max", &self.max), ("mona", &self.mona)]
            .into_iter()
            .find(|it| it.0 == name)
            .map(|it| it.1)
    }

    /// The channel of this name on Discord.
    pub(crate) fn channel(&self, name: &str) -> Result<Id, String> {
        let found = self.guild.channels().into_iter().find(|it| it.1 == name);
        found.map(|it| it.0).ok_or_else(|| format!("there is no channel {name}"))
    }

    pub(crate) async fn stop(mut self) -> Result<(), Box<dyn Error>> {
        self.synapse.stop().await?;
        Ok(())
    }
}

fn few_accounts(_: Vec<Account>) -> &'static str {
    "there are three accounts on Matrix"
}
