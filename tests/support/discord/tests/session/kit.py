"""What all chapters of the session stand on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands

# How long anything may take, in seconds: only so that a failure ends.
PATIENCE = 30


class Session(discord.Client):
    """A bot that watches one guild with all it may see."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.members = True
        intents.message_content = True
        super().__init__(intents=intents)
        self.tree = app_commands.CommandTree(self)
        self.guild: discord.Guild = discord.utils.MISSING

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Does not wait: the double starts the next session at once unless it is told to be slow."""

    async def ready(self) -> None:
        await self.wait_until_ready()
        same([guild.name for guild in self.guilds], ["Shop"], "guilds")
        self.guild = self.guilds[0]

    def done(self, step: str) -> None:
        """Tells the test that a step is done. It reads one line, and goes on with its part."""
        tell(step)

    async def after(self, step: str, event: str, check: Callable[..., bool] = lambda *_: True) -> Any:
        """Tells the test that it is its turn, and waits for the event that its part leads to."""
        coming = self.wait_for(event, check=check, timeout=PATIENCE)
        self.done(step)
        return await coming

    async def through(self, action: Awaitable[Any], event: str, check: Callable[..., bool] = lambda *_: True) -> Any:
        """Does something, and waits for the event that it leads to. Returns what both say."""
        coming = asyncio.ensure_future(self.wait_for(event, check=check, timeout=PATIENCE))
        answer = await action
        return answer, await coming

    def channel(self, name: str) -> Any:
        return only((it for it in self.guild.channels if it.name == name), f"channel {name}")

    def member(self, name: str) -> discord.Member:
        return only((it for it in self.guild.members if it.name == name), f"member {name}")

    def role(self, name: str) -> discord.Role:
        return only((it for it in self.guild.roles if it.name == name), f"role {name}")


class Complaints(logging.Handler):
    """Hears what discord.py says only in its log: errors in handlers, and events about things unknown to it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []
        self.setFormatter(logging.Formatter())
        logger = logging.getLogger()
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        unknown = any(sign in text for sign in ("Discarding", "Unknown event", "Unknown OP", "timed out"))
        if record.levelno >= logging.ERROR or unknown:
            self.heard.append(f"{record.name}: {self.format(record)}")

    def none(self) -> None:
        if self.heard:
            raise AssertionError("discord.py complains:\n" + "\n".join(self.heard))


def tell(step: str) -> None:
    """Prints a line for the test, at once."""
    print(step, flush=True)


def only(found: Any, what: str) -> Any:
    """The one that there is."""
    (one,) = listed = list(found) or [None]
    if one is None:
        raise AssertionError(f"there is no {what} in {listed}")
    return one


def same(actual: Any, expected: Any, what: str) -> None:
    """Fails unless both are equal."""
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, found {actual!r}")


async def refused(action: Awaitable[Any], status: int, code: int) -> discord.HTTPException:
    """Fails unless the double says no in just this way."""
    try:
        await action
    except discord.HTTPException as no:
        same((no.status, no.code), (status, code), f"refusal “{no}”")
        return no
    raise AssertionError(f"not refused; expected {status} with code {code}")
