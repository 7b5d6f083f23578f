"""Taking the desk's own letter out of an answer to it, and nothing that anybody else wrote.

Programs for mail quote in a hundred ways and languages, so what goes is decided by a line of the
desk's own (`marker`), which stands at the top of each of its letters, and by ">". Where a person's
words stand between what is quoted, all of it stays: without the quotation they make no sense.
"""

import re

_REFERENCE = r"C-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}"
MARKER = re.compile(rf"_{{3,}}[^\n]{{0,120}}\[{_REFERENCE}\][^\n]{{0,20}}_{{3,}}")
_LINE = re.compile(rf"^[> \t|*]*{MARKER.pattern}")
_FORWARD_HEAD = re.compile(r"^\W*(?:[^\W\d_][\w /.’'-]{0,18})\s*:\s?\S")
_RULE = re.compile(r"^[\s>*]*(?:[-_]{3,}[^\n]{0,60}[-_]{0,}|[-_]{8,})\s*$")
_MOST_HEADS = 8


def marker(words: str, reference: str) -> str:
    """Return the line above which people are asked to answer."""
    return f"____ {words} [{reference}] ____"


def answer_of(text: str) -> str:
    """Return what somebody answered, without the desk's letter that they answered.

    Everything stays if the letter is not in it whole and apart, at the top or at the end.
    """
    lines = text.split("\n")
    found = next((number for number, line in enumerate(lines) if _LINE.match(line)), None)
    if found is None:
        return _without_tail(lines)
    if lines[found].lstrip().startswith((">", "|")):
        first, end = _quoted_around(lines, found)
        if not _anything(lines[end:]):
            return _joined(lines[: _head(lines, first)])
        more = any(line.lstrip().startswith(">") for line in lines[end:])
        if not more and not _anything(lines[: _head(lines, first)]):
            return _joined(lines[end:])  # answered below
        return _joined(lines)
    # Not behind ">": what follows the line is the letter, to the end. Without words above it there
    # is an answer below or within it, and nothing can be told apart.
    above = lines[: _head(lines, found)]
    return _joined(above) if _anything(above) else _joined(lines)


def _without_tail(lines: list[str]) -> str:
    """Take off what is quoted at the very end, if anything stands before it."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    above = lines[: _head(lines, end)]
    within = any(line.startswith(">") for line in above)
    alone = end < len(lines) and _anything(above) and not within
    return _joined(above) if alone else _joined(lines)


def _quoted_around(lines: list[str], found: int) -> tuple[int, int]:
    def quoted(number: int) -> bool:
        return lines[number].lstrip().startswith((">", "|")) or not lines[number].strip()

    first = found
    while first and quoted(first - 1):
        first -= 1
    end = found + 1
    while end < len(lines) and quoted(end):
        end += 1
    return first, end


def _head(lines: list[str], first: int) -> int:
    """Return where what introduces a quotation begins: "On … wrote:", "From: …" and the like."""
    start = first
    while start and not lines[start - 1].strip():
        start -= 1
    if start and lines[start - 1].rstrip().endswith((":", "：")) and _told(lines, start):
        wrapped = start > 1 and lines[start - 2].strip() and not _tells(lines[start - 1])
        start -= 2 if wrapped else 1
    else:
        begin = start
        while begin and start - begin < _MOST_HEADS and _FORWARD_HEAD.match(lines[begin - 1]):
            begin -= 1
        start = begin if start - begin >= 2 else start
    while start and not lines[start - 1].strip():
        start -= 1
    if start and _RULE.match(lines[start - 1]):
        start -= 1
    return start


def _told(lines: list[str], start: int) -> bool:
    """Say whether the line before, or the two lines, name a day or an address."""
    return _tells(lines[start - 1]) or (
        start > 1 and bool(lines[start - 2].strip()) and _tells(lines[start - 2])
    )


def _tells(line: str) -> bool:
    return "@" in line or bool(re.search(r"\d{1,4}.*\d{2}", line))


def _anything(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")
