"""The shop's desk: how an admin's change of an item is decided, shown, and written into a form."""

import dataclasses
from typing import Any, Final

import discord

from bot import look
from bot.answer import Interaction, Reply, Services, answer
from bot.economy import shop
from bot.economy.goods import Names, names_of
from bot.economy.holdings import currencies_of
from bot.economy.things import Things
from bot.forms import Form, opening, submitted
from bot.handle import Call, Fact, handle, look_up
from events.currency import Coin
from events.decisions import effects, loot, shop_items
from events.decisions.asked import Asked
from events.decisions.effects import FREEZE_TOKEN, Crate, Freeze
from events.decisions.shop_items import MAX_EMOJI, MAX_NAME, MAX_TEXT, Item
from events.decisions.streaks import most_saved
from events.engine.errors import Refused
from events.engine.event import Event
from events.ledger import COINS
from events.shop import ShopItemDefined
from projections.engine.ruling import rules_now
from sql.pool import Connection

READS = ["shop"]
UNLIMITED: Final = "unlimited"


def in_shop(conn: Connection, guild_id: int, text: str) -> Item:
    """The item that is meant. Raises Refused when it is not in the shop."""
    one = shop.pick(conn, guild_id, text)
    if one.removed:
        raise Refused("That item was removed. /shop-admin create brings it back.")
    return one


def change(
    conn: Connection, asked: Asked, wanted: Item, *, based_on: int | None = None
) -> ShopItemDefined:
    """The change as a fact: of the item as it is, or as it was when the admin looked."""
    known = currencies_of(conn, asked.guild_id)
    return shop_items.define(
        asked,
        wanted,
        shop=shop.items(conn, asked.guild_id),
        based_on=wanted.revision if based_on is None else based_on,
        check_effect=lambda effect: effects.check(effect, known),
        known=known,
    )


def create(conn: Connection, asked: Asked, wanted: Item) -> ShopItemDefined:
    """The same for an item that is not in the shop (or not any more)."""
    known = currencies_of(conn, asked.guild_id)
    return shop_items.create(
        asked,
        wanted,
        shop=shop.items(conn, asked.guild_id),
        check_effect=lambda effect: effects.check(effect, known),
        known=known,
    )


def meant(conn: Connection, guild_id: int, given: dict[str, Any]) -> dict[str, Any]:
    """The fields that an admin gave, with the currency's id for what they wrote. Raises Refused."""
    if "currency" not in given:
        return given
    coin = currencies_of(conn, guild_id).usable(given["currency"])
    return given | {"currency": coin.currency}


async def done(services: Services, call: Call, decide: shop.Decide, title: str) -> Reply:
    """Record a definition and show the item as it is now."""

    def show(conn: Connection, facts: list[Fact]) -> tuple[Item, Names, int]:
        defined = facts[0].event
        assert isinstance(defined, ShopItemDefined)
        rules = rules_now(conn, defined.guild_id)
        token = most_saved(rules.number("daily_coins"), rules.number("weekly_coins"))
        return _as_defined(defined), names_of(conn, defined.guild_id), token

    outcome = await services.work(
        handle, services.database, call, reads=READS, decide=decide, show=show
    )
    one, names, token = outcome.shown
    position = outcome.facts[0].position
    embed = discord.Embed(title=title, colour=look.GREEN)
    embed.add_field(
        name=shop.headline(one, names.currencies), value=shop.card(one, names), inline=False
    )
    effect = names.things.thing(one.item).effect
    if effect:
        embed.add_field(name="Effect", value=f"`{effect}`", inline=False)
    worth = _worth(one, names.things, token)
    if one.currency == COINS and worth > one.cheapest:
        embed.add_field(
            name="Careful",
            value=f"It is worth up to {names.coin.words(worth)} to a member (freeze tokens at what "
            "they save of a long streak) and is sold for less, so members could live on buying it. "
            "Raise the price, or set a limit for each member.",
            inline=False,
        )
    embed.set_footer(text=f"id {one.item}{shop.DOT}#{position} in this server's log")
    return Reply(embed, private=True, position=position, recorded=True)


def _worth(one: Item, known: Things, token: int) -> int:
    """What an item can be worth to a member, in coins: a crate what is in it on average, the shop's
    things at their price; a freeze token ``token``, the most that one saves."""
    effect = known.thing(one.item).effect
    read = effects.read(effect) if effect else None
    if one.item == FREEZE_TOKEN or isinstance(read, Freeze):
        return token
    if isinstance(read, Crate):
        return int(loot.expected_value(read.table, {**known.prices, FREEZE_TOKEN: token}))
    return 0


def _as_defined(event: ShopItemDefined) -> Item:
    own = {field.name for field in dataclasses.fields(Item)} & set(type(event).model_fields)
    return Item(**{name: getattr(event, name) for name in own})


def shipped_name(item_id: str) -> str:
    """What a thing that every server knows is called; nothing for another."""
    thing = effects.SHIPPED.get(item_id)
    return thing.name if thing else ""


# The form


async def form(services: Services, call: Call, text: str, *, new: bool) -> Reply:
    """A form with what the item is now. What is not in it is left as it is."""
    guild_id = call.asked.guild_id

    def load(conn: Connection) -> tuple[Item, Coin]:
        one = _to_fill_in(conn, guild_id, text, new=new)
        return one, currencies_of(conn, guild_id).of(one.currency)

    one, coin = await services.work(look_up, services.database, guild_id, reads=READS, show=load)
    stock = "" if one.stock is None else str(one.stock)
    short, long = discord.TextStyle.short, discord.TextStyle.paragraph
    price = "" if new else str(one.price)
    fields: list[tuple[str, discord.ui.TextInput[Any]]] = [
        ("Name", _input("name", one.name, short, MAX_NAME, required=True)),
        (f"Price in {coin.plural}", _input("price", price, short, 20, required=True)),
        ("Stock (empty: as many as anybody wants)", _input("stock", stock, short, 20)),
        ("Emoji", _input("emoji", one.emoji, short, MAX_EMOJI)),
        ("Description", _input("description", one.description, long, MAX_TEXT)),
    ]
    arguments = [one.item, str(one.revision), stock or UNLIMITED]
    title = "New item" if new else f"Change {one.name}"[:45]
    return opening(Form("shopitem", arguments, title, fields), "Try again, or give the options.")


def _to_fill_in(conn: Connection, guild_id: int, text: str, *, new: bool) -> Item:
    """The item as the form begins with it. Raises Refused."""
    if not new:
        return in_shop(conn, guild_id, text)
    one = shop.known(conn, guild_id, text)
    if not one.removed:
        raise Refused("There is an item with that id already. Change it with /shop-admin edit.")
    shop_items.check_id(text)
    return Item(text, shipped_name(text), 0, revision=one.revision)


def _input(
    name: str, value: str, style: discord.TextStyle, most: int, *, required: bool = False
) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id=name, default=value or None, style=style, max_length=most, required=required
    )


@submitted("shopitem")
async def filled_in(
    interaction: Interaction, arguments: list[str], written: dict[str, str]
) -> None:
    """An admin hands the form in. The stock counts only when it was changed: some may have been
    sold while the form was open."""
    item_id, revision, stock_shown = arguments
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        if not allowed:
            raise Refused(look.NOT_ALLOWED)
        given: dict[str, Any] = {
            "name": written["name"].strip(),
            "emoji": written["emoji"].strip(),
            "description": written["description"].strip(),
            "price": _number(written["price"], "price"),
        }
        stock = written["stock"].strip() or UNLIMITED
        if stock != stock_shown:
            given["stock"] = None if stock == UNLIMITED else _number(stock, "stock")

        def decide(conn: Connection) -> list[Event]:
            one = shop.known(conn, asked.guild_id, item_id)
            if one.removed:
                one = Item(item_id, "", 0)
            wanted = dataclasses.replace(one, **given)
            return [change(conn, asked, wanted, based_on=int(revision))]

        return await done(services, call, decide, "In the shop now")

    await answer(interaction, work, private=True)


def _number(text: str, what: str) -> int:
    digits = text.strip().replace(",", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise Refused(f"The {what} is a whole number, like 250. Nothing was changed.")
    return int(digits)
