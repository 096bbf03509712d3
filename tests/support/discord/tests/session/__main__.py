"""discord.py, which knows nothing of Herald, against the test double.

Unmodified but for its two base addresses. The test that starts it reads what it prints, a line for each step, and
plays the people in between. Whatever is not as it should be ends it with a traceback and status 1.

    python session PLAY REST GATEWAY < token

PLAY is "session", a bot's whole life, or "doors", what is closed to a bot.
"""

import asyncio
import sys

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

import channels
import commands
import connection
import doors
import talk
from kit import Complaints, Session, tell


async def main(play: str, rest: str, gateway: str) -> None:
    token = sys.stdin.readline().strip()
    Route.BASE = rest
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    complaints = Complaints()
    await {"session": whole, "doors": doors.play}[play](token)
    complaints.none()
    tell("closed")


async def whole(token: str) -> None:
    async with Session() as session:
        await session.login(token)
        session.done(f"logged in as {session.user.name}")
        connected = asyncio.create_task(session.connect())
        played = asyncio.create_task(chapters(session))
        await asyncio.wait({connected, played}, return_when=asyncio.FIRST_COMPLETED)
        if connected.done():
            # It fails with the reason when it did not end because it was closed.
            connected.result()
        await played
        await connected


async def chapters(session: Session) -> None:
    await session.ready()
    for chapter in (talk, channels, commands, connection):
        await chapter.play(session)


if __name__ == "__main__":
    assert discord.version_info.releaselevel == "final"
    asyncio.run(main(*sys.argv[1:]))
