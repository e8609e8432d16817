"""Things that members have: what they are called, what they do, what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.economy.holdings import currencies_of
from events.decisions import effects, pets
from events.decisions.effects import Thing
from events.decisions.roles import Roles
from events.decisions.using import Belongings, Running
from events.engine.snowflake import from_ms
from events.ledger import COINS, DEBT_PREFIX, ITEM_PREFIX, wallet
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import Row, fetch


@dataclass(frozen=True, slots=True)
class Things:
    """The kinds of things that a guild knows, by id, and the price of those that have one."""

    known: Mapping[str, Thing]
    prices: Mapping[str, int]

    def thing(self, item_id: str) -> Thing:
        """The kind of thing with this id: a pet is called by its species, and one that nobody
        declared does nothing."""
        species = pets.species_of(item_id)
        name = pets.SPECIES[species] if species else item_id
        return self.known.get(item_id) or Thing(item_id, name, None)

    def among(self, has: Mapping[str, int]) -> list[tuple[Thing, int]]:
        """The things in a wallet, by name, and how many there are of each."""
        found = [
            (self.thing(currency.removeprefix(ITEM_PREFIX)), count)
            for currency, count in has.items()
            if currency.startswith(ITEM_PREFIX)
        ]
        return sorted(found, key=lambda one: one[0].name.lower())


def things(conn: Connection, guild_id: int) -> Things:
    """What this guild knows: what is shipped, and what is or was in its shop. A shipped thing that
    the shop gives no effect keeps its own."""
    items = fetch(conn, "shop", "items", guild=guild_id)
    own = {
        row["item"]: Thing(
            row["item"], row["name"], row["effect"] or effects.shipped_effect(row["item"])
        )
        for row in items
    }
    prices = {row["item"]: row["price"] for row in items if _is_priced(row)}
    return Things({**effects.SHIPPED, **own}, prices)


def _is_priced(row: Row) -> bool:
    """Whether it is for sale for coins: what it is worth in others nobody can say."""
    return not row["removed"] and row["currency"] == COINS


def held(conn: Connection, guild_id: int, user_id: int) -> dict[str, int]:
    """What is in a member's wallet, by currency; what they owe is none of it."""
    rows = fetch(conn, "accounts", "held", guild=guild_id, account=wallet(user_id))
    return {
        row["currency"]: row["balance"]
        for row in rows
        if not row["currency"].startswith(DEBT_PREFIX)
    }


def belongings(
    conn: Connection, guild_id: int, user_id: int, roles: Roles | None = None
) -> Belongings:
    """What a member has that decides what their things can do; ``roles`` as Discord tells them."""
    boosts = fetch(conn, "boosts", "of_member", guild=guild_id, user=user_id)
    lent = fetch(conn, "lent_roles", "of_member", guild=guild_id, user=user_id)
    return Belongings(
        has=held(conn, guild_id, user_id),
        currencies=currencies_of(conn, guild_id),
        boosts={row["what"]: Running(row["percent"], from_ms(row["ends_ms"])) for row in boosts},
        pet_limit=rules_now(conn, guild_id).number("pet_limit"),
        roles=replace(
            roles or Roles(), lent={row["role_id"]: from_ms(row["ends_ms"]) for row in lent}
        ),
    )
