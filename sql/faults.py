"""What PostgreSQL says when it cannot serve us, whoever asks for whatever: that passes by itself.

Everything else that it refuses is about what was asked (a value out of range, a key that is taken,
a row that is too large), would be refused again, and is not looked at here.
"""

from typing import Final

import psycopg

from sql.errors import ConnectionBroke, DatabaseUnreachable, Reason

SENTENCES: Final[dict[Reason, str]] = {
    "away": "The database does not answer. Is PostgreSQL running, and is DATABASE_URL right?",
    "broke": "The connection to the database was lost. Is PostgreSQL running?",
    "hung": "The database accepts connections but does not answer. Is its machine overloaded?",
    "slow": "The database took too long. Is its disk, or its machine, overloaded?",
    "locked": "What was asked for is locked by another transaction for too long.",
    "full": "The database has no room left: its disk or its memory is full.",
    "read_only": "The database takes no writes. Is DATABASE_URL that of a replica?",
    "failing": "The database cannot read or write its files. See PostgreSQL's log.",
    "late": "There was no time left to ask the database.",
    "schema": "The database's schema is not what this code expects.",
}

_BY_STATE: Final[dict[str, Reason]] = {
    "25006": "read_only",
    "25P03": "slow",
    "25P04": "slow",
    "55P03": "locked",
    "57014": "slow",
    "57P03": "away",
    "57P04": "away",
    "53300": "away",
}
_BY_CLASS: Final[dict[str, Reason]] = {"53": "full", "58": "failing"}
_BROKEN: Final = ("08", "57P", "40")
"""The connection, or the server, ended; or it chose us to give way to another transaction: the
same can be asked again at once, on another connection."""


def fault(reason: Reason, *, unsure: bool = False) -> DatabaseUnreachable:
    """The error for this reason. ``unsure``: what was asked for may have been done."""
    if reason == "broke" or unsure:
        return ConnectionBroke(SENTENCES[reason], reason=reason, unsure=unsure)
    return DatabaseUnreachable(SENTENCES[reason], reason=reason)


def fault_of(error: BaseException, *, ending: bool = False) -> DatabaseUnreachable | None:
    """What ``error`` says about the database; None when it is about what was asked for. In the
    ``ending`` of a transaction a lost connection leaves unsure whether it was committed."""
    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate
    if state is None:
        lost = isinstance(error, psycopg.OperationalError)
        return fault("broke", unsure=ending) if lost else None
    reason = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
    if reason is not None:
        return fault(reason)
    return fault("broke", unsure=ending) if state.startswith(_BROKEN) else None


def is_fault(error: BaseException) -> bool:
    """Whether ``error`` is the database's trouble, and not about what was asked for."""
    return isinstance(error, DatabaseUnreachable) or fault_of(error) is not None
