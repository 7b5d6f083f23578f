"""What the license commands share: facts in words, sources as links, tools that were not found."""

import re
from collections.abc import Iterable, Sequence

from discord import app_commands

from bot.desk import Desk
from bot.knowledge.model import Entry
from bot.licensing.attribution import Phrases
from bot.licensing.lookup import Elsewhere, Found, Nearest, Outcome, Why
from bot.licensing.model import Fact, Source, Tool
from bot.licensing.remix import name as name_of
from bot.platform import limits
from bot.platform.cards import Card, Choice, Menu, Part, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import custom_id
from bot.platform.errors import Refused
from bot.platform.inert import inert, link, plain
from bot.platform.interactions import tongue
from bot.platform.memory import NOTHING
from bot.words import Tongue
from cogs import _entries

NO_TOOL = "-"
"""Stands for the tool in the custom id of a button that belongs to none."""

MOST_SOURCES = 8
MOST_ENTRIES = 2
_TYPED_SHOWN = 120
_ANCHOR_SHOWN = 60
_SECTION = re.compile(r"s(\d)([a-z])?(\d)?([A-Z])?")


def sentence(t: Tongue, fact: Fact) -> str:
    """Return a fact in words. What people typed is in it only inert."""
    values = {key: inert(value, limit=_TYPED_SHOWN) for key, value in fact.values.items()}
    return t(f"license.rule.{fact.id}", **values)


def sentences(t: Tongue, facts: Iterable[Fact]) -> list[str]:
    """Return facts in words, each once."""
    return list(dict.fromkeys(sentence(t, fact) for fact in facts))


def sources_part(t: Tongue, facts: Iterable[Fact], most: int = MOST_SOURCES) -> Part:
    """Return the part that names where facts come from, each page once."""
    return Part(t("license.part.sources"), source_lines(facts)[:most])


def source_lines(facts: Iterable[Fact]) -> list[str]:
    """Return the sources of facts as links, each once."""
    sources = {source.url: source for fact in facts for source in fact.rule.sources}
    return [link(_named(source), source.url) for source in sources.values()]


def _named(source: Source) -> str:
    """Return a source's title, with the place in it that is meant."""
    anchor = source.url.partition("#")[2]
    if not anchor:
        return source.title
    section = _SECTION.fullmatch(anchor)
    if section is not None:
        inner = "".join(f"({part})" for part in section.groups()[1:] if part)
        return f"{source.title}, section {section[1]}{inner}"
    return f"{source.title}: {limits.shorten(anchor.replace('-', ' '), _ANCHOR_SHOWN)}"


def tool_links(t: Tongue, tool: Tool) -> str:
    """Return links to a tool's deed and legal code."""
    links = [link(t("license.link.deed"), tool.url)]
    if tool.legal_code is not None:
        links.append(link(t("license.link.legal_code"), tool.legal_code))
    return " · ".join(links)


def entry_rows(desk: Desk, facts: Iterable[Fact], most: int = MOST_ENTRIES) -> list[Row]:
    """Return buttons for the knowledge entries that say more, where they exist."""
    ids = dict.fromkeys(entry_id for fact in facts for entry_id in fact.rule.entries)
    entries: list[Entry] = []
    for entry_id in ids:
        entry = desk.knowledge.get(entry_id)
        if entry is not None:
            entries.append(entry)
    return _entries.entry_rows(entries[:most], NOTHING)


def tool_of(desk: Desk, tool_id: str) -> Tool:
    """Return a tool by its id.

    Raises:
        Refused: there is none (the facts changed since the button was posted).
    """
    tool = desk.licensing.get(tool_id)
    if tool is None:
        raise Refused("error.stale")
    return tool


def explain_menu(t: Tongue, tools: Sequence[Tool], placeholder: str) -> Menu:
    """Return a menu that opens a tool's explanation."""
    choices = [tool_choice(tool) for tool in tools[: limits.OPTIONS]]
    return Menu(placeholder, custom_id("license", "open"), choices)


def tool_choice(tool: Tool) -> Choice:
    """Return a tool as an option of a menu."""
    return Choice(tool.identifier, tool.id, tool.title)


def not_found_card(interaction: DeskInteraction, typed: str, outcome: Nearest | Elsewhere) -> Card:
    """Say that no tool is what was typed, why, and which real ones are near."""
    t = tongue(interaction)
    token = interaction.client.memory.keep(interaction.user.id, typed)
    shown = inert(" ".join(typed.split()), limit=_TYPED_SHOWN) or limits.ELLIPSIS
    near: tuple[Tool, ...] = ()
    if isinstance(outcome, Elsewhere):
        why = [t("license.why.elsewhere", license=name_of(outcome.license))]
    else:
        why = [t(f"license.why.{one}") for one in outcome.why]
        near = outcome.tools
    rows: list[Row] = []
    if near:
        rows.append(explain_menu(t, near, t("license.not_found.open")))
        why.append(t("license.not_found.near", tools=" · ".join(map(str, near))))
    rows.append([_entries.staff_button(t, _entries.NO_ENTRY, token)])
    return Card(
        kind=t("license.kind.unsure"),
        title=t("license.not_found.title"),
        body="\n\n".join([t("license.not_found.typed", typed=shown), *why]),
        tone=Tone.UNSURE,
        rows=rows,
    )


def assumed(t: Tongue, found: Found) -> str:
    """Return the sentence that says what was assumed; "" if nothing was."""
    if Why.VERSION_ASSUMED not in found.assumed:
        return ""
    others = " · ".join(map(str, found.others[:4]))
    return t("license.why.version_assumed", license=found.tool.identifier, others=others)


def read_tool(interaction: DeskInteraction, typed: str) -> Found | Card:
    """Return the tool somebody typed or chose, or the card that says why there is none."""
    outcome: Outcome = interaction.client.desk.licensing.find(typed)
    if isinstance(outcome, Found):
        return outcome
    return not_found_card(interaction, typed, outcome)


def phrases(t: Tongue) -> Phrases:
    """Return the words between the parts of a credit."""
    return Phrases(
        untitled=t("license.phrase.untitled"),
        by=t("license.phrase.by"),
        source=t("license.phrase.source"),
        licensed=t("license.phrase.licensed"),
        dedicated=t("license.phrase.dedicated"),
        marked=t("license.phrase.marked"),
        changes=t("license.phrase.changes"),
    )


def completions(desk: Desk, typed: str) -> list[app_commands.Choice[str]]:
    """Return tools as choices for autocomplete."""
    return [
        app_commands.Choice(
            name=plain(f"{tool.identifier} · {tool.title}", limit=limits.CHOICE_NAME),
            value=tool.identifier,
        )
        for tool in desk.licensing.complete(typed, limit=limits.CHOICES)
    ]
