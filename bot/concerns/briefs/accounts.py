"""Finding what leads to somebody and is no name: accounts spelled out, and pages of their own.

An account need not have an @: people write "my Flickr name is ana_k", "insta: ana.k" or "flickr dot
com slash ana". A link may be to somebody's own page, or a short one that leads there, without its
address saying so: every link is hidden but those to places that are no single person's.
"""

import re
from collections.abc import Iterator

_NETWORK = (
    r"(?:flickr|insta(?:gram)?|ig|twitter|facebook|fb|tiktok|tumblr|pinterest|500px|smugmug|imgur"
    r"|reddit|youtube|vimeo|mastodon|bluesky|bsky|threads|pixelfed|discord|telegram|signal|skype"
    r"|snap(?:chat)?|whats ?app|wechat|weibo|vk|viber|linkedin|deviant ?art|behance|vsco|github"
    r"|wiki[mp]edia)"
)
_SORT = r"(?:account|handle|nick(?:name)?|alias|profile|user ?name|user|screen ?name|name|id)"
_ACCOUNT = r"([^\s,;:!?()\[\]<>\"“”‘’']{2,64})"

_CALLED = re.compile(
    rf"\b(?:{_NETWORK}(?:['’]s)?[ ]{{1,3}}{_SORT}"
    r"|(?:user|screen|nick|display)[ -]?name|nick|handle|alias)"
    rf"[ ]{{0,3}}(?:[:=]|is\b|was\b|[ ](?=[\w.-]*[\d_.-]\w))[ ]{{0,3}}{_ACCOUNT}"
    rf"|\b{_NETWORK}[ ]{{0,3}}[:=][ ]{{0,3}}(?!/){_ACCOUNT}",
    re.IGNORECASE,
)
"""What stands behind "my Flickr name is", "username:" or "insta:"."""

_ODD = r"(?=[\w.-]*(?:[a-z][\w.-]*[\d_.]|\d\w*[a-z]))[\w.-]{3,40}(?<![.-])"
_KNOWN_ON = re.compile(
    rf"(?<![\w./@-])({_ODD})[ ]{{1,3}}(?:on|at|from)[ ]{{1,3}}{_NETWORK}\b"
    rf"|\b(?:on|at)[ ]{{1,3}}{_NETWORK}[ ]{{1,3}}as[ ]{{1,3}}{_ACCOUNT}"
    rf"|\b{_NETWORK}[ ]{{1,3}}({_ODD})",
    re.IGNORECASE,
)
"""What is said to be somewhere: "ana_k on Instagram", "on Flickr as ana"."""

_JOINED = re.compile(r"(?<![\w/.@-])[a-z0-9]+(?:_[a-z0-9]+)+(?![\w/@-])", re.IGNORECASE)
"""Words joined by a low line: hardly anything but accounts and files is written so."""

_DOT = r"(?:[ ]?[\[({]\s?(?:\.|dot)\s?[\])}][ ]?|[ ]dot[ ])"
_SPELLED = re.compile(
    rf"(?<![\w.-])(?:(?:hxxps?|https?)\W{{1,4}})?[\w-]{{1,63}}(?:(?:{_DOT}|\.)[\w-]{{1,63}}){{0,8}}"
    rf"{_DOT}[a-z]{{2,12}}\b"
    r"(?:(?:/|[ ]slash[ ])[^\s<>\"]*)*",
    re.IGNORECASE,
)
"""An address with its dots spelled out."""

_LINK = re.compile(
    r"(?<![\w@])(?:h(?:tt|xx)ps?:/+(?:[^\s/@<>\"]*@)?|www\.)[^\s<>\"]+"
    # Without https, the ending tells an address from a file, and from a sentence without a space.
    r"|(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:"
    r"(?-i:com|org|net|info|me|io|co|photo|photos|photography|pics|gallery|art|blog|page|site|online"
    r"|app|dev|link|bio|social|name|family|eu|de|fr|es|nl|uk|ca|au|br|jp|pl|se|fi|dk|ch|pt|gr|cz|ie"
    r"|nz|za|mx|ar|cl|ru|ua|cn|kr|tw|tv|cc|ly|gl|gd)\b(?:[/?#:][^\s<>\"]*)?|[a-z]{2,12}/[^\s<>\"]+)"
    r"(?![\w-])",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[a-z]+:/+)?(?:www\.)?([a-z0-9.-]+)", re.IGNORECASE)
_NOBODYS = frozenset(
    name
    for line in (
        "creativecommons.org openknowledge.org okfn.org eff.org wikipedia.org opensource.org",
        "wikimediafoundation.org openfuture.eu communia-association.org fsf.org gnu.org spdx.org",
        "choosealicense.com europa.eu legislation.gov.uk gov.uk ico.org.uk cnil.fr ftc.gov",
        "copyright.gov congress.gov supremecourt.gov ilga.gov wipo.int un.org justia.com",
        "law.cornell.edu ibm.com nbcnews.com nytimes.com theguardian.com bbc.com bbc.co.uk",
        "reuters.com washingtonpost.com wired.com theverge.com technologyreview.com ft.com",
        "arstechnica.com arxiv.org doi.org exposing.ai megapixels.cc megaface.cs.washington.edu",
        "haveibeentrained.com commoncrawl.org laion.ai",
    )
    for name in line.split()
)
"""Public bodies, laws, newspapers, papers, and what the case is about."""


def find_accounts(text: str) -> Iterator[tuple[int, int]]:
    """Yield accounts that are named without an @."""
    for pattern in (_CALLED, _KNOWN_ON):
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            start, end = match.span(group)
            while end > start and text[end - 1] in ".-":
                end -= 1
            if text[start:end].casefold() not in _NO_ACCOUNT:
                yield start, end
    for match in _JOINED.finditer(text):
        yield match.span()


_NO_ACCOUNT = frozenset(
    word
    for line in (
        "a an and the my your their his her our i you we they he she not no is was are were it",
        "this that there in on of to removed deleted gone public private known have has had do did",
        "https http www where what when why how if please nobody someone cc by-sa by-nc by-nd",
    )
    for word in line.split()
)


def find_links(text: str) -> Iterator[tuple[int, int]]:
    """Yield links to whatever may be somebody's own."""
    for match in _SPELLED.finditer(text):
        yield match.span()
    for match in _LINK.finditer(text):
        if not _is_nobodys(match[0]):
            yield match.start(), match.start() + len(match[0].rstrip(".,;:!?)]}'’"))


def _is_nobodys(link: str) -> bool:
    found = _HOST.match(link)
    if found is None or "@" in link:
        return False
    labels = found[1].lower().rstrip(".").split(".")
    return any(".".join(labels[place:]) in _NOBODYS for place in range(len(labels)))
