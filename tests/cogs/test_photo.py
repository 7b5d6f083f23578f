"""Pictures in guarded channels: covered, shown once their author said who is in them, or gone."""

import io
from typing import TYPE_CHECKING, cast

import discord
import pytest
from PIL import ExifTags, Image
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.guilds.model import Capability
from bot.moderation.cases.log import Search
from bot.moderation.photos.model import PhotoSetup, State
from bot.platform.client import DeskClient
from bot.platform.components import custom_id
from bot.settings import Settings
from tests.cogs.conftest import World, assert_nobody_is_pinged, labels, read, wire
from tests.cogs.test_promises import latest
from tests.conftest import StandingClock

if TYPE_CHECKING:
    from cogs.photo.listen import PhotoWatch


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The desk reads messages, and acts."""
    on = settings.moderation.model_copy(update={"read_messages": True, "dry_run": False})
    return settings.model_copy(update={"moderation": on})


@pytest.fixture
async def gallery(world: World) -> ChannelHandle:
    """A channel where pictures are guarded."""
    channel = world.guild.create_text_channel("gallery")
    await world.desk.photos.choose(world.guild.id, PhotoSetup((channel.id,)), world.sam.id)
    return channel


def picture(*, place: bool = False, form: str = "JPEG") -> bytes:
    """Return a picture of nothing, perhaps with the place where it was taken."""
    image, exif = Image.new("RGB", (40, 30), "teal"), Image.Exif()
    exif[ExifTags.Base.Make] = "A Camera"
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
        gps[ExifTags.GPS.GPSLongitude] = (13.0, 24.0, 17.0)
    made = io.BytesIO()
    image.save(made, form, exif=exif)
    return made.getvalue()


async def settled(world: World) -> None:
    """Wait until what follows from messages has happened."""
    client = world.env.bot
    assert isinstance(client, DeskClient)
    watch = cast("PhotoWatch", client.get_cog("PhotoWatch"))
    for _ in range(3):
        await world.env.settle()
        await watch.rest()
        await client.courier.rest()


def direct(member: MemberActor) -> list[discord.Message]:
    """Return what the desk wrote to somebody."""
    return [one for one in member.user.dm_channel.history() if one.author.bot]


def covers(message: discord.Message) -> list[bool]:
    """Return of each picture of a message whether it is covered."""

    def walk(parts: list[dict]) -> list[bool]:  # type: ignore[type-arg]
        found: list[bool] = []
        for part in parts:
            found += [bool(item.get("spoiler")) for item in part.get("items") or []]
            found += walk(part.get("components") or [])
        return found

    return walk(wire(message))


async def test_a_picture_is_covered_until_its_author_says_who_is_in_it(
    world: World, gallery: ChannelHandle
):
    first = await world.ben.send(gallery, "Which one do you like?")
    await world.ana.send(
        gallery, "Mine is **this**", attachments=[("a.jpg", picture())], reply_to=first
    )
    await settled(world)
    post = gallery.last_message
    assert [one.author.bot for one in gallery.history()] == [False, True]
    assert covers(post) == [True]
    assert f"<@{world.ana.id}>" in read(post)
    assert "Mine is \\*\\*this\\*\\*" in read(post)
    assert str(first.id) in read(post)
    assert labels(post) == ["Nobody can be recognized", "Everybody in it agreed", "Take it down"]
    assert direct(world.ana) == []

    refused = await world.ben.click(post, label="Everybody in it agreed")
    assert "Only who posted this picture" in read(refused)
    thanks = await world.ana.click(post, label="Everybody in it agreed")
    assert "Your picture is shown now" in read(thanks)
    await settled(world)
    post = gallery.last_message
    assert covers(post) == [False]
    assert "everybody in it agreed" in read(post)
    assert labels(post) == ["Take it down"]
    back = await world.ana.click(post, label="Take it down")
    assert "Mine is **this**" in read(back)
    await settled(world)
    assert [one.author.bot for one in gallery.history()] == [False]
    assert_nobody_is_pinged(world)


async def test_a_picture_that_tells_its_place_is_freed_of_it_and_its_author_is_told(
    world: World, gallery: ChannelHandle
):
    files = [("a.jpg", picture(place=True)), ("b.png", picture(form="PNG"))]
    await world.ana.send(gallery, "", attachments=files)
    await settled(world)
    post = gallery.last_message
    assert covers(post) == [True, True]
    for attachment in post.attachments:
        with Image.open(io.BytesIO(await attachment.read())) as shown:
            assert not shown.getexif()
    (told,) = direct(world.ana)
    assert "said where it was taken" in read(told)
    await world.ana.click(post, label="Nobody can be recognized")
    await settled(world)
    assert covers(gallery.last_message) == [False, False]


async def test_a_text_beside_a_picture_stays_beside_it(world: World, gallery: ChannelHandle):
    files = [("a.jpg", picture()), ("notes.txt", b"shot at noon")]
    await world.ana.send(gallery, "", attachments=files)
    await settled(world)
    for _ in range(2):
        post = gallery.last_message
        texts = [one for one in post.attachments if one.filename.endswith(".txt")]
        assert [await one.read() for one in texts] == [b"shot at noon"]
        assert len(covers(post)) == 1
        if "Nobody can be recognized" in labels(post):
            await world.ana.click(post, label="Nobody can be recognized")
            await settled(world)


async def test_nothing_said_in_time_takes_it_down_also_after_a_restart(
    world: World, gallery: ChannelHandle, clock: StandingClock
):
    message = await world.ana.send(gallery, "Look", attachments=[("a.jpg", picture())])
    await settled(world)
    await world.restart()
    clock.move(hours=25)
    await world.desk.photos.look()
    await settled(world)
    assert gallery.history() == []
    (told,) = direct(world.ana)
    assert "Nothing was said in time" in read(told)
    assert "Look" in read(told)
    photo = await world.desk.photos.photo(world.guild.id, message.id)
    assert photo.state is State.EXPIRED


async def test_what_cannot_be_covered_is_taken_down_and_its_text_handed_back(
    world: World, gallery: ChannelHandle
):
    await world.ana.send(gallery, "My film", attachments=[("a.mp4", b"\x00\x00\x00\x18ftypmp42")])
    await settled(world)
    assert gallery.history() == []
    (told,) = direct(world.ana)
    assert "could not be shown" in read(told)
    assert "My film" in read(told)


async def test_text_files_staff_and_other_channels_are_left_alone(
    world: World, gallery: ChannelHandle
):
    await world.ana.send(gallery, "notes", attachments=[("a.txt", b"hello")])
    await world.sam.send(gallery, "ours", attachments=[("a.jpg", picture())])
    await world.ana.send(world.general, "there", attachments=[("a.jpg", picture())])
    await settled(world)
    assert [one.content for one in gallery.history()] == ["notes", "ours"]
    assert [one.content for one in world.general.history()] == ["there"]


async def test_somebody_in_a_picture_can_report_it_and_its_author_is_who_it_is_about(
    world: World, gallery: ChannelHandle
):
    await world.ana.send(gallery, "", attachments=[("a.jpg", picture())])
    await settled(world)
    post = gallery.last_message
    form = await world.ben.context_menu(gallery, "Report to moderators", post)
    await world.ben.submit_modal(form, {"words": "That is me, and I did not agree"})
    await settled(world)
    found = await world.desk.cases.search(world.guild.id, Search())
    assert [one.subject for one in found.lines] == [world.ana.id]


async def test_erasing_oneself_takes_ones_pictures_down(world: World, gallery: ChannelHandle):
    await world.ana.send(gallery, "Mine", attachments=[("a.jpg", picture())])
    await settled(world)
    post = gallery.last_message
    await world.ana.click(post, label="Nobody can be recognized")
    await settled(world)
    await world.desk.privacy.erase(world.ana.id, world.guild.id)
    await settled(world)
    assert gallery.history() == []


async def test_a_thread_of_a_guarded_channel_is_guarded_and_a_deleted_message_is_no_trouble(
    world: World, gallery: ChannelHandle
):
    thread = ChannelHandle(
        world.env, world.guild, world.env.backend.create_thread(gallery.id, "Talk", world.ana.id)
    )
    client = world.env.bot
    assert isinstance(client, DeskClient)
    await client.courier.stop()
    gone = await world.ana.send(thread, "", attachments=[("a.jpg", picture())])
    await settled(world)
    await world.ana.delete(gone)
    await world.restart()
    await world.ana.send(thread, "", attachments=[("a.jpg", picture())])
    await settled(world)
    assert len(thread.history()) == 1
    assert covers(thread.last_message) == [True]


async def test_a_desk_that_went_down_in_the_middle_covers_it_once(
    world: World, gallery: ChannelHandle, clock: StandingClock
):
    clock.now = world.env.backend.clock.now()
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=503, times=1)
    client = world.env.bot
    assert isinstance(client, DeskClient)
    watch = cast("PhotoWatch", client.get_cog("PhotoWatch"))
    await client.courier.stop()
    await world.ana.send(gallery, "", attachments=[("a.jpg", picture())])
    await world.env.settle()
    await watch.rest()
    client.courier.start()
    # Not `settle`: it would wait for the courier's next try.
    await client.courier.rest()
    assert len(gallery.history()) == 2  # posted, and the original not taken down yet
    world.env.backend.faults.clear()
    clock.move(minutes=30)
    await world.restart()
    await settled(world)
    assert [one.author.bot for one in gallery.history()] == [True]


async def test_where_the_desk_lacks_a_permission_staff_hear_of_it_and_nothing_is_lost(world: World):
    lacking = discord.PermissionOverwrite(manage_messages=False)
    channel = world.guild.create_text_channel("open", overwrites={world.guild.me: lacking})
    await world.desk.photos.choose(world.guild.id, PhotoSetup((channel.id,)), world.sam.id)
    await world.ana.send(channel, "mine", attachments=[("a.jpg", picture())])
    await settled(world)
    assert [one.content for one in channel.history()] == ["mine"]
    assert "the desk lacks Manage Messages there" in read(world.staff_channel.last_message)


async def test_admins_choose_where(world: World):
    role = world.guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
    ola = world.guild.add_member(world.env.create_user("ola"), roles=[role])
    await world.desk.guilds.save(world.guild.id, roles={Capability.ADMIN: frozenset({role.id})})
    shown = await ola.slash(world.general, "photos")
    assert "covered nowhere" in read(shown)
    chosen = await ola.select(
        latest(shown), [world.general], custom_id=custom_id("photo", "channel")
    )
    assert f"covered at first in <#{world.general.id}>" in read(chosen)
    form = await ola.click(latest(chosen), label="Hours until taken down")
    refused = await ola.submit_modal(form, {"hours": "x"})
    assert "plain numbers" in read(refused)
    form = await ola.click(latest(chosen), label="Hours until taken down")
    kept = await ola.submit_modal(form, {"hours": "48"})
    assert "after 48 hours" in read(kept)
    none = await ola.click(latest(kept), label="Cover them nowhere")
    assert "covered nowhere" in read(none)
    assert world.desk.photos.watched == {}
