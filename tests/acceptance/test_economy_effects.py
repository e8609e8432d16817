"""What members see when they use their things, through the real client."""

from typing import Any

import discord

from events.economy import CoinsAwarded
from events.effects import ItemUsed
from events.engine.catalogue import decode
from events.ledger import COINS, MINT, item, move, wallet
from events.shop import ShopItemDefined
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from sql.reads import fetch
from tests.support.facts import at
from tests.support.simulator import World, text, world

_numbers = iter(range(1, 10_000))


def give(w: World, member: Any, item_id: str, count: int = 1) -> None:
    """Put things into somebody's wallet."""
    award(w, member, count, item(item_id))


def award(w: World, member: Any, count: int, currency: str) -> None:
    """Out of the mint, as an admin would."""
    event = CoinsAwarded(
        guild_id=w.guild.id,
        source_id=f"{next(_numbers)}:coin_award",
        user_id=w.admin.id,
        target_id=member.id,
        occurred_at=at(0),
        amount=count,
        reason="for the test",
        postings=move(count, source=MINT, to=wallet(member.id), currency=currency),
    )
    with w.database.transaction(w.guild.id) as conn:
        lake.append(conn, [event])


def give_coins(w: World, member: Any, count: int) -> None:
    """Put coins into somebody's wallet."""
    award(w, member, count, COINS)


def define(w: World, item_id: str, name: str, effect: str, *, revision: int = 1) -> None:
    """Put a thing into the shop, for 80 coins."""
    event = ShopItemDefined(
        guild_id=w.guild.id,
        source_id=f"shop_item:{item_id}:{revision}",
        user_id=w.admin.id,
        occurred_at=at(0),
        item=item_id,
        revision=revision,
        name=name,
        emoji="",
        description="",
        price=80,
        stock=None,
        member_limit=None,
        role_id=None,
        role_prices={},
        refund_hours=0,
        effect=effect,
        interaction_id=next(_numbers),
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
        for line in ("` 50 %` **50** ", "` 30 %` **150** ", "`  5 %` **1 ", "Star boost"):
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
        assert (
            "Why 30 XP?" in why
            and "`+30` Messages (15 \N{MULTIPLICATION SIGN} 2.00 boosted)" in why
        )
        why = text(await w.alice.slash(w.channel, "why", number="stars"))
        assert "`+1` Messages in" in why and "boosted" not in why
        assert "Boosts: XP 200 % until <t:" in text(
            await w.bob.slash(w.channel, "profile", member=w.alice)
        )
        await w.env.advance_time(3_600)
        assert "Boosts" not in text(await w.alice.slash(w.channel, "profile"))


async def test_a_pet_is_adopted_fed_played_with_and_renamed(database: Database) -> None:
    async with world(database) as w:
        refused = await w.alice.slash(w.channel, "pet feed")
        assert refused.ephemeral and "You have no pet" in text(refused)
        give(w, w.alice, "adopt-fox")
        done = await w.alice.slash(w.channel, "use", item="adopt-fox")
        assert "\N{FOX FACE} Fox has a home now" in text(done)
        assert [name[:13] for name in wallet_of(w, w.alice)] == ["item:pet-fox-"]

        shown = text(await w.bob.slash(w.channel, "pet show", member=w.alice))
        assert "\N{FOX FACE} Fox \N{MIDDLE DOT} level 1" in shown and "100 %" in shown
        refused = await w.alice.slash(w.channel, "pet feed")
        assert "Fox is not hungry. Come back <t:" in text(refused)
        played = await w.alice.slash(w.channel, "pet play")
        assert "happy (100 %)" in text(played) and "+5 experience" in text(played)
        refused = await w.alice.slash(w.channel, "pet play", pet="fox")
        assert "Fox is tired" in text(refused)
        renamed = await w.alice.slash(w.channel, "pet rename", name="*Rusty*")
        assert "pet **Fox** is called **\\*Rusty\\*** now" in text(renamed)

        await w.env.advance_time(3 * 86_400)
        refused = await w.alice.slash(w.channel, "pet feed")
        assert "25 are missing" in text(refused)
        give_coins(w, w.alice, 60)
        fed = await w.alice.slash(w.channel, "pet feed")
        assert "hungry 100 % before, 60 % now" in text(fed)
        assert wallet_of(w, w.alice)["coins"] == 35


async def test_of_several_pets_one_is_picked_and_a_strangers_cannot_be(database: Database) -> None:
    async with world(database) as w:
        for member, species in ((w.alice, "fox"), (w.alice, "owl"), (w.bob, "cat")):
            give(w, member, f"adopt-{species}")
            await member.slash(w.channel, "use", item=f"adopt-{species}")
        choices = await w.alice.autocomplete(w.channel, "pet play", "pet", "")
        assert [c["name"] for c in choices] == ["\N{FOX FACE} Fox", "\N{OWL} Owl"]
        refused = await w.alice.slash(w.channel, "pet play")
        assert "Which of your pets? Pick one from the list: Fox, Owl." in text(refused)
        refused = await w.bob.slash(w.channel, "pet play", pet=choices[0]["value"])
        assert "Which of your pets?" in text(refused)
        played = await w.alice.slash(w.channel, "pet play", pet=choices[1]["value"])
        assert "\N{OWL} Owl" in text(played)


async def test_what_the_shop_declares_can_be_used(database: Database) -> None:
    async with world(database) as w:
        define(w, "potion", "Magic potion", "boost:stars:300:2h")
        define(w, "chest", "Old chest", "crate:50=coins*10,50=potion*2")
        give(w, w.alice, "potion")
        give(w, w.alice, "chest")
        done = await w.alice.slash(w.channel, "use", item="magic POTION")
        assert "used **Magic potion**. They earn **300 %** of the usual Stars" in text(done)
        closed = text(await w.alice.slash(w.channel, "use", item="chest"))
        assert "Old chest" in closed and "Magic potion" in closed
        assert "85 coins on average" in closed  # half of 10, and of twice 80


async def test_a_crate_that_was_changed_since_is_not_opened(database: Database) -> None:
    async with world(database) as w:
        define(w, "chest", "Old chest", "crate:100=coins*10")
        give(w, w.alice, "chest")
        closed = await w.alice.slash(w.channel, "use", item="chest")
        define(w, "chest", "Old chest", "crate:100=coins*1", revision=2)
        refused = await w.alice.click(closed.response, label="Open")
        assert "What Old chest may hold was changed. Look again with /use." in text(refused)
        assert wallet_of(w, w.alice) == {"item:chest": 1}
