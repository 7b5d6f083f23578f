"""From bytes to text. What an e-mail says of its encoding is often wrong; nothing is lost by it."""

import codecs
from email.message import Message

_FIRST = {
    # As browsers do (https://encoding.spec.whatwg.org/#names-and-labels): what calls itself the
    # left is nearly always the right, of which it is a part.
    "us-ascii": ("utf-8", "cp1252"),
    "ascii": ("utf-8", "cp1252"),
    "iso-8859-1": ("cp1252",),
    "latin-1": ("cp1252",),
    "iso-8859-9": ("cp1254",),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "shift_jis": ("cp932",),
    "ks_c_5601-1987": ("cp949",),
    "euc-kr": ("cp949",),
    "iso-2022-jp": ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004"),
    "unicode-1-1-utf-7": ("utf-7",),
}
_ESCAPING = ("iso-2022-", "iso2022", "utf-7", "hz")
"""Encodings that are ASCII to whoever does not know them: nothing else may be tried first."""

_NO_CHARSETS = frozenset({"idna", "punycode", "rot13", "unicode_escape", "raw_unicode_escape"})
"""Python's codecs for text that no e-mail is written in; some make what cannot be written again."""


def decoded(content: bytes, charset: str) -> str:
    """Return bytes as text: as what they say they are, else as what they can be. Loses nothing."""
    name = charset.strip().strip("\"'").lower()
    tried = [*_FIRST.get(name, (name,))]
    if not name.startswith(_ESCAPING):
        tried += ["utf-8", "cp1252"]
    for one in tried:
        try:
            if codecs.lookup(one).name.replace("-", "_") in _NO_CHARSETS:
                continue
            return content.decode(one)
        except (LookupError, ValueError):
            continue
    last = tried[0] if name.startswith(_ESCAPING) and _known(tried[0]) else "latin-1"
    return content.decode(last, "replace")


def text_of(part: Message) -> str:
    """Return a text part of a message as text, lines ending in "\\n"."""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        charset = str(part.get_content_charset() or "us-ascii")
    except (ValueError, LookupError, AttributeError, TypeError):
        charset = "us-ascii"
    text = decoded(content, charset).removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def unflowed(text: str, *, delsp: bool) -> str:
    """Return the paragraphs of `format=flowed` text (RFC 3676) as one line each.

    A line that ends in a space goes on in the next one of the same depth of quotation; "-- " is a
    signature's beginning and never does.
    """
    lines: list[str] = []
    depth_before, open_ = -1, False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        if content == "-- ":
            lines.append(_quoted(depth, content))
            depth_before, open_ = depth, False
            continue
        flowing = content.endswith(" ")
        kept = content[:-1] if flowing and delsp else content
        if open_ and depth == depth_before:
            lines[-1] += kept
        else:
            lines.append(_quoted(depth, kept))
        depth_before, open_ = depth, flowing
    return "\n".join(line.rstrip() if line != "-- " else line for line in lines)


def _quoted(depth: int, content: str) -> str:
    return f"{'>' * depth} {content}" if depth else content


def _known(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True
