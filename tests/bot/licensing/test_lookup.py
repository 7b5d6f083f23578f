"""People name licenses in every way there is; what does not exist gets the nearest that does."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.licensing.lookup import MOST_NEAR, Elsewhere, Found, Nearest, Outside, Why
from bot.licensing.model import Tool
from tests.bot.licensing.conftest import TOOLKIT
from tests.bot.platform.corpus import HOSTILE, LEGIBLE


def names_of(one: Tool) -> list[str]:
    """Return the ways to name a tool without doubt."""
    bare = one.url.removeprefix("https://")
    names = [
        one.id,
        one.identifier,
        one.identifier.lower(),
        one.identifier.replace("-", " "),
        one.identifier.replace("-", "_"),
        one.identifier.replace("CC ", "Creative Commons "),
        f"  {one.identifier}  ",
        one.url,
        one.url.removesuffix("/"),
        one.url.upper().replace("HTTPS://CREATIVECOMMONS.ORG", "https://CreativeCommons.org"),
        bare,
        f"www.{bare}",
        f"http://{bare}",
        f"http://www.{bare}",
        f"{one.url}deed",
        f"{one.url}deed.{one.language}",
        f"{one.url}deed.fr",
        f"{one.url}deed.pt-br",
        f"{one.url}legalcode",
        f"{one.url}legalcode.en",
        f"{one.url}legalcode.txt",
        f"{one.url}rdf",
        f"{one.url}?ref=chooser-v1#deed",
        f"See <{one.url}>.",
        one.url.replace("+", "%2B"),
    ]
    if one.spdx:
        names += [one.spdx, one.spdx.lower(), f"https://spdx.org/licenses/{one.spdx}.html"]
    if one.legal_code:
        names.append(one.legal_code)
    return names


def test_every_tool_is_found_by_each_of_its_names() -> None:
    for wanted in TOOLKIT.tools:
        for name in names_of(wanted):
            outcome = TOOLKIT.find(name)
            assert isinstance(outcome, Found), name
            assert outcome.tool == wanted, name
            assert not outcome.assumed, name


def test_every_title_finds_its_tool_or_all_that_share_it() -> None:
    for one in TOOLKIT.tools:
        outcome = TOOLKIT.find(one.title)
        if isinstance(outcome, Nearest):
            assert outcome.why == (Why.TITLE_SHARED,)
            assert one in outcome.tools
        else:
            assert isinstance(outcome, Found)
            assert outcome.tool == one


@pytest.mark.parametrize(
    ("text", "tool_id"),
    [
        ("cc by sa 3.0 de", "by-sa-3.0-de"),
        ("attribution share alike 4", "by-sa-4.0"),
        ("by-nc 2.0 generic", "by-nc-2.0"),
        ("cc zero", "zero-1.0"),
        ("CC-0", "zero-1.0"),
        ("cc0 1.0 universal", "zero-1.0"),
        ("public domain mark", "mark-1.0"),
        ("CC BY 4", "by-4.0"),
        ("cc by4.0", "by-4.0"),
        ("bysa3", "by-sa-3.0"),
        ("ccbysa4.0", "by-sa-4.0"),
        ("CC BY-NC-ND2.0", "by-nc-nd-2.0"),
        ("cc by nc nd 2", "by-nc-nd-2.0"),
        ("cc by-nc-nd 1.0", "by-nd-nc-1.0"),
        ("CC-BY-NC-ND-1.0", "by-nd-nc-1.0"),
        ("https://creativecommons.org/licenses/by-nc-nd/1.0/", "by-nd-nc-1.0"),
        ("Creative Commons Attribution-NonCommercial-ShareAlike 3.0 Unported", "by-nc-sa-3.0"),
        ("creative commons attribution, no derivatives, non-commercial 4.0", "by-nc-nd-4.0"),
        ("CC BY 3.0 Germany", "by-3.0-de"),
        ("CC BY 3.0 Deutschland", "by-3.0-de"),
        ("cc by sa england 2.0", "by-sa-2.0-uk"),
        ("CC BY-SA 2.5 Scotland", "by-sa-2.5-scotland"),
        ("cc by 2.1 japan", "by-2.1-jp"),
        ("CC BY de 3.0", "by-3.0-de"),
        ("CC BY 3.0 in my book", "by-3.0"),
        ("CC BY 2.5 IN", "by-2.5-in"),
        ("cc by 3.0 igo", "by-3.0-igo"),
        ("Paternité 2.0", "by-2.0-fr"),
        ("licence CC BY-NC-SA 4.0, partage dans les mêmes conditions", "by-nc-sa-4.0"),
        ("CC Sampling+ 1.0 br", "sampling-plus-1.0-br"),
        ("sampling plus", "sampling-plus-1.0"),
        ("developing nations", "devnations-2.0"),
        ("http://creativecommons.org/licenses/publicdomain/", "certification-1.0-us"),
        ("CC BY-SA 4.0 or later", "by-sa-4.0"),
        ("ＣＣ ＢＹ ４.０", "by-4.0"),
    ],
)
def test_people_s_own_words(text: str, tool_id: str) -> None:
    outcome = TOOLKIT.find(text)

    assert isinstance(outcome, Found), outcome
    assert outcome.tool.id == tool_id


@pytest.mark.parametrize(
    ("text", "tool_id"),
    [
        ("cc by", "by-4.0"),
        ("ccby", "by-4.0"),
        ("CC-BY-NC-SA", "by-nc-sa-4.0"),
        ("attribution", "by-4.0"),
        ("cc by-nc germany", "by-nc-3.0-de"),
        ("https://creativecommons.org/licenses/by-nc/", "by-nc-4.0"),
    ],
)
def test_a_version_that_was_not_named_is_assumed_aloud(text: str, tool_id: str) -> None:
    outcome = TOOLKIT.find(text)

    assert isinstance(outcome, Found)
    assert outcome.tool.id == tool_id
    assert outcome.assumed == (Why.VERSION_ASSUMED,)
    assert outcome.others
    assert all(other.elements == outcome.tool.elements for other in outcome.others)


@pytest.mark.parametrize(
    ("text", "nearest", "why"),
    [
        ("CC BY-ND-SA 9.0", "by-sa-4.0", {Why.BOTH_ND_AND_SA, Why.VERSION_UNKNOWN}),
        ("cc by nd sa", "by-sa-4.0", {Why.BOTH_ND_AND_SA}),
        ("CC0 4.0", "zero-1.0", {Why.VERSION_ONE}),
        ("PDM 2.0", "mark-1.0", {Why.VERSION_ONE}),
        ("CC BY 5", "by-4.0", {Why.VERSION_UNKNOWN}),
        ("CC BY 5.0", "by-4.0", {Why.VERSION_UNKNOWN}),
        ("CC BY-SA 3.2", "by-sa-3.0", {Why.VERSION_UNKNOWN}),
        ("by 4.0 de", "by-4.0", {Why.NO_PORTS_OF_4}),
        ("CC BY 4.0 Germany", "by-4.0", {Why.NO_PORTS_OF_4}),
        ("by 2.1", "by-2.1-au", {Why.VERSION_ONLY_PORTS}),
        ("CC BY 3.0 IN", "by-2.5-in", {Why.PORT_UNKNOWN}),
        ("CC BY 3.0 xx", "by-3.0", {Why.PORT_UNKNOWN}),
        ("nc-sa 4.0", "by-nc-sa-4.0", {Why.BY_ADDED}),
        ("CC BY-NC-XX 4.0", "by-nc-4.0", {Why.COMBINATION_UNKNOWN}),
        ("public domain", "mark-1.0", {Why.PUBLIC_DOMAIN}),
        ("Namensnennung 2.0", "by-2.0-at", {Why.TITLE_SHARED}),
        ("cc by nc 4.0 and cc0", "zero-1.0", {Why.SEVERAL}),
        ("CC BY 2.0 or 3.0", "by-2.0", {Why.SEVERAL}),
        ("CC BY 4.0 and CC BY-SA 3.0", "by-4.0", {Why.SEVERAL}),
        ("CC BY-NC 2.0, CC BY-ND 2.0", "by-nc-2.0", {Why.SEVERAL}),
        ("https://creativecommons.org/licenses/by/5.0/", "by-4.0", {Why.VERSION_UNKNOWN}),
        ("https://creativecommons.org/licenses/by-nd-sa/4.0/", "by-sa-4.0", {Why.BOTH_ND_AND_SA}),
        ("https://creativecommons.org/publicdomain/zero/4.0/", "zero-1.0", {Why.VERSION_ONE}),
        ("hello world", "by-4.0", {Why.NOTHING}),
        ("photo by Ana", "by-4.0", {Why.NOTHING}),
        ("", "by-4.0", {Why.NOTHING}),
        ("🎉", "by-4.0", {Why.NOTHING}),
    ],
)
def test_what_does_not_exist_gets_the_nearest_and_the_reason(
    text: str, nearest: str, why: set[Why]
) -> None:
    outcome = TOOLKIT.find(text)

    assert isinstance(outcome, Nearest), outcome
    assert outcome.tools[0].id == nearest
    assert set(outcome.why) == why
    assert len(outcome.tools) <= MOST_NEAR


@pytest.mark.parametrize("text", ["all rights reserved", "GFDL", "MIT", "all rights reserved by J"])
def test_what_is_no_cc_tool_is_said_to_be_none(text: str) -> None:
    assert TOOLKIT.find(text) == Nearest((), (Why.NOT_CC,))


@pytest.mark.parametrize(
    ("text", "license_id"),
    [
        ("GPLv3", Outside.GPL_3),
        ("GPL-3.0-only", Outside.GPL_3),
        ("gnu gpl v3", Outside.GPL_3),
        ("Free Art License 1.3", Outside.FAL_1_3),
        ("Licence Art Libre", Outside.FAL_1_3),
    ],
)
def test_two_licenses_from_elsewhere_are_known_for_remixes(text: str, license_id: Outside) -> None:
    assert TOOLKIT.find(text) == Elsewhere(license_id)


def test_current_tools_lead_the_completions() -> None:
    first = [one.identifier for one in TOOLKIT.complete("", limit=25)[:8]]

    assert set(first) == {
        "CC BY 4.0", "CC BY-SA 4.0", "CC BY-NC 4.0", "CC BY-NC-SA 4.0", "CC BY-ND 4.0",
        "CC BY-NC-ND 4.0", "CC0 1.0", "PDM 1.0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("cc by-sa 3", "by-sa-3.0"),
        ("zero", "zero-1.0"),
        ("germany", "by-3.0-de"),
        ("by-nc-sa-2.0-jp", "by-nc-sa-2.0-jp"),
        ("CC BY-ND-SA 9.0", "by-sa-4.0"),
    ],
)
def test_completions_go_with_what_was_typed(typed: str, first: str) -> None:
    found = TOOLKIT.complete(typed, limit=25)

    assert found[0].id == first
    assert len(found) == len(set(found)) <= 25


@given(st.text(max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    outcome = TOOLKIT.find(text)

    assert isinstance(outcome, Found | Nearest | Elsewhere)
    if isinstance(outcome, Nearest):
        assert len(outcome.tools) <= MOST_NEAR
        assert outcome.why
    assert len(TOOLKIT.complete(text, limit=25)) <= 25
    assert len(TOOLKIT.detect(text)) <= 10


PARTS = st.sampled_from(
    [
        *("cc", "by", "nc", "nd", "sa", "CC-BY", "-", "/", "+", ".", "1", "2.0", "2.1", "3.0"),
        *("4.0", "9.9", "de", "uk", "in", "licenses/", "sampling", "zero", "cc0", "mark", "é"),
        *("https://creativecommons.org/", "publicdomain/", "deed.fr", "or", "4.0.0.0"),
    ]
)


@given(st.lists(PARTS, max_size=12).map(" ".join) | st.lists(PARTS, max_size=12).map("".join))
def test_what_looks_like_a_license_is_never_corrected_in_silence(text: str) -> None:
    outcome = TOOLKIT.find(text)

    if isinstance(outcome, Found) and "by" in outcome.tool.unit:
        assert outcome.tool.version in text or outcome.assumed or outcome.tool.version[0] in text


def test_hostile_and_long_texts_are_bounded_work() -> None:
    started = time.perf_counter()
    for text in (*HOSTILE, *LEGIBLE, "by " * 5000, "-" * 9000, "cc by-" * 4000, "4.0" * 3000):
        TOOLKIT.find(text)
        TOOLKIT.detect(text)
    assert time.perf_counter() - started < 5
