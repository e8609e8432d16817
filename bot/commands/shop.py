"""``/shop browse`` and ``/shop buy``: each purchase once, and the receipt says what is left."""

import dataclasses

import discord
from discord import app_commands

from bot import confirm, look, paging
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.confirm import Confirmed, confirmed
from bot.economy import shop
from bot.economy.goods import Names, names_of
from bot.economy.holdings import balance_after, balance_of, currencies_of
from bot.handle import Call, Fact, handle, look_up, recorded
from events.currency import Coin
from events.decisions import shop as decisions
from events.decisions.asked import Asked
from events.decisions.shop_items import Item
from events.engine.event import Event
from events.ledger import MAX_AMOUNT, SHOP, wallet
from events.shop import ItemBought, ItemRefunded, ItemSold
from sql.pool import Connection

READS = shop.READS
PAGE = 5
EMPTY = (
    "Nothing is for sale yet. An admin puts the first item in with `/shop-admin create`, "
    "for example `/shop-admin create item:cookie name:Cookie price:50`."
)

group = app_commands.Group(name="shop", description="Buy and sell things", guild_only=True)


@group.command(name="browse")
async def browse(interaction: Interaction) -> None:
    """What the shop has, with prices and buttons to buy"""
    await _show(interaction, 0, update=False)


async def _show(interaction: Interaction, page: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id
        found, names = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=READS,
            show=lambda conn: (shop.offered(conn, guild_id), names_of(conn, guild_id)),
        )
        if not found:
            return Reply(look.note(EMPTY, title="Shop"), update=update)
        last = paging.last_page(len(found), PAGE)
        page_now = min(page, last)
        here = found[page_now * PAGE : (page_now + 1) * PAGE]
        shelf = _shelf(here, names, page_now, last, len(found))
        return Reply(shelf, _counter(here, page_now, last), update=update)

    await answer(interaction, work)


def _shelf(here: list[Item], names: Names, page: int, last: int, count: int) -> discord.Embed:
    """A page of the shop as an embed."""
    embed = discord.Embed(title="Shop", colour=look.GOLD)
    for one in here:
        title, text = shop.headline(one, names.currencies), shop.card(one, names)
        embed.add_field(name=title, value=text, inline=False)
    embed.set_footer(
        text=f"Page {page + 1} of {last + 1}{shop.DOT}{look.count(count, 'item')}{shop.DOT}"
        "/shop buy takes several at once"
    )
    return embed


def _counter(here: list[Item], page: int, last: int) -> discord.ui.View:
    """A button to buy each item of the page, and those that turn it."""
    view = discord.ui.View(timeout=None)
    for one in here:
        view.add_item(Press("shopbuy", [one.item], label=one.name, row=0, disabled=one.stock == 0))
    turns = paging.buttons("shop", ["all"], page, last)
    for turn in turns.children if turns else ():
        view.add_item(turn)
    return view


@paging.pager("shop")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page of the shop."""
    await _show(interaction, page, update=True)


# Buying


@group.command(name="buy")
@app_commands.rename(thing="item")
@app_commands.describe(thing="Which item", quantity="How many")
async def buy(
    interaction: Interaction,
    thing: app_commands.Range[str, 1, 100],
    quantity: app_commands.Range[int, 1, MAX_AMOUNT] = 1,
) -> None:
    """Buy something from the shop"""
    roles = shop.roles_of(interaction)

    async def work(services: Services, call: Call) -> Reply:
        def decide(conn: Connection) -> list[Event]:
            return [_buy(conn, call.asked, roles, thing, quantity)]

        return await _bought(services, call, decide)

    await answer(interaction, work)


buy.autocomplete("thing")(shop.offered_choices)


@pressed("shopbuy")
async def wanted(interaction: Interaction, arguments: list[str]) -> None:
    """Somebody presses an item's button in the shop: say what it comes to, then ask."""
    (item_id,) = arguments
    roles = shop.roles_of(interaction)

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def check(conn: Connection) -> tuple[ItemBought, str, int, Coin]:
            guild_id = asked.guild_id
            fact = _buy(conn, asked, roles, item_id, 1)
            has = balance_of(conn, guild_id, wallet(asked.user_id), fact.currency)
            coin = currencies_of(conn, guild_id).of(fact.currency)
            return fact, shop.name_of(conn, guild_id, fact.item), has, coin

        fact, name, has, coin = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=check
        )
        embed = look.note(
            f"Buy **{name}** for {look.money(fact.price, coin)}? "
            f"You have {look.number(has)} and would keep {look.number(has - fact.price)}.",
            title="Please confirm",
        )
        price = decisions.quote(fact.unit_price, coin)
        arguments = [str(asked.user_id), fact.item, str(price)]
        view = confirm.buttons("shopbuy", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("shopbuy", by_asker=True)
async def agreed(interaction: Interaction, sure: Confirmed) -> None:
    """The member wants it at the price that was shown."""
    _, item_id, price = sure.arguments
    roles = shop.roles_of(interaction)

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> list[Event]:
            before = recorded(conn, asked.guild_id, asked.source_id(ItemBought.event_type))
            return [before or _buy(conn, asked, roles, item_id, 1, agreed=int(price))]

        return await _bought(services, call, decide, update=True)

    await answer(interaction, work, private=True)


def _buy(
    conn: Connection,
    asked: Asked,
    roles: frozenset[int],
    text: str,
    quantity: int,
    *,
    agreed: int | None = None,
) -> ItemBought:
    guild_id = asked.guild_id
    one = shop.pick(conn, guild_id, text)
    return decisions.buy(
        asked,
        one,
        quantity,
        shop.buyer(conn, guild_id, asked.user_id, one, roles),
        shop_coins=balance_of(conn, guild_id, SHOP, one.currency),
        agreed=agreed,
        coin=currencies_of(conn, guild_id).of(one.currency),
    )


async def _bought(
    services: Services, call: Call, decide: shop.Decide, *, update: bool = False
) -> Reply:
    """Record a purchase and show the receipt, which the buyer can return it with."""
    done = await services.work(
        handle, services.database, call, reads=READS, decide=decide, show=after
    )
    fact = done.facts[0]
    bought = fact.event
    assert isinstance(bought, ItemBought)
    name, coins, coin = done.shown
    embed = look.note(
        f"<@{bought.user_id}> bought **{look.number(bought.quantity)} {shop.TIMES} {name}** "
        f"for {look.money(bought.price, coin)}",
        colour=look.GREEN,
    )
    if bought.price_role_id is not None:
        embed.add_field(name="Price", value=f"of <@&{bought.price_role_id}>")
    left = (
        "" if bought.stock_left is None else f"{shop.DOT}{look.number(bought.stock_left)} in stock"
    )
    embed.set_footer(text=f"{coin.words(coins)} left{left}{shop.DOT}#{fact.position}")
    view = None
    if bought.refund_hours:
        view = discord.ui.View(timeout=None)
        view.add_item(Press("shopback", [str(bought.purchase_id)], label="Return it"))
    return Reply(embed, view, update=update, position=fact.position, recorded=True)


def after(conn: Connection, facts: list[Fact]) -> tuple[str, int, Coin]:
    """The item's name, what the member's wallet held right after, and of what."""
    event, position = facts[0].event, facts[0].position
    assert isinstance(event, ItemBought | ItemSold | ItemRefunded)
    guild_id = event.guild_id
    left = balance_after(conn, guild_id, wallet(event.user_id or 0), position, event.currency)
    coin = currencies_of(conn, guild_id).of(event.currency)
    return shop.name_of(conn, guild_id, event.item), left, coin


COMMANDS: Commands = [group]
