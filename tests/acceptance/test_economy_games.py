"""Games and wagers as members meet them, through the real client."""

from datetime import timedelta
from typing import Any

from bot import schedule
from bot.due import wagers as due
from events.engine.catalogue import decode
from events.engine.event import Event
from events.games import ChancePlayed, WagerOffered, WagerPlayed
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from tests.support.simulator import World, text, world


async def award(w: World, member: Any, amount: int) -> None:
    preview = await w.admin.slash(w.channel, "award", member=member, kind="coins", amount=amount)
    await w.admin.click(preview.response, label="Confirm")


async def set_to(w: World, key: str, value: int) -> None:
    preview = await w.admin.slash(w.channel, "settings set", key=key, value=str(value))
    await w.admin.click(preview.response, label="Confirm")


def facts(w: World, *kinds: type[Event]) -> list[Any]:
    with w.database.transaction(w.guild.id) as conn:
        rows = lake.read(conn, w.guild.id, 0, 1000)
    return [event for event in map(decode, rows) if isinstance(event, kinds)]


async def coins(w: World, who: Any) -> int:
    why = text(await who.slash(w.channel, "why", number="coins"))
    return int(why.split()[1].replace(",", ""))


def shown(w: World) -> str:
    embed = w.channel.last_message.embeds[0]
    fields = [f"{field.name}: {field.value}" for field in embed.fields]
    return "\n".join([embed.title or "", embed.description or "", embed.footer.text or "", *fields])


async def press_late(w: World, who: Any, offered: Any, buttons: list[Any], label: str) -> Any:
    """A press by somebody whose screen still shows the buttons."""
    w.env.backend.get_message(w.channel.id, offered.response.id).components = buttons
    return await who.click(offered.response, label=label)


def as_rebuilt(w: World) -> None:
    worker.drain(w.database)
    names = ("accounts", "wagers", "chance_stats")
    assert not verify(w.database.dsn, list(map(named, names)), processes=1).differences


async def test_games_are_off_until_an_admin_switches_them_on(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, 500)
        for name, options in (
            ("coinflip", {"stake": 10, "side": "heads"}),
            ("dice", {"stake": 10, "bet": "seven"}),
            ("slots", {"stake": 10}),
            ("wager", {"member": w.bob, "amount": 10}),
        ):
            refused = await w.alice.slash(w.channel, name, **options)
            assert refused.ephemeral and "/settings set games_enabled 1" in text(refused)
        listed = text(await w.alice.slash(w.channel, "games list"))
        assert "Games are **off" in listed and "`heads`: house edge **2.00 %**" in listed
        await set_to(w, "games_enabled", 1)
        assert "Games are **on**" in text(await w.alice.slash(w.channel, "games list"))
        assert "House edge" in text(await w.alice.slash(w.channel, "slots", stake=10))


async def test_a_game_is_played_again_with_its_button_and_can_be_checked(
    database: Database,
) -> None:
    async with world(database) as w:
        await award(w, w.alice, 500)
        await set_to(w, "games_enabled", 1)
        first = await w.alice.slash(w.channel, "dice", stake=20, bet="under")
        assert "Two dice: 20 on under" in text(first)
        assert "House edge: 4.17 %" in text(first)
        assert "99 bets, stakes of 4,980 coins" in text(first)
        await w.alice.click(first.response, label="Again for 20")
        await w.alice.click(first.response, label="Again for 20")
        assert "97 bets, stakes of 4,940 coins" in shown(w)
        refused = await w.bob.click(first.response, label="Again for 20")
        assert "somebody else's game" in text(refused)

        played = facts(w, ChancePlayed)
        assert len(played) == len({event.seed for event in played}) == 3
        gain = sum(event.payout - event.stake for event in played)
        assert await coins(w, w.alice) == 500 + gain
        stats = text(await w.alice.slash(w.channel, "games stats"))
        back = sum(event.payout for event in played)
        assert f"3 bets, staked 60, came back {back}" in stats

        number = int(text(first).rpartition("#")[2].split()[0])
        checked = text(await w.bob.slash(w.channel, "games check", number=number))
        assert f"Seed `{played[-1].seed}`" in checked and "**the same**" in checked
        assert "is no bet" in text(await w.bob.slash(w.channel, "games check", number=1))
        assert "is no bet" in text(await w.bob.slash(w.channel, "games check", number=9999))
        as_rebuilt(w)


async def test_the_limits_of_a_day_are_told_when_they_are_reached(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, 900)
        for key, value in (("games_enabled", 1), ("games_max_stake", 50), ("games_daily_bets", 2)):
            await set_to(w, key, value)
        refused = await w.alice.slash(w.channel, "slots", stake=51)
        assert "at most 50 coins on one bet" in text(refused)
        await w.alice.slash(w.channel, "slots", stake=50)
        played = await w.alice.slash(w.channel, "slots", stake=30)
        refused = await w.alice.click(played.response, label="Again for 30")
        assert "made 2 bets today and this server allows 2 a day" in text(refused)
        await set_to(w, "games_daily_bets", 9)
        await set_to(w, "games_daily_staked", 90)
        refused = await w.alice.slash(w.channel, "slots", stake=11)
        assert "staked 80, so at most 10 are left" in text(refused)
        assert len(facts(w, ChancePlayed)) == 2
        refused = await w.bob.slash(w.channel, "slots", stake=7)
        assert "You carry 0 coins, so 7 are missing" in text(refused)


async def test_a_wager_is_accepted_once_and_every_press_shows_the_outcome(
    database: Database,
) -> None:
    async with world(database) as w:
        await award(w, w.alice, 100)
        await award(w, w.bob, 100)
        await set_to(w, "games_enabled", 1)
        offered = await w.alice.slash(w.channel, "wager", member=w.bob, amount=60)
        assert "Each stakes **60**" in text(offered) and "house edge 0.00 %" in text(offered)
        buttons = offered.response.components
        refused = await w.alice.click(offered.response, label="Accept")
        assert refused.ephemeral and "to answer" in text(refused)
        refused = await w.admin.click(offered.response, label="Take back")
        assert refused.ephemeral and "to cancel" in text(refused)
        await w.bob.click(offered.response, label="Accept")
        after = text(offered)
        assert "Wager: played" in after and "wins **120**" in after
        for who, label in ((w.bob, "Accept"), (w.bob, "Decline"), (w.alice, "Take back")):
            await press_late(w, who, offered, buttons, label)
            assert text(offered) == after and not offered.response.components
        refused = await press_late(w, w.admin, offered, buttons, "Accept")
        assert refused.ephemeral and "was not yours" in text(refused)
        (played,) = facts(w, WagerPlayed)
        balances = {w.alice.id: 40, w.bob.id: 40}
        balances[played.winner_id] += 120
        assert await coins(w, w.alice) == balances[w.alice.id]
        assert await coins(w, w.bob) == balances[w.bob.id]
        as_rebuilt(w)


async def test_a_wager_is_declined_taken_back_or_runs_out(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, 100)
        await award(w, w.bob, 100)
        await set_to(w, "games_enabled", 1)
        offered = await w.alice.slash(w.channel, "wager", member=w.bob, amount=60)
        await w.bob.click(offered.response, label="Decline")
        assert f"<@{w.bob.id}> declined. Nothing was moved" in shown(w)
        offered = await w.alice.slash(w.channel, "wager", member=w.bob, amount=60)
        await w.alice.click(offered.response, label="Take back")
        assert f"<@{w.alice.id}> took it back" in shown(w)

        offered = await w.alice.slash(w.channel, "wager", member=w.bob, amount=60)
        at = facts(w, WagerOffered)[-1].occurred_at
        worker.drain(w.database)
        soon = schedule.run_in(w.database, w.guild.id, at + timedelta(minutes=59), due.DUE)
        ended = schedule.run_due(w.database, at + timedelta(minutes=60), [due.DUE])
        again = schedule.run_due(w.database, at + timedelta(minutes=61), [due.DUE])
        assert (len(soon), len(ended), len(again)) == (0, 1, 0)
        await w.bob.click(offered.response, label="Accept")
        assert "Nobody answered in time. Nothing was moved" in shown(w)
        assert (await coins(w, w.alice), await coins(w, w.bob)) == (100, 100)
        as_rebuilt(w)


async def test_accepting_without_the_coins_is_refused_and_the_wager_stays_open(
    database: Database,
) -> None:
    async with world(database) as w:
        await award(w, w.alice, 100)
        await set_to(w, "games_enabled", 1)
        offered = await w.alice.slash(w.channel, "wager", member=w.bob, amount=60)
        refused = await w.bob.click(offered.response, label="Accept")
        assert refused.ephemeral and "You carry 0 coins, so 60 are missing" in text(refused)
        await w.alice.slash(w.channel, "pay", member=w.bob, amount=60)
        refused = await w.bob.click(offered.response, label="Accept")
        assert f"<@{w.alice.id}> cannot play this any more" in text(refused)
        await award(w, w.alice, 20)
        await w.bob.click(offered.response, label="Accept")
        assert "Wager: played" in text(offered)


async def test_who_has_left_the_games_neither_bets_nor_is_challenged(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, 100)
        await award(w, w.bob, 100)
        await set_to(w, "games_enabled", 1)
        assert "nobody can challenge" not in text(await w.bob.slash(w.channel, "games optout"))
        assert "left the games already" in text(await w.bob.slash(w.channel, "games optout"))
        refused = await w.alice.slash(w.channel, "wager", member=w.bob, amount=6)
        assert "wants no games" in text(refused)
        refused = await w.bob.slash(w.channel, "coinflip", stake=5, side="tails")
        assert "`/games optin` brings you back" in text(refused)
        assert "Welcome back" in text(await w.bob.slash(w.channel, "games optin"))
        offered = await w.alice.slash(w.channel, "wager", member=w.bob, amount=6)
        assert "challenges" in text(offered)
