"""A session of discord.py, which knows nothing of Herald, against the test double.

Unmodified but for its two base addresses. The test that starts it reads what it prints, a line for each step, and
plays the people in between. Whatever is not as it should be ends it with a traceback and status 1.

    python session REST GATEWAY < token
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
import talk
from kit import Complaints, Session


async def main(rest: str, gateway: str, token: str) -> None:
    Route.BASE = rest
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    complaints = Complaints()
    async with Session() as session:
        await session.login(token)
        session.done(f"logged in as {session.user.name}")
        connected = asyncio.create_task(session.connect())
        played = asyncio.create_task(play(session))
        await asyncio.wait({connected, played}, return_when=asyncio.FIRST_COMPLETED)
        if connected.done():
            # It fails with the reason when it did not end because it was closed.
            connected.result()
        await played
        await connected
    complaints.none()
    print("closed", flush=True)


async def play(session: Session) -> None:
    await session.ready()
    for chapter in (talk, channels, commands, connection):
        await chapter.play(session)


if __name__ == "__main__":
    assert discord.version_info.releaselevel == "final"
    asyncio.run(main(*sys.argv[1:], sys.stdin.readline().strip()))
