"""Reading what somebody asked: one question or several, together with the one it leans on.

Whatever way a question comes (a command, a direct message, a mention, a channel for questions), it
is read here, so that it is understood the same everywhere.
"""

from dataclasses import dataclass, replace

import discord

from bot import metrics
from bot.knowledge import asking
from bot.knowledge.gapmodel import Why
from bot.knowledge.model import Answer, Outcome, Suggestions, Unknown
from bot.platform import limits
from bot.platform.cards import Button, Card, ChannelMenu, Menu, Part, PersonMenu, RoleMenu
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import custom_id
from bot.platform.inert import clean, inert
from bot.platform.interactions import tongue
from bot.words import Tongue
from cogs import _entries

_SHOWN = 300


@dataclass(frozen=True)
class Asker:
    """Who asks, and where. `way` is how, for the metrics."""

    person_id: int
    channel_id: int
    guild_id: int | None
    way: str

    @classmethod
    def of(cls, interaction: DeskInteraction, way: str = "command") -> "Asker":
        """Return who is behind an interaction."""
        channel_id = interaction.channel_id or interaction.user.id
        return cls(interaction.user.id, channel_id, interaction.guild_id, way)

    @classmethod
    def wrote(cls, message: discord.Message, way: str) -> "Asker":
        """Return who wrote a message."""
        guild_id = message.guild.id if message.guild is not None else None
        return cls(message.author.id, message.channel.id, guild_id, way)


@dataclass(frozen=True)
class Read:
    """One question as it was understood. `before` is the one it was read together with."""

    question: str
    outcome: Outcome
    before: str = ""

    @property
    def whole(self) -> str:
        """The question with what it leans on, as staff would need it."""
        return f"{self.before}\n{self.question}" if self.before else self.question

    @property
    def answers(self) -> bool:
        """Say whether one entry answers it."""
        return isinstance(self.outcome, Answer)


@dataclass(frozen=True)
class Reading:
    """What a text asks. `left` counts questions beyond those that are answered in one go."""

    reads: tuple[Read, ...]
    left: int = 0

    @property
    def answers(self) -> bool:
        """Say whether every question in it has an entry that answers it."""
        return bool(self.reads) and all(one.answers for one in self.reads)


def has_words(text: str) -> bool:
    """Say whether there is a letter or digit in a text."""
    return any(character.isalnum() for character in clean(text))


async def read(client: DeskClient, asker: Asker, text: str, *, alone: bool = False) -> Reading:
    """Understand a text; remember it for a question that may follow.

    `alone` reads it without the question before it.
    """
    topic = None if alone else client.topics.find(asker.person_id, asker.channel_id)
    reading = await _several(client, asker, text, topic)
    if reading is None:
        reading = Reading((await _one(client, asker, text, topic),))
    for one in reading.reads:
        metrics.QUESTIONS.labels(type(one.outcome).__name__.lower(), asker.way).inc()
        if isinstance(one.outcome, Unknown) and one.outcome.scope is not None:
            metrics.OUT_OF_SCOPE.labels(one.outcome.scope.value).inc()
        elif not one.before:
            client.topics.keep(asker.person_id, asker.channel_id, one.question)
    return reading


async def _several(
    client: DeskClient, asker: Asker, text: str, topic: str | None
) -> Reading | None:
    """Read several questions one by one; None if the text is better read as one."""
    questions = asking.split(text)
    if len(questions) < 2:
        return None
    reads: list[Read] = []
    for question in questions[: asking.MOST]:
        one = await _one(client, asker, question, topic)
        topic = topic if one.before else question
        if not any(_same_answer(one, other) for other in reads):
            reads.append(one)
    if not any(one.answers for one in reads):
        # One question told in several sentences, perhaps: then the whole of it says more.
        whole = Read(text, await client.desk.knowledge.of(asker.guild_id).answer(text))
        if whole.answers:
            return Reading((whole,))
    return Reading(tuple(reads), len(questions) - asking.MOST if questions[asking.MOST :] else 0)


def _same_answer(one: Read, other: Read) -> bool:
    return (
        isinstance(one.outcome, Answer)
        and isinstance(other.outcome, Answer)
        and one.outcome.entry.id == other.outcome.entry.id
    )


async def _one(client: DeskClient, asker: Asker, question: str, topic: str | None) -> Read:
    knowledge = client.desk.knowledge.of(asker.guild_id)
    begins_again = topic is not None and asking.continues(question)
    if topic is None or not (begins_again or asking.may_continue(question)):
        return Read(question, await knowledge.answer(question))
    by_itself = Read(question, await knowledge.answer(question))
    outside = isinstance(by_itself.outcome, Unknown) and by_itself.outcome.scope is not None
    if outside or (by_itself.answers and not begins_again):
        return by_itself
    together = Read(question, await knowledge.answer(f"{topic} {question}"), topic)
    return by_itself if isinstance(together.outcome, Unknown) else together


def cards(client: DeskClient, t: Tongue, asker: Asker, reading: Reading) -> list[Card]:
    """Return one card a question, for the person who asked."""
    shown = [
        _numbered(t, _card(client, t, asker, one), one, number, len(reading.reads))
        for number, one in enumerate(reading.reads, 1)
    ]
    if reading.left:
        more = t.plural("ask.left", reading.left)
        shown[-1] = replace(shown[-1], footer="\n".join((more, shown[-1].footer)))
    return shown


def _card(client: DeskClient, t: Tongue, asker: Asker, one: Read) -> Card:
    token = client.memory.keep(asker.person_id, one.whole)
    outcome = one.outcome
    in_guild = asker.guild_id is not None
    if isinstance(outcome, Answer):
        card = _entries.answer_card(t, outcome.entry, token=token, in_guild=in_guild)
    elif isinstance(outcome, Suggestions):
        card = _entries.suggestions_card(t, one.question, outcome.matches, token)
    else:
        if outcome.scope is None:
            # *Tell me when there is an answer* finds it by the token.
            _entries.unanswered(client, asker.guild_id, one.whole, Why.UNKNOWN, token)
        return _entries.unknown_card(t, one.question, token, outcome.scope, in_guild=in_guild)
    return _together(client, t, asker, card, one) if one.before else card


def _together(client: DeskClient, t: Tongue, asker: Asker, card: Card, one: Read) -> Card:
    """Show what a follow-up was read with, and offer to read it by itself."""
    before = inert(" ".join(one.before.split()), limit=_SHOWN)
    token = client.memory.keep(asker.person_id, one.question)
    alone = Button(t("ask.button.alone"), custom_id("ask", "alone", token))
    last = card.rows[-1] if card.rows else ()
    rows = list(card.rows)
    if (
        not isinstance(last, Menu | PersonMenu | RoleMenu | ChannelMenu)
        and len(last) < limits.ROW_BUTTONS
    ):
        rows[-1:] = [[*last, alone]]
    return replace(card, parts=[Part(t("ask.part.together"), before), *card.parts], rows=rows)


def _numbered(t: Tongue, card: Card, one: Read, number: int, count: int) -> Card:
    """Say which of several questions a card is about."""
    if count < 2:
        return card
    which = t("ask.which", number=number, count=count)
    parts = list(card.parts)
    if one.answers:
        asked = inert(" ".join(one.question.split()), limit=_SHOWN)
        parts.insert(0, Part(t("ask.part.asked"), asked))
    return replace(card, kind=f"{card.kind} · {which}", parts=parts)


async def found(
    interaction: DeskInteraction, question: str, *, alone: bool = False, way: str = "command"
) -> list[Card]:
    """Return the cards for a question that came with a command or a button."""
    t = tongue(interaction)
    if not has_words(question):
        return [Card(body=t("ask.nothing"), rows=[[_entries.browse_button(t)]])]
    client = interaction.client
    asker = Asker.of(interaction, way)
    if not client.pace.allows(asker.person_id, asker.guild_id):
        return [Card(body=t("ask.too_fast"))]
    return cards(client, t, asker, await read(client, asker, question, alone=alone))
