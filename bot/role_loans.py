"""Gives and takes back, in Discord, the roles that are lent for a time.

What should be so is in the read model ``lent_roles``; what is so, Discord has told us. Whatever
differs is put right: right after a loan, at start, and every minute, so that neither a restart nor
a member who leaves and comes back makes a difference. A role that was taken back is left alone
from then on. Discord's refusals are counted and logged once each, and tried again.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import discord
import structlog

from bot.gateway import metrics
from bot.handle import act, look_up
from events.decisions.roles import Loan, Roles, withdraw
from sql.errors import DatabaseError
from sql.pool import ALL_GUILDS, Database
from sql.reads import Row, fetch

SECONDS: Final = 60.0
START_SECONDS: Final = 1.0
READS: Final = ("lent_roles",)
REASON: Final = "Lent for a time"

log = structlog.get_logger("tallystick.role_loans")


class RoleLoans:
    """Keeps Discord and what was lent the same."""

    def __init__(
        self, client: discord.Client, database: Database, clock: Callable[[], datetime]
    ) -> None:
        """Nothing runs before :meth:`run`."""
        self._client = client
        self._database = database
        self._clock = clock
        self._refused: set[tuple[int, Loan]] = set()

    async def run(self) -> None:
        """Put everything right again and again, until cancelled."""
        while True:
            await asyncio.sleep(SECONDS if await self.once() else START_SECONDS)

    async def once(self) -> bool:
        """One round; whether Discord was there for it."""
        if not self._client.is_ready():
            return False
        with _only_logged():
            for guild_id in await asyncio.to_thread(self._guilds):
                await self.settle(guild_id)
        return True

    async def settle(self, guild_id: int, user_id: int | None = None) -> bool:
        """One guild, or what concerns one member of it; whether all of it is so in Discord now.
        Never raises: it is tried again."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return False
        with _only_logged():
            rows = await asyncio.to_thread(self._open, guild_id)
            concerned = [row for row in rows if user_id in (None, row["user_id"])]
            return all([await self._settle_one(guild, row) for row in concerned])
        return False

    async def _settle_one(self, guild: discord.Guild, row: Row) -> bool:
        loan = Loan(row["user_id"], row["role_id"], row["ends_ms"])
        member, role = guild.get_member(loan.user_id), guild.get_role(loan.role_id)
        wanted = row["state"] == "lent"
        if member is None and not guild.chunked:
            return False  # we do not know yet who is here
        if member is not None and role is not None and (role in member.roles) != wanted:
            refusal = await _put_right(member, role, wanted=wanted)
            if refusal is not None:
                self._refused_by(guild.id, loan, refusal, wanted=wanted)
                return False
            self._refused.discard((guild.id, loan))
        if not wanted:
            await asyncio.to_thread(self._withdrawn, guild.id, loan)
        return True

    def _refused_by(self, guild_id: int, loan: Loan, why: str, *, wanted: bool) -> None:
        """Count it; what is refused every minute is logged the first time."""
        metrics.ROLES_REFUSED.labels("give" if wanted else "take").inc()
        if (guild_id, loan) in self._refused:
            return
        self._refused.add((guild_id, loan))
        log.warning(
            "role_refused",
            guild=guild_id,
            member=loan.user_id,
            role=loan.role_id,
            wanted=wanted,
            why=why,
        )

    def _guilds(self) -> list[int]:
        with self._database.transaction(ALL_GUILDS) as conn:
            return [row["guild_id"] for row in fetch(conn, "lent_roles", "where_open")]

    def _open(self, guild_id: int) -> list[Row]:
        return look_up(
            self._database,
            guild_id,
            reads=READS,
            show=lambda conn: fetch(conn, "lent_roles", "open", guild=guild_id),
        )

    def _withdrawn(self, guild_id: int, loan: Loan) -> None:
        act(
            self._database,
            guild_id,
            reads=READS,
            decide=lambda conn: [withdraw(guild_id, loan, self._clock())],
        )


@contextmanager
def _only_logged() -> Iterator[None]:
    """What goes wrong here is seen by the operator and must not end what goes on around it."""
    try:
        yield
    except DatabaseError as error:
        log.warning("role_loans_wait", error=str(error).splitlines()[0])
    except Exception:
        log.exception("role_loans_failed")


async def _put_right(member: discord.Member, role: discord.Role, *, wanted: bool) -> str | None:
    """Give or take the role; why it was not done, or None."""
    if wanted and _is_powerful(role):
        return "the role has a moderator's permissions now"
    try:
        if wanted:
            await member.add_roles(role, reason=REASON)
        else:
            await member.remove_roles(role, reason=REASON)
    except discord.HTTPException as error:
        return f"status {error.status}, code {error.code}"
    return None


def lendable(guild: discord.Guild | None) -> frozenset[int]:
    """The roles that we can and may give: below ours, nobody's own, and without the permissions
    of a moderator, so that nobody comes by those through a shop."""
    if guild is None or not guild.me.guild_permissions.manage_roles:
        return frozenset()
    return frozenset(
        role.id for role in guild.roles if role.is_assignable() and not _is_powerful(role)
    )


def _is_powerful(role: discord.Role) -> bool:
    return bool(role.permissions.value & discord.Permissions.elevated().value)


def roles_of(guild: discord.Guild | None, user: discord.User | discord.Member) -> Roles:
    """What Discord says of a member's roles, and of ours."""
    has = frozenset(role.id for role in user.roles) if isinstance(user, discord.Member) else ()
    return Roles(frozenset(has), lendable(guild))
