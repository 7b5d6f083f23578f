"""What was done in moderation, as totals that point at nobody."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.concerns.briefs.suppression import table_of
from bot.moderation.cases.log import Counts

Groups = list[tuple[str, int | None]]


@dataclass(frozen=True)
class Told:
    """Counts as they may be told; None stands for a group of fewer than five."""

    rules: Groups
    acts: Groups
    appeals: Groups


def figures(counts: Counts) -> Told:
    """Return what may be told. No totals are: they would say what is in a small group."""

    def groups(of: Mapping[str, int]) -> Groups:
        return list(table_of(of, total=False).groups)

    return Told(groups(counts.rules), groups(counts.acts), groups(counts.appeals))
