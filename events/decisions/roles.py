"""May this role be lent, and until when? What is over, and what was taken back?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.engine.snowflake import to_ms
from events.roles import RoleExpired, RoleLent, RoleWithdrawn

MOST_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Loan:
    """A role lent to a member."""

    user_id: int
    role_id: int
    ends_ms: int


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of a member, those that we can lend, and until when they have which on loan."""

    has: frozenset[int] = frozenset()
    lendable: frozenset[int] = frozenset()
    lent: dict[int, datetime] = field(default_factory=dict)


def lend(asked: Asked, role_id: int, seconds: int, roles: Roles) -> RoleLent:
    """``asked.user_id`` has a role for some seconds, or for as many more.

    Raises Refused for a role that is theirs anyway, that we may not give, or for too long.
    """
    ends_at = roles.lent.get(role_id)
    if ends_at is None and role_id in roles.has:
        raise Refused(f"You have <@&{role_id}> already, so there is nothing to gain.")
    if role_id not in roles.lendable:
        raise Refused(
            f"I cannot give <@&{role_id}> now. Ask an admin: the role has to exist, to be below "
            "mine in the list, to have no moderator's permissions, and I need to manage roles."
        )
    ends_at = max(asked.at, ends_at or asked.at) + timedelta(seconds=seconds)
    if ends_at > asked.at + timedelta(days=MOST_DAYS):
        raise Refused(f"A role is lent for {MOST_DAYS} days at most. Use this one later.")
    return RoleLent(
        **asked.envelope,
        source_id=asked.source_id(RoleLent.event_type),
        role_id=role_id,
        ends_ms=to_ms(ends_at),
    )


def expire(guild_id: int, loans: Iterable[Loan], now: datetime) -> list[RoleExpired]:
    """Those of ``loans`` that are over at ``now``."""
    return [
        RoleExpired(
            guild_id=guild_id,
            source_id=f"{loan.user_id}:role_expired:{loan.role_id}:{loan.ends_ms}",
            user_id=loan.user_id,
            occurred_at=now,
            role_id=loan.role_id,
            ends_ms=loan.ends_ms,
        )
        for loan in loans
        if loan.ends_ms <= to_ms(now)
    ]


def withdraw(guild_id: int, loan: Loan, now: datetime) -> RoleWithdrawn:
    """The member of a loan that is over has the role no more."""
    return RoleWithdrawn(
        guild_id=guild_id,
        source_id=f"{loan.user_id}:role_withdrawn:{loan.role_id}:{loan.ends_ms}",
        user_id=loan.user_id,
        occurred_at=now,
        role_id=loan.role_id,
        ends_ms=loan.ends_ms,
    )
