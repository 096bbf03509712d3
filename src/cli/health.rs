//! `herald health`: is the Herald of this machine well? For containers and supervisors that have no HTTP client.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::Failure;
use super::data::print;
use crate::config::Config;

/// How long an answer may take: longer than the engine is given.
const PATIENCE: Duration = Duration::from_secs(8);
/// No answer is longer, in bytes.
const LONGEST: u64 = 64 << 10;

/// Ask the Herald that runs on this machine how it is. Exit status 1 when it is not well, or not there.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Ask whether it takes commands and delivers posts, not only whether it is alive.
    #[arg(long)]
    ready: bool,
}

/// It is not as it should be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unwell(String);

pub(super) fn run(args: &Args, config: &Config) -> Result<(), Failure> {
    let Some(address) = config.health.listen.filter(|it| it.port() != 0) else {
        return Err("health.listen names no port to ask on. Write an address such as \"127.0.0.1:9464\"".into());
    };
    let path = if args.ready { "/readyz" } else { "/healthz" };
    match ask(address, path) {
        Ok((200, text)) => print(&text),
        Ok((_, text)) => Err(Unwell(text.trim_end().replace('\n', "; ")).into()),
        Err(error) => Err(Unwell(format!(
            "nobody answers on {address}: {error}. Start Herald, or give the configuration that it runs with"
        ))
        .into()),
    }
}

/// Status and text of the answer to a GET.
fn ask(address: SocketAddr, path: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer)?;
    let strange = || std::io::Error::other("it is no Herald that listens there");
    let (head, text) = answer.split_once("\r\n\r\n").ok_or_else(strange)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(strange)?;
    Ok((status, text.to_owned()))
}
