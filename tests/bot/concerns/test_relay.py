"""Letters after they were sent, and files that come with them, on both databases."""

import pytest
from sqlalchemy import select

from bot.cleaning import CleanFile, Form
from bot.concerns import effects
from bot.concerns.attachments import MOST_A_LETTER, Attachments, NoSuchFile, old_files
from bot.concerns.keeping import AttachmentRow
from bot.concerns.model import CloseReason, Delivery, Draft, Kind, Letter, SignedAs, State
from bot.concerns.relay import Place, Relay, SomebodyElses, TakenBack
from bot.concerns.service import Concerns
from bot.concerns.troubles import ChangedMeanwhile
from bot.store import Store
from bot.store.audit import Audit
from bot.store.outbox import Outbox, OutboxRow
from bot.store.people import People
from bot.vault import Vault
from tests.conftest import StandingClock

GUILD, OTHER, ANA, SAM, TIM = 1, 9, 2, 3, 4


@pytest.fixture
def relay(
    store: Store, outbox: Outbox, people: People, vault: Vault, audit: Audit, clock: StandingClock
) -> Relay:
    """The ledger as staff use it."""
    return Relay(store, outbox, people, vault, audit, clock)


@pytest.fixture
async def reference(concerns: Concerns, relay: Relay) -> str:
    """A concern of Ana's that Sam has replied to, under his name."""
    raised = await concerns.raise_(
        guild_id=GUILD, reporter_id=ANA, draft=Draft(Kind.OTHER, "It happened"), intake="1"
    )
    await relay.reply(
        GUILD,
        raised.reference,
        SAM,
        "We wrote to them.",
        intake="2",
        then=State.WAITING,
        signed=SignedAs.NAMED,
        signature="Sam",
    )
    return raised.reference


async def letter(relay: Relay, reference: str, number: int = 0) -> Letter:
    """Return a letter of the case."""
    return (await relay.case(GUILD, reference)).letters[number]


async def delivered(relay: Relay, store: Store, reference: str, how: Delivery) -> None:
    """Do as the courier does when it has brought the letter as it stands."""
    carried = await relay.carried(GUILD, reference, (await letter(relay, reference)).id)
    assert carried is not None
    place = Place(71, 72) if how is Delivery.DELIVERED else None
    await store.write(lambda session: relay.brought(session, carried, how, place))


async def test_an_edit_is_brought_after_the_letter_and_its_past_is_for_staff(
    relay: Relay, concerns: Concerns, store: Store, outbox: Outbox, reference: str
):
    await delivered(relay, store, reference, Delivery.DELIVERED)
    first = await letter(relay, reference)
    with pytest.raises(SomebodyElses):
        await relay.edit(GUILD, reference, TIM, first.id, "Words of Tim's", seen=1)
    await relay.edit(GUILD, reference, SAM, first.id, "We asked them.", seen=1)
    with pytest.raises(ChangedMeanwhile):
        await relay.edit(GUILD, reference, SAM, first.id, "Something else", seen=1)
    case = await relay.case(GUILD, reference)
    assert [one.text for one in case.letters] == ["We asked them."]
    assert [one.text for one in case.past] == ["We wrote to them."]
    assert case.letters[0].delivery is Delivery.PENDING
    assert case.letters[0].outdated
    carried = await relay.carried(GUILD, reference, first.id)
    assert carried is not None
    assert carried.place == Place(71, 72)
    (own,) = await concerns.own([GUILD], ANA)
    assert (own.letters[0].text, own.letters[0].signature) == ("We asked them.", "Sam")
    kinds = [parcel.kind for parcel in await outbox.claim(100)]
    assert effects.LETTER in kinds  # the change waits behind it, in its lane
    assert effects.LETTER_CHANGED not in kinds


async def test_the_mailbox_changes_by_itself_and_what_was_unseen_never_was(
    relay: Relay, concerns: Concerns, store: Store, reference: str
):
    await delivered(relay, store, reference, Delivery.MAILBOX)
    one = await letter(relay, reference)
    await relay.edit(GUILD, reference, SAM, one.id, "Better words", seen=1)
    (own,) = await concerns.own([GUILD], ANA)
    assert [waiting.text for waiting in own.waiting] == ["Better words"]
    await relay.take_back(GUILD, reference, SAM, one.id)
    with pytest.raises(TakenBack):
        await relay.take_back(GUILD, reference, SAM, one.id)
    (own,) = await concerns.own([GUILD], ANA)
    assert own.letters == ()
    assert await concerns.waiting_letters([GUILD], ANA) == ()
    case = await relay.case(GUILD, reference)
    assert [past.text for past in case.past] == ["We wrote to them.", "Better words"]


async def test_whoever_is_left_without_an_answer_waits_for_staff_again(
    relay: Relay, concerns: Concerns, reference: str
):
    await relay.reply(GUILD, reference, SAM, "They answered.", intake="3")
    first, second = (await relay.case(GUILD, reference)).letters
    case = await relay.take_back(GUILD, reference, SAM, first.id)
    assert (case.state, case.due_at) == (State.ANSWERED, None)  # the second stands
    case = await relay.take_back(GUILD, reference, SAM, second.id)
    assert case.state is State.WORKING
    assert case.due_at is not None


async def test_what_a_reporter_changes_or_deletes_is_followed(
    relay: Relay, concerns: Concerns, reference: str
):
    await concerns.add(
        guild_id=GUILD,
        user_id=ANA,
        reference=reference,
        text="My neighbor Q. did it",
        intake="message:5",
        files=[CleanFile(Form.TEXT, b"log", "discord:1"), CleanFile(Form.TEXT, b"x", "discord:2")],
    )
    await relay.open(GUILD, reference, SAM)
    assert await relay.rewritten("message:5", "Somebody did it", files=["discord:2"])
    case = await relay.case(GUILD, reference)
    assert (case.letters[1].text, case.letters[1].edited) == ("Somebody did it", True)
    assert case.letters[1].delivery is Delivery.PENDING
    assert len(case.files) == 1
    assert case.state is State.WORKING
    assert await relay.removed("message:5")
    assert await relay.rewritten("message:5", "Back again")
    case = await relay.case(GUILD, reference)
    assert (case.letters[1].text, case.letters[1].taken_back) == ("", True)
    assert (case.files, case.past) == ((), ())
    assert not await relay.removed("message:6")


async def test_files_are_counted_kept_once_and_opened_by_their_own_staff(
    relay: Relay,
    concerns: Concerns,
    store: Store,
    people: People,
    audit: Audit,
    clock: StandingClock,
    reference: str,
):
    files = [CleanFile(Form.PNG, bytes([n]) * 50, f"discord:{n}") for n in range(6)]
    for _ in range(2):
        await concerns.add(
            guild_id=GUILD,
            user_id=ANA,
            reference=reference,
            text="",
            intake="message:5",
            files=files,
            receipt=b"sealed",
        )
    notes = (await letter(relay, reference, 1)).files
    assert [one.size for one in notes] == [50] * MOST_A_LETTER
    attachments = Attachments(store, people, audit, clock)
    opened = await attachments.open(GUILD, reference, SAM, notes[1].id)
    assert (opened.data, opened.name) == (b"\1" * 50, f"{reference}-{notes[1].id}.png")
    with pytest.raises(NoSuchFile):
        await attachments.open(OTHER, reference, SAM, notes[1].id)
    sealed = await store.read(lambda session: session.scalar(select(AttachmentRow.content)))
    assert sealed is not None
    assert b"\0" * 50 not in sealed
    rule = old_files(90)
    assert await store.read(lambda session: rule.count(session, clock())) == 0
    await relay.move(GUILD, reference, SAM, State.CLOSED, reason=CloseReason.RESOLVED)
    clock.move(days=91)
    assert await store.write(lambda session: rule.enforce(session, clock())) == MOST_A_LETTER
    assert (await relay.case(GUILD, reference)).files == ()


async def test_who_has_a_case_hears_once_until_they_look(
    relay: Relay, concerns: Concerns, store: Store, reference: str
):
    async def told() -> int:
        kinds = await store.read(lambda session: session.scalars(select(OutboxRow.kind)))
        return list(kinds).count(effects.HEARD)

    for number in range(3):
        await concerns.add(
            guild_id=GUILD, user_id=ANA, reference=reference, text="x", intake=f"message:{number}"
        )
    assert await told() == 1
    await relay.open(GUILD, reference, SAM)
    await concerns.add(
        guild_id=GUILD, user_id=ANA, reference=reference, text="x", intake="message:9"
    )
    assert await told() == 2
