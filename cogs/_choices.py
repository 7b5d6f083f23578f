"""What commands offer to choose from: the kinds and states of concerns."""

from collections.abc import Iterable

from discord.app_commands import Choice

from bot.concerns.model import Kind, State
from bot.platform import limits
from bot.platform.commands import words
from bot.platform.inert import plain

STATES = {
    State.RECEIVED: words("command.triage.state.received", "New"),
    State.READ: words("command.triage.state.read", "Read"),
    State.WORKING: words("command.triage.state.working", "In progress"),
    State.WAITING: words("command.triage.state.waiting", "Waiting for the reporter"),
    State.ANSWERED: words("command.triage.state.answered", "Answered"),
    State.CLOSED: words("command.triage.state.closed", "Closed"),
    State.REOPENED: words("command.triage.state.reopened", "Reopened"),
    State.MERGED: words("command.triage.state.merged", "Merged"),
}
KINDS = {
    Kind.DATASET: words("command.triage.kind.dataset", "Datasets and AI"),
    Kind.PRIVACY: words("command.triage.kind.privacy", "Privacy"),
    Kind.ETHICS: words("command.triage.kind.ethics", "Ethics"),
    Kind.SURVEILLANCE: words("command.triage.kind.surveillance", "Surveillance"),
    Kind.LICENSE: words("command.triage.kind.license", "License"),
    Kind.CHILD: words("command.triage.kind.child", "A child is shown"),
    Kind.DANGER: words("command.triage.kind.danger", "Somebody is in danger"),
    Kind.OTHER: words("command.triage.kind.other", "Something else"),
    Kind.QUESTION: words("command.triage.kind.question", "Question to staff"),
}


def offered(named: Iterable[tuple[str, str]], typed: str) -> list[Choice[str]]:
    """Return what goes with a part that was typed, of pairs of a name to show and a value."""
    part = typed.casefold().strip()
    return [
        Choice(name=plain(name, limit=limits.CHOICE_NAME), value=value)
        for name, value in named
        if part in name.casefold()
    ][: limits.CHOICES]
