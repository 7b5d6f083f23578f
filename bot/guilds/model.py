"""Capabilities, and a guild's setup."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Capability(StrEnum):
    """What a role may do at the desk. Everybody is a member; an admin may do everything."""

    MEMBER = "member"
    HELPER = "helper"
    HOST = "host"
    MODERATOR = "moderator"
    EDITOR = "editor"
    LIAISON = "liaison"
    STAFF = "staff"
    ADMIN = "admin"


GRANTABLE = (
    Capability.STAFF,
    Capability.MODERATOR,
    Capability.HOST,
    Capability.HELPER,
    Capability.LIAISON,
)
"""The capabilities `/setup` ties to roles today."""

_HELPERS = frozenset(
    {Capability.HELPER, Capability.STAFF, Capability.MODERATOR, Capability.HOST, Capability.EDITOR}
)


@dataclass(frozen=True)
class GuildSetup:
    """A guild's setup. `roles` maps a capability to the ids of the roles that carry it."""

    guild_id: int
    staff_channel_id: int | None = None
    roles: Mapping[Capability, frozenset[int]] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Say whether staff can be reached: there is a staff channel and a staff role."""
        return self.staff_channel_id is not None and bool(self.roles.get(Capability.STAFF))

    def capabilities(self, role_ids: Iterable[int], *, admin: bool) -> frozenset[Capability]:
        """Return what somebody with these roles may do; `admin` is Discord's Manage Server."""
        if admin:
            return frozenset(Capability)
        held = frozenset(role_ids)
        granted = {capability for capability, roles in self.roles.items() if roles & held}
        if granted & _HELPERS:
            granted.add(Capability.HELPER)
        if Capability.STAFF in granted:
            granted.add(Capability.EDITOR)
        return frozenset(granted | {Capability.MEMBER})
