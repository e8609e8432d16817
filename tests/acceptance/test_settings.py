"""``/settings`` as admins use it: menus, forms, history, undo, and two admins at once."""

from dataclasses import replace
from typing import Any

import discord
import pytest

from bot.settings_admin import sheets, versions
from events.decisions import settings as decisions
from events.engine.catalogue import decode
from events.engine.setting import Channels, Roles, Setting
from events.settings import AREAS, SETTINGS, RulesAdopted, SettingChanged
from projections.engine.rules import Rules
from sql import lake
from sql.pool import Database
from tests.support.facts import setting
from tests.support.ruling import values_of
from tests.support.simulator import World, text, world


def told(w: World) -> list[Any]:
    with w.database.transaction(w.guild.id) as conn:
        rows = lake.with_prefix(conn, w.guild.id, "rule:")
    return [e for e in map(decode, rows) if isinstance(e, SettingChanged | RulesAdopted)]


def changed(w: World) -> list[tuple[str, Any, Any, int]]:
    return [
        (e.key, e.previous, e.value, e.revision) for e in told(w) if isinstance(e, SettingChanged)
    ]


async def opened(w: World, key: str) -> Any:
    """The sheet of one setting, by the menus."""
    area = next(name for name, one in AREAS.items() if SETTINGS[key] in one.settings)
    first = await w.admin.slash(w.channel, "settings show")
    second = await w.admin.select(first.response, [area], custom_id="setarea:all:pick")
    return await w.admin.select(second.response, [key], custom_id=f"setkey:{area}:pick")


async def test_a_switch_is_turned_with_a_button_and_back_with_another(database: Database) -> None:
    async with world(database) as w:
        sheet = await opened(w, "games_enabled")
        assert "Now **off**" in text(sheet) and "Say on or off." in text(sheet)
        done = await w.admin.click(sheet.response, label="On")
        assert "off \N{RIGHTWARDS ARROW} **on**" in text(done) and "Now **on**" in text(done)
        assert f"<@{w.admin.id}>" in text(done)
        back = await w.admin.click(done.response, label="Undo the last change")
        assert "on \N{RIGHTWARDS ARROW} **off**" in text(back)
        assert changed(w) == [("games_enabled", None, 1, 1), ("games_enabled", 1, None, 2)]


async def test_a_number_is_written_into_a_form_with_its_unit(database: Database) -> None:
    async with world(database) as w:
        sheet = await opened(w, "tax_weekly")
        form = await w.admin.click(sheet.response, label="Change")
        refused = await w.admin.submit_modal(form, {"value": "51"})
        assert "pick a number from 0.00 to 50.00 %" in text(refused)
        form = await w.admin.click(sheet.response, label="Change")
        done = await w.admin.submit_modal(form, {"value": "1.25 %"})
        assert "0.00 % \N{RIGHTWARDS ARROW} **1.25 %**" in text(done)
        default = await w.admin.click(done.response, label="Back to the default")
        assert "Now **0.00 %**" in text(default)
        assert [value for _, _, value, _ in changed(w)] == [125, None]


async def test_a_curve_is_chosen_or_written(database: Database) -> None:
    async with world(database) as w:
        sheet = await opened(w, "level_curve")
        done = await w.admin.select(
            sheet.response, ["mee6"], custom_id="setpick:level_curve:0:pick"
        )
        assert "**MEE6" in text(done)
        assert "Level 1: 100 XP, level 2: 255 XP, level 5: 1,150 XP" in text(done)
        form = await w.admin.click(done.response, label="Write your own")
        refused = await w.admin.submit_modal(form, {"value": "100 -1"})
        assert "level 2 would need 98 XP and the level before it 99" in text(refused)
        form = await w.admin.click(done.response, label="Write your own")
        done = await w.admin.submit_modal(form, {"value": "100, 50, 20"})
        assert "**100 50 20**" in text(done)
        assert [value for _, _, value, _ in changed(w)] == ["mee6", "100 50 20"]


@pytest.fixture
def things(monkeypatch: pytest.MonkeyPatch) -> None:
    """An area with lists in it."""
    halls, ranks = Channels("halls", description="Halls"), Roles("ranks", description="Ranks")
    area = AREAS["levels"]
    listed = type(area)(area.title, area.description, (halls, ranks))
    everything: dict[str, Setting] = {**SETTINGS, "halls": halls, "ranks": ranks}
    for module in (
        "projections.engine.rules",
        "bot.settings_admin.sheets",
        "bot.settings_admin.desk",
        "bot.settings_admin.showing",
        "events.decisions.settings",
    ):
        monkeypatch.setattr(f"{module}.SETTINGS", everything)
    first = {key: s.default for key, s in everything.items()}
    monkeypatch.setattr("projections.engine.rules._FIRST", first)
    for module in ("bot.settings_admin.sheets", "bot.settings_admin.showing"):
        monkeypatch.setattr(f"{module}.AREAS", {**AREAS, "levels": listed})


@pytest.mark.usefixtures("things")
async def test_channels_and_roles_are_picked_in_discords_own_menus(database: Database) -> None:
    async with world(database) as w:
        first = await w.admin.slash(w.channel, "settings show", area="levels")
        sheet = await w.admin.select(first.response, ["halls"], custom_id="setkey:levels:pick")
        done = await w.admin.select(sheet.response, [w.channel], custom_id="setpick:halls:0:things")
        assert f"none \N{RIGHTWARDS ARROW} **<#{w.channel.id}>**" in text(done)
        sheet = await w.admin.select(done.response, ["ranks"], custom_id="setkey:levels:pick")
        done = await w.admin.select(sheet.response, [w.role], custom_id="setpick:ranks:0:things")
        assert f"**<@&{w.role.id}>**" in text(done)
        done = await w.admin.select(done.response, [], custom_id="setpick:ranks:1:things")
        assert "Now **none**" in text(done)
        assert changed(w) == [
            ("halls", None, str(w.channel.id), 1),
            ("ranks", None, str(w.role.id), 1),
            ("ranks", str(w.role.id), "", 2),
        ]


async def test_who_saw_an_older_value_is_refused_with_the_present_one(database: Database) -> None:
    async with world(database) as w:
        mine, theirs = await opened(w, "thread_xp"), await opened(w, "thread_xp")
        form = await w.admin.click(mine.response, label="Change")
        stale = await w.admin.click(theirs.response, label="Change")
        preview = await w.admin.slash(w.channel, "settings set", key="thread_xp", value="50")
        await w.admin.submit_modal(form, {"value": "40"})
        refused = await w.admin.submit_modal(stale, {"value": "45"})
        assert "changed meanwhile: it is 40 XP now" in text(refused)
        refused = await w.admin.click(preview.response, label="Confirm")
        assert "it is 40 XP now, and stays so" in text(refused)
        assert changed(w) == [("thread_xp", None, 40, 1)]


async def test_the_history_says_who_what_when_and_the_newest_change_is_undone(
    database: Database,
) -> None:
    async with world(database) as w:
        nothing = await w.admin.slash(w.channel, "settings undo", key="thread_xp")
        assert "Nobody has changed that" in text(nothing)
        for value in ("40", "45"):
            preview = await w.admin.slash(w.channel, "settings set", key="thread_xp", value=value)
            await w.admin.click(preview.response, label="Confirm")
        sheet = await opened(w, "thread_xp")
        undone = await w.admin.slash(w.channel, "settings undo", key="thread_xp")
        assert "45 XP \N{RIGHTWARDS ARROW} **40 XP**" in text(undone)
        late = await w.admin.click(sheet.response, label="Undo the last change")
        assert "was changed again since: it is 40 XP now" in text(late)
        lines = text(await w.admin.slash(w.channel, "settings history")).splitlines()[1:4]
        assert ["45 XP" in lines[0], "40 XP" in lines[1], "default" in lines[2]] == [True] * 3
        assert all("`thread_xp`" in line and f"<@{w.admin.id}>" in line for line in lines)
        only = await w.admin.slash(w.channel, "settings history", key="daily_coins")
        assert "Nothing was changed." in text(only)


async def test_every_area_fits_however_much_was_changed(database: Database) -> None:
    async with world(database) as w:
        most = [
            setting(key, max(values_of(s), key=lambda v: len(s.shown(v))), guild=w.guild.id)
            for key, s in SETTINGS.items()
        ]
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, most)
        overview = await w.admin.slash(w.channel, "settings show")
        for name, area in AREAS.items():
            assert area.title in text(overview)
            page = await w.admin.slash(w.channel, "settings show", area=name)
            assert [s.key for s in area.settings if f"`{s.key}` **" not in text(page)] == []
        history = await w.admin.slash(w.channel, "settings history")
        assert "Page 1 of" in text(history)


async def test_values_are_offered_where_they_can_be_listed(database: Database) -> None:
    async with world(database) as w:

        def offered(key: str, typed: str) -> Any:
            return w.admin.autocomplete(w.channel, "settings set", "value", typed, key=key)

        assert [c["value"] for c in await offered("games_enabled", "")] == ["on", "off"]
        assert any("MEE6" in c["name"] for c in await offered("level_curve", "mee"))
        assert "30 s" in [c["value"] for c in await offered("message_cooldown", "")]
        assert await offered("nothing", "") == []


@pytest.mark.usefixtures("things")
async def test_menus_buttons_and_forms_work_after_a_restart(database: Database) -> None:
    async with world(database) as w:
        overview = await w.admin.slash(w.channel, "settings show", area="levels")
        halls = await w.admin.select(overview.response, ["halls"], custom_id="setkey:levels:pick")
        switch, number = await opened(w, "games_enabled"), await opened(w, "tax_weekly")
        await w.env.restart_bot(type(w.bot)(w.bot.services, shard_count=1))
        await w.admin.select(halls.response, [w.channel], custom_id="setpick:halls:0:things")
        await w.admin.click(switch.response, label="On")
        form = await w.admin.click(number.response, label="Change")
        await w.env.restart_bot(type(w.bot)(w.bot.services, shard_count=1))
        await w.admin.submit_modal(form, {"value": "2"})
        assert [(key, value) for key, _, value, _ in changed(w)] == [
            ("halls", str(w.channel.id)),
            ("games_enabled", 1),
            ("tax_weekly", 200),
        ]


async def test_a_menu_outlives_no_permission(database: Database) -> None:
    async with world(database) as w:
        sheet = await opened(w, "games_enabled")
        guild = w.bot.get_guild(w.guild.id)
        admins = guild.get_role(w.role.id) if guild else None
        assert admins is not None
        await admins.edit(permissions=discord.Permissions.none())
        refused = await w.admin.click(sheet.response, label="On")
        assert "needs the permission to manage the server" in text(refused)
        assert changed(w) == []


async def test_a_newer_rule_version_is_previewed_and_adopted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(database) as w:
        newest = await w.admin.slash(w.channel, "settings version")
        assert "which is the newest" in text(newest)
        raised = {**SETTINGS, "thread_xp": replace(SETTINGS["thread_xp"], since={2: 25})}
        monkeypatch.setattr(versions, "SETTINGS", raised)
        monkeypatch.setattr("projections.engine.rules.SETTINGS", raised)
        monkeypatch.setattr("events.settings.SETTINGS", raised)
        for module in (versions, decisions, sheets):
            monkeypatch.setattr(module, "NEWEST_VERSION", 2)
        assert "2 is out: /settings version" in text(
            await w.admin.slash(w.channel, "settings show")
        )
        preview = await w.admin.slash(w.channel, "settings version")
        assert "`thread_xp` 20 XP \N{RIGHTWARDS ARROW} **25 XP**" in text(preview)
        twice = await w.admin.slash(w.channel, "settings version")
        done = await w.admin.click(preview.response, label="Confirm")
        assert "by rule version **2** now" in text(done)
        again = await w.admin.click(twice.response, label="Confirm")
        assert "by rule version **2** now" in text(again)
        refused = await w.admin.slash(w.channel, "settings version", version=7)
        assert "rule versions 1 to 2" in text(refused)
        adopted = [e for e in told(w) if isinstance(e, RulesAdopted)]
        assert [(e.version, e.previous, e.user_id) for e in adopted][-1] == (2, 1, w.admin.id)
        assert Rules.of(adopted).number("thread_xp") == 25
        assert "rule_version" in text(await w.admin.slash(w.channel, "settings history"))


async def test_a_preset_is_previewed_taken_over_once_and_put_back(database: Database) -> None:
    async with world(database) as w:
        preview = await w.admin.slash(w.channel, "settings preset", name="mee6")
        assert "15 XP" not in text(preview) and "0 XP \N{RIGHTWARDS ARROW} **25 XP**" in text(
            preview
        )
        twice = await w.admin.slash(w.channel, "settings preset", name="mee6")
        assert changed(w) == []
        done = await w.admin.click(preview.response, label="Confirm")
        assert "Taken over" in text(done) and "**60 s**" in text(done)
        known = changed(w)
        late = await w.admin.click(twice.response, label="Confirm")
        assert "One of these settings was changed meanwhile" in text(late)
        again = await w.admin.slash(w.channel, "settings preset", name="mee6")
        assert "as in the preset MEE6 already" in text(again)
        undone = await w.admin.slash(w.channel, "settings undo", key="level_curve")
        assert "**Tallystick" in text(undone)
        back = await w.admin.slash(w.channel, "settings preset", name="tallystick")
        await w.admin.click(back.response, label="Confirm")
        assert all(value is None for _, _, value, _ in changed(w)[len(known) :])
