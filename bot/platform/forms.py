"""Forms (Discord's modals): a list of fields in, a `components.Form` out.

A form has a stable custom id like any button, and what was typed is read from the submission
itself. So a form that was opened before a restart can be submitted after it, and nothing that
somebody typed is lost to a process that forgot having asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.platform import limits
from bot.platform.cards import Choice, select_options
from bot.platform.inert import plain
from bot.platform.limits import shorten

if TYPE_CHECKING:
    from bot.platform.client import DeskClient


@dataclass(frozen=True)
class TextField:
    """A field to type into. `value` is what it starts with, exactly."""

    name: str
    label: str
    description: str = ""
    value: str = ""
    placeholder: str = ""
    paragraph: bool = False
    required: bool = True
    limit: int = limits.FIELD_TEXT


@dataclass(frozen=True)
class ChoiceField:
    """A menu of at most 25 choices, to choose one."""

    name: str
    label: str
    choices: Sequence[Choice]
    description: str = ""
    placeholder: str = ""
    required: bool = True


@dataclass(frozen=True)
class FileField:
    """A field to put files into, or none: at most `most`."""

    name: str
    label: str
    most: int
    description: str = ""


Field = TextField | ChoiceField | FileField


async def open_form(
    interaction: "discord.Interaction[DeskClient]", title: str, press: str, fields: Sequence[Field]
) -> None:
    """Open a form in answer to an interaction; it must be the first answer.

    `press` is a custom id made by `components.custom_id`; whoever marked a method with `on_form`
    for it gets the submission.

    Raises:
        ValueError: there are more fields than Discord allows (five).
    """
    if len(fields) > limits.MODAL_FIELDS:
        raise ValueError(f"a form has at most {limits.MODAL_FIELDS} fields")
    modal = ui.Modal(title=shorten(title, limits.MODAL_TITLE), custom_id=press)
    for field in fields:
        modal.add_item(
            ui.Label(
                text=plain(field.label, limit=limits.FIELD_LABEL),
                description=plain(field.description, limit=limits.FIELD_DESCRIPTION) or None,
                component=_component(field),
            )
        )
    # A finished modal is not kept by the library: the client routes submissions by custom id.
    modal.stop()
    await interaction.response.send_modal(modal)


def _component(field: Field) -> ui.Item[Any]:
    if isinstance(field, FileField):
        return ui.FileUpload(
            custom_id=field.name, required=False, min_values=0, max_values=field.most
        )
    return _text(field) if isinstance(field, TextField) else _choice(field)


def _text(field: TextField) -> ui.Item[Any]:
    limit = min(field.limit, limits.FIELD_TEXT)
    return ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if field.paragraph else discord.TextStyle.short,
        default=shorten(field.value, limit) or None,
        placeholder=plain(field.placeholder, limit=limits.FIELD_PLACEHOLDER) or None,
        required=field.required,
        max_length=limit,
    )


def _choice(field: ChoiceField) -> ui.Item[Any]:
    return ui.Select(
        custom_id=field.name,
        placeholder=plain(field.placeholder, limit=limits.PLACEHOLDER) or None,
        required=field.required,
        options=select_options(field.choices),
    )
