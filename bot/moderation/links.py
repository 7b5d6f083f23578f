"""Links: invitations, shorteners, places that are not welcome, names that pretend to be another."""

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

import re2
from rapidfuzz.distance import DamerauLevenshtein

from bot.moderation.folding import folded, seen

_LETTER = r"[^\s/@<>()\[\].,:;!?\"'#|]"
_LINK = re2.compile(
    r"(?P<scheme>h(?:tt|xx)ps?://)?(?:[^\s/@<>()\[\]]+@)?"
    rf"(?P<host>(?:{_LETTER}+\.)+[a-z][a-z0-9-]+)(?P<path>[/?#:][^\s<>)\]|]*)?"
)
_SIMPLE = re.compile(
    r"[(<]?https?://((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+)([/?#][^\s<>()\[\]|@]*)?[>).,;!?]*"
)
"""A link by itself as nearly all are written, read without RE2; it cannot run back on itself."""
_INVITED = ("discord", "gg", "disboard", "dsc")
_USER = re.compile(r"https?://[^\s/@]+@")
_DOT = re.compile(r"\s?[\[(]\s?(?:\.|dot)\s?[\])]\s?")
_INVITE = re.compile(
    r"(?:\bdiscord(?:app)?\s?[.,]\s?(?:gg|com\s?/\s?invite|me|io|li)|\bdsc\s?\.\s?gg|\binvite\.gg|"
    r"\btop\.gg/servers|\bdisboard\.org/server|\bdiscord\s+dot\s+gg)\s?(?:/|\\|\s+slash\s+)+\s?"
    r"(?P<code>[\w-]{2,})"
)
_ABROAD = re.compile(r"\.(?:a[tu]|b[er]|c[ah]|de|es|fr|i[nt]|jp|mx|n[lz]|p[lt]|se|uk|za)")
_SPREAD = re.compile(r"\bd i s c o r d ?\. ?g g\b")
_DOWNLOADS = (".exe", ".rar", ".zip", ".scr", ".msi")
_MOST_HOSTS = 4096
SHORTENERS = frozenset(
    [
        "bit.ly",
        "tinyurl.com",
        "t.co",
        "goo.gl",
        "is.gd",
        "v.gd",
        "cutt.ly",
        "rb.gy",
        "ow.ly",
        "shorturl.at",
        "rebrand.ly",
        "s.id",
        "tiny.cc",
        "lnkd.in",
        "adf.ly",
        "buff.ly",
        "t.ly",
        "bl.ink",
        "shorte.st",
        "ouo.io",
        "bc.vc",
        "linktr.im",
        "soo.gd",
        "clck.ru",
        "u.to",
        "qr.ae",
        "trib.al",
        "dlvr.it",
        "x.co",
        "tr.im",
        "snip.ly",
        "short.io",
        "urlz.fr",
        "1url.com",
        "hyperurl.co",
    ]
)
_OURS = {
    "discord.com": ("discordapp.com", "discordapp.net", "discord.gift", "discord.new",
                    "discord.dev", "discordstatus.com", "discord.media"),
    "google.com": ("google.org",),
    "github.com": ("github.io", "github.dev", "github.blog", "githubusercontent.com"),
    "wikipedia.org": ("wikimedia.org",),
}  # fmt: skip
_BAIT = frozenset(
    [
        "gift",
        "gifts",
        "nitro",
        "login",
        "signin",
        "sign",
        "free",
        "secure",
        "security",
        "verify",
        "verification",
        "account",
        "accounts",
        "support",
        "claim",
        "promo",
        "airdrop",
        "wallet",
        "update",
        "app",
        "get",
        "bonus",
        "trade",
        "help",
    ]
)
_CHEAP = frozenset(
    [
        "gift",
        "gifts",
        "ru",
        "xyz",
        "top",
        "click",
        "info",
        "online",
        "site",
        "live",
        "fun",
        "shop",
        "tk",
        "ml",
        "ga",
        "cf",
        "gq",
        "icu",
        "cyou",
        "buzz",
        "club",
        "monster",
        "quest",
        "rest",
        "work",
        "store",
        "website",
        "space",
    ]
)
_SECOND = frozenset(["co", "com", "org", "net", "ac", "gov", "edu"])
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ci", "a"), ("0", "o"), ("1", "l"), ("i", "l"))


@dataclass(frozen=True)
class Link:
    """A link in a text; `full` if it is one for sure, by its scheme or its path."""

    host: str
    path: str
    full: bool

    def leads_to(self, domains: Set[str]) -> bool:
        """Say whether it leads to one of these domains, or to one under them."""
        host = self.host
        while host:
            if host in domains:
                return True
            host = host.partition(".")[2]
        return False


def links(text: str) -> list[Link]:
    """Return the links of a text, those that are written to hide among them."""
    found = []
    plain = seen(text)
    if "[" in plain or "(" in plain:
        plain = _DOT.sub(".", plain)
    for raw in plain.split():
        if "." not in raw:
            continue
        simple = _SIMPLE.fullmatch(raw)
        if simple is not None:
            found.append(Link(simple[1], simple[2] or "", full=True))
            continue
        for match in _LINK.finditer(raw):
            host, path = match["host"], match["path"] or ""
            full = bool(match["scheme"]) or bool(path[1:])
            found.append(Link(host, path, full))
    return found


def invites(plain: str, allow: Iterable[str]) -> bool:
    """Say whether a folded text invites to another server; `allow` are codes that are welcome."""
    if not any(one in plain for one in _INVITED) and not _SPREAD.search(plain):
        return False
    plain = _SPREAD.sub("discord.gg", plain)
    plain = _DOT.sub(".", plain).replace(". ", ".").replace(" .", ".")
    welcome = {code.lower() for code in allow}
    return any(
        match["code"] not in welcome and not _is_sentence(plain, match)
        for match in _INVITE.finditer(plain)
    )


def leads_on(raw: str, link: Link) -> bool:
    """Say whether a link by itself may be part of something: an invitation, a profile, a trap."""
    return (
        any(one in raw for one in _INVITED)
        or link.path.endswith(_DOWNLOADS)
        or shortened([link])
        or any(True for _one in profiles([link]))
    )


def shortened(found: Iterable[Link]) -> bool:
    """Say whether a link hides where it leads."""
    return any(one.host.removeprefix("www.") in SHORTENERS and one.path[1:] for one in found)


class Pretenders:
    """Which hosts pretend to be one of the names in `protect`; each is looked at once."""

    def __init__(self, protect: Iterable[str]) -> None:
        self._protect = tuple(protect)
        ours = (one for name in self._protect for one in _OURS.get(name, ()))
        self._friends = frozenset((*self._protect, *ours))
        self._known: dict[tuple[str, bool], bool] = {}

    def among(self, text: str, found: Iterable[Link]) -> bool:
        """Say whether a link of a text pretends to lead to one of the names."""
        if "@" in text and "://" in text:
            for match in _USER.finditer(seen(text)):
                if any(name in match[0] for name in self._protect):
                    return True
        return any(map(self._pretends, found))

    def _pretends(self, link: Link) -> bool:
        key = (link.host, link.full)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_HOSTS:
                self._known.clear()
            known = not link.leads_to(self._friends) and any(
                _pretends(link, name) for name in self._protect
            )
            self._known[key] = known
        return known


def _pretends(link: Link, name: str) -> bool:  # noqa: PLR0911 - one line a way of pretending
    host = _decoded(link.host)
    if not link.full and not host.isascii():
        return False
    label = name.split(".", maxsplit=1)[0]
    labels = host.split(".")
    own = labels[-3] if len(labels) > 2 and labels[-2] in _SECOND else labels[-2]
    below = labels[: labels.index(own)]
    if _ABROAD.fullmatch(host.removeprefix("www.").removeprefix(name)):
        return False  # paypal.com.br
    if f".{name}." in f".{host}.":
        return True  # paypal.com.example.info
    if label in below and labels[-1] in _CHEAP:
        return True
    if own in (label, f"{label}app"):
        return labels[-1] in _CHEAP or not host.isascii()
    pieces = own.split("-")
    if len(pieces) > 1 and label in pieces and _BAIT.intersection(pieces):
        return True
    drawn = [_drawn(one) for one in (own, *below)]
    if _drawn(label) in drawn and label not in (own, *below):
        return True
    if len(label) < 6:
        return False
    near = DamerauLevenshtein.distance(own, label, score_cutoff=1)
    return near == 1 and own[0] == label[0] and own not in {f"{label}s", label[:-1]}


def _drawn(label: str) -> str:
    made = folded(label)
    for pair, letter in _PAIRS:
        made = made.replace(pair, letter)
    return made


def _decoded(host: str) -> str:
    if "xn--" not in host:
        return host
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _is_sentence(text: str, match: re.Match[str]) -> bool:
    return text[match.start() : match.end()].count("\n") > 0


def lone(raw: str) -> Link | None:
    """Return the link that a piece of text in small letters is, if it is one, plainly written."""
    simple = _SIMPLE.fullmatch(raw)
    return None if simple is None else Link(simple[1], simple[2] or "", full=True)


def profiles(found: Iterable[Link]) -> Iterator[Link]:
    """Yield the links that lead to somebody's profile."""
    for one in found:
        path = _PROFILES.get(".".join(one.host.rsplit(".", 2)[-2:]))
        if path is not None and re.match(path, one.path):
            yield one


_NAME = r"/@?[\w.\-]{2,40}/?(?:[?#].*)?$"
_PROFILES = {
    **dict.fromkeys(
        ("instagram.com", "facebook.com", "twitter.com", "x.com", "tiktok.com", "threads.net",
         "vk.com", "t.me"), _NAME,
    ),
    "bsky.app": r"/profile/.", "flickr.com": r"/(?:people|photos)/[\w@\-]+/?$",
    "linkedin.com": r"/in/.", "reddit.com": r"/u(?:ser)?/.", "youtube.com": r"/@.",
    "mastodon.social": r"/@.", "500px.com": r"/p/.", "snapchat.com": r"/add/.",
}  # fmt: skip
