"""A newer copy of the official FAQ says what to read again, and leaves no sentence behind."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.cli import main
from bot.knowledge.library import Library
from bot.knowledge.upstream import FILE, anchors, compare, load_seen, save_seen
from tests.conftest import ROOT

PROMISE = "what-if-i-change-my-mind-about-using-a-cc-license"
FAQ = """# A title

## What if I change my mind about using a CC license?

Sample words about
changing one's mind.

## Does my use violate the NonCommercial clause of the licenses?

Sample words.

```
# not a heading
```

## Artificial intelligence and CC licenses
## Given {#given-id .klass}
"""


@pytest.fixture
def library() -> Library:
    return Library.load(ROOT / "tests" / "cogs" / "knowledge")


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Heading identifiers in HTML", "heading-identifiers-in-html"),
        ("Maître d'hôtel", "maître-dhôtel"),
        ("*Dogs*?--in *my* house?", "dogs--in-my-house"),
        ("[HTML], [S5], or [RTF]?", "html-s5-or-rtf"),
        ("3. Applications", "applications"),
        ("33", "section"),
        ("With a [link](https://example.org/x) in it[^1]", "with-a-link-in-it"),
        ("What is a `file_name`?", "what-is-a-file_name"),
        ("_Emphasis_ here", "emphasis-here"),
        ("Closed ##", "closed"),
    ],
)
def test_headings_become_anchors_by_pandocs_rule(heading: str, anchor: str) -> None:
    assert list(anchors(f"## {heading}\ntext")) == [anchor]


def test_headings_that_stand_twice_are_numbered_and_code_has_none() -> None:
    assert list(anchors("# A\n# A\n# A\n```\n# no\n```")) == ["a", "a-1", "a-2"]
    assert "given-id" in anchors(FAQ)


def test_the_first_copy_is_the_base_and_a_change_names_what_to_read_again(library: Library) -> None:
    first = compare(library, {}, anchors(FAQ), today=date(2026, 4, 1))
    assert (first.changed, first.new, first.gone, first.due) == ((), (), (), {})
    wrapped = FAQ.replace("about\nchanging", "about changing")
    same = compare(library, first.seen, anchors(wrapped), today=date(2026, 5, 1))
    assert same.changed == ()

    newer = FAQ.replace("Sample words about", "Other words about") + "\n## New one\n"
    newer = newer.replace("## Artificial intelligence and CC licenses\n", "")
    second = compare(library, first.seen, anchors(newer), today=date(2026, 6, 1))

    assert second.changed == (PROMISE,)
    assert second.new == ("new-one",)
    assert second.gone == ("artificial-intelligence-and-cc-licenses",)
    assert second.due == {
        PROMISE: ("photo-delete",),
        "artificial-intelligence-and-cc-licenses": ("photo-faces",),
    }
    # It stays due until the entry was read again.
    third = compare(library, second.seen, anchors(newer), today=date(2026, 7, 1))
    assert third.due[PROMISE] == ("photo-delete",)
    entries = tuple(
        replace(one, sources=tuple(replace(s, read=date(2026, 6, 2)) for s in one.sources))
        for one in library.entries
    )
    read = replace(library, sections=(replace(library.sections[0], entries=entries),))
    assert PROMISE not in compare(read, second.seen, anchors(newer), today=date(2026, 7, 1)).due


def test_only_hashes_are_kept(tmp_path: Path, library: Library) -> None:
    seen = compare(library, {}, anchors(FAQ), today=date(2026, 4, 1)).seen
    save_seen(tmp_path / FILE, seen)
    assert load_seen(tmp_path / FILE) == seen
    assert "Sample" not in (tmp_path / FILE).read_text("utf-8")
    (tmp_path / FILE).write_text("nonsense\n", "utf-8")
    with pytest.raises(ValueError, match=":1: must be a day"):
        load_seen(tmp_path / FILE)


def test_the_terminal_imports_a_copy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge = tmp_path / "knowledge"
    knowledge.mkdir()
    photos = ROOT / "tests" / "cogs" / "knowledge" / "photos.yaml"
    (knowledge / "photos.yaml").write_text(photos.read_text("utf-8"), "utf-8")
    monkeypatch.setenv("COMMONPLACE_KNOWLEDGE", str(knowledge))
    copy = tmp_path / "faq.md"
    copy.write_text(FAQ, "utf-8")
    assert main(["knowledge", "import", str(copy)]) == 0
    assert "0 changed" in capsys.readouterr().out
    copy.write_text(FAQ.replace("Sample words about", "Other words about"), "utf-8")
    assert main(["knowledge", "import", str(copy)]) == 0
    assert f"read #{PROMISE} again for: photo-delete" in capsys.readouterr().out
    copy.write_text("no headings", "utf-8")
    assert main(["knowledge", "import", str(copy)]) == 1
    assert main(["knowledge", "import", str(tmp_path / "none.md")]) == 1


def test_the_terminal_exports_a_base_that_loads_to_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONPLACE_KNOWLEDGE", str(ROOT / "config" / "knowledge"))
    monkeypatch.setenv("COMMONPLACE_KEY_FILE", str(tmp_path / "desk.key"))
    monkeypatch.setenv("COMMONPLACE_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}")
    whole = Library.load(ROOT / "config" / "knowledge")
    for name, more in (("all", []), ("one", ["--guild", "710000000000000001"])):
        assert main(["knowledge", "export", str(tmp_path / name), *more]) == 0
        assert Library.load(tmp_path / name) == whole
    assert main(["knowledge", "export", str(tmp_path / "all")]) == 1
