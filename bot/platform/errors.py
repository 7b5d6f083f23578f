"""What people are told when something cannot be done, or fails.

A failure the desk knows has a sentence of its own, in the person's language, from a registry that
cogs extend. Any other gets one sentence with a trouble reference; the log line under the same
reference names the kind of error and where in the code it happened, and nothing anybody typed.
"""

import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import discord
import structlog
from discord import app_commands

from bot import metrics
from bot.ids import new_reference
from bot.platform.access import CouldNotCheck, NotAllowed
from bot.platform.cards import Card, Row, Tone
from bot.platform.interactions import ran_out, reply, tongue, turn
from bot.store import StoreUnavailable
from bot.words import Tongue

if TYPE_CHECKING:
    from bot.platform.client import DeskClient

PREFIX = "T"
HANDED_BACK = "what-you-typed.txt"

_WRAPPERS = (app_commands.CommandInvokeError, app_commands.TransformerError, CouldNotCheck)
"""What discord.py and the checks put around a failure; the cause is what counts."""

Sentence = Callable[[Tongue, Any], str]
ErrorT = TypeVar("ErrorT", bound=Exception)

log = structlog.stdlib.get_logger(__name__)


class Refused(Exception):
    """The desk will not do this; `key` is the sentence that says why, filled in with `values`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class Sentences:
    """The failures the desk knows, each with its sentence."""

    def __init__(self) -> None:
        self._known: dict[type[Exception], Sentence] = {
            Refused: lambda t, error: t(error.key, **error.values),
            NotAllowed: lambda t, error: t(
                "error.not_allowed", capability=t(f"capability.{error.capability}")
            ),
            StoreUnavailable: lambda t, _error: t("error.store"),
            discord.Forbidden: lambda t, _error: t("error.forbidden"),
            app_commands.NoPrivateMessage: lambda t, _error: t("error.server_only"),
            app_commands.CommandNotFound: lambda t, _error: t("error.stale_command"),
            app_commands.CommandSignatureMismatch: lambda t, _error: t("error.stale_command"),
        }

    def know(self, kind: type[ErrorT], sentence: Callable[[Tongue, ErrorT], str]) -> None:
        """Say what people are told when `kind` is raised; the nearest class of it wins."""
        self._known[kind] = sentence

    def find(self, t: Tongue, error: Exception) -> str | None:
        """Return the sentence for a failure the desk knows; None for one it does not."""
        for kind in type(error).__mro__:
            if kind in self._known:
                return self._known[kind](t, error)
        return None


async def answer(
    interaction: "discord.Interaction[DeskClient]",
    error: Exception,
    *,
    where: str,
    typed: str = "",
    rows: Sequence[Row] = (),
    turned: bool = False,
) -> None:
    """Tell the person in one plain sentence that it did not work; hand back what they typed.

    If the interaction itself ran out there is nobody left to tell, and it is only logged.
    `rows` are what the person can press then, such as *Try again*.
    `where` names the command, or the area and action that were pressed, for log and metrics.
    `turned` says it in the place of the card that was pressed, if that was acknowledged so.
    """
    if isinstance(error, _WRAPPERS) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if ran_out(error):
        log.info("interaction.ran_out", where=where)
        return
    t = tongue(interaction)
    card = card_for(interaction.client, t, error, where=where, typed=typed, rows=rows)
    try:
        await (turn if turned else reply)(interaction, card)
    except discord.HTTPException as failure:
        log.warning("error.untold", where=where, status=failure.status)


def card_for(
    client: "DeskClient",
    t: Tongue,
    error: Exception,
    *,
    where: str,
    typed: str = "",
    rows: Sequence[Row] = (),
) -> Card:
    """Return the card that says it did not work; an unexpected failure is logged and counted."""
    sentence = client.sentences.find(t, error)
    if sentence is None:
        trouble = new_reference(PREFIX, client.desk.randomness)
        report(error, trouble=trouble, where=where)
        sentence = t("error.unexpected", trouble=trouble)
    body = f"{sentence}\n\n{t('error.handed_back')}" if typed else sentence
    return Card(body=body, tone=Tone.TROUBLE, rows=rows).handing_back(typed, HANDED_BACK)


def report(error: Exception, *, trouble: str, where: str) -> None:
    """Log an unexpected failure: its kind and the line it happened on, never its message."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    where_in_code = [(frame.filename, frame.lineno) for frame in ours or frames]
    file, line = where_in_code[-1] if where_in_code else ("", 0)
    metrics.TROUBLES.labels(where).inc()
    log.error(
        "error.unexpected",
        trouble=trouble,
        where=where,
        error=type(error).__name__,
        file=Path(file).name,
        line=line,
    )
