"""The list of what moved: one's own, filtered, paged, as a file; that of others for admins."""

import csv
import io
from typing import Any

import pytest

from events.economy import CoinsAwarded
from events.ledger import MINT, item, move, wallet
from sql import lake
from sql.pool import Database
from tests.support.facts import at
from tests.support.simulator import World, text, world


def award(w: World, number: int, user: int, amount: int) -> CoinsAwarded:
    return CoinsAwarded(
        guild_id=w.guild.id,
        source_id=f"{number}:coin_award",
        user_id=w.admin.id,
        target_id=user,
        occurred_at=at(number),
        amount=amount,
        reason="test",
        postings=move(amount, source=MINT, to=wallet(user)),
    )


def tell(w: World, database: Database, *events: CoinsAwarded) -> None:
    with database.transaction(w.guild.id) as conn:
        lake.append(conn, list(events))


def lines(result: Any) -> list[str]:
    return (result.response.embeds[0].description or "").splitlines()[1:]


async def test_ones_own_moves_newest_first_with_the_balance_after_each(
    database: Database,
) -> None:
    async with world(database) as w:
        nothing = await w.alice.slash(w.channel, "transactions")
        assert nothing.ephemeral and "none yet" in text(nothing)
        assert not nothing.response.components
        tell(w, database, award(w, 1, w.alice.id, 500), award(w, 2, w.bob.id, 7))
        await w.alice.slash(w.channel, "pay", member=w.bob, amount=120)
        await w.alice.slash(w.channel, "bank deposit", amount="all")
        shown = await w.alice.slash(w.channel, "transactions")
        into, out, paid, got = lines(shown)
        assert "`+380`" in into and "(bank), then 380" in into
        assert "`\N{MINUS SIGN}380`" in out and "(bank)" not in out and "then 0" in out
        assert f"Payments with <@{w.bob.id}>, then 380" in paid
        assert f"`+500` \N{COIN} Awards by admins with <@{w.admin.id}>, then 500" in got
        assert "Page 1 of 1" in text(shown) and "4 in all" in text(shown)


async def test_one_kind_of_them(database: Database) -> None:
    async with world(database) as w:
        tell(w, database, award(w, 1, w.alice.id, 500))
        await w.alice.slash(w.channel, "pay", member=w.bob, amount=120)
        choices = await w.alice.autocomplete(w.channel, "transactions", "kind", "bank")
        assert [c["value"] for c in choices] == ["bank_deposit", "bank_upgrade", "bank_withdrawal"]
        for kind in ("payment", "Payments"):
            shown = await w.alice.slash(w.channel, "transactions", kind=kind)
            assert "Transactions: Payments" in text(shown) and len(lines(shown)) == 1
        none = await w.alice.slash(w.channel, "transactions", kind="bank_deposit")
        assert "none yet" in text(none)
        refused = await w.alice.slash(w.channel, "transactions", kind="message_create")
        assert "no such kind" in text(refused)


async def test_those_of_others_are_for_admins(database: Database) -> None:
    async with world(database) as w:
        tell(w, database, award(w, 1, w.alice.id, 500))
        refused = await w.bob.slash(w.channel, "transactions", member=w.alice)
        assert "those of others are for admins" in text(refused)
        shown = await w.admin.slash(w.channel, "transactions", member=w.alice)
        assert shown.ephemeral and len(lines(shown)) == 1
        saved = await w.admin.click(shown.response, label="Save as CSV")
        assert "1 transaction of" in text(saved)


def buttons(result: Any) -> list[dict[str, Any]]:
    return [b for row in result.response.components for b in row["components"]]


async def test_pages_and_a_file_with_all_of_them(database: Database) -> None:
    async with world(database) as w:
        tell(w, database, *[award(w, n, w.alice.id, n) for n in range(1, 24)])
        shown = await w.alice.slash(w.channel, "transactions")
        assert "Page 1 of 3" in text(shown) and len(lines(shown)) == 10
        turned = await w.alice.click(shown.response, custom_id=buttons(shown)[1]["custom_id"])
        assert "Page 2 of 3" in text(turned) and "`+13`" in lines(turned)[0]
        saved = await w.alice.click(shown.response, label="Save as CSV")
        assert saved.ephemeral and "23 transactions" in text(saved)
        (attachment,) = saved.response.attachments
        assert attachment.filename == f"transactions-{w.alice.id}.csv"
        rows = list(csv.DictReader(io.StringIO((await attachment.read()).decode())))
        assert [int(row["amount"]) for row in rows] == list(range(23, 0, -1))
        assert int(rows[0]["balance"]) == sum(range(1, 24))


async def test_a_file_that_would_be_too_long_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.transactions.MOST", 4)
    async with world(database) as w:
        for many, words in ((4, "4 transactions"), (5, "Older ones are left out")):
            tell(w, database, *[award(w, n, w.alice.id, n) for n in range(1, many + 1)])
            shown = await w.alice.slash(w.channel, "transactions")
            saved = await w.alice.click(shown.response, label="Save as CSV")
            assert words in text(saved) and "4 transactions" in text(saved)
            assert ("Older" in text(saved)) is (many > 4)
            (attachment,) = saved.response.attachments
            assert len((await attachment.read()).decode().splitlines()) == 5


async def test_things_are_listed_by_name(database: Database) -> None:
    async with world(database) as w:
        tell(w, database, *[thing(w, n, i) for n, i in ((1, "wooden-crate"), (2, "unheard-of"))])
        unknown, known = lines(await w.alice.slash(w.channel, "transactions"))
        assert known.startswith("`+1` Wooden crate Awards by admins")
        assert unknown.startswith("`+1` unheard-of Awards by admins")


def thing(w: World, number: int, item_id: str) -> CoinsAwarded:
    postings = move(1, source=MINT, to=wallet(w.alice.id), currency=item(item_id))
    return award(w, number, w.alice.id, 1).model_copy(update={"postings": postings})
