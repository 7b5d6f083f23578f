"""Asking, question by question, and taking the answers."""

from collections.abc import Callable
from functools import partial

import discord
import structlog

from bot.concerns.interview import ASK, Interview, NoInterview, Sheet, Step
from bot.concerns.model import Door
from bot.platform.access import shared_guilds
from bot.platform.cards import Card
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import DeskCog, on_button, on_menu
from bot.platform.courier import Finish
from bot.platform.errors import Refused
from bot.platform.inbox import Turn
from bot.platform.inert import clean
from bot.platform.interactions import NOBODY, reply, take_up, tongue, turn
from bot.platform.mail import ReplyAddress, write_to
from bot.store import StoreUnavailable
from bot.store.outbox import Parcel
from bot.words import Tongue
from cogs import _reading
from cogs.concern.cards import named
from cogs.concern.delivery import server_of
from cogs.concern.form import id_of
from cogs.concern.intake import still_shared
from cogs.concern.joining import look_for
from cogs.concern.joining_cards import offer_card
from cogs.interview import cards

COMMANDS = ("begin", "cancel", "back", "skip", "done", "send")

log = structlog.stdlib.get_logger(__name__)


class Interviewing(DeskCog):
    """Takes direct messages of people who are writing a concern down, or want to begin."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(NoInterview, lambda t, _error: t("interview.stale"))
        self._under_way: set[int] = set()
        """Who has one, as far as this process knows: for when the database does not answer."""
        tongues = [self.desk.words.tongue(one) for one in self.desk.words.languages]
        self._words = {
            word.strip(): command
            for command in COMMANDS
            for t in tongues
            for word in t(f"interview.words.{command}").casefold().split(",")
        }

    async def cog_load(self) -> None:
        """Begin to take direct messages, and to bring questions."""
        await super().cog_load()
        self.client.inbox.add(Turn.INTAKE, self.taken)
        self.client.courier.handle(ASK, self.ask)

    async def cog_unload(self) -> None:
        """Stop taking them."""
        self.client.inbox.remove(Turn.INTAKE)
        await super().cog_unload()

    async def taken(self, message: discord.Message) -> bool:
        """Take an answer, or the word that begins; leave everything else to whoever is next."""
        who, text = message.author.id, message.content
        word = self._words.get(clean(text).strip(" .!").casefold())
        try:
            interview = await self.desk.interviews.current(self._guild_ids(), who)
        except StoreUnavailable:
            if word != "begin" and who not in self._under_way:
                return False
            raise
        if interview is None:
            self._under_way.discard(who)
            if word != "begin":
                return False
            await self._begin(message, self.client.tongue_of(who))
            return True
        self._under_way.add(who)
        if message.id <= interview.sheet.last:
            # Looked at again after the desk was away.
            return True
        t = self.desk.words.tongue(self.client.languages.of(who) or interview.sheet.locale)
        if message.attachments:
            await self._say(message.channel, Card(body=t("interview.files")))
        if clean(text):
            await self._answer(message, t, interview, word, text)
        return True

    async def ask(self, parcel: Parcel) -> Finish | None:
        """Bring a question, if it is still the one to ask."""
        found = await self.desk.interviews.to_ask(
            str(parcel.payload["token"]), int(parcel.payload["revision"])
        )
        if found is None:
            return None
        interview, who = found
        t = self.desk.words.tongue(self.client.languages.of(who) or interview.sheet.locale)
        server = named(server_of(self.client, interview.guild_id, t("concern.server")))
        card = cards.question_card(t, interview, server)
        await write_to(self.client, who, card, once=parcel.key)
        return None

    @on_button("interview", "begin")
    async def begin(self, interaction: DeskInteraction) -> None:
        """Begin from a button in a direct message."""
        if interaction.guild_id is not None or not await take_up(interaction):
            return
        guilds = await self._guilds(interaction.user.id)
        if len(guilds) == 1:
            locale = str(interaction.locale.value)
            await self.desk.interviews.begin(guilds[0].id, interaction.user.id, locale)
            return
        if not guilds:
            raise Refused("concern.where.unknown")
        await reply(interaction, cards.where_card(tongue(interaction), guilds))

    @on_menu("interview", "where")
    async def where(self, interaction: DeskInteraction, values: tuple[str, ...]) -> None:
        """Begin for the server that was chosen."""
        t = tongue(interaction)
        if not await take_up(interaction):
            return
        wanted = id_of(next(iter(values), ""))
        guild_id = await still_shared(self.client, interaction.user.id, wanted)
        await self.desk.interviews.begin(
            guild_id, interaction.user.id, str(interaction.locale.value)
        )
        server = named(server_of(self.client, guild_id, t("concern.server")))
        await turn(interaction, Card(body=t("interview.where.chosen", server=server)))

    @on_menu("interview", "pick")
    async def pick(
        self, interaction: DeskInteraction, values: tuple[str, ...], token: str, revision: str
    ) -> None:
        """Take what was chosen from the menu."""
        value = next(iter(values), "")
        await self._press(interaction, token, revision, lambda sheet: sheet.pick(value))

    @on_button("interview", "skip")
    async def skip(self, interaction: DeskInteraction, token: str, revision: str) -> None:
        """Go on without an answer."""
        await self._press(interaction, token, revision, Sheet.skip)

    @on_button("interview", "done")
    async def done(self, interaction: DeskInteraction, token: str, revision: str) -> None:
        """Go on with what was written."""
        await self._press(interaction, token, revision, Sheet.skip)

    @on_button("interview", "back")
    async def back(self, interaction: DeskInteraction, token: str, revision: str) -> None:
        """Go to the question before."""
        await self._press(interaction, token, revision, Sheet.back)

    @on_button("interview", "part")
    async def part(self, interaction: DeskInteraction, token: str, revision: str) -> None:
        """Take what came in between as part of the concern."""
        await self._press(interaction, token, revision, Sheet.own)

    @on_button("interview", "ask")
    async def question(self, interaction: DeskInteraction, token: str, revision: str) -> None:
        """Answer what came in between as a question; the concern waits where it was."""
        if not await take_up(interaction):
            return
        asked: list[str] = []

        def set_aside(sheet: Sheet) -> None:
            asked.append(sheet.aside)
            sheet.aside = ""

        await self._change(interaction, token, revision, set_aside)
        for card in await _reading.found(interaction, asked[-1], alone=True, way="direct message"):
            await reply(interaction, card)

    @on_button("interview", "cancel")
    async def cancel(self, interaction: DeskInteraction, token: str, revision: str) -> None:
        """Forget what was written."""
        if await take_up(interaction):
            await self.desk.interviews.end(self._guild_ids(), interaction.user.id)
            await turn(interaction, Card(body=tongue(interaction)("interview.cancelled")))

    @on_button("interview", "send")
    async def send(self, interaction: DeskInteraction, token: str, revision: str) -> None:
        """Log the concern."""
        if not await take_up(interaction):
            return
        interview = await self.desk.interviews.current(self._guild_ids(), interaction.user.id)
        if interview is None or interview.token != token or str(interview.revision) != revision:
            raise NoInterview
        await self._log(interaction.user.id, interview, str(interaction.locale.value))

    async def _answer(
        self,
        message: discord.Message,
        t: Tongue,
        interview: Interview,
        word: str | None,
        text: str,
    ) -> None:
        who, interviews, guild_ids = message.author.id, self.desk.interviews, self._guild_ids()
        step = Step(interview.sheet.step)

        async def change(by: Callable[[Sheet], None]) -> None:
            def taken(sheet: Sheet) -> None:
                by(sheet)
                sheet.last = message.id

            await interviews.change(guild_ids, who, taken)

        if word == "cancel":
            await interviews.end(guild_ids, who)
            await self._say(message.channel, Card(body=t("interview.cancelled")))
        elif step is Step.SEND and word in ("send", "done"):
            await self._log(who, interview, self.client.languages.of(who) or "")
        elif word == "begin":
            await change(lambda _sheet: None)
        elif word == "back":
            await change(Sheet.back)
        elif word in ("skip", "done"):
            await change(Sheet.skip)
        elif (value := _chosen(t, step, text)) is not None:
            await change(lambda sheet: sheet.pick(value))
        else:
            await change(lambda sheet: sheet.answer(text))

    async def _begin(self, message: discord.Message, t: Tongue) -> None:
        guilds = await self._guilds(message.author.id)
        if not guilds:
            await self._say(message.channel, Card(body=t("concern.where.unknown")))
        elif len(guilds) > 1:
            await self._say(message.channel, cards.where_card(t, guilds))
        else:
            locale = self.client.languages.of(message.author.id) or ""
            await self.desk.interviews.begin(guilds[0].id, message.author.id, locale)
            self._under_way.add(message.author.id)

    async def _log(self, who: int, interview: Interview, locale: str) -> None:
        """Log it, or offer a concern of others to join; the interview ends with the same commit."""
        guild_id = await still_shared(self.client, who, interview.guild_id)
        language = locale or interview.sheet.locale
        receipt = ReplyAddress.by_message(language).sealed(self.desk.vault)
        draft, act = interview.sheet.draft(), f"interview:{interview.token}"
        along = partial(self.desk.interviews.sent, token=interview.token)
        offer = await look_for(self.desk, guild_id, who, draft, act, receipt, along)
        if offer is not None:
            # It is kept: if this message fails, it is logged when the time of the offer is over.
            card = offer_card(self.desk.words.tongue(language), guild_id, offer)
            await write_to(self.client, who, card, once=f"offer:{interview.token}")
        else:
            made = await self.desk.concerns.raise_(
                guild_id=guild_id,
                reporter_id=who,
                draft=draft,
                intake=act,
                receipt=receipt,
                door=Door.MESSAGE,
                along=along,
            )
            log.info("concern.logged", guild=guild_id, reference=made.reference)
        self._under_way.discard(who)

    async def _press(
        self,
        interaction: DeskInteraction,
        token: str,
        revision: str,
        change: Callable[[Sheet], None],
    ) -> None:
        if await take_up(interaction):
            await self._change(interaction, token, revision, change)

    async def _change(
        self,
        interaction: DeskInteraction,
        token: str,
        revision: str,
        change: Callable[[Sheet], None],
    ) -> None:
        await self.desk.interviews.change(
            self._guild_ids(),
            interaction.user.id,
            change,
            token=token,
            revision=id_of(revision),
        )

    async def _guilds(self, who: int) -> list[discord.Guild]:
        guilds = list(self.client.guilds)
        return await shared_guilds(self.client, who) if len(guilds) > 1 else guilds

    def _guild_ids(self) -> list[int]:
        return [guild.id for guild in self.client.guilds]

    async def _say(self, channel: discord.abc.Messageable, card: Card) -> None:
        await channel.send(view=card.view(), files=card.files(), allowed_mentions=NOBODY)


def _chosen(t: Tongue, step: Step, text: str) -> str | None:
    """Return what a person chose by its number or its name; None if it is neither."""
    offered = cards.choices(t, step)
    said = clean(text).strip(" .!").casefold()
    for number, choice in enumerate(offered, 1):
        if said in (str(number), choice.label.casefold()):
            return choice.value
    return None
