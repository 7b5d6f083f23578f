"""/question queue: what hosts decide about questions."""

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.discussions.queue.model import WAITING, Stage, Ways
from bot.platform.access import require, requires
from bot.platform.cards import Card
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, on_button, on_menu
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from cogs._holding import session_choices
from cogs._typed import number
from cogs.discussion._group import HOSTS, LONGEST, find, is_host
from cogs.question import show
from cogs.question._group import GROUP, question_of
from cogs.triage.told import guild_of


class Deciding(DeskCog):
    """What hosts do with questions. A question that one opened is theirs for two minutes."""

    @GROUP.command(
        name="queue", description=words("command.question.queue", "For hosts: the questions")
    )
    @app_commands.describe(session=words("command.question.session", "Which session"))
    async def queue(self, interaction: DeskInteraction, session: Range[str, 1, LONGEST]) -> None:
        """Show the queue of a session: all of it to hosts, what is approved to its guests."""
        await acknowledge(interaction)
        found = await find(interaction, session)
        t, user_id = tongue(interaction), interaction.user.id
        if not await is_host(interaction) and await self.desk.guests.is_guest(
            found.guild_id, found.id, user_id
        ):
            questions = await self.desk.queue.questions(found.id)
            await reply(interaction, show.guest_card(t, found, questions))
            return
        await require(interaction, *HOSTS)
        questions = await self.desk.queue.questions(found.id)
        await reply(interaction, show.queue_card(t, found, questions))

    @queue.autocomplete("session")
    async def queue_sessions(self, interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer the sessions that come."""
        return await session_choices(interaction, current)

    @on_menu("question", "open")
    async def open(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Open a question to decide about it."""
        await require(interaction, *HOSTS)
        await acknowledge(interaction)
        one = await self.desk.queue.hold(
            guild_of(interaction),
            question_of(values[0] if values else ""),
            interaction.user.id,
        )
        every = await self.desk.queue.questions(one.session_id)
        others = [it for it in every if it.stage in WAITING and it.id != one.id and it.content]
        await reply(interaction, show.question_card(tongue(interaction), one, others=others))

    @on_menu("question", "join")
    async def join(
        self,
        interaction: DeskInteraction,
        values: tuple[str, ...],
        reference: str,
        version: str,
    ) -> None:
        """Join it with another that asks the same."""
        await require(interaction, *HOSTS)
        await acknowledge_turn(interaction)
        one = await self.desk.queue.join(
            guild_of(interaction),
            question_of(reference),
            interaction.user.id,
            question_of(values[0] if values else ""),
            version=number(version),
        )
        t = tongue(interaction)
        await turn(interaction, show.question_card(t, one, t("question.joined_with")))

    @on_button("question", "apart")
    async def apart(self, interaction: DeskInteraction, reference: str) -> None:
        """Let what was joined with it wait on its own again."""
        await require(interaction, *HOSTS)
        await acknowledge_turn(interaction)
        one = await self.desk.queue.take_apart(
            guild_of(interaction), question_of(reference), interaction.user.id
        )
        t = tongue(interaction)
        await turn(interaction, show.question_card(t, one, t("question.apart")))

    @GROUP.command(
        name="settings",
        description=words("command.question.settings", "For hosts: how a session's queue works"),
    )
    @app_commands.describe(
        session=words("command.question.session", "Which session"),
        moderated=words(
            "command.question.settings.moderated", "Hosts read a question before everybody can"
        ),
        names=words("command.question.settings.names", "Everybody sees who asked"),
    )
    @requires(*HOSTS)
    async def settings(
        self,
        interaction: DeskInteraction,
        session: Range[str, 1, LONGEST],
        moderated: bool | None = None,
        names: bool | None = None,
    ) -> None:
        """Show how a queue works, or say it."""
        await acknowledge(interaction)
        found = await find(interaction, session)
        ways = await self.desk.queue.ways(found.id)
        if moderated is not None or names is not None:
            wanted = Ways(
                ways.moderated if moderated is None else moderated,
                ways.named if names is None else names,
            )
            ways = await self.desk.queue.set_ways(
                found.guild_id, found.reference, interaction.user.id, wanted
            )
        t = tongue(interaction)
        lines = [
            t("question.ways.moderated" if ways.moderated else "question.ways.open"),
            t("question.ways.named" if ways.named else "question.ways.unnamed"),
        ]
        await reply(interaction, Card(kind=t("question.kind"), body="\n".join(lines)))

    @settings.autocomplete("session")
    async def settings_sessions(
        self, interaction: DeskInteraction, current: str
    ) -> list[Choice[str]]:
        """Offer the sessions that come."""
        return await session_choices(interaction, current)

    @on_button("question", "move")
    async def move(
        self, interaction: DeskInteraction, reference: str, stage: str, version: str
    ) -> None:
        """Put a question on another stage."""
        await require(interaction, *HOSTS)
        if stage not in list(Stage):
            raise Refused("error.stale")
        await acknowledge_turn(interaction)
        one = await self.desk.queue.move(
            guild_of(interaction),
            question_of(reference),
            interaction.user.id,
            Stage(stage),
            version=number(version),
        )
        t = tongue(interaction)
        await turn(interaction, show.question_card(t, one, t("question.moved_to")))
