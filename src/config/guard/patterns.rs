//! The built-in patterns of what must not leave the war room: one row each, with what it finds and what it leaves alone.
//!
//! A new one is one more row. A pattern may find a little too much, for the spokesperson can overrule it; what it misses is
//! out. Where a regular expression cannot tell, the row says what else makes a find harmless.

use data_encoding::BASE64_NOPAD;

use super::hosts::{is_no_ipv4, is_no_ipv6, is_no_private_host, is_public_port, is_public_url};
use super::pairs::{is_no_pair, is_no_secret_in_command, is_no_signature};
use super::said::says_no_secret;
use crate::incident::policy::Hit;

/// One row.
pub(super) struct BuiltIn {
    /// What people are told that it is.
    pub(super) name: &'static str,
    pub(super) regex: &'static str,
    /// What is none, although the expression matches.
    pub(super) is_harmless: fn(&Hit<'_>) -> bool,
    /// Texts in which it finds something.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read it"))]
    pub(super) finds: &'static [&'static str],
    /// Texts that are left alone, by all patterns.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read it"))]
    pub(super) leaves: &'static [&'static str],
}

pub(super) const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "a private key",
        regex: r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File|AGE-SECRET-KEY-1",
        is_harmless: never,
        finds: &["-----BEGIN OPENSSH PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----", "AGE-SECRET-KEY-1QQPZ"],
        leaves: &["-----BEGIN CERTIFICATE-----", "The private key was rotated."],
    },
    BuiltIn {
        name: "an AWS access key",
        regex: r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        is_harmless: never,
        finds: &["key AKIAIOSFODNN7EXAMPLE leaked", "ASIAIOSFODNN7EXAMPLE"],
        leaves: &["AKIA is what they begin with"],
    },
    BuiltIn {
        name: "a key of an AI service",
        regex: r"\bsk-[A-Za-z0-9_-]{16,}",
        is_harmless: is_plain_words,
        finds: &["sk-proj-abcd1234efgh5678", "sk-ant-api03-AbCdEf0123456789", "sk-0123456789abcdefABCD"],
        leaves: &["sk-learn is slow", "the sk-something-or-other-service is down"],
    },
    BuiltIn {
        name: "a key of a payment service",
        regex: r"\b(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9]{8,}",
        is_harmless: never,
        finds: &["sk_live_4eC39HqLyjWDarjtT1", "rk_test_4eC39HqLyjWDarjtT1", "whsec_abcdefgh12345678"],
        leaves: &["pk_live_ keys are public", "sk_live_ keys were rotated"],
    },
    BuiltIn {
        name: "a Google key",
        regex: r"\b(?:AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,})",
        is_harmless: never,
        finds: &["AIzaSyA1234567890abcdefghijklmnopqrstuv", "ya29.a0AfB_byC1234567890abcdef"],
        leaves: &["AIza keys are restricted"],
    },
    BuiltIn {
        name: "a GitHub token",
        regex: r"\b(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{22,})",
        is_harmless: never,
        finds: &["use ghp_a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 for now", "github_pat_11ABCDEFG0123456789abc"],
        leaves: &["ghp_ tokens were revoked", "github_pat_ is the new prefix"],
    },
    BuiltIn {
        name: "a GitLab token",
        regex: r"\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt|oas)-[A-Za-z0-9_-]{16,}",
        is_harmless: is_plain_words,
        finds: &["glpat-AbCdEfGh12345678xyzw", "gldt-AbCdEfGh12345678xyzw"],
        leaves: &["glpat- tokens were revoked"],
    },
    BuiltIn {
        name: "a Slack token",
        regex: r"\bxox[a-z]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/\w+",
        is_harmless: never,
        finds: &["xoxb-1234567890-abc", "xoxp-1234567890-abc", "https://hooks.slack.com/services/T0/B0/x"],
        leaves: &["xoxb is the prefix of bots"],
    },
    BuiltIn {
        name: "a Discord token",
        regex: r"\b[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,}|discord(?:app)?\.com/api/webhooks/\d+/\w+",
        is_harmless: never,
        finds: &[
            "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyz0123",
            "https://discord.com/api/webhooks/123456/abcDEF",
        ],
        leaves: &["Mission.critical.systems are up again", "https://discord.com/channels/1/2"],
    },
    BuiltIn {
        name: "a Telegram token",
        regex: r"\b\d{8,10}:AA[A-Za-z0-9_-]{30,}",
        is_harmless: never,
        finds: &["110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawq"],
        leaves: &["at 20260314:AA the batch ended"],
    },
    BuiltIn {
        name: "a token of a package registry",
        regex: r"\b(?:npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|crates-[A-Za-z0-9]{30,})",
        is_harmless: is_plain_words,
        finds: &["npm_abcdefghijklmnopqrstuvwxyz0123456789", "pypi-AgEIcHlwaS5vcmcCJDAwMDAwMDAwMDAw"],
        leaves: &["npm_config_registry is wrong", "pypi-mirror is slow"],
    },
    BuiltIn {
        name: "a token of a cloud service",
        regex: r"\b(?:hvs\.[A-Za-z0-9_-]{20,}|dop_v1_[a-f0-9]{32,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|shp(?:at|ss|ca|pa)_[a-fA-F0-9]{20,})",
        is_harmless: never,
        finds: &["hvs.CAESIJabcdefghij1234567890", "SG.abcdefghijklmnop1234.abcdefghijklmnop1234"],
        leaves: &["hvs. is the prefix", "SG.region is down"],
    },
    BuiltIn {
        name: "a Matrix access token",
        regex: r"\b(?:syt|mat|mct)_[A-Za-z0-9_-]{16,}",
        is_harmless: is_plain_words,
        finds: &["syt_aGVyYWxk_abcdefghijkl1", "mat_aGVyYWxkAbCd1234efgh"],
        leaves: &["mat_view_of_all_open_orders is stale"],
    },
    BuiltIn {
        name: "a JSON web token",
        regex: r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
        is_harmless: never,
        finds: &["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.sig"],
        leaves: &["eyJ is what they begin with"],
    },
    BuiltIn {
        name: "a bearer token",
        regex: r"(?i)\bbearer:?\s+[a-z0-9._~+/-]{16,}",
        is_harmless: is_plain_words,
        finds: &["Authorization: Bearer abcdefgh12345678"],
        leaves: &["The bearer authentication-middleware was restarted", "The bearer of bad news"],
    },
    BuiltIn {
        name: "a name and a password",
        regex: r"(?i)\bbasic\s+[a-z0-9+/]{6,}={0,2}",
        is_harmless: is_no_basic,
        finds: &["Authorization: Basic dXNlcjpwYXNzd29yZA==", "basic YWRtaW46aHVudGVyMg"],
        leaves: &["Basic functionality works again", "basic authentication fails"],
    },
    BuiltIn {
        name: "a password in an address",
        regex: r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/@?#]+@[^\s/@]+",
        is_harmless: has_no_password,
        finds: &["postgres://app:hunter2@db/orders", "https://ghs1234567890abcdefg@host.example/x"],
        leaves: &[
            "https://medium.com/@everyonebank",
            "ssh://git@git.example.org/x",
            "https://status.example.org/inc/7",
        ],
    },
    BuiltIn {
        name: "a password in a command",
        regex: r#"\b(?:curl|wget)\b[^\n]*?\s(?:-u|--user)[ =]?["']?[^\s:"']+:[^\s"']+|\bmysql\w*\b[^\n]*?\s-p[^\s-]\S*|\bsshpass\s+-p\s*\S+|\bredis-cli\b[^\n]*?\s-a\s+\S+"#,
        is_harmless: is_no_secret_in_command,
        finds: &[
            "curl -u admin:hunter2 https://a.example",
            "mysql -u root -phunter2 orders",
            "sshpass -p hunter2 ssh a",
        ],
        leaves: &["curl -u $USER:$PASS https://a.example", "mysql -u root -p orders", "sshpass -p <yours>"],
    },
    BuiltIn {
        name: "a signature in an address",
        regex: r"(?i)(?:[?&;](?:key|apikey|auth|code|jwt|sid|session|ticket)|\b(?:x-(?:amz|goog)-(?:signature|credential)|sig|signature))=[^&\s#]+",
        is_harmless: is_no_signature,
        finds: &[
            "https://a.example/?key=4Fz81kQm",
            "https://a.example/f?X-Amz-Signature=fe5f80f7",
            "f?se=2026&sig=abcd1234%3D",
        ],
        leaves: &["https://a.example/?key=orders", "https://a.example/?code=404", "sig=none"],
    },
    BuiltIn {
        name: "a password or a secret",
        regex: concat!(
            r"(?i)(?:pass(?:word|wd|phrase|code|key)|(?:\b|_)(?:pass|passwd|pwd|pw|pin|otp)|secret(?:[ _-]?(?:access[ _-]?)?key)?|token",
            r"|(?:api|access|private|signing|encryption|account|master|license|session|auth|shared|recovery|backup|\b)[ _-]?keys?",
            r"|credentials?|\bcreds|(?:seed|recovery) phrase|(?:2fa|mfa|one[ -]?time|recovery|backup|verification|security|access|login|unlock)[ -]codes?",
            r"|passwort|kennwort|mot de passe|contrase(?:ñ|n)a|\bsenha|п[аa][рp][оo]л[ьb]|wachtwoord|has(?:ł|l)o|\bheslo)",
            r"(?:s|\d{1,3}|_[a-z0-9_]{0,20}|value|hash)?\b"
        ),
        is_harmless: says_no_secret,
        finds: &[
            "password: x",
            "password is x",
            "pwd: x",
            "secret: x",
            "DB_PASSWORD = hunter2",
            "api key: 12ab",
            "client_secret=abc",
            r#""token": "a1b2""#,
            "ｐａｓｓｗｏｒｄ： x",
            "p\u{430}ssw\u{43e}rd: x",
            "pass\u{200b}word: x",
            "https://a.example/?token=a1b2c3",
            // What stands behind the first mark counts, as a whole.
            "secret: aGVsbG8gd29ybGQ=",
            "api_key=Zm9vYmFy==",
            "password: hunter2:",
            "password: abc=none",
            "password: public.key-4711",
            "secret: changed!Horse9",
            "password: old-hunter2",
            "password is: hunter2",
            "password is BlueThing",
            "password is now hunter2",
            "password -> hunter2",
            "password: <hunter2",
            "pass: hunter2",
            "MYSQL_PWD: hunter2",
            "API key 9f8e7d6c5b4a39281706f5e4d3c2b1a0",
            "The new password is now hunter2",
            "password (root): hunter2",
            "Password – hunter2",
            "passphrase: correct horse battery staple",
            "<password>hunter2</password>",
            "2FA code: 483920",
            "AccountKey=Zm9vYmFyYmF6==",
        ],
        leaves: &[
            "token = missing",
            "https://a.example/?token=public",
            "the password reset page is down",
            "secret santa is off",
            "The password is wrong for some, and the token is not accepted",
            "Password resets fail; the token page is affected too.",
            "Your password is safe",
            "An admin password is posted in a forum",
            "An admin password was posted in a forum",
            "All tokens are being rotated",
            "Two things: the secret is out, passwords are unaffected",
            "password: ***",
            "token: <your token>",
            "password: none.",
            "password: is missing",
            "A new password is now required.",
        ],
    },
    BuiltIn {
        name: "a name and a password",
        regex: r"(?i)\b[a-z][a-z0-9_.@-]{1,40}(?:[:/]| / )\S{5,}",
        is_harmless: is_no_pair,
        finds: &[
            "login: admin/hunter2",
            "use admin:Winter2026! to log in",
            "Sign in as carl:Winter2026!",
            "user root:hunter2",
        ],
        leaves: &[
            "Login: SSO/SAML2 fails",
            "see /admin/users2",
            "sha256:9f8e7d6c5b4a",
            "the image is orders/api:v2.10.3",
        ],
    },
    BuiltIn {
        name: "a private network address",
        regex: r"\b(?:0{0,2}10\.\d{1,3}|192\.168|172\.0?(?:1[6-9]|2\d|3[01])|169\.254|127\.\d{1,3}|100\.0?(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.\d{1,3}\.\d{1,3}\b",
        is_harmless: is_no_ipv4,
        finds: &[
            "10.0.12.7 is down",
            "try 192.168.1.1",
            "172.16.0.9:8080",
            "the app 10.0.3.4 does not answer",
            "010.000.000.012 is down",
            "100.64.0.1 is down",
        ],
        leaves: &[
            "version 10.2.3.4",
            "We rolled back to release 10.2.3.4 of the app",
            "v10.2.3.4 is out",
            "10.2.3.4-beta1",
            "172.64.0.1 is a public address",
            "100.128.0.1 is a public address",
            "10.5 % of users",
            "10.300.1.1",
            "1.10.2.3.4",
            "We roll back to 10.2.3.4",
            "We upgraded the app to 10.2.3.4.",
            "upgrading from 10.2.3.3 to 10.2.3.4",
        ],
    },
    BuiltIn {
        name: "a private network address",
        regex: r"(?i)\b(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):[0-9a-f:]+(?:%\w+)?",
        is_harmless: is_no_ipv6,
        finds: &["fd12:3456:789a::1 does not answer", "fe80::1ff:fe23:4567:890a%eth0", "FC00::7"],
        leaves: &["2001:db8::1 is public", "fed: up", "fade:in", "fe80 is a prefix"],
    },
    BuiltIn {
        name: "a private host name",
        regex: concat!(
            r"(?i)\b(?:[a-z0-9_-]+\.)+(?:internal|intranet|intra|private|priv|local|localdomain|lan|corp|consul|svc|int|home\.arpa)(?:\.[a-z0-9-]+)*",
            r"|\b(?:intranet|internal)(?:\.[a-z0-9-]+){2,}|\blocalhost:\d+",
        ),
        is_harmless: is_no_private_host,
        finds: &[
            "db-1.prod.internal is slow",
            "printer.lan",
            "nas.home.arpa",
            "api.default.svc.cluster.local.",
            "http://jenkins.corp/job/7",
            "ｄｂ.corp",
            "kafka.corp.example.com",
            "intranet.example.com",
            "localhost:8080",
            "db1.private",
            "db01.intra",
            "db1。internal",
        ],
        leaves: &[
            "carl@mail.corp",
            "www.corp.example.com",
            "It works on localhost.",
            "Local shops and internal tools work.",
            "See https://status.example.org/inc/7.",
        ],
    },
    BuiltIn {
        name: "a private host name",
        regex: r"(?i)\b(?:[a-z0-9-]+\.)+(?:(?:rds|cache|docdb|redshift|es|compute|compute-\d)\.amazonaws\.com|(?:database|redis\.cache|servicebus)\.windows\.net|(?:documents|vault|database)\.azure\.(?:com|net)|mongodb\.net)\b",
        is_harmless: never,
        finds: &["orders.abc1.eu-west-1.rds.amazonaws.com", "orders.database.windows.net"],
        leaves: &["s3.amazonaws.com is slow", "www.mongodb.com"],
    },
    BuiltIn {
        name: "a private address",
        regex: r"(?i)\b(?:https?|ftp|ssh|redis|amqp|postgres(?:ql)?|mysql|mongodb|ws|wss|tcp)://[a-z0-9_-]+(?::\d+)?",
        is_harmless: is_public_url,
        finds: &["http://grafana:3000", "See https://wiki/incidents.", "redis://cache-1:6379"],
        leaves: &["https://status.example.org", "http://203.0.113.7/", "https://carl:@example.org"],
    },
    BuiltIn {
        name: "a private address",
        regex: r"(?i)\b[a-z][a-z0-9-]*:(?:2379|3000|3306|5432|5601|5672|6379|8080|8443|8500|9090|9092|9200|11211|15672|27017)\b",
        is_harmless: is_public_port,
        finds: &["grafana:3000 is down", "redis-1:6379"],
        leaves: &["example.com:8443", "since 12:3000", "the ratio is a:1000"],
    },
    BuiltIn {
        name: "a private address",
        regex: r"\\\\[A-Za-z0-9._$-]+\\[^\s\\]+",
        is_harmless: never,
        finds: &[r"\\fileserver\share"],
        leaves: &[r"C:\Temp\x"],
    },
];

fn never(_: &Hit<'_>) -> bool {
    false
}

/// Words with hyphens between them and no digit are no key.
fn is_plain_words(hit: &Hit<'_>) -> bool {
    !hit.found.contains(|c: char| c.is_ascii_digit()) && !hit.found.chars().skip(4).any(|c| c.is_ascii_uppercase())
}

/// What follows says no name and password.
fn is_no_basic(hit: &Hit<'_>) -> bool {
    let coded = hit.found.split_whitespace().next_back().unwrap_or_default().trim_end_matches('=');
    !BASE64_NOPAD.decode(coded.as_bytes()).is_ok_and(|said| said.is_ascii() && said.contains(&b':'))
}

/// A name alone is no password, unless it is long and looks like a key.
fn has_no_password(hit: &Hit<'_>) -> bool {
    let user = hit.found.split_once("://").map_or("", |(_, rest)| rest.split('@').next().unwrap_or_default());
    let is_key = user.len() >= 16 && user.contains(|c: char| c.is_ascii_digit());
    !is_key && user.split_once(':').is_none_or(|(_, password)| password.is_empty())
}
