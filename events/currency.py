"""What a guild calls its money. Source id: ``rule:currency:{currency}:{revision}``.

As with settings, the revision in the key makes a stale write collide, and being a rule it is in
the guild's own stream.
"""

from dataclasses import dataclass
from typing import ClassVar

from events.engine.event import Count, Event, Label, Snowflake


@dataclass(frozen=True, slots=True)
class Coin:
    """How a currency is spoken of and shown."""

    name: str = "coin"
    plural: str = "coins"
    emoji: str = "\N{COIN}"

    @property
    def title(self) -> str:
        """``Coins``: the heading over amounts of it."""
        return self.plural[:1].upper() + self.plural[1:]

    def words(self, amount: int) -> str:
        """``1 coin``, ``1,234 coins``."""
        return f"{amount:,} {self.name if amount == 1 else self.plural}"


COIN = Coin()
"""What every guild has until its admins name it otherwise."""


class CurrencyNamed(Event):
    """The admin ``user_id`` chose how ``currency`` is spoken of and shown."""

    event_type: ClassVar[str] = "currency_named"

    currency: Label
    name: Label
    plural: Label
    emoji: Label
    revision: Count
    """How often this currency has been named, this time included."""
    interaction_id: Snowflake
    """The interaction that asked for it: the same one asking twice changes once."""

    @property
    def coin(self) -> Coin:
        """The look that was chosen."""
        return Coin(self.name, self.plural, self.emoji)
