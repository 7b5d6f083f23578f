"""The card kit: how everything the desk shows looks, in one place.

A card is words in a fixed order (what sort of card, title, body, labelled parts, fine print) and
then what can be pressed. Its tone is a color along the edge that only repeats what the words say.
A card takes strings: catalog words and reviewed entries as they are, people's words through
`inert` first. It never exceeds Discord's limits: what does not fit is shortened, and the card
says so and where the rest can be read.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import discord
from discord import ui

from bot.platform import limits
from bot.platform.components import Pressable
from bot.platform.inert import plain
from bot.platform.limits import shorten, units


class Tone(Enum):
    """The color along a card's edge. The card's words say the same."""

    PLAIN = 0x5C6470
    ANSWER = 0x2E7D5B
    UNSURE = 0xB7791F
    TROUBLE = 0xB23A48
    STAFF = 0x3B5BA5


@dataclass(frozen=True)
class Button:
    """A button: `press` is a custom id made by `components.custom_id`, or a web address."""

    label: str
    press: str
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    disabled: bool = False


@dataclass(frozen=True)
class Choice:
    """One option of a menu. `value` is an id."""

    label: str
    value: str
    description: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class Menu:
    """A menu to choose one thing from (or up to `most`). Shows the first 25 choices; page longer
    lists.
    """

    placeholder: str
    press: str
    choices: Sequence[Choice]
    most: int = 1


@dataclass(frozen=True)
class PersonMenu:
    """A menu to choose one person of the server from, by name, as Discord completes it."""

    placeholder: str
    press: str


@dataclass(frozen=True)
class RoleMenu:
    """A menu to choose one role of the server from."""

    placeholder: str
    press: str


@dataclass(frozen=True)
class ChannelMenu:
    """A menu to choose one text channel or forum of the server from."""

    placeholder: str
    press: str


Row = Sequence[Button] | Menu | PersonMenu | RoleMenu | ChannelMenu


@dataclass(frozen=True)
class Part:
    """A labelled part of a card: text, or lines that are shown as a list and kept whole."""

    label: str
    content: str | Sequence[str]


@dataclass(frozen=True)
class Attachment:
    """A file under a card: a text, or bytes that are covered until somebody presses them.

    With `alt` the bytes are a picture, described by it: shown outright, or `covered` as well.
    """

    name: str
    text: str = ""
    data: bytes | None = field(default=None, repr=False)
    alt: str = ""
    covered: bool = False

    @property
    def content(self) -> bytes:
        """What the file holds."""
        return self.text.encode() if self.data is None else self.data


_HEAD = 500
_FOOT = 500
_NOTICE = 300
_VERBATIM = 1500
_BETWEEN = "\n\n"
_HEAVY = 24
"""Units that a blank line and the markup around a part's label may take."""


@dataclass(frozen=True)
class Card:
    """One message of the desk.

    Args:
        title: one line; "" for a card that is a sentence.
        body: the main text.
        kind: what sort of card this is, in a word or two; what the tone's color repeats.
        parts: labelled parts, in order.
        footer: fine print.
        tone: the color along the edge.
        rows: at most five rows of at most five buttons, or a menu.
        shortened: the sentence that is shown when not everything fitted; says where the rest is.
        verbatim: what somebody typed, handed back exactly; never shortened (see `handing_back`).
    """

    title: str = ""
    body: str = ""
    kind: str = ""
    parts: Sequence[Part] = ()
    footer: str = ""
    tone: Tone = Tone.PLAIN
    rows: Sequence[Row] = ()
    shortened: str = ""
    verbatim: str = ""
    attachments: Sequence[Attachment] = field(default=(), repr=False)

    def handing_back(self, text: str, filename: str) -> "Card":
        """Return this card with `text` under it to copy: in a box, or as a file if it is long.

        Within a box of code nothing is rendered, so the text needs no escaping and comes back
        exactly as it was typed.
        """
        if not text:
            return self
        # A lone surrogate cannot be sent at all; everything else is left as it was typed.
        text = text.encode("utf-8", "replace").decode()
        if units(text) <= _VERBATIM and "```" not in text and not text.endswith("`"):
            return replace(self, verbatim=text)
        return replace(self, attachments=(*self.attachments, Attachment(filename, text)))

    def view(self) -> ui.LayoutView:
        """Return the card as Discord's components, within all of Discord's limits.

        Raises:
            ValueError: there are more than five rows, or more than five buttons in one.
        """
        container: ui.Container[ui.LayoutView] = ui.Container(accent_color=self.tone.value)
        for text in self._texts():
            container.add_item(ui.TextDisplay(text))
        for attachment in self.attachments:
            container.add_item(_file(attachment))
        if len(self.rows) > limits.ROWS:
            raise ValueError(f"a card has at most {limits.ROWS} rows")
        if self.rows:
            container.add_item(ui.Separator())
        for row in self.rows:
            container.add_item(_action_row(row))
        view = ui.LayoutView(timeout=None)
        view.add_item(container)
        # Nothing about a card is remembered: its custom ids say it all (components.py). A
        # finished view is not kept by the library either.
        view.stop()
        return view

    def files(self) -> list[discord.File]:
        """Return the card's attachments, fresh for one sending."""
        return [
            discord.File(
                io.BytesIO(attachment.content),
                attachment.name,
                spoiler=attachment.data is not None and not attachment.alt,
                description=shorten(attachment.alt, limits.ALT) or None,
            )
            for attachment in self.attachments
        ]

    def _texts(self) -> list[str]:
        head = _lines(
            f"-# {_line(self.kind, 80)}" if self.kind else "",
            f"### {_line(self.title, _HEAD - 100)}" if self.title else "",
        )
        verbatim = f"```\n{self.verbatim}\n```" if self.verbatim else ""
        foot = _lines(
            *(f"-# {line}" for line in shorten(self.footer, _FOOT - 50).splitlines() if line)
        )
        foot = shorten(foot, _FOOT)
        room = limits.TEXT - units(head) - units(verbatim) - units(foot) - _NOTICE
        middle, cut = _fitted(self.body, self.parts, room)
        notice = f"-# {shorten(self.shortened, _NOTICE - 10)}" if cut and self.shortened else ""
        texts = [text for text in (head, middle, verbatim, notice, foot) if text.strip()]
        return texts or [limits.ELLIPSIS]


def _file(attachment: Attachment) -> ui.Item[Any]:
    if attachment.alt:
        shown = discord.MediaGalleryItem(
            f"attachment://{attachment.name}",
            description=shorten(attachment.alt, limits.ALT),
            spoiler=attachment.covered,
        )
        return ui.MediaGallery(shown)
    if attachment.data is None:
        return ui.File(f"attachment://{attachment.name}")
    # The library names a covered file so when it sends it.
    return ui.File(f"attachment://SPOILER_{attachment.name}", spoiler=True)


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _line(text: str, limit: int) -> str:
    return shorten(" ".join(text.split()), limit)


def _action_row(row: Row) -> ui.ActionRow[Any]:
    made: ui.ActionRow[Any] = ui.ActionRow()
    if isinstance(row, Menu):
        made.add_item(Pressable(_select(row)))
        return made
    if isinstance(row, PersonMenu | RoleMenu):
        select = ui.UserSelect if isinstance(row, PersonMenu) else ui.RoleSelect
        placeholder = plain(row.placeholder, limit=limits.PLACEHOLDER) or None
        made.add_item(Pressable(select(custom_id=row.press, placeholder=placeholder)))
        return made
    if isinstance(row, ChannelMenu):
        placeholder = plain(row.placeholder, limit=limits.PLACEHOLDER) or None
        types = [discord.ChannelType.text, discord.ChannelType.forum]
        menu: ui.ChannelSelect[Any] = ui.ChannelSelect(
            custom_id=row.press, placeholder=placeholder, channel_types=types
        )
        made.add_item(Pressable(menu))
        return made
    if len(row) > limits.ROW_BUTTONS:
        raise ValueError(f"a row has at most {limits.ROW_BUTTONS} buttons")
    for button in row:
        made.add_item(_button(button))
    return made


def _button(button: Button) -> ui.Item[Any]:
    label = plain(button.label, limit=limits.BUTTON_LABEL) or limits.ELLIPSIS
    if button.press.startswith(("https://", "http://")):
        return ui.Button(label=label, url=button.press, disabled=button.disabled)
    return Pressable(
        ui.Button(label=label, custom_id=button.press, style=button.style, disabled=button.disabled)
    )


def _select(menu: Menu) -> ui.Select[Any]:
    return ui.Select(
        custom_id=menu.press,
        placeholder=plain(menu.placeholder, limit=limits.PLACEHOLDER) or None,
        options=select_options(menu.choices),
        max_values=menu.most,
    )


def select_options(choices: Sequence[Choice]) -> list[discord.SelectOption]:
    """Return the first 25 choices as Discord's options; of two with one value, the later."""
    options = {
        choice.value: discord.SelectOption(
            label=plain(choice.label, limit=limits.OPTION_TEXT) or limits.ELLIPSIS,
            value=choice.value,
            description=plain(choice.description, limit=limits.OPTION_TEXT) or None,
            default=choice.chosen,
        )
        for choice in choices
    }
    return list(options.values())[: limits.OPTIONS]


def _fitted(body: str, parts: Sequence[Part], room: int) -> tuple[str, bool]:
    """Fit body and parts into one text of `room` units; say whether anything was shortened.

    Short ones stay whole; what is left is shared among the long ones evenly. It is one text
    because components are counted too, and a full card of buttons leaves few.
    """
    wanted = [units(body)] + [_size(part) for part in parts]
    shares = _shares(wanted, room)
    cut = any(share < want for share, want in zip(shares, wanted, strict=True))
    texts = [shorten(body, shares[0])] if shares[0] else []
    made = [_part(part, share) for part, share in zip(parts, shares[1:], strict=True)]
    return _BETWEEN.join(text for text in (*texts, *made) if text), cut


def _shares(wanted: Sequence[int], room: int) -> list[int]:
    shares = [0] * len(wanted)
    left = max(room, 0)
    waiting = sorted(range(len(wanted)), key=lambda place: wanted[place])
    while waiting:
        even = left // len(waiting)
        place = waiting.pop(0)
        shares[place] = min(wanted[place], even)
        left -= shares[place]
    return shares


def _size(part: Part) -> int:
    if isinstance(part.content, str):
        inner = units(part.content)
    else:
        inner = sum(units(line) + 3 for line in part.content)
    return inner + units(_line(part.label, 100)) + _HEAVY if inner else 0


def _part(part: Part, share: int) -> str:
    label = _line(part.label, 100)
    left = share - units(label) - _HEAVY
    if left <= 0:
        return ""
    if isinstance(part.content, str):
        return f"**{label}**\n{shorten(part.content, left)}"
    lines: list[str] = []
    for line in part.content:
        left -= units(line) + 3
        if left < 0:
            break
        lines.append(f"- {line}")
    return "\n".join((f"**{label}**", *lines)) if lines else ""
