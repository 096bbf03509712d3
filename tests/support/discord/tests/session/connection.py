"""The connection: limits that are kept, failures that are survived, sessions that go on."""

import asyncio

from kit import PATIENCE, Session, same


async def play(session: Session) -> None:
    await burst(session)
    await failures(session)
    await resume(session)
    await start_anew(session)
    session.done("survived")
    await session.close()


async def burst(session: Session) -> None:
    """More than the limits allow at once: discord.py reads them from the headers, and waits."""
    busy = session.channel("busy")
    for number in range(1, 13):
        await busy.send(f"post {number}")
    found = [it.content async for it in busy.history(limit=None, oldest_first=True)]
    same(found, [f"post {number}" for number in range(1, 13)], "posts")
    session.done("posted many")


async def failures(session: Session) -> None:
    """The test has the next two requests fail, the second one by a limit: discord.py tries again."""
    said = await session.after("asking for failures", "message")
    await session.through(said.reply("here I am"), "message")
    session.done("went through failures")


async def resume(session: Session) -> None:
    """The test cuts the connection, and ben speaks before it is back."""
    resumed = asyncio.ensure_future(session.wait_for("resumed", timeout=PATIENCE))
    said = await session.after("waiting for a cut", "message")
    same((said.author.name, said.content), ("ben", "while you were away"), "what is replayed")
    await resumed
    resumed = asyncio.ensure_future(session.wait_for("resumed", timeout=PATIENCE))
    session.done("resumed")
    # The test asks to connect again.
    await resumed
    session.done("resumed as asked")


async def start_anew(session: Session) -> None:
    """The test ends the session. What was said meanwhile is not replayed, and can be read."""
    ready = asyncio.ensure_future(session.wait_for("ready", timeout=PATIENCE))
    session.done("waiting for the end of the session")
    await ready
    session.guild = session.guilds[0]
    general = session.channel("general")
    same([it.content async for it in general.history(limit=1)], ["while nobody listened"], "what is read")
    same(len(session.guild.members), session.guild.member_count, "members")
