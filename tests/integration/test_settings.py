"""Settings against real PostgreSQL: two admins at once, and what each of them is told."""

from concurrent.futures import ThreadPoolExecutor

from bot.handle import Call, handle
from bot.settings_admin import desk
from events.decisions.asked import Asked
from events.engine.catalogue import decode
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.settings import SettingChanged
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from projections.engine.ruling import rules_now
from sql import lake
from sql.pool import Connection, Database
from tests.support.facts import GUILD, at

ADMINS = 12


def change(database: Database, number: int, *, seen: int, value: int | None = None) -> str:
    """Admin ``number`` sets the XP for a message, having seen it after ``seen`` changes."""
    asked = Asked(GUILD, snowflake_at(at(number), number), 2000 + number, 3001)
    wanted = 40 + number if value is None else value

    def decide(conn: Connection) -> list[SettingChanged]:
        return [desk.decide_change(conn, asked, "message_xp", wanted, seen)]

    try:
        handle(
            database,
            Call(asked, "modal", "setform"),
            reads=desk.READS,
            decide=decide,
            show=lambda conn, facts: None,
        )
    except Refused as refused:
        return str(refused)
    return "changed"


def changes(database: Database) -> list[SettingChanged]:
    with database.transaction(GUILD) as conn:
        rows = lake.with_prefix(conn, GUILD, "rule:setting:")
    return [event for event in map(decode, rows) if isinstance(event, SettingChanged)]


def test_of_many_who_saw_the_same_value_one_changes_it(database: Database) -> None:
    with ThreadPoolExecutor(ADMINS) as pool:
        told = list(pool.map(lambda n: change(database, n, seen=0), range(1, ADMINS + 1)))
    (made,) = changes(database)
    assert sorted(told).count("changed") == 1
    winner = told.index("changed") + 1
    assert (made.user_id, made.value, made.revision) == (2000 + winner, 40 + winner, 1)
    stale = {sentence for sentence in told if sentence != "changed"}
    assert stale == {
        "XP for a message was changed meanwhile: it is "
        f"{40 + winner} XP now, and stays so. Look again, then decide."
    }
    with database.transaction(GUILD) as conn:
        assert rules_now(conn, GUILD).number("message_xp") == 40 + winner
    assert verify(database.dsn, [named("settings")], processes=1).differences == []


def test_the_same_interaction_twice_changes_once(database: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda _: change(database, 5, seen=0), range(2)))
    assert told == ["changed", "changed"]
    assert len(changes(database)) == 1
