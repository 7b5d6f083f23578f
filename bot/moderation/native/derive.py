"""Making rules of Discord's AutoMod out of checks: only where it is as precise as the desk."""

from collections.abc import Iterable

from bot.moderation.model import TAKES_DOWN, Mode
from bot.moderation.native.model import (
    LONGEST_KEYWORD,
    LONGEST_MESSAGE,
    MOST_ALLOWED,
    MOST_CHANNELS,
    MOST_KEYWORDS,
    MOST_MENTIONS,
    MOST_ROLES,
    Kind,
    NativeRule,
    Plan,
    Why,
)
from bot.moderation.rules import Ruleset
from bot.moderation.settings import CheckSettings, Invites, Links, Mentions, Words

_INVITED = ("discord.gg/", "discord.com/invite/", "discordapp.com/invite/")


def derive(ruleset: Ruleset, staff_roles: Iterable[int], *, dry_run: bool, message: str) -> Plan:
    """Return what AutoMod can take of the rules.

    `staff_roles` are left alone where a check leaves staff alone. `message` is what somebody reads
    whose message was blocked, with `{rule}` for the rule's title.
    """
    made: list[NativeRule] = []
    left: list[tuple[str, Why]] = []
    mentioned = False
    for check in ruleset.checks:
        why = _left(check, dry_run=dry_run)
        if why is None and isinstance(check, Mentions) and mentioned:
            why = Why.NO_PART  # Discord has one such rule a server
        if why is not None:
            left.append((check.id, why))
            continue
        mentioned = mentioned or isinstance(check, Mentions)
        rule = ruleset.rule(check.rule)
        title = check.rule if rule is None else rule.title
        said = message.replace("{rule}", title)[:LONGEST_MESSAGE]
        made.append(_rule(check, tuple(staff_roles), said))
    return Plan(tuple(made), tuple(left))


def _left(check: CheckSettings, *, dry_run: bool) -> Why | None:
    named = isinstance(check, Invites | Mentions | Words) or (
        isinstance(check, Links) and bool(check.deny)
    )
    if not named:
        return Why.NO_PART
    if dry_run or check.mode is not Mode.ON:
        return Why.DRY
    if check.ladder[0].action not in TAKES_DOWN:
        return Why.MILDER
    if check.only_channels:
        return Why.SOME_CHANNELS
    if isinstance(check, Words) and not check.native:
        return Why.TALK
    return None


def _rule(check: CheckSettings, staff_roles: tuple[int, ...], message: str) -> NativeRule:
    keywords, allowed = _keywords(check)
    fitting = tuple(dict.fromkeys(one for one in keywords if len(one) <= LONGEST_KEYWORD))
    roles = (*check.exempt_roles, *(staff_roles if check.exempt_staff else ()))
    mentions = isinstance(check, Mentions)
    return NativeRule(
        check_id=check.id,
        rule=check.rule,
        kind=Kind.MENTIONS if mentions else Kind.KEYWORDS,
        keywords=fitting[:MOST_KEYWORDS],
        allowed=tuple(one for one in allowed if len(one) <= LONGEST_KEYWORD)[:MOST_ALLOWED],
        mentions=min(check.most, MOST_MENTIONS) if isinstance(check, Mentions) else 0,
        roles=tuple(dict.fromkeys(roles))[:MOST_ROLES],
        channels=check.except_channels[:MOST_CHANNELS],
        message=message,
        left=len(set(keywords)) - len(fitting[:MOST_KEYWORDS]),
    )


def _keywords(check: CheckSettings) -> tuple[list[str], list[str]]:
    """Return what is looked for, and what is fine all the same."""
    match check:
        case Invites():
            allowed = [f"*{host}{code}*" for code in check.allow for host in _INVITED]
            return [f"*{host}*" for host in _INVITED], allowed
        case Links():
            # With what goes before and after a name in an address, so that no word has it in it.
            found = []
            for domain in check.deny:
                found += [f"*//{domain}*", f"*.{domain}/*"]
            return found, [f"*//{one}*" for one in check.allow]
        case Words():
            return [*check.words, *(f"*{one}*" for one in check.inside)], list(check.innocent)
    return [], []
