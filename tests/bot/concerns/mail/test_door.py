"""The e-mail door on both databases: each message once, nobody in another's case, nothing lost."""

import asyncio
import io
import mailbox
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from bot.concerns.mail.boxes import BoxTrouble
from bot.concerns.mail.door import MailDoor
from bot.concerns.mail.model import NoSuchMail, Outcome, Why
from bot.concerns.mail.naming import id_of
from bot.concerns.mail.quoting import marker
from bot.concerns.model import CloseReason, Consent, Delivery, Door, State
from bot.concerns.troubles import TooMany
from bot.guilds import Guilds
from bot.settings import Mail
from bot.store.outbox import OutboxRow
from bot.store.people import Address
from bot.workflows.postbox import PostBox
from tests.bot.concerns.mail.corpus import (
    PHOTO,
    STORY,
    TEXT,
    bounce,
    multipart,
    part,
    plain,
)

GUILD, STAFF = 1, 7
ANA, EVE = Address("ana@example.org"), Address("eve@example.net")
FROM_EVE = b"From: eve@example.net\r\n"


@pytest.fixture
def door(store, outbox, people, vault, clock, randomness) -> MailDoor:
    return MailDoor(
        store,
        outbox,
        people,
        vault,
        clock,
        randomness,
        per_hour=20,
        mails_per_hour=200,
        own_address="desk@desk.example",
        keeps_files=True,
    )


async def kinds(store) -> list[str]:
    return list(await store.read(lambda s: s.scalars(select(OutboxRow.kind))))


async def only(door: MailDoor, who: Address = ANA):
    (own,) = await door.own([GUILD], who)
    return own


def answer(vault, reference: str, text: str, what: str = "receipt-1", **more) -> bytes:
    """Return an answer to one of the desk's letters, as a program for mail makes it."""
    sent = id_of(vault, GUILD, reference, what, "desk.example")
    quoted = f"On 13 March 2026, Desk wrote:\n> {marker('Above', reference)}\n> Old\n"
    headers = f"In-Reply-To: <{sent}>\r\nReferences: <{sent}>\r\n".encode()
    more.setdefault("subject", f"Re: We have your message [{reference}]")
    more.setdefault("id_", f"{abs(hash(text))}@example.org")
    return plain(f"{text}\n\n{quoted}", headers=headers, **more)


async def test_a_message_becomes_one_concern_however_often_it_comes(door, store, triage):
    raw = plain()
    first = await asyncio.gather(*(door.take(GUILD, raw) for _ in range(3)))
    assert sorted(first) == sorted([Outcome.RAISED, Outcome.REPEATED, Outcome.REPEATED])
    # By another way, with other traces and line ends, it is the same message still.
    other = b"Received: from elsewhere\n" + raw.replace(b"\r\n", b"\n")
    assert await door.take(GUILD, other) is Outcome.REPEATED

    own = await only(door)
    assert (own.what, own.consent) == (f"My photo\n\n{STORY}", Consent.NOTHING)
    case = await triage.case(GUILD, own.reference)
    assert (case.door, case.anonymous) == (Door.MAIL, False)
    assert sorted(await kinds(store)) == ["concern.card", "concern.receipt"]
    assert await door.own([2], ANA) == ()


async def test_the_same_id_with_other_words_is_another_message(door):
    await door.take(GUILD, plain())
    assert await door.take(GUILD, plain("Something else")) is Outcome.RAISED


async def test_an_answer_lands_in_the_case_without_what_it_quotes(door, vault, triage):
    await door.take(GUILD, plain())
    reference = (await only(door)).reference
    assert await door.take(GUILD, answer(vault, reference, "And one thing more.")) is Outcome.ADDED
    # A program that keeps no ids still has the subject, and the address is the reporter's.
    bare = plain("By the subject", subject=f"Hello {reference.lower()}", id_="b@example.org")
    assert await door.take(GUILD, bare) is Outcome.ADDED
    letters = (await triage.case(GUILD, reference)).letters
    assert [letter.text for letter in letters] == ["And one thing more.", "By the subject"]


async def test_nobody_gets_into_somebody_elses_case(door, vault, triage):
    await door.take(GUILD, plain())
    reference = (await only(door)).reference
    by_subject = plain("Show me", subject=f"[{reference}]", sender=FROM_EVE, id_="e1@example.net")
    assert await door.take(GUILD, by_subject) is Outcome.RAISED
    stolen = answer(vault, reference, "withdraw", sender=FROM_EVE)
    assert await door.take(GUILD, stolen) is Outcome.RAISED

    case = await triage.case(GUILD, reference)
    assert (case.letters, case.state) == ((), State.RECEIVED)
    hers = await door.own([GUILD], EVE)
    assert len(hers) == 2
    abouts = {(await triage.case(GUILD, one.reference)).about for one in hers}
    assert abouts == {reference}


async def test_withdrawing_takes_the_desks_own_letter_to_answer(door, vault, triage):
    await door.take(GUILD, plain())
    reference = (await only(door)).reference
    guessed = plain("withdraw", subject=f"[{reference}]", id_="w1@example.org")
    assert await door.take(GUILD, guessed) is Outcome.ADDED
    forged = f"<{reference}.receipt-1.{'A' * 26}@desk.example>"
    made_up = plain(
        "withdraw",
        subject=f"[{reference}]",
        id_="w2@example.org",
        headers=f"In-Reply-To: {forged}\r\n".encode(),
    )
    assert await door.take(GUILD, made_up) is Outcome.ADDED
    assert (await only(door)).state is not State.CLOSED

    assert await door.take(GUILD, answer(vault, reference, "Withdraw.")) is Outcome.WITHDRAWN
    own = await only(door)
    assert (own.state, own.close_reason) == (State.CLOSED, CloseReason.WITHDRAWN)
    # Whoever writes again after that raises something new.
    assert await door.take(GUILD, answer(vault, reference, "Another story")) is Outcome.RAISED


async def test_an_answer_to_what_was_closed_opens_it_again(door, vault, triage, clock):
    await door.take(GUILD, plain())
    reference = (await only(door)).reference
    await triage.move(GUILD, reference, STAFF, State.CLOSED, reason=CloseReason.RESOLVED)
    raw = answer(vault, reference, "It is not resolved.")
    assert await door.take(GUILD, raw) is Outcome.ADDED
    assert (await only(door)).state is not State.CLOSED

    await triage.move(GUILD, reference, STAFF, State.CLOSED, reason=CloseReason.RESOLVED)
    assert await door.take(GUILD, raw) is Outcome.REPEATED
    assert (await only(door)).state is State.CLOSED
    clock.move(days=40)
    assert await door.take(GUILD, answer(vault, reference, "A year on")) is Outcome.RAISED


async def test_a_bounce_marks_the_letter_and_one_made_up_does_not(door, vault, triage, store):
    await door.take(GUILD, plain())
    reference = (await only(door)).reference
    case = await triage.reply(GUILD, reference, STAFF, "Our answer", intake="i1")
    letter = case.letters[0]
    made_up = f"{reference}.letter-{letter.id}.{'x' * 26}@desk.example"
    assert await door.take(GUILD, bounce(made_up)) is Outcome.BOUNCE
    assert (await triage.case(GUILD, reference)).letters[0].delivery is Delivery.PENDING

    real = id_of(vault, GUILD, reference, f"letter-{letter.id}", "desk.example")
    for raw in (bounce(real), bounce(real).replace(b"dsn-1", b"dsn-2")):
        assert await door.take(GUILD, raw) is Outcome.BOUNCE
    case = await triage.case(GUILD, reference)
    assert case.letters[0].delivery is Delivery.BOUNCED
    assert [event.what for event in case.events].count("bounced") == 1
    assert (await kinds(store)).count("staff.notice") == 1
    assert len(await door.own([GUILD], ANA)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        plain(headers=b"Auto-Submitted: auto-replied\r\n"),
        plain(sender=b"From: desk@desk.example\r\n"),
    ],
)
async def test_what_no_person_wrote_is_not_logged(door, store, raw):
    assert await door.take(GUILD, raw) is Outcome.AUTO
    assert await kinds(store) == []


async def test_what_cannot_be_read_waits_for_staff_whole(door, audit, triage, store):
    sealed = multipart("multipart/mixed", part("application/pkcs7-mime; name=smime.p7m", b"\x30"))
    nobody = plain("Who am I?", sender=b"")
    lists = plain("Hello all", headers=b"List-Id: <x.example>\r\n", id_="l@example.org")
    assert await door.take(GUILD, sealed) is Outcome.RAISED
    assert await door.take(GUILD, nobody) is Outcome.HELD
    assert await door.take(GUILD, lists) is Outcome.HELD

    held, count = await door.held(GUILD)
    assert count == 3
    assert [one.why for one in held] == [Why.ENCRYPTED, Why.SENDER, Why.LIST]
    assert held[0].concern == (await only(door)).reference
    assert [one.known for one in held] == [True, False, True]
    assert (await door.held(2)) == ((), 0)
    opened = await door.open_held(audit, GUILD, held[1].reference, STAFF)
    assert opened.raw == nobody
    assert opened.text == "Who am I?"
    with pytest.raises(NoSuchMail):
        await door.open_held(audit, 2, held[1].reference, STAFF)
    with pytest.raises(NoSuchMail):
        await door.log_held(audit, GUILD, held[1].reference, STAFF)
    receipt = await door.log_held(audit, GUILD, held[2].reference, STAFF)
    assert (await triage.case(GUILD, receipt.reference)).what == "My photo\n\nHello all"
    await door.done_held(audit, GUILD, held[1].reference, STAFF)
    assert (await door.held(GUILD))[1] == 1
    # One notice a day, however many messages came.
    assert (await kinds(store)).count("staff.notice") == 1


async def test_long_and_empty_messages_and_attachments(door, triage, audit):
    long = "A very long story. " * 20_000
    assert await door.take(GUILD, plain(long, subject="")) is Outcome.RAISED
    own = await only(door)
    assert len(own.what) == 100_000
    (held,), _count = await door.held(GUILD)
    assert (held.why, held.concern) == (Why.LONG, own.reference)
    opened = await door.open_held(audit, GUILD, held.reference, STAFF)
    assert opened.text.strip() == long.strip()
    assert await door.take(GUILD, plain("", subject="", id_="e@e.example")) is Outcome.EMPTY
    with_photo = multipart("multipart/mixed", TEXT, PHOTO).replace(
        b"Ana@Example.org", b"b@b.example"
    )
    assert await door.take(GUILD, with_photo) is Outcome.RAISED
    hers = await only(door, Address("b@b.example"))
    detail = (await triage.case(GUILD, hers.reference)).events[0].detail
    assert detail == {"attachments": "1", "types": "image/jpeg"}  # it is no picture at all


async def test_a_picture_is_kept_beside_the_words_and_a_pdf_is_not(door, triage, vault):
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    picture = part(
        "image/png", drawn.getvalue(), 'Content-Disposition: attachment; filename="a.png"'
    )
    raw = multipart("multipart/mixed", TEXT, picture, part("application/pdf", b"%PDF-1.7"))
    assert await door.take(GUILD, raw) is Outcome.RAISED
    case = await triage.case(GUILD, (await only(door)).reference)
    assert len(case.files) == 1
    assert case.events[0].detail == {"attachments": "1", "types": "application/pdf"}


async def test_a_sender_who_writes_too_much_waits_and_gets_few_receipts(door, store):
    for number in range(20):
        await door.take(GUILD, plain(f"Number {number}"))
    with pytest.raises(TooMany):
        await door.take(GUILD, plain("One too many"))
    assert (await kinds(store)).count("concern.receipt") == 5
    assert await door.take(GUILD, plain("Hers", sender=FROM_EVE)) is Outcome.RAISED


@pytest.fixture
def postbox(door, store, outbox, clock, tmp_path: Path) -> PostBox:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    settings = Mail(
        guild_id=GUILD, maildir=tmp_path / "box", mbox=tmp_path / "desk.mbox", max_megabytes=1
    )
    return PostBox(settings, door, Guilds(store, clock), store, outbox)


async def test_a_maildir_and_an_mbox_are_emptied_once(postbox, door, tmp_path: Path, store):
    new, cur = tmp_path / "box" / "new", tmp_path / "box" / "cur"
    (new / "1.a").write_bytes(plain())
    (new / "2.b:2,").write_bytes(plain("Second"))
    (new / "3.large").write_bytes(plain("x" * 1_100_000))
    (new / "4.link").symlink_to("/etc/hostname")
    box = mailbox.mbox(tmp_path / "desk.mbox")
    for number in range(3):
        box.add(plain(f"From the mbox {number}", sender=FROM_EVE).replace(b"\r\n", b"\n"))
    box.flush()
    box.close()
    before = (tmp_path / "desk.mbox").read_bytes()

    assert await postbox.look() == 5
    assert await postbox.look() == 0
    assert sorted(one.name for one in cur.iterdir()) == ["1.a:2,S", "2.b:2,S"]
    assert sorted(one.name for one in new.iterdir()) == ["3.large", "4.link"]
    assert len(await door.own([GUILD], ANA)) == 2
    assert len(await door.own([GUILD], EVE)) == 3
    after = (tmp_path / "desk.mbox").read_bytes()
    assert after.replace(b"Status: RO\n", b"") == before
    assert not list(tmp_path.glob("*.lock"))
    assert (await kinds(store)).count("staff.notice") == 1


class Faulty(MailDoor):
    """A door that has a fault at one message."""

    async def take(self, guild_id: int, raw: bytes) -> Outcome:
        """Fail at it."""
        if b"trips" in raw:
            raise IndexError
        return await super().take(guild_id, raw)


async def test_one_message_that_fails_keeps_nobody_elses_waiting(
    postbox, door, tmp_path: Path, store
):
    (tmp_path / "desk.mbox").touch()
    door.__class__ = Faulty
    new = tmp_path / "box" / "new"
    (new / "1.a").write_bytes(plain("trips"))
    (new / "2.b").write_bytes(plain("And mine?"))
    assert [await postbox.look() for _ in "12"] == [1, 0]
    assert (await only(door)).what.endswith("And mine?")
    assert [one.name for one in new.iterdir()] == ["1.a"], "it stays where it is"
    assert (await kinds(store)).count("staff.notice") == 1


async def test_a_box_that_somebody_else_has_locked_is_left_alone(postbox, tmp_path: Path):
    box = mailbox.mbox(tmp_path / "desk.mbox")
    box.add(plain())
    box.flush()
    (tmp_path / "desk.mbox.lock").touch()
    with pytest.raises(BoxTrouble, match=r"mail\.mbox"):
        await postbox.look()
    (tmp_path / "desk.mbox.lock").unlink()
    assert await postbox.look() == 1
    box.close()


async def test_a_message_that_was_committed_and_not_moved_is_not_taken_again(
    postbox, door, tmp_path: Path
):
    (tmp_path / "desk.mbox").touch()
    await door.take(GUILD, plain())
    (tmp_path / "box" / "new" / "1.a").write_bytes(plain())
    await postbox.look()
    assert len(await door.own([GUILD], ANA)) == 1
    assert not list((tmp_path / "box" / "new").iterdir())
