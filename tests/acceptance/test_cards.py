"""Rank card, badges and comparison, through the real client."""

import asyncio
import io
import threading
from typing import Any

import discord
import pytest
from PIL import Image

from bot.commands import compare as comparing
from bot.commands import profile as profiling
from bot.points import reasons
from bot.recognition.pictures import rank_card
from bot.recognition.pictures.canvas import BLUE, GOLD, GRID
from bot.recognition.pictures.rank_card import BAR, Card
from bot.recognition.profile_cards import READS, load
from projections.engine import worker
from sql.pool import Database
from tests.support.simulator import World, text, world

FACE = (201, 3, 4)


async def award(w: World, member: Any, kind: str, amount: int) -> None:
    preview = await w.admin.slash(w.channel, "award", member=member, kind=kind, amount=amount)
    await w.admin.click(preview.response, label="Confirm")


def picture(w: World, shown: Any) -> Image.Image:
    (file,) = shown.response.attachments
    stored = w.env.backend.cdn.get(file.url)
    return Image.open(io.BytesIO(stored)).convert("RGB")


def files(shown: Any) -> list[str]:
    return [file.filename for file in shown.response.attachments]


async def test_a_profile_has_a_rank_card_with_the_bar_of_its_level(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, "xp", 200)  # level 1 is 125 XP, level 2 is 281
        shown = await w.bob.slash(w.channel, "profile", member=w.alice)
        assert files(shown) == ["rank-card.png"] and "81 to level 2" in text(shown)
        assert shown.response.embeds[0].image.url.endswith("rank-card.png")
        image = picture(w, shown)
        assert image.size == (rank_card.WIDTH, rank_card.HEIGHT)
        y, width = (BAR[1] + BAR[3]) // 2, BAR[2] - BAR[0]
        row = [image.getpixel((x, y)) for x in range(BAR[0], BAR[2])]
        assert abs(row.count(GOLD) - width * 75 / 156) <= 3
        assert abs(row.count(GRID) - width * 81 / 156) <= 3


async def test_the_avatar_is_fetched_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    file = io.BytesIO()
    Image.new("RGB", (64, 64), FACE).save(file, "PNG")

    async def from_cdn(url: str) -> bytes:
        asked.append(url)
        return file.getvalue()

    async with world(database) as w:
        carol = w.guild.add_member(w.env.create_user("carol", avatar="0123456789abcdef"))
        await w.env.settle()
        monkeypatch.setattr(w.bot.http, "get_from_cdn", from_cdn)
        await award(w, carol, "xp", 10)
        for _ in range(2):
            shown = await w.bob.slash(w.channel, "profile", member=carol)
            assert picture(w, shown).getpixel((124, 128)) == FACE
        assert len(asked) == 1 and "0123456789abcdef.png?size=256" in asked[0]


async def test_drawing_leaves_the_loop_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another task runs while a card is being drawn, which happens in another thread."""
    drawing, go_on = threading.Event(), threading.Event()
    threads: list[int] = []

    def slow(card: Card) -> bytes:
        threads.append(threading.get_ident())
        drawing.set()
        assert go_on.wait(5), "the loop was blocked"
        return rank_card.draw(card)

    monkeypatch.setattr(profiling, "draw", slow)
    async with world(database) as w:
        await award(w, w.alice, "xp", 10)

        async def meanwhile() -> None:
            while not drawing.is_set():
                await asyncio.sleep(0.001)
            go_on.set()

        other = asyncio.create_task(meanwhile())
        shown = await w.alice.slash(w.channel, "profile")
        await other
        assert files(shown) == ["rank-card.png"]
        assert threads and threads[0] != threading.get_ident()


async def test_the_embed_is_there_when_drawing_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(card: Card) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(profiling, "draw", broken)
    async with world(database) as w:
        await award(w, w.alice, "xp", 200)
        shown = await w.alice.slash(w.channel, "profile")
        assert files(shown) == [] and "Level 1" in text(shown) and "81 to level 2" in text(shown)


async def test_the_embed_is_there_where_files_are_not_allowed(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, "xp", 200)
        channel = w.bot.get_channel(w.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.set_permissions(channel.guild.default_role, attach_files=False)
        shown = await w.alice.slash(w.channel, "profile")
        assert files(shown) == [] and "81 to level 2" in text(shown)


async def test_the_embed_is_sent_when_discord_does_not_take_the_picture(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = discord.InteractionResponse.send_message

    async def picky(self: Any, **options: Any) -> Any:
        if options.get("files"):
            response: Any = type("Response", (), {"status": 413, "reason": "too large"})()
            raise discord.HTTPException(response, "Request entity too large")
        return await send(self, **options)

    monkeypatch.setattr(discord.InteractionResponse, "send_message", picky)
    async with world(database) as w:
        await award(w, w.alice, "xp", 200)
        shown = await w.alice.slash(w.channel, "profile")
        assert files(shown) == [] and "81 to level 2" in text(shown)
        assert shown.response.embeds[0].image.url is None


async def test_why_agrees_with_each_number_on_the_card(database: Database) -> None:
    async with world(database) as w:
        for kind, amount in (("xp", 130), ("stars", 7), ("coins", 500), ("xp", -20)):
            await award(w, w.alice, kind, amount)
        await w.alice.slash(w.channel, "pay", member=w.bob, amount=45)
        worker.drain(database)
        with database.transaction(w.guild.id) as conn:
            known = load(conn, w.guild.id, w.alice.id)
            said = {
                number: reasons.explain(conn, w.guild.id, w.alice.id, number, limit=1)
                for number in reasons.NUMBERS
            }
        shown = {"xp": known.number("xp"), "stars": known.number("stars"), "coins": known.coins}
        assert shown == {"xp": 110, "stars": 7, "coins": 455}
        assert {n: sum(t.amount for t in e.totals) for n, e in said.items()} == shown
        assert set(READS) >= {"accounts", "profiles"}


async def test_badges_are_listed_with_who_gave_them(database: Database) -> None:
    async with world(database) as w:
        none = await w.bob.slash(w.channel, "badges", member=w.alice)
        assert "No badges yet" in text(none)
        for number in range(1, 11):
            options = {"badge": f"b-{number}", "name": f"Badge {number}", "given_by": "holders"}
            await w.admin.slash(w.channel, "badge define", rarity="common", **options)
            why = {"reason": "for *help*"} if number == 10 else {}
            asked = await w.admin.slash(
                w.channel, "badge give", member=w.alice, badge=f"b-{number}", **why
            )
            await w.admin.click(asked.response, label="Confirm")
        asked = await w.alice.slash(w.channel, "badge give", member=w.bob, badge="b-3")
        await w.alice.click(asked.response, label="Confirm")
        shown = await w.alice.slash(w.channel, "badges")
        lines = [line for line in text(shown).splitlines() if "Badge " in line]
        assert "Badge 10" in lines[0] and f"given by <@{w.admin.id}>" in lines[0]
        assert len(lines) == 8 and "Page 1 of 2" in text(shown) and "10 badges" in text(shown)
        assert "> for \\*help\\*" in text(shown)
        turn = shown.response.components[0]["components"][1]["custom_id"]
        await w.bob.click(shown.response, custom_id=turn)
        second = w.channel.last_message.embeds[0].description
        assert "Badge 2" in second and "Badge 1**" in second and "Badge 3" not in second
        theirs = text(await w.alice.slash(w.channel, "badges", member=w.bob))
        assert f"passed on by <@{w.alice.id}>" in theirs and "1 badge " in theirs
        asked = await w.admin.slash(w.channel, "badge revoke", member=w.bob, badge="b-3")
        await w.admin.click(asked.response, label="Only this")
        assert "No badges yet" in text(await w.bob.slash(w.channel, "badges"))


async def test_two_members_are_compared(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, "xp", 300)
        await award(w, w.bob, "xp", 100)
        await award(w, w.bob, "coins", 70)
        shown = await w.alice.slash(w.channel, "compare", member=w.bob)
        words = text(shown)
        assert f"<@{w.alice.id}> \N{MIDDLE DOT} <@{w.bob.id}>" in words
        assert "XP: **300** \N{MIDDLE DOT} 100" in words
        assert "Coins: 0 \N{MIDDLE DOT} **70**" in words
        assert "Rank: #1 \N{MIDDLE DOT} #2" in words
        assert "Stars: 0 \N{MIDDLE DOT} 0" in words
        assert files(shown) == [comparing.FILE]
        colours = [colour for _, colour in picture(w, shown).getcolors(2**20) or []]
        assert GOLD in colours and BLUE in colours
        other = await w.admin.slash(w.channel, "compare", member=w.bob, other=w.alice)
        assert "XP: 100 \N{MIDDLE DOT} **300**" in text(other)
        alone = await w.alice.slash(w.channel, "compare", member=w.alice)
        assert "It takes two" in text(alone)


async def test_who_is_hidden_has_no_place_on_any_card(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, "xp", 300)
        await award(w, w.bob, "xp", 100)
        preferences = await w.alice.slash(w.channel, "preferences")
        await w.alice.click(preferences.response, label="Hide me from boards")
        words = text(await w.bob.slash(w.channel, "compare", member=w.alice))
        assert "Rank: #1 \N{MIDDLE DOT} none" in words
        with database.transaction(w.guild.id) as conn:
            assert load(conn, w.guild.id, w.alice.id).place is None
            assert load(conn, w.guild.id, w.bob.id).place == 1
