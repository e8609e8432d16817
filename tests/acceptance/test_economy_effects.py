"""What members see when they use their things, through the real client."""

from typing import Any

import discord

from events.economy import CoinsAwarded
from events.effects import ItemUsed
from events.engine.catalogue import decode
from events.ledger import MINT, item, move, wallet
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from sql.reads import fetch
from tests.support.discord import World, text, world
from tests.support.facts import at

_numbers = iter(range(1, 10_000))


def give(w: World, member: Any, item_id: str, count: int = 1) -> None:
    """Put things into somebody's wallet."""
    event = CoinsAwarded(
        guild_id=w.guild.id,
        source_id=f"{next(_numbers)}:coin_award",
        user_id=w.admin.id,
        target_id=member.id,
        occurred_at=at(0),
        amount=count,
        reason="for the test",
        postings=move(count, source=MINT, to=wallet(member.id), currency=item(item_id)),
    )
    with w.database.transaction(w.guild.id) as conn:
        lake.append(conn, [event])


def wallet_of(w: World, member: Any) -> dict[str, int]:
    worker.drain(w.database)
    with w.database.transaction(w.guild.id) as conn:
        rows = fetch(conn, "accounts", "held", guild=w.guild.id, account=wallet(member.id))
    return {row["currency"]: row["balance"] for row in rows}


def used(w: World) -> list[ItemUsed]:
    with w.database.transaction(w.guild.id) as conn:
        rows = lake.read(conn, w.guild.id, 0, 1000)
    return [event for event in map(decode, rows) if isinstance(event, ItemUsed)]


async def put_back(w: World, message_id: int, custom_id: str) -> None:
    """The button as a member's own screen may still show it."""
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Open", custom_id=custom_id))
    channel = w.bot.get_channel(w.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.get_partial_message(message_id).edit(view=view)


async def test_a_crate_shows_what_it_may_hold_and_is_opened_once(database: Database) -> None:
    async with world(database) as w:
        give(w, w.alice, "wooden-crate", 2)
        closed = await w.alice.slash(w.channel, "use", item="wooden-crate")
        assert "Wooden crate" in text(closed)
        for line in ("` 50 %` 50 ", "` 30 %` 150 ", "` 15 %` 400 ", "`  5 %` Freeze token"):
            assert line in text(closed)
        assert "130 coins on average" in text(closed)
        assert wallet_of(w, w.alice) == {"item:wooden-crate": 2}

        refused = await w.bob.click(closed.response, label="Open")
        assert "for the member who asked" in text(refused)
        button = closed.response.components[0]["components"][0]["custom_id"]
        opened = await w.alice.click(closed.response, custom_id=button)
        (once,) = used(w)
        assert f"<@{w.alice.id}> opened it and found" in text(opened)
        assert f"{once.roll} of 0 to 99" in text(opened)
        has = wallet_of(w, w.alice)
        assert has.pop("item:wooden-crate") == 1 and len(has) == 1

        said = text(opened)
        await put_back(w, closed.response.id, button)
        again = await w.alice.click(closed.response, custom_id=button)
        assert text(again) == said
        assert used(w) == [once]
    assert not verify(database.dsn, [named("accounts")], processes=1).differences


async def test_what_cannot_be_used_says_why(database: Database) -> None:
    async with world(database) as w:
        refused = await w.alice.slash(w.channel, "use", item="golden-crate")
        assert refused.ephemeral and "You have no Golden crate" in text(refused)
        give(w, w.alice, "freeze-token")
        refused = await w.alice.slash(w.channel, "use", item="Freeze token")
        assert "works by itself" in text(refused)
        give(w, w.alice, "pebble")
        refused = await w.alice.slash(w.channel, "use", item="pebble")
        assert "keepsake" in text(refused)


async def test_things_are_offered_from_the_members_own(database: Database) -> None:
    async with world(database) as w:
        assert await w.alice.autocomplete(w.channel, "use", "item", "") == []
        give(w, w.alice, "wooden-crate", 3)
        give(w, w.alice, "golden-crate")
        give(w, w.alice, "pebble")
        give(w, w.bob, "silver-crate")
        choices = await w.alice.autocomplete(w.channel, "use", "item", "crate")
        assert [(c["name"], c["value"]) for c in choices] == [
            ("Golden crate (1)", "golden-crate"),
            ("Wooden crate (3)", "wooden-crate"),
        ]


async def test_a_boost_doubles_points_and_why_says_so(database: Database) -> None:
    async with world(database) as w:
        give(w, w.alice, "xp-boost", 2)
        done = await w.alice.slash(w.channel, "use", item="xp-boost")
        assert "used **XP boost**" in text(done)
        assert "**200 %** of the usual XP until <t:" in text(done)
        assert wallet_of(w, w.alice) == {"item:xp-boost": 1}
        await w.alice.send(w.channel, "hello")
        await w.capture.drain()
        why = text(await w.alice.slash(w.channel, "why", number="xp"))
        assert "Why 30 XP?" in why and "`+30` Messages (boosted: 200 %)" in why
        why = text(await w.alice.slash(w.channel, "why", number="stars"))
        assert "`+1` Messages in" in why and "boosted" not in why
