"""What came of using a thing: consumed, and what its effect was, with every number that decided.

Source id: ``{interaction}:item_used``.
"""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from events.engine.event import Count, Label, Snowflake
from events.ledger import LedgerEvent


class Loot(BaseModel):
    """One thing that a crate may hold, and in how many of a hundred it is found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    percent: Count
    currency: Label
    """Coins, or ``item:...``: things are counted in the ledger as money is."""
    amount: Count


class ItemUsed(LedgerEvent):
    """``user_id`` used up one ``item``; what its effect gives comes out of the mint."""

    event_type: ClassVar[str] = "item_used"

    item: Label
    effect: Label
    """As it was declared at that time, in the language of ``events/decisions/effects.py``."""
    seed: Snowflake | None = None
    """What the contents of a crate were drawn with."""
    roll: Count | None = None
    """The first draw of ``seed``: 0 to 99, to be found in ``loot`` by adding up the per cents."""
    loot: list[Loot] = Field(default_factory=list)
    """The table that was shown and drawn from."""

    @classmethod
    def trusted(cls, fields: dict[str, Any]) -> Self:
        """As the base does, with the loot as objects again."""
        fields["loot"] = [Loot.model_construct(**loot) for loot in fields["loot"]]
        return super().trusted(fields)
