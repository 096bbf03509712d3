//! From a command that is chosen to its acknowledgement, against a program that acknowledges and does nothing else.

use std::time::Duration;

use herald_guild::{Application, Asked, Echo};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::town::Town;

const WARM_UP: usize = 20;
const ROUNDS: usize = 400;
/// How many notes this leaves.
pub(crate) const NOTES: usize = WARM_UP + ROUNDS;
/// How much later than the other's Herald's may come.
const BAR: Duration = Duration::from_millis(5);

/// How much later the slowest but 5 in 100 are, of what they may be.
pub(crate) async fn measure(town: &Town) -> f64 {
    let echo = town.discord.application("Echo", &town.olga);
    town.guild.add(echo.id, 0);
    register(town, &echo).await;
    let _echo = Echo::start(&town.discord, &echo).await.unwrap();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for n in 0..NOTES {
        let log = [("text", json!(format!("restarted payment host {n}")))];
        let asked = town.ana.slash(town.war, "incident log", &log).unwrap();
        let echoed = town.ana.slash(town.war, "echo", &[]).unwrap();
        let took = [acknowledged(&asked).await, acknowledged(&echoed).await];
        if n >= WARM_UP {
            ours.push(took[0]);
            theirs.push(took[1]);
        }
    }
    let [ours, theirs] = [ours, theirs].map(|mut times| {
        times.sort_unstable();
        [times[times.len() / 2], times[times.len() * 95 / 100]]
    });
    println!("  a command is acknowledged after {ours:.2?} (middle, 95th of 100), by the echo after {theirs:.2?}");
    ours[1].saturating_sub(theirs[1]).as_secs_f64() / BAR.as_secs_f64()
}

/// Gives the other program its command.
async fn register(town: &Town, echo: &Application) {
    let commands = json!([{ "name": "echo", "description": "Acknowledges", "type": 1 }]).to_string();
    let path = format!("/api/v10/applications/{}/guilds/{}/commands", echo.id, town.guild.id());
    let request = format!(
        "PUT {path} HTTP/1.1\r\nhost: discord\r\nauthorization: Bot {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{commands}",
        echo.token,
        commands.len(),
    );
    let mut stream = TcpStream::connect(("127.0.0.1", town.discord.port())).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

async fn acknowledged(asked: &Asked) -> Duration {
    asked.reply().await;
    let (dispatched, answered) = asked.times().unwrap();
    answered.duration_since(dispatched)
}
