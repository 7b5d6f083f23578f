"""/triage figures: workload, age, and how soon people hear back."""

from datetime import timedelta

from bot.concerns.figures import FIGURES_DAYS, Figures
from bot.concerns.hours import Hours
from bot.guilds.model import Capability
from bot.platform.access import requires
from bot.platform.cards import Card, Part, Tone
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.interactions import acknowledge, reply, tongue
from bot.words import Tongue
from cogs.hours import hours_lines
from cogs.triage.lists import TriageLists
from cogs.triage.show import kind_name
from cogs.triage.told import guild_of, staff_name, state_name

_AGES = ("day", "week", "month", "older")
_MOST_STAFF = 20


class TriageFigures(TriageLists):
    """/triage with the command that counts."""

    @TriageLists.triage.command(
        name="figures",
        description=words("command.triage.figures", "Workload, age, and how soon people hear back"),
    )
    @requires(Capability.STAFF)
    async def figures(self, interaction: DeskInteraction) -> None:
        """Show how the server's ledger stands."""
        await acknowledge(interaction)
        guild_id = guild_of(interaction)
        found = await self.desk.clockwork.figures(guild_id)
        hours = await self.desk.clockwork.hours(guild_id)
        await reply(interaction, figures_card(tongue(interaction), found, hours))


def figures_card(t: Tongue, found: Figures, hours: Hours) -> Card:
    """Show figures. Small numbers are fine: staff see each case anyway."""
    overview = [
        t("figures.line.unclaimed", count=found.unclaimed),
        t("figures.line.overdue", count=found.overdue),
    ]
    parts = [Part(t("figures.part.now"), overview)]
    if found.open:
        parts += [
            Part(
                t("figures.part.states"),
                [_line(t, state_name(t, state), count) for state, count in found.states],
            ),
            Part(
                t("figures.part.kinds"),
                [_line(t, kind_name(t, kind), count) for kind, count in found.kinds],
            ),
            Part(
                t("figures.part.ages"),
                [
                    _line(t, t(f"figures.age.{name}"), count)
                    for name, count in zip(_AGES, found.ages, strict=True)
                    if count
                ],
            ),
        ]
    if found.staff:
        lines = [
            t(
                "figures.line.staff",
                who=staff_name(t, one.user_id),
                claimed=one.claimed,
                replies=one.replies,
                days=FIGURES_DAYS,
            )
            for one in found.staff[:_MOST_STAFF]
        ]
        parts.append(Part(t("figures.part.staff"), lines))
    parts.append(Part(t("figures.part.reply", days=FIGURES_DAYS), _replies(t, found)))
    return Card(
        kind=t("figures.kind"),
        title=t.plural("triage.digest.title", found.open),
        parts=parts,
        footer=" ".join(hours_lines(t, hours)),
        tone=Tone.STAFF,
    )


def _replies(t: Tongue, found: Figures) -> str:
    if found.first_reply is None or found.worked is None:
        return t("figures.reply.none")
    return t(
        "figures.reply",
        calendar=_span(t, found.first_reply),
        worked=_span(t, found.worked),
        in_time=found.in_time,
        replied=found.replied,
    )


def _span(t: Tongue, span: timedelta) -> str:
    """Return a stretch of time in its two largest units."""
    minutes = round(span.total_seconds() / 60)
    if minutes >= 24 * 60:
        return t("figures.span.days", days=minutes // 1440, hours=minutes % 1440 // 60)
    if minutes < 60:
        return t("figures.span.minutes", minutes=minutes)
    return t("figures.span.hours", hours=minutes // 60, minutes=minutes % 60)


def _line(t: Tongue, name: str, count: int) -> str:
    return t("figures.line", name=name, count=count)
