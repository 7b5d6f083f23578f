"""Members use the license tools: explained, compared, remixed, credited, chosen, walked through."""

from collections.abc import Callable

import pytest
import simcord
from discord import app_commands

from bot.licensing.attribution import Medium, Weight
from bot.licensing.credits import BadTable
from bot.licensing.lookup import Why
from bot.licensing.model import Verdict
from bot.licensing.traits import Aspect, Heading
from bot.licensing.walks import Step
from bot.words import Words
from tests.bot.licensing.conftest import TOOLKIT
from tests.bot.platform.corpus import at_door
from tests.bot.platform.test_inert import ACTED_ON
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.conftest import ROOT

WHAT = "What license is this?"
TABLE = (
    b"title,author,source,license\n"
    b"Cat,Ana,https://example.org/1,CC BY 2.0\n"
    b"Dog,,https://example.org/2,CC BY 4.0\n"
    b"Owl,Ben,https://example.org/3,CC BY-ND-SA 9.0\n"
)


def field(form: simcord.InteractionResult, name: str) -> dict[str, object]:
    """Return one field of a form."""
    assert form.modal is not None
    fields = [label["component"] for label in form.modal["components"]]
    return next(one for one in fields if one["custom_id"] == name)


async def filled(world: World, form: simcord.InteractionResult, **typed: str) -> str:
    """Submit the attribution form; return what the member reads."""
    return read(await world.ana.submit_modal(form, typed))


async def test_a_license_is_explained_from_loose_words(world: World) -> None:
    result = await world.ana.slash(world.general, "license explain", license="cc by sa 3.0 de")

    text = read(result)
    assert result.ephemeral
    assert "### CC BY-SA 3.0 DE" in text
    assert "A port to the law of one place." in text
    assert "CC recommends CC BY-SA 4.0" in text
    assert "(https://creativecommons.org/licenses/by-sa/3.0/de/legalcode.de)" in text
    for heading in ("**Allows**", "**Asks for**", "**Does not allow**", "**Good to know**"):
        assert heading in text
    assert text.count("not legal advice") == 1
    assert labels(result)[:3] == ["Sources", "Compare with CC BY-SA 4.0", "Build a credit"]
    assert_nobody_is_pinged(world)


async def test_every_source_can_be_read(world: World) -> None:
    result = await world.ana.slash(world.general, "license explain", license="CC BY 4.0")

    sources = await world.ana.click(result.response, label="Sources")

    text = read(sources)
    assert sources.ephemeral
    assert (
        "[CC BY 4.0, legal code, section 6(b)]"
        "(https://creativecommons.org/licenses/by/4.0/legalcode.en#s6b)" in text
    )
    assert "https://creativecommons.org/faq/#" in text


async def test_every_tool_s_explanation_fits_a_card_in_every_language(
    world: World, speak: Callable[[str], None]
) -> None:
    for locale in ("en-US", "fr"):
        speak(locale)
        for tool in TOOLKIT.tools[::29]:
            result = await world.ana.slash(world.general, "license explain", license=tool.id)

            text = read(result)
            assert f"### {tool.identifier}" in text
            assert "Shortened" not in text
            assert "raccourci" not in text


async def test_what_does_not_exist_gets_the_nearest_real_ones(world: World) -> None:
    result = await world.ana.slash(world.general, "license explain", license="CC BY-ND-SA 9.0")

    text = read(result)
    assert "No license is called that" in text
    assert "You typed: CC BY-ND-SA 9.0" in text
    assert "No license has both ND and SA" in text
    assert [option["label"] for option in options(result)][:2] == ["CC BY-SA 4.0", "CC BY-ND 4.0"]
    form = await world.ana.click(result.response, label="Ask staff")
    assert field(form, "question")["value"] == "CC BY-ND-SA 9.0"

    opened = await world.ana.select(result.response, ["by-sa-4.0"])

    assert "### CC BY-SA 4.0" in read(opened)


async def test_a_version_nobody_named_is_assumed_aloud(world: World) -> None:
    result = await world.ana.slash(world.general, "license explain", license="cc by")

    assert "You named no version, so this is the newest: CC BY 4.0" in read(result)
    assert options(result)[0]["label"] == "CC BY 3.0"


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("license explain", "license"),
        ("license compare", "one"),
        ("license compare", "other"),
        ("license remix", "sixth"),
        ("license attribution", "license"),
        ("license can-i", "license"),
    ],
)
async def test_licenses_are_completed_while_typing(world: World, command: str, option: str) -> None:
    for typed in ("", "by-sa 3", "germany", "x" * 100, "CC0 4.0"):
        choices = await world.ana.autocomplete(world.general, command, option, typed)

        assert len(choices) <= 25
        assert all(1 <= len(choice["name"]) <= 100 for choice in choices)
        assert choices


async def test_two_versions_are_compared_line_by_line(world: World) -> None:
    result = await world.ana.slash(
        world.general, "license compare", one="by-sa 2.0", other="by-sa 4.0"
    )

    text = read(result)
    assert "**After a mistake**\n- CC BY-SA 2.0: If you break a condition" in text
    assert "- CC BY-SA 4.0: Does not allow: Suggesting that the author backs you" in text
    assert "**The same in both**\nCommercial use, Adaptations" in text
    assert labels(result) == ["Explain CC BY-SA 2.0", "Explain CC BY-SA 4.0"]

    missing = await world.ana.slash(world.general, "license compare", one="by 4.0", other="by 7")

    assert "That version does not exist." in read(missing)


async def test_a_remix_is_judged_pair_by_pair(world: World) -> None:
    result = await world.ana.slash(
        world.general, "license remix", first="by 4.0", second="by-sa 3.0", third="by-nc 2.0"
    )

    text = read(result)
    assert "No, not in a remix that is shared" in text
    assert "- **Yes**: CC BY 4.0 + CC BY-SA 3.0." in text
    assert "- **No**: CC BY-SA 3.0 + CC BY-NC 2.0." in text
    assert "noncommercial collection only" in text
    assert "#can-i-combine-material-under-different-creative-commons-licenses-in-my-work" in text


async def test_a_remix_that_works_says_what_it_may_carry(world: World) -> None:
    result = await world.ana.slash(
        world.general, "license remix", first="CC BY-SA 4.0", second="cc zero"
    )

    text = read(result)
    assert "Yes, these can be remixed together" in text
    assert (
        "- CC BY-SA 4.0\n- GPLv3 (CC lists it as compatible)\n"
        "- Free Art License 1.3 (CC lists it as compatible)" in text
    )


async def test_a_doubt_leads_to_staff(world: World) -> None:
    result = await world.ana.slash(
        world.general, "license remix", first="sampling+", second="CC BY 4.0"
    )

    assert "Not sure: please ask staff" in read(result)
    form = await world.ana.click(result.response, label="Ask staff")
    question = field(form, "question")["value"]
    assert question == "May these be remixed together: sampling+, CC BY 4.0?"


async def test_a_credit_is_built_from_a_form(world: World) -> None:
    form = await world.ana.slash(
        world.general, "license attribution", license="CC BY 2.0", medium="print"
    )
    assert field(form, "license")["value"] == "CC BY 2.0"

    done = await world.ana.submit_modal(
        form,
        {"title": "Cat", "creator": "Ana", "source": "https://example.org/1",
         "license": "CC BY 2.0", "changes": "cropped"},
    )  # fmt: skip

    text = read(done)
    assert done.ephemeral
    assert "Your credit is ready" in text
    assert (
        "```\n“Cat” by Ana (source: https://example.org/1) is licensed under CC BY 2.0 "
        "(https://creativecommons.org/licenses/by/2.0/). Changes: cropped.\n```" in text
    )
    assert "In print: use the plain form" in text
    assert_nobody_is_pinged(world)


async def test_what_is_missing_is_named_and_can_be_corrected(world: World) -> None:
    form = await world.ana.slash(world.general, "license attribution")
    done = await world.ana.submit_modal(form, {"creator": "Flickr", "license": "cc by 3.0"})

    text = read(done)
    assert "Your credit still lacks something" in text
    assert "Flickr is where the work was found, not who made it" in text
    assert "The title. CC BY 3.0 asks for it" in text

    again = await world.ana.click(done.response, label="Edit")

    assert field(again, "creator")["value"] == "Flickr"
    assert field(again, "license")["value"] == "cc by 3.0"


async def test_nothing_typed_is_lost_when_the_license_is_unknown(world: World) -> None:
    form = await world.ana.slash(world.general, "license attribution")
    done = await world.ana.submit_modal(
        form, {"title": "A *very* long story", "creator": "Ana", "license": "CC0 4.0"}
    )

    text = read(done)
    assert "only one version, 1.0" in text
    assert "```\nA *very* long story\n\nAna\n\nCC0 4.0\n```" in text
    again = await world.ana.click(done.response, label="Edit")
    assert field(again, "title")["value"] == "A *very* long story"


async def test_what_was_typed_is_forgotten_after_a_restart_and_said_to_be(world: World) -> None:
    form = await world.ana.slash(world.general, "license attribution")
    done = await world.ana.submit_modal(form, {"creator": "Ana", "license": "cc by 3.0"})

    await world.restart()
    late = await world.ana.click(done.response, label="Edit")

    assert "start again with /license attribution" in read(late)


async def test_a_table_becomes_a_page_of_credits(world: World) -> None:
    result = await world.ana.slash(world.general, "license attribution", file=("photos.csv", TABLE))

    text = read(result)
    assert result.ephemeral
    assert "2 works have a credit" in text
    assert "2 rows need a look" in text
    assert "Row 3: The author." in text
    assert "Row 4: No license has both ND and SA" in text


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("photos.csv", b"title,author\nCat,Ana\n", "no column called license"),
        ("photos.xlsx", b"PK\x03\x04", "no CSV file"),
        ("photos.csv", b"\x00\x01\x02\x03", "no text the desk can read"),
        ("photos.csv", b"", "empty"),
        ("photos.csv", b"x" * 1_000_001, "larger than 1000 kB"),
    ],
)
async def test_a_file_that_is_no_table_gets_one_sentence(
    world: World, name: str, raw: bytes, says: str
) -> None:
    result = await world.ana.slash(world.general, "license attribution", file=(name, raw))

    assert says in read(result)
    assert result.ephemeral
    (error,) = world.env.errors
    assert isinstance(error.__cause__, BadTable)


async def test_the_chooser_walks_back_and_forth_and_survives_a_restart(world: World) -> None:
    here = await world.ana.slash(world.general, "license choose")
    assert "Can people be recognized in it?" in read(here)
    assert labels(here) == ["Yes", "No", "Not sure"]

    shown = await world.ana.click(here.response, label="Yes")
    assert "Must people credit you?" in read(shown)
    await world.restart()
    shown = await world.ana.click(shown.response, label="One step back")
    assert "Can people be recognized in it?" in read(shown)

    for answer in ("Yes", "Yes", "No", "Yes", "Yes", "Yes", "Yes", "Yes"):
        shown = await world.ana.click(shown.response, label=answer)

    text = read(shown)
    assert "### CC BY-NC-SA 4.0 fits" in text
    assert "No license protects the people shown." in text
    assert "No license stops uses that need no permission" in text
    assert text.count("not legal advice") == 1
    assert labels(shown)[:3] == ["One step back", "Start again", "Explain CC BY-NC-SA 4.0"]
    shown = await world.ana.click(shown.response, label="Start again")
    assert "Can people be recognized in it?" in read(shown)


async def test_no_license_is_chosen_for_somebody_else_s_work(world: World) -> None:
    shown = await world.ana.slash(world.general, "license choose")
    for answer in ("No", "No", "No"):
        shown = await world.ana.click(shown.response, label=answer)

    assert "### No license yet" in read(shown)
    assert "whoever holds the rights" in read(shown)


async def test_the_ai_walk_ends_with_sources_and_what_to_find_out(world: World) -> None:
    shown = await world.ana.slash(world.general, "license can-i", license="CC BY-NC-ND 4.0")
    for answer in ("Not sure", "Yes", "Yes", "Not sure"):
        shown = await world.ana.click(shown.response, label=answer)

    text = read(shown)
    assert "as far as you could tell" in text
    assert "NoDerivatives: an adaptation may not be shared." in text
    assert "NonCommercial: it may count even for steps that are never shared." in text
    assert "ShareAlike: a shared adaptation" not in text
    assert "**What you would need to find out**\n- Whether permission is needed" in text
    assert "AI_and_CC_Licenses_v5_flowchart.png" in text
    assert "Your answers are not kept anywhere." in text


async def test_the_ai_walk_without_a_license_speaks_of_each_element(world: World) -> None:
    shown = await world.ana.slash(world.general, "license can-i")
    for answer in ("Yes", "Yes", "Yes", "Yes"):
        shown = await world.ana.click(shown.response, label=answer)

    text = read(shown)
    for said in ("NoDerivatives:", "ShareAlike:", "NonCommercial:"):
        assert said in text


async def test_the_licenses_in_a_message_are_named(world: World) -> None:
    message = await world.ben.send(
        world.general, "Photo: CC BY-SA 2.0, sound: https://creativecommons.org/licenses/by/4.0/"
    )

    result = await world.ana.context_menu(world.general, WHAT, message)

    text = read(result)
    assert result.ephemeral
    assert "**CC BY-SA 2.0** · Attribution-ShareAlike 2.0 Generic" in text
    assert "**CC BY 4.0** · Attribution 4.0 International" in text
    assert "still valid for works under it" in text
    opened = await world.ana.select(result.response, ["by-4.0"])
    assert "### CC BY 4.0" in read(opened)


async def test_a_message_without_a_license_is_said_to_have_none(world: World) -> None:
    message = await world.ben.send(world.general, "Photo by Ana")

    result = await world.ana.context_menu(world.general, WHAT, message)

    assert "No license is named here" in read(result)
    assert "does not mean that none holds" in read(result)


async def test_members_are_answered_in_french(world: World, speak: Callable[[str], None]) -> None:
    speak("fr")

    explained = await world.ana.slash(world.general, "license explain", license="CC BY 4.0")
    mixed = await world.ana.slash(
        world.general, "license remix", first="by 4.0", second="by-nd 4.0"
    )

    assert "**Permet**\n- L’utiliser à toute fin" in read(explained)
    assert "Non, pas dans un remix partagé" in read(mixed)


async def test_whatever_is_typed_nothing_pings_and_nothing_works(world: World) -> None:
    for hostile in at_door(3):
        typed = hostile.encode("utf-8", "replace").decode()[:300]
        if not typed.strip():
            continue
        result = await world.ana.slash(world.general, "license explain", license=typed)

        shown = next((line for line in read(result).splitlines() if "You typed: " in line), "")
        assert not ACTED_ON.search(shown), hostile
    for hostile in at_door(3)[::4]:
        form = await world.ana.slash(world.general, "license attribution")
        typed = hostile.encode("utf-8", "replace").decode()[:200]
        await filled(world, form, title=typed, creator=typed, source=typed, license="CC BY 2.0")
    assert_nobody_is_pinged(world)


@pytest.mark.parametrize("language", Words.load(ROOT / "config" / "locale").languages)
def test_words_made_from_parts_are_there(language: str) -> None:
    messages = dict(Words.load(ROOT / "config" / "locale").keys(language))
    wanted = {
        *(f"license.why.{one}" for one in (*Why, "elsewhere")),
        *(f"license.heading.{one}" for one in Heading),
        *(f"license.aspect.{one}" for one in Aspect),
        *(f"license.verdict.{one}" for one in Verdict),
        *(f"license.remix.title.{one}" for one in Verdict),
        *(f"license.credit.{one}" for one in Weight),
        *(f"license.step.{one}{note}" for one in Step for note in ("", ".note")),
        *(f"license.answer.{one}" for one in ("yes", "no", "unsure")),
        *(f"license.rule.credit-medium-{one}" for one in Medium),
    }
    wanted |= {
        f"license.table.{key}"
        for key in ("too_large", "not_csv", "not_text", "not_table", "empty", "no_rows")
    }
    wanted |= {f"license.table.{key}" for key in ("no_license_column", "too_many_rows", "too_wide")}

    assert not {key for key in wanted if key not in messages}


def test_the_group_has_its_six_commands(world: World) -> None:
    group = world.env.bot.tree.get_command("license")

    assert isinstance(group, app_commands.Group)
    assert {command.name for command in group.commands} == {
        "explain", "compare", "remix", "attribution", "choose", "can-i",
    }  # fmt: skip
