"""Finds the licenses that a text names or links to."""

import re
from dataclasses import dataclass

from bot.licensing.lookup import Elsewhere, Found, Lookup, Outcome

MOST = 10
LONGEST = 10_000
"""Characters of a text that are read."""

_NAMED = re.compile(
    r"""
    (?P<address>(?<![\w.-])(?:https?://)?(?:www\.)?(?:creativecommons\.org|spdx\.org)/[^\s<>"'`\])]{3,200})
    | (?P<name>
        \bCC[\s_-]?(?:0|zero)\b (?:[\s_-]?(?:v(?:ersion)?\s?)?\d{1,2}(?:\.\d{1,2})?)?
      | \b(?:CC[\s_-]+)? BY (?:[\s_-]+(?:NC|ND|SA)\b){0,3}
        (?:[\s_-]?(?:v(?:ersion)?\s?)?\d{1,2}\.\d{1,2}
           (?:[ _-](?!CC\b|BY\b)(?:[A-Z]{2}|IGO|SCOTLAND)\b)?)?
      | \bCC[\s_-]+(?:NC|ND|SA|BY)(?:[\s_-]+(?:NC|ND|SA|BY)\b){0,3}
        (?:[\s_-]?(?:v(?:ersion)?\s?)?\d{1,2}(?:\.\d{1,2})?)?
      | \bPublic\ Domain\ Mark\b (?:\s\d(?:\.\d)?)?
      | \bCreative\ Commons\s+(?:Attribution|CC|Zero|BY|NonCommercial|Non-Commercial|ShareAlike)
        [A-Za-z\s-]{0,60}(?:\d(?:\.\d)?)? (?:\s[A-Z]{2}\b)?
    )
    """,
    re.VERBOSE,
)
_LOOSE = re.compile(r"\bcc[\s_-]?by(?:[\s_-]?(?:nc|nd|sa)\b){0,3}(?:[\s_-]?\d(?:\.\d)?)?", re.I)


@dataclass(frozen=True)
class Mention:
    """One place where a text names a license, and which tool that is."""

    text: str
    outcome: Outcome


def detect(lookup: Lookup, text: str) -> tuple[Mention, ...]:
    """Return the licenses that a text names or links, in its order, each tool once."""
    found: list[Mention] = []
    seen: set[object] = set()
    read = text[:LONGEST]
    spans = sorted(
        (
            (match.start(), match.end())
            for match in (*_NAMED.finditer(read), *_LOOSE.finditer(read))
        ),
        key=lambda span: (span[0], -span[1]),
    )
    last = 0
    for start, end in spans:
        if start < last:
            continue
        named = read[start:end].rstrip(".,;:!?)- \n")
        if not _says_license(named):
            continue
        last = end
        outcome = lookup.find(named)
        shorter = re.sub(r"\s[A-Z]{2}$", "", named)
        if not isinstance(outcome, Found) and shorter != named:
            again = lookup.find(shorter)  # "CC BY 4.0 NO CHANGES" names no place
            if isinstance(again, Found):
                named, outcome = shorter, again
        key = outcome.tool if isinstance(outcome, Found) else named
        if key in seen or isinstance(outcome, Elsewhere):
            continue
        seen.add(key)
        found.append(Mention(named, outcome))
        if len(found) == MOST:
            break
    return tuple(found)


def _says_license(named: str) -> bool:
    """Say whether it is more than the word "BY" in capitals."""
    return re.fullmatch(r"BY", named.strip(), re.IGNORECASE) is None
