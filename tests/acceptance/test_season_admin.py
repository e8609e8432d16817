"""Seasons as admins have them go on, through the real client. The simulator's world begins with
2026, so the quarter from January to March is running."""

from datetime import timedelta
from typing import Any

import discord
import pytest

from events.engine.catalogue import decode
from events.seasons import SeasonEnded
from projections.engine import worker
from sql import lake
from sql.pool import Database
from tests.support.rolling import season_messages, seasons_of, write
from tests.support.simulator import World, text, world

ANN, BEN = 91, 92


async def ask(w: World, name: str, /, **options: object) -> str:
    return text(await w.admin.slash(w.channel, f"season {name}", **options))


async def confirmed(w: World, name: str, /, **options: object) -> str:
    preview = await w.admin.slash(w.channel, f"season {name}", **options)
    return text(await w.admin.click(preview.response, label="Confirm"))


async def later(w: World, **span: float) -> None:
    await w.env.advance_time(timedelta(**span).total_seconds())


def button(shown: Any, label: str) -> str:
    """The custom id of a button, as an admin's own screen may still show it."""
    found = [b for row in shown.response.components for b in row["components"]]
    return str(next(b["custom_id"] for b in found if b.get("label") == label))


async def press(w: World, custom_id: str) -> str:
    """The admin presses a button that was there before."""
    shown = await w.admin.slash(w.channel, "season list")
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Again", custom_id=custom_id))
    channel = w.bot.get_channel(w.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.get_partial_message(shown.response.id).edit(view=view)
    return text(await w.admin.click(shown.response, custom_id=custom_id))


def names(w: World, database: Database) -> list[str]:
    return [row["name"] for row in seasons_of(database, w.guild.id)]


async def test_a_season_is_planned_and_begins_and_ends_by_itself(database: Database) -> None:
    async with world(database) as w:
        dates = {"first_day": "2026-04-10", "last_day": "2026-04-19"}
        planned = await ask(w, "create", name="Spring *cup*", **dates)
        assert "Season planned" in planned and r"Spring \*cup\*" in planned
        assert "1 April to 9 April 2026" in planned
        assert r"Planned: **Spring \*cup\***" in await ask(w, "list")
        await later(w, days=103)
        await ask(w, "edit", name="Spring cup")  # what is due is done before
        assert names(w, database)[-1] == "Spring cup"
        assert "Spring cup: XP" in await ask(w, "standings")
        await later(w, days=10)
        await ask(w, "repeat", every="month")
        assert names(w, database) == [
            "January to March 2026",
            "1 April to 9 April 2026",
            "Spring cup",
            "20 April to 30 June 2026",
        ]


async def test_the_running_season_is_changed_and_a_plan_too(database: Database) -> None:
    async with world(database) as w:
        changed = await ask(w, "edit", name="Winter", last_day="2026-02-14")
        assert "Season changed" in changed and "Winter" in changed
        assert "15 February to 31 March 2026" in changed
        await ask(w, "create", name="Cup", first_day="2026-03-01", last_day="2026-03-07")
        (plan,) = [
            choice["value"]
            for choice in await w.admin.autocomplete(w.channel, "season edit", "which", "cu")
        ]
        moved = await ask(w, "edit", which=plan, last_day="2026-03-09", name="Big cup")
        assert "Big cup" in moved and "10 March to 31 March 2026" in moved
        assert "has begun already" in await ask(w, "edit", first_day="2026-03-01")
        assert "Pick a season from the list" in await ask(w, "edit", which="nonsense")
        gone = await w.admin.slash(w.channel, "season end", which=plan)
        assert "Take this plan back?" in text(gone) and "Big cup" in text(gone)
        assert "Plan taken back" in text(await w.admin.click(gone.response, label="Confirm"))
        again = await ask(w, "end", which=plan)
        assert "not planned any more" in again


async def test_a_season_is_ended_once_with_its_rewards(database: Database) -> None:
    async with world(database) as w:
        assert "January to March 2026" in await ask(w, "end")  # the first one opens
        now = w.env.now()
        write(database, *season_messages(ANN, BEN, first=1000, at=now, guild=w.guild.id))
        await later(w, days=3)
        preview = await w.admin.slash(w.channel, "season end")
        assert "End January to March 2026 now?" in text(preview)
        assert f"<@{ANN}>" in text(preview) and "3,000" in text(preview)
        assert "badge `season-1-place-1`" in text(preview)
        assert "4 January to 31 March 2026" in text(preview)
        again = button(preview, "Confirm")
        done = text(await w.admin.click(preview.response, label="Confirm"))
        assert "Season closed" in done and "4 January to 31 March 2026" in done
        assert "over already" in await press(w, again)
        with database.transaction(w.guild.id) as conn:
            rows = lake.read(conn, w.guild.id, 0, 1000)
        (ended,) = [fact for fact in map(decode, rows) if isinstance(fact, SeasonEnded)]
        assert (ended.user_id, ended.ranked, ended.number) == (w.admin.id, 2, 1)
        worker.drain(database)
        assert f"<@{ANN}>" in await ask(w, "list")


async def test_seasons_recur_as_the_admin_wants_once(database: Database) -> None:
    async with world(database) as w:
        preview = await w.admin.slash(w.channel, "season repeat", every="days", days=7)
        assert "every 7 days" in text(preview) and "6 April to 12 April 2026" in text(preview)
        again = button(preview, "Confirm")
        first = text(await w.admin.click(preview.response, label="Confirm"))
        assert "Changed" in first
        assert await press(w, again) == first
        other = await w.admin.slash(w.channel, "season repeat", every="month")
        await confirmed(w, "repeat", every="never")
        stale = await w.admin.click(other.response, label="Confirm")
        assert "in the meantime" in text(stale)
        assert "how many days" in await ask(w, "repeat", every="days")
        assert "No other is planned" in await ask(w, "edit", name="The last one")
        await confirmed(w, "end")
        assert "No season is running" in await ask(w, "standings")
        assert "No season is running" in await ask(w, "edit", name="Which one?")
        begun = await ask(w, "create", name="New", last_day="2026-01-31")
        assert "Season begun" in begun and "New" in begun


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Etc/GMT+12", "America/Port-au-Prince"])
async def test_the_calendar_is_set_through_a_button(database: Database, zone: str) -> None:
    async with world(database) as w:
        shown = await confirmed(w, "calendar", zone=zone, week=6)
        assert f"by the clock of {zone}, weeks from Sunday" in shown
        assert "already" in await ask(w, "calendar", zone=zone)
        assert "no time zone of that name" in await ask(w, "calendar", zone="Bielefeld")
        monday = await confirmed(w, "calendar", week=0)
        assert f"by the clock of {zone}, weeks from Monday" in monday


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("create", {"name": "Mine", "last_day": "2026-01-31"}),
        ("edit", {"name": "Mine"}),
        ("end", {}),
        ("repeat", {"every": "month"}),
        ("calendar", {"week": 3}),
    ],
)
async def test_only_admins_have_seasons_go_on(
    database: Database, name: str, options: dict[str, object]
) -> None:
    async with world(database) as w:
        refused = await w.bob.slash(w.channel, f"season {name}", **options)
        assert "needs the permission to manage the server" in text(refused)
        assert seasons_of(database, w.guild.id) == []
