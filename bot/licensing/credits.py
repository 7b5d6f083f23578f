"""A table of works in, a page of credits out: what face datasets lacked.

Reads CSV as people's programs write it (any common encoding and delimiter). Nothing that was in
the table is lost: a row that cannot be credited yet is listed with what is wrong, as it was typed.
"""

import csv
import html
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.licensing.attribution import Credit, Medium, Phrases, Weight, Work, credit
from bot.licensing.library import Library
from bot.licensing.lookup import Found, Lookup, Nearest, Outcome, Why

MOST_BYTES = 1_000_000
MOST_ROWS = 2_000
MOST_CELLS = 50

_COLUMNS = {
    "title": ("title", "titre", "name", "nom", "work", "oeuvre", "filename", "file"),
    "creator": (
        *("creator", "author", "auteur", "auteure", "artist", "artiste", "photographer"),
        *("photographe", "by", "owner", "credit"),
    ),
    "source": (
        *("source", "source url", "url", "link", "lien", "uri", "page", "page url", "photo url"),
        *("address", "adresse", "landing page"),
    ),
    "license": (
        *("license", "licence", "license url", "licence url", "license name", "licence name"),
        *("rights", "spdx", "license id"),
    ),
    "changes": ("changes", "modifications", "modified", "changement", "changements", "edits"),
}
_DELIMITERS = ",;\t|"


class BadTable(Exception):
    """The file is no table that credits can be made from; `key` is a catalog key's last part."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True)
class Row:
    """One row of the table. `credit` is None while its license is not known."""

    number: int
    cells: Mapping[str, str]
    outcome: Outcome
    credit: Credit | None

    @property
    def missing(self) -> bool:
        """Whether something that the license asks for is missing, or the license itself is."""
        return self.credit is None or not self.credit.complete


@dataclass(frozen=True)
class Credits:
    """A whole table, credited."""

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    encoding: str

    @property
    def ready(self) -> tuple[Row, ...]:
        """Rows with a credit, complete or not."""
        return tuple(row for row in self.rows if row.credit is not None)

    @property
    def open(self) -> tuple[Row, ...]:
        """Rows somebody has to look at."""
        return tuple(row for row in self.rows if row.missing)

    def markdown(self, heading: str) -> str:
        """Return the page in Markdown."""
        lines = [f"- {row.credit.markdown}" for row in self.ready if row.credit is not None]
        return "\n".join((f"# {heading}", "", *lines, ""))

    def html(self, heading: str, language: str) -> str:
        """Return the page in HTML: a whole document without scripts or styles."""
        items = [f"<li>{row.credit.html}</li>" for row in self.ready if row.credit is not None]
        shown = html.escape(heading)
        return "\n".join(
            (
                "<!doctype html>",
                f'<html lang="{html.escape(language)}">',
                f'<head><meta charset="utf-8"><title>{shown}</title></head>',
                f"<body><h1>{shown}</h1>",
                "<ul>",
                *items,
                "</ul></body></html>",
                "",
            )
        )

    def to_check(self, column: str, explain: Callable[["Row"], str]) -> str:
        """Return the rows to look at as CSV: what is wrong, then every cell as it was typed.

        Cells that a spreadsheet would run as a formula get an apostrophe in front of them.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(["#", neutral(column), *map(neutral, self.columns)])
        for row in self.open:
            cells = [neutral(row.cells.get(name, "")) for name in self.columns]
            writer.writerow([row.number, neutral(explain(row)), *cells])
        return out.getvalue()


def read(
    library: Library,
    lookup: Lookup,
    raw: bytes,
    *,
    medium: Medium = Medium.WEB,
    phrases: Phrases | None = None,
) -> Credits:
    """Read a table and credit every row.

    Raises:
        BadTable: it is too large, not text, has no rows, or no column names a license.
    """
    if len(raw) > MOST_BYTES:
        raise BadTable("too_large", kilobytes=MOST_BYTES // 1000)
    text, encoding = _decoded(raw)
    rows = list(_cells(text))
    if not rows:
        raise BadTable("empty")
    head, body = [" ".join(cell.split()) for cell in rows[0][1]], rows[1:]
    known = _known(head)
    if "license" not in known.values():
        raise BadTable("no_license_column")
    if not body:
        raise BadTable("no_rows")
    if len(body) > MOST_ROWS:
        raise BadTable("too_many_rows", most=MOST_ROWS, rows=len(body))
    columns = _distinct(head, max(len(cells) for _number, cells in body))
    made = [
        _credited(library, lookup, number, dict(zip(columns, cells, strict=False)), known, columns)
        for number, cells in body
    ]
    finished = tuple(
        Row(number, cells, outcome, _credit(library, outcome, named, medium, phrases))
        for number, cells, outcome, named in made
    )
    return Credits(finished, tuple(columns), encoding)


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if re.match(r"\s*[=+\-@＝＋－＠]|[\t\r]", cell) else cell


def _credited(
    library: Library,
    lookup: Lookup,
    number: int,
    cells: dict[str, str],
    known: Mapping[int, str],
    columns: Sequence[str],
) -> tuple[int, dict[str, str], Outcome, dict[str, str]]:
    named: dict[str, str] = {}
    for place, meaning in known.items():
        value = _unquoted(cells.get(columns[place], ""))
        if value and not named.get(meaning):
            named[meaning] = value
    outcome = lookup.find(named.get("license", ""))
    return number, cells, outcome, named


def _credit(
    library: Library,
    outcome: Outcome,
    named: Mapping[str, str],
    medium: Medium,
    phrases: Phrases | None,
) -> Credit | None:
    if not isinstance(outcome, Found):
        return None
    work = Work(
        title=named.get("title", ""),
        creator=named.get("creator", ""),
        source=named.get("source", ""),
        tool=outcome.tool,
        changes=named.get("changes", ""),
        medium=medium,
        version_assumed=Why.VERSION_ASSUMED in outcome.assumed,
    )
    return credit(library, work, phrases)


_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def _decoded(raw: bytes) -> tuple[str, str]:
    """Return the text of a file, and the encoding it was in."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding), encoding.removesuffix("-sig")
            except UnicodeDecodeError:
                raise BadTable("not_text") from None
    if raw.count(0) > len(raw) // 4 and len(raw) % 2 == 0:
        for encoding in ("utf-16-le", "utf-16-be"):
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            if sum(letter.isprintable() or letter in "\r\n\t" for letter in text) == len(text):
                return text, encoding
    if b"\x00" in raw:
        raise BadTable("not_text")
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        # What spreadsheets on Windows write; every byte means something in it.
        return raw.decode("cp1252", "replace"), "windows-1252"


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that has anything in it, with its number in a spreadsheet."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    first = lines.lstrip("\n").partition("\n")[0]
    if re.fullmatch(r"sep=.", first):  # how spreadsheets announce a delimiter
        delimiter, lines = first[4], lines.lstrip("\n").partition("\n")[2]
    else:
        delimiter = max(_DELIMITERS, key=first.count) if first else ","
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(lines), delimiter=delimiter), 1):
            kept = [cell.strip() for cell in cells]
            if len(kept) > MOST_CELLS:
                raise BadTable("too_wide", most=MOST_CELLS)
            if any(kept):
                yield number, kept
    except csv.Error:
        raise BadTable("not_table") from None


def _known(head: Sequence[str]) -> dict[int, str]:
    """Return what each column means, by its heading."""
    known = {}
    for place, name in enumerate(head):
        wanted = _heading(name)
        for meaning, names in _COLUMNS.items():
            if wanted in names:
                known[place] = meaning
    return known


def _heading(name: str) -> str:
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(letter)
    )
    return " ".join(re.sub(r"[^a-z]+", " ", bare.replace("œ", "oe")).split())


def _distinct(head: Sequence[str], width: int) -> list[str]:
    """Return a name for every column, so that two of one name do not hide each other."""
    names: list[str] = []
    for place in range(max(len(head), width)):
        name = head[place] if place < len(head) and head[place] else f"column {place + 1}"
        while name in names:
            name = f"{name} (2)"
        names.append(name)
    return names


def _unquoted(cell: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if re.match(r"'[=+\-@]", cell) else cell


def problem_of(row: Row) -> str | None:
    """Return the key's last part for why a row's license is not known; None if it is."""
    if isinstance(row.outcome, Found):
        return None
    if isinstance(row.outcome, Nearest):
        return str(row.outcome.why[0])
    return str(Why.NOT_CC)


def required(row: Row) -> tuple[str, ...]:
    """Return the rules that say what a row's credit still lacks."""
    if row.credit is None:
        return ()
    found = row.credit.findings
    return tuple(finding.fact.id for finding in found if finding.weight is Weight.REQUIRED)
