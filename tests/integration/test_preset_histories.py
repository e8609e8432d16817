"""Real histories under the rules of several bots: one log, other boards, each number explained."""

from collections.abc import Sequence
from typing import Any

from bot import importer
from bot.points import reasons
from events.decisions.asked import Asked
from events.decisions.presets import apply_preset
from events.engine.event import RULE_PREFIX
from events.engine.snowflake import snowflake_at
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from projections.engine.ruling import rules_now
from sql import lake
from sql.pool import Database
from sql.reads import fetch
from tests.integration.test_import import HISTORY
from tests.support import postgres
from tests.support.facts import START

PRESETS = ("tallystick", "mee6", "polaris")
Log = list[tuple[int, str, bytes]]
Board = list[tuple[int, int, int, int]]


def adopt(database: Database, guild: int, preset: str) -> None:
    """The guild goes by the preset before anything happens."""
    asked = Asked(guild, snowflake_at(START), 2099, None)
    with database.transaction(guild) as conn:
        rules = rules_now(conn, guild)
        lake.append(conn, apply_preset(asked, preset, rules.standing))


def imported(database: Database, preset: str) -> tuple[Log, Board]:
    """What is in the log beside rules, and everybody's numbers, each of them explained."""
    guilds: Sequence[int] = list(importer.run(database, [HISTORY], dry_run=True).guilds)
    for guild in guilds if preset != PRESETS[0] else ():
        adopt(database, guild, preset)
    importer.run(database, [HISTORY])
    worker.drain(database)
    log, board = Log(), Board()
    for guild in guilds:
        with database.transaction(guild) as conn:
            rows = [r for r in lake.read(conn, guild, 0, 100_000) if RULE_PREFIX not in r.source_id]
            log += [(guild, row.source_id, row.payload) for row in rows]
            members = {m for r in rows for m in (r.user_id, r.target_id) if m is not None}
            board += [(guild, one, *explained(conn, guild, one)) for one in sorted(members)]
    return log, board


def explained(conn: Any, guild: int, member: int) -> tuple[int, int]:
    """XP and stars of a member as they are shown, which is what /why adds up to."""
    shown = fetch(conn, "profiles", "profile", guild=guild, user=member)
    numbers = []
    for number in ("xp", "stars"):
        why = reasons.explain(conn, guild, member, number, limit=1)
        assert why.number == sum(total.amount for total in why.totals)
        assert why.number == (shown[0][number] if shown else 0)
        numbers.append(why.number)
    return numbers[0], numbers[1]


def test_one_history_under_three_presets(postgres_server: Any) -> None:
    found = {}
    for preset in PRESETS:
        with postgres.fresh(postgres_server) as url, Database(url) as database:
            found[preset] = imported(database, preset)
            report = verify(database.dsn, [read_models()["profiles"]], processes=1)
            assert report.differences == []
    logs = [log for log, _ in found.values()]
    assert logs[0] and logs[0] == logs[1] == logs[2]
    boards = [board for _, board in found.values()]
    assert any(xp for *_, xp, _ in boards[0])
    for first, second in ((0, 1), (1, 2), (0, 2)):
        assert boards[first] != boards[second]
