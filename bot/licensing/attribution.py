"""Builds the credit for a work, in three forms, by the rules of its license's version.

TASL: title, author, source, license; then what was changed. Nothing here decides how a credit
must look ("any reasonable manner" does); it says what belongs in it and what is still missing.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit

from bot.licensing.library import Library
from bot.licensing.model import CURRENT, Element, Fact, Tool

FIELD_LIMIT = 500
"""Characters of a title, a name or a note of changes."""
URL_LIMIT = 1000

PLATFORMS = frozenset(
    {
        *("flickr", "instagram", "facebook", "wikipedia", "wikimedia", "wikimedia commons"),
        *("google", "google images", "bing", "pinterest", "youtube", "openverse", "unsplash"),
        *("pixabay", "pexels", "tumblr", "twitter", "reddit", "vimeo", "soundcloud", "freesound"),
        *("europeana", "deviantart", "internet", "the internet", "web", "the web", "online"),
        "creative commons",
    }
)
"""Places people name as the author; a place shows works and made none of them."""


class Medium(StrEnum):
    """Where the credit goes; a key's last part."""

    WEB = "web"
    PRINT = "print"
    SLIDES = "slides"
    VIDEO = "video"
    AUDIO = "audio"
    DATASET = "dataset"


class Weight(StrEnum):
    """How much a finding matters; a key's last part."""

    REQUIRED = "required"
    CHECK = "check"
    RECOMMENDED = "recommended"
    NOTE = "note"


@dataclass(frozen=True)
class Work:
    """What is to be credited, as somebody typed it."""

    title: str
    creator: str
    source: str
    tool: Tool
    changes: str = ""
    medium: Medium = Medium.WEB
    version_assumed: bool = False


@dataclass(frozen=True)
class Phrases:
    """The words between the parts of a credit, in one language."""

    untitled: str = "Untitled work"
    by: str = "by"
    source: str = "source"
    licensed: str = "is licensed under"
    dedicated: str = "is dedicated to the public domain with"
    marked: str = "is marked with"
    changes: str = "Changes"


@dataclass(frozen=True)
class Finding:
    """Something missing or worth a look."""

    weight: Weight
    fact: Fact


@dataclass(frozen=True)
class Credit:
    """A credit in three forms, and what was found. Each form is safe where it belongs."""

    plain: str
    markdown: str
    html: str
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing that the license asks for is missing."""
        return not any(finding.weight is Weight.REQUIRED for finding in self.findings)


def credit(library: Library, work: Work, phrases: Phrases | None = None) -> Credit:
    """Return the credit for a work."""
    words = phrases or Phrases()
    work = _tidy(work)
    parts = _Parts(work, words)
    return Credit(parts.plain(), parts.markdown(), parts.html(), tuple(_findings(library, work)))


def is_web_address(text: str) -> bool:
    """Say whether `text` is an http or https address without a password in it, and only that."""
    if not re.fullmatch(r"https?://[^\s<>\"\\^`{|}]+", text, re.IGNORECASE):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.username is None and parts.password is None
    except ValueError:
        return False


def is_platform(creator: str) -> bool:
    """Say whether somebody named a website where a person belongs."""
    name = re.sub(r"^(?:by|from|via|on|photo from)\s+|\.(?:com|org|net)$", "", creator.casefold())
    return name.strip(" .,") in PLATFORMS


class _Parts:
    """The parts of one credit, put together three ways."""

    def __init__(self, work: Work, words: Phrases) -> None:
        self._work = work
        self._words = words
        self._title = work.title or words.untitled
        self._link = work.source if is_web_address(work.source) else ""
        self._creator = "" if is_platform(work.creator) else work.creator
        self._verb = {"zero": words.dedicated, "mark": words.marked}.get(
            work.tool.unit, words.licensed
        )
        if work.tool.unit == "certification":
            self._verb = words.marked

    def plain(self) -> str:
        """Everything written out: print and speech have no links."""
        said = [f"“{self._title}”" if self._work.title else self._title]
        if self._creator:
            said.append(f"{self._words.by} {self._creator}")
        if self._work.source:
            said.append(f"({self._words.source}: {self._work.source})")
        said.append(f"{self._verb} {self._work.tool.identifier} ({self._work.tool.url}).")
        return " ".join([*said, *self._changes(lambda text: text)])

    def markdown(self) -> str:
        """Titles and licenses as links; everything typed is escaped."""
        title = f"“{_markdown(self._title)}”" if self._work.title else _markdown(self._title)
        said = [f"[{title}]({_target(self._link)})" if self._link else title]
        if self._creator:
            said.append(f"{self._words.by} {_markdown(self._creator)}")
        if self._work.source and not self._link:
            said.append(f"({self._words.source}: {_markdown(self._work.source)})")
        tool = self._work.tool
        said.append(f"{self._verb} [{tool.identifier}]({_target(tool.url)}).")
        return " ".join([*said, *self._changes(_markdown)])

    def html(self) -> str:
        """One paragraph, with `rel="license"` for machines; everything typed is escaped."""
        title = html.escape(f"“{self._title}”" if self._work.title else self._title)
        said = [
            f'<a href="{html.escape(_target(self._link))}">{title}</a>' if self._link else title
        ]
        if self._creator:
            said.append(f"{html.escape(self._words.by)} {html.escape(self._creator)}")
        if self._work.source and not self._link:
            shown = html.escape(f"({self._words.source}: {self._work.source})")
            said.append(shown)
        tool = self._work.tool
        link = f'<a rel="license" href="{html.escape(tool.url)}">{html.escape(tool.identifier)}</a>'
        said.append(f"{html.escape(self._verb)} {link}.")
        return f"<p>{' '.join([*said, *self._changes(html.escape)])}</p>"

    def _changes(self, escape: Callable[[str], str]) -> list[str]:
        if not self._work.changes:
            return []
        text = f"{escape(self._words.changes)}: {escape(self._work.changes)}"
        return [text if text.endswith((".", "!", "?")) else f"{text}."]


def _findings(library: Library, work: Work) -> Iterator[Finding]:
    fact = library.fact
    tool = work.tool
    if tool.retired and not tool.public_domain:
        yield Finding(Weight.CHECK, fact("credit-retired-terms"))
    if work.version_assumed:
        yield Finding(Weight.CHECK, fact("credit-version-assumed", license=tool.identifier))
    if tool.public_domain:
        yield Finding(Weight.NOTE, fact("credit-optional", license=tool.identifier))
        yield from _optional(library, work)
    else:
        yield from _creator(library, work)
        yield from _title(library, work)
        yield from _source(library, work)
        yield from _changed(library, work)
        if _is_flickr(work.source) and tool.version == CURRENT:
            yield Finding(Weight.CHECK, fact("credit-flickr"))
        yield Finding(Weight.NOTE, fact("credit-notices"))
    yield Finding(Weight.NOTE, fact(f"credit-medium-{work.medium}"))


def _optional(library: Library, work: Work) -> Iterator[Finding]:
    if is_platform(work.creator):
        yield Finding(Weight.CHECK, library.fact("credit-creator-platform", name=work.creator))
    if work.source and not is_web_address(work.source):
        yield Finding(Weight.CHECK, library.fact("credit-source-not-web"))


def _creator(library: Library, work: Work) -> Iterator[Finding]:
    if not work.creator:
        yield Finding(Weight.REQUIRED, library.fact("credit-creator-missing"))
    elif is_platform(work.creator):
        yield Finding(Weight.REQUIRED, library.fact("credit-creator-platform", name=work.creator))


def _title(library: Library, work: Work) -> Iterator[Finding]:
    if work.title:
        return
    if work.tool.version == CURRENT:
        yield Finding(Weight.RECOMMENDED, library.fact("credit-title-recommended"))
    else:
        yield Finding(
            Weight.REQUIRED, library.fact("credit-title-required", license=work.tool.identifier)
        )


def _source(library: Library, work: Work) -> Iterator[Finding]:
    if work.source:
        if not is_web_address(work.source):
            yield Finding(Weight.CHECK, library.fact("credit-source-not-web"))
    elif work.tool.version == "1.0":
        yield Finding(Weight.RECOMMENDED, library.fact("credit-source-recommended"))
    elif work.tool.version == CURRENT:
        yield Finding(Weight.REQUIRED, library.fact("credit-source-required"))
    else:
        yield Finding(Weight.REQUIRED, library.fact("credit-source-required-2"))


def _changed(library: Library, work: Work) -> Iterator[Finding]:
    if work.changes and work.tool.has(Element.ND):
        yield Finding(Weight.CHECK, library.fact("credit-changes-nd", license=work.tool.identifier))
    elif not work.changes:
        rule = "credit-changes-4" if work.tool.version == CURRENT else "credit-changes-old"
        yield Finding(Weight.NOTE, library.fact(rule))


def _is_flickr(source: str) -> bool:
    if not is_web_address(source):
        return False
    host = (urlsplit(source).hostname or "").lower()
    return host in ("flic.kr", "flickr.com") or host.endswith(".flickr.com")


def _tidy(work: Work) -> Work:
    return Work(
        title=_line(work.title, FIELD_LIMIT).strip('"“”«»„ '),
        creator=re.sub(r"^by\s+", "", _line(work.creator, FIELD_LIMIT), flags=re.IGNORECASE),
        source=_line(work.source, URL_LIMIT),
        tool=work.tool,
        changes=_line(work.changes, FIELD_LIMIT),
        medium=work.medium,
        version_assumed=work.version_assumed,
    )


def _line(text: str, limit: int) -> str:
    """Return one line of what can be seen: no control characters, no direction overrides."""
    text = text.encode("utf-8", "replace").decode()
    text = re.sub(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", text)
    text = "".join(" " if letter < " " or "\x7f" <= letter <= "\x9f" else letter for letter in text)
    return " ".join(text.split())[:limit].strip()


def _markdown(text: str) -> str:
    """Escape what Markdown and HTML within it would act on; an @ keeps its place and loses pull."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~<>-])", r"\\\1", text)
    return escaped.replace("&", "&amp;").replace("\\<", "&lt;").replace("\\>", "&gt;")


def _target(url: str) -> str:
    """Return an address that ends neither a Markdown link nor an attribute."""
    return quote(url, safe="%!#$&*+,/:;=?@~-._[]").replace("[", "%5B").replace("]", "%5D")
