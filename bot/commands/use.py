"""``/use``: a thing's effect happens and the thing is gone, in one event. What a crate may hold is
shown before it is opened, and what was shown is what is drawn from."""

import dataclasses
import secrets
from collections.abc import Iterator, Sequence
from typing import Final

import discord
from discord import app_commands

from bot import autocomplete, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import pressed
from bot.economy import crates, things
from bot.economy.goods import Names, names_of
from bot.effects.giving import roles_of
from bot.effects.roles import RoleKeeper
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.points.reasons import NUMBERS
from events.boosts import BoostStarted
from events.decisions import effects, using
from events.decisions.asked import Asked
from events.decisions.draws import SEED_BITS
from events.decisions.effects import Crate, Effect, RoleLoan, Thing
from events.decisions.pets import SPECIES
from events.decisions.roles import Roles
from events.effects import ItemUsed
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import from_ms
from events.pets import PetAdopted
from events.roles import RoleLent
from sql.pool import Connection

READS = ["accounts", "boosts", "lent_roles", "shop"]
NOT_YET: Final = (
    "Discord has not let me give the role. I try again every minute until the time is over; an "
    "admin can see to it that I may manage that role."
)


@app_commands.command(name="use")
@app_commands.guild_only()
@app_commands.describe(item="Which of your things")
async def use(interaction: Interaction, item: app_commands.Range[str, 1, 100]) -> None:
    """Use one of your things; a crate shows what it may hold first"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        names, thing, effect = await services.work(
            look_up,
            services.database,
            asked.guild_id,
            reads=READS,
            show=lambda conn: _look(conn, asked, item),
        )
        if isinstance(effect, Crate):
            return crates.closed(asked, names, thing, effect)
        roles = roles_of(interaction.guild, interaction.user)
        reply = await _use(services, call, asked, thing.item_id, roles=roles)
        if isinstance(effect, RoleLoan):
            loans = RoleKeeper(interaction.client, services.database, lambda: asked.at)
            if not await loans.settle(asked.guild_id, asked.user_id):
                reply.embed.add_field(name="Not in Discord yet", value=NOT_YET)
        return reply

    await answer(interaction, work)


@use.autocomplete("item")
async def mine(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The member's things whose name contains what was typed."""
    user_id = interaction.user.id

    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        has = things.held(conn, guild_id, user_id)
        for thing, count in things.things(conn, guild_id).among(has):
            yield f"{thing.name} ({look.number(count)})", thing.item_id

    return await autocomplete.looked_up(interaction, current, READS, load)


def _look(conn: Connection, asked: Asked, text: str) -> tuple[Names, Thing, Effect]:
    """The thing that is meant (by id, or by name as typed) and what it does. Raises Refused."""
    names = names_of(conn, asked.guild_id)
    before = recorded(conn, asked.guild_id, asked.source_id(ItemUsed.event_type))
    if isinstance(before, ItemUsed):  # the same interaction once more: it is answered the same
        return names, names.things.thing(before.item), effects.read(before.effect)
    has = things.held(conn, asked.guild_id, asked.user_id)
    typed = text.strip().lower()
    named = [thing for thing, _ in names.things.among(has) if thing.name.lower() == typed]
    thing = named[0] if named else names.things.thing(typed)
    return names, thing, using.check_has(thing, has)


@pressed("crate")
async def opened(interaction: Interaction, arguments: list[str]) -> None:
    """The member opens the crate that they were shown."""
    owner, asked_id, item_id, digest = arguments

    async def work(services: Services, call: Call) -> Reply:
        if str(call.asked.user_id) != owner:
            raise Refused("This crate is for the member who asked. Use one of your own with /use.")
        asked = dataclasses.replace(call.asked, interaction_id=int(asked_id))
        return await _use(services, call, asked, item_id, digest=digest)

    await answer(interaction, work)


async def _use(
    services: Services,
    call: Call,
    asked: Asked,
    item_id: str,
    *,
    digest: str | None = None,
    roles: Roles | None = None,
) -> Reply:
    """Use it up, once for the interaction that asked first."""
    seed = secrets.randbits(SEED_BITS)

    def decide(conn: Connection) -> Sequence[Event]:
        before = recorded(conn, asked.guild_id, asked.source_id(ItemUsed.event_type))
        if before is not None:  # a second press: only crates, which bring no other fact, have one
            return [before]
        thing = things.things(conn, asked.guild_id).thing(item_id)
        if digest is not None and digest != crates.digest(thing):
            raise Refused(f"What {thing.name} may hold was changed. Look again with /use.")
        own = things.belongings(conn, asked.guild_id, asked.user_id, roles)
        return using.use(asked, thing, own, seed=seed)

    def show(conn: Connection, facts: list[Fact]) -> Names:
        return names_of(conn, asked.guild_id)

    done = await services.work(
        handle, services.database, call, reads=READS, decide=decide, show=show
    )
    facts = [fact.event for fact in done.facts]
    embed = happened(done.shown, facts)
    embed.set_footer(text=f"#{done.facts[0].position} in this server's log")
    return Reply(embed, update=digest is not None, position=done.facts[0].position, recorded=True)


def happened(names: Names, facts: Sequence[Event]) -> discord.Embed:
    """What came of it, in words."""
    used, *more = facts
    assert isinstance(used, ItemUsed)
    if used.roll is not None:
        return crates.opened(names, used, used.roll)
    name = names.things.thing(used.item).name
    return look.note(f"<@{used.user_id}> used **{name}**. {_result(more)}", colour=look.GREEN)


def _result(facts: Sequence[Event]) -> str:
    for fact in facts:
        if isinstance(fact, BoostStarted):
            ends = discord.utils.format_dt(from_ms(fact.ends_ms), "f")
            return f"They earn **{fact.percent} %** of the usual {NUMBERS[fact.what]} until {ends}."
        if isinstance(fact, RoleLent):
            ends = discord.utils.format_dt(from_ms(fact.ends_ms), "f")
            return f"They have <@&{fact.role_id}> until {ends}."
        if isinstance(fact, PetAdopted):
            return f"{SPECIES[fact.species]} has a home now. Give it a name: /pet rename"
    return "They have one freeze token more, which keeps a streak through a day that is missed."


COMMANDS: Commands = [use]
