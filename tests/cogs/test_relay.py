"""Letters both ways: as whom staff write, changing them, and what reporters reply and attach."""

import io
from typing import Any

import discord
import pytest
import simcord
from PIL import Image
from PIL.ExifTags import GPS, IFD

from bot.concerns.model import Delivery, State
from tests.cogs.concern.conftest import close_direct_messages
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, options, read
from tests.cogs.triage import card, delivered, raised

WORDS = "It was my old school. PRIVATE-WORDS"


def photo() -> bytes:
    """Return a small JPEG that says where it was taken."""
    picture, exif = Image.new("RGB", (8, 8), "red"), Image.Exif()
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (48.0, 51.0, 24.0)
    exif[0x010F] = "SECRET-CAMERA"
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif)
    return made.getvalue()


async def replied(world: World, **fields: Any) -> str:
    """Raise a concern as Ana and let Sam reply through the form; return its reference."""
    reference = await raised(world)
    form = await world.sam.click(card(world), label="Reply")
    filled = {"text": "Which school?", "then": ["waiting"], "signed": ["desk"], **fields}
    await world.sam.submit_modal(form, filled)
    await delivered(world)
    return reference


def last(shown: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return the message that an interaction ended with."""
    found = shown.followups[-1] if shown.followups else shown.response
    assert found is not None
    return found


def mail(world: World) -> list[discord.Message]:
    """Return what Ana has from the desk by direct message."""
    return [one for one in world.ana.user.dm_channel.history() if one.author.bot]


async def write_back(
    world: World, text: str, *files: tuple[str, bytes], to: int = -1
) -> discord.Message:
    """Reply to one of the desk's direct messages as Ana does in her Discord."""
    channel, original = world.ana.user.dm_channel, mail(world)[to]
    kept = world.env.backend.store_attachments(channel.id, files)
    sent = await world.ana.send_dm(
        text,
        attachments=kept,
        reference={"channel_id": str(channel.id), "message_id": str(original.id)},
    )
    await delivered(world)
    return sent


async def test_staff_write_as_the_desk_by_role_or_by_name(world: World) -> None:
    reference = await replied(world)
    letters = [read(mail(world)[-1])]
    for signed in ("role", "named"):
        form = await world.sam.click(card(world), label="Reply")
        filled = {"text": f"As {signed}", "then": ["answered"], "signed": [signed]}
        await world.sam.submit_modal(form, filled)
        await delivered(world)
        letters.append(read(mail(world)[-1]))

    assert "-# Reply from staff" in letters[0]
    assert "-# Reply from Staff\n" in letters[1]
    assert "-# Reply from sam\n" in letters[2]
    case = await world.desk.triage.case(world.guild.id, reference)
    assert [one.signature for one in case.letters] == ["", "Staff", "sam"]
    shown = read(card(world))
    assert "as the desk" in shown
    assert "as sam" in shown


async def test_a_reply_to_the_desks_message_lands_in_the_case(world: World) -> None:
    reference = await replied(world)

    await write_back(world, WORDS)

    case = await world.desk.triage.case(world.guild.id, reference)
    assert (case.letters[1].text, case.state) == (WORDS, State.WORKING)
    assert reference in read(mail(world)[-1])
    assert "From the reporter" in read(card(world))
    (told,) = [one for one in world.sam.user.dm_channel.history() if one.author.bot]
    assert reference in read(told)
    assert "PRIVATE-WORDS" not in read(told)
    assert labels(told) == ["Go to the card"]
    assert_nobody_is_pinged(world)


async def test_only_the_reporter_can_reply_and_other_messages_are_questions(world: World) -> None:
    reference = await replied(world)
    ana, ben = world.ana.user.dm_channel, world.ben.user.dm_channel
    forged = world.env.backend.create_message(
        ben.id,
        world.env.backend.bot_user.id,
        "",
        components=[
            {
                "type": 1,
                "components": [
                    {
                        "type": 2,
                        "style": 2,
                        "label": "x",
                        "custom_id": f"cp1:concern:write:{world.guild.id}:{reference}",
                    }
                ],
            }
        ],
    )

    await world.ben.send_dm(
        "Let me in", reference={"channel_id": str(ben.id), "message_id": str(forged.id)}
    )
    await world.ana.send_dm("May I print a CC BY-NC photo in a newsletter?")
    assert labels(ana.last_message) == [f"My answer to {reference}", "A question for the desk"]
    await world.ana.user.click(ana.last_message, label="A question for the desk")
    assert "-# Answer" in read(ana.last_message)

    case = await world.desk.triage.case(world.guild.id, reference)
    assert len(case.letters) == 1
    assert "no longer in the desk" in read(ben.last_message)


async def test_a_plain_message_to_waiting_staff_may_be_the_answer(world: World) -> None:
    reference = await replied(world)
    sent = await world.ana.send_dm("It was my old scool.")
    await world.ana.user.edit(sent, WORDS)
    asking = world.ana.user.dm_channel.last_message
    assert f"answer to {reference}" in read(asking)

    await world.restart()
    await world.ana.user.click(asking, label=f"My answer to {reference}")
    await delivered(world)

    case = await world.desk.triage.case(world.guild.id, reference)
    assert [one.text for one in case.letters[1:]] == [WORDS]
    assert case.state == State.WORKING
    said = world.ana.user.dm_channel.last_message
    assert (said.id, labels(said)) == (asking.id, [])
    assert f"find it with {reference}" in read(said)
    await world.ana.send_dm("May I print a CC BY-NC photo in a newsletter?")
    assert "-# Answer" in read(world.ana.user.dm_channel.last_message)


async def test_what_the_reporter_changes_and_deletes_is_followed(world: World) -> None:
    reference = await replied(world)
    sent = await write_back(world, WORDS)

    await world.ana.user.edit(sent, "It was a school.")
    await delivered(world)
    case = await world.desk.triage.case(world.guild.id, reference)
    assert (case.letters[1].text, case.letters[1].edited) == ("It was a school.", True)
    assert "changed since" in read(card(world))

    world.env.backend.delete_message(sent.channel.id, sent.id)
    await world.env.settle()
    await delivered(world)
    case = await world.desk.triage.case(world.guild.id, reference)
    assert (case.letters[1].text, case.letters[1].taken_back) == ("", True)
    assert "they took it back" in read(card(world))


async def test_pictures_are_cleaned_and_opened_by_staff_with_a_trace(world: World) -> None:
    reference = await replied(world)

    await write_back(world, "", ("at-home.jpg", photo()), ("cv.pdf", b"%PDF-1.7 ..."))

    said = read(mail(world)[-1])
    assert "1 file came with it" in said
    assert "1 file was not kept" in said
    case = await world.desk.triage.case(world.guild.id, reference)
    (note,) = case.files
    opened = await world.sam.click(card(world), label="Show")
    panel = await world.sam.click(last(opened), label="1 file")
    shown = await world.sam.select(last(panel), [options(panel)[0]["value"]])
    assert "Covered until you press it" in read(shown)
    file = await world.desk.attachments.open(world.guild.id, reference, world.sam.id, note.id)
    assert b"SECRET-CAMERA" not in file.data
    with Image.open(io.BytesIO(file.data)) as kept:
        assert not kept.getexif()
        assert kept.size == (8, 8)


async def test_staff_change_a_letter_where_it_stands_and_take_it_back(world: World) -> None:
    reference = await replied(world)
    letter = mail(world)[-1]
    panel = await world.sam.click(
        last(await world.sam.click(card(world), label="Show")), label="Sent replies"
    )
    one = await world.sam.select(last(panel), [options(panel)[0]["value"]])
    form = await world.sam.click(last(one), label="Change it")
    await world.sam.submit_modal(form, {"text": "Which town?"})
    await delivered(world)

    (now,) = [message for message in mail(world) if message.id == letter.id]
    assert "Which town?" in read(now)
    assert "changed since it was sent" in read(now)
    assert "Which school?" not in read(now)
    assert "delivered by direct message" in read(card(world))

    asked = await world.sam.click(last(one), label="Take it back")
    await world.sam.click(last(asked), label="Take it back")
    await delivered(world)
    assert letter.id not in [message.id for message in mail(world)]
    assert "taken back, and gone for them" in read(card(world))
    case = await world.desk.triage.case(world.guild.id, reference)
    assert [past.text for past in case.past] == ["Which school?", "Which town?"]


async def test_where_discord_refuses_a_new_message_says_what_changed(world: World) -> None:
    reference = await replied(world)
    case = await world.desk.triage.case(world.guild.id, reference)
    letter = mail(world)[-1]
    path = f"/channels/{letter.channel.id}/messages/{letter.id}"
    world.env.inject_error("PATCH", path, status=403, code=50001)
    await world.desk.triage.edit(
        world.guild.id, reference, world.sam.id, case.letters[0].id, "Which town?", seen=1
    )
    await delivered(world)

    assert mail(world)[-1].id != letter.id
    assert "Which town?" in read(mail(world)[-1])

    close_direct_messages(world, world.ana)
    world.env.inject_error(
        "DELETE", f"/channels/{letter.channel.id}/messages/{mail(world)[-1].id}", status=403
    )
    await world.desk.triage.take_back(world.guild.id, reference, world.sam.id, case.letters[0].id)
    await delivered(world)
    after = await world.desk.triage.case(world.guild.id, reference)
    assert after.letters[0].delivery is Delivery.MAILBOX
    status = await world.ana.slash(world.general, "concern status")
    assert "(taken back)" in read(status)


async def test_what_happened_while_the_desk_was_away_is_caught_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await replied(world)
    edited = await write_back(world, "It was the school in the nort.")
    deleted = await write_back(world, "And my adress is secret.", to=0)
    backend, channel = world.env.backend, world.ana.user.dm_channel
    original = mail(world)[0]
    with monkeypatch.context() as away:
        away.setattr(backend, "emit", lambda *_a, **_k: None)
        backend.edit_message(channel.id, edited.id, {"content": WORDS})
        backend.delete_message(channel.id, deleted.id)
        await world.ana.send_dm(
            "One more thing, while you were away.",
            reference={"channel_id": str(channel.id), "message_id": str(original.id)},
        )
    case = await world.desk.triage.case(world.guild.id, reference)
    assert case.letters[1].text == "It was the school in the nort."

    for _ in range(2):
        await world.restart()
        await delivered(world)
        case = await world.desk.triage.case(world.guild.id, reference)
        assert [(one.text, one.taken_back) for one in case.letters[1:]] == [
            (WORDS, False),
            ("", True),
            ("One more thing, while you were away.", False),
        ]
    assert len(mail(world)) == 1 + 3


async def test_files_come_with_the_form_as_well_and_are_drawn_anew(world: World) -> None:
    reference = await replied(world)
    form = await world.ana.slash(world.general, "concern add", ref=reference)
    files = [("where.jpg", photo()), ("letter.pdf", b"%PDF-1.7 x")]
    done = await world.ana.submit_modal(form, {"text": WORDS, "files": files})
    await delivered(world)

    case = await world.desk.triage.case(world.guild.id, reference)
    assert [(one.text, len(one.files)) for one in case.letters[1:]] == [(WORDS, 1)]
    assert "1 file came with it." in read(done)
    assert "was not kept" in read(done)
