"""A person sees their own concerns, and nobody else's; in servers and in direct messages."""

from collections.abc import Callable

import pytest
import simcord

from bot.concerns.model import MOVES, RAISABLE, CloseReason, Consent, Delivery, Direction, State
from bot.words import Words
from cogs.concern.cards import PAGE
from tests.cogs.concern.conftest import (
    answered,
    close_direct_messages,
    field,
    own,
    raised,
    typed,
)
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read, wire
from tests.cogs.triage import delivered
from tests.conftest import ROOT, StandingClock


async def test_somebody_without_concerns_is_offered_the_form(world: World) -> None:
    shown = await world.ana.slash(world.general, "concern status")

    assert shown.ephemeral
    assert "not raised anything here yet" in read(shown)
    form = await world.ana.click(shown.response, label="Raise a concern")
    await world.ana.submit_modal(form, typed())
    assert await own(world)


async def test_one_concern_is_shown_at_once(world: World) -> None:
    await raised(world)
    shown = await world.ana.slash(world.general, "concern status")

    text = read(shown)
    assert (await own(world)).reference in text
    assert "Logged. Staff have not opened it yet." in text
    assert "My portrait is in a face dataset" in text
    assert "https:\\/\\/example.org\\/photo" in text
    assert "Raised on March 13, 2026 in The Reading Room." in text
    assert labels(shown) == ["Add to it", "Change what is allowed", "Withdraw it"]


@pytest.mark.parametrize(
    "state", sorted(MOVES[State.RECEIVED] - {State.MERGED})
)  # merging is a move of its own
async def test_every_state_is_told_in_plain_words(world: World, state: State) -> None:
    await raised(world)
    reference = (await own(world)).reference
    reason = CloseReason.RESOLVED if state is State.CLOSED else None
    await world.desk.triage.move(world.guild.id, reference, world.sam.id, state, reason=reason)

    shown = await world.ana.slash(world.general, "concern status")

    expected = "concern.reason.resolved" if reason else f"concern.state.{state}"
    assert world.desk.words.english(expected) in read(shown)


async def test_several_are_a_list_to_open_one_from_and_come_back_to(
    world: World, clock: StandingClock
) -> None:
    for number in range(3):
        await raised(world, what=f"concern {number}", kind=[RAISABLE[number]])
        clock.move(minutes=1)

    shown = await world.ana.slash(world.general, "concern status")
    assert "Photos of people in a dataset · March 13, 2026" in read(shown)
    assert len(options(shown)) == 3
    assert labels(shown) == []

    opened = await world.ana.select(shown.response, [options(shown)[0]["value"]])
    assert "concern 2" in read(opened.response or opened)
    back = await world.ana.click(shown.response, label="All my concerns")
    assert len(options(back)) == 3


async def test_a_long_list_has_pages_and_what_waits_comes_first(
    world: World, clock: StandingClock
) -> None:
    await raised(world, what="the first one")
    first = (await own(world)).reference
    close_direct_messages(world, world.ana)
    await answered(world, "An answer at last")
    for number in range(PAGE):
        clock.move(hours=1)
        await raised(world, what=f"concern {number}")

    shown = await world.ana.slash(world.general, "concern status")

    assert options(shown)[0]["label"].startswith(first)
    assert options(shown)[0]["description"] == "A reply from staff waits for you here."
    assert len(options(shown)) == PAGE
    assert "Page 1 of 2" in read(shown)
    assert labels(shown) == ["Previous page", "Next page"]
    onward = await world.ana.click(shown.response, label="Next page")
    assert len(options(onward)) == 1
    assert "Page 2 of 2" in read(onward)


async def test_only_what_was_shown_is_seen(world: World, clock: StandingClock) -> None:
    close_direct_messages(world, world.ana)
    await raised(world, what="one")
    await answered(world, "reply to one")
    await raised(world, what="two")
    one, two = sorted(
        await world.desk.concerns.own([world.guild.id], world.ana.id), key=lambda c: c.what
    )
    await world.desk.triage.reply(
        world.guild.id, two.reference, world.sam.id, "reply to two", intake="2"
    )
    await delivered(world)
    shown = await world.ana.slash(world.general, "concern status")

    await world.ana.select(shown.response, [f"{world.guild.id}:{one.reference}"])

    waiting = await world.desk.concerns.waiting_letters([world.guild.id], world.ana.id)
    assert waiting == ((world.guild.id, two.reference),)


async def test_a_long_story_with_many_replies_is_whole_in_a_file(world: World) -> None:
    await raised(world, what="long story " * 300)
    for number in range(8):
        await answered(world, f"reply number {number} " * 20, act=str(number))

    shown = await world.ana.slash(world.general, "concern status")

    (latest,) = shown.followups or [shown.response]
    (file,) = latest.attachments
    whole = (await file.read()).decode()
    assert ("long story " * 300).strip() in whole
    for number in range(8):
        assert (f"reply number {number} " * 20).strip() in whole
    assert "reply number 7" in read(shown)
    assert f"All of it is in the file {file.filename}" in read(shown)


async def test_nobody_sees_anybody_elses(world: World) -> None:
    await raised(world)
    mine = await own(world)

    shown = await world.ben.slash(world.general, "concern status")
    assert mine.reference not in read(shown)

    await raised(world, world.ben)
    await raised(world, world.ben)
    listed = await world.ben.slash(world.general, "concern status")
    assert mine.reference not in str(wire(listed))


async def test_a_forged_or_forgotten_reference_gets_one_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await raised(world, world.ben)
    bens = await own(world, world.ben)
    await raised(world)
    receipt = await raised(world)
    for forged in (f"cp1:concern:open:{world.guild.id}:{bens.reference}", "cp1:concern:open:x:y"):
        message = world.env.backend.get_message(world.general.id, receipt.response.id)
        assert _forge(message.components, forged)

        refused = await world.ana.click(receipt.response, custom_id=forged)

        assert "no longer" in read(refused)
        assert bens.what not in read(refused)


def _forge(components: list[dict[str, object]], custom_id: str) -> bool:
    """Give the first button another custom id."""
    for one in components:
        if "custom_id" in one:
            one["custom_id"] = custom_id
            return True
        inner = one.get("components")
        if isinstance(inner, list) and _forge(inner, custom_id):
            return True
    return False


async def test_in_direct_messages_all_servers_are_looked_at(
    simcord_env: simcord.Env, world: World
) -> None:
    second = simcord_env.create_guild("The Annex")
    hall = second.create_text_channel("hall")
    there = second.add_member(world.ana.user)
    await raised(world)
    form = await there.slash(hall, "concern raise")
    await there.submit_modal(form, typed(what="in the annex"))

    here = await world.ana.slash(world.general, "concern status")
    assert "The Reading Room" in read(here)
    everywhere = await world.ana.user.slash("concern status")
    assert len(options(everywhere)) == 2
    annex = next(one for one in options(everywhere) if one["value"].startswith(str(second.id)))
    opened = await world.ana.user.select(everywhere.response, [annex["value"]])
    assert "in the annex" in read(opened.response or opened)
    assert "The Annex" in read(opened.response or opened)


async def test_the_receipts_button_works_after_a_restart(world: World) -> None:
    done = await raised(world)
    await world.restart()

    shown = await world.ana.click(done.response, label="See where it stands")

    assert "Staff have not opened it yet." in read(shown)
    assert_nobody_is_pinged(world)


async def test_raising_in_direct_messages_with_one_server_needs_no_question(world: World) -> None:
    form = await world.ana.user.slash("concern raise")
    done = await world.ana.user.submit_modal(form, typed(what="from afar"))

    assert "Staff of The Reading Room" in read(done)
    assert (await own(world)).what == "from afar"


async def test_raising_in_direct_messages_with_several_servers_asks_which(
    simcord_env: simcord.Env, world: World
) -> None:
    second = simcord_env.create_guild("The Annex")
    second.add_member(world.ana.user)
    simcord_env.create_guild("Elsewhere")
    asked = await world.ana.user.slash("concern raise")
    assert {one["label"] for one in options(asked)} == {"The Reading Room", "The Annex"}

    form = await world.ana.user.select(asked.response, [str(second.id)])
    done = await world.ana.user.submit_modal(form, typed(what="for the annex"))

    assert "The Annex" in read(done)
    (mine,) = await world.desk.concerns.own([second.id], world.ana.id)
    assert mine.what == "for the annex"


async def test_raising_in_direct_messages_without_a_server_is_told_where_to_go(
    simcord_env: simcord.Env, world: World
) -> None:
    simcord_env.create_guild("Second")
    stranger = simcord_env.create_user("stranger")

    refused = await stranger.slash("concern raise")

    assert "cannot tell which server" in read(refused)
    assert len(world.env.errors) == 1


async def test_a_member_who_left_while_writing_gets_the_words_back(world: World) -> None:
    form = await world.ana.user.slash("concern raise")
    world.guild.remove_member(world.ana)

    refused = await world.ana.user.submit_modal(form, typed(what="too late"))

    assert "no longer in that server together" in read(refused)
    assert "too late" in read(refused)
    assert await world.desk.concerns.own([world.guild.id], world.ana.id) == ()


async def test_a_message_is_referred_to_and_never_copied(world: World) -> None:
    message = await world.ben.send(world.general, "something awful @everyone")

    form = await world.ana.context_menu(world.general, "Raise a concern", message)

    assert field(form, "link")["value"] == message.jump_url
    assert "awful" not in str(form.modal)
    await world.ana.submit_modal(form, typed(link=message.jump_url))
    case = await world.desk.triage.case(world.guild.id, (await own(world)).reference)
    assert case.link == message.jump_url
    assert "awful" not in f"{case.what}{case.wish}{case.about}"


async def test_of_an_own_message_the_form_says_that_it_gives_the_person_away(
    world: World,
) -> None:
    message = await world.ana.send(world.general, "mine")

    form = await world.ana.context_menu(world.general, "Raise a concern", message)

    assert form.modal is not None
    assert "staff would see it is yours" in str(form.modal)
    await world.ana.submit_modal(form, typed(link=None))
    assert (await own(world)).link == ""


WORDS = Words.load(ROOT / "config" / "locale")


@pytest.mark.parametrize("language", WORDS.languages)
def test_every_state_reason_kind_and_consent_has_its_words(language: str) -> None:
    has: Callable[[str], bool] = WORDS.tongue(language).has
    keys = [
        *(f"concern.state.{one}" for one in State),
        *(f"concern.reason.{one}" for one in CloseReason),
        *(f"concern.kind.{one}" for one in (*RAISABLE, "question")),
        *(f"concern.part.{one}" for one in Direction),
        *(f"consent.{one}" for one in Consent),
    ]
    assert [key for key in keys if not has(key)] == []
    assert Delivery.MAILBOX == "mailbox"
