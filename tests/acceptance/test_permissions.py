"""Who may do what, as the bot itself sees it: Discord hides admins' commands, but a server can open
them to everybody, and a button can be pressed by whoever sees it."""

from random import Random
from typing import Any

import pytest

from bot import look
from bot.client import Tallystick
from events.engine.event import RULE_PREFIX
from events.interactions import InteractionUsed
from sql.pool import Database
from tests.simulation import fuzz
from tests.support.intruding import (
    forged,
    harmless,
    is_hidden,
    permissions_of,
    reveal,
    reveal_commands,
    set_id,
    stranger,
    walk,
)
from tests.support.pressing import WAYS, declared, facts, id_of
from tests.support.simulator import text, world

MODERATING = (
    "manage_messages manage_roles kick_members ban_members moderate_members manage_channels"
)
OPEN = {
    *("auctionask", "auctionlook", "github", "hideme", "playagain", "questclaim", "shopbuy:press"),
    *("tradelook", "auctionbid", "shopbuy"),
}
"""Buttons that anybody may press for themselves."""


def admins(bot: Tallystick) -> list[Any]:
    return [command for command in walk(bot) if command.checks]


async def test_what_discord_hides_from_members_is_checked_by_us_too(database: Database) -> None:
    async with world(database) as w:
        hidden = [command for command in walk(w.bot) if is_hidden(command)]
        assert len(hidden) > 30
        assert [command.qualified_name for command in hidden if not command.checks] == []


async def test_an_admins_command_is_refused_to_everybody_else(database: Database) -> None:
    """As a member, as a moderator, and as an admin of another server."""
    async with world(database) as w:
        w.env.check_errors = False  # a refusal of discord.py's is raised before it is answered
        reveal_commands(w)
        moderators = w.guild.create_role("Moderators", permissions=permissions_of(MODERATING))
        moderator = w.guild.add_member(w.env.create_user("moderator"), roles=[moderators])
        elsewhere = w.env.create_guild("Guild B")
        rights = elsewhere.create_role("Admins", permissions=permissions_of("administrator"))
        foreigner = w.env.create_user("foreigner")
        elsewhere.add_member(foreigner, roles=[rights])
        foreign_admin = w.guild.add_member(foreigner)
        await w.env.settle()
        await w.capture.drain()
        dice, commands = Random(1), admins(w.bot)
        assert len(commands) > 40
        for number, command in enumerate(commands):
            options = await fuzz.options(w, w.admin, command, dice)
            who = (w.bob, moderator, foreign_admin)[number % 3]
            with harmless(w, who, nothing=True):
                told = await who.slash(w.channel, command.qualified_name, **options)
                assert told.ephemeral and "needs the permission to manage guild" in text(told)
        for who in (w.bob, moderator, foreign_admin):
            with harmless(w, who, nothing=True):
                told = await who.slash(w.channel, "economy grant", to=who, amount=5)
                assert "needs the permission to manage guild" in text(told)


async def test_an_admins_command_is_open_to_admins_and_to_the_owner(database: Database) -> None:
    async with world(database) as w:
        owner = w.env.create_user("owner")
        other = w.env.create_guild("Guild C", owner=owner)
        channel = other.create_text_channel("general")
        head = other.add_member(owner)
        await w.env.settle()
        told = await head.slash(channel, "settings set", key="message_xp", value="7")
        assert "needs the permission" not in text(told)
        for command in admins(w.bot)[::6]:
            options = await fuzz.options(w, w.admin, command, Random(2))
            told = await w.admin.slash(w.channel, command.qualified_name, **options)
            assert told.modal or "needs the permission" not in text(told)


@pytest.mark.parametrize("what", declared())
async def test_a_button_of_somebody_elses_does_no_harm(database: Database, what: str) -> None:
    """Pressed by a member for whom it is not, as it is and with forged ids."""
    async with world(database) as w:
        _, message = await WAYS[what](w)
        mallory = stranger(w)
        await w.env.settle()
        await w.capture.drain()
        reveal(w, message)
        original = id_of(message, what)
        dice, now = Random(what), original
        ids = [str(one.id) for one in (w.alice, w.bob, w.admin, mallory, w.guild, w.channel)]
        for _ in range(12):
            new = forged(original, dice, ids)
            set_id(reveal(w, message), now, new)
            now = new
            with harmless(w, mallory):
                await mallory.click(message, custom_id=new)
            if not _has(w, message, new):
                return  # it was understood, and the message shows something else now


def _has(w: Any, message: Any, custom_id: str) -> bool:
    stored = w.env.backend.get_message(w.channel.id, message.id)
    return any(
        one.get("custom_id") == custom_id for row in stored.components for one in row["components"]
    )


async def test_a_refused_admin_act_is_on_record(database: Database) -> None:
    async with world(database) as w:
        _, message = await WAYS["settings"](w)
        mallory = stranger(w)
        await w.env.settle()
        reveal(w, message)
        told = await mallory.click(message, custom_id=id_of(message, "settings"))
        await w.capture.drain()
        assert look.NOT_ALLOWED in text(told)
        used = [e for e in facts(w) if isinstance(e, InteractionUsed) and e.user_id == mallory.id]
        assert len(used) == 1 and not used[0].caused
        assert not any(e.source_id.startswith(f"{RULE_PREFIX}setting") for e in facts(w))
