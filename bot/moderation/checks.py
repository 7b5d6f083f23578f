"""Every check in one pass over a message: a quick look that passes nearly all, then a closer one.

The quick look is: the pieces of the text between spaces are all known to be harmless (each piece
was looked at once), one set of RE2 patterns finds nothing in it, and no window is full. Only what
it does not pass is looked at by the checks themselves. All of it takes time in proportion to the
text, whatever the configuration says; a text is looked at up to Discord's own limit.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import re2

from bot.moderation import folding, links, personal
from bot.moderation.folding import folded, seen
from bot.moderation.model import Check, Message
from bot.moderation.phrases import Phrases
from bot.moderation.rules import Ruleset
from bot.moderation.settings import (
    CheckSettings,
    Email,
    Flood,
    Invisible,
    Invites,
    Links,
    Lookalikes,
    Mentions,
    Newcomers,
    Patterns,
    Phone,
    Raid,
    Repeated,
    Words,
    Zalgo,
)
from bot.moderation.windows import Windows
from bot.moderation.wordlists import Vocabulary

LONGEST = 4000
"""Characters of a message that are looked at: the most that Discord lets anybody write."""

_MOST_CLEAN = 50_000
_LONGEST_CLEAN = 24
_SET_MEMORY = 256 << 20

_NUMBERS = frozenset({Check.PHONE, Check.IDENTITY, Check.ADDRESS})
_LINKED = frozenset(
    {Check.INVITES, Check.LINKS, Check.LOOKALIKES, Check.NEWCOMERS, Check.TARGET, Check.FACE_SEARCH}
)
_CLOSER: tuple[tuple[str, frozenset[Check]], ...] = (
    (r"\d(?:[\s().\-/–—‐‑−]{0,3}\d){5}", _NUMBERS),
    (
        r"[^\s@]@[^\s@]|\bat\b[^.]{1,60}\bdot\b|[\[(]\s?(?:at|dot|\.)\s?[\])]",
        frozenset({Check.EMAIL, *_LINKED}),
    ),
    (r"://|www\.|[a-z0-9]\.[a-z]{2,}|discord", _LINKED),
    (
        r"\d[^\n]{0,40}\b(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|close|court|ct|boulevard|"
        r"blvd|way|terrace|square|crescent|rue|place|chemin|impasse|all|quai|cours|route|box)\b|"
        r"\bbox \d|(?:stra(?:ss|ß)e|str\.|weg|gasse|platz|allee|ring|damm|ufer|straat|laan|gracht|"
        r"plein) \d|\b(?:am|calle|avenida|plaza|via|viale|corso|piazza|rua|ulica|ul\.)\s"
        r"[^\n]{1,40}\d|(?:ул\.|улица)\s[^\n]{1,40}\d",
        frozenset({Check.ADDRESS}),
    ),
    (
        r"\bwho\b|\bwhos\b|who's|whose|\bidentify\b|\brecogni[sz]e|\bknows? (?:this|that|the)\b|"
        r"\bnames? (?:of|for)\b|(?:his|her) name\b|\bid on\b|\bqui\b|\bconna|\breconna|\bwer\b|"
        r"\bkennt\b|\bqui[eé]n\b|\bconoce\b|\bchi\b|\bconosce\b|\bwie is\b|\bquem\b|\bkto\b|"
        r"кто|знает",
        frozenset({Check.WHO_IS}),
    ),
    (
        r"eyes\b|\bface|clone|search4|lenso|clearview|google lens|yandex|facial|gesicht|catfish",
        frozenset({Check.FACE_SEARCH}),
    ),
    (
        r"(?:^|\s)[a-z0-9@$!](?:[^a-z0-9@$!\n]{1,3}[a-z0-9@$!]){2,}(?:$|[^a-z0-9])",
        frozenset({Check.WORDS}),
    ),
    (r"\b(?:spam|raid|report|harass|flood|attack)\b", frozenset({Check.TARGET})),
    (
        r"nitro|steam|robux|gift|accident|\badmin\b|\bvote for\b|giv\w+ away|\bearn\b|\$|first \d|"
        r"invest|wallet|airdrop|leaks?\b|promo|casino|\bqr\b|verify|generator|download|ps5|18\+|"
        r"macbook|iphone|\bmoney\b|giving away|game",
        frozenset({Check.SCAM}),
    ),
    (
        r"dni|pesel|bsn|ssn|passport|passeport|reisepass|ausweis|licen[cs]e n|insurance n|fiscale|"
        r"[a-z]{2}\d{2}",
        frozenset({Check.IDENTITY}),
    ),
)
"""What says that a closer look is due, and by which checks."""


@dataclass(frozen=True)
class Finding:
    """That a message sets a check off."""

    check: CheckSettings


Looker = Callable[["Look"], bool]


class Look:
    """A closer look at one message: what several checks need of it, made once."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.text = message.text[:LONGEST]
        self.plain = folded(self.text)

    @cached_property
    def links(self) -> list[links.Link]:
        """The links in it."""
        return links.links(self.text)


class Checks:
    """The checks of one set of rules, ready to look at messages."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._checks = ruleset.checks
        self._phrases = Phrases()
        self._vocabulary = Vocabulary()
        self._lookers: list[tuple[int, Looker]] = []
        self._scan = re2.Set.SearchSet(_options())
        for pattern, _wanted in _CLOSER:
            self._scan.Add(pattern)
        self._own = re2.Set.SearchSet(_options())
        self._patterns: list[int] = []
        windowed: list[tuple[int, CheckSettings]] = []
        for number, check in enumerate(self._checks):
            match check:
                case Words():
                    self._vocabulary.add(number, check.words, check.inside, check.innocent)
                case Patterns():
                    for pattern in check.patterns:
                        self._own.Add(f"(?i){pattern}")
                        self._patterns.append(number)
                case Flood() | Repeated() | Mentions() | Raid():
                    windowed.append((number, check))
                case _:
                    self._lookers.append((number, self._looker(check)))
        self._vocabulary.close()
        self._scan.Compile()
        if self._patterns:
            self._own.Compile()
        self._windows = Windows(windowed)
        self._clean: set[str] = set()

    def look(self, message: Message) -> tuple[Finding, ...]:
        """Return what a message sets off; most often nothing, in a few microseconds."""
        text = message.text
        said = text.lower() if len(text) <= LONGEST else text[:LONGEST].lower()
        closer = self._scan.Match(said)
        hits = self._own.Match(said) if self._patterns else ()
        clean = self._clean.issuperset(said.split()) or self._learn(said)
        found = self._windows.look(message, said)
        if hits:
            found += [self._patterns[hit] for hit in hits]
        if closer or not clean or not said.isascii():
            found += self._closer(message, said, closer or (), clean=clean)
        if not found:
            return ()
        where = (message.channel_id, message.parent_id, message.roles)
        numbers = dict.fromkeys(sorted(found))
        return tuple(
            Finding(self._checks[number])
            for number in numbers
            if self._checks[number].applies(*where)
        )

    def _learn(self, said: str) -> bool:
        """Look at pieces not seen before; say whether every piece of the text is harmless."""
        clean = True
        for raw in said.split():
            if raw in self._clean:
                continue
            if "://" in raw and raw.isascii():
                continue  # links have checks of their own
            if len(raw) > _LONGEST_CLEAN or not self._is_clean(raw):
                clean = False
                continue
            if len(self._clean) >= _MOST_CLEAN:
                self._clean.clear()
            self._clean.add(raw)
        return clean

    def _is_clean(self, raw: str) -> bool:
        """Say whether a piece can be passed over wherever it stands."""
        if not raw.isascii():
            plain = seen(raw)
            if plain != raw or folding.is_mixed(raw) or folding.marks(raw) > 1:
                return False
            if not raw.isprintable() or folding.is_blank(raw):
                return False
        return self._vocabulary.is_clean(raw)

    def _closer(
        self, message: Message, said: str, closer: Iterable[int], *, clean: bool
    ) -> list[int]:
        look = Look(message)
        found: list[int] = []
        wanted: set[Check] = set()
        for hit in closer:
            wanted |= _CLOSER[hit][1]
        if not said.isascii():
            wanted |= {Check.ZALGO, Check.INVISIBLE}
            if not clean:
                # What is disguised is scanned again as it is seen.
                if self._patterns:
                    found += [self._patterns[hit] for hit in self._own.Match(look.plain) or ()]
                for hit in self._scan.Match(look.plain) or ():
                    wanted |= _CLOSER[hit][1]
        found += [
            number
            for number, looker in self._lookers
            if self._checks[number].check in wanted and looker(look)
        ]
        if (not clean or Check.WORDS in wanted) and not self._vocabulary.empty:
            found += self._vocabulary.find(look.text)
        return found

    def _looker(self, check: CheckSettings) -> Looker:  # noqa: PLR0911, PLR0912 - one line a check
        phrases = self._phrases
        match check:
            case Zalgo():
                return lambda look: folding.marks(look.text) >= check.marks
            case Invisible():
                return lambda look: (
                    folding.turned(look.text) or folding.hidden(look.text) >= check.most
                )
            case Invites():
                return lambda look: links.invites(look.text, check.allow)
            case Links():
                return lambda look: _unwelcome(check, look)
            case Lookalikes():
                return lambda look: links.pretends(look.text, look.links, check.protect)
            case Newcomers():
                return lambda look: _is_newcomers(check, look)
            case Phone():
                return lambda look: personal.has_phone(look.text, check.regions, check.allow)
            case Email():
                return lambda look: personal.has_email(look.text, check.allow)
        match check.check:
            case Check.ADDRESS:
                return lambda look: personal.has_address(look.text)
            case Check.IDENTITY:
                return lambda look: personal.has_identity(look.text)
            case Check.WHO_IS:
                return lambda look: phrases.who_is(look.plain)
            case Check.FACE_SEARCH:
                return lambda look: phrases.face_search(look.plain, look.links)
            case Check.TARGET:
                return lambda look: phrases.target(look.plain, look.links)
            case Check.SCAM:
                return lambda look: phrases.scam(look.plain)
        raise ValueError(f"nobody looks for {check.check}")


def _unwelcome(check: Links, look: Look) -> bool:
    full = [one for one in look.links if one.full]
    if any(one.leads_to(check.deny) for one in full):
        return True
    if check.shorteners and links.shortened(look.links):
        return True
    return bool(check.allow) and any(not one.leads_to(check.allow) for one in full)


def _is_newcomers(check: Newcomers, look: Look) -> bool:
    message = look.message
    joined = message.author_joined
    new = message.account_age < check.account_hours * 3600 or (
        joined is not None and joined < check.joined_minutes * 60
    )
    return new and (any(one.full for one in look.links) or links.invites(look.text, ()))


def _options() -> "re2.Options":
    options = re2.Options()
    options.max_mem = _SET_MEMORY
    options.log_errors = False
    return options
