"""*More* on a case: what staff need less often than claiming and answering, step by step."""

from collections.abc import Sequence

import discord

from bot.concerns.model import (
    LABEL_LIMIT,
    MOST_LABELS,
    NOTE_LIMIT,
    TOPIC_LIMIT,
    Case,
    Priority,
    State,
)
from bot.guilds.model import Capability
from bot.platform.cards import Button, Card, Choice, Menu, PersonMenu, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form, on_menu
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import acknowledge, acknowledge_turn, reply, tongue, turn
from bot.words import Tongue
from cogs.triage.alike import alike_row
from cogs.triage.macros import macro_menu
from cogs.triage.told import (
    guild_of,
    reference_of,
    refuse_kept_out,
    staff_member,
    staff_name,
    telling,
)

_STEPS = ("assign", "priority", "describe", "note", "macro", "merge", "split", "keep_out")
_REFERENCE = 30
_OPEN_ONLY = frozenset({"assign", "priority", "macro"})


class MoreButtons(DeskCog):
    """What *More* leads to. Every step works on any card, however old."""

    @on_button("case", "more", requires=Capability.STAFF)
    async def more(self, interaction: DeskInteraction, reference: str) -> None:
        """Offer what else can be done with a case."""
        t = tongue(interaction)
        await acknowledge(interaction)
        case = await self._case(interaction, reference)
        choices = [
            Choice(t(f"casework.step.{step}"), step, t(f"casework.step.{step}.note"))
            for step in _possible(case)
        ]
        menu = Menu(t("casework.choose"), _press("step", case), choices)
        title = t("casework.title", reference=case.reference)
        await reply(
            interaction, Card(title=title, tone=Tone.STAFF, rows=[menu, alike_row(t, case)])
        )

    @on_menu("case", "step", requires=Capability.STAFF)
    async def step(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, seen: str
    ) -> None:
        """Begin one of them: with a form, or with a question in place of the menu."""
        case, t = await self._case(interaction, reference), tongue(interaction)
        chosen = next(iter(values), "")
        if chosen not in _STEPS or not seen.isdecimal():
            raise Refused("error.stale")
        if chosen == "note":
            await open_form(interaction, *note_form(t, case.reference))
        elif chosen == "describe":
            await open_form(interaction, *describe_form(t, case))
        elif chosen == "merge":
            await open_form(interaction, *_merge_form(t, case))
        elif chosen == "split":
            await split(interaction, case.reference, seen=int(seen))
        else:
            await turn(interaction, await self._question(interaction, case, chosen))

    @on_menu("case", "assignee", requires=Capability.STAFF)
    async def assignee(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, seen: str
    ) -> None:
        """Ask for a note for whoever was chosen."""
        t, whom = tongue(interaction), next(iter(values), "")
        if not whom.isdecimal():
            raise Refused("error.stale")
        kept = await refuse_kept_out(interaction, reference)
        member = await staff_member(interaction, int(whom))
        title = t("casework.assign.title", reference=kept)
        asked = TextField(
            "note",
            t("casework.assign.note", who=member.display_name[:30]),
            description=t("casework.note.private"),
            paragraph=True,
            required=False,
            limit=NOTE_LIMIT,
        )
        press = custom_id("case", "assign", reference, whom, seen)
        await open_form(interaction, title, press, [asked])

    @on_form("case", "assign", requires=Capability.STAFF)
    async def assigned(
        self, interaction: DeskInteraction, form: Form, reference: str, whom: str, seen: str
    ) -> None:
        """Give the case to them."""
        if not (whom.isdecimal() and seen.isdecimal()):
            raise Refused("error.stale")
        await acknowledge(interaction)
        await assign(interaction, reference, int(whom), form.text("note"), seen=int(seen))

    @on_menu("case", "priority", requires=Capability.STAFF)
    async def priority(
        self, interaction: DeskInteraction, values: tuple[str, ...], reference: str, seen: str
    ) -> None:
        """Say how soon a case is looked at."""
        chosen = next(iter(values), "").upper()
        if chosen not in Priority.__members__ or not seen.isdecimal():
            raise Refused("error.stale")
        await acknowledge_turn(interaction)
        await prioritize(interaction, reference, Priority[chosen], seen=int(seen))

    @on_form("case", "describe", requires=Capability.STAFF)
    async def described(
        self, interaction: DeskInteraction, form: Form, reference: str, seen: str
    ) -> None:
        """Set topic and labels."""
        if not seen.isdecimal():
            raise Refused("error.stale")
        await acknowledge(interaction)
        labels = form.text("labels").split(",")
        await describe(interaction, reference, form.text("topic"), labels, seen=int(seen))

    @on_form("case", "note", requires=Capability.STAFF)
    async def noted(self, interaction: DeskInteraction, form: Form, reference: str) -> None:
        """Keep a note."""
        await acknowledge(interaction)
        await note(interaction, reference, form.text("text"))

    @on_form("case", "merge", requires=Capability.STAFF)
    async def merged(
        self, interaction: DeskInteraction, form: Form, reference: str, seen: str
    ) -> None:
        """Merge a case into the one that was named."""
        if not seen.isdecimal():
            raise Refused("error.stale")
        await acknowledge(interaction)
        await merge(interaction, reference, form.text("into"), seen=int(seen))

    @on_button("case", "split", requires=Capability.STAFF)
    async def split_off(self, interaction: DeskInteraction, reference: str) -> None:
        """Undo a merge."""
        await split(interaction, reference)

    @on_button("case", "join", requires=Capability.STAFF)
    async def join(self, interaction: DeskInteraction, reference: str, into: str) -> None:
        """Undo a split."""
        await acknowledge_turn(interaction)
        await merge(interaction, reference, into)

    @on_button("case", "keep_out", requires=Capability.STAFF)
    async def keep_out(self, interaction: DeskInteraction, reference: str) -> None:
        """Let this staff member keep out of a case."""
        await acknowledge_turn(interaction)
        await exclude(interaction, reference, interaction.user.id)

    async def _case(self, interaction: DeskInteraction, reference: str) -> Case:
        with telling(tongue(interaction)):
            return await self.desk.triage.case(
                guild_of(interaction), reference_of(reference), by=interaction.user.id
            )

    async def _question(self, interaction: DeskInteraction, case: Case, step: str) -> Card:
        t = tongue(interaction)
        title = t(f"casework.{step}.title", reference=case.reference)
        row: Row
        if step == "assign":
            row = PersonMenu(t("casework.assign.choose"), _press("assignee", case))
        elif step == "priority":
            row = Menu(
                t("casework.priority.choose"),
                _press("priority", case),
                [
                    Choice(
                        t(f"casework.priority.{one.name.lower()}"),
                        one.name.lower(),
                        t(f"casework.priority.{one.name.lower()}.note"),
                        chosen=one is case.priority,
                    )
                    for one in sorted(Priority, reverse=True)
                ],
            )
        elif step == "macro":
            macros = await self.desk.macros.all(case.guild_id)
            if not macros:
                return Card(title=title, body=t("casework.macro.none"), tone=Tone.STAFF)
            row = macro_menu(t, macros, custom_id("case", "macro", case.reference))
        else:
            press = custom_id("case", "keep_out", case.reference)
            row = [Button(t("casework.button.keep_out"), press, discord.ButtonStyle.danger)]
        return Card(title=title, body=t(f"casework.{step}.body"), tone=Tone.STAFF, rows=[row])


async def assign(
    interaction: DeskInteraction, typed: str, whom: int, note: str, *, seen: int | None = None
) -> None:
    """Give a case to a staff member, who is told; a note that cannot be kept comes back."""
    t, reference = tongue(interaction), reference_of(typed)
    await staff_member(interaction, whom)
    with telling(t):
        await interaction.client.desk.triage.assign(
            guild_of(interaction),
            reference,
            interaction.user.id,
            whom,
            note=note,
            intake=f"interaction:{interaction.id}",
            seen=seen,
        )
    own = whom == interaction.user.id
    key = "casework.assign.own" if own else "casework.assign.done"
    said = t(key, reference=reference, who=staff_name(t, whom))
    await turn(interaction, Card(body=said))


async def prioritize(
    interaction: DeskInteraction, typed: str, to: Priority, *, seen: int | None = None
) -> None:
    """Say how soon a case is looked at."""
    t, reference = tongue(interaction), reference_of(typed)
    with telling(t):
        await interaction.client.desk.triage.prioritize(
            guild_of(interaction), reference, interaction.user.id, to, seen=seen
        )
    key = "casework.priority.alerted" if to is Priority.URGENT else "casework.priority.done"
    name = t(f"casework.priority.{to.name.lower()}")
    await turn(interaction, Card(body=t(key, reference=reference, priority=name)))


async def describe(
    interaction: DeskInteraction,
    typed: str,
    topic: str,
    labels: Sequence[str],
    *,
    seen: int | None = None,
) -> None:
    """Set a case's topic and labels."""
    t, reference = tongue(interaction), reference_of(typed)
    with telling(t):
        await interaction.client.desk.triage.describe(
            guild_of(interaction),
            reference,
            interaction.user.id,
            topic=topic,
            labels=labels,
            seen=seen,
        )
    await turn(interaction, Card(body=t("casework.describe.done", reference=reference)))


async def note(interaction: DeskInteraction, typed: str, text: str) -> None:
    """Keep a note that only staff read."""
    t, reference = tongue(interaction), reference_of(typed)
    with telling(t):
        await interaction.client.desk.triage.note(
            guild_of(interaction),
            reference,
            interaction.user.id,
            text,
            intake=f"interaction:{interaction.id}",
        )
    await turn(interaction, Card(body=t("casework.note.done", reference=reference)))


async def merge(
    interaction: DeskInteraction, typed: str, into: str, *, seen: int | None = None
) -> None:
    """Merge a case into another one, and offer to undo it."""
    t, reference, other = tongue(interaction), reference_of(typed), reference_of(into)
    with telling(t):
        case = await interaction.client.desk.triage.merge(
            guild_of(interaction), reference, interaction.user.id, other, seen=seen
        )
    undo = Button(t("casework.button.undo"), custom_id("case", "split", reference))
    said = t("casework.merge.done", reference=reference, into=case.merged_into)
    await turn(interaction, Card(body=said, tone=Tone.STAFF, rows=[[undo]]))


async def split(interaction: DeskInteraction, typed: str, *, seen: int | None = None) -> None:
    """Take a case out of the one it is part of, and offer to undo it."""
    t, reference = tongue(interaction), reference_of(typed)
    await acknowledge_turn(interaction)
    triage, guild_id = interaction.client.desk.triage, guild_of(interaction)
    with telling(t):
        before = await triage.case(guild_id, reference, by=interaction.user.id)
        case = await triage.split(guild_id, reference, interaction.user.id, seen=seen)
    undo = Button(
        t("casework.button.undo"), custom_id("case", "join", reference, before.merged_into)
    )
    said = t("casework.split.done", reference=reference, state=t(f"triage.state.{case.state}"))
    await turn(interaction, Card(body=said, tone=Tone.STAFF, rows=[[undo]]))


async def exclude(interaction: DeskInteraction, typed: str, whom: int) -> None:
    """Let a staff member keep out of a case. Of others, only an admin decides."""
    t, reference = tongue(interaction), reference_of(typed)
    with telling(t):
        await interaction.client.desk.triage.exclude(
            guild_of(interaction), reference, interaction.user.id, whom
        )
    own = whom == interaction.user.id
    key = "casework.keep_out.done" if own else "casework.exclude.done"
    said = t(key, reference=reference, who=staff_name(t, whom))
    await turn(interaction, Card(body=said))


def note_form(t: Tongue, reference: str) -> tuple[str, str, Sequence[TextField]]:
    """Return the form of a note: title, custom id and fields."""
    field = TextField(
        "text",
        t("casework.note.text"),
        description=t("casework.note.private"),
        paragraph=True,
        limit=NOTE_LIMIT,
    )
    title = t("casework.note.title", reference=reference)
    return title, custom_id("case", "note", reference), [field]


def describe_form(t: Tongue, case: Case) -> tuple[str, str, Sequence[TextField]]:
    """Return the form of topic and labels: title, custom id and fields."""
    fields = [
        TextField(
            "topic",
            t("casework.describe.topic"),
            description=t("casework.describe.topic.note"),
            value=case.topic,
            required=False,
            limit=TOPIC_LIMIT,
        ),
        TextField(
            "labels",
            t("casework.describe.labels"),
            description=t("casework.describe.labels.note", most=MOST_LABELS),
            value=", ".join(case.labels),
            required=False,
            limit=(LABEL_LIMIT + 2) * MOST_LABELS,
        ),
    ]
    title = t("casework.describe.title", reference=case.reference)
    return title, _press("describe", case), fields


def _merge_form(t: Tongue, case: Case) -> tuple[str, str, Sequence[TextField]]:
    field = TextField(
        "into",
        t("casework.merge.into"),
        description=t("casework.merge.note"),
        placeholder="C-7K4Q-2M",
        limit=_REFERENCE,
    )
    title = t("casework.merge.title", reference=case.reference)
    return title, _press("merge", case), [field]


def _possible(case: Case) -> list[str]:
    """Return what can be done with a case as it stands."""
    steps = [one for one in _STEPS if one != "split" or case.merged_into]
    if case.state in (State.CLOSED, State.MERGED):
        steps = [one for one in steps if one not in _OPEN_ONLY]
    if case.merged_into:
        steps.remove("merge")
    if case.erased:
        steps = [one for one in steps if one not in ("note", "macro", "merge")]
    return steps


def _press(action: str, case: Case) -> str:
    return custom_id("case", action, case.reference, len(case.events))
