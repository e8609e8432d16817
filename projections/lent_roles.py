"""Roles lent for a time: what should be so in Discord. ``bot/effects/roles.py`` sees to it."""

from dataclasses import dataclass

from events.roles import RoleExpired, RoleLent, RoleWithdrawn
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class LentRole:
    """The newest loan of a role to a member: ``lent``, ``over`` (to be taken back), ``done``."""

    user_id: int
    role_id: int
    state: str
    ends_ms: int
    position: int


LENT_ROLES = Table("lent_roles", LentRole, "state", key=("user_id", "role_id"), member="user_id")
READ_MODEL = ReadModel("lent_roles", version=1, tables=(LENT_ROLES,))


@READ_MODEL.on(RoleLent)
def lent(event: RoleLent, to: WorkingSet) -> None:
    """A loan begins, or ends later than it would have."""
    user_id = event.user_id or 0
    to.put(LENT_ROLES, LentRole(user_id, event.role_id, "lent", event.ends_ms, to.position))


@READ_MODEL.on(RoleExpired)
def expired(event: RoleExpired, to: WorkingSet) -> None:
    """The role is to be taken back."""
    _move(event, to, "lent", "over")


@READ_MODEL.on(RoleWithdrawn)
def withdrawn(event: RoleWithdrawn, to: WorkingSet) -> None:
    """It was."""
    _move(event, to, "over", "done")


def _move(event: RoleExpired | RoleWithdrawn, to: WorkingSet, before: str, after: str) -> None:
    """What is told of a loan that another has followed changes nothing."""
    row = to.get(LENT_ROLES, event.user_id or 0, event.role_id)
    if row is not None and (row.state, row.ends_ms) == (before, event.ends_ms):
        row.state, row.position = after, to.position
        to.put(LENT_ROLES, row)
