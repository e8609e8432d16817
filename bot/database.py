"""The database that this process works on: embedded, or the one in DATABASE_URL."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from bot.settings import Settings
from projections.engine import rebuild
from sql import embedded, fingerprint
from sql.errors import DatabaseUnreachable, SchemaRefused
from sql.migrate import check_history, connect, migrate
from sql.pool import Database

log = structlog.get_logger("tallystick.database")


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
            bring_up_to_date(dsn)
        else:
            check_schema(dsn)
        yield stack.enter_context(Database(dsn))


@contextmanager
def open_for_capture(settings: Settings) -> Iterator[Database]:
    """The database, brought up to date. One that this machine has worked with before is opened
    also while it is away, so that what happens in Discord is not missed: then it is brought up to
    date before it is first used.

    Raises DatabaseUnreachable or SchemaRefused with a sentence that says what to do.
    """
    with ExitStack() as stack:
        dsn = stack.enter_context(database_address(settings))
        known = Known(settings.spool_dir / "database", dsn)
        try:
            bring_up_to_date(dsn)
        except DatabaseUnreachable as error:
            if not known.is_it():
                raise
            log.warning("database_away", doing="start", error=str(error).splitlines()[0])
            database = Database(dsn, prepare=partial(_prepare, dsn))
        else:
            database = Database(dsn)
            known.note()
        yield stack.enter_context(database)


class Known:
    """A file that says which database this machine has worked with."""

    def __init__(self, path: Path, dsn: str) -> None:
        """Nothing is read or written yet. No password is kept, and no name."""
        parts = urlsplit(dsn)
        where = (parts.username, parts.hostname, parts.port, parts.path, parts.query)
        self._path = path
        self._digest = sha256(repr(where).encode()).hexdigest()

    def is_it(self) -> bool:
        """Whether it was this one."""
        with suppress(OSError):
            return self._path.read_text("utf-8") == self._digest
        return False

    def note(self) -> None:
        """It was this one. Where nothing can be written, it is not known the next time."""
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.write_text(self._digest, "utf-8")


def bring_up_to_date(dsn: str) -> None:
    """Migrate, and check that everything is as this code expects it. Raises DatabaseUnreachable or
    SchemaRefused."""
    migrate(dsn)
    rebuild.install(dsn)
    check_schema(dsn)


def _prepare(dsn: str) -> None:
    """The same for a bot that is at work already: a schema that does not fit is as bad as no
    database, and an operator must hear of it."""
    try:
        bring_up_to_date(dsn)
    except SchemaRefused as error:
        log.error("schema_refused", error=str(error))
        raise DatabaseUnreachable(str(error), reason="schema") from error


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
