"""The text of a message that has HTML only, as somebody would read it out."""

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

_NOTHING = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object"})
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset"}
    | {"figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"}
    | {"nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MOST_LINES = re.compile(r"\n{3,}")
_MOST_DEPTH = 20
_MOST = 2_000_000
_MOST_NESTED = 1000
_TAG = re.compile(r"<[^<>]{0,20000}>")
_TAG_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEEDS_NO_END = frozenset(
    {"br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base", "source"}
    | {"p", "li", "td", "th", "tr", "dd", "dt", "option", "tbody"}
)


class _Page:
    """Text as it is written down: lines, each at a depth of quotation."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.line = ""
        self.depth = 0

    def write(self, text: str, *, as_it_is: bool) -> None:
        """Add text to the line."""
        if as_it_is:
            first, *more = text.split("\n")
            self.line += first
            for one in more:
                self.end()
                self.line = one
            return
        said = _SPACES.sub(" ", text)
        if not self.line or self.line.endswith(" "):
            said = said.lstrip(" ")
        self.line += said

    def end(self) -> None:
        """End the line, even an empty one."""
        self.lines.append((self.depth, self.line.rstrip()))
        self.line = ""

    def block(self) -> None:
        """End the line if there is anything on it."""
        if self.line.strip():
            self.end()
        self.line = ""

    def gap(self) -> None:
        """Leave an empty line, once."""
        self.block()
        if self.lines and self.lines[-1][1]:
            self.lines.append((self.depth, ""))

    def __str__(self) -> str:
        self.block()
        shown = "\n".join(
            f"{'>' * depth} {line}".rstrip() if depth else line for depth, line in self.lines
        )
        return _MOST_LINES.sub("\n\n", shown).strip("\n")


def text_of_html(html: str) -> str:
    """Return what HTML shows: no scripts, nothing hidden, ">" before quotations, where links lead.

    What is nested beyond reason, which costs a parser the square of its depth, only loses its tags.
    """
    if len(html) > _MOST or _depth(html) > _MOST_NESTED:
        return _MOST_LINES.sub("\n\n", unescape(_TAG.sub(" ", html[:_MOST]))).strip()
    root = LexborHTMLParser(html).body
    if root is None:
        return ""
    page = _Page()
    node: LexborNode | None = root.child
    while node is not None:
        enters = _enter(page, node)
        if enters and node.child is not None:
            node = node.child
            continue
        if enters:
            _leave(page, node)
        node = _following(page, node, root.mem_id)
    return str(page)


def _following(page: _Page, node: LexborNode, root: int) -> LexborNode | None:
    """Return the node after this one and its children, leaving what ends on the way."""
    at: LexborNode | None = node
    while at is not None and at.mem_id != root:
        if at.next is not None:
            return at.next
        at = at.parent
        if at is not None and at.mem_id != root:
            _leave(page, at)
    return None


def _depth(html: str) -> int:
    """Return how deep tags are nested, at most; those that need no end do not count."""
    depth = deepest = 0
    for tag in _TAG_NAME.finditer(html):
        if tag[2].lower() in _NEEDS_NO_END:
            continue
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _enter(page: _Page, node: LexborNode) -> bool:
    """Write what stands before a node's children; say whether to go into them."""
    tag = node.tag or ""
    if tag == "-text":
        page.write(node.text_content or "", as_it_is=_preformatted(node))
        return False
    if tag.startswith("-") or tag == "_comment" or tag in _NOTHING:
        return False
    attributes = node.attributes
    if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
        return False
    if tag == "br":
        page.end()
        return False
    if tag == "img":
        page.write(f"[{attributes['alt']}]" if attributes.get("alt") else "", as_it_is=False)
        return False
    if tag in _SPACED:
        page.gap()
    elif tag in _BLOCKS:
        page.block()
    if tag == "blockquote" and page.depth < _MOST_DEPTH:
        page.depth += 1
    elif tag == "li":
        page.line = "- "
    elif tag == "hr":
        page.line = "_" * 8
        page.end()
    elif tag in ("td", "th") and page.line and not page.line.endswith(" "):
        page.line += " "
    return True


def _leave(page: _Page, node: LexborNode) -> None:
    tag = node.tag or ""
    if tag == "a":
        _link(page, node)
    if tag in _BLOCKS:
        page.block()
    if tag == "blockquote":
        page.depth = max(page.depth - 1, 0)
    if tag in _SPACED:
        page.gap()


def _link(page: _Page, node: LexborNode) -> None:
    target = (node.attributes.get("href") or "").strip()
    if not target.lower().startswith(("http://", "https://")):
        return
    shown = (node.text() or "").strip()
    if shown.removesuffix("/") not in (target.removesuffix("/"), target.split("://")[-1]):
        page.write(f" <{target}>" if shown else f"<{target}>", as_it_is=True)


def _preformatted(node: LexborNode) -> bool:
    parent = node.parent
    return parent is not None and parent.tag in ("pre", "textarea")
