"""What can go wrong between this program and its database.

TallystickError
+-- DatabaseError
    +-- DatabaseUnreachable  no connection; says which database and what to try
    +-- SchemaRefused        migrations, version or fingerprint do not fit this code
    +-- RowTooLarge          an event would not fit; refused before anything is written
"""

from events.engine.errors import TallystickError


class DatabaseError(TallystickError):
    """Base of the errors of this package."""


class DatabaseUnreachable(DatabaseError):
    """The database does not answer."""


class SchemaRefused(DatabaseError):
    """The database's schema is not one that this code can work on. The text says what to do."""


class RowTooLarge(DatabaseError):
    """An event is larger than the lake takes."""
