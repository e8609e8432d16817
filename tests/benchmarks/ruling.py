"""What the rules of points cost: the same talk under none of them and under all of them."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from events.engine.setting import Value
from events.multipliers import MultiplierSet, category, role
from events.settings import SETTINGS, SettingChanged
from projections.engine import rebuild
from projections.engine.read_model import read_models
from projections.engine.worker import drain
from projections.points.rates import SOURCES
from sql import lake
from sql.pool import ALL_GUILDS
from tests.benchmarks.figures import Figure, share
from tests.benchmarks.history import Draft, History
from tests.benchmarks.stage import Prepared, Stage, append

KERNEL = "the same without a rule"
PROCESSES = 2
ROLE = 77

NONE: dict[str, Value] = {"pair_day_limit": 1000, "burst_reactors": 0, "taper_after": 0}
"""No limit that can be switched off is on."""
ALL: dict[str, Value] = {
    "message_xp_high": 25,
    "taper_after": 300,
    "day_cap": 1500,
    "account_days": 7,
    "no_xp_roles": str(ROLE + 1),
    **{f"{source}_hour_cap": 200 for source in SOURCES},
    **{f"{source}_day_cap": 900 for source in SOURCES},
}
"""Every limit, a range, ages and roles; to which come multipliers everywhere."""


def rules(stage: Stage) -> Iterator[Figure]:
    """Live and rebuilt, guilds that have every rule beside guilds that have none."""
    live = Figure("every rule on, live", "events/s", reference=KERNEL)
    anew = Figure("every rule on, rebuilt", "events/s", reference=KERNEL)
    start, count = 20_000 // stage.shorter, 40_000 // stage.shorter
    with stage.prepared(start, 20) as plain, stage.prepared(start, 20) as ruled:
        for at, settings in ((plain, NONE), (ruled, ALL)):
            append(at.database, _all(at.histories, settings))
            drain(at.database)
        for _ in range(stage.rounds):
            without = _live(plain, count)
            live.add(_live(ruled, count), without)
            without = _rebuilt(plain)
            anew.add(_rebuilt(ruled), without)
    yield from (live, share(live, "live, of it without rules", 70))
    yield from (anew, share(anew, "rebuilt, of it without rules", 70))


def _live(at: Prepared, count: int) -> float:
    append(at.database, (_telling(draft) for draft in at.more(count)))
    started = time.perf_counter()
    drain(at.database)
    return count / (time.perf_counter() - started)


def _rebuilt(at: Prepared) -> float:
    with at.database.transaction(ALL_GUILDS) as conn:
        events = sum(lake.heads(conn).values())
    started = time.perf_counter()
    rebuild.rebuild(at.database.dsn, list(read_models().values()), processes=PROCESSES)
    return events / (time.perf_counter() - started)


def _telling(draft: Draft) -> Draft:
    """A message whose make is known, as where the bot may read them, by a member with a role."""
    cls, fields = draft
    if "length" in fields and "name" in fields:
        number = fields["message_id"]
        made = {"code": number % 7 == 0, "link": number % 5 == 0, "emoji": number % 9}
        return cls, fields | made
    return draft


def _all(histories: Iterable[History], settings: dict[str, Value]) -> Iterator[Draft]:
    for history in histories:
        yield from (_changed(history, key, value) for key, value in settings.items())
        if settings is ALL:
            yield from _multipliers(history)


def _changed(history: History, key: str, value: Value) -> Draft:
    assert key in SETTINGS
    fields: dict[str, Any] = {
        "key": key,
        "value": value,
        "previous": None,
        "revision": 1,
        "interaction_id": history.new_id(),
    }
    return SettingChanged, history.fields(f"rule:setting:{key}:bench", history.members[0]) | fields


def _multipliers(history: History) -> Iterator[Draft]:
    places = [category(history.guild_id * 1000 + 900 + number) for number in range(3)]
    for what in (*places, role(history.guild_id), role(ROLE)):
        for source in SOURCES:
            fields = {
                "what": what,
                "source": source,
                "percent": 150,
                "previous": None,
                "revision": 1,
                "interaction_id": history.new_id(),
            }
            source_id = f"rule:multiplier:{what}:{source}:1"
            yield MultiplierSet, history.fields(source_id, history.members[0]) | fields
