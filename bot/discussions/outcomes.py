"""What came of the polls and opinion maps of a session, for its round-up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.discussions.opinions import outline as map_outline
from bot.discussions.opinions.model import Drawn
from bot.discussions.opinions.service import Opinions
from bot.discussions.polls import outline as poll_outline
from bot.discussions.polls.model import Poll
from bot.discussions.polls.service import Polls
from bot.words import Tongue


@dataclass(frozen=True)
class Outcomes:
    """The polls and maps of one session, in the order they were opened.

    Both as they stand: of what is open still, there may be no result yet. What may not be told
    (fewer than five voters) is in none of the words below.
    """

    polls: tuple[Poll, ...] = ()
    maps: tuple[Drawn, ...] = ()


async def outcomes_of(polls: Polls, opinions: Opinions, guild_id: int, session_id: int) -> Outcomes:
    """Return what came of the polls and maps held in a session (`Session.id`)."""
    asked = await polls.polls(guild_id, session_id=session_id)
    maps = await opinions.maps(guild_id, session_id=session_id)
    drawn = [await opinions.standing(guild_id, one.reference) for one in reversed(maps)]
    return Outcomes(tuple(reversed(asked)), tuple(drawn))


def markdown(t: Tongue, outcomes: Outcomes, safe: Callable[[str], str]) -> str:
    """Return results as Markdown, with headings of the third level; "" if there are none.

    `safe` makes people's own words harmless for where it is shown.
    """
    blocks: list[str] = []
    for poll in outcomes.polls:
        said, lines = poll_outline.told(t, poll, safe)
        if said:
            title = t("poll.markdown.title", question=safe(poll.asked.question))
            voted = t.plural("poll.voted", poll.voters)
            blocks.append(_block(title, [*said, voted], [("", lines)]))
    for one in outcomes.maps:
        if one.figures is None and one.map.closed_at is None:
            continue
        told = map_outline.told(t, one, safe)
        title = t("opinion.markdown.title", question=safe(one.map.question))
        blocks.append(_block(title, told.summary, told.parts))
    return "\n\n".join(blocks)


def _block(title: str, said: Sequence[str], parts: Sequence[tuple[str, Sequence[str]]]) -> str:
    lists = []
    for label, lines in parts:
        heading = [f"**{label}**"] if label else []
        lists.append("\n".join([*heading, *(f"- {line}" for line in lines)]))
    return "\n\n".join(text for text in (f"### {title}", "\n".join(said), *lists) if text)
