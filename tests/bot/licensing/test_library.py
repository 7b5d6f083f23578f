"""The facts are whole, every rule has its source and words, and faults name file and line."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from bot.licensing.library import Library
from bot.licensing.model import LicensingFaults
from bot.licensing.service import Licensing
from bot.words import Words, placeholders
from tests.bot.licensing.conftest import FACTS, TOOLKIT, tool
from tests.conftest import ROOT

WORDS = Words.load(ROOT / "config" / "locale")
RULES = TOOLKIT.library.rules


def test_there_are_639_tools_41_of_them_for_everywhere() -> None:
    tools = TOOLKIT.tools

    assert len(tools) == 639
    assert sum(not one.jurisdiction for one in tools) == 41
    assert len({one.jurisdiction for one in tools} - {""}) == 63
    assert sum(bool(one.spdx) for one in tools) == 55
    assert len({one.id for one in tools}) == 639
    assert len({one.url for one in tools}) == 639
    assert len({one.identifier for one in tools}) == 639


@pytest.mark.parametrize(
    ("tool_id", "identifier", "url", "legal_code"),
    [
        ("by-4.0", "CC BY 4.0", "licenses/by/4.0/", "licenses/by/4.0/legalcode.en"),
        (
            "by-nc-sa-3.0-de",
            "CC BY-NC-SA 3.0 DE",
            "licenses/by-nc-sa/3.0/de/",
            "licenses/by-nc-sa/3.0/de/legalcode.de",
        ),
        (
            "nc-sampling-plus-1.0-tw",
            "CC NC-SAMPLING+ 1.0 TW",
            "licenses/nc-sampling+/1.0/tw/",
            "licenses/nc-sampling+/1.0/tw/legalcode.zh-hant",
        ),
        ("zero-1.0", "CC0 1.0", "publicdomain/zero/1.0/", "publicdomain/zero/1.0/legalcode.en"),
        ("mark-1.0", "PDM 1.0", "publicdomain/mark/1.0/", None),
        (
            "certification-1.0-us",
            "CERTIFICATION 1.0 US",
            "publicdomain/certification/1.0/us/",
            None,
        ),
    ],
)
def test_names_and_addresses_follow_from_what_a_tool_is(
    tool_id: str, identifier: str, url: str, legal_code: str | None
) -> None:
    found = tool(tool_id)
    host = "https://creativecommons.org/"

    assert found.identifier == identifier
    assert found.url == host + url
    assert found.legal_code == (host + legal_code if legal_code else None)


def test_every_tool_belongs_to_a_family_or_is_retired() -> None:
    families = Counter(one.family for one in TOOLKIT.tools if one.family)

    assert sum(one.family is None for one in TOOLKIT.tools) == 30
    assert all(one.retired for one in TOOLKIT.tools if one.family is None)
    assert families == {
        "BY": 101, "BY-NC": 101, "BY-NC-ND": 101, "BY-NC-SA": 101, "BY-ND": 101, "BY-SA": 101,
        "PDM": 2, "CC0": 1,
    }  # fmt: skip


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_has_its_sentence_in_every_language(rule_id: str) -> None:
    for language in WORDS.languages:
        messages = dict(WORDS.keys(language))
        assert f"license.rule.{rule_id}" in messages, f"{language} lacks license.rule.{rule_id}"


def test_every_rule_is_stated_somewhere() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "bot" / "licensing").glob("*.py"))
    made_up = re.compile(r"share-alike-[34](-nc)?|credit-medium-[a-z]+")  # from parts

    unused = [one for one in RULES if f'"{one}"' not in code and not made_up.fullmatch(one)]

    assert not unused


def test_every_rule_that_is_stated_exists() -> None:
    asked = set()
    for file in (ROOT / "bot" / "licensing").glob("*.py"):
        asked |= set(re.findall(r'fact\(\s*"([a-z0-9-]+)"', file.read_text("utf-8")))

    assert len(asked) > 30
    assert not asked - set(RULES)


def test_sources_into_the_faq_name_anchors_that_it_has() -> None:
    listed = ROOT / "config" / "knowledge" / "anchors" / "creativecommons.org-faq.txt"
    anchors = set(listed.read_text("utf-8").split())
    page = "https://creativecommons.org/faq/"

    for rule in RULES.values():
        for source in rule.sources:
            if source.url.startswith(page + "#"):
                assert source.url.removeprefix(page + "#") in anchors, rule.id


def test_sources_into_version_4_name_sections_that_it_has() -> None:
    sections = re.compile(r"s(1|2a1|2a1B|2a2|2a4|2a5|2a6|2b1|3a1A|3a1B|3a2|3a3|3b|3b1|4|6b)")

    for rule in RULES.values():
        for source in rule.sources:
            address, _, anchor = source.url.partition("#")
            if address.endswith("/4.0/legalcode.en"):
                assert sections.fullmatch(anchor), rule.id


def test_blanks_are_the_same_in_every_language() -> None:
    english = dict(WORDS.keys())
    for language in WORDS.languages:
        for key, message in WORDS.keys(language):
            if key.startswith("license."):
                assert placeholders(message) == placeholders(english[key]), f"{language}: {key}"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The facts, to break."""
    return Path(shutil.copytree(FACTS, tmp_path / "licensing"))


def broken(copy: Path, name: str, old: str, new: str) -> str:
    """Replace text in one file; return what loading says."""
    file = copy / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(LicensingFaults) as caught:
        Library.load(copy)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("tools.csv", "licenses,by,4.0,", "licences,by,4.0,", "category `licences`"),
        ("tools.csv", "licenses,by,4.0,", "licenses,bx,4.0,", "unit `bx`"),
        ("tools.csv", "licenses,by,4.0,", "licenses,by,four,", "version `four`"),
        ("tools.csv", "licenses,by,4.0,", "licenses,by,3.0,", "a second time (first on line"),
        ("tools.csv", "Attribution 4.0 International", "", "title `` must not be empty"),
        ("tools.csv", "en,Attribution 4.0", "en,x,Attribution 4.0", "has 8 columns, not 7"),
        ("tools.csv", "category,unit", "unit,category", "the columns must be"),
        ("charts.yaml", "yes, no]", "no]", "remix.PDM has 7 cells, not 8"),
        ("charts.yaml", "  BY-SA:    [yes, yes", "  BY-SA:    [no, yes", "differs from"),
        ("charts.yaml", "BY-SA, PD]", "BY-SB, PD]", "BY-SB is none of"),
        ("charts.yaml", "discouraged]", "perhaps]", "adapt.rows"),
        ("rules.yaml", 'sources: ["by4#s2a2"', 'sources: ["bye#s2a2"', "names the page `bye`"),
        ("rules.yaml", "entries: [cc0]}", "entry: [cc0]}", "entry"),
        ("terms.yaml", "neutral:", "neutrall:", "neutral"),
    ],
)
def test_a_fault_names_the_file_the_line_and_what_is_wrong(
    copy: Path, name: str, old: str, new: str, says: str
) -> None:
    message = broken(copy, name, old, new)

    first = message.splitlines()[0]
    assert re.match(rf"{re.escape(str(copy / name))}:\d+: ", first)
    assert says in first
    changed = (copy / name).read_text("utf-8").splitlines()
    line = int(first.removeprefix(f"{copy / name}:").split(":")[0])
    assert 1 <= line <= len(changed)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "terms.yaml").unlink()

    with pytest.raises(LicensingFaults, match=r"terms\.yaml:1: cannot be read"):
        Licensing(copy)
