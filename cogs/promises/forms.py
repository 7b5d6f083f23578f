"""The forms in which staff keep promises."""

from bot.desk import Desk
from bot.platform.client import DeskInteraction
from bot.platform.components import custom_id
from bot.platform.errors import Refused
from bot.platform.forms import Field, TextField, open_form
from bot.platform.interactions import tongue
from bot.promises.model import (
    EVIDENCE_LIMIT,
    LINK_LIMIT,
    NOTE_LIMIT,
    SOURCE_LIMIT,
    TEXT_LIMIT,
    NotAllowedMove,
    NotYet,
    Promise,
    State,
    moves,
)
from bot.words import SOURCE as ENGLISH
from cogs.promises import show
from cogs.promises.look import promise_of
from cogs.triage.told import guild_of

DAY = 10
"""Characters of a day as it is typed."""


async def words_form(interaction: DeskInteraction, typed: str) -> None:
    """Open the form of a promise's words, with what they are."""
    t = tongue(interaction)
    promise = await found(interaction, typed)
    if promise.shipped:
        # Said before anybody types in vain.
        raise NotYet("promise.not_yet.shipped")
    said = promise.words
    fields: list[Field] = [
        TextField(
            "text", t("promise.form.text"), value=said.text, paragraph=True, limit=TEXT_LIMIT
        ),
        *(
            TextField(
                f"text_{code}",
                t(f"promise.form.text.{code}"),
                description=t("promise.form.text.note"),
                value=said.others[code].text if code in said.others else "",
                paragraph=True,
                required=False,
                limit=TEXT_LIMIT,
            )
            for code in others(interaction.client.desk)
        ),
        TextField("source", t("promise.form.source"), value=said.source, limit=SOURCE_LIMIT),
        TextField(
            "made_on",
            t("promise.form.made_on"),
            value=said.made_on.isoformat(),
            limit=DAY,
        ),
    ]
    press = custom_id("promise", "edited", promise.reference, promise.version)
    title = t("promise.edit.title", reference=promise.reference)
    await open_form(interaction, title, press, fields)


def others(desk: Desk) -> list[str]:
    """Return the languages other than English in which a promise can be said."""
    t, every = desk.words.english, desk.words.languages
    return [one for one in every if one != ENGLISH and t.has(f"promise.form.text.{one}")][:2]


async def evidence_form(interaction: DeskInteraction, typed: str) -> None:
    """Open the form to show that a promise is kept."""
    t = tongue(interaction)
    reference = promise_of(typed)
    fields: list[Field] = [
        TextField(
            "text",
            t("promise.evidence.text"),
            description=t("promise.evidence.note"),
            limit=EVIDENCE_LIMIT,
        ),
        TextField("link", t("promise.evidence.link"), limit=LINK_LIMIT),
    ]
    press = custom_id("promise", "shown", reference)
    await open_form(interaction, t("promise.evidence.title", reference=reference), press, fields)


async def state_form(interaction: DeskInteraction, typed: str, chosen: str, seen: str = "") -> None:
    """Open the form that says why a promise stands elsewhere now."""
    t = tongue(interaction)
    to = state_of(chosen)
    promise = await found(interaction, typed)
    if to not in moves(promise.state):
        # Said before anybody types an explanation in vain.
        raise NotAllowedMove(promise.state, to)
    why = to is State.BROKEN
    fields: list[Field] = [
        TextField(
            "note",
            t("promise.state.why" if why else "promise.state.note"),
            description=t("promise.state.public"),
            paragraph=True,
            required=why,
            limit=NOTE_LIMIT,
        )
    ]
    if to in (State.OPEN, State.ON_TRACK):
        value = "" if promise.due is None else promise.due.isoformat()
        field = TextField("due", t("promise.form.due"), value=value, limit=DAY)
        fields.append(field)
    press = custom_id("promise", "moved", promise.reference, to, seen or promise.version)
    title = t("promise.state.title", reference=promise.reference, state=show.state_name(t, to))
    await open_form(interaction, title, press, fields)


async def found(interaction: DeskInteraction, typed: str) -> Promise:
    """Return the promise that was typed, or that a button carries."""
    desk: Desk = interaction.client.desk
    return await desk.promises.promise(guild_of(interaction), promise_of(typed))


def state_of(chosen: str) -> State:
    """Return the state that a menu brought.

    Raises:
        Refused: it is none.
    """
    if chosen not in set(State):
        raise Refused("error.stale")
    return State(chosen)
