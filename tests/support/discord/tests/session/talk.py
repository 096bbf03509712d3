"""Messages: what people say, and all that a bot does with what it says itself."""

import io

import discord

from kit import Session, refused, same


async def play(session: Session) -> None:
    await hear(session)
    sent = await say(session)
    await change(session, sent)
    await react(session, sent)
    await pin(session, sent)
    await remove(session, sent)
    await read(session)
    await thread(session)
    await directly(session)


async def hear(session: Session) -> None:
    general, ana = session.channel("general"), session.member("ana")
    said = await session.after("listening", "message")
    same((said.author, said.channel, said.guild), (ana, general, session.guild), "author, channel and guild")
    same(said.content, f"hello {session.user.mention}", "text")
    same(said.mentions, [session.guild.me], "mentioned")
    same(said.type, discord.MessageType.default, "kind")
    assert not said.author.bot
    session.done("heard ana")

    answer, heard = await session.through(said.reply("hello ana", mention_author=True), "message")
    same((answer.id, answer.content), (heard.id, heard.content), "own message")
    same(answer.type, discord.MessageType.reply, "kind")
    same((answer.reference.message_id, answer.reference.channel_id), (said.id, general.id), "what is answered")
    same(heard.reference.resolved.content, said.content, "the message that is answered")
    same(answer.mentions, [ana], "mentioned")
    same(answer.author, session.user, "author")
    session.done("replied")


async def say(session: Session) -> discord.Message:
    general, ben = session.channel("general"), session.member("ben")
    embed = discord.Embed(title="INC-1", description="checkout is down", colour=0xCC0000, url="https://example.org/1")
    embed.add_field(name="commander", value="ana").set_footer(text="critical")
    sent = await general.send(
        f"@everyone {ben.mention} look",
        embed=embed,
        allowed_mentions=discord.AllowedMentions.none(),
        nonce="inc-1-declared",
    )
    assert not sent.mention_everyone
    same(sent.embeds[0].to_dict(), embed.to_dict(), "embed")
    again = await general.send("not a second one", nonce="inc-1-declared")
    same((again.id, again.content), (sent.id, sent.content), "message of the same nonce")
    session.done("sent")

    file = discord.File(io.BytesIO(b"12:01 errors\n"), "errors.log", description="what the server wrote")
    sent_file = await session.channel("busy").send("the log", file=file)
    same([(it.filename, it.size) for it in sent_file.attachments], [("errors.log", 13)], "files")
    await sent_file.delete()

    await general.typing()
    await refused(general.send(""), 400, 50006)
    no = await refused(general.send("x" * 2001), 400, 50035)
    assert "content: Must be 2000 or fewer in length" in str(no), no
    session.done("kept to limits")
    return sent


async def change(session: Session, sent: discord.Message) -> None:
    same(sent.edited_at, None, "time of the edit")
    edited, (before, after) = await session.through(sent.edit(content="checkout works again"), "message_edit")
    same((before.id, after.id, edited.id), (sent.id,) * 3, "edited message")
    same((before.content[:9], after.content), ("@everyone", "checkout works again"), "text before and after")
    assert edited.edited_at is not None and after.edited_at == edited.edited_at
    same(len(edited.embeds), 1, "embeds of an edited message")
    edited, _ = await session.through(sent.edit(embed=None), "message_edit")
    same((edited.content, edited.embeds), ("checkout works again", []), "what an edit leaves and takes")
    (_, after) = await session.after("edited", "message_edit")
    same((after.author.name, after.content), ("ana", "hello all"), "what ana edits")


async def react(session: Session, sent: discord.Message) -> None:
    _, (reaction, user) = await session.through(sent.add_reaction("👍"), "reaction_add")
    same((str(reaction), user), ("👍", session.guild.me), "own reaction")
    reaction, user = await session.after("reacted", "reaction_add")
    same((str(reaction), reaction.count, user.name), ("👍", 2, "ana"), "what ana adds")
    same(sorted([user.name async for user in reaction.users()]), ["ana", "herald"], "who reacted")
    found = await sent.channel.fetch_message(sent.id)
    same([(str(it), it.count, it.me) for it in found.reactions], [("👍", 2, True)], "reactions")
    await session.through(sent.remove_reaction("👍", session.user), "reaction_remove")
    await session.through(sent.clear_reactions(), "reaction_clear")
    same((await sent.channel.fetch_message(sent.id)).reactions, [], "reactions")
    session.done("cleared reactions")


async def pin(session: Session, sent: discord.Message) -> None:
    _, notice = await session.through(sent.pin(), "message", lambda it: it.type is discord.MessageType.pins_add)
    same(notice.reference.message_id, sent.id, "what the notice is about")
    same([it.id async for it in sent.channel.pins()], [sent.id], "pins")
    assert (await sent.channel.fetch_message(sent.id)).pinned
    session.done("pinned")
    await session.through(sent.unpin(), "guild_channel_pins_update")
    same([it.id async for it in sent.channel.pins()], [], "pins")


async def remove(session: Session, sent: discord.Message) -> None:
    _, gone = await session.through(sent.delete(), "message_delete")
    same(gone.id, sent.id, "deleted message")
    await refused(sent.channel.fetch_message(sent.id), 404, 10008)
    await refused(sent.delete(), 404, 10008)
    session.done("deleted")
    gone = await session.after("watching deletions", "message_delete")
    same((gone.author.name, gone.content), ("ben", "oops"), "what ben deletes")


async def read(session: Session) -> None:
    log = session.channel("log")
    found = [it async for it in log.history(limit=None, oldest_first=True)]
    same([it.content for it in found], [f"line {number}" for number in range(1, 131)], "all of a long history")
    newest = [it.content async for it in log.history(limit=2)]
    same(newest, ["line 130", "line 129"], "the newest")
    since = [it.content async for it in log.history(after=found[126])]
    same(since, ["line 128", "line 129", "line 130"], "since one")
    before = [it.content async for it in log.history(before=found[2], oldest_first=True)]
    same(before, ["line 1", "line 2"], "before one")
    around = [it.content async for it in log.history(around=found[50], limit=3)]
    same(sorted(around), ["line 50", "line 51", "line 52"], "around one")
    session.done("read history")


async def thread(session: Session) -> None:
    general = session.channel("general")
    sent = await general.send("details in the thread")
    made, heard = await session.through(sent.create_thread(name="INC-1"), "thread_create")
    same((made.id, heard.id, made.parent, made.owner), (sent.id, sent.id, general, session.guild.me), "thread")
    said = await session.after("opened a thread", "message", lambda it: it.content == "I see it")
    same((said.channel, said.author.name), (made, "ben"), "what ben says in the thread")
    await made.send("thank you")
    await made.edit(name="INC-1 done", archived=True, locked=True)
    found = await session.guild.fetch_channel(made.id)
    same((found.name, found.archived, found.locked), ("INC-1 done", True, True), "thread at the end")
    same([it.name async for it in general.archived_threads()], ["INC-1 done"], "archived threads")
    session.done("closed the thread")


async def directly(session: Session) -> None:
    ana = session.member("ana")
    sent = await ana.send("what do you see?")
    assert isinstance(sent.channel, discord.DMChannel)
    same(sent.channel.recipient, ana, "other side")
    said = await session.after("asked ana", "message", lambda it: it.author == ana)
    same((said.guild, said.channel, said.content), (None, sent.channel, "errors"), "what ana answers")
    same(len([it async for it in sent.channel.history()]), 2, "messages between both")
    no = await refused(session.member("shy").send("and you?"), 403, 50007)
    assert isinstance(no, discord.Forbidden)
    session.done("heard ana directly")
