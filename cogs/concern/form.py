"""The form a concern is raised with, and what a person typed into it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from bot.concerns.model import (
    LINK_LIMIT,
    RAISABLE,
    UNNAMED_CONSENTS,
    WHAT_LIMIT,
    WISH_LIMIT,
    Consent,
    Draft,
    Kind,
)
from bot.concerns.troubles import BadDraft
from bot.platform.cards import Choice
from bot.platform.client import DeskInteraction
from bot.platform.components import Form, custom_id
from bot.platform.errors import Refused
from bot.platform.forms import ChoiceField, Field, TextField, open_form
from bot.platform.inert import clean
from bot.platform.interactions import acknowledge, acknowledge_turn, tongue
from bot.words import Tongue


@dataclass(frozen=True)
class Typed:
    """What a person typed and chose, exactly. It is theirs until it is logged."""

    kind: str = ""
    what: str = ""
    link: str = ""
    wish: str = ""
    consent: str = Consent.NOTHING

    @classmethod
    def read(cls, form: Form) -> "Typed":
        """Read a submitted form."""
        return cls(
            form.choice("kind") or "",
            form.text("what"),
            form.text("link"),
            form.text("wish"),
            form.choice("consent") or Consent.NOTHING,
        )

    def packed(self) -> str:
        """Return it as one text to remember."""
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> "Typed":
        """Read what `packed` made."""
        return cls(**json.loads(text))

    def words(self) -> str:
        """Return what was typed, to hand back: nothing where there is nothing to see."""
        return "\n\n".join(text for text in (self.what, self.link, self.wish) if clean(text))

    def sendable(self) -> "Typed":
        """Return it without lone surrogates, which cannot be sent to anybody."""
        return Typed(
            *(getattr(self, f.name).encode("utf-8", "replace").decode() for f in fields(self))
        )

    def draft(self) -> Draft:
        """Return it as a draft for the ledger.

        Raises:
            BadDraft: nothing in it can be seen. The ledger looks for the rest.
        """
        if not clean(self.what):
            raise BadDraft("concern.bad.empty")
        # A choice that a later release no longer has must not cost anybody their words.
        kind = Kind(self.kind) if self.kind in RAISABLE else Kind.OTHER
        consent = Consent(self.consent) if self.consent in set(Consent) else Consent.NOTHING
        return Draft(kind, self.what, self.link, self.wish, consent)


EMPTY = Typed()
AGAIN = "again"
"""Ends the custom id of a form that was opened from a card which handed words back."""


async def acknowledge_form(interaction: DeskInteraction, again: str) -> bool:
    """Acknowledge a form; one opened `again` turns the card that it was opened from."""
    return await (acknowledge_turn if again == AGAIN else acknowledge)(interaction)


async def open_raise_form(
    interaction: DeskInteraction,
    guild_id: int,
    typed: Typed = EMPTY,
    *,
    what_note: str = "",
    link_note: str = "",
    anonymous: bool = False,
    again: bool = False,
) -> None:
    """Open the form, with `typed` in it, as the first answer to an interaction.

    `again` says that it is opened from the card that handed the words back: what comes of it then
    stands in that card's place.
    """
    t = tongue(interaction)
    consents = UNNAMED_CONSENTS if anonymous else tuple(Consent)
    shown = _fields(t, typed.sendable(), what_note, link_note, consents)
    press = custom_id("concern", "hide" if anonymous else "raise", guild_id, *[AGAIN][: int(again)])
    title = t("anonymous.form.title" if anonymous else "concern.form.title")
    await open_form(interaction, title, press, shown)


def _fields(
    t: Tongue, typed: Typed, what_note: str, link_note: str, consents: Sequence[Consent]
) -> Sequence[Field]:
    return [
        ChoiceField(
            "kind",
            t("concern.form.kind"),
            [
                Choice(t(f"concern.kind.{kind}"), kind, chosen=kind == typed.kind)
                for kind in RAISABLE
            ],
            placeholder=t("concern.form.kind.choose"),
        ),
        TextField(
            "what",
            t("concern.form.what"),
            description=what_note or t("concern.form.what.note"),
            value=typed.what,
            paragraph=True,
            limit=WHAT_LIMIT,
        ),
        TextField(
            "link",
            t("concern.form.link"),
            description=link_note or t("concern.form.link.note"),
            value=typed.link,
            placeholder="https://",
            required=False,
            limit=LINK_LIMIT,
        ),
        TextField(
            "wish",
            t("concern.form.wish"),
            description=t("concern.form.wish.note"),
            value=typed.wish,
            paragraph=True,
            required=False,
            limit=WISH_LIMIT,
        ),
        ChoiceField(
            "consent",
            t("concern.form.consent"),
            [Choice(t(f"consent.{one}"), one, chosen=one == typed.consent) for one in consents],
            description=t("concern.form.consent.note"),
        ),
    ]


def id_of(text: str) -> int:
    """Return the number that a custom id or a menu brought.

    Raises:
        Refused: it brought something else; the desk did not make it.
    """
    if not (text.isascii() and text.isdigit()):
        raise Refused("error.stale")
    return int(text)
