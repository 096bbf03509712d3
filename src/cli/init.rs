//! `herald init`: from nothing to a configuration that Herald starts with.

use std::path::{Path, PathBuf};

use herald_chat::RoomRef;
use strum::IntoEnumIterator;

use super::{Failure, Roots};
use crate::incident::Audience;
use crate::setup::{self, Given, GivenRoom, Terminal, World};

/// Set Herald up: write its configuration, try each answer at once, make rooms. Run again, it changes what is asked for.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "What is not given is asked for in a terminal. Without one, or with --yes, nothing is asked: only \
                        what is given is changed. The file is herald.toml, unless --config names another."
)]
pub(super) struct Args {
    /// Ask nothing: what is given has to do.
    #[arg(long, short)]
    yes: bool,
    /// The directory that all state is kept in.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The zone of times that name none, by its IANA name.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// The address of the homeserver.
    #[arg(long, value_name = "URL")]
    matrix_homeserver: Option<String>,
    /// Herald's account there.
    #[arg(long, value_name = "ACCOUNT")]
    matrix_user: Option<String>,
    /// A file with its password.
    #[arg(long, value_name = "FILE")]
    matrix_password_file: Option<PathBuf>,
    /// A file with an access token of it, in place of the password.
    #[arg(long, value_name = "FILE", conflicts_with = "matrix_password_file")]
    matrix_token_file: Option<PathBuf>,
    /// Whom Herald invites to war rooms that it makes. Can be given several times.
    #[arg(long, value_name = "ACCOUNT")]
    matrix_invite: Vec<String>,
    /// A file with the bot's token.
    #[arg(long, value_name = "FILE")]
    discord_token_file: Option<PathBuf>,
    /// The id of the company's server.
    #[arg(long, value_name = "ID")]
    discord_server: Option<String>,
    /// The id of the role that sees war rooms that Herald makes.
    #[arg(long, value_name = "ID")]
    discord_responders: Option<String>,
    /// The address of the API, in place of Discord's own.
    #[arg(long, value_name = "URL", hide = true)]
    discord_api: Option<String>,
    /// Whoever may change what Herald does, such as `matrix:@ana:example.org`. Can be given several times.
    #[arg(long, value_name = "NETWORK:ACCOUNT")]
    admin: Vec<String>,
    /// A room and whom it is for, such as `war-room=matrix:#war-room:example.org`. Can be given several times.
    #[arg(long, value_name = "AUDIENCE=NETWORK:ROOM", value_parser = room)]
    room: Vec<GivenRoom>,
    /// Make the rooms that are not there.
    #[arg(long)]
    create: bool,
}

pub(super) fn run(args: Args, file: Option<&Path>, roots: &Roots) -> Result<(), Failure> {
    let Roots { clock, open_existing, examiners, joins, .. } = roots;
    let world = World { clock: clock.clone(), open_existing: *open_existing, examiners: *examiners, joins: *joins };
    let mut terminal = Terminal::new(!args.yes);
    let given = Given {
        data: args.data,
        zone: args.zone,
        homeserver: args.matrix_homeserver,
        user: args.matrix_user,
        password_file: args.matrix_password_file,
        access_token_file: args.matrix_token_file,
        invite: args.matrix_invite,
        token_file: args.discord_token_file,
        server: args.discord_server,
        responders: args.discord_responders,
        api: args.discord_api,
        admins: args.admin,
        rooms: args.room,
        create: args.create,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let file = file.unwrap_or(Path::new("herald.toml"));
    Ok(runtime.block_on(setup::run(&world, &given, file, &mut terminal))?)
}

/// `war-room=matrix:#war-room:example.org`.
fn room(text: &str) -> Result<GivenRoom, String> {
    let words = || Audience::iter().map(Audience::word).collect::<Vec<_>>().join(", ");
    let wanted =
        || format!("write whom it is for ({}), =, and the room, such as matrix:#war-room:example.org", words());
    let (word, room) = text.split_once('=').ok_or_else(wanted)?;
    let audience = Audience::iter().find(|it| it.word() == word).ok_or_else(wanted)?;
    Ok(GivenRoom { audience, room: RoomRef::try_from(room.to_owned()).map_err(|_| wanted())? })
}
