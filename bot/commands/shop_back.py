"""``/shop sell`` and ``/shop refund``: things go back to the shop, each once."""

import dataclasses
from collections.abc import Iterator
from typing import Final

from discord import app_commands

from bot import autocomplete, confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import pressed
from bot.commands.shop import READS, after, group
from bot.confirm import Confirmed, confirmed
from bot.economy import shop
from bot.economy.holdings import balance_of, currencies_of
from bot.handle import Call, handle, look_up, recorded
from events.currency import Coin
from events.decisions import shop as decisions
from events.decisions.asked import Asked
from events.engine.event import Event
from events.ledger import SHOP, wallet
from events.shop import ItemRefunded, ItemSold
from projections.engine.ruling import rules_now
from sql.pool import Connection

MOST: Final = 999_999
"""Things that are sold at once: with the longest item id, Discord's button remembers no more."""


@group.command(name="sell")
@app_commands.rename(thing="item")
@app_commands.describe(thing="Which of your things", quantity="How many")
async def sell(
    interaction: Interaction,
    thing: app_commands.Range[str, 1, 100],
    quantity: app_commands.Range[int, 1, MOST] = 1,
) -> None:
    """Sell some of your things to the shop; it says first what it pays"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def check(conn: Connection) -> tuple[ItemSold, str, Coin]:
            guild_id = asked.guild_id
            fact = _sell(conn, asked, thing, quantity)
            coin = currencies_of(conn, guild_id).of(fact.currency)
            return fact, shop.name_of(conn, guild_id, fact.item), coin

        fact, name, coin = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=check
        )
        embed = look.note(
            f"The shop pays {look.money(fact.price, coin)} for "
            f"**{look.number(quantity)} {shop.TIMES} {name}**.",
            title="Sell?",
        )
        embed.set_footer(text=f"{fact.percent} per cent of the lowest price it is sold at")
        price = decisions.quote(fact.price, coin)
        arguments = [str(asked.user_id), fact.item, str(quantity), str(price)]
        view = confirm.buttons("sell", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


sell.autocomplete("thing")(shop.held_choices)


@confirmed("sell", by_asker=True)
async def parted(interaction: Interaction, sure: Confirmed) -> None:
    """The member takes the shop's offer."""
    _, item_id, quantity, price = sure.arguments

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> list[Event]:
            before = recorded(conn, asked.guild_id, asked.source_id(ItemSold.event_type))
            return [before or _sell(conn, asked, item_id, int(quantity), agreed=int(price))]

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=after
        )
        fact = done.facts[0]
        sold = fact.event
        assert isinstance(sold, ItemSold)
        name, coins, coin = done.shown
        embed = look.note(
            f"<@{sold.user_id}> sold **{look.number(sold.quantity)} {shop.TIMES} {name}** "
            f"to the shop for {look.money(sold.price, coin)}",
            colour=look.GREEN,
        )
        embed.set_footer(text=f"You have {coin.words(coins)}{shop.DOT}#{fact.position}")
        return Reply(embed, update=True, position=fact.position, recorded=True)

    await answer(interaction, work, private=True)


def _sell(
    conn: Connection, asked: Asked, text: str, quantity: int, *, agreed: int | None = None
) -> ItemSold:
    guild_id = asked.guild_id
    mine = shop.pick_held(conn, guild_id, asked.user_id, text)
    rules, offered = rules_now(conn, guild_id), shop.known(conn, guild_id, mine.item)
    currency = offered.currency
    return decisions.sell(
        asked,
        offered,
        quantity,
        held=mine.quantity,
        coins=balance_of(conn, guild_id, wallet(asked.user_id), currency),
        percent=rules.number("shop_sell_percent"),
        shop_free=shop.free_coins(conn, guild_id, asked.at, currency),
        agreed=agreed,
        coin=rules.currencies.of(currency),
    )


@group.command(name="refund")
@app_commands.describe(purchase="Which purchase")
async def refund(interaction: Interaction, purchase: app_commands.Range[str, 1, 100]) -> None:
    """Return a purchase, whole, and get the whole price back"""

    async def work(services: Services, call: Call) -> Reply:
        return await _refunded(
            services, call, lambda conn: [_refund(conn, call.asked, purchase)], private=False
        )

    await answer(interaction, work)


@refund.autocomplete("purchase")
async def returnable(interaction: Interaction, current: str) -> shop.Choices:
    """What the member can return now, the newest first."""
    user_id, now = interaction.user.id, interaction.created_at

    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        known = currencies_of(conn, guild_id)
        for one in shop.refundable(conn, guild_id, user_id, now, autocomplete.MOST):
            what = f"{look.number(one.quantity)} {shop.TIMES} {one.name}"
            yield f"{what} ({known.of(one.currency).words(one.price)})", str(one.purchase_id)

    return await autocomplete.looked_up(interaction, current, shop.READS, load)


@pressed("shopback")
async def brought_back(interaction: Interaction, arguments: list[str]) -> None:
    """The buyer returns a purchase with the button on its receipt; pressing it again says again
    that it was returned."""
    (purchase_id,) = arguments

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[Event]:
            before = recorded(conn, asked.guild_id, decisions.refund_key(int(purchase_id)))
            if before is not None and before.user_id == asked.user_id:
                return [before]
            return [_refund(conn, asked, purchase_id)]

        return await _refunded(services, call, decide, private=True)

    await answer(interaction, work, private=True)


def _refund(conn: Connection, asked: Asked, text: str) -> ItemRefunded:
    guild_id = asked.guild_id
    purchase = shop.purchase(conn, guild_id, asked.user_id, text)
    return decisions.refund(
        asked,
        purchase,
        held=shop.has(conn, guild_id, wallet(asked.user_id), purchase.item),
        coins=balance_of(conn, guild_id, wallet(asked.user_id), purchase.currency),
        shop_coins=balance_of(conn, guild_id, SHOP, purchase.currency),
        coin=currencies_of(conn, guild_id).of(purchase.currency),
    )


async def _refunded(services: Services, call: Call, decide: shop.Decide, *, private: bool) -> Reply:
    done = await services.work(
        handle, services.database, call, reads=READS, decide=decide, show=after
    )
    fact = done.facts[0]
    returned = fact.event
    assert isinstance(returned, ItemRefunded)
    name, coins, coin = done.shown
    embed = look.note(
        f"<@{returned.user_id}> returned **{look.number(returned.quantity)} {shop.TIMES} {name}** "
        f"and has {look.money(returned.price, coin)} back",
        colour=look.GREEN,
    )
    embed.set_footer(text=f"You have {coin.words(coins)}{shop.DOT}#{fact.position}")
    return Reply(embed, private=private, position=fact.position, recorded=True)


COMMANDS: Commands = []
"""They are part of ``/shop``."""
