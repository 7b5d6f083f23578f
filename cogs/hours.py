"""/hours: when a server's staff work, and within how long they mean to reply."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from zoneinfo import available_timezones

from discord import Permissions, app_commands
from discord.app_commands import Choice

from bot.concerns.hours import DAY_MINUTES, MOST_TARGET_HOURS, BadHours, Hours
from bot.guilds.model import Capability
from bot.platform import limits
from bot.platform.access import requires
from bot.platform.cards import Card, Tone
from bot.platform.client import DeskClient, DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog
from bot.platform.errors import Refused
from bot.platform.interactions import acknowledge, reply, tongue
from bot.words import Tongue

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_SHOWN_HOLIDAYS = 12


class HoursCog(DeskCog):
    """The commands."""

    group = app_commands.Group(
        name="hours",
        description=words("command.hours.description", "When staff work, and when replies are due"),
        guild_only=True,
        default_permissions=Permissions(manage_guild=True),
    )

    def __init__(self, client: DeskClient) -> None:
        super().__init__(client)
        client.sentences.know(BadHours, lambda t, e: t(e.problem))

    @group.command(
        name="set",
        description=words("command.hours.set", "Choose working hours, or show them"),
    )
    @app_commands.describe(
        zone=words("command.hours.zone", "Time zone, such as Europe/Paris"),
        days=words("command.hours.days", "Weekdays, such as mon-fri or mon,wed,fri"),
        opens=words("command.hours.opens", "When the day begins, such as 09:00"),
        closes=words("command.hours.closes", "When it ends, such as 17:30"),
        target=words("command.hours.target", "Working hours until a reply is due"),
        digest=words("command.hours.digest", "A digest in the staff channel each working day"),
    )
    @requires(Capability.ADMIN)
    async def set_hours(
        self,
        interaction: DeskInteraction,
        zone: app_commands.Range[str, 1, 40] | None = None,
        days: app_commands.Range[str, 1, 60] | None = None,
        opens: app_commands.Range[str, 1, 5] | None = None,
        closes: app_commands.Range[str, 1, 5] | None = None,
        target: app_commands.Range[int, 1, MOST_TARGET_HOURS] | None = None,
        digest: bool | None = None,
    ) -> None:
        """Keep what was given; show how the hours stand."""
        await acknowledge(interaction)

        def change(hours: Hours) -> Hours:
            return replace(
                hours,
                zone=zone or hours.zone,
                days=hours.days if days is None else read_days(days),
                opens=hours.opens if opens is None else read_time(opens),
                closes=hours.closes if closes is None else read_time(closes),
                target=hours.target if target is None else target * 60,
                digest=hours.digest if digest is None else digest,
            )

        await self._change(interaction, change)

    @set_hours.autocomplete("zone")
    async def zones(self, _interaction: DeskInteraction, current: str) -> list[Choice[str]]:
        """Offer time zones by a part of their name."""
        typed = current.casefold().replace(" ", "_")
        found = sorted(one for one in available_timezones() if typed in one.casefold())
        return [Choice(name=one, value=one) for one in found[: limits.CHOICES]]

    @group.command(
        name="holiday",
        description=words("command.hours.holiday", "Add a day off, or take one away"),
    )
    @app_commands.describe(
        day=words("command.hours.day", "The day, such as 2026-12-25"),
        remove=words("command.hours.remove", "Work on it after all"),
    )
    @requires(Capability.ADMIN)
    async def holiday(
        self,
        interaction: DeskInteraction,
        day: app_commands.Range[str, 10, 10],
        remove: bool = False,
    ) -> None:
        """Change the days off."""
        await acknowledge(interaction)
        try:
            chosen = date.fromisoformat(day)
        except ValueError:
            raise Refused("hours.bad.day") from None
        await self._change(interaction, lambda hours: hours.with_holiday(chosen, free=not remove))

    async def _change(self, interaction: DeskInteraction, change: Callable[[Hours], Hours]) -> None:
        if interaction.guild_id is None:
            raise Refused("error.server_only")
        guild_id, clockwork = interaction.guild_id, self.desk.clockwork
        before = await clockwork.hours(guild_id)
        hours = change(before)
        if hours != before:
            hours = await clockwork.set_hours(guild_id, interaction.user.id, hours)
        t = tongue(interaction)
        body = "\n".join(hours_lines(t, hours))
        await reply(
            interaction,
            Card(kind=t("setup.kind"), title=t("hours.title"), body=body, tone=Tone.STAFF),
        )


def hours_lines(t: Tongue, hours: Hours) -> list[str]:
    """Return working hours in words."""
    lines = [
        t(
            "hours.line",
            days=", ".join(t(f"hours.day.{_DAYS[day]}") for day in sorted(hours.days)),
            opens=_time(hours.opens),
            closes=_time(hours.closes),
            zone=hours.zone,
        ),
        t("hours.target", hours=hours.target // 60),
    ]
    if hours.holidays:
        days = sorted(hours.holidays)
        shown = ", ".join(day.isoformat() for day in days[:_SHOWN_HOLIDAYS])
        more = "…" if len(days) > _SHOWN_HOLIDAYS else ""
        lines.append(t("hours.holidays", days=shown + more))
    lines.append(t("hours.digest.on" if hours.digest else "hours.digest.off"))
    return lines


def read_days(typed: str) -> frozenset[int]:
    """Read weekdays as typed: `mon-fri`, `mon,wed,fri`, `sun-thu`.

    Raises:
        BadHours: there is something else in it.
    """
    found: set[int] = set()
    for part in re.split(r"[,;\s]+", typed.casefold().strip()):
        first, _, last = part.partition("-")
        if first[:3] not in _DAYS or (last or first)[:3] not in _DAYS:
            raise BadHours("hours.bad.days")
        start, end = _DAYS.index(first[:3]), _DAYS.index((last or first)[:3])
        found.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(found)


def read_time(typed: str) -> int:
    """Read a time of day as minutes since midnight; 24:00 is the end of the day.

    Raises:
        BadHours: it is none.
    """
    found = _TIME.fullmatch(typed.strip())
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    if minutes > DAY_MINUTES:
        raise BadHours("hours.bad.times")
    return minutes


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


async def setup(client: DeskClient) -> None:
    """Load the cog."""
    await client.add_cog(HoursCog(client))
