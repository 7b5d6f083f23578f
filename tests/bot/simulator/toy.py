"""A toy bot that touches everything the demo has to show, and nothing of the desk."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands, tasks

FRUIT = ("apple", "apricot", "banana", "cherry")


class Claim(discord.ui.Button["Card"]):
    """Turns itself into a note of who pressed it."""

    def __init__(self) -> None:
        super().__init__(label="Claim", custom_id="toy:claim")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Say who has it now."""
        view = discord.ui.LayoutView()
        text = f"Claimed by {interaction.user.display_name}"
        view.add_item(discord.ui.Container(discord.ui.TextDisplay(text)))
        await interaction.response.edit_message(view=view)


class Card(discord.ui.LayoutView):
    """A card for staff."""

    def __init__(self, text: str = "") -> None:
        super().__init__(timeout=None)
        row: discord.ui.ActionRow[Card] = discord.ui.ActionRow(Claim())
        self.add_item(discord.ui.Container(discord.ui.TextDisplay(text or "-"), row))


class Form(discord.ui.Modal, title="Tell us"):
    """A form with a menu and a text."""

    kind: discord.ui.Label[Any] = discord.ui.Label(
        text="Kind",
        component=discord.ui.Select(
            options=[discord.SelectOption(label=name) for name in ("Photo", "Dataset")]
        ),
    )
    story: discord.ui.Label[Any] = discord.ui.Label(
        text="What happened",
        component=discord.ui.TextInput(style=discord.TextStyle.paragraph, max_length=4000),
    )

    def __init__(self, bot: "Toy") -> None:
        super().__init__()
        self.bot = bot

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Tell staff, the person at once, and the person by direct message."""
        kind, story = self.kind.component, self.story.component
        assert isinstance(kind, discord.ui.Select)
        assert isinstance(story, discord.ui.TextInput)
        await interaction.response.send_message("Logged.", ephemeral=True)
        staff = self.bot.get_channel(self.bot.staff_channel_id)
        assert isinstance(staff, discord.TextChannel)
        await staff.send(view=Card(f"{kind.values[0]}: {story.value}"))
        await interaction.user.send("Your reference is T-1.")


class Toy(commands.Bot):
    """A bot with a command that suggests, a form, a card, and a loop."""

    def __init__(self) -> None:
        super().__init__(
            command_prefix=(),
            intents=discord.Intents(guilds=True, guild_messages=True, message_content=True),
        )
        self.staff_channel_id = 0
        self.beats = 0

    async def setup_hook(self) -> None:
        """Register the commands and the lasting card."""
        self.add_view(Card())
        self.tree.add_command(fruit)
        self.tree.add_command(tell)
        self.tree.add_command(queue)
        self.tree.add_command(about)
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Start the loop."""
        if not self.beat.is_running():
            self.beat.start()

    async def on_message(self, message: discord.Message) -> None:
        """Take down what is not said here."""
        if message.content == "buy things":
            await message.delete()

    @tasks.loop(seconds=15)
    async def beat(self) -> None:
        """Count."""
        self.beats += 1


async def _suggest(_: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name, value=name) for name in FRUIT if typed in name]


@app_commands.command()
@app_commands.describe(name="Which one")
@app_commands.autocomplete(name=_suggest)
async def fruit(interaction: discord.Interaction[Any], name: str) -> None:
    """Show a fruit."""
    await interaction.response.send_message(f"One {name}.", ephemeral=True)


@app_commands.command()
async def tell(interaction: discord.Interaction[Toy]) -> None:
    """Tell staff something."""
    await interaction.response.send_modal(Form(interaction.client))


@app_commands.command()
@app_commands.default_permissions(manage_messages=True)
async def queue(interaction: discord.Interaction[Any]) -> None:
    """For staff only."""
    await interaction.response.send_message("Nothing waits.", ephemeral=True)


@app_commands.context_menu(name="Tell staff about this")
async def about(interaction: discord.Interaction[Toy], message: discord.Message) -> None:
    """Open the form from a message."""
    await interaction.response.send_modal(Form(interaction.client))
