"""A poll's result in words, for boards and round-ups."""

from collections.abc import Callable

from bot.discussions.polls.counting import Round
from bot.discussions.polls.model import FLOOR, Kind, Poll, Result
from bot.words import Tongue


def told(t: Tongue, poll: Poll, safe: Callable[[str], str]) -> tuple[list[str], list[str]]:
    """Return what came of a closed poll: the outcome, and the counts line by line.

    `safe` makes people's own words harmless where they are shown.
    """
    result = poll.result
    if result is None:
        return [], []
    if result.lost:
        return [t("poll.lost")], []
    if not result.voters:
        return [t("poll.nobody")], []
    if not poll.tells:
        return [t("poll.too_few", floor=FLOOR)], []
    lines = [_outcome(t, poll, result, safe)]
    if poll.asked.kind is Kind.RANKED:
        return lines, [_round(t, poll, place, one, safe) for place, one in enumerate(result.rounds)]
    return lines, counts(t, poll, result, safe)


def counts(t: Tongue, poll: Poll, result: Result, safe: Callable[[str], str]) -> list[str]:
    """Return the votes for each option, in the poll's own order."""
    return [
        t(
            "poll.count",
            option=safe(option),
            votes=t.plural("poll.votes", many),
            percent=round(100 * many / result.voters) if result.voters else 0,
        )
        for option, many in zip(poll.asked.options, result.counts, strict=True)
    ]


def _outcome(t: Tongue, poll: Poll, result: Result, safe: Callable[[str], str]) -> str:
    names = [safe(poll.asked.options[one]) for one in result.winners]
    if len(names) == 1:
        return t("poll.won", option=names[0])
    return t("poll.tied", options=", ".join(names))


def _round(t: Tongue, poll: Poll, place: int, one: Round, safe: Callable[[str], str]) -> str:
    options = poll.asked.options
    each = ", ".join(
        t("poll.round.count", option=safe(options[option]), votes=many)
        for option, many in one.counts
        if many or option not in one.out
    )
    line = t("poll.round", number=place + 1, counts=each)
    if one.tied:
        line += t(
            "poll.round.tied",
            options=", ".join(safe(options[option]) for option in one.tied),
            out=safe(options[one.out[0]]),
        )
    elif one.out:
        line += t("poll.round.out", options=", ".join(safe(options[two]) for two in one.out))
    if one.exhausted:
        line += t.plural("poll.round.exhausted", one.exhausted)
    return line
