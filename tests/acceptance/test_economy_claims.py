"""Daily and weekly coins, activities, time zones and streaks, as members see them."""

import pytest

from events.activities import ACTIVITIES, Activity, ActivityDone
from events.claims import FREEZE_TOKEN
from events.decisions.draws import between
from events.economy import CoinsAwarded
from events.engine.catalogue import decode
from events.engine.snowflake import to_ms
from events.gaps import FORGIVES_MS, GapRecorded
from events.ledger import MINT, move, wallet
from sql import lake
from sql.pool import Database
from tests.support.facts import at
from tests.support.simulator import World, text, world

DAY = 86_400


def tokens(w: World, number: int) -> None:
    """Alice gets freeze tokens."""
    gift = CoinsAwarded(
        guild_id=w.guild.id,
        source_id="1:coin_award",
        user_id=w.admin.id,
        target_id=w.alice.id,
        occurred_at=at(0),
        amount=number,
        reason="a gift",
        postings=move(number, source=MINT, to=wallet(w.alice.id), currency=FREEZE_TOKEN),
    )
    append(w, gift)


def append(w: World, event: CoinsAwarded | GapRecorded) -> None:
    with w.database.transaction(w.guild.id) as conn:
        lake.append(conn, [event])


async def daily(w: World, *, after_days: int = 0) -> str:
    if after_days:
        await w.env.advance_time(after_days * DAY)
    return text(await w.alice.slash(w.channel, "daily"))


async def test_daily_coins_come_once_a_day(database: Database) -> None:
    async with world(database) as w:
        first = await daily(w)
        assert "**+1,000**" in first and "1 day in a row" in first and "by UTC" in first
        assert "/timezone set" in first
        refused = await w.alice.slash(w.channel, "daily")
        assert refused.ephemeral and "coins of this day already" in text(refused)
        assert "**+1,000**" in text(await w.bob.slash(w.channel, "daily"))
        assert "2 days in a row" in await daily(w, after_days=1)
        why = text(await w.alice.slash(w.channel, "why", number="coins"))
        assert "Why 2,000 Coins?" in why and "Daily coins (2)" in why


async def test_a_freeze_token_is_used_up_for_a_missed_day_and_the_member_is_told(
    database: Database,
) -> None:
    async with world(database) as w:
        await daily(w)
        tokens(w, 1)
        await w.env.advance_time(2 * DAY)
        before = text(await w.alice.slash(w.channel, "streak"))
        assert "1 freeze token; 1 needed at the next `/daily`" in before
        again = await daily(w)
        assert "2 days in a row" in again and "1 freeze token used up" in again
        after = text(await w.alice.slash(w.channel, "streak"))
        assert "Freeze tokens: 0 freeze tokens" in after and "longest 2" in after
        lost = await daily(w, after_days=2)
        assert "1 day in a row" in lost
        assert "Your streak of 2 days ended: you missed 1 day." in lost


async def test_no_streak_is_lost_for_a_day_on_which_the_bot_was_down(database: Database) -> None:
    async with world(database) as w:
        await daily(w)
        midday = to_ms(w.env.now()) + DAY * 1000 * 3 // 2
        outage = GapRecorded(
            guild_id=w.guild.id,
            source_id=f"gap:{midday}",
            occurred_at=at(0),
            began_ms=midday,
            ended_ms=midday + FORGIVES_MS,
            cause="outage",
        )
        append(w, outage)
        await w.env.advance_time(2 * DAY)
        shown = text(await w.alice.slash(w.channel, "streak"))
        assert "1 day forgiven: the bot was down" in shown
        again = await daily(w)
        assert "2 days in a row" in again and "The bot was down" in again


async def test_weekly_coins_come_once_a_week_times_the_multiplier(database: Database) -> None:
    async with world(database) as w:
        assert "**+1,500**" in text(await w.alice.slash(w.channel, "weekly"))
        refused = await w.alice.slash(w.channel, "weekly")
        assert refused.ephemeral and "coins of this week already" in text(refused)
        await w.env.advance_time(6 * DAY)
        await daily(w)
        await daily(w, after_days=1)
        second = text(await w.alice.slash(w.channel, "weekly"))
        assert "2 weeks in a row" in second
        assert "**+1,725**" in second and "(1,500 \N{MULTIPLICATION SIGN}1.15)" in second
        shown = text(await w.bob.slash(w.channel, "streak", member=w.alice))
        assert "Streak multiplier **\N{MULTIPLICATION SIGN}1.15**" in shown
        assert "Weekly: **2 weeks** now" in shown and "Daily: **2 days** now" in shown


async def test_a_streak_that_is_lost_is_shown_as_lost_before_the_next_claim(
    database: Database,
) -> None:
    async with world(database) as w:
        assert "No streak yet" in text(await w.alice.slash(w.channel, "streak"))
        await daily(w)
        await daily(w, after_days=1)
        await w.env.advance_time(3 * DAY)
        shown = text(await w.alice.slash(w.channel, "streak"))
        assert "**0 days** now" in shown and "longest 2" in shown and "2 days were lost" in shown


async def test_a_time_zone_is_chosen_from_a_list_and_doubles_no_claim(database: Database) -> None:
    async with world(database) as w:
        choices = await w.alice.autocomplete(w.channel, "timezone set", "zone", "kiri")
        assert [c["value"] for c in choices] == ["Pacific/Kiritimati"]
        assert "14:00" in choices[0]["name"]
        await w.env.advance_time(DAY // 2)
        assert "1 day in a row" in await daily(w)
        done = await w.alice.slash(w.channel, "timezone set", zone="pacific/kiritimati")
        assert done.ephemeral and "**Pacific/Kiritimati**" in text(done)
        assert "It is Fri 02:00 there" in text(done)
        refused = await w.alice.slash(w.channel, "daily")
        assert refused.ephemeral and "coins of this day already" in text(refused)
        assert "2 days in a row" in await daily(w, after_days=1)
        for zone, sentence in (("Atlantis", "no time zone"), ("Pacific/Kiritimati", "already")):
            refused = await w.alice.slash(w.channel, "timezone set", zone=zone)
            assert refused.ephemeral and sentence in text(refused)


@pytest.mark.parametrize("activity", ACTIVITIES.values(), ids=lambda a: a.id)
async def test_an_activity_pays_what_its_seed_says_and_then_needs_rest(
    database: Database, activity: Activity
) -> None:
    async with world(database) as w:
        told = text(await w.alice.slash(w.channel, activity.id))
        refused = await w.alice.slash(w.channel, activity.id)
        assert refused.ephemeral and "You need a rest first" in text(refused)
        (fact,) = facts(w)
        assert f"Drawn with seed {fact.seed}" in told
        if fact.won:
            assert f"**{between(fact.seed, 1, activity.low, activity.high)}**" in told
        await w.env.advance_time(activity.cooldown)
        assert "Drawn with seed" in text(await w.alice.slash(w.channel, activity.id))
        assert len({fact.seed for fact in facts(w)}) == 2


def facts(w: World) -> list[ActivityDone]:
    with w.database.transaction(w.guild.id) as conn:
        events = [decode(row) for row in lake.read(conn, w.guild.id, 0, 1000)]
    return [event for event in events if isinstance(event, ActivityDone)]


async def test_the_guild_decides_what_is_paid(database: Database) -> None:
    async with world(database) as w:
        for key, value in (("daily_coins", 300), ("weekly_coins", 0), ("activity_percent", 0)):
            preview = await w.admin.slash(w.channel, "settings set", key=key, value=str(value))
            await w.admin.click(preview.response, label="Confirm")
        assert "**+300**" in await daily(w)
        for command, key in (("weekly", "weekly_coins"), ("work", "activity_percent")):
            refused = await w.alice.slash(w.channel, command)
            assert refused.ephemeral and key in text(refused)
