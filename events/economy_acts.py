"""What admins do to the economy beside awards: a reset, and the undoing of an act.

An act is one thing that was done to the economy, in one event or several; its key is the first two
parts of their source ids. Source ids: ``{interaction}:economy_reset``,
``{source id of what is undone}:undone``,
``{user}:debt_collected:{position that made the debt what it was}``.
"""

from typing import ClassVar, Literal

from events.engine.event import Count, Label, Snowflake
from events.ledger import LedgerEvent

Way = Literal["debt", "skip", "stop"]
"""What becomes of coins that an undone act gave and that have been spent: they are owed, they are
left to the member, or nothing is undone at all."""


def act_of(source_id: str) -> str:
    """The key of the act that the event ``source_id`` is a part of."""
    return ":".join(source_id.split(":")[:2])


class EconomyReset(LedgerEvent):
    """The admin ``user_id`` emptied ``target_id``'s wallet and bank, debts too, into the sink."""

    event_type: ClassVar[str] = "economy_reset"

    reason: Label


class EconomyUndone(LedgerEvent):
    """The admin ``user_id`` undid the event ``undoes``: the postings give back what it took and
    take back what it gave, as far as ``way`` asks."""

    event_type: ClassVar[str] = "economy_undo"

    undoes: Label
    way: Way
    reason: Label
    skipped: list[Snowflake]
    """Members who had spent what they would have had to give back, and were let off."""
    interaction_id: Snowflake
    """The interaction that asked for it: the same one asking twice undoes once."""


class DebtCollected(LedgerEvent):
    """``user_id`` had coins again and owed some: ``amount`` was unmade, ``left`` is still owed."""

    event_type: ClassVar[str] = "debt_collected"

    amount: Count
    left: Count
