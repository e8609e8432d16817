"""What a guild's currencies are: declared, named, retired. Source id of each change:
``rule:currency:{currency}:{revision}``.

As with settings, the revision in the key makes a stale write collide, and being a rule it is in
the guild's own stream.
"""

from dataclasses import dataclass
from typing import ClassVar

from events.engine.event import Count, Event, Label, Snowflake
from events.ledger import COINS


@dataclass(frozen=True, slots=True)
class Coin:
    """A currency: how it is spoken of and shown, and what the ledger calls it."""

    name: str = "coin"
    plural: str = "coins"
    emoji: str = "\N{COIN}"
    currency: str = COINS
    retired: bool = False
    """Whether it is given out no more."""

    @property
    def title(self) -> str:
        """``Coins``: the heading over amounts of it."""
        return self.plural[:1].upper() + self.plural[1:]

    def words(self, amount: int) -> str:
        """``1 coin``, ``1,234 coins``."""
        return f"{amount:,} {self.name if amount == 1 else self.plural}"


COIN = Coin()
"""What every guild has until its admins name it otherwise."""


class CurrencyChanged(Event):
    """Base of what admins do to ``currency``."""

    currency: Label
    revision: Count
    """How often this currency has been changed, this time included."""
    interaction_id: Snowflake
    """The interaction that asked for it: the same one asking twice changes once."""


class CurrencyNamed(CurrencyChanged):
    """The admin ``user_id`` chose how ``currency`` is spoken of and shown. One that the guild did
    not have, or had retired, is its own from now on."""

    event_type: ClassVar[str] = "currency_named"

    name: Label
    plural: Label
    emoji: Label

    @property
    def coin(self) -> Coin:
        """The look that was chosen."""
        return Coin(self.name, self.plural, self.emoji, self.currency)


class CurrencyRetired(CurrencyChanged):
    """The admin ``user_id`` has no more of ``currency`` given out; who has some keeps it."""

    event_type: ClassVar[str] = "currency_retired"
