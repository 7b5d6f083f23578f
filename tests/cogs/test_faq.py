"""People look things up: by name, by a few words, or by leafing through."""

from collections.abc import Callable
from pathlib import Path

import yaml

from bot.platform.limits import units
from tests.bot.platform.corpus import HOSTILE
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read


async def test_typing_completes_at_every_key_stroke(world: World) -> None:
    for length in range(1, len("newsletter") + 1):
        choices = await world.ana.autocomplete(world.general, "faq", "entry", "newsletter"[:length])
        assert len(choices) <= 25

    assert choices[0]["value"] == "photo-print"
    assert choices[0]["name"] == "May I print a CC BY-NC photo in a newsletter?"


async def test_aliases_are_completed_too(world: World) -> None:
    choices = await world.ana.autocomplete(world.general, "faq", "entry", "club magazine")

    assert choices[0]["value"] == "photo-print"


async def test_of_thirty_entries_that_fit_25_are_offered(world: World) -> None:
    for typed in ("clause", "", "sample license"):
        choices = await world.ana.autocomplete(world.general, "faq", "entry", typed)

        assert len(choices) == 25
        assert all(1 <= units(choice["name"]) <= 100 for choice in choices)
        assert all(1 <= len(choice["value"]) <= 100 for choice in choices)


async def test_nothing_that_is_typed_breaks_the_completion(world: World) -> None:
    for typed in (*HOSTILE, "x" * 4000, "٣" * 50):
        wire_safe = typed.encode("utf-8", "replace").decode()

        choices = await world.ana.autocomplete(world.general, "faq", "entry", wire_safe)

        assert len(choices) <= 25


async def test_a_chosen_entry_is_shown(world: World) -> None:
    result = await world.ana.slash(world.general, "faq", entry="photo-faces")

    assert "### Can a license forbid face recognition?" in read(result)
    assert result.ephemeral
    assert_nobody_is_pinged(world)


async def test_words_that_were_sent_without_choosing_are_searched_for(world: World) -> None:
    result = await world.ana.slash(
        world.general, "faq", entry="What happens to the license when I delete my photo?"
    )

    assert "Those who already have it keep their license" in read(result)


async def test_words_that_nothing_fits_are_said_to_be_unknown(world: World) -> None:
    result = await world.ana.slash(world.general, "faq", entry="zyxwv qqqq kjhgf")

    assert "The desk has no answer to that" in read(result)


async def test_without_words_the_sections_are_shown(world: World) -> None:
    result = await world.ana.slash(world.general, "faq")

    assert "**Photos of people** · Examples about photos that show people." in read(result)
    assert [option["value"] for option in options(result)] == ["photos", "numbered"]
    assert result.ephemeral


async def test_a_section_is_leafed_through_ten_at_a_time(world: World) -> None:
    sections = await world.ana.slash(world.general, "faq")
    page = await world.ana.select(sections.response, ["numbered"])

    assert "Page 1 of 3" in read(page)
    assert len(options(page)) == 10
    assert page.response.id == sections.response.id, "a page takes the sections' place"

    page = await world.ana.click(page.response, label="Next page")
    page = await world.ana.click(page.response, label="Next page")

    assert "Page 3 of 3" in read(page)
    assert "30. What does clause 30" in read(page)
    page = await world.ana.click(page.response, label="Previous page")
    assert "Page 2 of 3" in read(page)
    back = await world.ana.click(page.response, label="All sections")
    assert "Browse by section" in read(back)


async def test_leafing_goes_on_after_a_restart(world: World) -> None:
    sections = await world.ana.slash(world.general, "faq")
    page = await world.ana.select(sections.response, ["numbered"])
    await world.restart()

    page = await world.ana.click(page.response, label="Next page")
    entry = await world.ana.select(page.response, ["numbered-11"])
    await world.restart()
    back = await world.ana.click(entry.response, label="Back to the list")

    assert "clause 11 of the sample license" in read(entry)
    assert "Page 2 of 3" in read(back)


async def test_a_small_section_has_no_pages(world: World) -> None:
    sections = await world.ana.slash(world.general, "faq")

    page = await world.ana.select(sections.response, ["photos"])

    assert "Page" not in read(page)
    assert labels(page) == ["All sections", "Follow this section"]


async def test_a_section_that_is_gone_is_said_to_be_gone(
    world: World, knowledge_directory: Path
) -> None:
    sections = await world.ana.slash(world.general, "faq")
    (knowledge_directory / "numbered.yaml").unlink()
    assert await world.desk.knowledge.reload()

    refused = await world.ana.select(sections.response, ["numbered"])

    assert "no longer in the FAQ" in read(refused)


async def test_a_page_that_a_reload_took_away_is_the_last_one_there_is(
    world: World, knowledge_directory: Path
) -> None:
    sections = await world.ana.slash(world.general, "faq")
    page = await world.ana.select(sections.response, ["numbered"])
    page = await world.ana.click(page.response, label="Next page")
    section = yaml.safe_load((knowledge_directory / "numbered.yaml").read_text("utf-8"))
    section["entries"] = section["entries"][:12]
    (knowledge_directory / "numbered.yaml").write_text(yaml.safe_dump(section), "utf-8")
    assert await world.desk.knowledge.reload()

    page = await world.ana.click(page.response, label="Next page")

    assert "Page 2 of 2" in read(page)
    assert "12. What does clause 12" in read(page)


async def test_browsing_works_in_direct_messages_and_in_french(
    world: World, speak: Callable[[str], None]
) -> None:
    speak("fr")

    sections = await world.ana.user.slash("faq")

    assert "Parcourir par rubrique" in read(sections)
