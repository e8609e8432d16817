"""What can go wrong between this program and its database.

TallystickError
+-- DatabaseError
    +-- DatabaseUnreachable  no connection; says which database and what to try
    |   +-- ConnectionBroke  lost on the way: what was asked for may have been done or not
    +-- SchemaRefused        migrations, version or fingerprint do not fit this code
    +-- RowTooLarge          an event would not fit; refused before anything is written
    +-- BackupRefused        a backup cannot be written, or is none that can be restored here
"""

from events.engine.errors import TallystickError


class DatabaseError(TallystickError):
    """Base of the errors of this package."""


class DatabaseUnreachable(DatabaseError):
    """The database does not answer."""


class ConnectionBroke(DatabaseUnreachable):
    """The connection was lost on the way. If that was at the end, what it carried may have been
    committed without our hearing of it."""


class SchemaRefused(DatabaseError):
    """The database's schema is not one that this code can work on. The text says what to do."""


class RowTooLarge(DatabaseError):
    """An event is larger than the lake takes."""


class BackupRefused(DatabaseError):
    """A backup cannot be written or restored. The text says why, and that nothing was changed."""
