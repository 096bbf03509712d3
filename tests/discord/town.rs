//! A Discord server with people, and a directory for Herald.

use std::fmt::Write as _;
use std::fs;
use std::ops::Deref;
use std::path::Path;

use herald_guild::Id;
use tempfile::TempDir;

use crate::acme::Acme;
pub(crate) use crate::acme::same;
use crate::herald::Herald;

/// All of it.
pub(crate) struct Town {
    acme: Acme,
    pub(crate) home: TempDir,
}

impl Town {
    /// Everybody, and no Herald yet.
    pub(crate) async fn plan() -> Self {
        let acme = Acme::new().await;
        let home = tempfile::tempdir().unwrap();
        let town = Self { acme, home };
        town.configure("");
        town
    }

    /// Everybody, and a Herald that makes its channels itself. `more` goes into its configuration.
    pub(crate) async fn new(more: &str) -> (Self, Herald) {
        let town = Self::plan().await;
        town.configure(more);
        let herald = Herald::start(town.home()).await;
        (town, herald)
    }

    /// Writes Herald's configuration: its channels are `#war-room`, `#engineering` and `#company`.
    pub(crate) fn configure(&self, more: &str) {
        let mut config = String::new();
        writeln!(config, "[herald]\ndata = \"data\"").unwrap();
        writeln!(config, "[health]\nlisten = \"127.0.0.1:0\"").unwrap();
        writeln!(config, "[log]\nfilter = \"info,herald=debug,herald_discord=debug\"").unwrap();
        writeln!(config, "[discord]\nserver = \"{}\"\ntoken_file = \"token\"", self.guild.id()).unwrap();
        writeln!(config, "api = {:?}\nresponders = \"{}\"", self.discord.address(), self.responders).unwrap();
        writeln!(config, "create_channels = true").unwrap();
        writeln!(config, "[people]\nadmins = [\"discord:{}\"]", self.ana.id()).unwrap();
        writeln!(config, "[rooms]\nwar_room = [\"discord:#war-room\"]").unwrap();
        writeln!(config, "engineering = [\"discord:#engineering\"]\ncompany = [\"discord:#company\"]").unwrap();
        fs::write(self.home().join("herald.toml"), config + more).unwrap();
        fs::write(self.home().join("token"), &self.bot.token).unwrap();
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Declares an incident whose spokesperson is ben, and waits until all is there that follows from it: the thread where
    /// engineers read what is found.
    pub(crate) async fn incident(&self) -> Id {
        let (war, engineering) = (self.channel("war-room"), self.channel("engineering"));
        self.gets(&self.ana, war, "!declare checkout is down --severity critical", "INC-1 checkout is down").await;
        self.gets(&self.ben, war, "!take spokesperson", "is spokesperson now").await;
        self.reads(&self.cleo, war, "I keep this board up to date").await;
        self.reads(&self.cleo, engineering, "INC-1").await;
        self.gets(&self.cleo, war, "!finding it begins", "Finding 1 is on the timeline").await;
        let thread = self.own_channel("INC-1").await;
        self.reads(&self.cleo, thread, "it begins").await;
        thread
    }
}

impl Deref for Town {
    type Target = Acme;

    fn deref(&self) -> &Acme {
        &self.acme
    }
}
