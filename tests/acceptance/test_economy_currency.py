"""A server calls its coins as it likes, and every reply that shows money does too."""

from events.economy import CoinsAwarded
from events.ledger import MINT, item, move, wallet
from sql import lake
from sql.pool import Database
from tests.support.currencies import confirmed
from tests.support.facts import at
from tests.support.simulator import text, world

SHELL = "\N{SPIRAL SHELL}"


async def test_money_is_shown_as_the_server_calls_it(database: Database) -> None:
    async with world(database) as w:
        asked = await w.admin.slash(
            w.channel, "currency name", name="shell", plural="shells", emoji=SHELL
        )
        assert asked.ephemeral and f"**1,234** {SHELL}" in text(asked)
        assert "1 shell, 1,234 shells" in text(asked)
        assert "Shells" not in text(await w.alice.slash(w.channel, "profile"))
        named = await w.admin.click(asked.response, label="Confirm")
        assert f"**1,234** {SHELL}" in text(named) and "in this server's log" in text(named)
        preview = await w.admin.slash(
            w.channel, "award", member=w.alice, kind="coins", amount=500, reason="hello"
        )
        assert "would get **+500 Shells**" in text(preview)
        done = await w.admin.click(preview.response, label="Confirm")
        assert "got **+500 Shells**" in text(done)
        paid = await w.alice.slash(w.channel, "pay", member=w.bob, amount=120)
        assert f"**120** {SHELL}" in text(paid) and "380 shells left" in text(paid)
        refused = await w.alice.slash(w.channel, "pay", member=w.bob, amount=900)
        assert "You carry 380 shells" in text(refused)
        put = await w.alice.slash(w.channel, "bank deposit", amount="80")
        assert f"**80** {SHELL}" in text(put)
        for name, options, words in (
            ("balance", {}, f"Wallet: **300** {SHELL}"),
            ("richest", {}, f"380 {SHELL}"),
            ("leaderboard", {"board": "coins"}, f"300 {SHELL}"),
            ("why", {"number": "coins"}, "Why 300 Shells?"),
            ("profile", {}, f"Shells: {SHELL} 300"),
        ):
            assert words in text(await w.alice.slash(w.channel, name, **options)), name


async def test_a_crate_speaks_of_money_as_the_server_does(database: Database) -> None:
    async with world(database) as w:
        await confirmed(w, "name", name="shell", plural="shells", emoji=SHELL)
        crate = CoinsAwarded(
            guild_id=w.guild.id,
            source_id="1:coin_award",
            user_id=w.admin.id,
            target_id=w.alice.id,
            occurred_at=at(1),
            amount=1,
            reason="test",
            postings=move(1, source=MINT, to=wallet(w.alice.id), currency=item("wooden-crate")),
        )
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, [crate])
        closed = text(await w.alice.slash(w.channel, "use", item="wooden-crate"))
        assert f"` 50 %` **50** {SHELL}" in closed and "130 shells on average" in closed


async def test_what_is_left_out_stays(database: Database) -> None:
    async with world(database) as w:
        await confirmed(w, "name", name="shell", plural="shells")
        named = await confirmed(w, "name", emoji=f" {SHELL} ")
        assert f"**1,234** {SHELL}" in named and "1,234 shells" in named
        refused = await w.admin.slash(w.channel, "currency name", emoji="money")
        assert refused.ephemeral and "Give one emoji" in text(refused)
        refused = await w.admin.slash(w.channel, "currency name")
        assert "called and shown already" in text(refused)


async def test_a_member_may_not_rename_the_coins(database: Database) -> None:
    async with world(database) as w:
        names = {command.split()[0] for command in w.alice.available_commands(w.channel)}
        assert "pay" in names and "currency" not in names
