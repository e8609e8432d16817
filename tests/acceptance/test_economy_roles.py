"""Roles lent for a time: in Discord when they are used, gone when they are over."""

from typing import Any

import discord
import pytest

from bot import metrics, schedule
from bot.due import lent_roles
from bot.effects.roles import RoleKeeper
from events.engine.catalogue import decode
from events.roles import RoleExpired, RoleLent, RoleWithdrawn
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from tests.acceptance.test_economy_effects import define, give, wallet_of
from tests.support.simulator import World, text, world

WEEK = 7 * 86_400


async def knights(w: World, **permissions: bool) -> Any:
    """A role below the bot's own, a thing in the shop that lends it, and one of those for Alice."""
    role = w.guild.create_role("Knights", permissions=discord.Permissions(**permissions))
    define(w, "banner", "Banner", f"role:{role.id}:7d")
    give(w, w.alice, "banner", 2)
    await w.env.settle()
    return role


def has(w: World, role: Any) -> bool:
    """Whether Alice has the role, as Discord tells the bot."""
    return role.id in [one.id for one in member(w).roles]


def member(w: World) -> discord.Member:
    guild = w.bot.get_guild(w.guild.id)
    assert guild is not None
    found = guild.get_member(w.alice.id)
    assert found is not None
    return found


def keeper(w: World) -> RoleKeeper:
    """As the bot's process has it after a restart: it knows nothing from before."""
    return RoleKeeper(w.bot, w.database, w.env.now)


async def a_minute(w: World) -> None:
    """What happens every minute."""
    worker.drain(w.database)
    schedule.run_due(w.database, w.env.now(), [lent_roles.DUE])
    assert await keeper(w).once()
    await w.env.settle()


def told(w: World) -> list[str]:
    """What was recorded of loans."""
    with w.database.transaction(w.guild.id) as conn:
        rows = lake.read(conn, w.guild.id, 0, 1000)
    kinds = (RoleLent, RoleExpired, RoleWithdrawn)
    return [event.event_type for event in map(decode, rows) if isinstance(event, kinds)]


async def test_a_role_is_given_at_once_and_taken_back_when_its_time_is_over(
    database: Database,
) -> None:
    async with world(database) as w:
        role = await knights(w)
        done = await w.alice.slash(w.channel, "use", item="banner")
        assert f"used **Banner**. They have <@&{role.id}> until <t:" in text(done)
        assert has(w, role) and "has not let me" not in text(done)

        await w.env.advance_time(WEEK - 60)
        await a_minute(w)
        assert has(w, role) and told(w) == ["role_lent"]
        await w.env.advance_time(60)
        await a_minute(w)
        assert not has(w, role) and told(w) == ["role_lent", "role_expired", "role_withdrawn"]

        await member(w).add_roles(discord.Object(role.id))  # by an admin's hand, later
        await w.env.settle()
        await a_minute(w)
        assert has(w, role)
        refused = await w.alice.slash(w.channel, "use", item="banner")
        assert "already, so there is nothing to gain" in text(refused)
    assert not verify(database.dsn, [named("lent_roles")], processes=1).differences


async def test_a_second_thing_lengthens_the_loan(database: Database) -> None:
    async with world(database) as w:
        role = await knights(w)
        await w.alice.slash(w.channel, "use", item="banner")
        await w.alice.slash(w.channel, "use", item="banner")
        await w.env.advance_time(2 * WEEK - 60)
        await a_minute(w)
        assert has(w, role)
        await w.env.advance_time(120)
        await a_minute(w)
        assert not has(w, role)


async def test_who_comes_back_has_the_role_again_and_who_does_not_ends_the_loan(
    database: Database,
) -> None:
    async with world(database) as w:
        role = await knights(w)
        await w.alice.slash(w.channel, "use", item="banner")
        w.guild.remove_member(w.alice)
        await w.env.settle()
        await a_minute(w)
        assert told(w) == ["role_lent"]
        w.guild.add_member(w.alice.user)
        await w.env.settle()
        assert not has(w, role)
        await a_minute(w)
        assert has(w, role)
        w.guild.remove_member(w.alice)
        await w.env.advance_time(WEEK)
        await a_minute(w)
        assert told(w) == ["role_lent", "role_expired", "role_withdrawn"]


async def test_what_discord_refuses_is_counted_and_tried_again(database: Database) -> None:
    async with world(database) as w:
        role = await knights(w)
        counted = metrics.ROLES_REFUSED.labels("give")
        before = counted._value.get()
        path = f"/guilds/*/members/*/roles/{role.id}"
        w.env.inject_error("PUT", path, status=403, code=50013, message="Missing Permissions")
        done = await w.alice.slash(w.channel, "use", item="banner")
        assert "They have" in text(done) and "Discord has not let me give the role" in text(done)
        assert not has(w, role) and counted._value.get() == before + 1
        await w.env.advance_time(60)
        await a_minute(w)
        assert has(w, role) and counted._value.get() == before + 1

        await w.env.advance_time(WEEK)
        w.env.inject_error("DELETE", path, status=403, code=50013, message="Missing Permissions")
        await a_minute(w)
        assert has(w, role) and told(w) == ["role_lent", "role_expired"]
        await w.env.advance_time(60)
        await a_minute(w)
        assert not has(w, role) and told(w)[2:] == ["role_withdrawn"]


@pytest.mark.parametrize("permission", ["administrator", "ban_members", "manage_roles"])
async def test_nobody_comes_by_a_moderators_permissions(
    database: Database, permission: str
) -> None:
    async with world(database) as w:
        role = await knights(w, **{permission: True})
        refused = await w.alice.slash(w.channel, "use", item="banner")
        assert refused.ephemeral and f"I cannot give <@&{role.id}> now" in text(refused)
        assert not has(w, role) and told(w) == []
        assert wallet_of(w, w.alice) == {"item:banner": 2}


async def test_a_role_that_became_powerful_is_not_given_again(database: Database) -> None:
    async with world(database) as w:
        role = await knights(w)
        await w.alice.slash(w.channel, "use", item="banner")
        real = member(w).guild.get_role(role.id)
        assert real is not None
        await member(w).remove_roles(real)
        await real.edit(permissions=discord.Permissions(manage_guild=True))
        await w.env.settle()
        await a_minute(w)
        assert not has(w, role)


async def test_a_role_that_is_gone_ends_quietly(database: Database) -> None:
    async with world(database) as w:
        role = await knights(w)
        await w.alice.slash(w.channel, "use", item="banner")
        real = member(w).guild.get_role(role.id)
        assert real is not None
        await real.delete()
        await w.env.settle()
        await a_minute(w)
        assert told(w) == ["role_lent"]
        refused = await w.alice.slash(w.channel, "use", item="banner")
        assert "I cannot give" in text(refused)
        await w.env.advance_time(WEEK)
        await a_minute(w)
        assert told(w) == ["role_lent", "role_expired", "role_withdrawn"]
