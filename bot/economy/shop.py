"""The shop's books: what there is, what a member has, and how an item is shown and picked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord
from discord import app_commands

from bot import autocomplete, look
from bot.answer import Interaction
from bot.economy import uses
from bot.economy.goods import Names
from bot.economy.holdings import balance_of, currencies_of
from bot.economy.things import Things
from events.currency import Coin
from events.decisions.currency import Currencies
from events.decisions.effects import SHIPPED
from events.decisions.shop import Buyer, Purchase
from events.decisions.shop_items import Item
from events.engine.errors import Refused
from events.engine.event import Event
from events.ledger import COINS, SHOP, item, wallet
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS = ["accounts", "purchases", "shop"]
GRACE = timedelta(hours=1)
"""How long after the end of its refund window the price of a purchase stays in the till: a return
is in time by the moment at which it was asked for, and may be decided a little later."""
DOT = " \N{MIDDLE DOT} "
TIMES = "\N{MULTIPLICATION SIGN}"

Choices = list[app_commands.Choice[str]]
Decide = Callable[[Connection], Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Held:
    """So many of a thing that a member has; its id stands in for the name nobody gave it."""

    item: str
    name: str
    quantity: int
    emoji: str
    description: str


def items(conn: Connection, guild_id: int) -> list[Item]:
    """Everything that is or was in the shop, the cheapest first."""
    return [Item(**row) for row in fetch(conn, "shop", "items", guild=guild_id)]


def offered(conn: Connection, guild_id: int) -> list[Item]:
    """What is in the shop now."""
    return [one for one in items(conn, guild_id) if not one.removed]


def pick(conn: Connection, guild_id: int, text: str) -> Item:
    """The item that is meant: by its id, as the list fills it in, or by its name as typed.
    Raises Refused."""
    found = items(conn, guild_id)
    typed = text.strip().lower()
    for one in found:
        if one.item == typed:
            return one
    for one in found:
        if one.name.lower() == typed and not one.removed:
            return one
    raise Refused("There is no such item. Pick one from the list, or look at /shop browse.")


def known(conn: Connection, guild_id: int, item_id: str) -> Item:
    """What the shop knows of an item; one that it never had it does not trade in."""
    row = fetch_one(conn, "shop", "item", guild=guild_id, item=item_id)
    return Item(item_id, item_id, 0, removed=True) if row is None else Item(**row)


def has(conn: Connection, guild_id: int, account: str, item_id: str) -> int:
    """How many of a thing are on an account."""
    currency = item(item_id)
    row = fetch_one(conn, "accounts", "balance", guild=guild_id, account=account, currency=currency)
    return row["balance"] if row else 0


def buyer(
    conn: Connection, guild_id: int, user_id: int, wanted: Item, roles: frozenset[int]
) -> Buyer:
    """The member as the books know them, beside their ``roles``."""
    row = fetch_one(
        conn, "purchases", "bought", guild=guild_id, user=user_id, item=wanted.item
    ) or {"quantity": 0}
    return Buyer(
        coins=balance_of(conn, guild_id, wallet(user_id), wanted.currency),
        held=has(conn, guild_id, wallet(user_id), wanted.item),
        bought=row["quantity"],
        roles=roles,
    )


def free_coins(conn: Connection, guild_id: int, now: datetime, currency: str = COINS) -> int:
    """What the shop can spend of a currency: its till, less what it may have to pay back for
    purchases."""
    what = {"guild": guild_id, "currency": currency, "since": now - GRACE}
    row = fetch_one(conn, "purchases", "pledged", **what) or {"coins": 0}
    return balance_of(conn, guild_id, SHOP, currency) - int(row["coins"])


def inventory(conn: Connection, guild_id: int, user_id: int) -> list[Held]:
    """Everything a member has that is not money, the most first."""
    rows = fetch(conn, "shop", "inventory", guild=guild_id, user=user_id, account=wallet(user_id))
    return [
        Held(
            row["item"],
            row["name"] or _called(row["item"]),
            row["quantity"],
            row["emoji"] or "",
            row["description"] or "",
        )
        for row in rows
    ]


def name_of(conn: Connection, guild_id: int, item_id: str) -> str:
    """What an item is called, with its emoji, whether or not the shop has ever had it."""
    row = fetch_one(conn, "shop", "item", guild=guild_id, item=item_id)
    return title(_called(item_id)) if row is None else title(row["name"], row["emoji"])


def _called(item_id: str) -> str:
    """The name of what the shop does not know: a shipped thing, a pet; its id if need be."""
    return Things(SHIPPED, {}).thing(item_id).name


def pick_held(conn: Connection, guild_id: int, user_id: int, text: str) -> Held:
    """Which of a member's things is meant, by id or name. Raises Refused when they have none."""
    typed = text.strip().lower()
    for one in inventory(conn, guild_id, user_id):
        if typed in (one.item, one.name.lower()):
            return one
    raise Refused("You have none of that. /inventory shows what you have.")


def purchase(conn: Connection, guild_id: int, user_id: int, text: str) -> Purchase:
    """One of a member's purchases by its id. Raises Refused when it is none of theirs."""
    if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) < 2**63:
        row = fetch_one(
            conn, "purchases", "purchase", guild=guild_id, user=user_id, purchase=int(text)
        )
        if row is not None:
            return _purchase(row)
    raise Refused("That is no purchase of yours. Pick one from the list of /shop refund.")


def refundable(
    conn: Connection, guild_id: int, user_id: int, now: datetime, limit: int
) -> list[Purchase]:
    """What a member can return now, the newest first."""
    where = {"guild": guild_id, "user": user_id, "now": now, "limit": limit}
    return [_purchase(row) for row in fetch(conn, "purchases", "refundable", **where)]


def _purchase(row: Row) -> Purchase:
    return Purchase(
        row["purchase_id"],
        row["item"],
        row["name"],
        row["quantity"],
        row["price"],
        row["currency"],
        row["refundable_until"],
        row["refunded_at"],
    )


def roles_of(interaction: Interaction) -> frozenset[int]:
    """The roles of whoever asks, as Discord tells them with the interaction."""
    return frozenset(role.id for role in getattr(interaction.user, "roles", ()))


async def offered_choices(interaction: Interaction, current: str) -> Choices:
    """The items of the shop, with their prices."""
    roles = roles_of(interaction)

    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        known = currencies_of(conn, guild_id)
        for one in offered(conn, guild_id):
            price = known.of(one.currency).words(one.price_for(roles)[0])
            yield f"{one.name} ({price})", one.item

    return await autocomplete.looked_up(interaction, current, READS, load)


async def held_choices(interaction: Interaction, current: str) -> Choices:
    """What the member has, with how many of it."""
    user_id = interaction.user.id

    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        for one in inventory(conn, guild_id, user_id):
            yield f"{one.name} ({look.number(one.quantity)})", one.item

    return await autocomplete.looked_up(interaction, current, READS, load)


def headline(one: Item, known: Currencies) -> str:
    """An item's name and what everybody pays for it."""
    coin = known.of(one.currency)
    return f"{title(one.name, one.emoji)}{DOT}{look.number(one.price)} {coin.emoji}"


def title(name: str, emoji: str = "") -> str:
    """An item's name as it is shown, with its emoji."""
    return f"{emoji} {discord.utils.escape_markdown(name)}".strip()


def terms(one: Item, coin: Coin) -> str:
    """Under what terms an item is sold, on one line; nothing when there are none."""
    said = []
    if one.stock is not None:
        said.append(f"{look.number(one.stock)} left" if one.stock > 0 else "sold out")
    if one.member_limit is not None:
        said.append(f"{look.number(one.member_limit)} for each member")
    if one.role_id is not None:
        said.append(f"only for <@&{one.role_id}>")
    said += [
        f"<@&{role}> pays {look.number(price)} {coin.emoji}"
        for role, price in sorted(one.role_prices.items(), key=lambda pair: (pair[1], pair[0]))
    ]
    if one.refund_hours:
        said.append(f"can be returned for {look.count(one.refund_hours, 'hour')}")
    return DOT.join(said)


def card(one: Item, names: Names) -> str:
    """What is to be read about an item below its name: what it is, what it does, the terms."""
    lines = (
        one.description,
        uses.words(one.item, names),
        terms(one, names.currencies.of(one.currency)),
    )
    return "\n".join(filter(None, lines)) or "\N{ZERO WIDTH SPACE}"
