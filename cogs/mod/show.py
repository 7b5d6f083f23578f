"""How cases look: to moderators, in lists, and to the member one is about."""

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.desk import Desk
from bot.moderation.cases.model import (
    APPEALABLE,
    REASON_LIMIT,
    Act,
    Case,
    Event,
    Line,
    OwnCase,
    State,
    Told,
)
from bot.platform.cards import Button, Card, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert, is_web_address
from bot.words import Tongue
from cogs.mod.group import rule_name
from cogs.triage.told import staff_name

_HISTORY = 6
_WORDS = 2 * REASON_LIMIT
_TONES = {State.OPEN: Tone.UNSURE, State.APPEALED: Tone.UNSURE, State.LIFTED: Tone.ANSWER}
_DANGER = discord.ButtonStyle.danger


def act_name(t: Tongue, act: Act) -> str:
    """Return an act as moderators call it."""
    return t(f"mod.act.{act}")


def state_name(t: Tongue, state: State) -> str:
    """Return a state as moderators call it."""
    return t(f"mod.state.{state}")


def moment(at: datetime, style: discord.utils.TimestampStyle = "f") -> str:
    """Return a moment as each reader's Discord writes it."""
    return discord.utils.format_dt(at, style)


def case_card(desk: Desk, t: Tongue, case: Case) -> Card:
    """Show a case to moderators, with what they can do now."""
    parts = [Part(t("mod.part.about"), _about(t, case))]
    if case.act is not Act.REPORT:
        rule = t("mod.rule", rule=rule_name(desk, t, case.rule), id=case.rule)
        reason = inert(case.reason, limit=_WORDS) if case.reason else t("mod.no_words")
        parts.append(Part(t("mod.part.why"), f"{rule}\n{reason}"))
    if case.reports:
        count = t.plural("mod.reports", len(case.reports))
        said = [inert(one.words, limit=400) for one in case.reports if one.words]
        parts.append(Part(count, said[:5] or t("mod.no_words")))
    if case.evidence:
        parts.append(Part(t("mod.part.message"), inert(case.evidence, limit=1200)))
    if case.appeal is not None:
        words = inert(case.appeal.words, limit=_WORDS) if case.appeal.words else t("mod.no_words")
        key = "mod.appeal.due" if case.appeal.outcome is None else "mod.appeal.decided"
        parts.append(
            Part(t("mod.part.appeal"), f"{words}\n{t(key, day=moment(case.appeal.due, 'D'))}")
        )
        if case.appeal.answer:
            by = staff_name(t, case.appeal.decided_by)
            answer = inert(case.appeal.answer, limit=_WORDS)
            parts.append(Part(t("mod.part.answer", who=by), answer))
    if case.trouble:
        parts.append(Part(t("mod.part.trouble"), inert(case.trouble, limit=300)))
    parts.append(Part(t("mod.part.history"), [_event(t, one) for one in case.events[-_HISTORY:]]))
    return Card(
        kind=t("mod.kind"),
        title=f"{case.reference} · {act_name(t, case.act)} · {state_name(t, case.state)}",
        parts=parts,
        tone=Tone.TROUBLE if case.trouble else _TONES.get(case.state, Tone.STAFF),
        rows=_rows(t, case),
        shortened=t("mod.shortened"),
    )


def line(desk: Desk, t: Tongue, one: Line) -> str:
    """Return a case as a line in a list."""
    who = f"<@{one.subject}>" if one.subject else f"<#{one.channel_id}>" if one.channel_id else "–"
    said = t(
        "mod.line",
        reference=one.reference,
        act=act_name(t, one.act),
        who=who,
        rule=rule_name(desk, t, one.rule),
        state=state_name(t, one.state),
        day=moment(one.opened_at, "d"),
    )
    return t("mod.line.counts", line=said) if one.counts else said


def told_card(desk: Desk, t: Tongue, case: Case, server: str, what: str, address: str) -> Card:
    """Return what a member is written: what was decided, why, what follows, how to appeal."""
    parts = [Part(t("appeal.part.rule"), _rule(desk, t, case.rule))]
    rows: list[Row] = []
    if what == "decided" and case.reason:
        parts.append(Part(t("appeal.part.reason"), inert(case.reason, limit=_WORDS)))
    if what == "decided":
        follows = t(f"appeal.follows.{case.act}")
        if case.until is not None:
            follows = f"{follows} {t('appeal.until', until=moment(case.until))}"
        parts.append(Part(t("appeal.part.follows"), follows))
        if case.act in APPEALABLE and case.code:
            parts.append(Part(t("appeal.part.how"), how(t, case.code, address)))
            rows.append([Button(t("appeal.button"), custom_id("appeal", "open", case.code))])
    if what == "appeal" and case.appeal is not None and case.appeal.answer:
        parts.append(Part(t("appeal.part.answer"), inert(case.appeal.answer, limit=_WORDS)))
    if what == "appeal" and case.state is State.CHANGED and case.until is not None:
        until = t("appeal.until", until=moment(case.until))
        parts.append(Part(t("appeal.part.follows"), until))
    key = {"decided": f"appeal.title.{case.act}", "lifted": "appeal.title.lifted"}.get(
        what, f"appeal.title.{case.state}"
    )
    return Card(
        kind=t("appeal.kind"),
        title=t(key),
        body=t("appeal.from", server=inert(server, limit=200), reference=case.reference),
        parts=parts,
        tone=Tone.UNSURE if what == "decided" else Tone.PLAIN,
        rows=rows,
        footer=t("appeal.note"),
    )


def own_card(desk: Desk, t: Tongue, own: OwnCase, code: str) -> Card:
    """Show a case to the member it is about: where it stands, and what came of an appeal."""
    parts = [Part(t("appeal.part.rule"), _rule(desk, t, own.rule))]
    if own.reason:
        parts.append(Part(t("appeal.part.reason"), inert(own.reason, limit=_WORDS)))
    standing = [t(f"appeal.state.{own.state}")]
    if own.until is not None and own.state is not State.EXPIRED:
        standing.append(t("appeal.until", until=moment(own.until)))
    if own.appeal is not None and own.appeal.outcome is None:
        standing.append(t("appeal.due", day=moment(own.appeal.due, "D")))
    parts.append(Part(t("appeal.part.standing"), " ".join(standing)))
    if own.appeal is not None and own.appeal.words:
        parts.append(Part(t("appeal.part.words"), inert(own.appeal.words, limit=_WORDS)))
    if own.appeal is not None and own.appeal.answer:
        parts.append(Part(t("appeal.part.answer"), inert(own.appeal.answer, limit=_WORDS)))
    rows: list[Row] = []
    if own.can_appeal:
        rows.append([Button(t("appeal.button"), custom_id("appeal", "open", code))])
    return Card(
        kind=t("appeal.kind"),
        title=f"{own.reference} · {t(f'appeal.act.{own.act}')}",
        parts=parts,
        rows=rows,
        footer=t("appeal.note"),
    )


def how(t: Tongue, code: str, address: str) -> str:
    """Say how to appeal, with the code and another way for who can use no command here."""
    said = t("appeal.how", code=code)
    if not address:
        return said
    shown = address if is_web_address(address) else inert(address, limit=200)
    return f"{said} {t('appeal.how.address', address=shown)}"


def appeal_address(desk: Desk) -> str:
    """Return where somebody who was banned can appeal: the web form, or the operator's address."""
    form = desk.settings.web.public
    if form.enabled and form.base_url:
        return f"{form.base_url.rstrip('/')}/appeal"
    return desk.settings.operator.contact


def _rule(desk: Desk, t: Tongue, rule_id: str) -> str:
    rule = desk.rules.ruleset.rule(rule_id)
    if rule is None:
        return rule_name(desk, t, rule_id)
    title, text = rule.said(t.language)
    return f"**{inert(title, limit=150)}**\n{inert(text, limit=800)}"


def _about(t: Tongue, case: Case) -> str:
    lines = []
    if case.subject is not None:
        lines.append(t("mod.about.member", who=f"<@{case.subject}>", id=case.subject))
    if case.channel_id is not None:
        lines.append(t("mod.about.channel", channel=f"<#{case.channel_id}>"))
    if case.role_id is not None:
        lines.append(t("mod.about.role", role=f"<@&{case.role_id}>"))
    if case.link:
        lines.append(t("mod.about.link", link=case.link))
    if case.act is not Act.REPORT:
        lines.append(t(f"mod.source.{case.source}", who=staff_name(t, case.by)))
    if case.until is not None:
        lines.append(t("mod.about.until", until=moment(case.until)))
    if case.told is Told.SHUT:
        lines.append(t("mod.about.shut"))
    return "\n".join(lines) or "–"


def _event(t: Tongue, one: Event) -> str:
    what = t(f"mod.event.{one.what}")
    if one.what == "moved":
        what = t("mod.event.moved_to", state=state_name(t, State(one.detail["to"])))
    said = t("mod.event", at=moment(one.at, "R"), what=what)
    if one.by is not None:
        said = t("mod.event.by", line=said, who=staff_name(t, one.by))
    return f"{said}: {inert(one.note, limit=300)}" if one.note else said


def _rows(t: Tongue, case: Case) -> Sequence[Row]:
    def button(what: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> Button:
        return Button(t(f"mod.button.{what}"), custom_id("mod", what, case.reference), style)

    first: list[Button] = []
    if case.act is Act.REPORT and case.state is State.OPEN:
        first = [button("decide", discord.ButtonStyle.primary), button("nothing")]
    elif case.state is State.APPEALED:
        first = [button("uphold"), button("change"), button("grant", _DANGER)]
    elif case.state in (State.OPEN, State.ACTIONED, State.UPHELD, State.CHANGED):
        first = [button("lift", _DANGER)]
        if case.trouble:
            first.insert(0, button("again", discord.ButtonStyle.primary))
    first.append(button("note"))
    if case.subject is not None:
        first.append(button("history"))
    return [first]
