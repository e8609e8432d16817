"""Pets: adopted, fed, played with, renamed.

Source ids: ``{interaction}:pet_adopted``, ``{interaction}:pet_fed``, ``{interaction}:pet_played``,
``{interaction}:pet_renamed``.

A pet is a thing of which there is one, so it is its owner's who has it in the wallet: it can be
given away and traded as things are.
"""

from typing import ClassVar

from events.engine.event import Count, Event, Label, Snowflake
from events.ledger import LedgerEvent


class AboutPet(Event):
    """Base of every fact about one pet."""

    pet_id: Snowflake
    """The interaction in which it was adopted."""

    def members(self) -> tuple[int, ...]:
        """Beside the members, the pet: a fold finds its row loaded."""
        return (*super().members(), self.pet_id)


class PetAdopted(AboutPet, LedgerEvent):
    """``user_id`` adopted a pet, which comes out of the mint."""

    event_type: ClassVar[str] = "pet_adopted"

    item: Label
    """What it is in the ledger."""
    species: Label
    name: Label


class PetFed(AboutPet, LedgerEvent):
    """``user_id`` gave their pet a meal, and what it cost is gone."""

    event_type: ClassVar[str] = "pet_fed"

    cost: Count
    hunger_before: Count
    hunger: Count
    """From 0 to 100, after it."""
    mood: Count
    """From 0 to 100, as it was then."""
    experience: Count
    """What the pet gained."""


class PetPlayed(AboutPet):
    """``user_id`` played with their pet."""

    event_type: ClassVar[str] = "pet_played"

    hunger: Count
    """From 0 to 100, after it: playing makes hungry."""
    mood_before: Count
    mood: Count
    """From 0 to 100, after it."""
    experience: Count
    """What the pet gained."""
    wait_minutes: Count
    """The time between two games that was in force."""


class PetRenamed(AboutPet):
    """``user_id`` gave their pet another name."""

    event_type: ClassVar[str] = "pet_renamed"

    name: Label
    previous: Label
