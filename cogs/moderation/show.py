"""How the guard looks: to authors, to moderators, and in the account of verdicts."""

from collections.abc import Mapping

from bot.moderation.guard import Account
from bot.moderation.model import Action, Rule
from bot.moderation.taken import State, Taken
from bot.platform.cards import Button, Card, Part, Row, Tone
from bot.platform.components import custom_id
from bot.platform.inert import inert
from bot.words import Tongue
from cogs.triage.told import staff_name

_TEXT = 1500
_LINKS = 20


def author_card(t: Tongue, taken: Taken, rule: Rule | None, server: str) -> Card:
    """Tell an author, and nobody else, what became of their message and why."""
    where = f"<#{taken.channel_id}>"
    named = inert(server, limit=100)
    if taken.state in (State.ALLOWED, State.FREE):
        card = Card(
            kind=t("guard.kind"),
            title=t(f"guard.{taken.state}.title"),
            body=t(f"guard.{taken.state}.body", channel=where, server=named),
            tone=Tone.ANSWER,
        )
        return card.handing_back(taken.text or "", "your-message.txt")
    if taken.state is State.REFUSED:
        return Card(
            kind=t("guard.kind"),
            title=t("guard.refused.title"),
            body=t("guard.refused.body", channel=where, server=named),
            parts=[_rule_part(t, rule)],
        )
    why = t(f"guard.why.{taken.check}")
    if taken.action is Action.ASK:
        link = (
            f"https://discord.com/channels/{taken.guild_id}/{taken.channel_id}/{taken.message_id}"
        )
        return Card(
            kind=t("guard.kind"),
            title=t("guard.ask.title"),
            body=t("guard.ask.body", link=link, server=named, why=why),
            parts=[_rule_part(t, rule)],
        )
    held = taken.state is State.HELD
    body = t("guard.held.body" if held else "guard.taken.body", channel=where, server=named)
    rows: list[Row] = []
    if not held:
        press = custom_id("guard", "again", taken.guild_id, taken.message_id)
        rows.append([Button(t("guard.button.again"), press)])
    card = Card(
        kind=t("guard.kind"),
        title=t("guard.held.title" if held else "guard.taken.title"),
        body=f"{body}\n{why}",
        parts=[_rule_part(t, rule)],
        footer=t("guard.footer"),
        rows=rows,
    )
    return card.handing_back(taken.text or "", "your-message.txt")


def held_card(t: Tongue, taken: Taken, rule: Rule | None) -> Card:
    """Show moderators a message that waits for them, or what was decided."""
    decided = taken.state in (State.ALLOWED, State.REFUSED)
    rows: list[Row] = []
    if not decided:
        ids = (taken.message_id,)
        rows.append(
            [
                Button(t("guard.button.allow"), custom_id("guard", "allow", *ids)),
                Button(t("guard.button.refuse"), custom_id("guard", "refuse", *ids)),
            ]
        )
    state = t(f"guard.state.{taken.state}")
    if decided and taken.decided_by is not None:
        state = t("guard.decided", state=state, who=staff_name(t, taken.decided_by))
    who = t("guard.gone") if taken.author is None else f"<@{taken.author}>"
    return Card(
        kind=t("guard.staff.kind"),
        title=t(f"guard.name.{taken.check}"),
        body=t("guard.staff.body", who=who, channel=f"<#{taken.channel_id}>"),
        parts=[
            Part(t("guard.part.text"), inert(taken.text or t("guard.erased"), limit=_TEXT)),
            _rule_part(t, rule),
            Part(t("guard.part.state"), state),
        ],
        tone=Tone.STAFF if not decided else Tone.PLAIN,
        rows=rows,
    )


def account_card(
    t: Tongue, account: Account, days: int, guild_id: int, named: Mapping[str, str], *, dry: bool
) -> Card:
    """Show what checks found: how many by check, and where the messages are."""
    if not account.counts:
        return Card(kind=t("guard.account.kind"), body=t("guard.account.none", days=days))
    total = sum(count for count, _dry in account.counts.values())
    tried = sum(count for _count, count in account.counts.values())
    found = sorted(account.counts.items(), key=lambda item: -item[1][0])
    lines = [
        t("guard.account.line", check=name, rule=named.get(name, "-"), count=every, dry=in_dry)
        for name, (every, in_dry) in found
    ]
    base = f"https://discord.com/channels/{guild_id}"
    shown = [
        t(
            "guard.account.message",
            when=f"<t:{int(one.at.timestamp())}:R>",
            check=one.check_id,
            action=t(f"guard.action.{one.action}"),
            link=t("guard.account.never")
            if one.message_id < 0
            else f"{base}/{one.channel_id}/{one.message_id}",
        )
        for one in account.shown[:_LINKS]
    ]
    body = t.plural("guard.account.body", total, days=days, tried=tried, people=account.people)
    return Card(
        kind=t("guard.account.kind"),
        title=t("guard.account.title"),
        body=body,
        parts=[
            Part(t("guard.account.part.checks"), lines),
            Part(t("guard.account.part.messages"), shown),
        ],
        footer=t("guard.account.dry" if dry else "guard.account.live"),
        shortened=t("guard.account.shortened"),
    )


def _rule_part(t: Tongue, rule: Rule | None) -> Part:
    if rule is None:
        return Part(t("guard.part.rule"), t("rules.no_such"))
    title, text = rule.said(t.language)
    return Part(t("guard.part.rule"), f"{title}\n{text}")
