"""What can be done with a pet, and how it fares when nothing is done.

Hunger and mood are from 0 to 100. What an event left them at changes with time, and is worked out
whenever somebody looks: nothing has to be recorded for a pet to get hungry.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isqrt
from types import MappingProxyType
from typing import Final

from events.currency import Coin
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.ledger import MINT, SINK, item, move, wallet
from events.pets import PetAdopted, PetFed, PetPlayed, PetRenamed

MOST: Final = 100
STARVING_SECONDS: Final = 72 * 3_600
"""From not hungry at all to as hungry as can be."""
BORED_SECONDS: Final = 48 * 3_600
"""From the best mood to the worst."""
MEAL: Final = 40
"""What a meal takes off hunger."""
LEAST_HUNGER: Final = 10
"""Less hungry, a pet does not eat."""
MOST_HUNGER: Final = 80
"""Hungrier, a pet does not play."""
FUN, EFFORT = 30, 5
"""What a game does for mood and for hunger."""
FED_EXPERIENCE, PLAYED_EXPERIENCE = 10, 5
LEVEL_EXPERIENCE: Final = 25
"""Level n needs ``25 * n * (n - 1)``: 50 for level 2, 150 for level 3."""
MAX_NAME: Final = 32
PREFIX: Final = "pet-"

SPECIES: Final = MappingProxyType(
    {
        "cat": "\N{CAT FACE} Cat",
        "dog": "\N{DOG FACE} Dog",
        "fox": "\N{FOX FACE} Fox",
        "owl": "\N{OWL} Owl",
        "rabbit": "\N{RABBIT FACE} Rabbit",
        "turtle": "\N{TURTLE} Turtle",
        "penguin": "\N{PENGUIN} Penguin",
        "dragon": "\N{DRAGON FACE} Dragon",
    }
)
"""Every species and how it is shown."""


@dataclass(frozen=True, slots=True)
class Pet:
    """A pet, with hunger and mood as they were at ``as_of``."""

    pet_id: int
    species: str
    name: str
    hunger: int
    mood: int
    experience: int
    as_of: datetime
    played_at: datetime | None

    def at(self, moment: datetime) -> "Pet":
        """The pet at a later moment: hungrier, and in a worse mood."""
        seconds = max(0, int((moment - self.as_of).total_seconds()))
        return replace(
            self,
            hunger=min(MOST, self.hunger + seconds * MOST // STARVING_SECONDS),
            mood=max(0, self.mood - seconds * MOST // BORED_SECONDS),
            as_of=max(moment, self.as_of),
        )

    @property
    def level(self) -> int:
        """1 for a pet that nothing was done with."""
        return level_of(self.experience)


def level_of(experience: int) -> int:
    """The highest level that this is enough for."""
    return (1 + isqrt(1 + 4 * (experience // LEVEL_EXPERIENCE))) // 2


def experience_for(level: int) -> int:
    """What a level needs in all."""
    return LEVEL_EXPERIENCE * level * (level - 1)


def item_of(species: str, pet_id: int) -> str:
    """The id of the thing that a pet is: there is one of it."""
    return f"{PREFIX}{species}-{pet_id}"


def species_of(item_id: str) -> str | None:
    """The species of the pet that a thing is, or None when it is no pet."""
    species, _, number = item_id.removeprefix(PREFIX).partition("-")
    is_pet = item_id.startswith(PREFIX) and species in SPECIES and number.isdecimal()
    return species if is_pet else None


def adopt(asked: Asked, species: str, *, owned: int, limit: int) -> PetAdopted:
    """``asked.user_id``, who has ``owned`` pets, adopts one. Raises Refused beyond the limit."""
    if owned >= limit:
        raise Refused(
            f"You have {owned} of at most {limit} pets here. Give one a new home with /trade first."
        )
    thing = item_of(species, asked.interaction_id)
    return PetAdopted(
        **asked.envelope,
        source_id=asked.source_id(PetAdopted.event_type),
        pet_id=asked.interaction_id,
        item=thing,
        species=species,
        name=SPECIES[species].partition(" ")[2],
        postings=move(1, source=MINT, to=wallet(asked.user_id), currency=item(thing)),
    )


def feed(asked: Asked, pet: Pet, *, cost: int, balance: int, coin: Coin) -> PetFed:
    """``asked.user_id``, who has ``balance``, gives their ``pet`` a meal for ``cost``.

    Raises Refused when it is not hungry, or when the meal cannot be paid.
    """
    now = pet.at(asked.at)
    if now.hunger < LEAST_HUNGER:
        hungry = now.as_of + timedelta(
            seconds=(LEAST_HUNGER - now.hunger) * STARVING_SECONDS // MOST
        )
        raise Refused(f"{pet.name} is not hungry. Come back {_when(hungry)}.")
    if cost > balance:
        raise Refused(
            f"A meal costs {coin.words(cost)} and you have {coin.words(balance)}, so "
            f"{cost - balance:,} are missing. Earn some first."
        )
    return PetFed(
        **asked.envelope,
        source_id=asked.source_id(PetFed.event_type),
        pet_id=pet.pet_id,
        cost=cost,
        hunger_before=now.hunger,
        hunger=max(0, now.hunger - MEAL),
        mood=now.mood,
        experience=FED_EXPERIENCE,
        postings=move(cost, source=wallet(asked.user_id), to=SINK) if cost else [],
    )


def play(asked: Asked, pet: Pet, *, wait_minutes: int) -> PetPlayed:
    """``asked.user_id`` plays with their ``pet``.

    Raises Refused when it is too hungry or still tired of the last game.
    """
    now = pet.at(asked.at)
    rested = pet.played_at + timedelta(minutes=wait_minutes) if pet.played_at else None
    if rested is not None and asked.at < rested:
        raise Refused(f"{pet.name} is tired. Play again {_when(rested)}.")
    if now.hunger > MOST_HUNGER:
        raise Refused(f"{pet.name} is too hungry to play. Feed it first with /pet feed.")
    return PetPlayed(
        **asked.envelope,
        source_id=asked.source_id(PetPlayed.event_type),
        pet_id=pet.pet_id,
        hunger=min(MOST, now.hunger + EFFORT),
        mood_before=now.mood,
        mood=min(MOST, now.mood + FUN),
        experience=PLAYED_EXPERIENCE,
        wait_minutes=wait_minutes,
    )


def rename(asked: Asked, pet: Pet, name: str) -> PetRenamed:
    """``asked.user_id`` calls their ``pet`` by another ``name``. Raises Refused for none, for one
    that is too long, and for the one it has."""
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME:
        raise Refused(f"A pet's name has 1 to {MAX_NAME} letters.")
    if name == pet.name:
        raise Refused(f"It is called {name} already. Pick another name.")
    return PetRenamed(
        **asked.envelope,
        source_id=asked.source_id(PetRenamed.event_type),
        pet_id=pet.pet_id,
        name=name,
        previous=pet.name,
    )


def _when(moment: datetime) -> str:
    """How far off a moment is, in each reader's own language."""
    return f"<t:{-(-moment.timestamp() // 1):.0f}:R>"
