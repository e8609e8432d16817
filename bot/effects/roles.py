"""Gives and takes back, in Discord, the roles that are lent for a time or are rewards.

What should be so is in the read models ``lent_roles`` and ``role_rewards``; what is so, Discord has
told us. Whatever differs is put right: at once where something changed, and everywhere at start and
every minute, so that neither a restart nor a member who leaves and comes back makes a difference.
A role that was taken back is left alone from then on. What Discord refuses for one member is kept
for ``/doctor`` and tried again later and later; where it refuses everything, all of it waits
(``bot/effects/breakers.py``). Doing it twice does no harm.
"""

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Final

import discord
import structlog

from bot import metrics
from bot.backoff import Dice, pause
from bot.effects.breakers import ROLES, Gate, Gates, attempt
from bot.effects.giving import change, obstacle
from bot.effects.together import at_once
from bot.failures import Failure
from bot.handle import act, look_up
from events.decisions.role_rewards import Grant, tell
from events.decisions.roles import Loan, withdraw
from events.engine.event import Event
from events.role_rewards import RoleReleased
from sql import breakers, effects
from sql.breakers import Breaker
from sql.effects import Problem
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
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(days=1)
UNANSWERED_MOST: Final = timedelta(minutes=15)
READS: Final = ("lent_roles", "role_rewards")
EFFECT: Final = "roles"
REASON: Final = "Earned or lent, see /profile and /inventory"

WAITS: Final = Failure("unanswered", "no answer, not asked")
"""Discord was not asked, because it let us do nothing of the kind lately."""

log = structlog.get_logger("tallystick.roles")


@dataclass(slots=True, eq=False)
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
        self,
        client: discord.Client,
        database: Database,
        clock: Callable[[], datetime],
        *,
        may_act: Callable[[], bool] = lambda: True,
        dice: Dice = random.random,
    ) -> None:
        """Nothing runs before :meth:`run`. While ``may_act`` says no, nothing is changed."""
        self._client = client
        self._database = database
        self._clock = clock
        self._may_act = may_act
        self._dice = dice
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
        if not self._may_act():
            return True
        with _only_logged():
            newest = await asyncio.to_thread(self._guilds)
            changed = [
                guild_id
                for guild_id, at in newest.items()
                if everywhere or guild_id in self._unfinished or self._seen.get(guild_id) != at
            ]
            await at_once(self.settle, changed, GUILDS_AT_ONCE)
            self._seen = newest
        return True

    async def settle(self, guild_id: int, user_id: int | None = None) -> bool:
        """One guild, or what concerns one member of it; whether all of it is so in Discord now.
        Never raises: it is tried again."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return False
        with _only_logged():
            rows, kept, shut = await asyncio.to_thread(self._open, guild_id)
            concerned = [row for row in rows if user_id in (None, row["user_id"])]
            plans = [
                _plan(guild, member_id, list(own))
                for member_id, own in groupby(concerned, lambda row: int(row["user_id"]))
            ]
            known = [p for p in plans if p.member is not None or guild.chunked]
            now = self._clock()
            ready = [p for p in known if p.subject not in kept or now >= kept[p.subject].retry_at]
            ready = self._as_many_as_go(guild_id, ready)
            gates = Gates(guild, shut, now)
            carry_out = partial(_carry_out, gate=gates.of(ROLES))
            failures = dict(zip(ready, await at_once(carry_out, ready, AT_ONCE), strict=True))
            await asyncio.to_thread(self._record, guild_id, failures, kept, gates)
            done = [plan for plan, failure in failures.items() if failure is None]
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

    def _open(self, guild_id: int) -> tuple[list[Row], dict[str, Problem], dict[str, Breaker]]:
        """What should be so, what has failed of it by subject, and what does not work at all."""

        def show(conn: Connection) -> tuple[list[Row], dict[str, Problem], dict[str, Breaker]]:
            kept = effects.problems(conn, guild_id)
            problems = {one.subject: one for one in kept if one.effect == EFFECT}
            rows = fetch(conn, "role_rewards", "open", guild=guild_id)
            return rows, problems, breakers.load(conn, guild_id)

        return look_up(self._database, guild_id, reads=READS, show=show)

    def _record(
        self,
        guild_id: int,
        failures: Mapping[Plan, Failure | None],
        kept: Mapping[str, Problem],
        gates: Gates,
    ) -> None:
        """What was taken back is a fact; what failed is kept, logged the first time."""
        now = self._clock()
        done = [plan for plan, failure in failures.items() if failure is None]
        facts = [
            fact
            for plan in done
            for row in plan.over
            if row["role_id"] not in plan.blocked
            for fact in [_released(guild_id, row, now)]
        ]
        if facts:
            act(self._database, guild_id, reads=READS, decide=lambda conn: facts)
        with self._database.transaction(guild_id) as conn:
            gates.save(conn, now, self._dice)
            mended = [plan.subject for plan in done if plan.subject in kept]
            effects.mended(conn, guild_id, EFFECT, mended)
            for plan, failure in failures.items():
                if failure is not None and failure is not WAITS:
                    self._failed(conn, guild_id, plan.subject, failure, kept, now)

    def _failed(
        self,
        conn: Connection,
        guild_id: int,
        subject: str,
        failure: Failure,
        kept: Mapping[str, Problem],
        now: datetime,
    ) -> None:
        tries = kept[subject].attempts + 1 if subject in kept else 1
        most = UNANSWERED_MOST if failure.kind == "unanswered" else LONGEST_WAIT
        retry_at = now + pause(tries, FIRST_WAIT, most, self._dice)
        effects.failed(conn, guild_id, EFFECT, subject, failure.problem, now, retry_at)
        if tries == 1:
            log.warning("role_refused", guild=guild_id, member=int(subject), why=failure.problem)


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


async def _carry_out(plan: Plan, *, gate: Gate) -> Failure | None:
    """Do what is planned; why it was not done, or None."""
    member = plan.member
    if member is None or not (plan.give or plan.take):
        return None
    if not gate.enter():
        return WAITS
    failure = await attempt(gate, lambda: change(member, plan.give, plan.take, REASON))
    if failure is not None:
        metrics.ROLES_REFUSED.labels("give" if plan.give else "take").inc()
    return failure


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
