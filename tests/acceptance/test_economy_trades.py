"""What two members see of a trade, through the real client."""

from datetime import timedelta
from typing import Any

from bot import schedule
from bot.due import trades as due
from sql.pool import Database
from sql.reads import fetch_one
from tests.support.simulator import World, text, world
from tests.support.wealth import carried, give, in_escrow, lost


def custom_id(message: Any, label: str) -> str:
    """The button of this label under a message."""
    found = [b for row in message.components for b in row.children if b.label == label]
    return str(found[0].custom_id)


def trade_of(message: Any) -> int:
    return int(custom_id(message, "Offer").split(":")[1])


async def opened(w: World) -> Any:
    """Alice (100 coins) opens a trade with Bob (2 swords)."""
    give(w.database, w.guild.id, w.alice.id, coins=100)
    give(w.database, w.guild.id, w.bob.id, sword=2)
    shown = await w.alice.slash(w.channel, "trade open", member=w.bob)
    assert f"<@{w.alice.id}>" in text(shown) and f"<@{w.bob.id}>" in text(shown)
    return w.channel.last_message


async def click(w: World, member: Any, label: str) -> str:
    """Press a button under the newest message; what it says afterwards."""
    message = w.channel.last_message
    await member.click(message, custom_id=custom_id(message, label))
    (embed,) = w.channel.last_message.embeds
    fields = [str(field.value) for field in embed.fields]
    return "\n".join([embed.title or "", embed.description or "", *fields])


async def copy(w: World, member: Any) -> Any:
    """The trade shown once more: its buttons can be pressed after those of the first are gone."""
    await member.slash(w.channel, "trade show")
    return w.channel.last_message


async def test_two_members_swap_coins_for_a_sword(database: Database) -> None:
    async with world(database) as w:
        trade = trade_of(await opened(w))
        form = await w.alice.click(w.channel.last_message, label="Offer")
        await w.alice.submit_modal(form, {"what": "coins", "amount": "all"})
        assert "**100** \N{COIN}" in str(w.channel.last_message.embeds[0].fields[0].value)
        choices = await w.bob.autocomplete(w.channel, "trade offer", "what", "swo")
        assert [(c["name"], c["value"]) for c in choices] == [("sword (2)", "item:sword")]
        offered = await w.bob.slash(w.channel, "trade offer", what="item:sword", amount="1")
        assert "**1 \N{MULTIPLICATION SIGN}** sword" in text(offered)

        assert f"<@{w.alice.id}>, confirm" in await click(w, w.bob, "Confirm")
        assert in_escrow(database, w.guild.id, trade) == {"sword": 1}
        assert "Everything has changed hands" in await click(w, w.alice, "Confirm")
        assert carried(database, w.guild.id, w.alice.id) == {"sword": 1}
        assert carried(database, w.guild.id, w.bob.id) == {"coins": 100, "sword": 1}
        assert in_escrow(database, w.guild.id, trade) == {}
        assert lost(database, w.guild.id) == {}


async def test_a_double_click_on_confirm_is_answered_the_same_and_swaps_once(
    database: Database,
) -> None:
    async with world(database) as w:
        await opened(w)
        await w.alice.slash(w.channel, "trade offer", what="coins", amount="60")
        clicks = [(m, await copy(w, m)) for m in (w.alice, w.alice, w.bob, w.bob, w.alice)]
        for member, message in clicks:
            done = await member.click(message, label="Confirm")
            assert not done.ephemeral
        assert w.channel.last_message.embeds[0].title == "Trade done"
        assert carried(database, w.guild.id, w.bob.id) == {"coins": 60, "sword": 2}
        assert carried(database, w.guild.id, w.alice.id) == {"coins": 40}


async def test_a_change_asks_both_again_and_gives_back_what_was_put_up(database: Database) -> None:
    async with world(database) as w:
        trade = trade_of(await opened(w))
        await w.alice.slash(w.channel, "trade offer", what="coins", amount="60")
        message = w.channel.last_message
        old = custom_id(message, "Confirm")
        await w.alice.click(message, custom_id=old)
        assert carried(database, w.guild.id, w.alice.id) == {"coins": 40}
        await w.alice.slash(w.channel, "trade offer", what="coins", amount="5")
        assert carried(database, w.guild.id, w.alice.id) == {"coins": 100}
        refused = await w.bob.click(message, custom_id=old)
        assert refused.ephemeral and "changed since you saw them" in text(refused)
        assert in_escrow(database, w.guild.id, trade) == {}


async def test_either_side_calls_it_off_and_everything_goes_back(database: Database) -> None:
    async with world(database) as w:
        await opened(w)
        await w.alice.slash(w.channel, "trade offer", what="coins", amount="60")
        await click(w, w.alice, "Confirm")
        first, second = await copy(w, w.alice), await copy(w, w.bob)
        stranger = await w.admin.click(first, label="Cancel")
        assert "between two others" in text(stranger)
        for message in (first, second):
            done = await w.bob.click(message, label="Cancel")
            assert not done.ephemeral
        assert w.channel.last_message.embeds[0].title == "Trade called off"
        assert carried(database, w.guild.id, w.alice.id) == {"coins": 100}
        refused = await w.alice.slash(w.channel, "trade show")
        assert "no such trade open" in text(refused)


async def test_a_trade_runs_out_by_itself(database: Database) -> None:
    async with world(database) as w:
        trade = trade_of(await opened(w))
        await w.alice.slash(w.channel, "trade offer", what="coins", amount="60")
        await click(w, w.alice, "Confirm")
        with database.transaction(w.guild.id) as conn:
            row = fetch_one(conn, "trades", "trade", guild=w.guild.id, trade=trade)
        assert row is not None
        assert schedule.run_due(database, row["expires_at"] - timedelta(seconds=1), [due.DUE]) == []
        assert len(schedule.run_due(database, row["expires_at"], [due.DUE])) == 1
        assert schedule.run_due(database, row["expires_at"], [due.DUE]) == []
        assert carried(database, w.guild.id, w.alice.id) == {"coins": 100}
        late = await w.bob.click(
            w.channel.last_message, custom_id=custom_id(w.channel.last_message, "Confirm")
        )
        assert late.ephemeral and "has run out" in text(late)
        looked = w.channel.last_message
        await w.bob.click(looked, custom_id=f"tradelook:{trade}:press")
        assert w.channel.last_message.embeds[0].title == "Trade ran out"


async def test_with_whom_a_trade_cannot_be_opened(database: Database) -> None:
    async with world(database) as w:
        gone = w.env.create_user("carol")
        robot = w.guild.add_member(w.env.create_user("robot", bot=True))
        for other, sentence in (
            (w.alice, "cannot trade with yourself"),
            (robot, "Bots have nothing to trade"),
            (gone, "has left this server"),
        ):
            refused = await w.alice.slash(w.channel, "trade open", member=other)
            assert refused.ephemeral and sentence in text(refused)
        await w.alice.slash(w.channel, "trade open", member=w.bob)
        twice = await w.bob.slash(w.channel, "trade open", member=w.alice)
        assert "open already" in text(twice)


async def test_with_a_member_who_has_left_nothing_can_be_settled(database: Database) -> None:
    async with world(database) as w:
        trade = trade_of(await opened(w))
        await w.alice.slash(w.channel, "trade offer", what="coins", amount="60")
        await click(w, w.alice, "Confirm")
        w.guild.remove_member(w.bob)
        await w.env.settle()
        await w.capture.drain()
        refused = await w.alice.slash(w.channel, "trade offer", what="coins", amount="70")
        assert "has left this server" in text(refused)
        assert in_escrow(database, w.guild.id, trade) == {"coins": 60}
        done = await w.alice.slash(w.channel, "trade cancel")
        assert "called off" in text(done)
        assert carried(database, w.guild.id, w.alice.id) == {"coins": 100}


async def test_who_has_several_trades_open_says_which(database: Database) -> None:
    async with world(database) as w:
        await opened(w)
        await w.alice.slash(w.channel, "trade open", member=w.admin)
        refused = await w.alice.slash(w.channel, "trade offer", what="coins", amount="60")
        assert f"<@{w.bob.id}>" in text(refused) and f"<@{w.admin.id}>" in text(refused)
        shown = await w.alice.slash(
            w.channel, "trade offer", what="coins", amount="60", member=w.bob
        )
        assert f"<@{w.bob.id}>" in text(shown)


async def test_a_form_that_takes_long_changes_the_same_message(database: Database) -> None:
    async with world(database, patience=0) as w:
        give(database, w.guild.id, w.alice.id, coins=100)
        await w.alice.slash(w.channel, "trade open", member=w.bob)
        message = w.channel.last_message
        form = await w.alice.click(message, label="Offer")
        await w.alice.submit_modal(form, {"what": "coins", "amount": "30"})
        assert w.channel.last_message.id == message.id
        assert "**30** \N{COIN}" in str(w.channel.last_message.embeds[0].fields[0].value)


async def test_what_a_form_refuses(database: Database) -> None:
    async with world(database) as w:
        await opened(w)
        for what, amount, sentence in (
            ("coins", "many", "whole number"),
            ("coins", "-5", "whole number"),
            ("coins", "101", "1 are missing"),
            ("coins", str(2**63), "at most 1,000,000,000,000"),
            ("axe", "1", "You carry: coins"),
        ):
            form = await w.alice.click(w.channel.last_message, label="Offer")
            refused = await w.alice.submit_modal(form, {"what": what, "amount": amount})
            assert refused.ephemeral and sentence in text(refused), what
