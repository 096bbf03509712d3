//! What Herald says at start of a channel, for each way in which a server can be set up.

mod company;

use herald_chat::Posting;

use super::plan::{LEAST, LINE, Plan, WORK, archive, faults, is_archived, plan};
use crate::permissions::*;
use crate::rooms::RoomKind;

const EVERYBODY: u64 = 1;
const HERALD_ROLE: u64 = 2;
const OPS: u64 = 3;
const BOSSES: u64 = 4;
const OWNER: u64 = 10;
const HERALD: u64 = 20;
const ANA: u64 = 30;
const BEN: u64 = 31;
const NO: Permissions = Permissions::NONE;

/// What Discord gives everybody on a new server, as far as it matters here.
const USUAL: Permissions = VIEW_CHANNEL
    .and(SEND_MESSAGES)
    .and(SEND_MESSAGES_IN_THREADS)
    .and(CREATE_PUBLIC_THREADS)
    .and(CREATE_PRIVATE_THREADS)
    .and(EMBED_LINKS)
    .and(ATTACH_FILES)
    .and(ADD_REACTIONS)
    .and(READ_MESSAGE_HISTORY)
    .and(MENTION_EVERYONE)
    .and(USE_EXTERNAL_APPS);

struct Town {
    guild: Guild,
    channel: Channel,
    me: Member,
}

fn town() -> Town {
    let role = |id, name: &str, permissions| Role {
        id,
        name: name.to_owned(),
        permissions,
        managed: id == HERALD_ROLE,
        mentionable: false,
    };
    let roles = vec![
        role(EVERYBODY, "@everyone", USUAL),
        role(HERALD_ROLE, "Herald", LEAST),
        role(OPS, "Ops", NO),
        role(BOSSES, "Bosses", NO),
    ];
    let channel = Channel {
        id: 100,
        kind: 0,
        guild: Some(EVERYBODY),
        parent: None,
        owner: None,
        name: Some("status".to_owned()),
        topic: None,
        nsfw: false,
        slow: 0,
        last_message: None,
        overwrites: Vec::new(),
        thread: None,
    };
    Town {
        guild: Guild { id: EVERYBODY, owner: OWNER, roles },
        channel,
        me: Member { user: HERALD, roles: vec![HERALD_ROLE], is_timed_out: false },
    }
}

impl Town {
    fn role(mut self, id: u64, permissions: Permissions) -> Self {
        self.guild.roles.iter_mut().filter(|role| role.id == id).for_each(|role| role.permissions = permissions);
        self
    }

    fn rule(mut self, kind: Kind, id: u64, allow: Permissions, deny: Permissions) -> Self {
        self.channel = self.channel.with(Overwrite { id, kind, allow, deny });
        self
    }

    fn owned_by_herald(mut self) -> Self {
        self.guild.owner = HERALD;
        self
    }

    fn timed_out(mut self) -> Self {
        self.me.is_timed_out = true;
        self
    }

    fn plan(&self, posting: Posting) -> Plan {
        plan(&self.guild, &self.channel, &self.me, posting)
    }

    /// The town once Herald has done what it can.
    fn after(mut self, plan: &Plan) -> Self {
        for rule in plan.rules.iter().filter(|_| plan.obstacle.is_none()) {
            self.channel = self.channel.with(*rule);
        }
        self
    }

    /// Who can do something of the line here, threads included, by themselves.
    fn writers(&self) -> Vec<&'static str> {
        let people: [(&str, u64, &[u64]); 6] = [
            ("owner", OWNER, &[]),
            ("anybody", BEN, &[]),
            ("ana", ANA, &[]),
            ("ops", BEN, &[OPS]),
            ("bosses", BEN, &[BOSSES]),
            ("ops and bosses", BEN, &[OPS, BOSSES]),
        ];
        let may = |user, roles: &[u64]| {
            let member = Member { user, roles: roles.to_vec(), is_timed_out: false };
            let here = in_channel(&self.guild, &self.channel, &member) & LINE;
            let thread = in_thread(&self.guild, &self.channel, 11, true, &member) & SEND_MESSAGES;
            !(here | thread).is_empty()
        };
        people.iter().filter(|(_, user, roles)| may(*user, roles)).map(|(name, ..)| *name).collect()
    }
}

#[test]
fn a_war_room_that_anybody_reads_is_named() {
    let says = |town: Town| faults(&town.guild, &town.channel, &town.me, RoomKind::Private, None);
    let open = "Everybody on the server can read #status, which is for those who respond. Deny `View Channel` to @everyone \
                and allow it for their role (#status, Edit Channel, Permissions).";
    assert_eq!(says(town()), [open]);
    let shut = || town().rule(Kind::Role, EVERYBODY, NO, VIEW_CHANNEL);
    assert_eq!(
        says(shut().rule(Kind::Role, OPS, VIEW_CHANNEL, NO).rule(Kind::Member, HERALD, VIEW_CHANNEL, NO)),
        [""; 0]
    );
    let blind = "Herald lacks `View Channel` in #status. Allow it for Herald there (#status, Edit Channel, Permissions), or \
                 for its role if nothing in the channel denies it (Server Settings, Roles).";
    assert_eq!(says(shut()), [blind]);
    let hidden = town().role(EVERYBODY, USUAL - VIEW_CHANNEL);
    assert_eq!(says(hidden), [""; 0]);
    let mute = "Herald lacks `Read Message History and Pin Messages` in #status. Allow it for Herald there (#status, Edit \
                Channel, Permissions), or for its role if nothing in the channel denies it (Server Settings, Roles).";
    let lacking = shut().rule(Kind::Member, HERALD, VIEW_CHANNEL, READ_MESSAGE_HISTORY | PIN_MESSAGES);
    assert_eq!(says(lacking), [mute]);
}

#[test]
fn a_role_that_cannot_be_called_is_named() {
    let says = |town: Town| faults(&town.guild, &town.channel, &town.me, RoomKind::Private, Some(OPS));
    let shut = |denied| {
        let town = town().rule(Kind::Role, EVERYBODY, NO, VIEW_CHANNEL).rule(Kind::Role, OPS, VIEW_CHANNEL, NO);
        town.rule(Kind::Member, HERALD, VIEW_CHANNEL, denied)
    };
    let [told] = &says(shut(MENTION_EVERYONE))[..] else { unreachable!("{:?}", says(shut(MENTION_EVERYONE))) };
    assert!(told.contains("in #status when something is critical. Switch on `Allow anyone to @mention"), "{told}");
    assert_eq!(says(shut(NO)), [""; 0]);
    let mut callable = shut(MENTION_EVERYONE);
    callable.guild.roles.iter_mut().filter(|it| it.id == OPS).for_each(|it| it.mentionable = true);
    assert_eq!(says(callable), [""; 0]);
}

#[test]
fn members_write_again_where_herald_alone_did_and_nothing_else_changes() {
    let closed = town();
    let plan = closed.plan(Posting::HeraldOnly);
    let open = closed.after(&plan);
    let back = open.plan(Posting::Members);
    let open = open.after(&back);
    assert_eq!(open.writers(), ["owner", "anybody", "ana", "ops", "bosses", "ops and bosses"]);
    // What an admin has denied besides stays denied.
    let quiet = town().rule(Kind::Role, EVERYBODY, NO, CREATE_PRIVATE_THREADS);
    assert_eq!(quiet.plan(Posting::Members), Plan::default());
}

#[test]
fn a_closed_room_is_written_by_nobody_and_read_as_before() {
    let room = town()
        .rule(Kind::Role, EVERYBODY, NO, VIEW_CHANNEL)
        .rule(Kind::Member, ANA, VIEW_CHANNEL | SEND_MESSAGES | READ_MESSAGE_HISTORY, NO)
        .rule(Kind::Member, HERALD, WORK | LINE, NO);
    assert!(!is_archived(&room.channel, HERALD));
    let plan = archive(&room.guild, &room.channel, &room.me);
    assert_eq!(plan.obstacle, None);
    let room = room.after(&plan);
    assert!(is_archived(&room.channel, HERALD));
    assert_eq!(room.writers(), ["owner"]);
    let may = |user| {
        let roles = if user == HERALD { vec![HERALD_ROLE] } else { Vec::new() };
        in_channel(&room.guild, &room.channel, &Member { user, roles, is_timed_out: false })
    };
    assert!(may(ANA).has(VIEW_CHANNEL | READ_MESSAGE_HISTORY));
    assert!(may(HERALD).has(VIEW_CHANNEL | READ_MESSAGE_HISTORY) && !may(HERALD).has(SEND_MESSAGES));
    assert_eq!(may(BEN), NO);
    assert_eq!(archive(&room.guild, &room.channel, &room.me).rules, []);
}
