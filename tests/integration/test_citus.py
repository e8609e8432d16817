"""The schema can be distributed by guild: each key begins with it, each statement finds its way."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.call import Call
from bot.handle import handle
from events.decisions.asked import Asked
from events.engine.snowflake import snowflake_at
from projections.engine import rebuild
from projections.engine.read_model import named
from sql import lake
from sql.migrate import connect
from sql.pool import Database
from tests.support import routes
from tests.support.facts import at, message
from tests.support.routes import GUILDS

ROOT = Path(__file__).parents[2]
CHANGING = re.compile(r"clock_timestamp|\bnow\(|random\(|gen_random|statement_timestamp")


def test_every_key_begins_with_the_guild(database_url: str) -> None:
    with connect(database_url) as conn:
        keys = conn.execute(
            b"""select c.relname, i.indexrelid::regclass::text, a.attname
                from pg_index i join pg_class c on c.oid = i.indrelid
                join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
                where c.relnamespace = 'public'::regnamespace and i.indisunique"""
        ).fetchall()
    assert len(keys) > 40
    wrong = [key for name, key, first in keys if name not in routes.local() and first != "guild_id"]
    assert wrong == []


def test_no_table_refers_to_another(database_url: str) -> None:
    """A foreign key would have to begin with the guild too; there is none."""
    with connect(database_url) as conn:
        assert conn.execute(b"select 1 from pg_constraint where contype = 'f'").fetchall() == []


def inner(text: str) -> str:
    """What stands in parentheses."""
    found, depth = [], 0
    for character in text:
        depth -= character == ")"
        found.append(character if depth else " ")
        depth += character == "("
    return "".join(found)


def test_what_asks_every_server_asks_what_citus_can_ask_several() -> None:
    """It locks rows, and limits what a subquery finds, on one server only."""
    for statement, everywhere in routes.about_guilds():
        text = statement.numbered.decode().lower()
        if everywhere:
            assert "for update" not in text, statement.name
            assert not re.search(r"\b(limit|offset|tablesample)\b", inner(text)), statement.name


def test_no_change_reckons_with_the_clock_of_another_server() -> None:
    """Citus takes no changing function in what an update sets; times come in as values."""
    for statement, _ in routes.about_guilds():
        text = statement.text.decode()
        if any(re.search(rf"\b{name}\b", text) for name in routes.local()):
            continue
        for part in re.split(r"\b(?:do update|update \w+(?: \w+)?) set\b", text)[1:]:
            assert not CHANGING.search(part), statement.name


STAND_INS = """
    create table pg_dist_partition (logicalrelid regclass primary key, beside text);
    grant select, insert on pg_dist_partition to tallystick_owner;
    create function create_distributed_table(target regclass, by text, colocate_with text)
    returns void language sql as $$
        insert into pg_dist_partition values (target, by || ' beside ' || colocate_with) $$;
"""
"""What of Citus the file calls. A table that is distributed twice is refused, as by Citus."""


def test_the_file_distributes_each_table_once_however_often_it_is_run(database_url: str) -> None:
    text, extension = routes.CITUS.read_text(), "create extension if not exists citus;"
    assert extension in text
    with connect(database_url) as conn, conn.transaction(force_rollback=True):
        conn.execute(STAND_INS)
        for _ in range(2):
            conn.execute(text.replace(extension, "reset role;").encode())
        rows = conn.execute(b"select logicalrelid::text, beside from pg_dist_partition").fetchall()
    found: dict[str, str] = dict(rows)
    assert found.pop("streams") == "guild_id beside none"
    assert sorted(["streams", *found]) == sorted(routes.distributed())
    assert set(found.values()) == {"guild_id beside public.streams"}


def test_a_rebuilt_table_is_placed_before_it_is_swapped_in(database_url: str) -> None:
    """What citus.sql puts in the place of the hook is called for each table, whole and aside."""
    with connect(database_url) as conn:
        conn.execute(b"create table placed (name text, keyed boolean)")
        conn.execute(b"grant insert on placed to tallystick_owner")
        conn.execute(
            b"""create or replace function place_table(target regclass) returns void
                language sql as $$
                insert into public.placed
                select format('%I.%I', nspname, relname), relhasindex
                from pg_class c join pg_namespace n on n.oid = relnamespace
                where c.oid = target $$"""
        )
        rebuild.rebuild(database_url, [named("badges")], processes=1)
        found = conn.execute(b"select name, keyed from placed order by 1").fetchall()
    assert found == sorted((f"rebuild.{table.name}", True) for table in named("badges").tables)


def test_the_servers_of_the_cluster_are_hardened_and_shut_off() -> None:
    """What trusts its network is on one that nothing from outside is on."""
    compose = yaml.safe_load((ROOT / "compose.citus.yaml").read_text())
    plain = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert compose["networks"] == {"cluster": {"internal": True}}
    own = {name: one for name, one in compose["services"].items() if name not in plain}
    assert own.keys() == {"node1", "node2", "distribute"}
    for service in own.values():
        assert service["networks"] == ["cluster"]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
    joined = {
        name for name, one in compose["services"].items() if "cluster" in one.get("networks", ())
    }
    assert joined == {"database", *own}


def test_on_a_cluster_no_transaction_is_about_two_guilds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of two servers cannot be locked by one statement."""
    monkeypatch.setattr(Database, "is_distributed", True)
    begun: list[tuple[Any, ...]] = []
    begin = Database.transaction

    def noted(self: Database, *guilds: int | str, small: bool = False) -> Any:
        begun.append(guilds)
        return begin(self, *guilds, small=small)

    monkeypatch.setattr(Database, "transaction", noted)
    events = [message(number, guild=guild) for number in (1, 2) for guild in GUILDS]
    results = lake.record(database, [*events, events[0]])
    assert results == [*[lake.Appended(1)] * 3, *[lake.Appended(2)] * 3, lake.Duplicate(1)]
    calls = [
        Call(Asked(GUILDS[n % 3], snowflake_at(at(n), n), 501, 700), "slash", "balance")
        for n in range(24)
    ]
    with ThreadPoolExecutor(len(calls)) as pool:
        ends = pool.map(
            lambda one: handle(database, one, reads=[], decide=lambda _: [], show=lambda *_: 1),
            calls,
        )
        assert [end.shown for end in ends] == [1] * len(calls)
    assert {len(guilds) for guilds in begun} == {1}
