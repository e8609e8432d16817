"""The language in which a thing's effect is declared, and what comes of using the thing.

``freeze-token``
    one freeze token for the daily streak
``crate:60=coins*50,40=freeze-token*1``
    one of these, by per cent; ``crate:wooden`` and the like name a shipped table
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from events.decisions import loot
from events.decisions.asked import Asked
from events.decisions.draws import draw
from events.effects import ItemUsed, Loot
from events.engine.errors import Refused
from events.engine.event import MAX_LABEL, Event
from events.ledger import COINS, MAX_BALANCE, MINT, SINK, Posting, item, move, wallet

FREEZE_TOKEN = "freeze-token"
"""The id of the thing that keeps a streak through a missed day."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """One freeze token."""


@dataclass(frozen=True, slots=True)
class Crate:
    """One of the lines of a loot table."""

    table: tuple[Loot, ...]


Effect = Freeze | Crate


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of thing: its id, what members call it, and its effect, if it has one."""

    item_id: str
    name: str
    effect: str | None


SHIPPED: Mapping[str, Thing] = MappingProxyType(
    {
        thing.item_id: thing
        for thing in (
            Thing(FREEZE_TOKEN, "Freeze token", None),
            Thing("wooden-crate", "Wooden crate", "crate:wooden"),
            Thing("silver-crate", "Silver crate", "crate:silver"),
            Thing("golden-crate", "Golden crate", "crate:golden"),
        )
    }
)
"""Things that are known in every guild, whether or not its shop sells them."""


def read(declared: str) -> Effect:
    """The effect that is declared. Raises Refused with what is wrong with it and an example."""
    if len(declared) > MAX_LABEL:
        raise Refused(f"An effect is declared in at most {MAX_LABEL} characters.")
    kind, _, rest = declared.strip().partition(":")
    reader = _READERS.get(kind)
    if reader is None:
        raise Refused(f"There is no effect '{kind}'. There are: {', '.join(EXAMPLES)}.")
    return reader(rest.strip())


def _freeze(rest: str) -> Freeze:
    if rest:
        raise Refused(f"The effect {FREEZE_TOKEN} takes no details.")
    return Freeze()


def _crate(rest: str) -> Crate:
    return Crate(loot.table(rest))


_READERS: Mapping[str, Callable[[str], Effect]] = MappingProxyType(
    {FREEZE_TOKEN: _freeze, "crate": _crate}
)
EXAMPLES = (FREEZE_TOKEN, "crate:wooden", f"crate:{loot.EXAMPLE}")
"""One of each, for whoever declares a thing."""


def check_has(thing: Thing, has: Mapping[str, int]) -> Effect:
    """The effect of a thing that the member can use now: they have one, and it does something.

    ``has`` is the member's wallet by currency. Raises Refused.
    """
    if has.get(item(thing.item_id), 0) < 1:
        raise Refused(f"You have no {thing.name}. See what you have with /inventory.")
    if thing.item_id == FREEZE_TOKEN:
        raise Refused("A freeze token works by itself on a day you miss. There is nothing to do.")
    if thing.effect is None:
        raise Refused(f"{thing.name} is a keepsake: there is nothing it does when used.")
    return read(thing.effect)


def use(asked: Asked, thing: Thing, *, has: Mapping[str, int], seed: int) -> list[Event]:
    """``asked.user_id`` uses up one ``thing``: what is consumed and what comes of it, together.

    Raises Refused when they have none, when it does nothing, or when there is no room for what it
    may bring.
    """
    effect = check_has(thing, has)
    if isinstance(effect, Freeze):
        _check_room(has, item(FREEZE_TOKEN), 1)
        return [_used(asked, thing, _from_mint(asked, item(FREEZE_TOKEN), 1))]
    for one in effect.table:
        _check_room(has, one.currency, one.amount)
    roll = draw(seed, 0, loot.WHOLE)
    prize = loot.found(effect.table, roll)
    postings = _from_mint(asked, prize.currency, prize.amount)
    return [_used(asked, thing, postings, seed=seed, roll=roll, loot=list(effect.table))]


def _used(asked: Asked, thing: Thing, brings: list[Posting], **drawn: object) -> ItemUsed:
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


def _check_room(has: Mapping[str, int], currency: str, amount: int) -> None:
    if has.get(currency, 0) + amount > MAX_BALANCE:
        what = "coins" if currency == COINS else "things of a kind"
        raise Refused(f"A wallet holds at most {MAX_BALANCE:,} {what}. Make room first.")
