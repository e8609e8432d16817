"""``/shop-admin``: what the shop has. Items are put in and changed by options or in a form; two
admins who change the same item at once do not overwrite each other."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import app_commands

from bot import autocomplete, confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy import currencies, shop
from bot.economy import shop_desk as desk
from bot.handle import Call, Fact, handle, look_up, recorded
from events.decisions import effects, shop_items
from events.decisions.shop_items import MAX_EMOJI, MAX_NAME, MAX_TEXT, Item
from events.engine.errors import Refused
from events.engine.event import Event
from events.ledger import MAX_AMOUNT
from events.shop import MAX_REFUND_HOURS, ShopItemRemoved
from sql.pool import Connection

CLEARED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "emoji": ("Emoji", {"emoji": ""}),
    "description": ("Description", {"description": ""}),
    "stock": ("Stock: sell as many as anybody wants", {"stock": None}),
    "limit": ("Limit for each member", {"member_limit": None}),
    "role": ("Needed role", {"role_id": None}),
    "role_prices": ("All prices by role", {"role_prices": {}}),
    "effect": ("Effect", {"effect": None}),
}
"""What an admin can take away from an item, with its title and what is then left."""

Price = app_commands.Range[int, 0, MAX_AMOUNT]
Name = app_commands.Range[str, 1, MAX_NAME]
Emoji = app_commands.Range[str, 1, MAX_EMOJI]
Text = app_commands.Range[str, 1, MAX_TEXT]
Limit = app_commands.Range[int, 1, MAX_AMOUNT]
Hours = app_commands.Range[int, 0, MAX_REFUND_HOURS]

WORDS: Final = {
    "name": "What members call it",
    "price": "What one costs",
    "currency": currencies.WORD,
    "emoji": "Shown before the name",
    "description": "What it is, in a line or two",
    "stock": "How many are for sale; without it, as many as anybody wants",
    "limit": "How many a member may buy in all",
    "role": "Only members with this role can buy it",
    "refund_hours": "For how many hours it can be returned; 0 for never",
    "effect": "What it does when used, e.g. crate:wooden; nothing if left out",
}

group = app_commands.Group(
    name="shop-admin",
    description="What the shop has (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)


@group.command(name="create")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(item_id="item")
@app_commands.describe(item_id="Its id: lower-case letters, digits and hyphens", **WORDS)
async def create(
    interaction: Interaction,
    item_id: app_commands.Range[str, 1, 32],
    name: Name | None = None,
    price: Price | None = None,
    emoji: Emoji | None = None,
    description: Text | None = None,
    stock: Price | None = None,
    limit: Limit | None = None,
    role: discord.Role | None = None,
    refund_hours: Hours | None = None,
    effect: Text | None = None,
    currency: currencies.Which | None = None,
) -> None:
    """Put an item into the shop; without name and price, a form asks for them"""
    given = _given(
        name, price, emoji, description, stock, limit, role, refund_hours, effect, currency
    )
    item_id = item_id.strip().lower()

    async def work(services: Services, call: Call) -> Reply:
        if not given:
            return await desk.form(services, call, item_id, new=True)
        named = {"name": desk.shipped_name(item_id)} | given
        if not named["name"] or price is None:
            raise Refused("An item needs a name and a price. Give both, or neither for a form.")

        def decide(conn: Connection) -> list[Event]:
            wanted = Item(item_id, **desk.meant(conn, call.asked.guild_id, named))
            return [desk.create(conn, call.asked, wanted)]

        return await desk.done(services, call, decide, "In the shop now")

    await answer(interaction, work, private=True)


@create.autocomplete("item_id")
async def shipped(interaction: Interaction, current: str) -> shop.Choices:
    """The things that every server knows: they do something without an effect being given."""
    known = effects.SHIPPED.values()
    return autocomplete.matching(current, [(thing.name, thing.item_id) for thing in known])


@group.command(name="edit")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(item_id="item")
@app_commands.describe(item_id="Which item", clear="Something to take away from it", **WORDS)
@app_commands.choices(
    clear=[app_commands.Choice(name=title, value=key) for key, (title, _) in CLEARED.items()]
)
async def edit(
    interaction: Interaction,
    item_id: app_commands.Range[str, 1, 100],
    name: Name | None = None,
    price: Price | None = None,
    emoji: Emoji | None = None,
    description: Text | None = None,
    stock: Price | None = None,
    limit: Limit | None = None,
    role: discord.Role | None = None,
    refund_hours: Hours | None = None,
    effect: Text | None = None,
    currency: currencies.Which | None = None,
    clear: str | None = None,
) -> None:
    """Change an item by options, or in a form if you give none"""
    given = _given(
        name, price, emoji, description, stock, limit, role, refund_hours, effect, currency
    )
    if clear in CLEARED:
        given = CLEARED[clear][1] | given

    async def work(services: Services, call: Call) -> Reply:
        if not given:
            return await desk.form(services, call, item_id, new=False)

        def decide(conn: Connection) -> list[Event]:
            one = desk.in_shop(conn, call.asked.guild_id, item_id)
            wanted = desk.meant(conn, call.asked.guild_id, given)
            return [desk.change(conn, call.asked, dataclasses.replace(one, **wanted))]

        return await desk.done(services, call, decide, "Changed")

    await answer(interaction, work, private=True)


@group.command(name="role-price")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(item_id="item")
@app_commands.describe(
    item_id="Which item",
    role="Whose members pay another price",
    price="What one costs them; leave it out and they pay what everybody pays",
)
async def role_price(
    interaction: Interaction,
    item_id: app_commands.Range[str, 1, 100],
    role: discord.Role,
    price: Price | None = None,
) -> None:
    """Give the members of a role a price of their own; the lowest of their roles counts"""

    async def work(services: Services, call: Call) -> Reply:
        def decide(conn: Connection) -> list[Event]:
            one = desk.in_shop(conn, call.asked.guild_id, item_id)
            return [desk.change(conn, call.asked, shop_items.with_role_price(one, role.id, price))]

        return await desk.done(services, call, decide, "Changed")

    await answer(interaction, work, private=True)


@group.command(name="remove")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(item_id="item")
@app_commands.describe(item_id="Which item")
async def remove(interaction: Interaction, item_id: app_commands.Range[str, 1, 100]) -> None:
    """Take an item out of the shop; who has it keeps it"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        one = await services.work(
            look_up,
            services.database,
            asked.guild_id,
            reads=desk.READS,
            show=lambda conn: desk.in_shop(conn, asked.guild_id, item_id),
        )
        embed = look.note(
            f"**{shop.title(one.name, one.emoji)}** would not be for sale any more. "
            f"Members keep what they have; sold so far: {look.number(one.sold)}.",
            title="Remove this item?",
        )
        arguments = [one.item, str(one.revision)]
        view = confirm.buttons("shopremove", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


create.autocomplete("currency")(currencies.in_use)
edit.autocomplete("currency")(currencies.in_use)
edit.autocomplete("item_id")(shop.offered_choices)
role_price.autocomplete("item_id")(shop.offered_choices)
remove.autocomplete("item_id")(shop.offered_choices)


@confirmed("shopremove")
async def sure_removed(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    item_id, revision = sure.arguments[0], int(sure.arguments[1])

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> list[Event]:
            one = shop.pick(conn, asked.guild_id, item_id)
            newest = recorded(conn, asked.guild_id, shop_items.key(one.item, one.revision))
            mine = isinstance(newest, ShopItemRemoved) and newest.interaction_id == (
                asked.interaction_id
            )
            if newest is not None and mine:
                return [newest]
            return [shop_items.remove(asked, one, based_on=revision)]

        done = await services.work(
            handle, services.database, call, reads=desk.READS, decide=decide, show=_name
        )
        embed = look.note(f"**{done.shown}** is not for sale any more.", colour=look.GREEN)
        embed.set_footer(text=f"#{done.facts[0].position} in this server's log")
        return Reply(embed, update=True, position=done.facts[0].position, recorded=True)

    await answer(interaction, work, private=True)


def _given(
    name: str | None,
    price: int | None,
    emoji: str | None,
    description: str | None,
    stock: int | None,
    limit: int | None,
    role: discord.Role | None,
    refund_hours: int | None,
    effect: str | None,
    currency: str | None,
) -> dict[str, Any]:
    """Those options that were given, as fields of an item."""
    options = {
        "name": name and name.strip(),
        "price": price,
        "emoji": emoji and emoji.strip(),
        "description": description,
        "stock": stock,
        "member_limit": limit,
        "role_id": role and role.id,
        "refund_hours": refund_hours,
        "effect": effect and effect.strip(),
        "currency": currency,
    }
    return {key: value for key, value in options.items() if value is not None}


def _name(conn: Connection, facts: Sequence[Fact]) -> str:
    removed = facts[0].event
    assert isinstance(removed, ShopItemRemoved)
    return shop.name_of(conn, removed.guild_id, removed.item)


COMMANDS: Commands = [group]
