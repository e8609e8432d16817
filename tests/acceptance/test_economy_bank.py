"""Balance, bank, large payments and the richest, through the real client."""

from typing import Any

from events.economy import CoinsAwarded
from events.ledger import MINT, move, wallet
from events.members import MemberLeft
from sql import lake
from sql.pool import Database
from tests.support.facts import at, message
from tests.support.simulator import World, text, world


async def award(w: World, member: Any, amount: int) -> None:
    preview = await w.admin.slash(
        w.channel, "award", member=member, kind="coins", amount=amount, reason="test"
    )
    await w.admin.click(preview.response, label="Confirm")


async def test_coins_go_into_the_bank_and_come_out_again(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, 12_500)
        refused = await w.alice.slash(w.channel, "bank deposit", amount="all")
        assert "so 10,000 more fit" in text(refused)
        put = await w.alice.slash(w.channel, "bank deposit", amount="9,000")
        assert put.ephemeral and "9,000 of 10,000" in text(put) and "Wallet 3,500" in text(put)
        refused = await w.alice.slash(w.channel, "bank deposit", amount="1001")
        assert "so 1,000 more fit" in text(refused)
        purse = text(await w.alice.slash(w.channel, "balance"))
        assert "Wallet: **3,500**" in purse and "Bank: **9,000**" in purse
        assert "Net worth: **12,500**" in purse and "Rank: #1 of 1" in purse
        why = text(await w.alice.slash(w.channel, "why", number="coins"))
        assert "Why 3,500 Coins?" in why and "**= 3,500** Coins" in why and "Bank deposits" in why
        out = await w.alice.slash(w.channel, "bank withdraw", amount="all")
        assert "Wallet 12,500 \N{MIDDLE DOT} bank 0" in text(out)
        refused = await w.alice.slash(w.channel, "bank withdraw", amount="all")
        assert "Your bank is empty" in text(refused)


async def test_an_upgrade_is_shown_bought_once_and_gives_room(database: Database) -> None:
    async with world(database) as w:
        refused = await w.alice.slash(w.channel, "bank upgrade")
        assert "4,000 are missing" in text(refused)
        await award(w, w.alice, 25_000)
        first = await w.alice.slash(w.channel, "bank upgrade")
        second = await w.alice.slash(w.channel, "bank upgrade")
        assert "Tier 1 costs **4,000**" in text(first) and "**15,000**" in text(second)
        done = await w.alice.click(first.response, label="Confirm")
        assert "tier 1 now" in text(done) and "21,000 coins left" in text(done)
        again = await w.alice.click(second.response, label="Confirm")
        assert "tier 1 now" in text(again) and "21,000 coins left" in text(again)
        put = await w.alice.slash(w.channel, "bank deposit", amount="15000")
        assert "15,000 of 15,000" in text(put)
        offer = await w.alice.slash(w.channel, "bank upgrade")
        assert "8,000" in text(offer) and "2,000 are missing" in text(offer)


async def test_a_large_payment_is_confirmed_by_its_payer_and_made_once(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, 50_000)
        small = await w.alice.slash(w.channel, "pay", member=w.bob, amount=10_000)
        assert "paid" in text(small) and "40,000 coins left" in text(small)
        preview = await w.alice.slash(w.channel, "pay", member=w.bob, amount=10_001)
        assert "please confirm" in text(preview)
        stranger = await w.bob.click(preview.response, label="Confirm")
        assert "for the member who asked" in text(stranger)
        buttons = preview.response.components[0]["components"]
        sure = next(b["custom_id"] for b in buttons if b["label"] == "Confirm")
        done = await w.alice.click(preview.response, custom_id=sure)
        assert "paid" in text(done) and "29,999 coins left" in text(done)
        await w.alice.slash(w.channel, "pay", member=w.bob, amount=1)
        preview = await w.alice.slash(w.channel, "pay", member=w.bob, amount=20_000)
        cancelled = await w.alice.click(preview.response, label="Cancel")
        assert "Nothing was changed" in text(cancelled)
        purse = text(await w.bob.slash(w.channel, "balance"))
        assert "Wallet: **20,002**" in purse


def given_coins(w: World, number: int, user: int, amount: int) -> CoinsAwarded:
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


async def test_the_richest_share_ranks_and_hide_bots_and_who_left(database: Database) -> None:
    async with world(database) as w:
        assert "Nobody" in text(await w.bob.slash(w.channel, "richest"))
        rich = [
            message(5, user=93, guild=w.guild.id, is_bot=True),
            message(6, user=94, guild=w.guild.id),
            MemberLeft(guild_id=w.guild.id, source_id="94:leave:1", user_id=94, occurred_at=at(9)),
            *[given_coins(w, 20 + user, user, 5_000) for user in (93, 94)],
            *[given_coins(w, 200 + n, w.alice.id if n == 0 else 5000 + n, 700) for n in range(12)],
        ]
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, rich)
        await award(w, w.bob, 900)
        await award(w, w.admin, 700)
        await w.alice.slash(w.channel, "bank deposit", amount="600")
        board = await w.bob.slash(w.channel, "richest")
        lines = (board.response.embeds[0].description or "").splitlines()
        assert "**bob** \N{MIDDLE DOT} 900" in lines[0]
        assert "**alice** \N{MIDDLE DOT} 700" in lines[1]
        assert [line.split()[0] for line in lines[1:]] == ["\N{SECOND PLACE MEDAL}"] * 9
        assert "Page 1 of 2" in text(board) and "14 members" in text(board)
        assert "user93" not in text(board) and "user94" not in text(board)
        buttons = board.response.components[0]["components"]
        await w.bob.click(board.response, custom_id=buttons[1]["custom_id"])
        shown = w.channel.last_message.embeds[0]
        last = (shown.description or "").splitlines()[-1]
        assert "Page 2 of 2" in (shown.footer.text or "") and "**admin**" in last
        assert "Rank: #2 of 14" in text(await w.admin.slash(w.channel, "balance"))
