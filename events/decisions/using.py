"""What comes of using a thing: it is consumed, and its effect happens, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from events.boosts import BoostStarted
from events.decisions import loot, pets
from events.decisions.asked import Asked
from events.decisions.currency import NO_OTHERS, Currencies
from events.decisions.draws import draw
from events.decisions.effects import (
    DAY,
    FREEZE_TOKEN,
    MOST_BOOSTED,
    Adoption,
    Boost,
    Crate,
    Effect,
    RoleLoan,
    Thing,
    read,
)
from events.decisions.roles import Roles, lend
from events.effects import ItemUsed
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.ledger import ITEM_PREFIX, MAX_BALANCE, MINT, SINK, Posting, item, move, wallet


@dataclass(frozen=True, slots=True)
class Running:
    """A boost that a member has used: by how much, and until when."""

    percent: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a member has: their wallet by currency, the newest boost of each kind, how
    many pets they may have, their roles, and what currencies their server has."""

    has: Mapping[str, int]
    boosts: Mapping[str, Running] = field(default_factory=dict)
    pet_limit: int = 0
    roles: Roles = field(default_factory=Roles)
    currencies: Currencies = NO_OTHERS

    @property
    def pets(self) -> int:
        """How many pets are among it."""
        return sum(
            pets.species_of(currency.removeprefix(ITEM_PREFIX)) is not None
            for currency, count in self.has.items()
            if count
        )


def check_has(thing: Thing, has: Mapping[str, int]) -> Effect:
    """The effect of a thing that the member can use now: they have one, and it does something.

    ``has`` is the member's wallet by currency. Raises Refused.
    """
    if has.get(item(thing.item_id), 0) < 1:
        raise Refused(f"You have no {thing.name}. See what you have with /inventory.")
    if thing.item_id == FREEZE_TOKEN:
        raise Refused("A freeze token works by itself on a day you miss. There is nothing to do.")
    if pets.species_of(thing.item_id):
        raise Refused("A pet is not used up. Feed it, or play with it: /pet.")
    if thing.effect is None:
        raise Refused(f"{thing.name} is a keepsake: there is nothing it does when used.")
    return read(thing.effect)


def use(asked: Asked, thing: Thing, own: Belongings, *, seed: int) -> Sequence[Event]:
    """``asked.user_id`` uses up one ``thing``: what is consumed and what comes of it, together;
    the first fact is the :class:`ItemUsed`.

    Raises Refused when they have none, when it does nothing, or when it could do nothing now.
    """
    effect = check_has(thing, own.has)
    if isinstance(effect, Boost):
        return [_used(asked, thing), start_boost(asked, effect, own.boosts.get(effect.what))]
    if isinstance(effect, Adoption):
        pet = pets.adopt(asked, effect.species, owned=own.pets, limit=own.pet_limit)
        return [_used(asked, thing), pet]
    if isinstance(effect, RoleLoan):
        return [_used(asked, thing), lend(asked, effect.role_id, effect.seconds, own.roles)]
    if isinstance(effect, Crate):
        return [_open(asked, thing, effect, own, seed)]
    token = item(FREEZE_TOKEN)
    _check_room(own, token, 1)
    return [_used(asked, thing, _from_mint(asked, token, 1))]


def _open(asked: Asked, thing: Thing, crate: Crate, own: Belongings, seed: int) -> ItemUsed:
    """There must be room for whatever may be inside, so that nobody can choose by refusals, and
    the server must still give it out."""
    for currency in loot.money_in(crate.table):
        coin = own.currencies.of(currency)
        if coin.retired:
            raise Refused(
                f"It may hold {coin.plural}, which this server has retired. Keep it, and ask an "
                "admin to change what is inside."
            )
    for one in crate.table:
        _check_room(own, one.currency, one.amount)
    roll = draw(seed, 0, loot.WHOLE)
    prize = loot.found(crate.table, roll)
    brings = _from_mint(asked, prize.currency, prize.amount)
    return _used(asked, thing, brings, seed=seed, roll=roll, loot=list(crate.table))


def start_boost(asked: Asked, boost: Boost, running: Running | None) -> BoostStarted:
    """A boost begins now; one as strong as that which is running lengthens it.

    Raises Refused while a stronger or weaker one is running, or when it would get too long.
    """
    ends_at = asked.at
    if running is not None and running.ends_at > asked.at:
        if running.percent != boost.percent:
            raise Refused(
                f"A boost of {running.percent} % is running until {_when(running.ends_at)}, and "
                f"this one is {boost.percent} %. Use it when that is over."
            )
        ends_at = running.ends_at
    ends_at += timedelta(seconds=boost.seconds)
    if ends_at > asked.at + timedelta(seconds=MOST_BOOSTED):
        days = MOST_BOOSTED // DAY
        raise Refused(f"Boosts can be lined up for {days} days at most. Use this one later.")
    return BoostStarted(
        **asked.envelope,
        source_id=asked.source_id(BoostStarted.event_type),
        what=boost.what,
        percent=boost.percent,
        starts_ms=to_ms(asked.at),
        ends_ms=to_ms(ends_at),
    )


def _when(moment: datetime) -> str:
    """A moment, shown to each reader in their own zone."""
    return f"<t:{int(moment.timestamp())}:f>"


def _used(asked: Asked, thing: Thing, brings: Sequence[Posting] = (), **drawn: object) -> ItemUsed:
    consumed = move(1, source=wallet(asked.user_id), to=SINK, currency=item(thing.item_id))
    return ItemUsed.model_validate(
        {
            "guild_id": asked.guild_id,
            "source_id": asked.source_id(ItemUsed.event_type),
            "user_id": asked.user_id,
            "channel_id": asked.channel_id,
            "occurred_at": asked.at,
            "item": thing.item_id,
            "effect": thing.effect,
            "postings": [*consumed, *brings],
            **drawn,
        }
    )


def _from_mint(asked: Asked, currency: str, amount: int) -> list[Posting]:
    return move(amount, source=MINT, to=wallet(asked.user_id), currency=currency)


def _check_room(own: Belongings, currency: str, amount: int) -> None:
    if own.has.get(currency, 0) + amount > MAX_BALANCE:
        is_thing = currency.startswith(ITEM_PREFIX)
        what = "things of a kind" if is_thing else own.currencies.of(currency).plural
        raise Refused(f"A wallet holds at most {MAX_BALANCE:,} {what}. Make room first.")
