"""What members and admins do with quests, through the real client."""

from datetime import timedelta
from typing import Any

import discord

from bot import automation, schedule
from events.quests import QuestClaimed, QuestDefined, QuestEnded, QuestRewarded
from projections.engine import worker
from sql.pool import Database
from tests.support.simulator import World, happened, text, world

FORM = {
    "name": "Talk to us",
    "description": "Say hello, and more.",
    "goal": "messages 3",
    "reward": "50 XP, 20 coins, badge level-5",
    "more": "link: https://example.org/issues/7",
}


async def write(w: World, quest: str = "talk", **written: str) -> Any:
    form = await w.admin.slash(w.channel, "quest-admin create", quest=quest)
    return await w.admin.submit_modal(form, FORM | written)


async def confirm(w: World, asked: Any) -> str:
    return text(await w.admin.click(asked.response, label="Confirm"))


async def opened(w: World, quest: str = "talk", **written: str) -> str:
    made = await write(w, quest, **written)
    return await confirm(w, await w.admin.click(made.response, label="Open it for members"))


async def say(w: World, member: Any, *words: str) -> None:
    for word in words:
        await member.send(w.channel, word)
    await w.capture.drain()
    settle(w)


def settle(w: World) -> None:
    automation.drain(w.database)
    worker.drain(w.database)


def labels(shown: Any) -> list[str]:
    rows = shown.response.components
    return [b["label"] for row in rows for b in row["components"] if b.get("label")]


async def test_written_opened_taken_on_and_completed_by_itself(database: Database) -> None:
    async with world(database) as w:
        assert "No quest is open" in text(await w.alice.slash(w.channel, "quest list"))
        made = await write(w)
        shown = text(made)
        assert "nobody sees it yet" in shown and "Messages: 3" in shown
        assert "50 XP, 20 coins, badge" in shown and "https://example.org/issues/7" in shown
        assert "No quest is open" in text(await w.alice.slash(w.channel, "quest list"))
        gone = text(await w.alice.slash(w.channel, "quest show", quest="talk"))
        assert "no such quest" in gone
        preview = await w.admin.click(made.response, label="Open it for members")
        assert "Open this quest?" in text(preview)
        assert [fact.state for fact in happened(w, QuestDefined)] == ["draft"]
        assert "Quest open" in await confirm(w, preview)

        await say(w, w.alice, "before it counts")
        card = await w.alice.slash(w.channel, "quest show", quest="Talk to us")
        assert "not taken on" in text(card) and labels(card) == ["Take it on"]
        taken = text(await w.alice.click(card.response, label="Take it on"))
        assert "You have taken it on" in taken and "0 of 3" in taken
        twice = text(await w.alice.slash(w.channel, "quest claim", quest="talk"))
        assert "taken that quest on already" in twice
        await say(w, w.alice, "one", "two")
        listed = text(await w.alice.slash(w.channel, "quest list"))
        assert "2 of 3" in listed and "Talk to us" in listed
        await say(w, w.alice, "three", "four")
        assert "\N{WHITE HEAVY CHECK MARK}" in text(
            await w.alice.slash(w.channel, "quest show", quest="talk")
        )
        (fact,) = happened(w, QuestRewarded)
        assert (fact.user_id, fact.xp, fact.coins) == (w.alice.id, 50, 20)
        assert "**+50** Quests" in text(await w.alice.slash(w.channel, "why", number="xp"))
        assert "`talk`" in text(await w.alice.slash(w.channel, "why", number="xp"))
        assert "**+20** Quests" in text(await w.alice.slash(w.channel, "why", number="coins"))
        again = text(await w.alice.slash(w.channel, "quest claim", quest="talk"))
        assert "as often as one can" in again


async def test_handed_in_looked_at_sent_back_and_approved(database: Database) -> None:
    async with world(database) as w:
        await opened(w, "help", name="Help out", goal="custom", more="approval: yes")
        await w.alice.slash(w.channel, "quest claim", quest="help")
        early = text(await w.admin.slash(w.channel, "quest-admin board"))
        assert "1 at it, 0 waiting" in early and "0 waiting for approval" in early
        done = text(await w.alice.slash(w.channel, "quest submit", quest="help", note="all *done*"))
        assert "You have handed it in" in done and "an admin looks at it" in done
        board = await w.admin.slash(w.channel, "quest-admin board")
        assert "all \\*done\\*" in text(board) and "1 waiting for approval" in text(board)
        form = await w.admin.click(board.response, label="Send back 1")
        back = text(await w.admin.submit_modal(form, {"reason": "A little more."}))
        assert "Sent back" in back
        told = text(await w.alice.slash(w.channel, "quest show", quest="help"))
        assert "Sent back: A little more." in told
        stale = text(await w.admin.click(board.response, label="Approve 1"))
        assert "does not wait for approval any more" in stale
        await w.alice.slash(w.channel, "quest submit", quest="help")
        board = await w.admin.slash(w.channel, "quest-admin board")
        first = await w.admin.click(board.response, label="Approve 1")
        assert "would get 50 XP, 20 coins" in text(first)
        second = await w.admin.click(board.response, label="Approve 1")
        assert "got 50 XP, 20 coins, a badge" in await confirm(w, first)
        assert "has approved that already" in await confirm(w, second)
        assert len(happened(w, QuestRewarded)) == 1
        waits = text(
            await w.admin.slash(w.channel, "quest-admin approve", member=w.alice, quest="help")
        )
        assert "nothing of this quest waiting" in waits


async def test_admins_without_the_board(database: Database) -> None:
    async with world(database) as w:
        await opened(w, "help", goal="custom", more="approval: yes\nturns: 0")
        for word in ("no", "yes"):
            if word == "no":
                await w.alice.slash(w.channel, "quest claim", quest="help")
            await w.alice.slash(w.channel, "quest submit", quest="help")
            command = "quest-admin approve" if word == "yes" else "quest-admin reject"
            more = {} if word == "yes" else {"reason": "Try again."}
            asked = await w.admin.slash(w.channel, command, member=w.alice, quest="help", **more)
            assert ("Approved" if word == "yes" else "Sent back") in await confirm(w, asked)
        settle(w)
        assert len(happened(w, QuestRewarded)) == 1
        assert "You have taken it on" in text(
            await w.alice.slash(w.channel, "quest claim", quest="help")
        )


async def test_given_up_closed_and_run_out(database: Database) -> None:
    async with world(database) as w:
        await opened(w, more="places: 1\nuntil: 7 days")
        await w.alice.slash(w.channel, "quest claim", quest="talk")
        full = text(await w.bob.slash(w.channel, "quest claim", quest="talk"))
        assert "All places" in full
        up = text(await w.alice.slash(w.channel, "quest abandon", quest="talk"))
        assert "You have given it up" in up and "given up" in up
        await w.bob.slash(w.channel, "quest claim", quest="talk")
        close = await w.admin.slash(w.channel, "quest-admin close", quest="talk")
        assert "1 member would be at it no more" in text(close)
        assert "Quest closed" in await confirm(w, close)
        settle(w)
        assert [fact.end for fact in happened(w, QuestEnded)] == ["abandoned", "closed"]
        closed = text(await w.bob.slash(w.channel, "quest claim", quest="talk"))
        assert "not open" in closed
        preview = await w.admin.slash(w.channel, "quest-admin open", quest="talk")
        await confirm(w, preview)
        assert "You have taken it on" in text(
            await w.bob.slash(w.channel, "quest claim", quest="talk")
        )
        ends = happened(w, QuestClaimed)[-1].occurred_at + timedelta(days=8)
        schedule.run_due(w.database, ends)
        settle(w)
        assert happened(w, QuestDefined)[-1].state == "closed"
        assert [fact.end for fact in happened(w, QuestEnded)][2:] == ["expired"]


async def test_everybody_together(database: Database) -> None:
    async with world(database) as w:
        await opened(w, "all", name="All of us", more="scope: community\nshare: 1")
        mine = text(await w.alice.slash(w.channel, "quest claim", quest="all"))
        assert "Everybody takes part" in mine
        await say(w, w.alice, "one")
        await say(w, w.bob, "two")
        shown = text(await w.bob.slash(w.channel, "quest show", quest="all"))
        assert "2 of 3" in shown and "yours: 1" in shown
        form = await w.admin.slash(w.channel, "quest-admin edit", quest="all")
        kept = text(await w.admin.submit_modal(form, FORM | {"goal": "messages 2"}))
        assert "Everybody is at this quest" in kept
        await say(w, w.bob, "three")
        paid = {fact.user_id for fact in happened(w, QuestRewarded)}
        assert paid == {w.alice.id, w.bob.id}
        assert happened(w, QuestDefined)[-1].state == "closed"
        assert "reached" in text(await w.bob.slash(w.channel, "quest show", quest="all"))


async def test_forms_are_checked_and_a_stale_one_collides(database: Database) -> None:
    async with world(database) as w:
        form = await w.admin.slash(w.channel, "quest-admin create", quest="talk")
        bad = text(await w.admin.submit_modal(form, FORM | {"goal": "dance 3"}))
        assert "a word and a number" in bad
        assert "such badge" in text(await write(w, reward="badge moon"))
        assert "https://" in text(await write(w, more="link: http://example.org"))
        await opened(w)
        first = await w.admin.slash(w.channel, "quest-admin edit", quest="talk")
        second = await w.admin.slash(w.channel, "quest-admin edit", quest="talk")
        fields = {
            label["component"]["custom_id"]: label["component"].get("value") or ""
            for label in first.modal["components"]
        }
        assert fields["goal"] == "messages 3" and "badge level-5" in fields["reward"]
        done = text(await w.admin.submit_modal(first, fields | {"name": "Talk more"}))
        assert "Quest open" in done and "Talk more" in done
        stale = text(await w.admin.submit_modal(second, fields | {"name": "Talk less"}))
        assert "Somebody else changed the same thing" in stale
        twice = await w.admin.slash(w.channel, "quest-admin create", quest="talk")
        assert "There is such a quest" in text(twice)
        found = await w.admin.autocomplete(w.channel, "quest-admin edit", "quest", "more")
        assert [(c["name"], c["value"]) for c in found] == [("Talk more (Messages: 3)", "talk")]


async def test_members_press_no_buttons_of_admins(database: Database) -> None:
    async with world(database) as w:
        made = await write(w)
        open_id = made.response.components[0]["components"][0]["custom_id"]
        view = discord.ui.View(timeout=None)
        for number, custom_id in enumerate((open_id, f"questok:{w.alice.id}:talk:1:1:press")):
            view.add_item(discord.ui.Button(label=f"B{number}", custom_id=custom_id))
        channel = w.bot.get_channel(w.channel.id)
        assert isinstance(channel, discord.TextChannel)
        own = await channel.send("board", view=view)
        for label in ("B0", "B1"):
            refused = text(await w.alice.click(own, label=label))
            assert "permission to manage the server" in refused


async def test_many_quests_and_much_that_waits_turn_their_pages(database: Database) -> None:
    async with world(database) as w:
        members = [w.alice, w.bob]
        for number in range(1, 8):
            await opened(
                w, f"help-{number}", name=f"Help {number}", goal="custom", more="approval: yes"
            )
        for member in members:
            for number in range(1, 6):
                await member.slash(w.channel, "quest claim", quest=f"help-{number}")
                if number < 4:
                    await member.slash(w.channel, "quest submit", quest=f"help-{number}")
        for number in (6, 7):
            await w.alice.slash(w.channel, "quest claim", quest=f"help-{number}")
        full = text(await w.alice.slash(w.channel, "quest claim", quest="help-7"))
        assert "taken that quest on already" in full
        listed = await w.bob.slash(w.channel, "quest list")
        assert "Page 1 of 2" in text(listed)
        on = listed.response.components[0]["components"][1]["custom_id"]
        await w.bob.click(listed.response, custom_id=on)
        turned = w.channel.last_message.embeds[0]
        assert [field.name for field in turned.fields] == ["\N{SCROLL} Help 7"]
        board = await w.admin.slash(w.channel, "quest-admin board")
        assert "6 waiting for approval" in text(board)
        rows = board.response.components
        assert len(rows) == 5 and len(rows[4]["components"]) == 2
        await w.admin.click(board.response, custom_id=rows[4]["components"][1]["custom_id"])
