"""Pets: each as its last event left it, told apart from the others."""

from typing import Any

from events.engine.event import Event
from events.ledger import MINT, item, move, wallet
from events.pets import AboutPet, PetAdopted, PetFed, PetPlayed, PetRenamed
from tests.support.facts import GUILD, at
from tests.support.given import given

ANN, BEN = 2001, 2002
REX, TOM, NOBODYS = 8001, 8002, 8003


def adopted(pet: int, *, user: int, species: str, seconds: float) -> PetAdopted:
    thing = f"pet-{species}-{pet}"
    return PetAdopted(
        guild_id=GUILD,
        source_id=f"{pet}:pet_adopted",
        user_id=user,
        occurred_at=at(seconds),
        pet_id=pet,
        item=thing,
        species=species,
        name=species.title(),
        postings=move(1, source=MINT, to=wallet(user), currency=item(thing)),
    )


def about(cls: type[AboutPet], number: int, pet: int, *, seconds: float, **fields: Any) -> Event:
    return cls(
        guild_id=GUILD,
        source_id=f"{number}:{cls.event_type}",
        user_id=ANN,
        occurred_at=at(seconds),
        pet_id=pet,
        **fields,
    )


def fed(number: int, pet: int, seconds: float) -> Event:
    fields = {"cost": 0, "hunger_before": 70, "hunger": 30, "mood": 44, "experience": 10}
    return about(PetFed, number, pet, seconds=seconds, postings=[], **fields)


def played(number: int, pet: int, seconds: float) -> Event:
    fields = {"hunger": 35, "mood_before": 44, "mood": 74, "experience": 5, "wait_minutes": 60}
    return about(PetPlayed, number, pet, seconds=seconds, **fields)


def test_a_pet_is_as_its_last_event_left_it() -> None:
    given(
        "pets",
        adopted(REX, user=ANN, species="dog", seconds=1),
        adopted(TOM, user=BEN, species="cat", seconds=2),
        fed(91, REX, 300),
        played(92, REX, 400),
        fed(93, REX, 500),
        about(PetRenamed, 94, TOM, seconds=600, name="Felix", previous="Cat"),
    ).then(
        "pets",
        "pet_id item species name adopted_by adopted_at position",
        (REX, f"pet-dog-{REX}", "dog", "Dog", ANN, at(1), 5),
        (TOM, f"pet-cat-{TOM}", "cat", "Felix", BEN, at(2), 6),
    ).then(
        "pets",
        "hunger mood experience as_of played_at",
        (30, 44, 25, at(500), at(400)),
        (0, 80, 0, at(2), None),
    )


def test_what_is_done_with_a_pet_that_nobody_knows_changes_nothing() -> None:
    given(
        "pets",
        adopted(REX, user=ANN, species="dog", seconds=1),
        fed(91, NOBODYS, 300),
        played(92, NOBODYS, 400),
        about(PetRenamed, 93, NOBODYS, seconds=600, name="Nobody", previous="Cat"),
    ).then("pets", "pet_id name hunger position", (REX, "Dog", 0, 1))
