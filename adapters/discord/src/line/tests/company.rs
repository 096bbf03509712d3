//! Of the company's channel: what Herald says, and who can write there then.

use super::*;

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
