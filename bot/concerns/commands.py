"""`commonplace concerns …`: the ledger at a terminal, as staff see it."""

import textwrap
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from bot.concerns.model import Case, Direction
from bot.concerns.queue import Queue
from bot.concerns.triage import Triage
from bot.concerns.troubles import NoSuchConcern

Line = dict[str, str | bool]
"""One concern of the list, nothing of what anybody typed."""

_AT_ONCE = 100
_COLUMNS = ("reference", "kind", "state", "raised", "claimed", "guild")
_HEADINGS = ("REFERENCE", "KIND", "STATE", "RAISED (UTC)", "CLAIMED", "SERVER")
_JOINERS = "\u200c\u200d"


async def open_lines(queue: Queue, guild_ids: Sequence[int]) -> AsyncIterator[Line]:
    """Yield the open concerns of these guilds, guild by guild, oldest first."""
    for guild_id in guild_ids:
        after: str | None = None
        while True:
            page = await queue.queue(guild_id, after=after, limit=_AT_ONCE)
            for one in page.summaries:
                yield {
                    "guild": str(guild_id),
                    "reference": one.reference,
                    "kind": str(one.kind),
                    "state": str(one.state),
                    "raised_at": one.raised_at.isoformat(),
                    "claimed": one.claimed_by is not None,
                }
            after = page.next_after
            if after is None:
                break


def as_table(lines: Sequence[Line]) -> str:
    """Return lines as a table with headings, columns aligned."""
    rows = [
        tuple(
            {
                **line,
                "raised": _minute(datetime.fromisoformat(str(line["raised_at"]))),
                "claimed": "yes" if line["claimed"] else "no",
            }[column]
            for column in _COLUMNS
        )
        for line in lines
    ]
    table = [_HEADINGS, *(tuple(map(str, row)) for row in rows)]
    widths = [max(len(row[place]) for row in table) for place in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )


async def find_case(triage: Triage, guild_ids: Sequence[int], reference: str) -> Case | None:
    """Return the case of a reference in the first of these guilds that has it."""
    for guild_id in guild_ids:
        try:
            return await triage.read_out(guild_id, reference)
        except NoSuchConcern:
            continue
    return None


def as_data(case: Case) -> dict[str, Any]:
    """Return a case as JSON shows it."""
    return {
        "guild": str(case.guild_id),
        "reference": case.reference,
        "kind": case.kind,
        "state": case.state,
        "close_reason": case.close_reason,
        "consent": case.consent,
        "raised_at": case.raised_at.isoformat(),
        "claimed": case.claimed_by is not None,
        "what": case.what,
        "link": case.link,
        "wish": case.wish,
        "about": case.about,
        "erased": case.erased,
        "letters": [
            {
                "direction": letter.direction,
                "at": letter.at.isoformat(),
                "delivery": letter.delivery,
                "text": letter.text,
            }
            for letter in case.letters
        ],
    }


def as_text(case: Case) -> str:
    """Return a case to read, what people typed without what a terminal would act on."""
    state = str(case.state) if case.close_reason is None else f"{case.state}: {case.close_reason}"
    facts = {
        "kind": case.kind,
        "state": state,
        "raised": f"{_minute(case.raised_at)} UTC",
        "claimed": "yes" if case.claimed_by is not None else "no",
        "consent": case.consent,
        "server": str(case.guild_id),
    }
    blocks = [
        "\n".join((case.reference, *(f"  {name:<9}{value}" for name, value in facts.items())))
    ]
    if case.erased:
        blocks.append("The person erased their words; only that there was a concern is left.")
    for heading, text in (
        ("What happened", case.what),
        ("Link", case.link),
        ("What they would like", case.wish),
        ("About", case.about),
    ):
        if text:
            blocks.append(f"{heading}\n{_indented(text)}")
    for letter in case.letters:
        inward = letter.direction is Direction.FROM_REPORTER
        whom = "From the reporter" if inward else f"To the reporter ({letter.delivery})"
        blocks.append(f"{whom}, {_minute(letter.at)} UTC\n{_indented(letter.text)}")
    return "\n\n".join(blocks)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _indented(text: str) -> str:
    return textwrap.indent(_printable(text), "  ")


def _printable(text: str) -> str:
    """Return `text` without controls: escape sequences and overrides must not reach a terminal."""
    lines = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
    return "\n".join(
        "".join(one for one in line if one.isprintable() or one in _JOINERS) for line in lines
    )
