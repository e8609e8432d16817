"""What admins do to the economy and see of it, through the real client."""

from datetime import datetime, timedelta
from typing import Any

from bot import automation, schedule
from bot.due import tax
from events.decisions.upkeep import week_start
from events.economy import CoinsAwarded
from events.engine.snowflake import created_at
from events.ledger import MINT, move, wallet
from projections.engine import worker
from sql import lake
from sql.pool import Database
from sql.reads import fetch
from tests.support.simulator import World, text, world


async def confirm(w: World, preview: Any) -> str:
    """The words of the message after the admin has confirmed."""
    return text(await w.admin.click(preview.response, label="Confirm"))


async def grant(w: World, to: Any, amount: int, **more: Any) -> str:
    return await confirm(
        w, await w.admin.slash(w.channel, "economy grant", to=to, amount=amount, **more)
    )


def coins(w: World) -> dict[str, int]:
    """Who has how many coins in the wallet; the books add up."""
    worker.drain(w.database)
    guild = w.bot.get_guild(w.guild.id)
    assert guild is not None
    names = {member.id: member.name for member in guild.members}
    with w.database.transaction(w.guild.id) as conn:
        rows = fetch(conn, "accounts", "holders", guild=w.guild.id, currency="coins")
        sums = fetch(conn, "accounts", "sums", guild=w.guild.id)
    assert {row["sum"] for row in sums} <= {0}
    return {names[row["owner_id"]]: row["balance"] for row in rows if row["balance"]}


def join(w: World, name: str, role: Any) -> Any:
    return w.guild.add_member(w.env.create_user(name), roles=[role])


async def test_a_role_is_granted_coins_after_a_preview(database: Database) -> None:
    async with world(database) as w:
        role = w.guild.create_role("Team")
        cat, _ = join(w, "cat", role), join(w, "dan", role)
        await w.env.settle()
        preview = await w.admin.slash(
            w.channel, "economy grant", to=role, amount=50, reason="a raid"
        )
        assert preview.ephemeral
        assert "2 members, +100 coins in all" in text(preview)
        assert coins(w) == {}
        done = await confirm(w, preview)
        assert "Granted" in done and "a raid" in done and f"<@{cat.id}> **+50**" in done
        assert coins(w) == {"cat": 50, "dan": 50}
        again = await w.admin.slash(w.channel, "economy take", of=role, amount=60)
        assert "2 members, \N{MINUS SIGN}100 coins in all" in text(again)
        join(w, "eve", role)
        await w.env.settle()
        assert "Others have that role now" in text(
            await w.admin.click(again.response, label="Confirm")
        )
        assert coins(w) == {"cat": 50, "dan": 50}


async def test_taking_from_a_member_asks_for_no_more_than_is_there(database: Database) -> None:
    async with world(database) as w:
        await grant(w, w.alice, 80)
        refused = await w.admin.slash(w.channel, "economy take", of=w.alice, amount=81)
        assert "has 80 coins; at most those" in text(refused)
        done = await confirm(
            w, await w.admin.slash(w.channel, "economy take", of=w.alice, amount=30)
        )
        assert "Taken" in done
        assert coins(w) == {"alice": 50}


async def test_a_reason_can_be_made_mandatory(database: Database) -> None:
    async with world(database) as w:
        await confirm(
            w,
            await w.admin.slash(
                w.channel, "settings set", key="economy_reason_required", value="on"
            ),
        )
        for name, options in (
            ("economy grant", {"to": w.alice, "amount": 5}),
            ("economy take", {"of": w.alice, "amount": 5}),
            ("economy reset", {"member": w.alice}),
            ("award", {"member": w.alice, "kind": "coins", "amount": 5}),
        ):
            refused = await w.admin.slash(w.channel, name, **options)
            assert "wants a reason" in text(refused), name
        assert "Granted" in await grant(w, w.alice, 5, reason="a raid")


async def test_an_act_is_found_previewed_and_undone_once(database: Database) -> None:
    async with world(database) as w:
        await grant(w, w.alice, 100, reason="too much")
        await w.alice.slash(w.channel, "pay", member=w.bob, amount=70)
        choices = await w.admin.autocomplete(w.channel, "undo", "act", "much")
        assert [c["name"].split(" \N{MIDDLE DOT} ")[:2] for c in choices] == [
            ["Award +100 coins", "alice"]
        ]
        act = choices[0]["value"]
        refused = await w.admin.slash(w.channel, "undo", act=act)
        assert "1 member has spent 70 coins of it" in text(refused)
        nothing = await w.admin.slash(w.channel, "undo", act=act, spent="skip")
        assert "nothing to undo" in text(nothing)

        preview = await w.admin.slash(w.channel, "undo", act=act, spent="debt")
        change = f"<@{w.alice.id}> **\N{MINUS SIGN}30** \N{COIN}, owes **70** \N{COIN}"
        assert change in text(preview)
        other = await w.admin.slash(w.channel, "undo", act=act, spent="debt")
        assert change in await confirm(w, preview)
        assert coins(w) == {"bob": 70}
        assert "Owed: **70**" in text(await w.alice.slash(w.channel, "balance"))
        twice = await w.admin.click(other.response, label="Confirm")
        assert "An act is undone once" in text(twice)
        assert await w.admin.autocomplete(w.channel, "undo", "act", "much") == []
        unknown = await w.admin.slash(w.channel, "undo", act="12:coin_award")
        assert "no such act" in text(unknown)

        await w.bob.slash(w.channel, "pay", member=w.alice, amount=60)
        automation.drain(database)
        assert coins(w) == {"bob": 10}
        why = text(await w.alice.slash(w.channel, "why", number="coins"))
        assert "Acts undone" in why and "Debts paid" in why and "Why 0 Coins?" in why


async def test_a_reset_is_undone_to_the_last_coin(database: Database) -> None:
    async with world(database) as w:
        await grant(w, w.alice, 100)
        preview = await w.admin.slash(w.channel, "economy reset", member=w.alice, reason="cheating")
        assert "**\N{MINUS SIGN}100**" in text(preview)
        assert "cheating" in await confirm(w, preview)
        assert coins(w) == {}
        newest, _ = await w.admin.autocomplete(w.channel, "undo", "act", "")
        assert newest["name"].startswith("Reset \N{MINUS SIGN}100")
        await confirm(w, await w.admin.slash(w.channel, "undo", act=newest["value"]))
        assert coins(w) == {"alice": 100}
        empty = await w.admin.slash(w.channel, "economy reset", member=w.bob)
        assert "has nothing" in text(empty)


async def test_the_audit_shows_acts_in_pages_and_that_the_books_add_up(database: Database) -> None:
    async with world(database) as w:
        none = text(await w.admin.slash(w.channel, "economy audit"))
        assert "Nobody has done anything" in none
        for number in range(1, 11):
            await grant(w, w.alice, number, reason=f"reason {number}")
        page = await w.admin.slash(w.channel, "economy audit")
        assert "Page 1 of 2" in text(page) and "reason 10" in text(page)
        assert "55 made = 55 members: adds up" in text(page)
        turned = await w.admin.click(page.response, custom_id="audit:-:1:on")
        assert "Page 2 of 2" in text(turned) and "reason 2" in text(turned)
        assert "reason 10" not in text(turned)


async def test_the_next_weekly_run_is_shown_before_it_comes_and_can_be_undone(
    database: Database,
) -> None:
    async with world(database) as w:
        off = text(await w.admin.slash(w.channel, "economy settings"))
        assert "Off (`interest_weekly`)" in off and "need no reason" in off
        await grant(w, w.alice, 30_000)
        await confirm(
            w, await w.admin.slash(w.channel, "settings set", key="tax_weekly", value="1.25")
        )
        shown = text(await w.admin.slash(w.channel, "economy settings"))
        assert "**1.25 %** a week on what wallets hold beyond 10,000 coins" in shown
        assert "Next on" in shown and "today \N{MINUS SIGN}250 \N{COIN} for 1 member" in shown

        later = created_at(w.guild.id) + timedelta(days=7)
        (fact,) = schedule.run_in(database, w.guild.id, later, tax.DUE)
        assert coins(w) == {"alice": 29_750}
        (choice,) = await w.admin.autocomplete(w.channel, "undo", "act", "tax")
        assert fact.event.source_id == f"{choice['value']}:0"
        done = await confirm(w, await w.admin.slash(w.channel, "undo", act=choice["value"]))
        assert "**Tax**" in done and f"<@{w.alice.id}> **+250**" in done
        assert coins(w) == {"alice": 30_000}
        why = text(await w.alice.slash(w.channel, "why", number="coins"))
        assert "Tax" in why and "Acts undone" in why


async def test_members_see_none_of_it(database: Database) -> None:
    async with world(database) as w:
        theirs = {name.split()[0] for name in w.alice.available_commands(w.channel)}
        admins = {name.split()[0] for name in w.admin.available_commands(w.channel)}
        assert {"economy", "undo"} <= admins - theirs


async def test_the_money_supply_is_shown_by_week_with_a_chart(database: Database) -> None:
    async with world(database) as w:
        none = await w.admin.slash(w.channel, "economy supply")
        assert "Nobody has any" in text(none) and "**0** \N{COIN} with 0 members" in text(none)
        monday = week_start(created_at(w.guild.id))
        write(w, given(w, w.alice.id, 1_000, monday - timedelta(days=9)))
        write(w, given(w, w.bob.id, 3_000, monday - timedelta(days=2)))
        await grant(w, w.bob, 400)
        await confirm(w, await w.admin.slash(w.channel, "economy take", of=w.alice, amount=150))
        await w.bob.slash(w.channel, "pay", member=w.alice, amount=850)
        worker.drain(database)

        shown = await w.admin.slash(w.channel, "economy supply")
        words = text(shown)
        assert "**4,250** \N{COIN} with 2 members" in words
        assert "+400 made, \N{MINUS SIGN}150 destroyed\n+6.25 %" in words
        assert "Velocity: 0.20 a week" in words and "Gini: 0.100" in words
        assert f"<@{w.bob.id}> **2,550** \N{COIN}\n<@{w.alice.id}> **1,700**" in words
        before = f"{monday - timedelta(days=7):%d %b}"
        most = f"velocity 0.00, Gini 0.250, most <@{w.bob.id}> 3,000"
        assert f"`{before}` **4,000** (+300.00 %), {most}" in words
        assert "Made by: Awards by admins: 4,400" in words
        assert "Destroyed by: Awards by admins: 150" in words
        assert [file.filename for file in shown.response.attachments] == ["supply.png"]


def given(w: World, member: int, amount: int, at: datetime) -> CoinsAwarded:
    return CoinsAwarded(
        guild_id=w.guild.id,
        source_id=f"{member}:coin_award",
        user_id=w.admin.id,
        target_id=member,
        occurred_at=at,
        amount=amount,
        reason="long ago",
        postings=move(amount, source=MINT, to=wallet(member)),
    )


def write(w: World, *events: CoinsAwarded) -> None:
    with w.database.transaction(w.guild.id) as conn:
        lake.append(conn, events)
