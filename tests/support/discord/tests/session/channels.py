"""Channels, roles, permissions and webhooks: what a bot arranges, and what it may not."""

import discord

from kit import Session, refused, same


async def play(session: Session) -> None:
    permissions(session)
    room = await create(session)
    await change(session, room)
    await webhook(session, room)
    await roles(session)
    await denied(session)
    await members(session)
    await delete(session, room)


def permissions(session: Session) -> None:
    """What discord.py finds that each may do in each channel. The test compares it with what the double finds."""
    for channel in session.guild.text_channels:
        for member in sorted(session.guild.members, key=lambda it: it.name):
            session.done(f"{member.name} in {channel.name} {channel.permissions_for(member).value}")
    session.done("told permissions")


async def create(session: Session) -> discord.TextChannel:
    guild, ben = session.guild, session.member("ben")
    overwrites = {
        guild.default_role: discord.PermissionOverwrite(view_channel=False),
        session.role("responders"): discord.PermissionOverwrite(view_channel=True, send_messages=True),
        ben: discord.PermissionOverwrite(view_channel=True, mention_everyone=False),
        guild.me: discord.PermissionOverwrite(view_channel=True, send_messages=True),
    }
    made, heard = await session.through(
        guild.create_text_channel("inc-1", overwrites=overwrites, topic="checkout is down", reason="INC-1"),
        "guild_channel_create",
    )
    same((made.id, made.name, made.topic), (heard.id, "inc-1", "checkout is down"), "channel")
    same(heard.overwrites, overwrites, "overwrites as heard")
    found = await guild.fetch_channel(made.id)
    same(found.overwrites, overwrites, "overwrites as read")
    session.done("created a channel")
    return heard


async def change(session: Session, room: discord.TextChannel) -> None:
    ben = session.member("ben")
    _, (before, after) = await session.through(room.set_permissions(ben, overwrite=None), "guild_channel_update")
    assert ben in before.overwrites and ben not in after.overwrites
    wider = discord.PermissionOverwrite(view_channel=True, send_messages=False)
    _, (_, after) = await session.through(room.set_permissions(ben, overwrite=wider), "guild_channel_update")
    same(after.overwrites[ben], wider, "overwrite")
    archive = await session.guild.create_category("archive")
    edit = room.edit(name="inc-1-closed", topic=None, category=archive)
    _, (_, after) = await session.through(edit, "guild_channel_update")
    same((after.name, after.topic, after.category.name), ("inc-1-closed", None, "archive"), "channel")
    session.done("changed the channel")


async def webhook(session: Session, room: discord.TextChannel) -> None:
    hook = await room.create_webhook(name="relay")
    same((hook.name, hook.channel_id, hook.user), ("relay", room.id, session.user), "webhook")
    posting = hook.send("hello from elsewhere", username="carol", wait=True)
    sent, heard = await session.through(posting, "message")
    same((sent.id, heard.webhook_id, heard.author.name, heard.author.bot), (heard.id, hook.id, "carol", True), "post")
    edited = await sent.edit(content="hello again")
    same(edited.content, "hello again", "text")
    same((await hook.fetch_message(sent.id)).content, "hello again", "text as read")
    await sent.delete()
    same([it.id for it in await room.webhooks()], [hook.id], "webhooks of the channel")
    await hook.delete()
    await refused(hook.send("anybody there?"), 404, 10015)
    session.done("used a webhook")


async def roles(session: Session) -> None:
    guild, ben = session.guild, session.member("ben")
    role, heard = await session.through(guild.create_role(name="spokesperson", mentionable=True), "guild_role_create")
    same((role.id, heard.name, heard.mentionable), (heard.id, "spokesperson", True), "role")
    _, (before, after) = await session.through(ben.add_roles(role), "member_update")
    assert role not in before.roles and role in after.roles
    _, (_, after) = await session.through(ben.remove_roles(role), "member_update")
    assert role not in after.roles
    _, gone = await session.through(role.delete(), "guild_role_delete")
    same(gone.id, role.id, "deleted role")
    before, after = await session.after("arranged roles", "member_update")
    same([it.name for it in after.roles], ["@everyone"], "what is left of the roles of ben")


async def denied(session: Session) -> None:
    quiet, hidden, general = (session.channel(name) for name in ("quiet", "hidden", "general"))
    no = await refused(quiet.send("may I?"), 403, 50013)
    assert isinstance(no, discord.Forbidden), no
    same(no.text, "Missing Permissions", "what is said")
    await refused(hidden.fetch_message(1), 403, 50001)
    await refused(hidden.send("may I?"), 403, 50001)
    await refused(session.guild.kick(session.member("ana")), 403, 50013)
    await refused(session.member("ben").add_roles(session.role("chiefs")), 403, 50013)
    said = await session.after("denied", "message")
    await refused(said.edit(content="no"), 403, 50005)
    await said.delete()
    unknown = session.get_partial_messageable(1)
    await refused(unknown.send("anybody?"), 404, 10003)
    session.done("knows its place")


async def members(session: Session) -> None:
    found = [it.name async for it in session.guild.fetch_members(limit=None)]
    same(sorted(found), sorted(it.name for it in session.guild.members), "members")
    same((await session.guild.fetch_member(session.member("ana").id)).name, "ana", "one member")
    await refused(session.guild.fetch_member(1), 404, 10013)
    same({it.name for it in await session.guild.fetch_roles()}, {it.name for it in session.guild.roles}, "roles")
    joined = await session.after("looked around", "member_join")
    same((joined.name, joined.guild), ("dan", session.guild), "who joins")
    left = await session.after("met dan", "member_remove")
    same(left.id, joined.id, "who leaves")


async def delete(session: Session, room: discord.TextChannel) -> None:
    _, gone = await session.through(room.delete(), "guild_channel_delete")
    same(gone.id, room.id, "deleted channel")
    await refused(room.send("anybody?"), 404, 10003)
    session.done("deleted the channel")
