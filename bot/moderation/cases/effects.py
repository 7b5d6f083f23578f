"""What cases want done on Discord. Effects carry references; the rest is read when delivered."""

from bot.store.outbox import Effect

TELL = "moderation.tell"
"""Write to the member: what was decided, and how to appeal; what came of an appeal."""
ACT = "moderation.act"
UNDO = "moderation.undo"
CARD = "moderation.card"
HEARD = "moderation.heard"
"""Tell a reporter the class of outcome."""


def _effect(kind: str, guild_id: int, reference: str, lane: str, version: int) -> Effect:
    return Effect(
        kind=kind,
        guild_id=guild_id,
        lane=lane,
        key=f"{kind}:{guild_id}:{reference}:{version}",
        payload={"reference": reference, "version": version},
    )


def tell(guild_id: int, reference: str, about: str, version: int, what: str) -> Effect:
    """Return the effect that writes to the member, before anything else of theirs happens."""
    made = _effect(TELL, guild_id, reference, _lane(guild_id, about), version)
    return Effect(made.kind, guild_id, made.lane, made.key, {**made.payload, "what": what})


def act(guild_id: int, reference: str, about: str, version: int) -> Effect:
    """Return the effect that does on Discord what was decided. `about` is whom or what it is on."""
    return _effect(ACT, guild_id, reference, _lane(guild_id, about), version)


def undo(guild_id: int, reference: str, about: str, version: int) -> Effect:
    """Return the effect that ends on Discord what a case did."""
    return _effect(UNDO, guild_id, reference, _lane(guild_id, about), version)


def card(guild_id: int, reference: str, version: int) -> Effect:
    """Return the effect that shows a case to moderators as it stands."""
    return _effect(CARD, guild_id, reference, f"modcard:{guild_id}:{reference}", version)


def heard(guild_id: int, reference: str, report_id: int) -> Effect:
    """Return the effect that tells one reporter what came of it."""
    return Effect(
        kind=HEARD,
        guild_id=guild_id,
        lane=f"heard:{guild_id}:{report_id}",
        # With the case: SQLite gives the number of a report that was erased to the next.
        key=f"{HEARD}:{guild_id}:{reference}:{report_id}",
        payload={"reference": reference, "report": report_id},
    )


def _lane(guild_id: int, about: str) -> str:
    return f"mod:{guild_id}:{about}"
