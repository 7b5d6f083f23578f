"""YAML as people write it: what can be read, and where and how to mend what cannot."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.yamlfile import MOST_BYTES, MOST_LEVELS, YamlFault, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.yaml"


def fault(file: Path, content: str | bytes) -> YamlFault:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(YamlFault) as caught:
        load(file)
    return caught.value


def test_plain_values_are_read_and_nothing_else_is_built(file: Path):
    file.write_text("a: 1\nb: [yes, text, 2026-03-13, 1.5, null]\n", "utf-8")
    assert load(file).data == {"a": 1, "b": [True, "text", date(2026, 3, 13), 1.5, None]}


def test_an_empty_file_says_nothing(file: Path):
    file.write_text("# only a note\n", "utf-8")
    assert load(file).data is None


def test_a_byte_order_mark_is_no_part_of_the_text(file: Path):
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load(file).data == {"a": 1}


def test_every_value_knows_its_line_and_a_missing_one_its_parents(file: Path):
    file.write_text(
        "a: 1\nlist:\n  - x\n  - key: |\n      long\n      text\n    other: 2\n", "utf-8"
    )
    document = load(file)
    assert document.line(("a",)) == 1
    assert document.line(("list", 0)) == 3
    assert document.line(("list", 1, "key")) == 4
    assert document.line(("list", 1, "other")) == 7
    assert document.line(("list", 1, "missing", "deeper")) == 4
    assert document.line(("missing",)) == 1
    assert document.line(()) == 1


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("x: 1\na: note: this", 2, "put quotes around"),
        ("x: 1\na:\n\tb: 1", 3, "spaces, not tabs"),
        ('x: 1\na: "not closed', 2, "a quotation mark is not closed"),
        ("x: 1\n---\ny: 2", 2, "without a second `---`"),
        ("x: 1\na: *bold*", 2, "quote a text that starts with *"),
        ("x: 1\na: !important x", 2, "quote a text that starts with !"),
        ("x: 1\na: @everyone", 2, "quotes around a text that starts with a special"),
        ("x: 1\na: [1, 2\nb: 3", 3, "close the bracket"),
        ("x: 1\na: 2026-02-31", 2, "`2026-02-31` looks like a timestamp and is none"),
        ("x: 1\ny: 2\nx: 3", 3, "`x` stands here a second time (first on line 1)"),
        ("x:\n  y: 1\n  y: 2", 3, "`y` stands here a second time (first on line 2)"),
        ("x: 1\na: \x07", 2, "control character"),
        ("x: 1\n? [a]\n: 2", 2, "one word or number before the colon"),
        ("- a\nb", 2, "check the indentation"),
        ("a: &x [*x]", 1, "write the values out"),
        ("a: !!python/object/apply:os.system [ls]", 1, "could not determine a constructor"),
        (b"x: 1\na: caf\xe9", 2, "save the file as UTF-8"),
        ("\ud800".encode("utf-8", "surrogatepass"), 1, "save the file as UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named_with_line_and_remedy(
    file: Path, content: str | bytes, line: int, says: str
):
    found = fault(file, content)
    assert (found.file, found.line) == (file, line)
    assert says in found.message
    assert str(found) == f"{file}:{line}: {found.message}"


def test_a_file_that_is_not_there_or_a_directory_is_a_fault(tmp_path: Path):
    for path in (tmp_path / "missing.yaml", tmp_path):
        with pytest.raises(YamlFault, match="cannot be read"):
            load(path)


def test_aliases_cannot_multiply_without_bound(file: Path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "write the values out" in fault(file, "\n".join(lines)).message


def test_aliases_that_stay_small_are_fine(file: Path):
    file.write_text("a: &review {owner: staff}\nb: *review\nc: {<<: *review, due: 1}\n", "utf-8")
    assert load(file).data["c"] == {"owner": "staff", "due": 1}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused_before_it_is_built(file: Path, opening: str):
    assert "nested deeper than" in fault(file, opening * 100_000).message


def test_as_deep_as_allowed_is_read(file: Path):
    levels = MOST_LEVELS - 1
    file.write_text("[" * levels + "]" * levels, "utf-8")
    assert load(file).data is not None


def test_a_file_too_large_is_refused_without_reading_it_all(file: Path):
    with file.open("wb") as stream:
        stream.truncate(MOST_BYTES * 50)
    with pytest.raises(YamlFault, match="split it"):
        load(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(alphabet="ab01:-#&*!|>%@`'\"[]{},?~ \n\t<.", max_size=120).map(str.encode),
    )
)
def test_whatever_a_file_holds_it_is_read_or_a_fault_with_a_line_of_it(file: Path, content: bytes):
    file.write_bytes(content)
    try:
        load(file)
    except YamlFault as error:
        found = error
    else:
        return
    lines = max(len(content.decode("utf-8", "replace").splitlines()), content.count(b"\n") + 1)
    assert 1 <= found.line <= lines
    assert found.message
