"""/license attribution: a credit for one work, from a form; or for a whole table (batch.py)."""

import json

import discord
from discord import app_commands

from bot.licensing.attribution import FIELD_LIMIT, URL_LIMIT, Credit, Medium, Weight, Work
from bot.licensing.lookup import Found, Why
from bot.platform.cards import Attachment, Button, Card, Part, Row, Tone
from bot.platform.client import DeskInteraction
from bot.platform.commands import words
from bot.platform.components import DeskCog, Form, custom_id, on_button, on_form
from bot.platform.errors import Refused
from bot.platform.forms import TextField, open_form
from bot.platform.interactions import reply, tongue
from bot.words import Tongue
from cogs.license import _cards, batch
from cogs.license._group import GROUP, NAME_LIMIT

FIELDS = ("title", "creator", "source", "license", "changes")
_LIMITS = {"source": URL_LIMIT, "license": NAME_LIMIT}


class Attribution(DeskCog):
    """Credits, one at a time."""

    @GROUP.command(
        name="attribution",
        description=words(
            "command.license.attribution.description",
            "Build the credit for a work, or a credits page from a CSV file",
        ),
    )
    @app_commands.describe(
        license=words(
            "command.license.attribution.license", "The license of the work, if you know"
        ),
        medium=words("command.license.attribution.medium", "Where the credit will stand"),
        file=words(
            "command.license.attribution.file",
            "A CSV file with columns title, author, source, license, changes",
        ),
    )
    @app_commands.choices(
        medium=[
            app_commands.Choice(
                name=words("command.license.attribution.web.name", "Web page or post"), value="web"
            ),
            app_commands.Choice(
                name=words("command.license.attribution.print.name", "Print"), value="print"
            ),
            app_commands.Choice(
                name=words("command.license.attribution.slides.name", "Slides"), value="slides"
            ),
            app_commands.Choice(
                name=words("command.license.attribution.video.name", "Video"), value="video"
            ),
            app_commands.Choice(
                name=words("command.license.attribution.audio.name", "Audio"), value="audio"
            ),
            app_commands.Choice(
                name=words("command.license.attribution.dataset.name", "Dataset"), value="dataset"
            ),
        ]
    )
    async def attribution(
        self,
        interaction: DeskInteraction,
        license: app_commands.Range[str, 1, NAME_LIMIT] | None = None,
        medium: str = Medium.WEB,
        file: discord.Attachment | None = None,
    ) -> None:
        """Open the form, or credit every row of a file."""
        if file is not None:
            await batch.credit_file(interaction, file, Medium(medium))
            return
        await self._open(interaction, Medium(medium), {"license": license or ""})

    @attribution.autocomplete("license")
    async def complete_attribution(
        self, _interaction: DeskInteraction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offer tools."""
        return _cards.completions(self.desk, typed)

    @on_button("license", "credit")
    async def credit_tool(self, interaction: DeskInteraction, tool_id: str) -> None:
        """Open the form for a tool that a button names."""
        tool = _cards.tool_of(self.desk, tool_id)
        await self._open(interaction, Medium.WEB, {"license": tool.identifier})

    @on_button("license", "credit-edit")
    async def edit(self, interaction: DeskInteraction, medium: str, token: str) -> None:
        """Open the form again with what was typed before."""
        kept = self.client.memory.find(token, interaction.user.id)
        if kept is None:
            raise Refused("license.credit.forgotten")
        await self._open(interaction, _medium(medium), json.loads(kept))

    @on_form("license", "credit")
    async def filled_in(self, interaction: DeskInteraction, form: Form, medium: str) -> None:
        """Build the credit. What was typed stays at hand, to correct it."""
        t = tongue(interaction)
        typed = {field: form.text(field) for field in FIELDS}
        token = self.client.memory.keep(interaction.user.id, json.dumps(typed))
        edit = Button(t("license.credit.edit"), custom_id("license", "credit-edit", medium, token))
        outcome = self.desk.licensing.find(typed["license"])
        if not isinstance(outcome, Found):
            card = _cards.not_found_card(interaction, typed["license"], outcome)
            await reply(interaction, _with_form(t, card, edit, form))
            return
        work = Work(
            typed["title"],
            typed["creator"],
            typed["source"],
            outcome.tool,
            typed["changes"],
            _medium(medium),
            Why.VERSION_ASSUMED in outcome.assumed,
        )
        credit = self.desk.licensing.credit(work, _cards.phrases(t))
        await reply(interaction, self._credit_card(t, work, credit, edit))

    async def _open(
        self, interaction: DeskInteraction, medium: Medium, typed: dict[str, str]
    ) -> None:
        t = tongue(interaction)
        fields = [
            TextField(
                field,
                t(f"license.credit.field.{field}"),
                description=t(f"license.credit.field.{field}.note"),
                value=typed.get(field, ""),
                required=field == "license",
                limit=_LIMITS.get(field, FIELD_LIMIT),
            )
            for field in FIELDS
        ]
        form_id = custom_id("license", "credit", medium)
        await open_form(interaction, t("license.credit.form"), form_id, fields)

    def _credit_card(self, t: Tongue, work: Work, credit: Credit, edit: Button) -> Card:
        facts = [finding.fact for finding in credit.findings]
        parts = [
            Part(
                t(f"license.credit.{weight}"),
                _cards.sentences(t, (f.fact for f in credit.findings if f.weight is weight)),
            )
            for weight in Weight
            if any(finding.weight is weight for finding in credit.findings)
        ]
        explain = Button(
            t("license.button.explain", license=work.tool.identifier),
            custom_id("license", "explain", work.tool.id),
        )
        rows: list[Row] = [[edit, explain], *_cards.entry_rows(self.desk, facts)]
        card = Card(
            kind=t("license.kind.credit"),
            title=t("license.credit.ready" if credit.complete else "license.credit.incomplete"),
            body=f"{t('license.credit.forms')}\n{_cards.tool_links(t, work.tool)}",
            parts=[*parts, _cards.sources_part(t, facts)],
            footer=t("card.not_advice"),
            tone=Tone.ANSWER if credit.complete else Tone.UNSURE,
            rows=rows,
            shortened=t("license.shortened"),
            attachments=[
                Attachment("credit.md", credit.markdown),
                Attachment("credit.html", credit.html),
            ],
        )
        return card.handing_back(credit.plain, "credit.txt")


def _with_form(t: Tongue, card: Card, edit: Button, form: Form) -> Card:
    """Hand back what was typed, with the way back into the form."""
    body = f"{card.body}\n\n{t('license.credit.kept')}"
    rows: list[Row] = [[edit], *card.rows]
    whole = Card(card.title, body, card.kind, tone=card.tone, rows=rows)
    return whole.handing_back(form.typed(), "what-you-typed.txt")


def _medium(text: str) -> Medium:
    """Read a medium out of a custom id.

    Raises:
        Refused: it is none.
    """
    if text not in list(Medium):
        raise Refused("error.stale")
    return Medium(text)
