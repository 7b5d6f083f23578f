"""A round-up in words: labelled parts for its card, and the whole as Markdown."""

from collections.abc import Callable

from bot.discussions.outcomes import Outcomes, markdown
from bot.discussions.queue.model import Stage
from bot.discussions.roundup.model import FLOOR, Allowed, Answer, Point, Roundup
from bot.words import Tongue

Safe = Callable[[str], str]
"""Makes people's own words harmless for where they are shown."""

Parts = list[tuple[str, list[str]]]

_OPEN = frozenset({Stage.APPROVED, Stage.ON_STAGE, Stage.SKIPPED})


def told(t: Tongue, roundup: Roundup, safe: Safe) -> Parts:
    """Return a round-up's parts, without polls and maps: a label, and lines."""
    answers = roundup.shown_answers
    found: Parts = [
        (
            t("roundup.part.answers"),
            [_answer(t, one, safe) for one in answers if one.question.stage is Stage.ANSWERED],
        ),
        (
            t("roundup.part.follow_ups"),
            [_follow_up(t, one, safe) for one in answers if one.question.stage is Stage.FOLLOW_UP],
        ),
        (
            t("roundup.part.open"),
            [safe(one.question.content or "") for one in answers if one.question.stage in _OPEN],
        ),
        (t("roundup.part.points"), [_point(t, roundup, one, safe) for one in roundup.shown_points]),
        (
            t("roundup.part.links"),
            [one for one in map(str.strip, roundup.links.split("\n")) if one],
        ),
        (t("roundup.part.who"), [attendance(t, roundup)]),
    ]
    return [(label, lines) for label, lines in found if lines]


def attendance(t: Tongue, roundup: Roundup) -> str:
    """Return how many people wrote; of fewer than five only that."""
    if roundup.attendance < FLOOR:
        return t("roundup.who.few", floor=FLOOR)
    return t("roundup.who", count=roundup.attendance)


def document(t: Tongue, roundup: Roundup, outcomes: Outcomes, safe: Safe) -> str:
    """Return the whole round-up as a Markdown document (CommonMark)."""
    plan = roundup.session.plan
    blocks = [
        f"# {safe(plan.topic)}",
        t(
            "roundup.doc.head",
            kind=t(f"discussion.kind.{plan.kind}"),
            day=plan.starts.date().isoformat(),
            reference=roundup.session.reference,
        ),
    ]
    if plan.guests:
        blocks.append(t("discussion.event.guests", guests=safe(plan.guests)))
    if roundup.opening:
        blocks.append(_paragraphs(roundup.opening, safe))
    for label, lines in told(t, roundup, safe):
        listed = "\n".join("- " + one.replace("\n", "\n  ") for one in lines)
        blocks.append(f"## {label}\n\n{listed}")
    held = markdown(t, outcomes, safe)
    if held:
        blocks.append(f"## {t('roundup.part.polls')}\n\n{held}")
    blocks.append(t("roundup.doc.foot"))
    return "\n\n".join(blocks) + "\n"


def _paragraphs(text: str, safe: Safe) -> str:
    return "\n\n".join(safe(one) for one in text.split("\n") if one.strip())


def _answer(t: Tongue, one: Answer, safe: Safe) -> str:
    question = f"**{safe(one.question.content or '')}**"
    if not one.words:
        return f"{question}\n{t('roundup.answered_there')}"
    return f"{question}\n{safe(one.words)}"


def _follow_up(t: Tongue, one: Answer, safe: Safe) -> str:
    due = one.question.due_at
    question = safe(one.question.content or "")
    if one.words:
        question = f"**{question}**\n{safe(one.words)}"
    return (
        question
        if due is None
        else t("roundup.follow_up", question=question, day=due.date().isoformat())
    )


def _point(t: Tongue, roundup: Roundup, one: Point, safe: Safe) -> str:
    session = roundup.session
    link = (
        f"https://discord.com/channels/{session.guild_id}/{session.place.channel_id}"
        f"/{one.message_id}"
    )
    if not one.quote:
        return t("roundup.point.link", link=link)
    if one.allowed is Allowed.NAMED and one.name:
        return t("roundup.point.named", quote=safe(one.quote), name=safe(one.name), link=link)
    return t("roundup.point.unnamed", quote=safe(one.quote), link=link)
