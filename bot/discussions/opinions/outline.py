"""An opinion map in words: every figure of it, for cards, round-ups and who cannot see pictures."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.discussions.opinions.figures import Figures, Leaning, Said, Side
from bot.discussions.opinions.model import Drawn
from bot.discussions.opinions.picture import pictured
from bot.words import Tongue

_STANDS_FOR = 3


@dataclass(frozen=True)
class Told:
    """A map in words: what is said first, and labelled lists."""

    summary: tuple[str, ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def told(t: Tongue, found: Drawn, safe: Callable[[str], str]) -> Told:
    """Return a map in words. `safe` makes people's own words harmless where they are shown."""
    figures = found.figures
    if figures is None or not figures.shown:
        return Told((t("opinion.too_few.closed"),), ())

    def quoted(number: int) -> str:
        text = found.texts.get(number)
        words = safe(text) if text else t("opinion.withdrawn")
        return t("opinion.quoted", number=number, text=words)

    summary = [
        t(
            "opinion.counted",
            counted=t.plural("opinion.people", figures.counted),
            people=figures.people,
            needed=figures.needed,
        )
    ]
    if not figures.groups:
        summary.append(t("opinion.one_group"))
    if found.late:
        summary.append(t("opinion.late"))
    parts: list[tuple[str, tuple[str, ...]]] = []
    if figures.groups:
        parts.append((t("opinion.part.groups"), tuple(_groups(t, figures, quoted))))
    unites = [
        t("opinion.line.said", statement=quoted(one.number), shares=_shares(t, figures, one))
        for one in figures.unites
    ]
    parts.append((t("opinion.part.unites"), tuple(unites) or (t("opinion.unites.none"),)))
    divides = [
        t(
            "opinion.line.said",
            statement=quoted(number),
            shares=_shares(t, figures, Leaning(number, Side.AGREE)),
        )
        for number in figures.divides
    ]
    parts.append((t("opinion.part.divides"), tuple(divides) or (t("opinion.divides.none"),)))
    return Told(tuple(summary), tuple(parts))


def in_words(t: Tongue, figures: Figures) -> str:
    """Return what the picture shows, for who cannot see it."""
    groups = "; ".join(
        t("opinion.alt.group", letter=one.letter, people=t.plural("opinion.people", one.size))
        for one in figures.groups
    )
    lines = [t("opinion.alt", groups=groups or t("opinion.one_group"))]
    lines += [
        t(
            "opinion.alt.statement",
            number=number,
            shares=_shares(t, figures, Leaning(number, Side.AGREE)),
        )
        for number in pictured(figures)
    ]
    return " ".join(lines)


def _groups(t: Tongue, figures: Figures, quoted: Callable[[int], str]) -> list[str]:
    lines = []
    for place, one in enumerate(figures.groups):
        holds = []
        for leaning in one.stands_for[:_STANDS_FOR]:
            said = figures.said(leaning.number)
            if said is not None and said.groups:
                percent = said.groups[place].percent(leaning.side)
                key = f"opinion.holds.{leaning.side}"
                holds.append(t(key, percent=percent, statement=quoted(leaning.number)))
        people = t.plural("opinion.people", one.size)
        line = t("opinion.group", letter=one.letter, people=people)
        lines.append(line + ("; ".join(holds) or t("opinion.group.nothing")))
    return lines


def _shares(t: Tongue, figures: Figures, leaning: Leaning) -> str:
    said = figures.said(leaning.number)
    if said is None:
        return ""
    whole = t(f"opinion.share.{leaning.side}", percent=said.all.percent(leaning.side))
    return whole + _by_group(t, figures, said, leaning.side)


def _by_group(t: Tongue, figures: Figures, said: Said, side: Side) -> str:
    if not said.groups:
        return ""
    each = ", ".join(
        t("opinion.share.group", letter=one.letter, percent=counts.percent(side))
        for one, counts in zip(figures.groups, said.groups, strict=True)
    )
    return t("opinion.share.each", each=each)
