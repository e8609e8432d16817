"""Pets as their last event left them; how they fare since then is worked out by who looks
(``events/decisions/pets.py``). Whose a pet is, is the ledger's to tell."""

from dataclasses import dataclass
from datetime import datetime

from events.pets import PetAdopted, PetFed, PetPlayed, PetRenamed
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table

GOOD_MOOD = 80
"""Of a pet that was just adopted."""


@dataclass(slots=True)
class PetRow:
    """One pet; ``hunger`` and ``mood`` are those at ``as_of``."""

    pet_id: int
    item: str
    species: str
    name: str
    adopted_by: int
    adopted_at: datetime
    hunger: int
    mood: int
    experience: int
    as_of: datetime
    played_at: datetime | None
    position: int


PETS = Table("pets", PetRow, "state", key=("pet_id",), member="pet_id")
READ_MODEL = ReadModel("pets", version=1, tables=(PETS,))


@READ_MODEL.on(PetAdopted)
def adopted(event: PetAdopted, to: WorkingSet) -> None:
    """A pet comes, content and not hungry."""
    row = PetRow(
        pet_id=event.pet_id,
        item=event.item,
        species=event.species,
        name=event.name,
        adopted_by=event.user_id or 0,
        adopted_at=event.occurred_at,
        hunger=0,
        mood=GOOD_MOOD,
        experience=0,
        as_of=event.occurred_at,
        played_at=None,
        position=to.position,
    )
    to.put(PETS, row)


@READ_MODEL.on(PetFed, PetPlayed)
def cared_for(event: PetFed | PetPlayed, to: WorkingSet) -> None:
    """The event says how the pet was after it."""
    row = to.get(PETS, event.pet_id)
    if row is None:
        return
    row.hunger, row.mood, row.as_of = event.hunger, event.mood, event.occurred_at
    row.experience += event.experience
    row.position = to.position
    if isinstance(event, PetPlayed):
        row.played_at = event.occurred_at
    to.put(PETS, row)


@READ_MODEL.on(PetRenamed)
def renamed(event: PetRenamed, to: WorkingSet) -> None:
    """It goes by another name."""
    row = to.get(PETS, event.pet_id)
    if row is not None:
        row.name, row.position = event.name, to.position
        to.put(PETS, row)
