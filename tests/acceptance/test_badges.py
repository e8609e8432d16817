"""What members and admins do with badges, through the real client."""

from typing import Any

from bot import automation
from events.badges import BadgeGiven, BadgeRevoked
from projections.engine import worker
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from tests.support.awards import given_badge
from tests.support.simulator import World, button, happened, put_back, text, world


async def define(w: World, badge: str = "star", **options: Any) -> str:
    options = {"name": badge.title(), "given_by": "holders"} | options
    return text(await w.admin.slash(w.channel, "badge define", badge=badge, **options))


async def give(w: World, by: Any, to: Any, badge: str = "star", **more: Any) -> str:
    """Ask, confirm, and what the channel then sees."""
    asked = await by.slash(w.channel, "badge give", member=to, badge=badge, **more)
    if not asked.response.components:
        return text(asked)
    return text(await by.click(asked.response, label="Confirm"))


async def test_a_badge_is_passed_on_and_the_tree_shows_it(database: Database) -> None:
    async with world(database) as w:
        carol = w.guild.add_member(w.env.create_user("carol"))
        await w.env.settle()
        made = await define(w, emoji="\N{WHITE MEDIUM STAR}", rarity="epic", description="Shines.")
        assert "New badge" in made and "Epic" in made and "Admins and holders" in made
        given = await give(w, w.admin, w.alice, reason="for the raid")
        assert "Epic badge" in given and "for the raid" in given and "Shines." in given
        passed = await give(w, w.alice, w.bob)
        assert (
            f"<@{w.alice.id}> passed on **\N{WHITE MEDIUM STAR} Star** to <@{w.bob.id}>" in passed
        )
        await give(w, w.alice, carol)
        back = await give(w, w.bob, w.alice)
        assert "has this badge already" in back
        drawn = text(await w.bob.slash(w.channel, "badge lineage", badge="star", member=w.bob))
        lines = [line for line in drawn.splitlines() if "<@" in line]
        assert lines[0].startswith(f"<@{w.alice.id}> from <@{w.admin.id}>")
        assert lines[1].startswith(f"`\u251c\u2500` **<@{w.bob.id}>**")
        assert lines[2].startswith(f"`\u2514\u2500` <@{carol.id}>")
        assert "3 holders" in drawn and "passed on 1 time at most" in drawn
        parents = [fact.parent for fact in happened(w, BadgeGiven)]
        assert parents[0] is None and parents[1] == parents[2] is not None
        card = text(await w.bob.slash(w.channel, "profile"))
        assert "Badges: \N{WHITE MEDIUM STAR} Star" in card


async def test_a_double_click_gives_once(database: Database) -> None:
    async with world(database) as w:
        await define(w)
        asked = await w.admin.slash(w.channel, "badge give", member=w.alice, badge="star")
        confirm = button(asked, "Confirm")
        await w.admin.click(asked.response, custom_id=confirm)
        again = await w.admin.slash(w.channel, "badge lineage", badge="star")
        await put_back(w, again.response.id, confirm)
        shown = await w.admin.click(again.response, custom_id=confirm)
        assert "gave **" in text(shown)
        await put_back(w, again.response.id, confirm)
        refused = await w.alice.click(again.response, custom_id=confirm)
        assert "for the member who asked" in text(refused)
        assert len(happened(w, BadgeGiven)) == 1


async def test_taking_a_badge_back_offers_to_take_what_comes_from_it(database: Database) -> None:
    async with world(database) as w:
        carol = w.guild.add_member(w.env.create_user("carol"))
        await w.env.settle()
        await define(w)
        await give(w, w.admin, w.alice)
        await give(w, w.alice, w.bob)
        await give(w, w.bob, carol)
        asked = await w.admin.slash(w.channel, "badge revoke", member=w.alice, badge="star")
        assert asked.ephemeral and "2 awards come from theirs" in text(asked)
        alone, everything = button(asked, "Only this"), button(asked, "With all 2 passed on")
        done = await w.admin.click(asked.response, custom_id=alone)
        assert f"<@{w.alice.id}> no longer has" in text(done) and "nor have" not in text(done)
        drawn = text(await w.admin.slash(w.channel, "badge lineage", badge="star"))
        assert f"~~<@{w.alice.id}>~~" in drawn and "2 holders" in drawn
        again = await w.admin.slash(w.channel, "badge lineage", badge="star")
        for custom_id in (alone, everything):
            await put_back(w, again.response.id, custom_id)
            shown = await w.admin.click(again.response, custom_id=custom_id)
            assert f"<@{w.alice.id}> no longer has" in text(shown)
        await put_back(w, again.response.id, everything)
        refused = await w.bob.click(again.response, custom_id=everything)
        assert "permission to manage the server" in text(refused)
        assert [fact.target_id for fact in happened(w, BadgeRevoked)] == [w.alice.id]

        asked = await w.admin.slash(w.channel, "badge revoke", member=w.bob, badge="star")
        cancel = await w.admin.click(asked.response, label="Cancel")
        assert "Cancelled" in text(cancel)
        asked = await w.admin.slash(w.channel, "badge revoke", member=w.bob, badge="star")
        done = await w.admin.click(asked.response, label="With the one passed on")
        assert "nor have 1 other" in text(done)
        lost = [fact.target_id for fact in happened(w, BadgeRevoked)]
        assert lost == [w.alice.id, w.bob.id, carol.id]
        refused = await w.admin.slash(w.channel, "badge revoke", member=w.bob, badge="star")
        assert "does not have this badge" in text(refused)

        assert "gave" in await give(w, w.admin, w.alice)  # again
        worker.drain(database)
        assert not verify(database.dsn, [named("badges")], processes=1).differences


async def test_a_large_tree_turns_its_pages(database: Database) -> None:
    async with world(database) as w:
        await define(w, "kind-soul")
        facts = [
            given_badge(500 + n, "kind-soul", by=w.admin.id, to=9000 + n).model_copy(
                update={"guild_id": w.guild.id}
            )
            for n in range(25)
        ]
        with database.transaction(w.guild.id) as conn:
            lake.append(conn, facts)
        shown = await w.alice.slash(w.channel, "badge lineage", badge="Kind-Soul")
        assert "Page 1 of 2" in text(shown) and "25 holders" in text(shown)
        on = shown.response.components[0]["components"][1]["custom_id"]
        await w.alice.click(shown.response, custom_id=on)
        turned = w.channel.last_message.embeds[0]
        assert turned.description.startswith("<@9020> from") and "<@9024>" in turned.description


async def test_an_admin_fills_in_a_form_and_a_stale_one_collides(database: Database) -> None:
    async with world(database) as w:
        new = await w.admin.slash(w.channel, "badge define", badge="kind-soul")
        assert new.modal is not None and new.modal["title"] == "New badge"
        values = {"name": "Kind soul", "emoji": "\N{SPARKLING HEART}", "description": "Is kind."}
        done = text(await w.admin.submit_modal(new, values))
        assert "New badge" in done and "\N{SPARKLING HEART} Kind soul" in done
        first = await w.admin.slash(w.channel, "badge define", badge="kind-soul")
        second = await w.admin.slash(w.channel, "badge define", badge="kind-soul")
        done = text(await w.admin.submit_modal(first, values | {"name": "Kindest soul"}))
        assert "Badge changed" in done
        stale = text(await w.admin.submit_modal(second, values | {"name": "Kinder soul"}))
        assert "Somebody else changed the same thing" in stale
        wrong = await w.admin.slash(w.channel, "badge define", badge="kind-soul")
        refused = text(await w.admin.submit_modal(wrong, values | {"name": "  "}))
        assert "needs a name" in refused
        found = await w.admin.autocomplete(w.channel, "badge give", "badge", "kindest")
        assert [(c["name"], c["value"]) for c in found] == [("Kindest soul (common)", "kind-soul")]


async def test_members_cannot_do_what_admins_do(database: Database) -> None:
    async with world(database) as w:
        await define(w, "medal", given_by="admins")
        for command, options in (
            ("badge define", {"badge": "medal", "name": "Mine"}),
            ("badge define", {"badge": "medal"}),
            ("badge revoke", {"member": w.bob, "badge": "medal"}),
        ):
            refused = text(await w.alice.slash(w.channel, command, **options))
            assert "permission to manage the server" in refused
        assert "Only admins give this badge" in await give(w, w.alice, w.bob, "medal")
        assert "There is no such badge" in await give(w, w.admin, w.bob, "nothing")
        await give(w, w.admin, w.alice, "medal")
        assert "Only admins give this badge" in await give(w, w.alice, w.bob, "medal")
        assert len(happened(w, BadgeGiven)) == 1


async def test_a_retired_level_badge_is_not_earned_any_more(database: Database) -> None:
    async with world(database) as w:
        await define(w, "level-1", name="Newcomer", given_by="admins", retired=True)
        preview = await w.admin.slash(w.channel, "award", member=w.alice, kind="xp", amount=1100)
        await w.admin.click(preview.response, label="Confirm")
        automation.drain(database)
        worker.drain(database)
        card = text(await w.alice.slash(w.channel, "profile"))
        assert "Level 5" in card.split("Badges:")[1] and "Newcomer" not in card
