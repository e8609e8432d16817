"""A database of each earlier release becomes one of this one while that release still writes."""

import pytest

from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import install, verify
from sql import chain, fingerprint, lake
from sql.lake import Appended
from sql.migrate import connect, migrate, migrations
from sql.pool import ALL_GUILDS, Database
from tests.support.facts import GUILD, message
from tests.support.histories import history
from tests.support.upgrading import FIRST_LAKE, OldProcess, old_database

OTHER = GUILD + 1
LIVE = 120


@pytest.mark.parametrize("version", range(FIRST_LAKE, len(migrations())))
def test_every_earlier_schema_is_upgraded_under_live_traffic(
    empty_database_url: str, version: int
) -> None:
    before = [e for guild in (GUILD, OTHER) for e in history(guild, seed=version, length=80)]
    old_database(empty_database_url, version, before)
    old = OldProcess(
        empty_database_url,
        [message(10**15 + n, guild=GUILD, seconds=10**6 + n) for n in range(LIVE)],
    )
    old.start()
    old.under_way.wait()
    assert [m.version for m in migrate(empty_database_url)] == list(
        range(version + 1, len(migrations()) + 1)
    )
    install(empty_database_url)
    with Database(empty_database_url) as database:
        new = [message(10**16 + n, guild=GUILD, seconds=10**6 + n) for n in range(LIVE)]
        assert all(isinstance(lake.record(database, [event])[0], Appended) for event in new)
        old.join()
        assert old.failed is None
        with connect(empty_database_url) as conn:
            assert list(fingerprint.drift(fingerprint.take(conn), fingerprint.expected())) == []
        worker.drain(database)
        with database.transaction(ALL_GUILDS) as conn:
            assert sum(lake.heads(conn).values()) == len(before) + 2 * LIVE
            assert [f for guild in (GUILD, OTHER) for f in chain.faults(conn, guild)] == []
    report = verify(empty_database_url, list(read_models().values()), processes=1)
    assert report.events == len(before) + 2 * LIVE and report.differences == []
