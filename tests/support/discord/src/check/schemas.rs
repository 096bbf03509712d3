//! The bodies of requests.

use super::Kind::{Any, Bits, Bool, Id, Int, List, Nonce, Number, Object, Of, Text, Time, Url, Word};
use super::{Field, Kind, may, must};

const IDS: &Kind = &Id;
const COLOR: Kind = Int(0, 0xff_ffff);

const EMBED: &[Field] = &[
    may("title", Text(0, 256)),
    may("description", Text(0, 4096)),
    may("url", Url),
    may("color", COLOR),
    may("timestamp", Time),
    may("footer", Object(&[must("text", Text(0, 2048)), may("icon_url", Url)])),
    may("author", Object(&[must("name", Text(0, 256)), may("url", Url), may("icon_url", Url)])),
    may("image", Object(&[must("url", Url)])),
    may("thumbnail", Object(&[must("url", Url)])),
    may(
        "fields",
        List(0, 25, &Object(&[must("name", Text(1, 256)), must("value", Text(1, 1024)), may("inline", Bool)])),
    ),
];

const ALLOWED_MENTIONS: &[Field] = &[
    may("parse", List(0, 3, &Word(&["roles", "users", "everyone"]))),
    may("users", List(0, 100, IDS)),
    may("roles", List(0, 100, IDS)),
    may("replied_user", Bool),
];

/// A message, new or edited; components are looked at on their own.
pub(crate) const MESSAGE: &[Field] = &[
    may("content", Text(0, 2000)),
    may("embeds", List(0, 10, &Object(EMBED))),
    may("allowed_mentions", Object(ALLOWED_MENTIONS)),
    may("components", List(0, 5, &Any)),
    may("flags", Int(0, i64::MAX)),
    may("tts", Bool),
    may("nonce", Nonce),
    may("enforce_nonce", Bool),
    may("sticker_ids", List(0, 3, IDS)),
    may("attachments", List(0, 10, &Object(&[must("id", Id), may("filename", Text(0, 1024))]))),
    may(
        "message_reference",
        Object(&[
            must("message_id", Id),
            may("channel_id", Id),
            may("guild_id", Id),
            may("fail_if_not_exists", Bool),
            may("type", Of(&[0, 1])),
        ]),
    ),
    may("username", Text(1, 80)),
    may("avatar_url", Url),
    may("thread_name", Text(1, 100)),
];

/// `POST /channels/…/messages/bulk-delete`.
pub(crate) const BULK_DELETE: &[Field] = &[must("messages", List(0, usize::MAX, IDS))];

const EMOJI: Kind = Object(&[may("id", Id), may("name", Text(0, 32)), may("animated", Bool)]);

/// A button.
pub(crate) const BUTTON: &[Field] = &[
    must("style", Of(&[1, 2, 3, 4, 5, 6])),
    may("label", Text(0, 80)),
    may("custom_id", Text(1, 100)),
    may("url", Url),
    may("disabled", Bool),
    may("emoji", EMOJI),
];

const SELECT_OPTION: &[Field] = &[
    must("label", Text(1, 100)),
    must("value", Text(1, 100)),
    may("description", Text(0, 100)),
    may("default", Bool),
    may("emoji", EMOJI),
];

/// A menu of the application's own choices.
pub(crate) const STRING_SELECT: &[Field] = &[
    must("custom_id", Text(1, 100)),
    must("options", List(1, 25, &Object(SELECT_OPTION))),
    may("placeholder", Text(0, 150)),
    may("min_values", Int(0, 25)),
    may("max_values", Int(1, 25)),
    may("disabled", Bool),
    may("required", Bool),
];

/// A menu of users, roles or channels.
pub(crate) const ENTITY_SELECT: &[Field] = &[
    must("custom_id", Text(1, 100)),
    may("placeholder", Text(0, 150)),
    may("min_values", Int(0, 25)),
    may("max_values", Int(1, 25)),
    may("disabled", Bool),
    may("required", Bool),
    may("channel_types", List(0, 20, &Int(0, 20))),
    may("default_values", List(0, 25, &Object(&[must("id", Id), must("type", Word(&["user", "role", "channel"]))]))),
];

/// A field to type in. The label is the row's own or that of the label around it.
pub(crate) const TEXT_INPUT: &[Field] = &[
    must("custom_id", Text(1, 100)),
    must("style", Of(&[1, 2])),
    may("label", Text(1, 45)),
    may("value", Text(0, 4000)),
    may("placeholder", Text(0, 100)),
    may("required", Bool),
    may("min_length", Int(0, 4000)),
    may("max_length", Int(1, 4000)),
];

/// A label around one component.
pub(crate) const LABEL: &[Field] =
    &[must("label", Text(1, 45)), may("description", Text(0, 100)), must("component", Any)];

/// Text among a form's fields.
pub(crate) const TEXT_DISPLAY: &[Field] = &[must("content", Text(1, 4000))];

/// A modal.
pub(crate) const MODAL: &[Field] =
    &[must("custom_id", Text(1, 100)), must("title", Text(1, 45)), must("components", List(1, 5, &Any))];

/// Suggestions.
pub(crate) const CHOICES: &[Field] = &[may("choices", List(0, 25, &Object(CHOICE)))];

/// A choice: its value by the option's type.
pub(crate) const CHOICE: &[Field] = &[must("name", Text(1, 100)), must("value", Any), may("name_localizations", Any)];

/// An interaction's answer; what is in it depends on its type.
pub(crate) const CALLBACK: &[Field] = &[must("type", Of(&[1, 4, 5, 6, 7, 8, 9, 10, 12])), may("data", Any)];

/// A command; its options are looked at on their own.
pub(crate) const COMMAND: &[Field] = &[
    must("name", Text(1, 32)),
    may("description", Text(0, 100)),
    may("type", Of(&[1, 2, 3, 4])),
    may("options", List(0, 25, &Any)),
    may("default_member_permissions", Bits),
    may("dm_permission", Bool),
    may("nsfw", Bool),
    may("contexts", List(1, 3, &Of(&[0, 1, 2]))),
    may("integration_types", List(1, 2, &Of(&[0, 1]))),
    may("id", Id),
];

/// An option of a command.
pub(crate) const OPTION: &[Field] = &[
    must("type", Of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])),
    must("name", Text(1, 32)),
    must("description", Text(1, 100)),
    may("required", Bool),
    may("autocomplete", Bool),
    may("options", List(0, 25, &Any)),
    may("choices", List(0, 25, &Object(CHOICE))),
    may("min_length", Int(0, 6000)),
    may("max_length", Int(1, 6000)),
    may("min_value", Number),
    may("max_value", Number),
    may("channel_types", List(0, 20, &Int(0, 20))),
];

/// An overwrite among others.
const OVERWRITE: &[Field] = &[must("id", Id), may("type", Of(&[0, 1])), may("allow", Bits), may("deny", Bits)];

/// `PUT /channels/…/permissions/…`.
pub(crate) const PUT_OVERWRITE: &[Field] = &[may("type", Of(&[0, 1])), may("allow", Bits), may("deny", Bits)];

const ARCHIVE: Kind = Of(&[60, 1440, 4320, 10080]);

/// A new channel.
pub(crate) const NEW_CHANNEL: &[Field] = &[
    must("name", Text(1, 100)),
    may("type", Of(&[0, 2, 4, 5, 13, 14, 15, 16])),
    may("position", Int(0, i64::MAX)),
    may("topic", Text(0, 1024)),
    may("nsfw", Bool),
    may("rate_limit_per_user", Int(0, 21_600)),
    may("parent_id", Id),
    may("permission_overwrites", List(0, 100, &Object(OVERWRITE))),
    may("default_auto_archive_duration", ARCHIVE),
];

/// What of a channel changes.
pub(crate) const EDIT_CHANNEL: &[Field] = &[
    may("name", Text(1, 100)),
    may("type", Of(&[0, 5])),
    may("position", Int(0, i64::MAX)),
    may("topic", Text(0, 1024)),
    may("nsfw", Bool),
    may("rate_limit_per_user", Int(0, 21_600)),
    may("parent_id", Id),
    may("permission_overwrites", List(0, 100, &Object(OVERWRITE))),
    may("default_auto_archive_duration", ARCHIVE),
    may("archived", Bool),
    may("locked", Bool),
    may("invitable", Bool),
    may("auto_archive_duration", ARCHIVE),
];

/// Where a channel stands among the others.
pub(crate) const PLACE: &[Field] =
    &[must("id", Id), may("position", Int(0, i64::MAX)), may("parent_id", Id), may("lock_permissions", Bool)];

/// A new thread, with or without a message.
pub(crate) const NEW_THREAD: &[Field] = &[
    must("name", Text(1, 100)),
    may("type", Of(&[10, 11, 12])),
    may("auto_archive_duration", ARCHIVE),
    may("invitable", Bool),
    may("rate_limit_per_user", Int(0, 21_600)),
];

/// A role, new or edited.
pub(crate) const ROLE: &[Field] = &[
    may("name", Text(0, 100)),
    may("permissions", Bits),
    may("color", COLOR),
    may("hoist", Bool),
    may("mentionable", Bool),
];

/// What of a member changes.
pub(crate) const MEMBER: &[Field] = &[may("nick", Text(0, 32)), may("roles", List(0, 250, IDS))];

/// Who to talk to.
pub(crate) const NEW_DM: &[Field] = &[must("recipient_id", Id)];

/// A webhook, new or edited.
pub(crate) const WEBHOOK: &[Field] = &[may("name", Text(1, 80)), may("channel_id", Id)];
