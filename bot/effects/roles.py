"""Gives and takes back, in Discord, the roles that are lent for a time or are rewards.

What should be so is in the read models ``lent_roles`` and ``role_rewards``; what is so, Discord has
told us. Whatever differs is put right: at once where something changed, and everywhere at start and
every minute, so that neither a restart nor a member who leaves and comes back makes a difference.
A role that was taken back is left alone from then on. What Discord refuses is counted, kept for
``/doctor``, and tried again later and later.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Final

import discord
import structlog

from bot import metrics
from bot.effects.giving import change, obstacle
from bot.effects.together import at_once
from bot.handle import act, look_up
from events.decisions.role_rewards import Grant, tell
from events.decisions.roles import Loan, withdraw
from events.engine.event import Event
from events.role_rewards import RoleReleased
from sql import effects
from sql.errors import DatabaseError
from sql.pool import ALL_GUILDS, Connection, Database
from sql.reads import Row, fetch

SECONDS: Final = 5.0
"""Between two looks at what has changed."""
ROUNDS: Final = 12
"""Looks from one that is at everything to the next."""
GUILDS_AT_ONCE: Final = 8
AT_ONCE: Final = 4
"""Requests under way in one guild: more would only wait for Discord's limits."""
MOST_CHANGES: Final = 25
"""Members of one guild in one round: a reward that thousands have earned holds up nobody else."""
READS: Final = ("lent_roles", "role_rewards")
EFFECT: Final = "roles"
REASON: Final = "Earned or lent, see /profile and /inventory"

log = structlog.get_logger("tallystick.roles")


@dataclass(slots=True)
class Plan:
    """What is to be done about one member, and which rows are settled when it is."""

    member: discord.Member | None
    user_id: int
    give: set[int] = field(default_factory=set)
    take: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    over: list[Row] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """What a failure is kept under."""
        return str(self.user_id)


class RoleKeeper:
    """Keeps Discord and what should be so the same."""

    def __init__(
        self, client: discord.Client, database: Database, clock: Callable[[], datetime]
    ) -> None:
        """Nothing runs before :meth:`run`."""
        self._client = client
        self._database = database
        self._clock = clock
        self._seen: dict[int, int] = {}
        self._unfinished: set[int] = set()

    async def run(self) -> None:
        """Put everything right again and again, until cancelled."""
        rounds = 0
        while True:
            if await self.once(everywhere=rounds % ROUNDS == 0):
                rounds += 1
            await asyncio.sleep(SECONDS)

    async def once(self, *, everywhere: bool = True) -> bool:
        """One round, ``everywhere`` or where something has changed; whether Discord was there."""
        if not self._client.is_ready():
            return False
        with _only_logged():
            newest = await asyncio.to_thread(self._guilds)
            changed = [
                guild_id
                for guild_id, at in newest.items()
                if everywhere or guild_id in self._unfinished or self._seen.get(guild_id) != at
            ]
            await at_once(map(self.settle, changed), GUILDS_AT_ONCE)
            self._seen = newest
        return True

    async def settle(self, guild_id: int, user_id: int | None = None) -> bool:
        """One guild, or what concerns one member of it; whether all of it is so in Discord now.
        Never raises: it is tried again."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return False
        with _only_logged():
            rows, failures = await asyncio.to_thread(self._open, guild_id)
            concerned = [row for row in rows if user_id in (None, row["user_id"])]
            plans = [
                _plan(guild, member_id, list(own))
                for member_id, own in groupby(concerned, lambda row: int(row["user_id"]))
            ]
            known = [p for p in plans if p.member is not None or guild.chunked]
            now = self._clock()
            ready = [p for p in known if now >= failures.get(p.subject, now)]
            ready = self._as_many_as_go(guild_id, ready)
            refusals = await at_once(map(_carry_out, ready), AT_ONCE)
            done = [p for p, refusal in zip(ready, refusals, strict=True) if refusal is None]
            refused = {
                p.subject: refusal
                for p, refusal in zip(ready, refusals, strict=True)
                if refusal is not None
            }
            await asyncio.to_thread(self._record, guild_id, done, refused, failures)
            return len(done) == len(plans) and not any(plan.blocked for plan in plans)
        return False

    def _as_many_as_go(self, guild_id: int, plans: list[Plan]) -> list[Plan]:
        """Those with nothing to do in Discord, and of the others as many as go in one round."""
        easy = [plan for plan in plans if not (plan.give or plan.take)]
        work = [plan for plan in plans if plan.give or plan.take]
        self._unfinished.discard(guild_id)
        if len(work) > MOST_CHANGES:
            self._unfinished.add(guild_id)
        return easy + work[:MOST_CHANGES]

    def _guilds(self) -> dict[int, int]:
        with self._database.transaction(ALL_GUILDS) as conn:
            return {
                row["guild_id"]: row["newest"] for row in fetch(conn, "role_rewards", "where_open")
            }

    def _open(self, guild_id: int) -> tuple[list[Row], dict[str, datetime]]:
        """What should be so, and when what has failed is to be tried again."""

        def show(conn: Connection) -> tuple[list[Row], dict[str, datetime]]:
            kept = effects.problems(conn, guild_id)
            failures = {one.subject: one.retry_at for one in kept if one.effect == EFFECT}
            return fetch(conn, "role_rewards", "open", guild=guild_id), failures

        return look_up(self._database, guild_id, reads=READS, show=show)

    def _record(
        self,
        guild_id: int,
        done: Sequence[Plan],
        refused: dict[str, str],
        failures: Iterable[str],
    ) -> None:
        """What was taken back is a fact; what was refused is kept, logged the first time."""
        now = self._clock()
        facts = [
            fact
            for plan in done
            for row in plan.over
            if row["role_id"] not in plan.blocked
            for fact in [_released(guild_id, row, now)]
        ]
        if facts:
            act(self._database, guild_id, reads=READS, decide=lambda conn: facts)
        known = set(failures)
        mended = [plan.subject for plan in done if plan.subject in known]
        if not (refused or mended):
            return
        with self._database.transaction(guild_id) as conn:
            effects.mended(conn, guild_id, EFFECT, mended)
            for subject, why in refused.items():
                effects.failed(conn, guild_id, EFFECT, subject, why, now)
                if subject not in known:
                    log.warning("role_refused", guild=guild_id, member=int(subject), why=why)


def _plan(guild: discord.Guild, user_id: int, rows: Sequence[Row]) -> Plan:
    """What differs for one member. A role that one row wants is not taken for another's sake."""
    member = guild.get_member(user_id)
    plan = Plan(member, user_id, over=[row for row in rows if not row["wanted"]])
    if member is None:
        return plan
    has = {role.id for role in member.roles}
    wanted = {row["role_id"] for row in rows if row["wanted"]}
    over = {row["role_id"] for row in plan.over} - wanted
    for role_id in wanted - has:
        why = obstacle(guild, role_id)
        (plan.give if why is None else plan.blocked).add(role_id)
    for role_id in over & has:
        why = obstacle(guild, role_id, wanted=False)
        (plan.take if why is None else plan.blocked).add(role_id)
    return plan


async def _carry_out(plan: Plan) -> str | None:
    """Do what is planned; why it was not done, or None."""
    if plan.member is None or not (plan.give or plan.take):
        return None
    try:
        await change(plan.member, plan.give, plan.take, REASON)
    except discord.HTTPException as error:
        metrics.ROLES_REFUSED.labels("give" if plan.give else "take").inc()
        return f"status {error.status}, code {error.code}"
    return None


def _released(guild_id: int, row: Row, now: datetime) -> Event:
    """Whether a member has a role is not ours to say any more."""
    if row["reward"] is None:
        return withdraw(guild_id, Loan(row["user_id"], row["role_id"], row["ends_ms"]), now)
    grant = Grant(row["user_id"], row["reward"], row["role_id"], row["times"], open=False)
    return tell(RoleReleased, guild_id, grant, now)


@contextmanager
def _only_logged() -> Iterator[None]:
    """What goes wrong here is seen by the operator and must not end what goes on around it."""
    try:
        yield
    except DatabaseError as error:
        log.warning("roles_wait", error=str(error).splitlines()[0])
    except Exception:
        log.exception("roles_failed")
