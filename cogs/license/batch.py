"""A table of works in, a page of credits out, beside what still has to be looked at."""

import asyncio

import discord

from bot.licensing.attribution import Medium, Weight
from bot.licensing.credits import MOST_BYTES, BadTable, Credits, Row, problem_of
from bot.platform.cards import Attachment, Card, Part, Tone
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.components import DeskCog
from bot.platform.errors import Refused
from bot.platform.inert import inert
from bot.platform.interactions import acknowledge, reply, tongue
from bot.words import Tongue
from cogs.license import _cards

_ENDINGS = (".csv", ".tsv", ".tab", ".txt")
_MOST_SHOWN = 8
_SHOWN = 160


class Batch(DeskCog):
    """Knows what people are told about files that are no tables."""

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(BadTable, lambda t, e: t(f"license.table.{e.key}", **e.values))


async def credit_file(
    interaction: DeskInteraction, file: discord.Attachment, medium: Medium
) -> None:
    """Credit every row of a file and answer with the pages.

    Raises:
        Refused, BadTable: the file is too large or no table; nothing was kept.
    """
    if file.size > MOST_BYTES:
        raise BadTable("too_large", kilobytes=MOST_BYTES // 1000)
    if not file.filename.lower().endswith(_ENDINGS):
        raise BadTable("not_csv")
    await acknowledge(interaction)
    try:
        raw = await file.read()
    except discord.HTTPException as error:
        raise Refused("license.table.unreadable") from error
    t = tongue(interaction)
    made = await asyncio.to_thread(
        interaction.client.desk.licensing.credits, raw, medium=medium, phrases=_cards.phrases(t)
    )
    await reply(interaction, _card(t, made))


def _card(t: Tongue, made: Credits) -> Card:
    heading = t("license.table.heading")
    attachments = [
        Attachment("credits.md", made.markdown(heading)),
        Attachment("credits.html", made.html(heading, t.language)),
    ]
    lines = [t.plural("license.table.credited", len(made.ready))]
    parts = []
    if made.open:
        lines.append(t.plural("license.table.open", len(made.open)))
        shown = [
            f"{t('license.table.row', number=row.number)}: {_problem(t, row)}"
            for row in made.open[:_MOST_SHOWN]
        ]
        parts.append(Part(t("license.table.to_check"), shown))
        column = t("license.table.problem")
        text = made.to_check(column, lambda row: _problem(t, row, plain=True))
        attachments.append(Attachment("to-check.csv", text))
    facts = [f.fact for row in made.ready if row.credit is not None for f in row.credit.findings]
    if facts:
        parts.append(_cards.sources_part(t, facts))
    return Card(
        kind=t("license.kind.credit"),
        title=t("license.table.title"),
        body="\n".join(lines),
        parts=parts,
        footer=t("card.not_advice"),
        tone=Tone.UNSURE if made.open else Tone.ANSWER,
        attachments=attachments,
        shortened=t("license.table.shortened"),
    )


def _problem(t: Tongue, row: Row, *, plain: bool = False) -> str:
    """Say what is wrong with a row, in one line."""
    key = problem_of(row)
    if key is not None:
        near = getattr(row.outcome, "tools", ())
        names = " · ".join(map(str, near[:3]))
        said = t(f"license.why.{key}")
        return f"{said} {t('license.not_found.near', tools=names)}" if near else said
    findings = row.credit.findings if row.credit is not None else ()
    missing = [f.fact for f in findings if f.weight is Weight.REQUIRED]
    said = " ".join(_cards.sentences(t, missing))
    return said if plain else inert(said, limit=_SHOWN)
