"""Tables come as people's programs write them; what cannot be credited is handed back whole."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.licensing.credits import (
    MOST_BYTES,
    MOST_CELLS,
    MOST_ROWS,
    BadTable,
    Credits,
    neutral,
    problem_of,
    required,
)
from tests.bot.licensing.conftest import TOOLKIT

TABLE = (
    "title,author,source,license,changes\n"
    "Cat,Ana,https://example.org/1,CC BY 2.0,\n"
    "Dog,Ben,https://example.org/2,cc by-sa 3.0 de,cropped\n"
)


def read(text: str, encoding: str = "utf-8") -> Credits:
    """Read a table."""
    return TOOLKIT.credits(text.encode(encoding))


def test_a_table_becomes_a_page() -> None:
    made = read(TABLE)

    assert [row.number for row in made.rows] == [2, 3]
    assert not made.open
    assert made.markdown("Credits") == (
        "# Credits\n\n"
        "- [“Cat”](https://example.org/1) by Ana is licensed under "
        "[CC BY 2.0](https://creativecommons.org/licenses/by/2.0/).\n"
        "- [“Dog”](https://example.org/2) by Ben is licensed under "
        "[CC BY-SA 3.0 DE](https://creativecommons.org/licenses/by-sa/3.0/de/). Changes: cropped.\n"
    )
    page = made.html("Credits & more", "en")
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert page.count("<li><p>") == 2
    assert "<h1>Credits &amp; more</h1>" in page


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_program_s_csv_is_read(encoding: str, delimiter: str, end: str) -> None:
    lines = ["Titre,Auteur,Lien,Licence", "Café à l’été,Zoë,https://example.org/1,CC BY 4.0"]
    text = end.join(line.replace(",", delimiter) for line in lines) + end

    made = read(text, encoding)

    (row,) = made.rows
    assert row.credit is not None
    assert row.credit.plain.startswith("“Café à l’été” by Zoë (source: https://example.org/1)")


def test_a_spreadsheet_s_own_line_about_the_delimiter_is_not_a_row() -> None:
    made = read("sep=;\ntitle;author;source;license\nCat;Ana;https://example.org;CC0\n")

    assert len(made.rows) == 1
    assert not made.open


@pytest.mark.parametrize(
    ("license_text", "problem"),
    [
        ("", "nothing"),
        ("CC BY-ND-SA 9.0", "both_nd_and_sa"),
        ("CC0 4.0", "version_one"),
        ("all rights reserved", "not_cc"),
        ("GPLv3", "not_cc"),
    ],
)
def test_a_row_without_a_real_license_is_kept_for_a_person(license_text: str, problem: str) -> None:
    made = read(f"title,license,secret note\nCat,{license_text},keep me\n")

    (row,) = made.open
    assert row.credit is None
    assert problem_of(row) == problem
    table = list(csv.reader(io.StringIO(made.to_check("problem", lambda _row: "look"))))
    assert table == [
        ["#", "problem", "title", "license", "secret note"],
        ["2", "look", "Cat", license_text, "keep me"],
    ]


def test_a_row_that_lacks_something_is_on_the_page_and_on_the_list() -> None:
    made = read("title,author,source,license\n,,,CC BY 2.0\n")

    assert len(made.ready) == len(made.open) == 1
    assert required(made.open[0]) == (
        "credit-creator-missing",
        "credit-title-required",
        "credit-source-required-2",
    )


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"title,license\n", "no_rows"),
        (b"title,author\nCat,Ana\n", "no_license_column"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_text"),
        (b"\xff\xfe\x00", "not_text"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not_text"),
        (b"a" * (MOST_BYTES + 1), "too_large"),
        (b"license\n" + b"CC0\n" * (MOST_ROWS + 1), "too_many_rows"),
        (b"license" + b",x" * MOST_CELLS + b"\nCC0\n", "too_wide"),
        (b"license\n" + b'"' + b"x" * 200_000 + b'"\n', "not_table"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(raw: bytes, key: str) -> None:
    with pytest.raises(BadTable) as caught:
        TOOLKIT.credits(raw)

    assert caught.value.key == key


def test_the_largest_table_is_read_whole() -> None:
    made = read("license,title,author,source\n" + "CC BY 4.0,T,A,https://e.org\n" * MOST_ROWS)

    assert len(made.ready) == MOST_ROWS


def test_two_columns_of_one_name_do_not_hide_each_other() -> None:
    made = read("license,note,note,\nnone,one,two,three,four\n")

    assert list(made.rows[0].cells.values()) == ["none", "one", "two", "three", "four"]
    assert "one,two,three,four" in made.to_check("problem", lambda _row: "look")


def test_quoted_cells_may_hold_anything() -> None:
    made = read('license,title,author,source\nCC0,"A, ""b""\nc",Ana,https://e.org\n')

    assert made.rows[0].credit is not None
    assert '“A, "b" c”' in made.rows[0].credit.plain


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0", "＝1"]
)
def test_no_spreadsheet_runs_what_comes_back(cell: str) -> None:
    assert neutral(cell).startswith("'")
    made = read(f'license,"{cell}"\nnone,"{cell}"\n')
    for line in csv.reader(io.StringIO(made.to_check("=problem", lambda _row: "=look"))):
        for value in line:
            assert not value.lstrip().startswith(("=", "+", "-", "@", "＝")), line


def test_an_apostrophe_against_formulas_is_no_part_of_a_name() -> None:
    made = read("license,title,author,source\nCC0,'=Sum,'-Ana,https://e.org\n")

    assert made.rows[0].credit is not None
    assert made.rows[0].credit.plain.startswith("“=Sum” by -Ana")


def test_ordinary_cells_are_left_alone() -> None:
    for cell in ("", "Cat", "3 + 4", "a=b", "https://example.org", "Ana-Maria"):
        assert neutral(cell) == cell


@given(st.binary(max_size=400))
def test_no_bytes_break_it(raw: bytes) -> None:
    with suppress(BadTable):
        assert TOOLKIT.credits(raw).rows


@given(st.lists(st.lists(st.text(max_size=20), min_size=3, max_size=3), min_size=1, max_size=6))
def test_nothing_in_the_table_is_lost(rows: list[list[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["license", "title", "note"])
    writer.writerows([["no license at all", *row[1:]] for row in rows])
    raw = out.getvalue().encode("utf-8", "replace")
    if b"\x00" in raw:
        return

    made = TOOLKIT.credits(raw)

    assert len(made.open) == len(rows)
    for row, (_license, title, note) in zip(made.open, rows, strict=True):
        wanted = [part.encode("utf-8", "replace").decode() for part in (title, note)]
        kept = [row.cells["title"], row.cells["note"]]
        assert ["".join(cell.split()) for cell in kept] == ["".join(w.split()) for w in wanted]
