"""The forms a brief is sent in: data stays data, in each of them."""

import csv
import html.parser
import io
import json
import re

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.concerns.briefs.document import Document, Said
from bot.concerns.briefs.render import as_csv, as_html, as_json, files, markdown, safe_cell
from bot.concerns.briefs.suppression import table_of
from bot.words import Words
from tests.conftest import ROOT

T = Words.load(ROOT / "config" / "locale").english
SCHEMA = json.loads((ROOT / "docs" / "brief.schema.json").read_text("utf-8"))

texts = st.text(st.characters(codec="utf-8"), max_size=60)
documents = st.builds(
    Document,
    reference=st.just("B-7K4Q-2M"),
    sender=texts,
    to=texts,
    title=texts,
    ask=texts,
    background=texts,
    reply_days=st.integers(1, 365),
    counts=st.dictionaries(
        st.sampled_from(["dataset", "privacy", "child"]), st.integers(0, 30)
    ).map(table_of),
    quotes=st.lists(
        st.builds(
            Said,
            number=st.integers(1, 99),
            text=st.none() | texts,
            kind=st.none() | st.just("privacy"),
            named=st.none() | texts,
        ),
        max_size=3,
    ).map(tuple),
)

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@given(st.sampled_from(DANGEROUS), st.text(max_size=30))
def test_no_cell_begins_as_a_formula_does(begins: str, rest: str):
    assert safe_cell(f"{begins}{rest}")[0] == "'"
    assert safe_cell(f"  {begins}{rest}")[0] == "'"


@given(documents)
@example(
    Document(
        "B-7K4Q-2M",
        "=cmd|' /C calc'!A0",
        "@SUM(1)",
        "+1",
        "-1",
        "\t=1",
        5,
        table_of({"privacy": 9}),
        (Said(1, '=HYPERLINK("http://x")', None, "\r=1"),),
    )
)
def test_csv_is_read_back_and_has_no_formula(document: Document):
    rows = list(csv.reader(io.StringIO(as_csv(document, T), newline="")))
    assert rows[0] == ["part", "name", "content"]
    assert len(rows) == 8 + len(document.counts.groups) + 1 + len(document.quotes)
    for row in rows:
        assert len(row) == 3
        for cell in row:
            assert not cell.lstrip().startswith(DANGEROUS)


class Page(html.parser.HTMLParser):
    """What a browser would find on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.said.append(data)


TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "dl", "dt", "dd", "p"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "ol", "li", "blockquote", "footer"),
    "code",
}


@given(documents)
def test_html_stands_alone_and_nothing_anybody_wrote_is_markup(document: Document):
    page = Page()
    page.feed(as_html(document, T))
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= {
        *("lang", "charset", "name", "content", "http-equiv", "scope")
    }
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("title") == 1
    assert ("lang", "en") in page.attributes
    assert page.tags.count("th") == page.attributes.count(("scope", "col")) + (
        page.attributes.count(("scope", "row"))
    )
    said = " ".join("".join(page.said).split())
    for text in (document.title, document.ask, document.to):
        assert " ".join(text.replace("\x00", "").split()) in said or "\x00" in text


@given(documents)
def test_json_is_as_documented_canonical_and_hashed(document: Document):
    said = as_json(document)
    data = json.loads(said)
    jsonschema_rs.validate(SCHEMA, data)
    assert said == json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert Document.read(data) == document
    assert Document.read(data).hash() == document.hash()
    assert re.fullmatch(r"[0-9a-f]{64}", document.hash())


@given(documents)
def test_what_the_desk_keeps_of_a_signed_text_has_nobodys_words(document: Document):
    kept = Document.read(json.loads(document.without_people().canonical()))
    assert all(one.text is one.named is None for one in kept.quotes)
    numbered = {one.number: one for one in document.quotes}
    if len(numbered) == len(document.quotes) and all(
        one.text is not None for one in document.quotes
    ):
        said = {one.number: (one.text or "", one.named) for one in document.quotes}
        assert kept.with_people(said) == document


@pytest.mark.parametrize(
    "words",
    ["<script>x</script>", "[a](http://x)", "# h", "* x", "1. x", "![x](y)", "| x |", "> x"],
)
def test_markdown_shows_words_as_they_were_typed(words: str):
    quote = Said(1, words)
    document = Document(
        "B-7K4Q-2M", "us", "them", words, words, words, 5, table_of({"privacy": 5}), (quote,)
    )
    shown = markdown(document, T)
    assert re.search(rf"(?m)^[> ]*{re.escape(words)}", shown) is None
    bare = shown.replace("\\", "")
    assert bare.count(words) == 4
    assert "](" not in shown


def test_a_brief_comes_in_four_forms():
    document = Document(
        "B-7K4Q-2M", "us", "them", "t", "a", "", 5, table_of({"privacy": 6, "child": 2}), ()
    )
    made = {file.name: file.text for file in files(document, T)}
    assert set(made) == {f"B-7K4Q-2M.{form}" for form in ("md", "html", "csv", "json")}
    for text in (made["B-7K4Q-2M.md"], made["B-7K4Q-2M.html"], made["B-7K4Q-2M.csv"]):
        assert "more than 6" in text.replace("\\", "")
        assert "not told" in text
        assert document.hash() in text
