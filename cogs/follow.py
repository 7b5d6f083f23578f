"""What people say about an entry (*Helped*, *Wrong*, *Outdated*), and following it."""

import structlog
from discord import app_commands

from bot.knowledge.drafting import entry_of
from bot.knowledge.feedback import NOTE_LIMIT, Said
from bot.knowledge.following import CHANGED, ENTRY, SECTION
from bot.knowledge.revisionmodel import NoSuchRevision
from bot.platform.cards import Card, Choice, Menu
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, say, tongue, turn
from bot.platform.mail import guild_tongue, write_to
from bot.store.outbox import Parcel
from bot.words import Tongue
from cogs import _entries

log = structlog.stdlib.get_logger(__name__)

_REASON = 300


class Follow(DeskCog):
    """Feedback, and following."""

    async def cog_load(self) -> None:
        """Take on telling followers among the courier's effects."""
        await super().cog_load()
        self.client.courier.handle(CHANGED, self.deliver)

    @on_button("entry", "helped")
    async def helped(self, interaction: DeskInteraction, entry_id: str) -> None:
        """Count that an answer helped."""
        await acknowledge(interaction)
        await self._said(interaction, entry_id, Said.HELPED)

    @on_button("entry", "wrong")
    async def wrong(self, interaction: DeskInteraction, entry_id: str) -> None:
        """Ask what is wrong; nobody has to say."""
        await self._ask(interaction, entry_id, Said.WRONG)

    @on_button("entry", "outdated")
    async def outdated(self, interaction: DeskInteraction, entry_id: str) -> None:
        """Ask what is outdated; nobody has to say."""
        await self._ask(interaction, entry_id, Said.OUTDATED)

    @on_form("entry", "said")
    async def noted(
        self, interaction: DeskInteraction, form: Form, entry_id: str, said: str
    ) -> None:
        """Keep what was said."""
        if said not in (Said.WRONG, Said.OUTDATED):
            raise Refused("error.stale")
        await acknowledge(interaction)
        await self._said(interaction, entry_id, Said(said), form.text("note"))

    @on_button("entry", "follow")
    async def follow_entry(self, interaction: DeskInteraction, entry_id: str) -> None:
        """Tell this person when an entry changes."""
        await self._follow(interaction, f"{ENTRY}:{entry_id}")

    @on_button("entry", "section")
    async def follow_section(self, interaction: DeskInteraction, section_id: str) -> None:
        """Tell this person when anything in a section changes."""
        await self._follow(interaction, f"{SECTION}:{section_id}")

    @app_commands.command(
        name="following",
        description=words("command.following.description", "What you follow in the FAQ; unfollow"),
    )
    @app_commands.guild_only()
    async def following(self, interaction: DeskInteraction) -> None:
        """List what a person follows."""
        await acknowledge(interaction)
        await reply(interaction, await self._list(interaction))

    @on_menu("entry", "unfollow")
    async def unfollow(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Stop telling."""
        await acknowledge_turn(interaction)
        subject = values[0] if values else ""
        guild_id = _guild(interaction)
        await self.desk.following.unfollow(guild_id, interaction.user.id, subject)
        await turn(interaction, await self._list(interaction))

    async def deliver(self, parcel: Parcel) -> None:
        """Tell one person that what they follow changed.

        If their direct messages are closed they find it in `/changes`.
        """
        try:
            reference = str(parcel.payload["revision"])
            revision = await self.desk.revisions.get(parcel.guild_id, reference)
        except NoSuchRevision:
            return
        recipient = await self.desk.gaps.reader(int(parcel.payload["person"]))
        entry = entry_of(revision.section, revision.data)
        if recipient is None or entry is None:
            return
        t = guild_tongue(self.client, parcel.guild_id)
        why = t("follow.changed", reason=inert(revision.reason, limit=_REASON))
        card = (
            Card(title=entry.question, body=t("follow.retired"), footer=why)
            if revision.retires
            else _entries.entry_card(t, entry, posted=why)
        )
        told = await write_to(self.client, recipient, card, once=parcel.key)
        log.info("follow.told", outcome="told" if told else "shut")

    async def _ask(self, interaction: DeskInteraction, entry_id: str, said: Said) -> None:
        t = tongue(interaction)
        note = TextField(
            "note",
            t("feedback.note"),
            description=t("feedback.note.about"),
            paragraph=True,
            required=False,
            limit=NOTE_LIMIT,
        )
        press = custom_id("entry", "said", entry_id, said)
        await open_form(interaction, t(f"feedback.{said}.title"), press, [note])

    async def _said(
        self, interaction: DeskInteraction, entry_id: str, said: Said, note: str = ""
    ) -> None:
        card = interaction.message.id if interaction.message is not None else interaction.id
        guild_id = _guild(interaction)
        await self.desk.feedback.say(guild_id, entry_id, said, once=str(card), note=note)
        await say(interaction, tongue(interaction)(f"feedback.{said}.done"))

    async def _follow(self, interaction: DeskInteraction, subject: str) -> None:
        guild_id = _guild(interaction)
        await acknowledge(interaction)
        await self.desk.following.follow(guild_id, interaction.user.id, subject)
        await say(interaction, tongue(interaction)("follow.done"))

    async def _list(self, interaction: DeskInteraction) -> Card:
        t, guild_id = tongue(interaction), _guild(interaction)
        subjects = await self.desk.following.followed(guild_id, interaction.user.id)
        if not subjects:
            return Card(title=t("follow.title"), body=t("follow.none"))
        names = [(subject, self._name(t, guild_id, subject)) for subject in subjects]
        menu = Menu(
            t("follow.unfollow"),
            custom_id("entry", "unfollow"),
            [Choice(name, subject) for subject, name in names],
        )
        lines = "\n".join(f"- {inert(name, limit=_REASON)}" for _subject, name in names)
        return Card(title=t("follow.title"), body=lines, rows=[menu])

    def _name(self, t: Tongue, guild_id: int, subject: str) -> str:
        kind, _, name = subject.partition(":")
        shelf = self.desk.knowledge.of(guild_id)
        if kind == SECTION:
            section = shelf.section(name)
            return t("follow.section", title=section.title if section is not None else name)
        entry = shelf.get(name)
        return entry.question if entry is not None else name


def _guild(interaction: DeskInteraction) -> int:
    if interaction.guild_id is None:
        raise Refused("error.server_only")
    return interaction.guild_id


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(Follow(client))
