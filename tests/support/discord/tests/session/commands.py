"""Slash commands, and what follows from them: answers, modals, buttons, suggestions."""

import discord
from discord import app_commands, ui
from discord.webhook.async_ import async_context

from kit import Session, refused, same

SEVERITIES = [app_commands.Choice(name=name, value=name) for name in ("minor", "major", "critical")]


class Promise(ui.Modal, title="Update"):
    """Asks for the text, and for the time of the next one."""

    text = ui.TextInput(label="Text", style=discord.TextStyle.paragraph, max_length=1000)
    promise = ui.Label(text="Next update in", component=ui.TextInput(default="30m"))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{self.text}, next in {self.promise.component.value}")


class Draft(ui.View):
    """Publish or discard."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.presses: list[str] = []

    @ui.button(label="Publish", style=discord.ButtonStyle.primary, custom_id="publish")
    async def publish(self, interaction: discord.Interaction, _: ui.Button) -> None:
        self.presses.append(f"publish by {interaction.user.name}")
        if interaction.user.name == "ana":
            await interaction.response.edit_message(content="published", view=None)
            self.stop()
        else:
            await interaction.response.send_message("ana can", ephemeral=True)

    @ui.select(placeholder="Severity", custom_id="severity", options=[discord.SelectOption(label=it) for it in "abc"])
    async def severity(self, interaction: discord.Interaction, chosen: ui.Select) -> None:
        self.presses.append(f"{chosen.values} by {interaction.user.name}")
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"severity {chosen.values[0]}")


class Incident(app_commands.Group):
    """The tree `/incident`."""

    def __init__(self, session: Session) -> None:
        super().__init__(name="incident", description="Runs an incident")
        self.session = session

    @app_commands.command(description="Opens an incident")
    @app_commands.describe(title="What is wrong", lead="Who leads", room="Where")
    @app_commands.choices(severity=SEVERITIES)
    async def declare(
        self,
        interaction: discord.Interaction,
        title: str,
        severity: app_commands.Choice[str],
        lead: discord.Member | None = None,
        room: discord.TextChannel | None = None,
    ) -> None:
        asked = (title, severity.value, lead and lead.name, room and room.name)
        same(asked, ("checkout", "critical", "ben", "log"), "options")
        same((interaction.user.name, interaction.channel.name), ("ana", "general"), "who asks, and where")
        assert interaction.permissions.send_messages and interaction.app_permissions.send_messages
        answered = await interaction.response.send_message("declared INC-1", ephemeral=True)
        found = await interaction.original_response()
        same((found.content, found.flags.ephemeral, answered.message_id), ("declared INC-1", True, found.id), "answer")
        again = async_context.get().create_interaction_response(
            interaction.id, interaction.token, session=interaction._session, params=form(content="again")
        )
        await refused(again, 400, 40060)
        more = await interaction.followup.send("ben leads", ephemeral=True, wait=True)
        same((more.content, more.flags.ephemeral), ("ben leads", True), "what follows")
        self.session.dispatch("answered", "declare")

    @app_commands.command(description="Takes its time")
    async def close(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        edited = await interaction.edit_original_response(content="closed INC-1")
        same(edited.content, "closed INC-1", "answer")
        posted = await interaction.channel.fetch_message(edited.id)
        same((posted.content, posted.author), ("closed INC-1", self.session.user), "answer in the channel")
        same(posted.type, discord.MessageType.chat_input_command, "kind")
        same(posted.interaction_metadata.user.name, "ben", "who asked")
        more = await interaction.followup.send("and archived", wait=True)
        await more.delete()
        await interaction.delete_original_response()
        await refused(interaction.original_response(), 404, 10008)
        self.session.dispatch("answered", "close")

    @app_commands.command(description="Says how it goes")
    async def update(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Promise())

    @app_commands.command(description="Proposes an update")
    async def draft(self, interaction: discord.Interaction) -> None:
        self.shown = Draft()
        await interaction.response.send_message("a draft", view=self.shown)

    @app_commands.command(description="Shows one")
    @app_commands.rename(chosen="incident")
    async def show(self, interaction: discord.Interaction, chosen: int) -> None:
        await interaction.response.send_message(f"INC-{chosen}", ephemeral=True)
        self.session.dispatch("answered", f"show {chosen}")

    @show.autocomplete("chosen")
    async def suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[int]]:
        same((interaction.user.name, typed), ("ben", "1"), "what is typed, and by whom")
        return [app_commands.Choice(name=f"INC-{number}", value=number) for number in (1, 10, 11)]


def form(content: str) -> discord.http.MultipartParameters:
    """An answer to an interaction, as discord.py sends it."""
    return discord.webhook.async_.interaction_message_response_params(type=4, content=content)


async def play(session: Session) -> None:
    incident = await register(session)
    same(await session.after("synced", "answered"), "declare", "command")
    same(await session.after("answered declare", "answered"), "close", "command")
    said = await session.after("answered close", "message", lambda it: it.author == session.user)
    same(said.content, "all works again, next in 20m", "what comes of the modal")
    await press(session, incident)
    same(await session.after("pressed", "answered"), "show 10", "command")
    session.done("answered show")
    await unregister(session)


async def register(session: Session) -> Incident:
    guild, tree = session.guild, session.tree
    incident = Incident(session)
    tree.add_command(incident, guild=guild)

    @tree.context_menu(name="To the timeline", guild=guild)
    async def note(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"noted: {message.content}", ephemeral=True)

    listed = await tree.sync(guild=guild)
    same(sorted(it.name for it in listed), ["To the timeline", "incident"], "commands")
    found = {it.name: it for it in await tree.fetch_commands(guild=guild)}
    same({it.name: it.id for it in listed}, {name: it.id for name, it in found.items()}, "ids of commands")
    declare = discord.utils.get(found["incident"].options, name="declare")
    kinds = [(it.name, it.type.name, it.required) for it in declare.options]
    expected = [
        ("title", "string", True),
        ("severity", "string", True),
        ("lead", "user", False),
        ("room", "channel", False),
    ]
    same(kinds, expected, "options")
    same([it.value for it in declare.options[1].choices], ["minor", "major", "critical"], "choices")
    again = await tree.sync(guild=guild)
    same({it.id for it in again}, {it.id for it in listed}, "ids when nothing changed")
    return incident


async def press(session: Session, incident: Incident) -> None:
    said = await session.after("heard the modal", "message", lambda it: it.author == session.user)
    shown = [[it.type.name for it in row.children] for row in said.components]
    same(shown, [["button"], ["select"]], "controls")
    _, after = await session.after("shown a draft", "message_edit", lambda _, it: it.content == "severity b")
    same(after.id, said.id, "what is edited")
    _, after = await session.after("chosen", "message_edit", lambda _, it: it.id == said.id)
    same((after.content, after.components), ("published", []), "what is left of the draft")
    same(incident.shown.presses, ["['b'] by ana", "publish by ben", "publish by ana"], "presses")


async def unregister(session: Session) -> None:
    session.tree.clear_commands(guild=session.guild)
    same(await session.tree.sync(guild=session.guild), [], "commands")
    same(await session.tree.fetch_commands(guild=session.guild), [], "commands as read")
    session.done("removed the commands")
