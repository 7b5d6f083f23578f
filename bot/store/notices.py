"""Notices: one sentence from the catalog to a guild's staff, brought by the outbox.

Who posts one need not know where staff are found: that is decided when it is delivered.
"""

from bot.store.outbox import Effect

STAFF_NOTICE = "staff.notice"


def staff_notice(guild_id: int, key: str, *, once: str, **values: str) -> Effect:
    """Return the effect that tells a guild's staff the sentence `key`, filled in with `values`.

    `once` names the occasion, in at most 80 characters: the same occasion is told once, however
    often it is posted. `values` are plain text; whoever renders the sentence makes them inert.
    The payload is `{"key": key, "values": {name: text}}`.
    """
    return Effect(
        kind=STAFF_NOTICE,
        guild_id=guild_id,
        lane=f"notice:{guild_id}",
        key=f"notice:{guild_id}:{once}",
        payload={"key": key, "values": values},
    )
