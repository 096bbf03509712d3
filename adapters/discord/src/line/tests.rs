//! What Herald says at start of a channel, for each way in which a server can be set up.

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
    let role =
        |id, name: &str, permissions| Role { id, name: name.to_owned(), permissions, managed: id == HERALD_ROLE };
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

/// What Herald says of the company's channel, and who can write there then.
struct Case {
    what: &'static str,
    town: Town,
    says: &'static [&'static str],
    writers: &'static [&'static str],
}

const OWNER_WRITES: &str =
    "In #status, nothing keeps the owner of the server from writing. What they write is removed.";
const ADMINS_WRITE: &str = "In #status, nothing keeps the owner of the server and the role Bosses with `Administrator` \
                            from writing. What they write is removed.";

fn case(what: &'static str, town: Town, says: &'static [&'static str], writers: &'static [&'static str]) -> Case {
    Case { what, town, says, writers }
}

fn company() -> Vec<Case> {
    use Kind::{Member as M, Role as R};
    vec![
        case("a new channel on a new server", town(), &[OWNER_WRITES], &["owner"]),
        case(
            "everybody is denied to write already",
            town().rule(R, EVERYBODY, NO, SEND_MESSAGES).rule(M, HERALD, WORK, NO),
            &[OWNER_WRITES],
            &["owner"],
        ),
        case(
            "all is set up already",
            town().rule(R, EVERYBODY, NO, LINE).rule(M, HERALD, WORK | LINE, NO),
            &[OWNER_WRITES],
            &["owner"],
        ),
        case(
            "everybody is allowed to write by name",
            town().rule(R, EVERYBODY, SEND_MESSAGES, NO),
            &[
                "In #status, @everyone had been allowed `Send Messages`. Herald has taken that back: it alone writes there.",
                OWNER_WRITES,
            ],
            &["owner"],
        ),
        case(
            "a role is allowed to write",
            town().rule(R, OPS, SEND_MESSAGES, NO),
            &[
                "In #status, the role Ops had been allowed `Send Messages`. Herald has taken that back: it alone writes there.",
                OWNER_WRITES,
            ],
            &["owner"],
        ),
        case(
            "a role is allowed to write in threads and to begin them",
            town().rule(R, OPS, SEND_MESSAGES_IN_THREADS | CREATE_PUBLIC_THREADS, NO),
            &[
                "In #status, the role Ops had been allowed `Create Public Threads and Send Messages in Threads`. Herald has taken \
               that back: it alone writes there.",
                OWNER_WRITES,
            ],
            &["owner"],
        ),
        case(
            "one role is allowed what another is denied",
            town().rule(R, OPS, SEND_MESSAGES, NO).rule(R, BOSSES, NO, SEND_MESSAGES),
            &[
                "In #status, the role Ops had been allowed `Send Messages`. Herald has taken that back: it alone writes there.",
                OWNER_WRITES,
            ],
            &["owner"],
        ),
        case(
            "a member is allowed to write",
            town().rule(M, ANA, SEND_MESSAGES, NO),
            &[
                "In #status, the member 30 had been allowed `Send Messages`. Herald has taken that back: it alone writes there.",
                OWNER_WRITES,
            ],
            &["owner"],
        ),
        case("a role may write on the whole server", town().role(OPS, USUAL), &[OWNER_WRITES], &["owner"]),
        case("a role is denied to write", town().rule(R, OPS, NO, SEND_MESSAGES), &[OWNER_WRITES], &["owner"]),
        case(
            "a role is allowed what harms nobody",
            town().rule(R, OPS, ADD_REACTIONS | VIEW_CHANNEL, NO),
            &[OWNER_WRITES],
            &["owner"],
        ),
        case(
            "a role administers",
            town().role(BOSSES, ADMINISTRATOR),
            &[ADMINS_WRITE],
            &["owner", "bosses", "ops and bosses"],
        ),
        case(
            "everybody administers",
            town().role(EVERYBODY, ADMINISTRATOR),
            &[
                "In #status, nothing keeps the owner of the server and @everyone with `Administrator` from writing. What they \
               write is removed.",
            ],
            &["owner", "anybody", "ana", "ops", "bosses", "ops and bosses"],
        ),
        case(
            "a role manages webhooks on the whole server",
            town().role(OPS, MANAGE_WEBHOOKS),
            &[
                OWNER_WRITES,
                "In #status, the role Ops can write through a webhook (`Manage Webhooks`). Deny it to them there \
               (#status, Edit Channel, Permissions); until then, what comes that way is removed.",
            ],
            &["owner"],
        ),
        case(
            "a role manages webhooks, but not in this channel",
            town().role(OPS, MANAGE_WEBHOOKS).rule(R, OPS, NO, MANAGE_WEBHOOKS),
            &[OWNER_WRITES],
            &["owner"],
        ),
        case(
            "a member manages webhooks in this channel",
            town().rule(M, ANA, MANAGE_WEBHOOKS, NO),
            &[
                OWNER_WRITES,
                "In #status, the member 30 can write through a webhook (`Manage Webhooks`). Deny it to them there \
               (#status, Edit Channel, Permissions); until then, what comes that way is removed.",
            ],
            &["owner"],
        ),
        case(
            "everybody manages webhooks",
            town().role(EVERYBODY, USUAL | MANAGE_WEBHOOKS),
            &[
                OWNER_WRITES,
                "In #status, @everyone can write through a webhook (`Manage Webhooks`). Deny it to them there \
               (#status, Edit Channel, Permissions); until then, what comes that way is removed.",
            ],
            &["owner"],
        ),
        case(
            "a role manages roles",
            town().role(OPS, MANAGE_ROLES),
            &[
                OWNER_WRITES,
                "In #status, the role Ops can allow themselves to write (`Manage Permissions`). Deny it to them \
               there (#status, Edit Channel, Permissions); until then, what comes that way is removed.",
            ],
            &["owner"],
        ),
        case(
            "a role manages channels",
            town().role(OPS, MANAGE_CHANNELS),
            &[
                OWNER_WRITES,
                "In #status, the role Ops can change the channel (`Manage Channel`). Deny it to them there (#status, \
               Edit Channel, Permissions); until then, what comes that way is removed.",
            ],
            &["owner"],
        ),
        case("Herald administers", town().role(HERALD_ROLE, ADMINISTRATOR), &[OWNER_WRITES], &["owner"]),
        case(
            "Herald owns the server",
            town().owned_by_herald(),
            &["In #status, nothing keeps the owner of the server from writing. What they write is removed."],
            &[],
        ),
        case(
            "Herald may not manage roles",
            town().role(HERALD_ROLE, LEAST - MANAGE_ROLES),
            &[
                "Herald may not say who writes in #status. Allow `Manage Roles` for its role (Server Settings, Roles), or `Manage \
               Permissions` for Herald in the channel (#status, Edit Channel, Permissions).",
            ],
            &["owner", "anybody", "ana", "ops", "bosses", "ops and bosses"],
        ),
        case(
            "Herald may not manage roles, and need not",
            town().role(HERALD_ROLE, LEAST - MANAGE_ROLES).rule(R, EVERYBODY, NO, LINE).rule(
                M,
                HERALD,
                WORK | LINE,
                NO,
            ),
            &[OWNER_WRITES],
            &["owner"],
        ),
        case(
            "Herald manages permissions in this channel alone",
            town().role(HERALD_ROLE, WORK).rule(M, HERALD, MANAGE_ROLES, NO),
            &[OWNER_WRITES],
            &["owner"],
        ),
        case(
            "Herald does not see the channel",
            town().rule(R, EVERYBODY, NO, VIEW_CHANNEL),
            &["Herald cannot see #status. Allow `View Channel` for Herald there (#status, Edit Channel, Permissions)."],
            &["owner"],
        ),
        case(
            "Herald itself is denied to manage messages",
            town().rule(M, HERALD, NO, MANAGE_MESSAGES | READ_MESSAGE_HISTORY),
            &[OWNER_WRITES],
            &["owner"],
        ),
        case(
            "Herald may not manage messages anywhere",
            town().role(HERALD_ROLE, LEAST - MANAGE_MESSAGES),
            &[
                OWNER_WRITES,
                "Herald lacks `Manage Messages` in #status. Allow it for Herald there (#status, Edit Channel, \
               Permissions), or for its role if nothing in the channel denies it (Server Settings, Roles).",
            ],
            &["owner"],
        ),
        case(
            "Herald lacks external apps, which others have",
            town()
                .role(EVERYBODY, USUAL - USE_EXTERNAL_APPS)
                .role(HERALD_ROLE, LEAST - USE_EXTERNAL_APPS)
                .role(OPS, USE_EXTERNAL_APPS),
            &[OWNER_WRITES],
            &["owner", "ops", "ops and bosses"],
        ),
        case(
            "Herald may write nowhere",
            town().role(EVERYBODY, USUAL - SEND_MESSAGES).role(HERALD_ROLE, LEAST - SEND_MESSAGES),
            &[
                "Herald cannot keep others from writing in #status, since Discord lets it deny only what it may do itself. Allow \
               `Send Messages` for its role (Server Settings, Roles).",
            ],
            &["owner", "anybody", "ana", "ops", "bosses", "ops and bosses"],
        ),
        case(
            "Herald has a time-out",
            town().timed_out(),
            &[
                "Herald may not say who writes in #status. Allow `Manage Roles` for its role (Server Settings, Roles), or `Manage \
               Permissions` for Herald in the channel (#status, Edit Channel, Permissions).",
            ],
            &["owner", "anybody", "ana", "ops", "bosses", "ops and bosses"],
        ),
    ]
}

#[test]
fn herald_says_how_the_companys_channel_stands() {
    let cases = company();
    assert!(cases.len() >= 25);
    let mut wrong = Vec::new();
    for Case { what, town, says, writers } in cases {
        let plan = town.plan(Posting::HeraldOnly);
        let said: Vec<&str> = plan.obstacle.iter().chain(&plan.says).map(String::as_str).collect();
        if said != says {
            wrong.push(format!("{what}: says {said:#?}"));
        }
        let after = town.after(&plan);
        if after.writers() != writers {
            wrong.push(format!("{what}: {:?} can write", after.writers()));
        }
        if plan.obstacle.is_none() {
            let again = after.plan(Posting::HeraldOnly);
            if !again.rules.is_empty() {
                wrong.push(format!("{what}: wants more the second time: {:?}", again.rules));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn herald_goes_on_writing_where_it_alone_does() {
    for Case { what, town, .. } in company() {
        let plan = town.plan(Posting::HeraldOnly);
        if plan.obstacle.is_none() {
            let after = town.after(&plan);
            let may = in_channel(&after.guild, &after.channel, &after.me);
            assert!(may.has(SEND_MESSAGES | EMBED_LINKS), "{what}: Herald has {may}");
        }
    }
}

#[test]
fn a_war_room_that_anybody_reads_is_named() {
    let says = |town: Town| faults(&town.guild, &town.channel, &town.me, RoomKind::Private);
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
