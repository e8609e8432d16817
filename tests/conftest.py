"""Fixtures for every test: a real PostgreSQL, and a database of its own for each test."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from sql import embedded
from sql.pool import Database
from tests.support import postgres

# A busy machine is no failure, and what CI says of a commit does not change from run to run.
settings.register_profile("tallystick", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("tallystick")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[embedded.Server]:
    """The embedded server of this test process."""
    with postgres.server() as running:
        yield running


@pytest.fixture
def database_url(postgres_server: embedded.Server) -> Iterator[str]:
    """The address of a fresh, migrated database with empty read-model tables."""
    with postgres.fresh(postgres_server) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres_server: embedded.Server) -> Iterator[str]:
    """The address of a database in which there is nothing at all."""
    with postgres.fresh(postgres_server, template="template0") as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The app's connections to a fresh, migrated database."""
    with Database(database_url) as opened:
        yield opened
