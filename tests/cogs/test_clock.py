"""Staff hear what is overdue and what the day brings; admins choose the hours."""

from discord import Permissions

from bot.concerns.model import Kind, State
from tests.cogs.conftest import World, assert_nobody_is_pinged, options, read
from tests.cogs.triage import card, delivered, may_triage, raised
from tests.conftest import StandingClock


def clock(world: World) -> StandingClock:
    assert isinstance(world.desk.clock, StandingClock)
    return world.desk.clock


def told(world: World, kind: str) -> list[str]:
    texts = [read(one) for one in world.staff_channel.history() if not one.flags.ephemeral]
    return [text for text in texts if text.startswith(f"-# {kind}")]


async def test_card_and_queue_say_when_a_reply_is_due(world: World) -> None:
    may_triage(world, world.staff_role)
    reference = await raised(world)
    assert "Reply due <t:1773766800:R>" in read(card(world))
    queue = await world.sam.slash(world.staff_channel, "triage queue")
    assert "due <t:1773766800:R>" in read(queue)
    await world.desk.triage.move(world.guild.id, reference, world.sam.id, State.WAITING)
    await delivered(world)
    assert "The clock pauses while you wait for them; 24 working hours" in read(card(world))


async def test_overdue_replies_and_the_digest_come_once_and_lead_to_the_case(world: World) -> None:
    reference = await raised(world)
    clock(world).move(days=5)
    for _ in range(2):
        await world.desk.daily.look()
        await delivered(world)
        await world.restart()
        await delivered(world)
    (late,) = told(world, "Overdue")
    assert "A reply is due" in late
    assert reference in late
    (digest,) = told(world, "Today’s digest")
    assert "1 open concern" in digest
    assert "1 with a reply overdue" in digest
    message = next(
        one for one in world.staff_channel.history() if read(one).startswith("-# Overdue")
    )
    (choice,) = options(message)
    opened = await world.sam.select(message, values=[choice["value"]])
    assert reference in read(opened)
    assert_nobody_is_pinged(world)


async def test_of_what_somebody_keeps_out_of_only_the_reference_is_told_to_all(
    world: World,
) -> None:
    reference = await raised(world, kind=Kind.SURVEILLANCE)
    await world.desk.triage.exclude(world.guild.id, reference, world.sam.id, world.sam.id)
    clock(world).move(days=5)
    await world.desk.daily.look()
    await delivered(world)
    for text in (*told(world, "Overdue"), *told(world, "Today’s digest")):
        assert f"{reference}** · somebody here keeps out of it" in text
        assert "urveillance" not in text


async def test_what_was_answered_before_it_was_told_is_not_called_overdue(world: World) -> None:
    reference = await raised(world)
    clock(world).move(days=5)
    await world.desk.clockwork.escalate(world.guild.id)
    await world.desk.triage.reply(
        world.guild.id, reference, world.sam.id, "Sorry it took so long.", intake="i:1"
    )
    await delivered(world)
    assert told(world, "Overdue") == []


async def test_figures_are_for_staff(world: World) -> None:
    may_triage(world, world.staff_role)
    reference = await raised(world)
    await world.desk.triage.claim(world.guild.id, reference, world.sam.id)
    shown = await world.sam.slash(world.staff_channel, "triage figures")
    assert "1 open concern" in read(shown)
    assert f"<@{world.sam.id}>: 1 open" in read(shown)
    assert "Staff work Mon, Tue, Wed, Thu, Fri, 09:00 to 17:00 (UTC)." in read(shown)
    assert shown.ephemeral


async def test_an_admin_chooses_hours_and_what_is_due_follows(world: World) -> None:
    await raised(world)
    admin = world.guild.add_member(
        world.env.create_user("ada"),
        roles=[world.guild.create_role("Admins", permissions=Permissions(manage_guild=True))],
    )
    shown = await admin.slash(
        world.staff_channel,
        "hours set",
        zone="Europe/Paris",
        days="mon-thu, sat",
        opens="10:00",
        closes="18:30",
        target=8,
        digest=False,
    )
    text = read(shown)
    assert "Staff work Mon, Tue, Wed, Thu, Sat, 10:00 to 18:30 (Europe/Paris)." in text
    assert "A reply is due within 8 working hours." in text
    assert "There is no daily digest." in text
    await delivered(world)
    assert "Reply due <t:1773507600:R>" in read(card(world))
    off = await admin.slash(world.staff_channel, "hours holiday", day="2026-03-14")
    assert "Days off: 2026-03-14." in read(off)
    for wrong in ({"zone": "Mars"}, {"days": "someday"}, {"opens": "25:00"}, {"closes": "08:00"}):
        refused = await admin.slash(world.staff_channel, "hours set", **wrong)
        assert "Staff work" not in read(refused)
    assert len(world.env.errors) == 4
