"""How sessions look: in their post, in lists, to those who host them, and in direct messages."""

from collections.abc import Callable, Sequence
from datetime import datetime

import discord

from bot.discussions.model import (
    GUESTS_LIMIT,
    HELD,
    PROMPTS_LIMIT,
    REASON_LIMIT,
    RULES_LIMIT,
    UPCOMING,
    Line,
    Session,
    State,
)
from bot.discussions.times import local_of
from bot.platform.cards import Button, Card, Choice, Menu, Part, PersonMenu, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.topics.model import Line as TopicLine
from bot.words import Tongue

PAGE = 6
_TONES = {
    State.ANNOUNCED: Tone.PLAIN,
    State.OPEN: Tone.ANSWER,
    State.CANCELLED: Tone.TROUBLE,
    State.PLANNED: Tone.STAFF,
}

More = Callable[[Tongue, Session], Sequence[Button]]
PAGES = 3
"""Topic pages that a session's card leads to."""

MORE: list[More] = []
"""What other cogs add to the buttons of a session's post, such as asking a question there."""


def post_card(t: Tongue, session: Session) -> Card:
    """Show a session in its own post, to everybody."""
    rows: list[Row] = []
    if session.state in (State.ANNOUNCED, State.OPEN):
        mine = [
            Button(
                t("discussion.button.come"),
                custom_id("discussion", "come", session.reference),
                discord.ButtonStyle.primary,
            ),
            Button(
                t("discussion.button.not"), custom_id("discussion", "notcome", session.reference)
            ),
        ]
        if session.place.event_id is not None and session.state is State.ANNOUNCED:
            mine.append(Button(t("discussion.button.event"), event_link(session)))
        rows.append(mine)
    for more in MORE:
        buttons = more(t, session)
        if buttons:
            rows.append(list(buttons))
    return _card(t, session, rows=rows)


def open_card(
    t: Tongue, session: Session, *, host: bool, comes: bool, pages: Sequence[TopicLine] = ()
) -> Card:
    """Show a session to one person who opened it from a list; `pages` are what it is about."""
    buttons = []
    if session.state in (State.ANNOUNCED, State.OPEN):
        what = "not" if comes else "come"
        press = custom_id("discussion", "notcome" if comes else "come", session.reference)
        buttons.append(Button(t(f"discussion.button.{what}"), press))
    if session.link:
        buttons.append(Button(t("discussion.button.go"), session.link))
    if host:
        press = custom_id("session", "manage", session.reference)
        buttons.append(Button(t("session.button.manage"), press))
    if session.state in (State.SUMMED_UP, State.ARCHIVED):
        read = custom_id("roundup", "open", session.reference)
        buttons.append(Button(t("roundup.kind"), read, discord.ButtonStyle.primary))
    known = [
        Button(t("topic.of_session", title=one.title), custom_id("topic", "show", one.reference))
        for one in pages
    ]
    return _card(t, session, rows=[row for row in (buttons, known) if row])


def host_card(t: Tongue, session: Session, said: str = "") -> Card:
    """Show a session to its hosts, with all that they can do; a plan is shown as it will look."""
    reference, version, state = session.reference, session.version, session.state

    def press(action: str) -> str:
        return custom_id("session", action, reference, version)

    acts: list[Button] = []
    if state is State.PLANNED:
        acts.append(
            Button(t("session.button.announce"), press("announce"), discord.ButtonStyle.primary)
        )
    if state in UPCOMING | {State.OPEN}:
        acts.append(Button(t("session.button.words"), press("words")))
    if state in UPCOMING:
        acts.append(Button(t("session.button.time"), press("time")))
        key = "session.button.discard" if state is State.PLANNED else "session.button.cancel"
        acts.append(Button(t(key), press("cancel"), discord.ButtonStyle.danger))
    if state is State.ANNOUNCED:
        acts.append(Button(t("session.button.open"), press("open")))
    if state is State.OPEN:
        acts.append(Button(t("session.button.close"), press("close")))
    if state in HELD:
        write = custom_id("roundup", "open", reference)
        acts.append(Button(t("roundup.kind"), write, discord.ButtonStyle.primary))
    rows: list[Row] = [acts] if acts else []
    if state in UPCOMING | {State.OPEN}:
        choose = custom_id("session", "host", reference)
        rows.append(PersonMenu(t("session.host.add"), choose))
        if len(session.hosts) > 1:
            drop = Button(t("session.button.drop_me"), custom_id("session", "leave", reference))
            rows.append([drop])
    if session.link:
        rows.append([Button(t("discussion.button.go"), session.link)])
    notes = [said or t(f"session.now.{state}")]
    if session.series:
        notes.append(t("session.series", series=session.series))
    return _card(t, session, rows=rows, above="\n".join(notes))


def list_card(
    t: Tongue, lines: Sequence[Line], page: int, *, past: bool, follows: bool | None = None
) -> Card:
    """Show a page of sessions; a page beyond the last is the last."""
    which = "past" if past else "coming"
    other = Button(
        t(f"discussion.button.{'coming' if past else 'past'}"),
        custom_id("discussion", "page", "coming" if past else "past", 0),
    )
    foot = [other]
    if follows is not None and not past:
        key = "discussion.button.unfollow" if follows else "discussion.button.follow"
        press = custom_id("discussion", "follow", "no" if follows else "yes")
        foot.append(Button(t(key), press))
    if not lines:
        return Card(
            kind=t("discussion.kind"),
            title=t(f"discussion.{which}.title"),
            body=t(f"discussion.{which}.none"),
            rows=[foot],
        )
    pages = -(-len(lines) // PAGE)
    page = min(max(page, 0), pages - 1)
    shown = lines[page * PAGE : (page + 1) * PAGE]
    choices = [Choice(one.topic, one.reference, _when_plain(t, one)) for one in shown]
    rows: list[Row] = [Menu(t("discussion.open"), custom_id("discussion", "open"), choices)]
    if pages > 1:
        rows.append(
            [
                Button(
                    t("discussion.button.previous"),
                    custom_id("discussion", "page", which, max(page - 1, 0)),
                    disabled=page == 0,
                ),
                Button(
                    t("discussion.button.next"),
                    custom_id("discussion", "page", which, page + 1),
                    disabled=page == pages - 1,
                ),
            ]
        )
    rows.append(foot)
    return Card(
        kind=t("discussion.kind"),
        title=t(f"discussion.{which}.title"),
        body="\n".join(f"- {_line(t, one)}" for one in shown),
        footer=t("discussion.leaf", page=page + 1, pages=pages) if pages > 1 else "",
        rows=rows,
    )


def told_card(t: Tongue, session: Session, what: str, late: int) -> Card:
    """Say in a session's post what happens now."""
    lines = [t(f"discussion.told.{what}", **_times(session))]
    if late:
        lines.append(t.plural("discussion.told.late", late))
    if what in ("moved", "cancelled") and session.why:
        lines.append(t("discussion.why", why=inert(session.why, limit=2 * REASON_LIMIT)))
    parts = []
    if what == "opened":
        parts = _words(t, session)
    return Card(
        kind=_kind(t, session),
        title=inert(session.plan.topic, limit=250),
        body="\n".join(lines),
        parts=parts,
        tone=_TONES.get(session.state, Tone.PLAIN),
        shortened=t("discussion.shortened"),
    )


def message_card(t: Tongue, session: Session, what: str, server: str) -> Card:
    """Write to one person about a session: somebody who comes, follows, or hosts."""
    lines = [t(f"discussion.message.{what}", **_times(session))]
    if what in ("moved", "cancelled", "host.moved", "host.cancelled") and session.why:
        lines.append(t("discussion.why", why=inert(session.why, limit=2 * REASON_LIMIT)))
    buttons = []
    if session.link:
        buttons.append(Button(t("discussion.button.go"), session.link))
    if session.place.event_id is not None and session.state is State.ANNOUNCED:
        buttons.append(Button(t("discussion.button.event"), event_link(session)))
    return Card(
        kind=_kind(t, session),
        title=inert(session.plan.topic, limit=250),
        body="\n".join(lines),
        footer=t("discussion.footer", reference=session.reference, server=server),
        tone=_TONES.get(session.state, Tone.PLAIN),
        rows=[buttons] if buttons else [],
    )


def event_text(t: Tongue, session: Session) -> str:
    """Return the description of Discord's own event, of at most 1,000 characters."""
    lines = [one for one in (_guests_plain(t, session), session.plan.prompts) if one]
    lines = [inert(one, limit=400) for one in lines]
    lines.append(t("discussion.event.where", link=session.link))
    return "\n\n".join(lines)[:1000]


def event_link(session: Session) -> str:
    """Return the address of Discord's own event."""
    return f"https://discord.com/events/{session.guild_id}/{session.place.event_id}"


def state_name(t: Tongue, state: State) -> str:
    """Return a state as everybody calls it."""
    return t(f"discussion.state.{state}")


def at(moment: datetime, style: discord.utils.TimestampStyle = "F") -> str:
    """Return an instant as each reader's Discord writes it, in their own time."""
    return discord.utils.format_dt(moment, style)


def _card(t: Tongue, session: Session, *, rows: Sequence[Row], above: str = "") -> Card:
    plan = session.plan
    local = local_of(plan.starts, plan.zone).strftime("%Y-%m-%d %H:%M")
    body = t("discussion.when", local=local, zone=plan.zone, **_times(session))
    if session.state is State.CANCELLED and session.why:
        why = t("discussion.why", why=inert(session.why, limit=2 * REASON_LIMIT))
        body = f"{body}\n{why}"
    parts = [Part(t("discussion.part.when"), body)]
    if session.hosts:
        parts.append(
            Part(t("discussion.part.hosts"), ", ".join(f"<@{one}>" for one in session.hosts))
        )
    parts += _words(t, session)
    if session.coming:
        parts.append(
            Part(t("discussion.part.coming"), t.plural("discussion.coming", session.coming))
        )
    return Card(
        kind=_kind(t, session),
        title=inert(plan.topic, limit=250),
        body=above or t(f"discussion.now.{session.state}"),
        parts=parts,
        footer=session.reference,
        tone=_TONES.get(session.state, Tone.PLAIN),
        rows=rows,
        shortened=t("discussion.shortened"),
    )


def _words(t: Tongue, session: Session) -> list[Part]:
    plan = session.plan
    said = (
        ("guests", plan.guests, GUESTS_LIMIT),
        ("prompts", plan.prompts, PROMPTS_LIMIT),
        ("rules", plan.rules, RULES_LIMIT),
    )
    return [
        Part(t(f"discussion.part.{name}"), inert(text, limit=2 * limit))
        for name, text, limit in said
        if text
    ]


def _guests_plain(t: Tongue, session: Session) -> str:
    return t("discussion.event.guests", guests=session.plan.guests) if session.plan.guests else ""


def _kind(t: Tongue, session: Session) -> str:
    return t(
        "discussion.card",
        kind=t(f"discussion.kind.{session.plan.kind}"),
        state=state_name(t, session.state),
    )


def _times(session: Session) -> dict[str, str]:
    plan = session.plan
    return {
        "starts": at(plan.starts),
        "ends": at(plan.ends, "t"),
        "left": at(plan.starts, "R"),
    }


def _line(t: Tongue, one: Line) -> str:
    topic = inert(one.topic, limit=250)
    name = f"[{topic}]({one.link})" if one.link else topic
    return t(
        "discussion.line",
        topic=name,
        when=at(one.starts),
        kind=t(f"discussion.kind.{one.kind}"),
        state=state_name(t, one.state),
        reference=one.reference,
    )


def _when_plain(t: Tongue, one: Line) -> str:
    return f"{one.starts:%Y-%m-%d %H:%M} UTC · {state_name(t, one.state)}"
