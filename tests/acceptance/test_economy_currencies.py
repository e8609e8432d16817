"""A server with a second currency: it is declared, moved, counted and retired like the first."""

from sql.pool import Database
from tests.support.currencies import GEM, GEMS, confirmed, grant
from tests.support.simulator import text, world
from tests.support.wealth import carried, lost


async def test_a_currency_is_declared_paid_and_seen_everywhere(database: Database) -> None:
    async with world(database) as w:
        nobody_has = await w.alice.slash(w.channel, "pay", member=w.bob, amount=1, currency="gems")
        assert "no currency of that name. It has: coins." in text(nobody_has)
        asked = await w.admin.slash(w.channel, "currency declare", **GEMS)
        assert asked.ephemeral and "please confirm" in text(asked)
        assert f"**1,234** {GEM}" in text(asked)
        await w.admin.click(asked.response, label="Confirm")
        granted = await grant(w, w.alice, 40, "gems")
        assert f"**+40** {GEM}" in granted and "+40 gems in all" in granted
        await grant(w, w.alice, 7)
        paid = await w.alice.slash(w.channel, "pay", member=w.bob, amount=15, currency="gems")
        assert f"**15** {GEM}" in text(paid) and "25 gems left" in text(paid)
        too_many = await w.alice.slash(w.channel, "pay", member=w.bob, amount=26, currency="Gems")
        assert "You carry 25 gems, so 1 are missing. Pay less." in text(too_many)
        assert "bank" not in text(too_many)
        for name, options, words in (
            ("balance", {}, f"Also in the wallet: **25** {GEM}"),
            ("profile", {}, f"Gems: {GEM} 25"),
            ("why", {"currency": "gems"}, "Why 25 Gems?"),
            ("why", {"number": "coins"}, "Why 7 Coins?"),
            ("richest", {"currency": "gems"}, f"25 {GEM}"),
            ("leaderboard", {"board": "coins", "currency": "gems"}, f"25 {GEM}"),
            ("transactions", {"currency": "gems"}, "2 in all"),
            ("transactions", {}, "3 in all"),
        ):
            assert words in text(await w.alice.slash(w.channel, name, **options)), name
        assert "Gems leaderboard" in text(
            await w.alice.slash(w.channel, "leaderboard", board="coins", currency="gems")
        )
        why = text(await w.alice.slash(w.channel, "why", number="coins", currency="gems"))
        assert "**+40** Awards by admins" in why and "**= 25** Gems" in why and "+7" not in why
        wrong = await w.alice.slash(w.channel, "why", number="stars", currency="gems")
        assert "Stars are no money" in text(wrong)
        wrong = await w.alice.slash(w.channel, "leaderboard", board="xp", currency="gems")
        assert "Only the board of coins" in text(wrong)
        assert lost(database, w.guild.id) == {}


async def test_admins_see_each_currency_for_itself(database: Database) -> None:
    async with world(database) as w:
        await confirmed(w, "declare", **GEMS)
        await grant(w, w.alice, 500)
        await grant(w, w.bob, 40, "gems")
        supply = await w.admin.slash(w.channel, "economy supply", currency="gems")
        assert "Money supply: gems" in text(supply) and f"**40** {GEM} with 1 member" in text(
            supply
        )
        assert "500" in text(await w.admin.slash(w.channel, "economy supply"))
        audit = text(await w.admin.slash(w.channel, "economy audit", currency="gems"))
        assert f"+40 {GEM}" in audit and "Books: gems: 40 made" in audit and "500" not in audit
        audit = text(await w.admin.slash(w.channel, "economy audit"))
        assert f"+40 {GEM}" in audit and "+500" in audit and "Books: coins" in audit
        acts = await w.admin.autocomplete(w.channel, "undo", "act", "")
        assert [act["name"].split(" \N{MIDDLE DOT} ")[0] for act in acts] == [
            "Award +40 gems",
            "Award +500 coins",
        ]
        taken = await w.admin.slash(w.channel, "economy take", of=w.bob, amount=50, currency="gems")
        assert "That member has 40 gems; at most those can be taken." in text(taken)
        await w.bob.slash(w.channel, "pay", member=w.alice, amount=30, currency="gems")
        spent = await w.admin.slash(w.channel, "undo", act=acts[0]["value"])
        assert "1 member has spent 30 gems of it" in text(spent)
        owed = await w.admin.slash(w.channel, "undo", act=acts[0]["value"], spent="debt")
        done = await w.admin.click(owed.response, label="Confirm")
        assert f"owes **30** {GEM}" in text(done)
        assert f"Owed: **30** {GEM}" in text(await w.bob.slash(w.channel, "balance"))
        listed = text(await w.admin.slash(w.channel, "currency list"))
        assert f"{GEM} **Gems** `gems`: 30" in listed and "2 of at most 10" in listed
        assert lost(database, w.guild.id) == {}


async def test_a_large_payment_is_confirmed_in_its_own_currency(database: Database) -> None:
    async with world(database) as w:
        await confirmed(w, "declare", **GEMS)
        await grant(w, w.alice, 10**6, "gems")
        asked = await w.alice.slash(w.channel, "pay", member=w.bob, amount=900_000, currency="gems")
        assert f"**900,000** {GEM}?" in text(asked)
        done = await w.alice.click(asked.response, label="Confirm")
        assert "100,000 gems left" in text(done)


async def test_a_retired_currency_is_seen_and_taken_but_not_given(database: Database) -> None:
    async with world(database) as w:
        await confirmed(w, "declare", **GEMS)
        await grant(w, w.alice, 40, "gems")
        offered = await w.alice.autocomplete(w.channel, "pay", "currency", "")
        assert [choice["name"] for choice in offered] == ["Coins", "Gems"]
        asked = await w.admin.slash(w.channel, "currency retire", currency="gems")
        assert "40 gems stay where they are" in text(asked)
        assert "No more gems" in text(await w.admin.click(asked.response, label="Confirm"))
        offered = await w.alice.autocomplete(w.channel, "pay", "currency", "")
        assert [choice["value"] for choice in offered] == ["coins"]
        offered = await w.alice.autocomplete(w.channel, "richest", "currency", "")
        assert [choice["name"] for choice in offered] == ["Coins", "Gems (retired)"]
        paid = await w.alice.slash(w.channel, "pay", member=w.bob, amount=1, currency="gems")
        given = await w.admin.slash(w.channel, "economy grant", to=w.bob, amount=1, currency="gem")
        assert "has retired its gems" in text(paid) and "has retired its gems" in text(given)
        assert f"**40** {GEM}" in text(await w.alice.slash(w.channel, "balance"))
        asked = await w.admin.slash(
            w.channel, "economy take", of=w.alice, amount=9, currency="gems"
        )
        assert f"\N{MINUS SIGN}9** {GEM}" in text(
            await w.admin.click(asked.response, label="Confirm")
        )
        again = await confirmed(w, "declare", **GEMS | {"emoji": "\N{COOKIE}"})
        assert "A new currency" in again
        assert "**31** \N{COOKIE}" in text(await w.alice.slash(w.channel, "balance"))


async def test_the_second_of_two_admins_is_told(database: Database) -> None:
    async with world(database) as w:
        first = await w.admin.slash(w.channel, "currency declare", **GEMS)
        second = await w.admin.slash(w.channel, "currency declare", **GEMS | {"name": "ruby"})
        await w.admin.click(first.response, label="Confirm")
        late = await w.admin.click(second.response, label="Confirm")
        assert "changed that currency since you looked" in text(late)
        assert "**Gems** `gems`" in text(await w.admin.slash(w.channel, "currency list"))


async def test_gems_are_traded_even_once_retired_and_bid_until_then(database: Database) -> None:
    async with world(database) as w:
        await confirmed(w, "declare", **GEMS)
        await grant(w, w.alice, 40, "gems")
        await grant(w, w.bob, 9)
        bidding = {"what": "coins", "amount": 5, "minimum": 2, "bids_in": "gems"}
        started = await w.bob.slash(w.channel, "auction start", **bidding)
        assert GEM in text(started)
        offered = await w.bob.autocomplete(w.channel, "auction start", "bids_in", "")
        assert [choice["value"] for choice in offered] == ["coins", "gems"]
        await confirmed(w, "retire", currency="gems")
        late = await w.bob.slash(w.channel, "auction start", **bidding)
        assert "has retired its gems" in text(late)
        await w.alice.slash(w.channel, "trade open", member=w.bob)
        put = await w.alice.slash(w.channel, "trade offer", what="gems", amount="15")
        assert f"**15** {GEM}" in text(put)
        await w.alice.click(put.response, label="Confirm")
        done = await w.bob.click(put.response, label="Confirm")
        assert "Everything has changed hands." in text(done)
        assert carried(database, w.guild.id, w.bob.id) == {"coins": 4, "gems": 15}
        assert lost(database, w.guild.id) == {}


async def test_what_is_owed_cannot_be_traded_away(database: Database) -> None:
    async with world(database) as w:
        await grant(w, w.alice, 40)
        act = (await w.admin.autocomplete(w.channel, "undo", "act", ""))[0]["value"]
        await w.alice.slash(w.channel, "pay", member=w.bob, amount=40)
        asked = await w.admin.slash(w.channel, "undo", act=act, spent="debt")
        assert "owes **40**" in text(await w.admin.click(asked.response, label="Confirm"))
        await w.alice.slash(w.channel, "trade open", member=w.bob)
        assert await w.alice.autocomplete(w.channel, "trade offer", "what", "") == []
        put = await w.alice.slash(w.channel, "trade offer", what="debt:coins", amount="40")
        assert "You have nothing of that name." in text(put)
