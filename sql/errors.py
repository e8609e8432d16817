"""What can go wrong between this program and its database.

TallystickError
+-- DatabaseError
    +-- DatabaseUnreachable  it does not serve us now; says why and what to try
    |   +-- ConnectionBroke  lost on the way; says whether it may have been done all the same
    +-- SchemaRefused        migrations, version or fingerprint do not fit this code
    +-- RowTooLarge          an event would not fit; refused before anything is written
    +-- BackupRefused        a backup cannot be written, or is none that can be restored here
"""

from typing import Literal

from events.engine.errors import TallystickError

Reason = Literal[
    "away",
    "broke",
    "hung",
    "slow",
    "locked",
    "full",
    "read_only",
    "failing",
    "late",
    "schema",
]
"""Why the database does not serve us: fixed words, for logs and metrics."""


class DatabaseError(TallystickError):
    """Base of the errors of this package."""


class DatabaseUnreachable(DatabaseError):
    """The database does not serve us now; nothing was changed. Later it may."""

    def __init__(self, text: str, *, reason: Reason = "away") -> None:
        """``text`` is for the operator."""
        super().__init__(text)
        self.reason = reason


class ConnectionBroke(DatabaseUnreachable):
    """The connection was lost on the way; it makes sense to ask again on another.

    ``unsure``: it was lost at the end, so what it carried may have been committed without our
    hearing of it.
    """

    def __init__(self, text: str, *, reason: Reason = "broke", unsure: bool = True) -> None:
        """``text`` is for the operator."""
        super().__init__(text, reason=reason)
        self.unsure = unsure


class SchemaRefused(DatabaseError):
    """The database's schema is not one that this code can work on. The text says what to do."""


class RowTooLarge(DatabaseError):
    """An event is larger than the lake takes."""


class BackupRefused(DatabaseError):
    """A backup cannot be written or restored. The text says why, and that nothing was changed."""
