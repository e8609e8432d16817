"""A shop that sells for gems: bought, sold back and returned in gems, even once retired."""

from sql.pool import Database
from tests.support.currencies import GEM, GEMS, confirmed, grant
from tests.support.simulator import World, text, world
from tests.support.wealth import carried, lost

HAT = {"item": "hat", "name": "Hat", "price": 10, "currency": "gems", "refund_hours": 24}


async def open_shop(w: World) -> None:
    await confirmed(w, "declare", **GEMS)
    await grant(w, w.alice, 100, "gems")
    offered = await w.admin.slash(w.channel, "shop-admin create", **HAT)
    assert f"10 {GEM}" in text(offered)


async def test_an_item_is_bought_sold_and_returned_in_its_currency(database: Database) -> None:
    async with world(database) as w:
        await open_shop(w)
        assert f"10 {GEM}" in text(await w.alice.slash(w.channel, "shop browse"))
        names = await w.alice.autocomplete(w.channel, "shop buy", "item", "")
        assert [choice["name"] for choice in names] == ["Hat (10 gems)"]
        poor = await w.bob.slash(w.channel, "shop buy", item="hat")
        assert "costs 10 gems and you carry 0" in text(poor)
        bought = await w.alice.slash(w.channel, "shop buy", item="hat", quantity=3)
        assert f"for **30** {GEM}" in text(bought) and "70 gems left" in text(bought)
        back = await w.alice.click(bought.response, label="Return it")
        assert f"**30** {GEM} back" in text(back) and "You have 100 gems" in text(back)
        await w.alice.slash(w.channel, "shop buy", item="hat", quantity=2)
        await w.admin.slash(w.channel, "shop-admin edit", item="hat", refund_hours=0)
        await w.alice.slash(w.channel, "shop buy", item="hat", quantity=8)
        asked = await w.alice.slash(w.channel, "shop sell", item="hat", quantity=2)
        assert f"pays **10** {GEM}" in text(asked)
        sold = await w.alice.click(asked.response, label="Confirm")
        assert "You have 10 gems" in text(sold)
        assert carried(database, w.guild.id, w.alice.id) == {"gems": 10, "hat": 8}
        assert lost(database, w.guild.id) == {}


async def test_a_price_moved_to_another_currency_is_asked_about_again(database: Database) -> None:
    async with world(database) as w:
        await open_shop(w)
        await grant(w, w.alice, 100)
        shelf = await w.alice.slash(w.channel, "shop browse")
        asked = await w.alice.click(shelf.response, label="Hat")
        assert f"for **10** {GEM}? You have 100 and would keep 90." in text(asked)
        edited = await w.admin.slash(w.channel, "shop-admin edit", item="hat", currency="coins")
        assert f"10 {GEM}" not in text(edited)
        late = await w.alice.click(asked.response, label="Confirm")
        assert "The price is 10 coins now" in text(late)
        unknown = await w.admin.slash(w.channel, "shop-admin edit", item="hat", currency="pearls")
        assert "no currency of that name. It has: coins, gems." in text(unknown)


async def test_what_was_bought_for_gems_is_paid_back_after_they_were_retired(
    database: Database,
) -> None:
    async with world(database) as w:
        await open_shop(w)
        bought = await w.alice.slash(w.channel, "shop buy", item="hat", quantity=2)
        await confirmed(w, "retire", currency="gems")
        for command, options in (
            ("shop buy", {"item": "hat"}),
            ("shop sell", {"item": "hat"}),
        ):
            refused = await w.alice.slash(w.channel, command, **options)
            assert "has retired its gems" in text(refused), command
        changed = await w.admin.slash(w.channel, "shop-admin edit", item="hat", price=5)
        assert "Choose another one with the option `currency`" in text(changed)
        priced = await w.admin.slash(w.channel, "shop-admin create", **HAT | {"item": "cap"})
        assert "has retired its gems" in text(priced)
        back = await w.alice.click(bought.response, label="Return it")
        assert "You have 100 gems" in text(back)
        assert carried(database, w.guild.id, w.alice.id) == {"gems": 100}
