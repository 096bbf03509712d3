//! The real binary, which is built beside this program.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use herald_synapse::SERVER_NAME;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::town::Town;

/// A Herald that runs. It is killed when this is dropped.
pub(crate) struct Running(Child);

/// `target/debug/herald`, from `target/debug/examples/demo`.
fn herald() -> Result<PathBuf, Box<dyn Error>> {
    let here = std::env::current_exe()?;
    let found = here.ancestors().nth(2).map(|dir| dir.join("herald")).filter(|it| it.is_file());
    Ok(found.ok_or("there is no herald beside this program. Run `make demo`, which builds both")?)
}

fn command(home: &Path) -> Result<Command, Box<dyn Error>> {
    let mut command = Command::new(herald()?);
    command.current_dir(home).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    // Another Herald may serve its health on this machine.
    command.env("HERALD__HEALTH__LISTEN", "off");
    Ok(command)
}

/// Sets Herald up, and shows what it says.
pub(crate) async fn init(town: &Town) -> Result<(), Box<dyn Error>> {
    let alias = |name: &str| format!("matrix:#{name}:{SERVER_NAME}");
    let (mia, max) = (town.mia.user_id(), town.max.user_id());
    let given = [
        ("--matrix-homeserver", town.synapse.url()),
        ("--matrix-user", town.me.user_id().to_owned()),
        ("--matrix-password-file", "password".to_owned()),
        ("--matrix-invite", mia.clone()),
        ("--matrix-invite", max),
        ("--discord-token-file", "token".to_owned()),
        ("--discord-server", town.guild.id().to_string()),
        ("--discord-responders", town.responders.to_string()),
        ("--admin", format!("matrix:{mia}")),
        ("--room", format!("war-room={}", alias("war-room"))),
        ("--room", "war-room=discord:#war-room".to_owned()),
        ("--room", format!("company={}", alias("company"))),
        ("--room", "company=discord:#company".to_owned()),
    ];
    let shown: Vec<String> = given.iter().map(|(flag, value)| format!("{flag} {value}")).collect();
    println!("$ herald init --create \\\n    {}", shown.join(" \\\n    "));
    let mut init = command(town.home())?;
    init.args(["init", "--create", "--discord-api", &town.discord.address()]);
    init.args(given.iter().flat_map(|(flag, value)| [*flag, value]));
    let mut init = init.spawn()?;
    let mut lines = BufReader::new(init.stdout.take().ok_or("it says nothing")?).lines();
    while let Some(line) = lines.next_line().await? {
        println!("{line}");
    }
    let status = init.wait().await?;
    if status.success() { Ok(()) } else { Err(format!("herald init ended with {status}").into()) }
}

/// Starts Herald, shows what it says, and waits until it is ready.
pub(crate) async fn start(home: &Path) -> Result<Running, Box<dyn Error>> {
    println!("$ herald run --config herald.toml");
    let log = std::fs::File::create(home.join("log"))?;
    let mut child = command(home)?.args(["run", "--config", "herald.toml"]).stderr(log).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("it says nothing")?).lines();
    while let Some(line) = lines.next_line().await? {
        println!("{line}");
        if line.starts_with("Ready") {
            // What it says from here on is for its log.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(Running(child));
        }
    }
    Err(format!("herald run ended:\n{}", std::fs::read_to_string(home.join("log"))?).into())
}

impl Running {
    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<i32, Box<dyn Error>> {
        let id = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        kill_process(id.ok_or("it has ended already")?, Signal::TERM)?;
        Ok(self.0.wait().await?.code().unwrap_or(-1))
    }
}
