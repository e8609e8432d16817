"""What members see of an auction, through the real client."""

from datetime import timedelta
from typing import Any

from bot import schedule
from bot.due import auctions as due
from sql.pool import Database
from tests.support.simulator import World, text, world
from tests.support.wealth import carried, give, lost


async def started(w: World, **more: Any) -> Any:
    """Alice sells her sword from 50 coins on; Bob and the admin have 200 each."""
    give(w.database, w.guild.id, w.alice.id, sword=1)
    give(w.database, w.guild.id, w.bob.id, coins=200)
    give(w.database, w.guild.id, w.admin.id, coins=200)
    shown = await w.alice.slash(
        w.channel, "auction start", what="sword", minimum=50, increment=10, **more
    )
    assert "sells **1 \N{MULTIPLICATION SIGN}** sword" in text(shown)
    assert "5 % of the price go to the fees" in text(shown)
    return w.channel.last_message


def sheet(w: World) -> str:
    """What the newest message says now."""
    (embed,) = w.channel.last_message.embeds
    fields = [f"{field.name}: {field.value}" for field in embed.fields]
    footer = embed.footer.text or ""
    return "\n".join([embed.title or "", embed.description or "", *fields, footer])


def labels(message: Any) -> list[str]:
    return [button.label for row in message.components for button in row.children if button.label]


async def lot_of(w: World, member: Any) -> str:
    """The auction as the autocomplete fills it in."""
    (choice,) = await member.autocomplete(w.channel, "auction bid", "auction", "swo")
    return str(choice["value"])


async def test_bids_rise_the_outbid_is_paid_back_and_the_end_delivers(database: Database) -> None:
    async with world(database) as w:
        message = await started(w)
        assert labels(message) == ["Bid 50", "Bid more"]
        await w.bob.click(message, label="Bid 50")
        assert "Highest bid: **50** \N{COIN}" in sheet(w)
        assert carried(database, w.guild.id, w.bob.id) == {"coins": 150}

        form = await w.admin.click(w.channel.last_message, label="Bid more")
        await w.admin.submit_modal(form, {"amount": "80"})
        assert "Highest bid: **80** \N{COIN}" in sheet(w) and "2 bids" in sheet(w)
        assert carried(database, w.guild.id, w.bob.id) == {"coins": 200}
        assert carried(database, w.guild.id, w.admin.id) == {"coins": 120}

        lot = await lot_of(w, w.bob)
        ends = w.env.now() + timedelta(days=2)
        assert len(schedule.run_due(database, ends, [due.DUE])) == 1
        assert schedule.run_due(database, ends, [due.DUE]) == []
        await w.bob.click(w.channel.last_message, custom_id=f"auctionlook:{lot}:press")
        assert sheet(w).startswith("Sold") and "Price: **80**" in sheet(w)
        assert labels(w.channel.last_message) == []
        assert carried(database, w.guild.id, w.alice.id) == {"coins": 76}
        assert carried(database, w.guild.id, w.admin.id) == {"coins": 120, "sword": 1}
        assert lost(database, w.guild.id) == {}


async def test_a_bid_pressed_too_late_is_told_what_to_bid(database: Database) -> None:
    async with world(database) as w:
        await started(w)
        lot = await lot_of(w, w.bob)
        copies = []
        for _ in range(3):
            await w.bob.slash(w.channel, "auction show", auction=lot)
            copies.append(w.channel.last_message)
        for copy in copies[:2]:
            done = await w.bob.click(copy, label="Bid 50")
            assert not done.ephemeral
        refused = await w.admin.click(copies[2], label="Bid 50")
        assert refused.ephemeral and "Bid 60 or more" in text(refused)
        assert carried(database, w.guild.id, w.bob.id) == {"coins": 150}
        own = await w.alice.slash(w.channel, "auction bid", auction=lot, amount="60")
        assert "your own auction" in text(own)
        poor = await w.admin.slash(w.channel, "auction bid", auction=lot, amount="201")
        assert "1 are missing" in text(poor)
        unknown = await w.admin.slash(w.channel, "auction bid", auction="nonsense", amount="60")
        assert "no such auction" in text(unknown)


async def test_a_buy_out_hands_over_at_once(database: Database) -> None:
    async with world(database) as w:
        message = await started(w, buyout=100)
        assert labels(message) == ["Bid 50", "Bid more", "Buy now for 100"]
        await w.bob.click(message, label="Buy now for 100")
        assert sheet(w).startswith("Sold")
        assert carried(database, w.guild.id, w.bob.id) == {"coins": 100, "sword": 1}
        assert carried(database, w.guild.id, w.alice.id) == {"coins": 95}


async def test_coins_are_sold_for_a_thing(database: Database) -> None:
    async with world(database) as w:
        give(database, w.guild.id, w.alice.id, coins=300)
        give(database, w.guild.id, w.bob.id, **{"freeze-token": 3})
        refused = await w.alice.slash(
            w.channel, "auction start", what="coins", amount=300, minimum=2, bids_in="unicorn"
        )
        assert "knows no such thing" in text(refused)
        await w.alice.slash(
            w.channel,
            "auction start",
            what="coins",
            amount=300,
            minimum=2,
            buyout=2,
            bids_in="freeze-token",
        )
        assert labels(w.channel.last_message) == ["Buy now for 2"]
        await w.bob.click(w.channel.last_message, label="Buy now for 2")
        assert carried(database, w.guild.id, w.bob.id) == {"coins": 300, "freeze-token": 1}
        assert carried(database, w.guild.id, w.alice.id) == {"freeze-token": 2}


async def test_auctions_are_listed_and_called_off(database: Database) -> None:
    async with world(database) as w:
        assert "None" in text(await w.bob.slash(w.channel, "auction list"))
        await started(w)
        give(database, w.guild.id, w.alice.id, axe=9)
        for _ in range(8):
            await w.alice.slash(w.channel, "auction start", what="axe", minimum=5)
        listed = await w.bob.slash(w.channel, "auction list")
        assert "Page 1 of 2" in text(listed) and "sword" in text(listed)
        await w.bob.click(w.channel.last_message, custom_id="auctions:open:1:on")
        assert "Page 2 of 2" in sheet(w)

        lot = await lot_of(w, w.alice)
        refused = await w.bob.slash(w.channel, "auction cancel", auction=lot)
        assert "Only the seller" in text(refused)
        await w.bob.slash(w.channel, "auction bid", auction=lot, amount="50")
        refused = await w.alice.slash(w.channel, "auction cancel", auction=lot)
        assert "has bid already" in text(refused)
        for _ in range(2):
            done = await w.admin.slash(w.channel, "auction cancel", auction=lot)
            assert "called off" in text(done)
        assert carried(database, w.guild.id, w.bob.id) == {"coins": 200}
        assert carried(database, w.guild.id, w.alice.id) == {"axe": 1, "sword": 1}
