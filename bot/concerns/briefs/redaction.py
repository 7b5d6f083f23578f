"""Finding in people's words what could lead to somebody, and hiding it.

Everything found is a `Mark` that a person then looks at: they may add marks and remove them. So
the finders lean to marking too much. They look at a copy of the text in which look-alikes (full-
width letters, other scripts' digits) are plain, character by character, so positions agree.

Sources: card numbers end in Luhn's check digit (ISO/IEC 7812-1), IBANs are checked modulo 97
(ISO 13616), telephone numbers are those that libphonenumber knows, and any other long number.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from bot.concerns.briefs.accounts import find_accounts, find_links
from bot.concerns.briefs.names import find_names
from bot.concerns.briefs.places import find_places


class Hidden(StrEnum):
    """What a mark hides; of two marks that overlap, the earlier kind here names both."""

    EMAIL = "email"
    PHOTO = "photo"
    MENTION = "mention"
    HANDLE = "handle"
    IP = "ip"
    IBAN = "iban"
    CARD = "card"
    PHONE = "phone"
    NUMBER = "number"
    PLACE = "place"
    NAME = "name"
    OTHER = "other"
    """Added by a person."""


WORDS: dict[Hidden, str] = {
    Hidden.EMAIL: "[e-mail address removed]",
    Hidden.PHOTO: "[link removed]",
    Hidden.MENTION: "[mention removed]",
    Hidden.HANDLE: "[account removed]",
    Hidden.IP: "[network address removed]",
    Hidden.IBAN: "[bank account removed]",
    Hidden.CARD: "[card number removed]",
    Hidden.PHONE: "[phone number removed]",
    Hidden.NUMBER: "[number removed]",
    Hidden.PLACE: "[address removed]",
    Hidden.NAME: "[name removed]",
    Hidden.OTHER: "[removed]",
}
"""What stands in the place of what was hidden."""

_RANK = {kind: place for place, kind in enumerate(Hidden)}


@dataclass(frozen=True, order=True)
class Mark:
    """A stretch of a text that is hidden: `text[start:end]`."""

    start: int
    end: int
    kind: Hidden


def prepared(text: str) -> str:
    """Return `text` as it is quoted: composed, without what cannot be seen.

    Invisible characters inside an address would keep it from being found and not from being used.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    seen = (
        " " if character == "\t" else character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in _UNSEEN
    )
    return "".join(seen).strip()


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def find(text: str) -> tuple[Mark, ...]:
    """Return what should be hidden in a text, in order, without overlaps."""
    plain = _folded(text)
    found: list[Mark] = []
    for kind, finder in _FINDERS:
        found += (Mark(start, end, kind) for start, end in finder(plain))
    return merged(found)


def merged(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return marks in order, those that overlap made one."""
    result: list[Mark] = []
    for mark in sorted(marks):
        if mark.start >= mark.end:
            continue
        if result and mark.start < result[-1].end:
            last = result.pop()
            kind = min(last.kind, mark.kind, key=_RANK.__getitem__)
            result.append(Mark(last.start, max(last.end, mark.end), kind))
        else:
            result.append(mark)
    return tuple(result)


def hidden(text: str, marks: Iterable[Mark]) -> str:
    """Return `text` with what is marked replaced by words that say what was there."""
    parts: list[str] = []
    place = 0
    for mark in merged(marks):
        parts += (text[place : mark.start], WORDS[mark.kind])
        place = mark.end
    return "".join((*parts, text[place:]))


def occurrences(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Yield every place where `words` stand in `text`, in whatever case; none if blank."""
    wanted = prepared(words)
    if wanted:
        for match in re.finditer(re.escape(_folded(wanted)), _folded(text), re.IGNORECASE):
            yield match.span()


def _folded(text: str) -> str:
    """Return a text of the same length with look-alikes made plain."""
    return "".join(map(_plain, text))


def _plain(character: str) -> str:
    if character < "\x80":
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(character) == "Zs":
        return " "
    if character in _DASHES:
        return "-"
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 else character


_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212")

_AT = r"(?:@|\s*[\(\[\{<]\s*(?:at|@)\s*[\)\]\}>]\s*|\s+at\s+)"
_DOT = r"(?:\.|\s*[\(\[\{<]\s*(?:dot|\.)\s*[\)\]\}>]\s*|\s+dot\s+)"
_EMAIL = re.compile(
    rf"[\w.+%&'*/=?^`{{|}}~!#$-]{{1,200}}{_AT}[\w-]+(?:{_DOT}[\w-]+)+", re.IGNORECASE
)


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for match in _EMAIL.finditer(text):
        # "I look at example.org" is no address: spelled out, it has its dot spelled out too.
        spelled = re.search(r"\s+at\s+", match[0], re.IGNORECASE)
        if "@" in match[0] or not spelled or re.search(r"\bdot\b", match[0], re.IGNORECASE):
            yield match.span()


_HOSTS = (
    *("flickr", "flic", "staticflickr", "instagram", "instagr", "cdninstagram", "facebook"),
    *("fb", "fbcdn", "twitter", "x", "t", "twimg", "tiktok", "pinterest", "pin", "500px"),
    *("unsplash", "pexels", "pixabay", "smugmug", "imgur", "tumblr", "vk", "vsco", "deviantart"),
    *("behance", "linkedin", "lnkd", "licdn", "threads", "bsky", "mastodon", "pixelfed", "reddit"),
    *("redd", "redditmedia", "discord", "discordapp", "whatsapp", "wa", "telegram", "snapchat"),
    *("youtube", "youtu", "vimeo", "googleusercontent", "photobucket", "glass", "ello", "zenfolio"),
    *("weibo", "wechat", "line", "ok", "myspace", "livejournal", "medium", "substack", "patreon"),
)
_PLACES = (
    *(r"photos\.google", r"photos\.app\.goo", r"drive\.google", r"commons\.wikimedia"),
    *(r"upload\.wikimedia", r"icloud", r"dropbox", r"1drv"),
)
_SITE = "|".join((*_HOSTS, *_PLACES))
_PHOTO = re.compile(
    rf"(?<![\w@])(?:[a-z][a-z0-9+.-]*:/*)?(?:[^\s/?#<>]{{0,200}}\.)?(?:{_SITE})\.[a-z]{{2,10}}(?:\.[a-z]{{2}})?"
    r"(?::\d+)?(?:[/?#][^\s<>\"]*|(?![\w.-]))",
    re.IGNORECASE,
)
"""An address on a site where people show pictures of people, or speak under a name."""

_PICTURE = re.compile(
    r"(?:https?:/+|www\.)[^\s<>\"]+?\.(?:jpe?g|png|gif|webp|heic|heif|tiff?|bmp|avif|raw)\b[^\s<>\"]*",
    re.IGNORECASE,
)

_SHOWN = re.compile(
    r"(?:https?:/+|www\.)[^\s<>\"]+?/(?:photos?|pictures?|images?|img|gallery|galleries|albums?|faces?|users?|"
    r"people|profiles?|members?)/[^\s<>\"]+",
    re.IGNORECASE,
)
"""A page whose address says that it shows a picture, or somebody."""


def _photos(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_PHOTO, _PICTURE, _SHOWN):
        for match in pattern.finditer(text):
            yield match.span()
    yield from find_links(text)


_MENTION = re.compile(r"<(?:@[!&]?|#|id:|/[^:>\s]*:|a?:\w+:)\d{1,20}>|\b\d{17,20}\b")
"""Discord's own, and the bare number of an account, a message or a place."""

_HANDLE = re.compile(
    r"[^\s@<>()\[\],;:\"]*@+[\w@](?:[\w@.\-]*[\w@])?"  # @ana, @ana@example.social, ana@localhost
    r"|(?<![\w&])[\w.]{2,32}#\d{4}\b"  # Discord's older form
    r"|(?<!\w)/?u/[\w-]{2,}",  # Reddit's
    re.IGNORECASE,
)


def _handles(text: str) -> Iterator[tuple[int, int]]:
    for match in _HANDLE.finditer(text):
        yield match.span()
    yield from find_accounts(text)


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        yield match.span()


_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*[0-9a-f:](?![\w])", re.IGNORECASE)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                ipaddress.ip_address(match[0])
            except ValueError:
                continue
            yield match.span()


_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        # Words that follow may look like a part of it: the longest start that checks is one.
        for end in range(len(match[0]), 14, -1):
            if match[0][end - 1].isalnum() and _is_iban(match[0][:end]):
                yield match.start(), match.start() + end
                break


def _is_iban(text: str) -> bool:
    bare = re.sub(r"[ -]", "", text).upper()
    if not 15 <= len(bare) <= 34 or not bare.isascii():
        return False
    turned = bare[4:] + bare[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


_NUMBER = re.compile(r"(?<![\w.,])[+(]*\d(?:[ \t./()\-]{0,3}\d){6,}(?!\d)|\d{7,}")
_YEAR = r"(?:1[5-9]|20)\d\d"
_DATE = re.compile(
    rf"(?<!\d)(?<!\d[-/. ])(?:{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR}"
    rf"|{_YEAR}[-/]{_YEAR})(?![-/.]?\d)"
)
_ROUND = re.compile(r"\d{1,3}(?:[ .]000)+|\d+0000")


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield numbers of seven digits and more, except dates and round amounts."""
    undated = _DATE.sub(lambda match: "_" * len(match[0]), text)
    for match in _NUMBER.finditer(undated):
        if _ROUND.fullmatch(match[0]) is None:
            yield match.span()


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _numbers(text):
        digits = re.sub(r"\D", "", text[start:end])
        if 12 <= len(digits) <= 19 and _luhn(digits):
            yield start, end


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


_REGIONS = (None, "US", "GB", "FR", "DE", "ES", "IN", "BR", "NG", "JP", "AU", "ZA", "MX")
"""Where a number without its country is looked for; any other is long enough to be a number."""

_CALLED = re.compile(
    r"(?:tel|phone|call|mobile|cell|whatsapp|signal|fax|sms|text)\w*[.: ]{1,3}"
    r"(?:me |us |at |on |is )*"
    r"([+(]?\d[\d ./()\-]{2,}\d)",
    re.IGNORECASE,
)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    if sum(character.isdigit() for character in text) < 4:
        return
    for region in _REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            yield match.start, match.end
    for called in _CALLED.finditer(text):
        yield called.span(1)


_FINDERS = (
    (Hidden.EMAIL, _emails),
    (Hidden.PHOTO, _photos),
    (Hidden.MENTION, lambda text: _spans(_MENTION, text)),
    (Hidden.HANDLE, _handles),
    (Hidden.IP, _addresses),
    (Hidden.IBAN, _ibans),
    (Hidden.CARD, _cards),
    (Hidden.PHONE, _phones),
    (Hidden.NUMBER, _numbers),
    (Hidden.PLACE, find_places),
    (Hidden.NAME, find_names),
)
