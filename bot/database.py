"""The database that this process works on: embedded, or the one in DATABASE_URL."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bot.settings import Settings
from projections.engine import rebuild
from sql import embedded, fingerprint
from sql.errors import SchemaRefused
from sql.migrate import check_history, connect, migrate
from sql.pool import Database


@contextmanager
def database_address(settings: Settings) -> Iterator[str]:
    """The address of the database; the embedded server runs at least until the end of the block.

    Raises DatabaseUnreachable when it cannot be started.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    server = embedded.start(settings.data_dir)
    try:
        yield embedded.database_url(server)
    finally:
        server.cleanup()


@contextmanager
def open_database(settings: Settings, *, migrating: bool = False) -> Iterator[Database]:
    """The database, checked and ready for use. It is brought up to date first if it is the
    embedded one, or if ``migrating``; otherwise one that is not is refused.

    Raises DatabaseUnreachable or SchemaRefused with a sentence that says what to do.
    """
    with ExitStack() as stack:
        dsn = stack.enter_context(database_address(settings))
        if migrating or settings.database_url is None:
            migrate(dsn)
            rebuild.install(dsn)
        check_schema(dsn)
        yield stack.enter_context(Database(dsn))


def check_schema(dsn: str) -> None:
    """Raises SchemaRefused naming each object that is not as this code expects it."""
    with connect(dsn) as conn:
        check_history(conn)
        stale = {table.name for model in rebuild.outdated(conn) for table in model.tables}
        actual = fingerprint.take(conn)
    found = list(fingerprint.drift(actual, fingerprint.expected(), ignoring=stale))
    if found:
        raise SchemaRefused(
            "The database's schema is not what this code expects:\n  " + "\n  ".join(found)
        )
