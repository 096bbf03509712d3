"""What is closed to a bot: a wrong token, intents that the portal does not allow, messages not meant for it."""

import asyncio

import discord

from kit import PATIENCE, same, tell


async def play(token: str) -> None:
    await wrong_token(token)
    await intents_not_allowed(token)
    await withheld(token)


async def wrong_token(token: str) -> None:
    async with discord.Client(intents=discord.Intents.default()) as client:
        try:
            await client.login(token[:-1])
        except discord.LoginFailure:
            tell("the token is wrong")


async def intents_not_allowed(token: str) -> None:
    intents = discord.Intents.default()
    intents.message_content = True
    async with discord.Client(intents=intents) as client:
        await client.login(token)
        try:
            await client.connect()
        except discord.PrivilegedIntentsRequired:
            tell("the intents are not allowed")


async def withheld(token: str) -> None:
    """Without the intent there are messages, but not what they say, unless they call the bot."""
    async with discord.Client(intents=discord.Intents.default()) as client:
        await client.login(token)
        connected = asyncio.create_task(client.connect())
        await client.wait_until_ready()
        (guild,) = client.guilds
        same([it.name for it in guild.members], ["herald"], "members, without the intent for others")
        for step, expected in (("listening", ""), ("heard nothing", f"hello {client.user.mention}")):
            coming = client.wait_for("message", timeout=PATIENCE)
            tell(step)
            same((await coming).content, expected, "what is heard")
        tell("heard what was meant for it")
        await client.close()
        await connected
