"""A brief in the forms it is sent in: Markdown, HTML, CSV and JSON.

What people and staff wrote is data in each: escaped in Markdown and HTML, and in CSV kept from
being read as a formula (OWASP, "CSV Injection"). The HTML stands alone: no script, no picture, no
address that a browser would fetch; it says its language, has one heading of each level in order,
and its table has headers with scopes (WCAG 2.2, 1.3.1).
"""

import csv
import html
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.concerns.briefs.document import Document

Words = Callable[..., str]
"""The desk's words: a catalog key, filled in."""


@dataclass(frozen=True)
class File:
    """One form of a brief."""

    name: str
    text: str


def files(document: Document, t: Words) -> tuple[File, ...]:
    """Return a brief in all its forms; `t` is the language of the recipient."""
    forms: Mapping[str, str] = {
        "md": markdown(document, t),
        "html": as_html(document, t),
        "csv": as_csv(document, t),
        "json": as_json(document),
    }
    return tuple(File(f"{document.reference}.{kind}", text) for kind, text in forms.items())


def as_json(document: Document) -> str:
    """Return the canonical JSON, whose SHA-256 is the brief's hash. No line end follows it."""
    return document.canonical().decode()


def markdown(document: Document, t: Words) -> str:
    """Return a brief as CommonMark."""
    blocks = [
        f"# {_md(document.title)}",
        "\n".join(f"- **{_md(label)}**: {_md(value)}" for label, value in _facts(document, t)),
        f"## {t('brief.doc.ask')}",
        _md_text(document.ask),
    ]
    if document.background:
        blocks += [f"## {t('brief.doc.background')}", _md_text(document.background)]
    rows = [f"| {t('brief.doc.kind')} | {t('brief.doc.count')} |", "|---|---|"]
    rows += [f"| {_md(kind)} | {_md(count)} |" for kind, count in _counts(document, t)]
    blocks += [f"## {t('brief.doc.counts')}", "\n".join(rows), t("brief.doc.counts.note")]
    if document.quotes:
        blocks += [f"## {t('brief.doc.quotes')}", t("brief.doc.quotes.note")]
        for number, words, who in _quotes(document, t):
            quoted = "\n".join(f"> {_md(line)}" if line else ">" for line in words.split("\n"))
            blocks.append(f"**{number}**\n\n{quoted}\n>\n> {_md(who)}")
    blocks += [f"## {t('brief.doc.reply')}", _reply(document, t)]
    return "\n\n".join((*blocks, f"SHA-256: `{document.hash()}`")) + "\n"


_STYLE = (
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}table{border-collapse:collapse}th,td{border:1px solid #767676;"
    "padding:.3rem .7rem;text-align:left}blockquote{margin:1rem 0;padding-left:1rem;"
    "border-left:4px solid #595959;white-space:pre-wrap;overflow-wrap:anywhere}"
    "p{white-space:pre-wrap;overflow-wrap:anywhere}code{overflow-wrap:anywhere}"
)


def as_html(document: Document, t: Words) -> str:
    """Return a brief as one page of HTML that needs nothing else."""
    e = html.escape
    parts = [f"<h1>{e(document.title)}</h1>", "<dl>"]
    parts += [f"<dt>{e(label)}</dt><dd>{e(value)}</dd>" for label, value in _facts(document, t)]
    parts += ["</dl>", f"<h2>{e(t('brief.doc.ask'))}</h2>", f"<p>{e(document.ask)}</p>"]
    if document.background:
        parts += [
            f"<h2>{e(t('brief.doc.background'))}</h2>",
            f"<p>{e(document.background)}</p>",
        ]
    parts += [
        f"<h2>{e(t('brief.doc.counts'))}</h2>",
        f"<table><caption>{e(t('brief.doc.counts.caption'))}</caption><thead><tr>"
        f'<th scope="col">{e(t("brief.doc.kind"))}</th>'
        f'<th scope="col">{e(t("brief.doc.count"))}</th></tr></thead><tbody>',
        *(
            f'<tr><th scope="row">{e(kind)}</th><td>{e(count)}</td></tr>'
            for kind, count in _counts(document, t)
        ),
        "</tbody></table>",
        f"<p>{e(t('brief.doc.counts.note'))}</p>",
    ]
    if document.quotes:
        parts.append(f"<h2>{e(t('brief.doc.quotes'))}</h2>")
        parts.append(f"<p>{e(t('brief.doc.quotes.note'))}</p><ol>")
        parts += [
            f"<li><blockquote>{e(words)}</blockquote><p>{e(who)}</p></li>"
            for _, words, who in _quotes(document, t)
        ]
        parts.append("</ol>")
    parts += [f"<h2>{e(t('brief.doc.reply'))}</h2>", f"<p>{e(_reply(document, t))}</p>"]
    return (
        f'<!doctype html>\n<html lang="{e(t("brief.doc.language"))}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{e(document.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + f"\n</main>\n<footer><p>SHA-256: <code>{document.hash()}</code></p></footer>\n"
        "</body>\n</html>\n"
    )


def as_csv(document: Document, t: Words) -> str:
    """Return a brief as CSV (RFC 4180): what each row is, its name, its content."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def row(*cells: str) -> None:
        writer.writerow([safe_cell(cell) for cell in cells])

    row("part", "name", "content")
    row("fact", "reference", document.reference)
    row("fact", "title", document.title)
    row("fact", "from", document.sender)
    row("fact", "to", document.to)
    row("fact", "asked", document.ask)
    row("fact", "background", document.background)
    row("fact", "sha256", document.hash())
    for kind, count in _counts(document, t):
        row("count", kind, count)
    for number, words, who in _quotes(document, t):
        row("quote", f"{number} {who}", words)
    return out.getvalue()


_FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n|%]")


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe goes before it."""
    text = text.replace("\x00", "")
    return f"'{text}" if _FORMULA.match(text) else text


def _facts(document: Document, t: Words) -> list[tuple[str, str]]:
    return [
        (t("brief.doc.reference"), document.reference),
        (t("brief.doc.from"), document.sender),
        (t("brief.doc.to"), document.to),
    ]


def _counts(document: Document, t: Words) -> list[tuple[str, str]]:
    rows = [
        (t(f"triage.kind.{kind}"), t("brief.doc.few") if count is None else str(count))
        for kind, count in document.counts.groups
    ]
    total = document.counts.total
    if total is None:
        told = t("brief.doc.more_than", count=document.counts.told)
        told = told if document.counts.told else t("brief.doc.few")
    else:
        told = str(total)
    return [*rows, (t("brief.doc.total"), told)]


def _quotes(document: Document, t: Words) -> list[tuple[int, str, str]]:
    found = []
    for one in document.quotes:
        who = one.named or t("brief.doc.unnamed")
        if one.kind is not None:
            who = f"{who}, {t(f'triage.kind.{one.kind}')}"
        text = t("brief.doc.erased") if one.text is None else one.text
        found.append((one.number, text, who))
    return found


def _reply(document: Document, t: Words) -> str:
    return t("brief.doc.reply.text", days=document.reply_days)


_MD = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&@:])")


def _md(text: str) -> str:
    """Return one line in which CommonMark finds nothing to act on."""
    return _MD.sub(r"\\\1", " ".join(text.split()))


def _md_text(text: str) -> str:
    return "\n".join(_md(line) if line.strip() else "" for line in text.split("\n"))
