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
    staff = tuple(staff_roles)
    left: list[tuple[str, Why]] = []
    mentioned = False
    for check in ruleset.checks:
        why = _left(check, dry_run=dry_run)
        if why is None and isinstance(check, Mentions) and mentioned:
            why = Why.NO_PART  # Discord has one such rule a server
        if why is not None:
            left.append((check.id, why))
            continue
        rule = ruleset.rule(check.rule)
        title = check.rule if rule is None else rule.title
        said = message.replace("{rule}", title)[:LONGEST_MESSAGE]
        native = _rule(check, staff, said)
        if _is_too_much(native):
            left.append((check.id, Why.TOO_MUCH))
            continue
        mentioned = mentioned or isinstance(check, Mentions)
        made.append(native)
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
        allowed=tuple(dict.fromkeys(allowed)),
        mentions=check.most if isinstance(check, Mentions) else 0,
        roles=tuple(dict.fromkeys(roles)),
        channels=tuple(dict.fromkeys(check.except_channels)),
        message=message,
        left=len(set(keywords)) - len(fitting[:MOST_KEYWORDS]),
    )


def _is_too_much(rule: NativeRule) -> bool:
    """Say whether Discord would not take all that a rule lets pass."""
    return (
        len(rule.allowed) > MOST_ALLOWED
        or any(len(one) > LONGEST_KEYWORD for one in rule.allowed)
        or rule.mentions > MOST_MENTIONS
        or len(rule.roles) > MOST_ROLES
        or len(rule.channels) > MOST_CHANNELS
    )


def _keywords(check: CheckSettings) -> tuple[list[str], list[str]]:
    """Return what is looked for, and what is fine all the same."""
    match check:
        case Invites():
            allowed = [f"*{host}{code}*" for code in check.allow for host in _INVITED]
            return [f"*{host}*" for host in _INVITED], allowed
        case Links():
            # With what goes before and after a name in an address, so that no other name has it in
            # it: t.me is not t.media.example. What is allowed never begins so, and needs no list.
            found = []
            for domain in check.deny:
                found += [f"*//{domain}/*", f"*.{domain}/*"]
            return found, []
        case Words():
            return [*check.words, *(f"*{one}*" for one in check.inside)], list(check.innocent)
    return [], []
