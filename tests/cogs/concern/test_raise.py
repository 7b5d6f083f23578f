"""A member raises a concern, and hears that it was logged only when it was."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import simcord
import structlog

from bot.concerns.model import RAISABLE, Consent
from bot.platform.client import DeskClient
from tests.bot.platform.corpus import at_door
from tests.bot.platform.test_inert import ACTED_ON
from tests.cogs.concern.conftest import (
    STORY,
    chosen,
    close_direct_messages,
    deliver_again,
    edits_of_replies,
    field,
    letters,
    note,
    own,
    raised,
    typed,
)
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.conftest import StandingClock

Client = Callable[[], DeskClient]


async def test_a_member_raises_a_concern_and_gets_a_receipt_only_she_sees(world: World) -> None:
    form = await world.ana.slash(world.general, "concern raise")
    assert form.modal is not None
    assert len(form.modal["components"]) == 5
    assert [one["value"] for one in field(form, "kind")["options"]] == list(RAISABLE)
    assert chosen(form, "kind") == []
    assert chosen(form, "consent") == [Consent.NOTHING]
    assert "other people’s names and private details" in note(form, "what")

    done = await world.ana.submit_modal(form, typed())

    mine = await own(world)
    text = read(done)
    assert done.ephemeral
    assert f"### Logged as {mine.reference}" in text
    assert "Staff of The Reading Room will read it" in text
    assert "within 5 days" in text
    assert "`/concern status`" in text
    assert "does not show staff who you are" in text
    assert "**What you allowed**\nAnswer me, and count it without my words" in text
    assert labels(done) == ["See where it stands"]
    case = await world.desk.triage.case(world.guild.id, mine.reference)
    assert (case.kind, case.what, case.consent) == ("dataset", STORY, "count")
    assert (case.link, case.wish) == (
        "https://example.org/photo",
        "Please ask them to remove it.",
    )
    assert_nobody_is_pinged(world)


async def test_logged_is_said_after_the_commit_only(world: World, client: Client) -> None:
    await client().courier.stop()

    waiting = await raised(world)

    assert waiting.deferred
    assert "Logged" not in read(waiting)
    assert await own(world)


async def test_a_process_that_dies_before_the_receipt_delivers_it_at_its_next_start(
    world: World, client: Client
) -> None:
    await client().courier.stop()
    done = await raised(world)
    assert edits_of_replies(world) == []

    await world.restart()

    assert f"Logged as {(await own(world)).reference}" in read(done)
    await world.restart()
    assert len(edits_of_replies(world)) == 1
    assert done.followups == []
    assert letters(world.ana) == []


async def test_a_process_that_dies_after_telling_repeats_it_without_being_seen_twice(
    world: World, client: Client
) -> None:
    await client().courier.stop()
    done = await raised(world)
    claimed = await world.desk.outbox.claim()
    receipt = next(parcel for parcel in claimed if parcel.kind == "concern.receipt")
    await client().courier._handlers[receipt.kind](receipt)
    told = read(done)

    await world.desk.outbox.release_claims()
    await world.restart()

    assert len(edits_of_replies(world)) == 2
    assert "Logged as C-" in told
    assert read(done) == told
    assert done.followups == []
    assert letters(world.ana) == []


async def test_the_same_form_delivered_five_times_and_after_a_restart_is_one_concern(
    world: World,
) -> None:
    with structlog.testing.capture_logs() as lines:
        done = await raised(world)
        told = read(done)
        await deliver_again(world, 4)
        await world.restart()
        await deliver_again(world, 5)

    mine = await own(world)
    assert f"Logged as {mine.reference}" in told
    assert read(done) == told
    assert done.followups == []
    assert letters(world.ana) == []
    assert len(edits_of_replies(world)) == 1
    assert not [line for line in lines if line["event"].startswith("error.")]


async def test_five_deliveries_at_the_very_same_instant_are_one_concern(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = await world.ana.slash(world.general, "concern raise")
    emit = world.env.backend.emit

    def five_times(event: str, payload: object) -> None:
        for _ in range(5 if event == "INTERACTION_CREATE" else 1):
            emit(event, payload)

    monkeypatch.setattr(world.env.backend, "emit", five_times)
    done = await world.ana.submit_modal(form, typed())

    assert f"Logged as {(await own(world)).reference}" in read(done)
    assert done.followups == []
    assert len(edits_of_replies(world)) == 1


async def test_a_form_opened_before_a_restart_can_be_sent_after_it(world: World) -> None:
    form = await world.ana.slash(world.general, "concern raise")
    await world.restart()

    done = await world.ana.submit_modal(form, typed(what="typed before the restart"))

    assert "Logged as C-" in read(done)
    assert (await own(world)).what == "typed before the restart"


async def test_a_receipt_that_comes_too_late_for_its_reply_comes_by_direct_message(
    world: World, client: Client, clock: StandingClock
) -> None:
    await client().courier.stop()
    await raised(world)
    clock.move(minutes=15)

    await world.restart()

    (letter,) = letters(world.ana)
    assert f"Logged as {(await own(world)).reference}" in letter
    assert edits_of_replies(world) == []
    sent = next(body for body in reversed(world.sent) if body.get("nonce"))
    assert sent["enforce_nonce"]
    assert len(sent["nonce"]) <= 25
    assert_nobody_is_pinged(world)


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (401, 50027), (404, 10008)])
async def test_a_reply_that_is_gone_is_made_up_for_by_direct_message(
    world: World, status: int, code: int
) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=status, code=code)

    await raised(world)

    (letter,) = letters(world.ana)
    assert f"Logged as {(await own(world)).reference}" in letter


async def test_a_receipt_that_reaches_nobody_is_found_in_the_status(
    world: World, client: Client, clock: StandingClock
) -> None:
    await client().courier.stop()
    await raised(world)
    clock.move(minutes=20)
    close_direct_messages(world, world.ana)

    await world.restart()

    assert letters(world.ana) == []
    dead = await world.desk.outbox.dead_letters()
    assert "concern.receipt" not in {parcel.kind for parcel in dead}
    shown = await world.ana.slash(world.general, "concern status")
    assert (await own(world)).reference in read(shown)


async def test_a_server_without_staff_says_so_and_keeps_it(simcord_env: simcord.Env, world: World):
    other = simcord_env.create_guild("New server")
    channel = other.create_text_channel("general")
    cleo = other.add_member(simcord_env.create_user("cleo"))
    form = await cleo.slash(channel, "concern raise")

    done = await cleo.submit_modal(form, typed())

    assert "New server has not chosen its staff for the desk yet" in read(done)
    assert "It is kept" in read(done)


async def test_a_child_is_looked_at_first_and_the_receipt_says_so(world: World) -> None:
    done = await raised(world, kind=["child"])

    assert "read first" in read(done)
    assert "emergency number" in read(done)
    assert "https://childhelplineinternational.org/helplines/" in read(done)


async def test_who_says_that_somebody_is_in_danger_is_told_at_once_where_there_is_help(
    world: World,
) -> None:
    await world.desk.urgent_lane.tell(world.guild.id, {"en": "Call https://help.example now."})
    done = await raised(world, kind=["danger"])

    assert "Staff are being alerted now" in read(done)
    assert "**Help you can turn to right now**\nCall https://help.example now." in read(done)
    alerts = [one for one in world.staff_channel.history() if "needs somebody now" in read(one)]
    assert len(alerts) == 1
    assert_nobody_is_pinged(world)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"what": "\u200b \u2800"}, "no words in it yet"),
        ({"what": "\u3164\u115f"}, "no words in it yet"),
        ({"link": "javascript:alert(1)"}, "has to begin with https://"),
        ({"link": "example.org"}, "has to begin with https://"),
    ],
)
async def test_what_cannot_be_logged_comes_back_and_can_be_mended_in_one_press(
    world: World, changed: dict[str, str], sentence: str
) -> None:
    refused = await raised(world, **changed)

    text = read(refused)
    assert refused.ephemeral
    assert sentence in text
    assert "Please ask them to remove it." in text
    assert labels(refused) == ["Try again"]
    assert await world.desk.concerns.own([world.guild.id], world.ana.id) == ()

    form = await world.ana.click(refused.response, label="Try again")

    for name, value in typed(**changed).items():
        if isinstance(value, str):
            assert field(form, name)["value"] == value
        else:
            assert chosen(form, name) == value
    done = await world.ana.submit_modal(form, typed())
    assert "Logged as C-" in read(done)
    # The card that handed the words back is no longer there beside the receipt.
    assert refused.response is not None
    assert done.response is None or done.response.id == refused.response.id
    stored = world.env.backend.get_message(world.general.id, refused.response.id)
    assert "Logged as C-" in str(stored.components)


async def test_trying_again_after_a_restart_says_where_the_words_are(world: World) -> None:
    refused = await raised(world, link="nowhere")
    assert STORY in read(refused)
    await world.restart()

    form = await world.ana.click(refused.response, label="Try again")

    assert "value" not in field(form, "what")
    assert "copy them from the message above" in note(form, "what")


async def test_everything_comes_back_when_the_database_does_not_answer(
    world: World, tmp_path: Path
) -> None:
    form = await world.ana.slash(world.general, "concern raise")
    blocker = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")

    refused = await world.ana.submit_modal(form, typed(what="My story about <@1>"))

    text = read(refused)
    assert "cannot reach its records" in text
    every = ("My story about <@1>", "https://example.org/photo", "Please ask them to remove it.")
    assert "```\n" + "\n\n".join(every) + "\n```" in text
    blocker.execute("ROLLBACK")
    blocker.close()
    again = await world.ana.click(refused.response, label="Try again")
    done = await world.ana.submit_modal(again, typed(what=field(again, "what")["value"]))
    assert "Logged as C-" in read(done)
    assert (await own(world)).what == "My story about <@1>"


async def test_somebody_who_raises_too_much_is_told_and_keeps_the_text(
    world: World, clock: StandingClock
) -> None:
    limit = world.desk.settings.concerns.per_person_per_hour
    for number in range(limit):
        await raised(world, what=f"concern {number}")

    refused = await raised(world, what="one too many")

    assert f"{limit} concerns or questions within an hour" in read(refused)
    assert "one too many" in read(refused)
    assert "Logged as C-" in read(await raised(world, world.ben))


async def test_a_long_text_is_kept_whole_and_comes_back_whole(world: World) -> None:
    story = "word " * 799 + "last"
    refused = await raised(world, what=story, link="nowhere")

    (latest,) = refused.followups or [refused.response]
    assert [file.filename for file in latest.attachments] == ["what-you-typed.txt"]
    form = await world.ana.click(latest, label="Try again")
    assert field(form, "what")["value"] == story
    await world.ana.submit_modal(form, typed(what=story))
    assert (await own(world)).what == story


async def test_whatever_is_typed_is_kept_as_typed_and_acts_nowhere(
    world: World, clock: StandingClock
) -> None:
    for hostile in at_door(1):
        clock.move(hours=2)
        what = f"{hostile} said somebody"[-4000:]
        await raised(world, what=what, wish=hostile[:1000])
        shown = await world.ana.slash(world.general, "concern status")
        if options(shown):
            shown = await world.ana.select(shown.response, [options(shown)[0]["value"]])
        kept, *_ = await world.desk.concerns.own([world.guild.id], world.ana.id)
        assert kept.what == what.strip(), repr(hostile)
        wrote = read(shown).partition("**What you wrote**")[2].partition("\n-# Raised")[0]
        for line in (
            wrote.replace("**Your link**", "").replace("**What you would like**", "").split("\n")
        ):
            assert not ACTED_ON.search(line), repr(hostile)
    assert_nobody_is_pinged(world)


async def test_a_locale_the_desk_does_not_have_gets_english(
    world: World, speak: Callable[[str], None]
) -> None:
    speak("th")
    assert "Logged as C-" in read(await raised(world))


async def test_in_french_everything_is_french(world: World, speak: Callable[[str], None]) -> None:
    speak("fr")
    form = await world.ana.slash(world.general, "concern raise")
    assert form.modal is not None
    assert form.modal["title"] == "Faire un signalement"

    done = await world.ana.submit_modal(form, typed())

    assert f"Enregistré sous {(await own(world)).reference}" in read(done)


async def test_no_word_and_no_person_is_in_any_log_line(world: World) -> None:
    with structlog.testing.capture_logs() as lines:
        await raised(world)
        await raised(world, link="nowhere")
        await world.ana.slash(world.general, "concern status")

    logged = str(lines)
    assert "concern.logged" in logged
    for canary in ("portrait", "example.org", "remove it", str(world.ana.id), "ana"):
        assert canary not in logged, canary


async def test_a_channel_deleted_meanwhile_costs_nobody_their_receipt(
    world: World, client: Client
) -> None:
    await client().courier.stop()
    await raised(world)
    world.env.backend.delete_channel(world.general.id)

    await world.restart()

    (letter,) = letters(world.ana)
    assert "Logged as C-" in letter


async def test_many_people_at_once_each_get_their_own_receipt(world: World) -> None:
    people = [world.ana, world.ben, world.hana, world.sam]
    forms = [await person.slash(world.general, "concern raise") for person in people]
    results = []
    for person, form in zip(people, forms, strict=True):
        results.append(await person.submit_modal(form, typed(what=f"from {person.name}")))
    for person, result in zip(people, results, strict=True):
        mine = await own(world, person)
        assert mine.what == f"from {person.name}"
        assert mine.reference in read(result)
