"""What is looked up while somebody types: it has a moment, few connections, and no say in whether
the database hangs."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.answer import Services
from bot.crowd import CONNECTIONS, GLANCES
from sql import embedded
from sql.errors import DatabaseUnreachable
from sql.patience import at_most
from sql.pool import Database
from tests.simulation.crowd import at_once
from tests.support.facts import GUILD
from tests.support.faults import FAULTS, as_login
from tests.support.intruding import walk
from tests.support.simulator import world

SECONDS = 0.6
CHOICES = 8
"""Discord's number for an answer that is choices."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(as_login(database_url)) as opened:
        yield opened


@pytest.mark.parametrize("fault", ["hung", "killed"])
async def test_every_option_is_answered_while_the_database_does_not(
    postgres_server: embedded.Server, database: Database, fault: str
) -> None:
    """bug: what hangs kept them waiting, some raised, and Discord was told nothing."""
    async with world(database, settle_timeout=60) as w:
        w.bot.services = replace(w.bot.services, moment=SECONDS)
        options = [
            (command.qualified_name, one.display_name)
            for command in walk(w.bot)
            for one in command.parameters
            if one.autocomplete
        ]
        before = len(w.env.http_requests)
        with FAULTS[fault](postgres_server, database.dsn):
            async with at_once(w.env):
                for name, option in options:
                    await w.admin.autocomplete(w.channel, name, option, "")
        sent: list[Any] = [one.json for one in w.env.http_requests[before:]]
    told = [body["data"]["choices"] for body in sent if body and body.get("type") == CHOICES]
    assert len(told) == len(options)
    assert told.count([]) > 25  # the others are offered what is not looked up


async def test_those_who_type_leave_connections_to_commands(database_url: str) -> None:
    hold, begun = threading.Event(), threading.Semaphore(0)
    with Database(database_url, max_size=CONNECTIONS) as desk:
        services = Services(desk, cast(Any, None), limit=60, moment=60)

        def look() -> None:
            with desk.transaction(GUILD):
                begun.release()
                assert hold.wait(60)

        def command() -> str:
            with desk.transaction(GUILD):
                return "done"

        typing = [asyncio.create_task(services.glance(look)) for _ in range(5 * CONNECTIONS)]
        for _ in range(GLANCES):
            assert await asyncio.to_thread(begun.acquire, timeout=60)
        with at_most(5):
            assert await services.work(command) == "done"
        hold.set()
        await asyncio.gather(*typing)
        services.crowd.close()


@pytest.mark.parametrize("judges", [False, True])
def test_a_moment_is_too_short_to_tell_that_the_database_hangs(
    postgres_server: embedded.Server, database: Database, judges: bool
) -> None:
    database.be_there()
    with (
        FAULTS["hung"](postgres_server, database.dsn),
        pytest.raises(DatabaseUnreachable),
        at_most(SECONDS, judges=judges),
    ):
        database.be_there()
    assert (database.availability.since is not None) == judges
