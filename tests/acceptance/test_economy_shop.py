"""What members and admins see of the shop, through the real client."""

from typing import Any

import pytest

from events.shop import ItemBought, ItemRefunded, ItemSold
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql.pool import Database
from tests.support.simulator import World, button, happened, put_back, text, world


async def award(w: World, member: Any, amount: int) -> None:
    preview = await w.admin.slash(w.channel, "award", member=member, kind="coins", amount=amount)
    await w.admin.click(preview.response, label="Confirm")


async def create(w: World, item: str, **options: Any) -> str:
    options = {"name": item.title(), "price": 100} | options
    return text(await w.admin.slash(w.channel, "shop-admin create", item=item, **options))


async def restart(w: World) -> None:
    await w.env.restart_bot(type(w.bot)(w.bot.services, shard_count=1))


async def test_an_empty_shop_says_how_an_admin_puts_the_first_item_in(database: Database) -> None:
    async with world(database) as w:
        assert "/shop-admin create item:cookie" in text(
            await w.alice.slash(w.channel, "shop browse")
        )
        assert "has no things yet" in text(await w.alice.slash(w.channel, "inventory"))


async def test_an_item_is_offered_bought_given_and_found_in_the_inventory(
    database: Database,
) -> None:
    async with world(database) as w:
        shown = await create(
            w, "sword", emoji="\N{DAGGER KNIFE}", description="It is sharp.", stock=5, limit=3
        )
        assert "In the shop now" in shown and "\N{DAGGER KNIFE} Sword" in shown
        await award(w, w.alice, 450)
        browsed = text(await w.alice.slash(w.channel, "shop browse"))
        for words in ("Sword", "100", "It is sharp.", "5 left", "3 for each member", "1 item"):
            assert words in browsed

        found = await w.alice.autocomplete(w.channel, "shop buy", "item", "swo")
        assert [(c["name"], c["value"]) for c in found] == [("Sword (100 coins)", "sword")]
        bought = await w.alice.slash(w.channel, "shop buy", item="SWORD", quantity=2)
        assert f"<@{w.alice.id}> bought **2 \N{MULTIPLICATION SIGN}" in text(bought)
        assert "250 coins left" in text(bought) and "3 in stock" in text(bought)

        mine = await w.alice.autocomplete(w.channel, "give", "item", "")
        assert [(c["name"], c["value"]) for c in mine] == [("Sword (2)", "sword")]
        given = await w.alice.slash(w.channel, "give", member=w.bob, item="sword")
        assert f"<@{w.alice.id}> gave <@{w.bob.id}> **1 \N{MULTIPLICATION SIGN}" in text(given)
        his = text(await w.alice.slash(w.channel, "inventory", member=w.bob))
        assert "Sword** \N{MULTIPLICATION SIGN} 1" in his and "It is sharp." in his
        worker.drain(database)
        models = [named(name) for name in ("accounts", "purchases", "shop")]
        assert not verify(database.dsn, models, processes=1).differences


@pytest.mark.parametrize(
    ("options", "coins", "quantity", "sentence"),
    [
        ({}, 99, 1, "costs 100 coins and you carry 99, so 1 are missing"),
        ({"stock": 1}, 500, 2, "Only 1 left"),
        ({"stock": 0}, 500, 1, "sold out"),
        ({"limit": 2}, 500, 3, "so you can buy 2 more"),
    ],
)
async def test_what_cannot_be_bought_and_why(
    database: Database, options: dict[str, int], coins: int, quantity: int, sentence: str
) -> None:
    async with world(database) as w:
        await create(w, "sword", **options)
        await award(w, w.alice, coins)
        refused = await w.alice.slash(w.channel, "shop buy", item="sword", quantity=quantity)
        assert refused.ephemeral and sentence in text(refused)
        refused = await w.alice.slash(w.channel, "shop buy", item="shield")
        assert "There is no such item. Pick one from the list" in text(refused)
        refused = await w.alice.slash(w.channel, "give", member=w.bob, item="sword")
        assert "You have none of that" in text(refused)
        assert happened(w, ItemBought) == []


async def test_roles_open_the_gate_and_lower_the_price(database: Database) -> None:
    async with world(database) as w:
        knights, nobles = w.guild.create_role("Knights"), w.guild.create_role("Nobles")
        carol = w.guild.add_member(w.env.create_user("carol"), roles=[knights, nobles])
        await create(w, "sword", role=knights)
        priced = await w.admin.slash(
            w.channel, "shop-admin role-price", item="sword", role=nobles, price=60
        )
        assert f"<@&{nobles.id}> pays 60" in text(priced)
        await award(w, carol, 100)
        await award(w, w.alice, 100)
        refused = await w.alice.slash(w.channel, "shop buy", item="sword")
        assert f"role <@&{knights.id}>" in text(refused)
        bought = await carol.slash(w.channel, "shop buy", item="sword")
        assert "40 coins left" in text(bought) and f"of <@&{nobles.id}>" in text(bought)
        (fact,) = happened(w, ItemBought)
        assert (fact.unit_price, fact.price_role_id, fact.gate_role_id, fact.revision) == (
            60,
            nobles.id,
            knights.id,
            2,
        )
        await w.admin.slash(w.channel, "shop-admin role-price", item="sword", role=nobles)
        await w.admin.slash(w.channel, "shop-admin edit", item="sword", clear="role")
        await w.alice.slash(w.channel, "shop buy", item="sword")
        assert [e.unit_price for e in happened(w, ItemBought)] == [60, 100]


async def test_a_button_asks_first_and_a_double_click_buys_once(database: Database) -> None:
    async with world(database) as w:
        await create(w, "sword")
        await award(w, w.alice, 450)
        browsed = await w.alice.slash(w.channel, "shop browse")
        await restart(w)
        asked = await w.alice.click(browsed.response, label="Sword")
        assert asked.ephemeral and "You have 450 and would keep 350" in text(asked)
        confirm = button(asked, "Confirm")
        await w.alice.click(asked.response, custom_id=confirm)
        again = await w.alice.slash(w.channel, "shop browse")
        await put_back(w, again.response.id, confirm)
        second = await w.alice.click(again.response, custom_id=confirm)
        assert "350 coins left" in text(second)
        await put_back(w, again.response.id, confirm)
        refused = await w.bob.click(again.response, custom_id=confirm)
        assert "for the member who asked" in text(refused)
        assert len(happened(w, ItemBought)) == 1


async def test_a_price_that_rose_since_it_was_shown_is_not_charged(database: Database) -> None:
    async with world(database) as w:
        await create(w, "sword")
        await award(w, w.alice, 450)
        browsed = await w.alice.slash(w.channel, "shop browse")
        asked = await w.alice.click(browsed.response, label="Sword")
        await w.admin.slash(w.channel, "shop-admin edit", item="sword", price=400)
        refused = await w.alice.click(asked.response, label="Confirm")
        assert "The price is 400 coins now" in text(refused)
        assert happened(w, ItemBought) == []


async def test_a_purchase_is_returned_once_by_its_buyer(database: Database) -> None:
    async with world(database) as w:
        await create(w, "sword", refund_hours=24, stock=1)
        await award(w, w.alice, 100)
        bought = await w.alice.slash(w.channel, "shop buy", item="sword")
        assert "0 coins left" in text(bought) and "0 in stock" in text(bought)
        refused = await w.bob.click(bought.response, label="Return it")
        assert "no purchase of yours" in text(refused)
        found = await w.alice.autocomplete(w.channel, "shop refund", "purchase", "")
        assert [c["name"] for c in found] == ["1 \N{MULTIPLICATION SIGN} Sword (100 coins)"]
        for _ in range(2):
            back = await w.alice.click(bought.response, label="Return it")
            assert "has **100**" in text(back) and "You have 100 coins" in text(back)
        refused = await w.alice.slash(w.channel, "shop refund", purchase=found[0]["value"])
        assert "returned already" in text(refused)
        assert await w.alice.autocomplete(w.channel, "shop refund", "purchase", "") == []
        refused = await w.alice.slash(w.channel, "shop refund", purchase="nonsense")
        assert "no purchase of yours" in text(refused)
        assert len(happened(w, ItemRefunded)) == 1
        assert "1 left" in text(await w.alice.slash(w.channel, "shop browse"))


async def test_the_shop_buys_back_what_it_says_it_pays(database: Database) -> None:
    async with world(database) as w:
        await create(w, "sword")
        await award(w, w.alice, 300)
        await w.alice.slash(w.channel, "shop buy", item="sword", quantity=3)
        preview = await w.admin.slash(
            w.channel, "settings set", key="shop_sell_percent", value="40"
        )
        await w.admin.click(preview.response, label="Confirm")
        offer = await w.alice.slash(w.channel, "shop sell", item="sword", quantity=2)
        assert "pays **80**" in text(offer) and "40 per cent" in text(offer)
        confirm = button(offer, "Confirm")
        sold = await w.alice.click(offer.response, custom_id=confirm)
        assert "to the shop for **80**" in text(sold) and "You have 80 coins" in text(sold)
        refused = await w.alice.slash(w.channel, "shop sell", item="sword", quantity=2)
        assert "have 1 of that, so 1 are missing" in text(refused)
        shown = await w.alice.slash(w.channel, "shop browse")
        await put_back(w, shown.response.id, confirm)
        assert "You have 80 coins" in text(await w.alice.click(shown.response, custom_id=confirm))
        assert len(happened(w, ItemSold)) == 1


async def test_an_admin_fills_in_a_form_and_a_stale_one_collides(database: Database) -> None:
    async with world(database) as w:
        new = await w.admin.slash(w.channel, "shop-admin create", item="hat")
        assert new.modal is not None and new.modal["title"] == "New item"
        await restart(w)
        values = {"name": "Top hat", "price": "1,250", "stock": "3", "description": "Tall."}
        done = await w.admin.submit_modal(new, values)
        assert "Top hat" in text(done) and "1,250" in text(done) and "3 left" in text(done)

        first = await w.admin.slash(w.channel, "shop-admin edit", item="hat")
        second = await w.admin.slash(w.channel, "shop-admin edit", item="hat")
        values = {"name": "Hat", "price": "10", "stock": "3", "description": ""}
        done = await w.admin.submit_modal(first, values)
        assert "In the shop now" in text(done)
        stale = await w.admin.submit_modal(second, values | {"price": "99"})
        assert "Somebody else changed the same thing" in text(stale)
        browsed = text(await w.alice.slash(w.channel, "shop browse"))
        assert "Hat \N{MIDDLE DOT} 10" in browsed and "3 left" in browsed


async def test_a_form_leaves_alone_what_was_sold_while_it_was_open(database: Database) -> None:
    async with world(database) as w:
        await create(w, "hat", stock=3, refund_hours=5)
        await award(w, w.alice, 100)
        form = await w.admin.slash(w.channel, "shop-admin edit", item="hat")
        await w.alice.slash(w.channel, "shop buy", item="hat")
        values = {"name": "Hat", "price": "70", "stock": "3"}
        done = text(await w.admin.submit_modal(form, values))
        assert "2 left" in done and "can be returned for 5 hours" in done
        wrong = await w.admin.slash(w.channel, "shop-admin edit", item="hat")
        refused = await w.admin.submit_modal(wrong, values | {"price": "cheap"})
        assert "The price is a whole number" in text(refused)


async def test_what_an_admin_cannot_put_in(database: Database) -> None:
    async with world(database) as w:
        assert "neither for a form" in text(
            await w.admin.slash(w.channel, "shop-admin create", item="hat", name="Hat")
        )
        assert "lower-case letters" in await create(w, "top_hat")
        assert "There is no effect" in await create(w, "hat", effect="fly")
        await create(w, "hat")
        assert "an item with that id already" in await create(w, "hat")
        assert "Another item has that name" in await create(w, "cap", name="hat")
        refused = await w.admin.slash(w.channel, "shop-admin edit", item="hat", price=100)
        assert "like that already" in text(refused)
        names = [c.split()[0] for c in w.alice.available_commands(w.channel)]
        assert "shop" in names and "shop-admin" not in names


async def test_what_is_removed_is_kept_by_its_owners_and_can_come_back(database: Database) -> None:
    async with world(database) as w:
        await create(w, "hat")
        await award(w, w.alice, 200)
        await w.alice.slash(w.channel, "shop buy", item="hat")
        preview = await w.admin.slash(w.channel, "shop-admin remove", item="hat")
        assert "sold so far: 1." in text(preview)
        confirm = button(preview, "Confirm")
        done = await w.admin.click(preview.response, custom_id=confirm)
        assert "Hat** is not for sale any more" in text(done)
        shown = await w.admin.slash(w.channel, "shop browse")
        assert "Nothing is for sale yet" in text(shown)
        await put_back(w, shown.response.id, confirm)
        again = await w.admin.click(shown.response, custom_id=confirm)
        assert "Hat** is not for sale any more" in text(again)
        refused = await w.alice.slash(w.channel, "shop buy", item="hat")
        assert "not in the shop any more" in text(refused)
        assert "does not trade in this" in text(
            await w.alice.slash(w.channel, "shop sell", item="hat")
        )
        assert "Hat" in text(await w.alice.slash(w.channel, "inventory"))
        assert "In the shop now" in await create(w, "hat")


async def test_a_long_shop_turns_its_pages(database: Database) -> None:
    async with world(database) as w:
        for number in range(7):
            await create(w, f"item-{number}", price=number)
        browsed = await w.alice.slash(w.channel, "shop browse")
        assert "Page 1 of 2" in text(browsed) and "7 items" in text(browsed)
        rows = browsed.response.components
        assert [len(row["components"]) for row in rows] == [5, 2]
        await w.alice.click(browsed.response, custom_id=rows[1]["components"][1]["custom_id"])
        turned = w.channel.last_message.embeds[0]
        assert [field.name[:6] for field in turned.fields] == ["Item-5", "Item-6"]


async def test_what_a_thing_does_is_known_where_it_is_used(database: Database) -> None:
    async with world(database) as w:
        await create(w, "lucky-box", effect="crate:100=coins*7")
        await award(w, w.alice, 100)
        browsed = text(await w.alice.slash(w.channel, "shop browse"))
        assert "Open it with /use: 100 % **7**" in browsed
        await w.alice.slash(w.channel, "shop buy", item="lucky-box")
        closed = await w.alice.slash(w.channel, "use", item="lucky-box")
        assert "Lucky-Box" in text(closed) and "`100 %` **7**" in text(closed)


async def test_a_shipped_thing_does_what_it_does_everywhere(database: Database) -> None:
    async with world(database) as w:
        found = await w.admin.autocomplete(w.channel, "shop-admin create", "item", "wooden")
        assert [(c["name"], c["value"]) for c in found] == [("Wooden crate", "wooden-crate")]
        cheap = await w.admin.slash(w.channel, "shop-admin create", item="wooden-crate", price=9)
        assert "Wooden crate" in text(cheap) and "`crate:wooden`" in text(cheap)
        assert "Raise the price" in text(cheap)
        dear = await w.admin.slash(w.channel, "shop-admin edit", item="wooden-crate", price=250)
        assert "Raise the price" not in text(dear)
        await w.admin.slash(w.channel, "shop-admin create", item="xp-boost", price=90)
        await w.admin.slash(
            w.channel, "shop-admin create", item="ice", name="Ice", price=80, effect="freeze-token"
        )
        browsed = text(await w.alice.slash(w.channel, "shop browse"))
        assert "2 \N{MULTIPLICATION SIGN} XP for 1 h 0 min" in browsed
        assert "a freeze token, which keeps a streak" in browsed
        await award(w, w.alice, 250)
        await w.alice.slash(w.channel, "shop buy", item="wooden-crate")
        closed = await w.alice.slash(w.channel, "use", item="wooden-crate")
        assert "` 50 %` **50**" in text(closed)


async def test_papers_are_sold_and_the_pet_is_given_away_by_its_name(database: Database) -> None:
    async with world(database) as w:
        await w.admin.slash(w.channel, "shop-admin create", item="adopt-fox", price=50)
        browsed = text(await w.alice.slash(w.channel, "shop browse"))
        assert "With /use: \N{FOX FACE} Fox of your own" in browsed
        await award(w, w.alice, 50)
        await w.alice.slash(w.channel, "shop buy", item="adopt-fox")
        await w.alice.slash(w.channel, "use", item="adopt-fox")
        mine = text(await w.alice.slash(w.channel, "inventory"))
        assert "\N{FOX FACE} Fox** \N{MULTIPLICATION SIGN} 1" in mine
        refused = await w.alice.slash(w.channel, "shop sell", item="\N{FOX FACE} Fox")
        assert "does not trade in this" in text(refused)
        given = await w.alice.slash(w.channel, "give", member=w.bob, item="\N{FOX FACE} fox")
        assert "\N{FOX FACE} Fox**" in text(given)
