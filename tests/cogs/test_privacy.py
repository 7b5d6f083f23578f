"""A member takes along what the desk keeps of them, erases it, and staff's card shows it gone."""

from collections.abc import Callable

from bot.concerns.model import Draft, Kind
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read
from tests.cogs.triage import card, delivered

SECRET = "my face is in a dataset"


async def _raised(world: World, who: int | None = None, guild_id: int | None = None) -> str:
    raised = await world.desk.concerns.raise_(
        guild_id=guild_id or world.guild.id,
        reporter_id=who or world.ana.id,
        draft=Draft(Kind.DATASET, SECRET),
        intake=f"{who}:{guild_id}",
    )
    await delivered(world)
    return raised.reference


async def test_what_is_kept_comes_as_a_file_for_the_person_alone(world: World) -> None:
    reference = await _raised(world)

    result = await world.ana.slash(world.general, "privacy export")

    assert result.ephemeral
    assert "Everything the desk keeps about you" in read(result)
    (file,) = (result.followups[-1] if result.followups else result.response).attachments
    assert file.filename == "commonplace-export.json"
    kept = await world.desk.privacy.export(world.ana.id, world.guild.id)
    assert kept.servers[0]["concerns"][0]["what"] == SECRET
    assert kept.servers[0]["concerns"][0]["reference"] == reference
    assert_nobody_is_pinged(world)


async def test_erasing_says_first_what_goes_and_what_stays_and_keeping_keeps(
    world: World,
) -> None:
    reference = await _raised(world)

    asked = await world.ana.slash(world.general, "privacy erase")
    text = read(asked)
    assert asked.ephemeral
    assert "**This goes**" in text
    assert "What you wrote in 1 concern; if it is open, it is closed as withdrawn" in text
    assert "**This stays**" in text
    assert "That there was 1 concern" in text
    assert labels(asked) == ["Erase it", "Keep it"]

    kept = await world.ana.click(asked.response, label="Keep it")
    assert "as it was" in read(kept)
    assert (await world.desk.triage.case(world.guild.id, reference)).what == SECRET


async def test_erasing_gives_a_receipt_and_the_staffs_card_shows_that_the_words_are_gone(
    world: World,
) -> None:
    reference = await _raised(world)
    assert SECRET in read(card(world))

    asked = await world.ana.slash(world.general, "privacy erase")
    await world.restart()
    done = await world.ana.click(asked.response, label="Erase it")
    await delivered(world)

    text = read(done)
    assert "Erased: E-" in text
    assert "**This is gone**" in text
    shown = read(card(world))
    assert reference in shown
    assert SECRET not in shown
    assert "Withdrawn" in shown
    assert not (await world.desk.privacy.preview(world.ana.id)).known
    assert_nobody_is_pinged(world)


async def test_here_means_this_server_and_a_direct_message_means_all(world: World) -> None:
    here = await _raised(world)
    elsewhere = await _raised(world, guild_id=4242)

    asked = await world.ana.slash(world.general, "privacy erase")
    await world.ana.click(asked.response, label="Erase it")
    assert (await world.desk.triage.case(world.guild.id, here)).erased
    assert not (await world.desk.triage.case(4242, elsewhere)).erased

    asked = await world.ana.user.slash("privacy erase")
    assert "In the server where the desk knows you." in read(asked)
    await world.ana.user.click(asked.response, label="Erase it")
    assert (await world.desk.triage.case(4242, elsewhere)).erased


async def test_who_is_unknown_is_told_so(world: World) -> None:
    for command in ("privacy export", "privacy erase"):
        result = await world.ben.slash(world.general, command)
        assert read(result) == "The desk keeps nothing about you here."
        assert result.ephemeral


async def test_what_was_asked_a_moment_ago_is_forgotten_too(world: World) -> None:
    await _raised(world)
    token = world.env.bot.memory.keep(world.ana.id, SECRET)
    other = world.env.bot.memory.keep(world.ben.id, "bens")

    asked = await world.ana.slash(world.general, "privacy erase")
    await world.ana.click(asked.response, label="Erase it")

    assert world.env.bot.memory.find(token, world.ana.id) is None
    assert world.env.bot.memory.find(other, world.ben.id) == "bens"


async def test_it_speaks_french(world: World, speak: Callable[[str], None]) -> None:
    await _raised(world)
    speak("fr")

    asked = await world.ana.slash(world.general, "privacy erase")
    assert "**Ceci disparaît**" in read(asked)
    done = await world.ana.click(asked.response, label="Effacer")
    assert "Effacé : E-" in read(done)


async def test_every_line_that_erasing_may_say_has_its_words(world: World) -> None:
    """Whatever a holder counts has a sentence in every language."""
    await _raised(world, who=world.sam.id)
    reference = await _raised(world)
    await world.desk.triage.reply(world.guild.id, reference, world.sam.id, "hello", intake="x")
    for who in (world.sam, world.ana):
        preview = await world.desk.privacy.preview(who.id)
        for language in world.desk.words.languages:
            t = world.desk.words.tongue(language)
            for share, counts in (("goes", preview.goes), ("stays", preview.stays)):
                for what in counts:
                    for count in (1, 2):
                        assert t.plural(f"privacy.{share}.{what}", count)
