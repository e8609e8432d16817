"""Roles as rewards, from the admin's command to Discord, and what keeps them from it."""

import asyncio
from typing import Any

import discord
import pytest

from bot import automation
from bot.effects import roles
from bot.effects.roles import RoleKeeper
from events.engine.catalogue import decode
from events.role_rewards import RoleEarned, RoleForfeited, RoleReleased
from events.seasons import Place, SeasonEnded
from projections.engine import worker
from projections.engine.read_model import named, read_models
from projections.engine.rebuild import rebuild, verify
from sql import lake
from sql.pool import Database
from tests.support.simulator import World, text, world


async def make(w: World, **options: Any) -> Any:
    """An admin makes a role a reward."""
    role = options.pop("role", None) or w.guild.create_role("Knights")
    await w.env.settle()
    shown = await w.admin.slash(w.channel, "roles reward add", role=role, **options)
    assert "Make this a reward?" in text(shown), text(shown)
    done = await w.admin.click(shown.response, label="Confirm")
    assert "A reward now" in text(done)
    return role


async def award(w: World, member: Any, xp: int) -> None:
    shown = await w.admin.slash(w.channel, "award", member=member, kind="xp", amount=xp)
    await w.admin.click(shown.response, label="Confirm")


async def a_while(w: World) -> None:
    """What happens by itself, in a process that knows nothing from before."""
    worker.drain(w.database)
    automation.drain(w.database)
    worker.drain(w.database)
    assert await RoleKeeper(w.bot, w.database, w.env.now).once()
    await w.env.settle()


def ended(w: World, number: int, *first: Any) -> None:
    """A season is over, with this standing."""
    standing = [
        Place(rank=rank, user_id=member.id, number=100 - rank)
        for rank, member in enumerate(first, start=1)
    ]
    fact = SeasonEnded(
        guild_id=w.guild.id,
        source_id=f"rule:season:{number}:end",
        occurred_at=w.env.now(),
        number=number,
        name=f"Season {number}",
        starts_ms=1,
        ends_ms=2,
        board="xp",
        standing=standing,
        ranked=len(standing),
    )
    with w.database.transaction(w.guild.id) as conn:
        lake.append(conn, [fact])


def roles_of(w: World, member: Any) -> set[str]:
    guild = w.bot.get_guild(w.guild.id)
    assert guild is not None
    found = guild.get_member(member.id)
    return set() if found is None else {role.name for role in found.roles[1:]}


def real(w: World, role: Any) -> discord.Role:
    guild = w.bot.get_guild(w.guild.id)
    assert guild is not None
    found = guild.get_role(role.id)
    assert found is not None
    return found


def told(w: World) -> list[str]:
    with w.database.transaction(w.guild.id) as conn:
        rows = lake.read(conn, w.guild.id, 0, 1000)
    kinds = (RoleEarned, RoleForfeited, RoleReleased)
    return [event.event_type for event in map(decode, rows) if isinstance(event, kinds)]


def changes(w: World, after: int) -> list[tuple[str, str]]:
    """The requests about roles of members since ``after`` requests."""
    return [
        (request.method, request.path.split("/members/")[1])
        for request in w.env.http_requests[after:]
        if "/members/" in request.path and request.method in ("PUT", "PATCH", "DELETE")
    ]


async def test_a_level_brings_its_role_at_once_and_later(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, 500)  # level 3
        role = w.guild.create_role("Knights")
        await w.env.settle()
        shown = await w.admin.slash(w.channel, "roles reward add", role=role, level=2)
        assert "1 member would have it at once" in text(shown) and told(w) == []
        await make(w, role=role, level=2)
        assert "for level 2" in text(await w.admin.slash(w.channel, "roles reward list"))
        await a_while(w)
        assert (roles_of(w, w.alice), roles_of(w, w.bob)) == ({"Knights"}, set())
        await award(w, w.bob, 500)
        await a_while(w)
        assert roles_of(w, w.bob) == {"Knights"} and told(w) == ["role_earned", "role_earned"]
        listed = text(await w.admin.slash(w.channel, "roles reward list"))
        assert "2 members" in listed
        before = len(w.env.http_requests)
        await a_while(w)
        assert changes(w, before) == [] and told(w) == ["role_earned", "role_earned"]
    assert not verify(database.dsn, [named("role_rewards")], processes=1).differences


async def test_who_falls_loses_the_role_and_one_given_by_hand_is_left_alone(
    database: Database,
) -> None:
    async with world(database) as w:
        role = await make(w, level=2)
        await award(w, w.alice, 500)
        await a_while(w)
        await award(w, w.alice, -450)
        await a_while(w)
        assert roles_of(w, w.alice) == set()
        assert told(w) == ["role_earned", "role_forfeited", "role_released"]
        member = real(w, role).guild.get_member(w.alice.id)
        assert member is not None
        await member.add_roles(real(w, role))
        await w.env.settle()
        await a_while(w)
        assert roles_of(w, w.alice) == {"Knights"}


async def test_a_reward_for_many_is_given_in_rounds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(database) as w:
        monkeypatch.setattr(roles, "MOST_CHANGES", 1)
        await make(w, level=2)
        await award(w, w.alice, 500)
        await award(w, w.bob, 500)
        worker.drain(w.database)
        automation.drain(w.database)
        keeper = RoleKeeper(w.bot, w.database, w.env.now)
        for has in (1, 2, 2):
            assert await keeper.once(everywhere=False)
            await w.env.settle()
            assert sum(roles_of(w, one) == {"Knights"} for one in (w.alice, w.bob)) == has


async def test_two_processes_at_once_do_and_record_it_once(database: Database) -> None:
    async with world(database) as w:
        await make(w, level=2)
        await award(w, w.alice, 500)
        await a_while(w)
        await award(w, w.alice, -450)
        worker.drain(w.database)
        automation.drain(w.database)
        keepers = [RoleKeeper(w.bot, w.database, w.env.now) for _ in range(3)]
        assert await asyncio.gather(*(keeper.once() for keeper in keepers)) == [True] * 3
        await w.env.settle()
        assert roles_of(w, w.alice) == set()
        assert told(w) == ["role_earned", "role_forfeited", "role_released"]


async def test_several_roles_are_one_request_and_a_better_one_replaces(database: Database) -> None:
    async with world(database) as w:
        await make(w, level=1)
        await make(w, role=w.guild.create_role("Nobles"), level=2)
        await award(w, w.alice, 300)
        before = len(w.env.http_requests)
        await a_while(w)
        assert roles_of(w, w.alice) == {"Knights", "Nobles"}
        assert [method for method, _ in changes(w, before)] == ["PATCH"]
        await make(w, role=w.guild.create_role("Kings"), level=5, replace=True)
        await award(w, w.alice, 2000)
        before = len(w.env.http_requests)
        await a_while(w)
        assert roles_of(w, w.alice) == {"Kings"}
        assert [method for method, _ in changes(w, before)] == ["PATCH"]


async def test_the_first_on_the_board_have_the_role_and_hand_it_on(database: Database) -> None:
    async with world(database) as w:
        await make(w, rank=1)
        await award(w, w.alice, 100)
        await a_while(w)
        assert (roles_of(w, w.alice), roles_of(w, w.bob)) == ({"Knights"}, set())
        await award(w, w.bob, 200)
        await a_while(w)
        assert (roles_of(w, w.alice), roles_of(w, w.bob)) == (set(), {"Knights"})
        shown = await w.bob.slash(w.channel, "preferences")
        await w.bob.click(shown.response, label="Hide me from boards")
        await a_while(w)
        assert (roles_of(w, w.alice), roles_of(w, w.bob)) == ({"Knights"}, set())


async def test_a_badge_brings_its_role(database: Database) -> None:
    async with world(database) as w:
        await make(w, badge="Level 1")
        await award(w, w.alice, 200)
        await a_while(w)  # the level brings the badge
        await a_while(w)
        assert roles_of(w, w.alice) == {"Knights"}
        none = await w.admin.slash(
            w.channel, "roles reward add", role=w.guild.create_role("Others"), badge="no such"
        )
        assert "no such badge" in text(none)


async def test_the_first_of_the_last_season_have_the_role_until_the_next_is_over(
    database: Database,
) -> None:
    async with world(database) as w:
        await make(w, season=1)
        await a_while(w)
        assert (roles_of(w, w.alice), roles_of(w, w.bob)) == (set(), set())
        ended(w, 1, w.alice, w.bob)
        await a_while(w)
        assert (roles_of(w, w.alice), roles_of(w, w.bob)) == ({"Knights"}, set())
        ended(w, 2, w.bob, w.alice)
        await a_while(w)
        assert (roles_of(w, w.alice), roles_of(w, w.bob)) == (set(), {"Knights"})


async def test_who_leaves_gets_nothing_and_who_comes_back_has_it_again(database: Database) -> None:
    async with world(database) as w:
        await make(w, level=2)
        await award(w, w.alice, 500)
        w.guild.remove_member(w.alice)
        await w.env.settle()
        before = len(w.env.http_requests)
        await a_while(w)
        assert changes(w, before) == []
        w.guild.add_member(w.alice.user)
        await w.env.settle()
        await w.capture.drain()
        await a_while(w)
        assert roles_of(w, w.alice) == {"Knights"}
        w.guild.remove_member(w.alice)
        await w.env.settle()
        w.guild.add_member(w.alice.user)
        await w.env.settle()
        assert roles_of(w, w.alice) == set()
        await a_while(w)
        assert roles_of(w, w.alice) == {"Knights"} and told(w) == ["role_earned"]


async def test_a_reward_that_is_removed_leaves_its_members_the_role(database: Database) -> None:
    async with world(database) as w:
        role = await make(w, level=2)
        await award(w, w.alice, 500)
        await a_while(w)
        name = f"level:2:{role.id}"
        shown = await w.admin.slash(w.channel, "roles reward remove", reward=name)
        assert "1 member earned it and would keep the role" in text(shown)
        done = await w.admin.click(shown.response, label="Confirm")
        assert "No reward any more" in text(done)
        await a_while(w)
        assert roles_of(w, w.alice) == {"Knights"} and told(w) == ["role_earned", "role_released"]
        gone = await w.admin.slash(w.channel, "roles reward remove", reward=name)
        assert "no such reward" in text(gone)


async def test_a_rebuild_gives_nobody_anything(database: Database) -> None:
    async with world(database) as w:
        await make(w, level=2)
        await award(w, w.alice, 500)
        await a_while(w)
        before, facts = len(w.env.http_requests), told(w)
        rebuild(w.database.dsn, list(read_models().values()), processes=1)
        await a_while(w)
        assert changes(w, before) == [] and told(w) == facts


@pytest.mark.parametrize("permission", ["administrator", "manage_roles"])
async def test_a_role_with_power_cannot_be_a_reward(database: Database, permission: str) -> None:
    async with world(database) as w:
        role = w.guild.create_role("Mods", permissions=discord.Permissions(**{permission: True}))
        await w.env.settle()
        shown = await w.admin.slash(w.channel, "roles reward add", role=role, level=2)
        assert shown.ephemeral and f"I cannot give <@&{role.id}>" in text(shown)
        everyone = await w.admin.slash(
            w.channel, "roles reward add", role=w.guild.default_role, level=2
        )
        assert "I cannot give" in text(everyone)
        for options in ({}, {"level": 2, "rank": 3}):
            shown = await w.admin.slash(w.channel, "roles reward add", role=role, **options)
            assert "one of level, badge, rank or season" in text(shown)


async def test_the_doctor_says_what_is_wrong_and_what_to_do(database: Database) -> None:
    async with world(database) as w:
        assert "All is well" in text(await w.admin.slash(w.channel, "doctor"))
        role = await make(w, level=2)
        await award(w, w.alice, 500)
        path = f"/guilds/*/members/*/roles/{role.id}"
        w.env.inject_error("PUT", path, status=403, code=50013, message="Missing Permissions")
        await a_while(w)
        sick = await w.admin.slash(w.channel, "doctor")
        assert f"The roles of <@{w.alice.id}>: failed 1 time" in text(sick)
        assert "code 50013" in text(sick) and sick.ephemeral
        await a_while(w)  # too early
        assert roles_of(w, w.alice) == set()
        again = await w.admin.click(sick.response, label="Try again now")
        assert "failed 1 time" in text(again)
        await a_while(w)
        assert roles_of(w, w.alice) == {"Knights"}
        assert "All is well" in text(await w.admin.slash(w.channel, "doctor"))

        await real(w, role).edit(permissions=discord.Permissions(ban_members=True))
        await w.env.settle()
        sick = await w.admin.slash(w.channel, "doctor")
        assert "cannot be given" in text(sick) and "moderator's permissions" in text(sick)
        await real(w, role).delete()
        await w.env.settle()
        sick = await w.admin.slash(w.channel, "doctor")
        assert "The role is no more" in text(sick)
        await a_while(w)
        assert told(w) == ["role_earned"]


async def test_the_doctor_is_for_admins(database: Database) -> None:
    async with world(database) as w:
        assert "doctor" not in w.alice.available_commands(w.channel)
