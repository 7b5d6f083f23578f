"""What people press about messages that were taken down, and the account of verdicts."""

import discord
from discord import app_commands

from bot.guilds.model import Capability
from bot.moderation.taken import Decided, NoSuchMessage
from bot.platform.access import requires
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_button
from bot.platform.interactions import acknowledge, reply, say, tongue
from cogs._typed import number
from cogs.moderation import show
from cogs.triage.told import guild_of

_MODERATES = (Capability.MODERATOR, Capability.STAFF)


class Deciding(DeskCog):
    """Authors ask again, moderators decide, and look at what checks found."""

    async def cog_load(self) -> None:
        """Say what people are told when a message is not there or decided."""
        await super().cog_load()
        self.client.sentences.know(NoSuchMessage, lambda t, _error: t("guard.no_such"))
        self.client.sentences.know(Decided, lambda t, _error: t("guard.already"))

    @on_button("guard", "again")
    async def again(self, interaction: DeskInteraction, guild_id: str, message_id: str) -> None:
        """Put a message before moderators, as its author wishes."""
        await acknowledge(interaction)
        await self.desk.guard.ask_again(number(guild_id), number(message_id), interaction.user.id)
        await say(interaction, tongue(interaction)("guard.asked"))

    @on_button("guard", "allow", requires=Capability.MODERATOR)
    async def allow(self, interaction: DeskInteraction, message_id: str) -> None:
        """Let the author post it again."""
        await self._decide(interaction, message_id, allow=True)

    @on_button("guard", "refuse", requires=Capability.MODERATOR)
    async def refuse(self, interaction: DeskInteraction, message_id: str) -> None:
        """Leave it down."""
        await self._decide(interaction, message_id, allow=False)

    @app_commands.command(
        name="rules-dry-run",
        description=words(
            "command.rules-dry-run.description", "What the checks found or would have done"
        ),
    )
    @app_commands.describe(
        days=words("command.rules-dry-run.days", "How many days back, 1 if you do not say")
    )
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.guild_only()
    @requires(*_MODERATES)
    async def dry_run(
        self, interaction: DeskInteraction, days: app_commands.Range[int, 1, 90] = 1
    ) -> None:
        """Show the account of verdicts."""
        await acknowledge(interaction)
        guild_id = guild_of(interaction)
        account = await self.desk.guard.account(guild_id, days)
        settings = self.desk.settings.moderation
        named = {one.id: one.rule for one in self.desk.rules.ruleset.checks}
        card = show.account_card(
            tongue(interaction), account, days, guild_id, named, dry=settings.dry_run
        )
        await reply(interaction, card)

    @app_commands.command(
        name="my-messages",
        description=words(
            "command.my-messages.description", "Your messages that were taken down, to copy"
        ),
    )
    @app_commands.guild_only()
    async def mine(self, interaction: DeskInteraction) -> None:
        """Give a person back what was taken down of theirs, when direct messages are closed."""
        await acknowledge(interaction)
        t = tongue(interaction)
        taken = await self.desk.guard.taken_from(guild_of(interaction), interaction.user.id)
        if not taken:
            await say(interaction, t("guard.mine.none"))
            return
        server = interaction.guild.name if isinstance(interaction.guild, discord.Guild) else ""
        for one in taken[:3]:
            rule = self.desk.rules.ruleset.rule(one.rule)
            await reply(interaction, show.author_card(t, one, rule, server))

    async def _decide(self, interaction: DeskInteraction, message_id: str, *, allow: bool) -> None:
        await acknowledge(interaction)
        await self.desk.guard.decide(
            guild_of(interaction), number(message_id), interaction.user.id, allow=allow
        )
        key = "guard.decided.allowed" if allow else "guard.decided.refused"
        await say(interaction, tongue(interaction)(key))
