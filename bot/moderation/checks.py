"""Every check in one pass over a message: a quick look that passes nearly all, then a closer one.

The quick look is: the pieces of the text between spaces are all known to be harmless wherever they
stand, and no window is full. What it does not pass is read by one set of RE2 patterns, which says
which checks have something to look at. All of it takes time in proportion to the
text, whatever the configuration says; a text is looked at up to Discord's own limit.
"""

import re
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from functools import cached_property

from bot.moderation import folding, links, personal
from bot.moderation.folding import folded
from bot.moderation.literals import needed
from bot.moderation.model import Check, Message
from bot.moderation.phrases import FACE_LINK, FACE_WORDS, Phrases
from bot.moderation.pieces import Grade, Pieces, searched
from bot.moderation.rules import Ruleset
from bot.moderation.settings import (
    CheckSettings,
    Email,
    First,
    Flood,
    Invisible,
    Invites,
    Links,
    Lookalikes,
    Mentions,
    Newcomers,
    Patterns,
    Phone,
    Photo,
    Raid,
    Repeated,
    Words,
    Zalgo,
)
from bot.moderation.windows import Windows
from bot.moderation.wordlists import Vocabulary

_MOST_CALLED = 4096

LONGEST = 4000
"""Characters of a message that are looked at: the most that Discord lets anybody write."""

_LINKED = frozenset(
    {
        Check.INVITES,
        Check.LINKS,
        Check.LOOKALIKES,
        Check.NEWCOMERS,
        Check.TARGET,
        Check.FACE_SEARCH,
        Check.SCAM,
    }
)
_URL = re.compile(r"https?://[^\s@]+(?=\s|$)")
"""A link, whose digits and words are no part of what is said."""

_CLOSER: tuple[tuple[str, frozenset[str]], ...] = (
    (
        r"\d(?:[\s().\-/–—‐‑−]{0,3}\d){5}",
        frozenset({Check.PHONE, Check.IDENTITY}),
    ),
    (
        r"[^\s@]@[^\s@]|\w\s@\s?\w+\s?\.|\bdot\b|[\[(]\s?(?:at|dot|\.)\s?[\])]",
        frozenset({Check.EMAIL, *_LINKED}),
    ),
    (r"://|www\.|[a-z0-9]\.[a-z]{2,}|discord\w*\s?(?:[.,/\\(\[]|dot)|\bdsc\s?\.|\.gg\b", _LINKED),
    (
        r"\d[a-z]?\s+(?:\S+\s+){1,5}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|close|court|ct|"
        r"boulevard|blvd|way|terrace|square|crescent)\b|"
        r"\d(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|bd|place|chemin|impasse|all|quai|cours|"
        r"route)|\bbox\s+\d|postfach\s+\d|"
        r"(?:stra(?:ss|ß)e|str\.|weg|gasse|platz|allee|ring|damm|ufer|straat|laan|gracht|plein)\s+\d|"
        r"\b(?:am|an der)\s+\S+\s+\d|\b(?:calle|c/|avenida|avda|plaza|paseo|via|viale|corso|piazza|"
        r"rua|travessa)\.?\s+(?:\S+\s+){1,4}\d|(?:ul\.|ulica|ул\.|улица)\s*\S+\s*(?:д\.\s*)?\d",
        frozenset({Check.ADDRESS}),
    ),
    (
        r"\bwho\b|\bwhos\b|who's|whose|\bcalled\b|\bnamed\b|\bknow (?:him|her|them)\b|"
        r"\b(?:his|her|their) (?:\w+ )?names?\b|\bnames? to\b|"
        r"\bidentify\b|\brecogni[sz]e|\bknows? (?:this|that|the)\b|"
        r"\bnames? (?:of|for)\b|(?:his|her) name\b|\bid on\b|\bqui\b|\bconna|\breconna|\bwer\b|"
        r"\bkennt\b|\bqui[eé]n\b|conoce\b|\bchi\b|\bconosce\b|\bwie\b|\bquem\b|\bkto\b|"
        r"кто|знает|s'?appelle|hei(?:ss|ß)t|\bllama\b|si chiama|conhece|\bzna\b|"
        r"\bid (?:this|that)\b|\b(?:his|her) (?:real )?name\b|'s name\b",
        frozenset({Check.WHO_IS}),
    ),
    (
        r"eyes\b|face ?check|face ?seek|clone|search4|lenso|clearview|google lens|yandex|faciale|"
        r"gesichtssuche|catfish|precheck|\brevers|\byandex\b|"
        r"\bface\b.{0,20}\b(?:search|look ?up|in)\b",
        frozenset({Check.FACE_SEARCH}),
    ),
    (
        r"(?:^|\s)[a-z0-9@$!](?:[^a-z0-9@$!\n]{1,3}[a-z0-9@$!]){2,}(?:$|[^a-z0-9])",
        frozenset({Check.WORDS, Check.INVITES}),
    ),
    (r"\b(?:spam|raid|report|harass|flood|attack)\b", frozenset({Check.TARGET})),
    (
        r"nitro|steam|robux|skins?\b|\bkni(?:fe|ves)\b|turned|flipped|leaked|gives away|"
        r"gift|accident|\badmin\b|\bvote for\b|giv\w+ away|\bearn\b|\$|first \d|"
        r"invest|wallet|airdrop|leaks?\b|promo|casino|\bqr\b|verify|generator|download|ps5|18\+|"
        r"macbook|iphone|trader|telegram|double your|account (?:will|has|is|gets)|pay me|from home|"
        r"\bmoney\b|giving away|game",
        frozenset({Check.SCAM}),
    ),
    (
        r"dni|pesel|bsn|ssn|\bsocial\b|nino|\bpass|pasaporte|paspoort|f[uü]hrerschein|permis|"
        r"ausweis|reisepass|licen[cs]e n|insurance n|fiscale|"
        r"[a-z]{2}\d{2}",
        frozenset({Check.IDENTITY}),
    ),
)
"""What says that a closer look is due, and by which checks. Gaps are counted in words, so that
reading a text once is all it takes."""


_SPELLED = next(at for at, (_one, wanted) in enumerate(_CLOSER) if Check.WORDS in wanted)


@dataclass(frozen=True)
class Finding:
    """That a message sets a check off."""

    check: CheckSettings


Looker = Callable[["Look"], bool]


class Look:
    """A closer look at one message: what several checks need of it, made once."""

    def __init__(self, message: Message, said: str) -> None:
        self.message = message
        self.text = message.text[:LONGEST]
        self.plain = said if said.isascii() else folded(self.text)

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
        self._lookers: list[tuple[int, Looker]] = []
        self._called: dict[tuple[int, ...], list[tuple[int, Looker]]] = {}
        self._patterns: list[int] = []
        vocabulary = Vocabulary()
        patterns: list[str] = []
        windowed: list[tuple[int, CheckSettings]] = []
        for number, check in enumerate(self._checks):
            match check:
                case Words():
                    vocabulary.add(number, check.words, check.inside, check.innocent)
                case Patterns():
                    patterns += check.patterns
                    self._patterns += [number] * len(check.patterns)
                case Flood() | Repeated() | Mentions() | Raid():
                    windowed.append((number, check))
                case First() | Photo():
                    pass  # one looks at who writes, in a storm (`first`), one at what is attached
                case _:
                    self._lookers.append((number, self._looker(check)))
        vocabulary.close()
        self._vocabulary = vocabulary
        self._scan = searched(pattern for pattern, _wanted in _CLOSER)
        self._own = searched(f"(?i){pattern}" for pattern in patterns) if patterns else None
        letters = [needed(pattern) for pattern in patterns]
        always = [at for at, one in enumerate(letters) if not one]
        self._always = [self._patterns[at] for at in always]
        self._anywhere = searched(f"(?i){patterns[at]}" for at in always) if always else None
        self._newcomers = [one for one in self._checks if isinstance(one, Newcomers)]
        self._pretenders = [
            links.Pretenders(one.protect) for one in self._checks if isinstance(one, Lookalikes)
        ]
        listed = [one for one in self._checks if isinstance(one, Links)]
        self._unwelcome = frozenset().union(*(one.deny for one in listed), FACE_LINK)
        self._only = [frozenset(one.allow) for one in listed if one.allow]
        self._pieces = Pieces(vocabulary, frozenset().union(*letters), self._is_tame)
        self._windows = Windows(windowed)

    def look(self, message: Message) -> tuple[Finding, ...]:
        """Return what a message sets off; most often nothing, in a few microseconds."""
        text = message.text
        said = text.lower() if len(text) <= LONGEST else text[:LONGEST].lower()
        found = self._windows.look(message, said)
        grade = self._pieces.grade(said)
        if grade:
            found = [*found, *self._closer(message, said, grade)]
        elif self._newcomers and "://" in said and self._is_new(message):
            found = [*found, *self._closer(message, said, Grade.PARTS)]
        elif self._anywhere is not None:
            found = [*found, *(self._always[hit] for hit in self._anywhere.Match(said) or ())]
        if not found:
            return ()
        where = (message.channel_id, message.parent_id, message.roles)
        return tuple(
            Finding(self._checks[number])
            for number in sorted(set(found))
            if self._checks[number].applies(*where)
        )

    def first(self, message: Message) -> tuple[Finding, ...]:
        """Return what a newcomer's message sets off in a storm, whatever it says."""
        where = (message.channel_id, message.parent_id, message.roles)
        return tuple(
            Finding(one) for one in self._checks if isinstance(one, First) and one.applies(*where)
        )

    def look_at_all(self, message: Message) -> tuple[Finding, ...]:
        """Return what `look` does, by having every check look: slow, and what `look` must equal."""
        look = Look(message, message.text[:LONGEST].lower())
        found = {number for number, looker in self._lookers if looker(look)}
        found |= self._vocabulary.find(look.text)
        if self._own is not None:
            for said in (look.text.lower(), look.plain):
                found |= {self._patterns[hit] for hit in self._own.Match(said) or ()}
        where = (message.channel_id, message.parent_id, message.roles)
        return tuple(
            Finding(self._checks[number])
            for number in sorted(found)
            if self._checks[number].applies(*where)
        )

    def _is_tame(self, raw: str) -> bool:
        link = links.lone(raw)
        return (
            link is not None
            and not link.leads_to(self._unwelcome)
            and all(link.leads_to(only) for only in self._only)
            and not links.leads_on(raw, link)
            and not any(one in raw for one in FACE_WORDS)
            and not any(one.among(raw, [link]) for one in self._pretenders)
        )

    def _is_new(self, message: Message) -> bool:
        return any(_is_new(one, message) for one in self._newcomers)

    def _closer(self, message: Message, said: str, grade: Grade) -> list[int]:
        """Have those checks look that have something to look at."""
        look = Look(message, said)
        bare = _URL.sub(" http:// ", said) if "://" in said else said
        readings = [bare] if said.isascii() or look.plain == said else [bare, look.plain]
        found: list[int] = []
        hits: set[int] = set()
        for read in readings:
            hits.update(self._scan.Match(read) or ())
        if self._own is not None:
            # What is disguised is tried again as it is seen.
            for read in {said, look.plain}:
                found += [self._patterns[hit] for hit in self._own.Match(read) or ()]
        key = tuple(sorted(hits)) if said.isascii() else (-1, *sorted(hits))
        called = self._called.get(key)
        if called is None:
            called = self._called[key] = self._call(key)
        found += [number for number, looker in called if looker(look)]
        if grade is Grade.WORDS or _SPELLED in hits:
            found += self._vocabulary.find(look.text)
        return found

    def _call(self, hits: tuple[int, ...]) -> list[tuple[int, Looker]]:
        """Return the checks that look closer where these patterns were found."""
        if len(self._called) >= _MOST_CALLED:
            self._called.clear()
        wanted = _wanted(hits)
        return [one for one in self._lookers if self._checks[one[0]].check in wanted]

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
                return lambda look: links.invites(look.plain, check.allow)
            case Links():
                deny, allow = frozenset(check.deny), frozenset(check.allow)
                return lambda look: _unwelcome(check, deny, allow, look)
            case Lookalikes():
                pretenders = links.Pretenders(check.protect)
                return lambda look: pretenders.among(look.text, look.links)
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


def _unwelcome(check: Links, deny: Set[str], allow: Set[str], look: Look) -> bool:
    if not look.links:
        return False
    if check.shorteners and links.shortened(look.links):
        return True
    full = [one for one in look.links if one.full]
    if any(one.leads_to(deny) for one in full):
        return True
    return bool(allow) and any(not one.leads_to(allow) for one in full)


def _is_newcomers(check: Newcomers, look: Look) -> bool:
    return _is_new(check, look.message) and (
        any(one.full for one in look.links) or links.invites(look.plain, ())
    )


def _is_new(check: Newcomers, message: Message) -> bool:
    joined = message.author_joined
    return message.account_age < check.account_hours * 3600 or (
        joined is not None and joined < check.joined_minutes * 60
    )


def _wanted(hits: Iterable[int]) -> set[str]:
    """Return the checks that are due; -1 stands for a text that is not all ASCII."""
    wanted: set[str] = set()
    for hit in hits:
        wanted |= {Check.ZALGO, Check.INVISIBLE} if hit < 0 else _CLOSER[hit][1]
    return wanted
