"""Boosts and pets for the made-up histories."""

from datetime import datetime
from random import Random

from events.boosts import BOOSTED, BoostStarted
from events.decisions.pets import SPECIES, item_of
from events.engine.snowflake import to_ms
from events.ledger import MINT, item, move, wallet
from events.pets import PetAdopted


def boost(guild: int, now: datetime, number: int, who: int, random: Random) -> BoostStarted:
    """Somebody earns more for a minute, an hour or a day."""
    return BoostStarted(
        guild_id=guild,
        source_id=f"{number}:boost_started",
        user_id=who,
        occurred_at=now,
        what=random.choice(BOOSTED),
        percent=random.choice((150, 200, 300)),
        starts_ms=to_ms(now),
        ends_ms=to_ms(now) + random.choice((60_000, 3_600_000, 90_000_000)),
    )


def pet(guild: int, now: datetime, number: int, who: int, random: Random) -> PetAdopted:
    """Somebody adopts a pet, which is known by ``number`` from then on."""
    species = random.choice(list(SPECIES))
    thing = item_of(species, number)
    return PetAdopted(
        guild_id=guild,
        source_id=f"{number}:pet_adopted",
        user_id=who,
        occurred_at=now,
        pet_id=number,
        item=thing,
        species=species,
        name=species,
        postings=move(1, source=MINT, to=wallet(who), currency=item(thing)),
    )
