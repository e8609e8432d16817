"""One seed: traffic and bad weather, quiet, and then everything is compared."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from bot.effects import telling
from bot.gateway import gaps
from bot.gateway.gaps import ALIVE
from bot.gateway.spool import files, look
from events.engine.snowflake import to_ms
from sql import embedded
from sql.pool import ALL_GUILDS, Database
from tests.simulation import audit
from tests.simulation.storm import town as people
from tests.simulation.storm import weather
from tests.simulation.storm.model import LATE_MS, Model
from tests.simulation.storm.stage import Stage, stage
from tests.support.processes import STALLED, Program

ACTS: Final = 350
PACE_SECONDS: Final = 0.012
"""Between two acts, on average."""
FRONTS: Final = 2
"""Rows of mishaps under way at the same time."""
IN_DOUBT: Final = ALIVE.total_seconds() + 2 * gaps.SECONDS
"""Seconds after which a new bot knows whether another one saw what it did not."""
QUIET_SECONDS: Final = 1.5
"""For so long nothing new must come until we believe that nothing will."""
PATIENCE: Final = 150.0
"""Seconds for everything to come to rest, on a busy machine."""
REBUILT: Final = 10
"""Every so many seeds the tables are rebuilt; in the others the log is folded in memory, as the
laws say is the same."""
NEVER: Final = frozenset(
    {
        "command_failed",
        "conflict",
        "event_lost",
        "handler_failed",
        "page_lost",
        "payload_lost",
        "payload_quarantined",
        "step_lost",
    }
)
"""What no process may log, whatever the weather."""


ANSWERED: Final = frozenset(
    {"database_cut", "database_frozen", "database_killed", "database_locked", "helper_killed"}
)
"""What must keep nobody from an answer within three seconds."""
TWICE: Final = "Interaction has already been acknowledged."
GATEWAY: Final = "GET /gateway/bot"
CANNOT_START: Final = (
    "The database does not answer",
    "The database went away",
    "Is PostgreSQL running",
    "Discord does not let the bot in",
    "Discord cannot be reached",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a seed went."""

    seed: int
    events: int
    weather: Counter[str]
    seconds: float
    faults: list[str]

    def __str__(self) -> str:
        """Its line."""
        met = ", ".join(f"{name} {times}" for name, times in sorted(self.weather.items()))
        end = "all adds up" if not self.faults else f"{len(self.faults)} FAULTS"
        return f"seed {self.seed}: {end}; {self.events:,} events, {self.seconds:.1f} s; {met}"


def run(seed: int, server: embedded.Server, folder: Path) -> Outcome:
    """One seed on a server that may be killed; its logs stay in ``folder``."""
    return asyncio.run(_run(seed, server, folder))


async def _run(seed: int, server: embedded.Server, folder: Path) -> Outcome:
    started = time.monotonic()
    async with stage(seed, server, folder) as here:
        await asyncio.gather(
            _traffic(here), *(weather.front(here, Random(f"{seed} {n}")) for n in range(FRONTS))
        )
        await quiet(here)
        faults = await asyncio.to_thread(lambda: list(compared(here)))
        with Database(here.url) as database:
            events = sum(own.head for own in audit.books(database).values())
    return Outcome(seed, events, here.weather, time.monotonic() - started, faults)


async def _traffic(here: Stage) -> None:
    for _ in range(ACTS):
        here.town.act()
        await asyncio.sleep(here.town.dice.expovariate(1 / PACE_SECONDS))


async def quiet(here: Stage) -> None:
    """The weather clears up: what has died is started, and everything comes to rest."""
    here.discord.faults.clear()
    await here.restarted()
    await here.heard()
    for quarter in here.town.quarters:  # whatever was skipped is noticed by what comes after it
        people.says(here.town, quarter, quarter.admin)
    await here.heard()
    with Database(here.url) as database:
        await audit.rest(database, PATIENCE, telling.NAME)
        await asyncio.sleep(max(0.0, here.newest + IN_DOUBT - time.monotonic()))
        await _settled(here, database)
        await audit.rest(database, PATIENCE, telling.NAME)


async def _settled(here: Stage, database: Database) -> None:
    """Wait until nothing new is recorded, and everything that is to be done in Discord is done."""
    ends_at, before, since = time.monotonic() + PATIENCE, None, time.monotonic()
    while True:
        now = await asyncio.to_thread(_standing, database)
        if now != before:
            before, since = now, time.monotonic()
        undone = [*now[1:], *_without_their_roles(here, database), *_spooled(here)]
        if not any(undone) and time.monotonic() - since > QUIET_SECONDS:
            return
        if time.monotonic() > ends_at:
            raise audit.NotAtRest(f"undone after {PATIENCE:.0f} s: {undone}")
        await asyncio.sleep(0.4)


def _spooled(here: Stage) -> list[str]:
    """Spools in which something waits for the database."""
    found = ((path, look(path)) for path in files(here.folder / "data" / "spool"))
    return [f"{path.name}: {status}" for path, status in found if status.depth or status.aside]


def _standing(database: Database) -> tuple[int, ...]:
    """How many events there are, how many notices wait, and how many gaps are to be filled."""
    with database.transaction(ALL_GUILDS) as conn:
        row = conn.execute(
            "select (select sum(head) from streams),"
            " (select count(*) from notices where sent_at is null),"
            " (select count(*) from event_lake where event_type = 'gap_recorded')"
            " - (select count(*) from event_lake where event_type = 'gap_filled')"
        ).fetchone()
    assert row is not None
    return tuple(int(value) for value in row)


def _without_their_roles(here: Stage, database: Database) -> list[str]:
    """Who ought to have a role in Discord and has it not."""
    with database.transaction(ALL_GUILDS) as conn:
        rows = conn.execute(
            "select guild_id, user_id, role_id from role_grants where state = 'granted'"
        ).fetchall()
    entitled = (
        (here.discord.guilds[guild_id].members.get(user_id), role_id)
        for guild_id, user_id, role_id in rows
    )
    return [
        f"{member.guild.name}: {member.id}"
        for member, role_id in entitled
        if member is not None and role_id not in member.roles
    ]


def compared(here: Stage) -> Iterator[str]:
    """Everything that is not as it must be."""
    with Database(here.url) as database:
        books = audit.books(database)
        yield from audit.faults(database, rebuilding=here.seed % REBUILT == 0)
        yield from audit.wrong_balances(database, books)
        with database.transaction(ALL_GUILDS) as conn:
            in_voice = conn.execute("select guild_id, user_id, voice_seconds from user_stats")
            paid: dict[int, dict[int, int]] = defaultdict(dict)
            for guild_id, user_id, seconds in in_voice:
                paid[guild_id][user_id] = seconds
            kept = conn.execute("select event_name, problems from quarantine").fetchall()
        yield from (f"quarantined: {one}" for one in kept)
    yield from Model(
        here.town,
        books,
        paid,
        stalled_ms=max(_stalls(here).values(), default=0),
        overlapping="bot_replaced" in here.weather,
    ).faults()
    yield from _violations(here)
    for program in [*here.programs, *here.past]:
        yield from _said(program, overlapping="bot_replaced" in here.weather)


def _violations(here: Stage) -> Iterator[str]:
    """What the bot has done to Discord and must not. Two bots may answer the same interaction, or
    one may twice that was told of it twice or has not heard that it had; each asks for its gateway
    without knowing of the other; nobody answers where there is no bot, no way to it, or a machine
    that does not let it run."""
    stalls = _stalls(here)
    for one in here.discord.interactions.late:
        at_ms = to_ms(one.at)
        if not any(
            name not in ANSWERED and began - LATE_MS < at_ms < ended + LATE_MS
            for name, began, ended in here.troubles
        ) and not any(at_ms - LATE_MS < stalled < at_ms + 2 * LATE_MS for stalled in stalls):
            yield f"not answered in time: {one.name} {one.id} of {at_ms}, {one.acknowledged_at}"
    twice = {"bot_replaced", "dispatches_twisted", "requests_refused"} & set(here.weather)
    restarted = any(name.startswith("bot_") for name in here.weather)
    for found in here.discord.violations:
        if found.kind == "acknowledged_late" or (twice and found.what.endswith(TWICE)):
            continue
        if restarted and (found.kind, found.what) == ("route_limit", GATEWAY):
            continue
        yield f"violation: {found}"


def _stalls(here: Stage) -> dict[int, int]:
    """When the machine stood still for a process, and for how many milliseconds."""
    return {
        line["at_ms"]: line["ms"]
        for program in [*here.programs, *here.past]
        for line in program.lines()
        if line["event"] == STALLED
    }


def _said(program: Program, *, overlapping: bool) -> Iterator[str]:
    """What a process has logged and must not. That Discord cannot be reached is the library's to
    say, and that there is no database or no Discord what a process says that cannot start. Of two
    that overlap, both may number what neither has seen the other write: one of them says so, and
    reads the sequence anew."""
    for line in program.lines():
        event, level = str(line["event"]), line.get("level")
        if line.get("logger", "").startswith("discord.") or event.startswith(CANNOT_START):
            continue
        if event == "conflict" and overlapping:
            continue
        if event in NEVER or "exception" in line or level in ("error", "critical", "raw"):
            trace = str(line.get("exception", "")).strip().splitlines()[-1:]
            yield f"{program.name} said: {event[:300]} {line.get('source_id', '')} {trace}"
