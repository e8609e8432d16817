"""``/inventory``: the things a member has; ``/give``: some of them to somebody else."""

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy import shop
from bot.handle import Call, Fact, handle, look_up
from bot.members import receiver
from bot.paging import buttons, last_page, pager
from events.decisions.shop import give as decide_give
from events.ledger import MAX_AMOUNT, wallet
from events.shop import ItemGiven
from sql.pool import Connection

READS = ["accounts", "shop"]
PAGE = 10


@app_commands.command(name="inventory")
@app_commands.guild_only()
@app_commands.describe(member="Whose things; yours if you leave it out")
async def inventory(interaction: Interaction, member: discord.Member | None = None) -> None:
    """The things that a member has"""
    await _show(interaction, (member or interaction.user).id, 0, update=False)


async def _show(interaction: Interaction, user_id: int, page: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id
        found = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=READS,
            show=lambda conn: shop.inventory(conn, guild_id, user_id),
        )
        last = last_page(len(found), PAGE)
        here = found[page * PAGE : (page + 1) * PAGE]
        turns = buttons("inventory", [str(user_id)], page, last)
        return Reply(_sheet(here, user_id, page, last, len(found)), turns, update=update)

    await answer(interaction, work)


def _sheet(here: list[shop.Held], user_id: int, page: int, last: int, kinds: int) -> discord.Embed:
    if not kinds:
        text = f"<@{user_id}> has no things yet. The shop may have some: `/shop browse`."
        return look.note(text, title="Inventory")
    lines = [f"<@{user_id}>"]
    for one in here:
        lines.append(
            f"**{shop.title(one.name, one.emoji)}** {shop.TIMES} {look.number(one.quantity)}"
        )
        if one.description:
            lines.append(f"-# {one.description}")
    embed = look.note("\n".join(lines), title="Inventory")
    embed.set_footer(
        text=f"Page {page + 1} of {last + 1}{shop.DOT}{look.count(kinds, 'kind')} of things"
    )
    return embed


@pager("inventory")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page of somebody's things."""
    (user_id,) = arguments
    if user_id.isdecimal() and len(user_id) < 20:
        await _show(interaction, int(user_id), page, update=True)


@app_commands.command(name="give")
@app_commands.guild_only()
@app_commands.rename(thing="item")
@app_commands.describe(member="Who gets it", thing="Which of your things", quantity="How many")
async def give(
    interaction: Interaction,
    member: discord.User,
    thing: app_commands.Range[str, 1, 100],
    quantity: app_commands.Range[int, 1, MAX_AMOUNT] = 1,
) -> None:
    """Give some of your things to another member"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[ItemGiven]:
            guild_id = asked.guild_id
            one = shop.pick_held(conn, guild_id, asked.user_id, thing)
            return [
                decide_give(
                    asked,
                    receiver(conn, guild_id, member),
                    one.item,
                    quantity,
                    held=one.quantity,
                    receiver_held=shop.has(conn, guild_id, wallet(member.id), one.item),
                )
            ]

        def show(conn: Connection, facts: list[Fact]) -> str:
            given = facts[0].event
            assert isinstance(given, ItemGiven)
            return shop.name_of(conn, asked.guild_id, given.item)

        done = await services.work(
            handle,
            services.database,
            call,
            reads=[*READS, "profiles"],
            decide=decide,
            show=show,
        )
        given = done.facts[0].event
        assert isinstance(given, ItemGiven)
        embed = look.note(
            f"<@{given.user_id}> gave <@{given.target_id}> "
            f"**{look.number(given.quantity)} {shop.TIMES} {done.shown}**",
            colour=look.GREEN,
        )
        return Reply(embed, position=done.position, recorded=True)

    await answer(interaction, work)


give.autocomplete("thing")(shop.held_choices)

COMMANDS: Commands = [inventory, give]
