"""The desk says who runs it and what it keeps."""

from collections.abc import Callable

from bot import __version__
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read


async def test_about_names_the_operator_and_says_what_the_desk_is_not(world: World) -> None:
    result = await world.ana.slash(world.general, "about")

    text = read(result)
    assert "Open Shelf \\*e.V.\\*. You can also write to desk\\@example.org." in text
    assert "is not Creative Commons" in text
    assert text.count("not legal advice") == 1
    assert "/concern raise" in text
    assert f"Commonplace {__version__}" in text
    assert result.ephemeral
    assert_nobody_is_pinged(world)


async def test_privacy_about_says_what_is_kept_and_who_reads_it(world: World) -> None:
    result = await world.ana.slash(world.general, "privacy about")

    text = read(result)
    for label in ("When you ask", "Who reads it", "For how long"):
        assert f"**{label}**" in text
    assert "encrypted under a key of your own" in text
    assert "desk\\@example.org" in text
    assert result.ephemeral


async def test_one_leads_to_the_other_and_back_after_a_restart_too(world: World) -> None:
    about = await world.ana.slash(world.general, "about")
    assert labels(about) == ["Browse the FAQ", "What the desk keeps"]
    await world.restart()

    privacy = await world.ana.click(about.response, label="What the desk keeps")
    assert "What the desk keeps about you" in read(privacy)
    back = await world.ana.click(privacy.response, label="About the desk")

    assert "The community desk" in read(back)


async def test_both_speak_french_and_work_in_direct_messages(
    world: World, speak: Callable[[str], None]
) -> None:
    speak("fr")

    about = await world.ana.user.slash("about")
    privacy = await world.ana.user.slash("privacy about")

    assert "n’est pas Creative Commons" in read(about)
    assert "chiffré" in read(privacy)
