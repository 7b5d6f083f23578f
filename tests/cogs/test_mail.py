"""E-mail both ways: what people write becomes a card; answers reach a real mail server."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.concerns.mail.model import Outcome
from bot.concerns.model import CloseReason, Delivery, State
from bot.settings import Settings
from bot.store.people import Address
from tests.bot.concerns.mail.corpus import PHOTO, TEXT, multipart, plain
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import cards, delivered, may_triage

ANA = Address("ana@example.org")


class Office:
    """What a mail server does with what it is handed: keeps it, or refuses as it is told."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: list[str] = []
        self.slow = False
        self.port = 0

    async def handle_DATA(  # noqa: N802 - aiosmtpd's own name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.slow:
            await asyncio.sleep(3)
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        letter = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        letter["X-To"] = ",".join(envelope.rcpt_tos)
        self.letters.append(letter)
        return "250 kept"


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    office, loop = Office(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(office, loop=loop), "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    yield office
    server.close()
    await server.wait_closed()


@pytest.fixture
def settings(settings: Settings, office: Office) -> Settings:
    """The desk's settings, with a mail server on this machine."""
    smtp = {"host": "127.0.0.1", "port": office.port, "security": "none", "timeout_seconds": 1}
    mail = {"address": "desk@desk.example", "smtp": smtp}
    return Settings.model_validate(
        {**settings.model_dump(), "database_url": settings.database_url, "mail": mail}
    )


async def take(world: World, raw: bytes) -> Outcome:
    outcome = await world.desk.postbox.take(raw)
    await delivered(world)
    return outcome


async def reference(world: World) -> str:
    (own,) = await world.desk.mail.own([world.guild.id], ANA)
    return own.reference


async def test_from_a_message_to_an_answer_and_back(world: World, office: Office) -> None:
    assert await take(world, multipart("multipart/mixed", TEXT, PHOTO)) is Outcome.RAISED
    ref = await reference(world)
    (card,) = cards(world)
    assert "Came by e-mail" in read(card)
    assert "1 attachment was not kept" in read(card)
    assert "ana@" not in read(card)
    (receipt,) = office.letters
    assert receipt["X-To"] == "ana@example.org"
    assert receipt["Subject"] == f"We have your message [{ref}]"
    assert receipt["In-Reply-To"] == "<multi@example.org>"
    assert receipt["Auto-Submitted"] == "auto-replied"
    body = receipt.get_content()
    assert ref in body
    assert "withdraw" in body
    assert "One attachment" in body
    assert "They trained" not in body

    await world.desk.triage.reply(
        world.guild.id, ref, world.sam.id, "Was it\nthis page? é", intake="r1"
    )
    await delivered(world)
    letter = office.letters[-1]
    assert "Was it\r\nthis page? é" in letter.get_content()
    assert letter["Auto-Submitted"] is None
    case = await world.desk.triage.case(world.guild.id, ref)
    assert case.letters[0].delivery is Delivery.DELIVERED

    quoted = "\n".join(f"> {line}" for line in letter.get_content().splitlines())
    answered = f"In-Reply-To: {letter['Message-ID']}\r\n".encode()
    back = plain(
        f"Yes, it was.\n\nOn 13 March 2026 Desk wrote:\n{quoted}", headers=answered, id_="2@x.org"
    )
    assert await take(world, back) is Outcome.ADDED
    case = await world.desk.triage.case(world.guild.id, ref)
    assert case.letters[-1].text == "Yes, it was."

    withdrawn = plain(f"withdraw\n\n{quoted}", headers=answered, id_="3@x.org")
    assert await take(world, withdrawn) is Outcome.WITHDRAWN
    case = await world.desk.triage.case(world.guild.id, ref)
    assert (case.state, case.close_reason) == (State.CLOSED, CloseReason.WITHDRAWN)
    assert "taken back" in office.letters[-1].get_content()
    assert_nobody_is_pinged(world)


async def test_news_comes_by_mail_once_in_the_writer_s_language(
    world: World, office: Office
) -> None:
    assert await take(world, plain("Ma photo", headers=b"Content-Language: fr\r\n"))
    ref = await reference(world)
    guild, sam, triage = world.guild.id, world.sam.id, world.desk.triage

    await triage.open(guild, ref, sam)
    await triage.move(guild, ref, sam, State.CLOSED, reason=CloseReason.RESOLVED)
    await delivered(world)

    letters = [letter.get_content() for letter in office.letters]
    french, english = (world.desk.words.tongue(one) for one in ("fr", "en"))
    closed = french("concern.reason.resolved")
    assert closed != english("concern.reason.resolved")
    assert [closed in "".join(one.splitlines()) for one in letters].count(True) == 1
    case = await triage.case(guild, ref)
    assert {one.delivery for one in case.news} == {Delivery.DELIVERED}


async def test_a_server_that_is_busy_gets_the_same_letter_again(
    world: World, office: Office, clock
) -> None:
    office.answers = ["451 try again later"]
    await take(world, plain())
    assert office.letters == []
    assert (await world.desk.outbox.depth()).pending == 1
    clock.move(minutes=2)
    world.env.bot.courier.wake()
    await delivered(world)
    assert len(office.letters) == 1
    assert (await world.desk.outbox.depth()).pending == 0


async def test_a_server_that_refuses_is_shown_to_staff(world: World, office: Office) -> None:
    await take(world, plain())
    ref = await reference(world)
    office.answers = ["550 no such user"]
    await world.desk.triage.reply(world.guild.id, ref, world.sam.id, "Hello", intake="r1")
    await delivered(world)
    case = await world.desk.triage.case(world.guild.id, ref)
    assert case.letters[0].delivery is Delivery.BOUNCED
    (dead,) = await world.desk.outbox.dead_letters(world.guild.id)
    assert dead.trouble is not None
    assert "550" in dead.trouble
    assert "ana" not in dead.trouble
    shown = [read(message) for message in world.staff_channel.history()]
    assert any("came back" in text for text in shown)
    assert any("550" in text for text in shown)


async def test_a_server_that_is_silent_or_away_is_tried_again(
    world: World, office: Office, clock
) -> None:
    office.slow = True
    await take(world, plain())
    depth = await world.desk.outbox.depth()
    assert (depth.pending, depth.dead, office.letters) == (1, 0, [])
    office.slow = False
    clock.move(minutes=2)
    world.env.bot.courier.wake()
    await delivered(world)
    assert [one["Message-ID"] for one in office.letters][:1]
    assert (await world.desk.outbox.depth()).pending == 0


async def test_what_could_not_be_logged_is_read_and_logged_by_staff(
    world: World, office: Office
) -> None:
    may_triage(world, world.staff_role, world.helper_role)
    raw = plain("Hello **all** @everyone", headers=b"List-Id: <x.example>\r\n")
    assert await take(world, raw) is Outcome.HELD
    assert "/triage mail" in read(world.staff_channel.history()[-1])
    assert "for staff" in read(await world.hana.slash(world.general, "triage mail"))

    listed = await world.sam.slash(world.staff_channel, "triage mail")
    assert "mailing list" in read(listed)
    assert "Hello" not in read(listed)
    value = options(listed)[0]["value"]
    opened = await world.sam.select(listed.response, [value])
    assert "Hello" in read(opened)
    assert labels(opened) == ["Log as a concern", "Done with it"]
    await world.sam.click(opened.response, label="Log as a concern")
    await delivered(world)
    ref = await reference(world)
    assert "Hello" in (await world.desk.triage.case(world.guild.id, ref)).what
    assert len(office.letters) == 1
    again = await world.sam.slash(world.staff_channel, "triage mail")
    assert "Nothing waits" in read(again)
    assert_nobody_is_pinged(world)
    assert len(world.env.errors) == 1


async def test_exporting_and_erasing_reach_whoever_wrote_by_mail(
    world: World, office: Office, tmp_path: Path
) -> None:
    await take(world, plain("A canary of mine"))
    ref = await reference(world)
    export = await world.desk.privacy.export(ANA)
    assert export.servers[0]["you"] == "ana@example.org"
    assert "A canary of mine" in str(export.servers[0]["concerns"])
    await world.desk.triage.reply(world.guild.id, ref, world.sam.id, "On its way", intake="r1")
    await world.desk.privacy.erase(ANA)
    await delivered(world)
    case = await world.desk.triage.case(world.guild.id, ref)
    assert case.erased
    assert await world.desk.mail.own([world.guild.id], ANA) == ()
