"""What everybody sees of a question that was asked in a channel: an answer, or one short line.

A plain message of a bot cannot be shown to one person only. So where no entry answers, the channel
gets a line that says nothing about the question, with a button; what the button shows is for the
person who asked alone, and the line is taken away (docs/decisions/0021).
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.knowledge.model import Answer, Unknown
from bot.knowledge.scope import Kind
from bot.platform.cards import Button, Card, Part
from bot.platform.client import DeskClient
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue
from cogs import _entries
from cogs._reading import Asker, Read, Reading

MOST_REPLIES = 2000
_SHOWN = 300

_SAID_OPENLY = frozenset({Kind.GREETING, Kind.INSTRUCTION, Kind.CODE, Kind.ADDRESS, Kind.IMAGE})
"""Kinds whose sentence tells nobody anything about the person who wrote."""


def answers(client: DeskClient, t: Tongue, asker: Asker, reading: Reading) -> list[Card]:
    """Return the cards that answer everybody, with buttons for the person who asked."""
    return [_answer(client, t, asker, one, several=len(reading.reads) > 1) for one in reading.reads]


def openly(client: DeskClient, t: Tongue, asker: Asker, reading: Reading) -> Card | None:
    """Return the sentence for a text that is no question, if everybody may see it."""
    for one in reading.reads:
        if isinstance(one.outcome, Unknown) and one.outcome.scope in _SAID_OPENLY:
            token = client.memory.keep(asker.person_id, one.whole)
            return _entries.unknown_card(t, one.question, token, one.outcome.scope)
    return None


def line(client: DeskClient, t: Tongue, asker: Asker, text: str) -> Card:
    """Return the line with the button that shows the asker alone what there is."""
    return _line(client, t, asker, text, t("ask.public.unsure"))


def suggestion(client: DeskClient, t: Tongue, asker: Asker, text: str) -> Card:
    """Return the line that says that the FAQ may help, unasked."""
    return _line(client, t, asker, text, t("ask.public.suggested"))


def _line(client: DeskClient, t: Tongue, asker: Asker, text: str, sentence: str) -> Card:
    token = client.memory.keep(asker.person_id, text)
    press = custom_id("ask", "private", asker.person_id, token)
    return Card(body=sentence, rows=[[Button(t("ask.button.private"), press)]])


def _answer(client: DeskClient, t: Tongue, asker: Asker, one: Read, *, several: bool) -> Card:
    assert isinstance(one.outcome, Answer)  # noqa: S101 - only then it is for everybody
    entry = one.outcome.entry
    token = client.memory.keep(asker.person_id, one.whole)
    buttons = [
        Button(t("ask.button.other"), custom_id("ask", "other", entry.id, token)),
        _entries.staff_button(t, entry.id, token),
    ]
    if entry.related:
        buttons.insert(0, _entries.related_button(t, entry.id, token))
    card = _entries.entry_card(t, entry, rows=[buttons], posted=t("ask.public.posted"))
    parts = list(card.parts)
    if one.before:
        parts.insert(0, Part(t("ask.part.together"), _shown(one.before)))
    if several:
        parts.insert(0, Part(t("ask.part.asked"), _shown(one.question)))
    return replace(card, parts=parts)


def _shown(text: str) -> str:
    return inert(" ".join(text.split()), limit=_SHOWN)


@dataclass(frozen=True)
class Reply:
    """What the desk posted under somebody's message."""

    asker_id: int
    channel_id: int
    message_ids: Sequence[int]
    way: str


class Replies:
    """The desk's replies by the message they answer, for when that is edited or deleted.

    In memory only: after a restart, older replies stay as they are.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Reply] = OrderedDict()

    def keep(self, question_id: int, reply: Reply) -> None:
        """Remember a reply."""
        self._kept[question_id] = reply
        while len(self._kept) > MOST_REPLIES:
            self._kept.popitem(last=False)

    def take(self, question_id: int) -> Reply | None:
        """Return the reply to a message, and forget it."""
        return self._kept.pop(question_id, None)

    def get(self, question_id: int) -> Reply | None:
        """Return the reply to a message."""
        return self._kept.get(question_id)
