"""Cards through all that can happen to them: deleted, moved, refused, restarted, hostile words."""

import discord
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.concerns.model import (
    REPLY_LIMIT,
    Case,
    CloseReason,
    Consent,
    Delivery,
    Direction,
    Event,
    Kind,
    Letter,
    State,
)
from bot.platform import limits
from bot.store.notices import staff_notice
from bot.words import Words
from cogs.triage import show
from tests.bot.platform.corpus import HOSTILE, at_door
from tests.bot.platform.test_inert import ACTED_ON
from tests.cogs.conftest import World, assert_nobody_is_pinged, read
from tests.cogs.triage import card, cards, deliver, delivered, posted, raised
from tests.conftest import ROOT, StandingClock

T = Words.load(ROOT / "config" / "locale").english


async def test_a_card_deleted_by_hand_comes_back_when_the_case_changes(world: World) -> None:
    reference = await raised(world)
    world.env.backend.delete_message(world.staff_channel.id, card(world).id)

    await world.desk.triage.claim(world.guild.id, reference, world.sam.id)
    await delivered(world)

    assert f"<@{world.sam.id}> has it" in read(card(world))


async def test_a_card_deleted_by_hand_comes_back_when_somebody_opens_the_case(
    world: World,
) -> None:
    reference = await raised(world)
    await world.desk.triage.open(world.guild.id, reference, world.sam.id)
    await delivered(world)
    world.env.backend.delete_message(world.staff_channel.id, card(world).id)

    press = f"cp1:case:show:{reference}"
    await world.sam.click(posted(world, press), custom_id=press)
    await delivered(world)

    assert reference in read(card(world))


async def test_a_card_deleted_while_the_desk_was_away_comes_back_at_its_start(
    world: World,
) -> None:
    kept, gone = await raised(world, "kept"), await raised(world, "gone")
    there = card(world, kept).id
    world.env.backend.delete_message(world.staff_channel.id, card(world, gone).id)

    await world.restart()
    await deliver(world.env)

    assert card(world, kept).id == there
    assert gone in read(card(world, gone))
    again = [one for one in world.env.http_requests if one.method == "PATCH"]
    assert not [one for one in again if str(there) in one.path], "what is there is left alone"


async def test_a_retry_cannot_post_a_card_twice(world: World) -> None:
    # What is tried again later than that is not waited for.
    world.env.settle_timeout = 10.0
    world.env.inject_error("POST", "/channels/*/messages", status=502, times=5)
    reference = await raised(world)
    assert not cards(world)
    assert (await world.desk.outbox.depth()).pending == 1

    world.env.backend.faults.clear()
    _clock(world).move(minutes=1)
    world.env.bot.courier.wake()
    await deliver(world.env)

    assert reference in read(card(world))
    nonces = [
        (one.json["nonce"], one.json["enforce_nonce"])
        for one in world.env.http_requests
        if one.method == "POST" and one.path == f"/channels/{world.staff_channel.id}/messages"
    ]
    assert len(nonces) >= 2
    assert len(set(nonces)) == 1, "Discord answers the second with the message of the first"
    assert nonces[0][1] is True
    assert len(nonces[0][0]) <= 25


def _clock(world: World) -> StandingClock:
    clock = world.desk.clock
    assert isinstance(clock, StandingClock)
    return clock


async def test_an_older_effect_shows_the_case_as_it_stands_now(world: World) -> None:
    # What is tried again later than that is not waited for.
    world.env.settle_timeout = 10.0
    world.env.inject_error("POST", "/channels/*/messages", status=502, times=5)
    reference = await raised(world)
    await world.desk.triage.claim(world.guild.id, reference, world.sam.id)
    await delivered(world)

    world.env.backend.faults.clear()
    _clock(world).move(minutes=1)
    world.env.bot.courier.wake()
    await deliver(world.env)

    first = next(
        one
        for one in reversed(world.env.http_requests)
        if one.method == "POST" and one.path == f"/channels/{world.staff_channel.id}/messages"
    )
    assert "has it" in str(first.json), "the effect of version 1 already shows the claim"
    assert f"<@{world.sam.id}> has it" in read(card(world))


async def test_the_channel_being_gone_is_a_dead_letter_and_no_notice(world: World) -> None:
    world.env.backend.delete_channel(world.staff_channel.id)

    await raised(world)

    (dead,) = await world.desk.outbox.dead_letters(world.guild.id)
    assert dead.kind == "concern.card"
    assert dead.trouble == "staff channel: it was deleted; /setup chooses another"
    assert (await world.desk.outbox.depth()).pending == 0


async def test_a_missing_permission_is_named_in_the_dead_letter(world: World) -> None:
    world.env.backend.set_overwrite(
        world.staff_channel.id, _deny(world, discord.Permissions(attach_files=True))
    )

    await raised(world)

    (dead,) = await world.desk.outbox.dead_letters(world.guild.id)
    assert dead.trouble == "staff channel: the desk lacks Attach Files there"


def _deny(world: World, what: discord.Permissions) -> Overwrite:
    return Overwrite(
        target_id=world.env.backend.bot_user.id,
        type=OverwriteType.MEMBER,
        allow=0,
        deny=what.value,
    )


async def test_what_discord_refuses_for_good_is_told_to_staff(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=400, code=50035)

    reference = await raised(world)

    (notice,) = world.staff_channel.history()
    assert f"The card of {reference} could not be shown" in read(notice)
    assert "Discord refused: 400, code 50035" in read(notice)
    assert_nobody_is_pinged(world)


async def test_a_notice_is_a_card_with_inert_words(world: World) -> None:
    notice = staff_notice(
        world.guild.id, "knowledge.broken", once="x", faults="a.yaml, line 3: <@1> *x*"
    )
    await world.desk.store.write(lambda session: world.desk.outbox.post(session, notice))
    await world.desk.store.write(lambda session: world.desk.outbox.post(session, notice))
    await delivered(world)

    (shown,) = world.staff_channel.history()
    assert "a.yaml, line 3: \\<\\@1\\> \\*x\\*" in read(shown)
    assert "-# Notice to staff" in read(shown)
    assert_nobody_is_pinged(world)


async def test_buttons_of_earlier_processes_and_releases_work(world: World) -> None:
    reference = await raised(world)
    card_before = card(world)
    await world.restart()
    await deliver(world.env)

    # The custom ids as the first release wrote them: they may never change their meaning.
    released = {
        "claim": "is yours",
        "release": "is free for somebody else",
        "status": "Status of",
        "close": "Close ",
        "show": "What happened",
    }
    for action, words in released.items():
        custom_id = f"cp1:case:{action}:{reference}"
        pressed = await world.sam.click(posted(world, custom_id), custom_id=custom_id)
        assert words in read(pressed), action
    form = await world.sam.click(card_before, label="Reply")
    await world.restart()
    done = await world.sam.submit_modal(form, {"text": "After the restart", "then": ["working"]})
    assert "is kept and on its way" in read(done)
    menu = await world.sam.click(card_before, label="Status")
    await world.restart()
    moved = await world.sam.select(menu.response, ["waiting"])
    assert "now stands at: Waiting for the reporter" in read(moved)
    assert len(cards(world)) == 1


async def test_who_looked_before_a_change_is_told_who_changed_it(world: World) -> None:
    reference = await raised(world)
    menu = await world.sam.click(card(world), label="Status")
    reasons = await world.sam.click(card(world), label="Close")
    await world.desk.triage.claim(world.guild.id, reference, world.hana.id)

    for shown, value in ((menu, "answered"), (reasons, "resolved")):
        refused = await world.sam.select(shown.response, [value])
        assert f"Not done: <@{world.hana.id}> changed it after you looked" in read(refused)
        assert "It now stands at In progress" in read(refused)
    case = await world.desk.triage.case(world.guild.id, reference)
    assert case.state is State.WORKING
    assert_nobody_is_pinged(world)


async def test_a_move_the_ledger_does_not_have_names_those_it_has(world: World) -> None:
    reference = await raised(world)
    press = f"cp1:case:reopen:{reference}"

    refused = await world.sam.click(posted(world, press), custom_id=press)

    assert read(refused) == (
        "It stands at New, and from there it can go to: "
        "Read, In progress, Waiting for the reporter, Answered, Closed."
    )


async def test_what_is_long_comes_whole_as_a_file(world: World) -> None:
    what = "The whole story, *again*. " * 150
    reference = await raised(world, what[:4000], wish="w" * 1000)
    assert "Shortened. Show has the rest." in read(card(world))

    shown = await world.sam.click(card(world), label="Show")

    latest = shown.followups[-1] if shown.followups else shown.response
    assert [file.filename for file in latest.attachments] == [f"{reference}.txt"]
    assert "Too long for Discord: the file has every word." in read(shown)


async def test_hostile_words_are_inert_on_card_and_in_full(
    world: World, clock: StandingClock
) -> None:
    for number, hostile in enumerate(at_door(0)):
        if number % 5 == 0:
            clock.move(hours=2)
        what = f"{hostile} x".encode("utf-8", "replace").decode()[:4000]
        reference = await raised(world, what, wish=what[:1000])
        shown = await world.sam.click(card(world, reference), label="Show")
        for text in (read(card(world, reference)), read(shown)):
            own = text.replace("<t:", "").replace("<@", "").replace("### ", "").replace("**", "")
            words = own.split("What happened\n")[1].split("\nConsent\n")[0]
            assert not ACTED_ON.search(words.replace("\nWhat they would like\n", "\n")), hostile
    assert_nobody_is_pinged(world)


def test_every_word_a_card_can_need_is_there() -> None:
    for state in State:
        assert T(f"triage.state.{state}")
        assert T(f"triage.state.{state}.note")
    for kind in Kind:
        assert T(f"triage.kind.{kind}")
    for consent in Consent:
        assert T(f"triage.consent.{consent}")
    for reason in CloseReason:
        assert T(f"triage.reason.{reason}")
        assert T(f"triage.reason.{reason}.note")
    for delivery in Delivery:
        assert T(f"triage.delivery.{delivery}")


_NOW = StandingClock()()
_TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=4000))
_LETTERS = st.builds(
    Letter,
    id=st.just(1),
    direction=st.sampled_from(Direction),
    text=st.text(max_size=REPLY_LIMIT),
    at=st.just(_NOW),
    by=st.one_of(st.none(), st.just(2**63)),
    delivery=st.sampled_from(Delivery),
)
_EVENTS = st.builds(
    Event,
    at=st.just(_NOW),
    what=st.sampled_from(["raised", "claimed", "released", "replied", "something new"]),
    by=st.one_of(st.none(), st.just(2**63)),
)
_CASES = st.builds(
    Case,
    guild_id=st.just(1),
    reference=st.just("C-7K4Q-2M"),
    kind=st.sampled_from(Kind),
    state=st.sampled_from(State),
    close_reason=st.one_of(st.none(), st.sampled_from(CloseReason)),
    consent=st.sampled_from(Consent),
    what=_TEXT,
    link=st.text(max_size=500),
    wish=st.text(max_size=1000),
    about=st.text(max_size=120),
    erased=st.booleans(),
    raised_at=st.just(_NOW),
    changed_at=st.just(_NOW),
    claimed_by=st.one_of(st.none(), st.just(2**63)),
    version=st.just(2**31),
    letters=st.lists(_LETTERS, max_size=12).map(tuple),
    events=st.lists(_EVENTS, max_size=40).map(tuple),
)


@settings(suppress_health_check=list(HealthCheck))
@given(_CASES)
def test_no_case_exceeds_discord_s_limits(case: Case) -> None:
    for made in (
        show.case_card(T, case),
        show.full_card(T, case),
        show.status_menu(T, case),
        show.close_menu(T, case),
    ):
        view = made.view()
        texts = [one.content for one in view.walk_children() if hasattr(one, "content")]
        assert sum(map(limits.units, texts)) <= limits.TEXT
        assert all(texts)
        assert len(list(view.walk_children())) <= limits.COMPONENTS
        for one in view.walk_children():
            custom_id = getattr(one, "custom_id", None)
            assert custom_id is None or len(custom_id) <= limits.CUSTOM_ID
        for file in made.files():
            file.fp.read().decode()
