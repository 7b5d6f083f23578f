"""/triage enter: staff write down what somebody told them by another way."""

from collections.abc import Sequence

from bot.concerns.model import LINK_LIMIT, RAISABLE, WHAT_LIMIT, Consent, Draft, Kind, Source
from bot.guilds.model import Capability
from bot.platform import errors
from bot.platform.access import requires
from bot.platform.cards import Button, Card, Choice
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import ChoiceField, Field, TextField, open_form
from bot.platform.interactions import acknowledge, reply, tongue
from bot.words import Tongue
from cogs.triage.commands import TriageCommands
from cogs.triage.told import guild_of

_BETWEEN = "\x1f"
_NAMES = ("kind", "source", "what", "link")


class TriageEntering(TriageCommands):
    """/triage with the command that enters a concern on somebody's behalf."""

    @TriageCommands.triage.command(
        name="enter",
        description=words("command.triage.enter", "Write down what somebody told you elsewhere"),
    )
    @requires(Capability.STAFF)
    async def enter(self, interaction: DeskInteraction) -> None:
        """Open the form."""
        await _open(interaction, dict.fromkeys(_NAMES, ""))

    @on_button("case", "enter_again", requires=Capability.STAFF)
    async def again(self, interaction: DeskInteraction, token: str) -> None:
        """Open the form again with what was typed still in it."""
        kept = self.client.memory.find(token, interaction.user.id)
        if kept is None:
            raise Refused("triage.enter.forgotten")
        await _open(interaction, dict(zip(_NAMES, kept.split(_BETWEEN), strict=True)))

    @on_form("case", "enter", requires=Capability.STAFF)
    async def entered(self, interaction: DeskInteraction, form: Form) -> None:
        """Log it, and show the code once, for staff to pass on to the person."""
        kind, source = form.choice("kind") or "", form.choice("source") or ""
        what, link = form.text("what"), form.text("link")
        try:
            if not await acknowledge(interaction):
                return
            code = self.desk.anonymous.code_for(interaction.id, interaction.token)
            receipt = await self.desk.anonymous.enter(
                guild_id=guild_of(interaction),
                draft=Draft(
                    Kind(kind) if kind in RAISABLE else Kind.OTHER,
                    what,
                    link,
                    consent=Consent.NOTHING,
                ),
                code=code,
                by=interaction.user.id,
                source=Source(source) if source in set(Source) else Source.ELSEWHERE,
            )
        except Exception as error:
            packed = _BETWEEN.join(
                part.replace(_BETWEEN, " ") for part in (kind, source, what, link)
            )
            token = self.client.memory.keep(interaction.user.id, packed)
            label = tongue(interaction)("concern.button.again")
            rows = [[Button(label, custom_id("case", "enter_again", token))]]
            typed = "\n\n".join(part for part in (what, link) if part)
            await errors.answer(interaction, error, where="case:enter", typed=typed, rows=rows)
            return
        t = tongue(interaction)
        title = t("triage.enter.done.title", reference=receipt.reference)
        card = Card(kind=t("triage.enter.done.kind"), title=title, body=t("triage.enter.done.body"))
        await reply(interaction, card.handing_back(code, "code.txt"))


async def _open(interaction: DeskInteraction, typed: dict[str, str]) -> None:
    t = tongue(interaction)
    await open_form(
        interaction, t("triage.enter.title"), custom_id("case", "enter"), _fields(t, typed)
    )


def _fields(t: Tongue, typed: dict[str, str]) -> Sequence[Field]:
    return [
        ChoiceField(
            "kind",
            t("concern.form.kind"),
            [
                Choice(t(f"concern.kind.{kind}"), kind, chosen=kind == typed["kind"])
                for kind in RAISABLE
            ],
        ),
        ChoiceField(
            "source",
            t("triage.enter.source"),
            [
                Choice(t(f"triage.source.{one}"), one, chosen=one == typed["source"])
                for one in Source
            ],
        ),
        TextField(
            "what",
            t("concern.form.what"),
            description=t("triage.enter.what.note"),
            value=typed["what"],
            paragraph=True,
            limit=WHAT_LIMIT,
        ),
        TextField(
            "link",
            t("concern.form.link"),
            value=typed["link"],
            required=False,
            limit=LINK_LIMIT,
        ),
    ]
