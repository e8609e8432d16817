"""What members and servers are told by themselves: where, in which words, and each once."""

import re
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot import automation
from bot.effects.notices import Notices
from bot.effects.posting import nonce
from events.achievements import AchievementDefined, AchievementEarned
from events.seasons import Place, SeasonEnded
from events.settings import SettingChanged
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import rebuild
from sql import lake
from sql.pool import Database
from tests.support.facts import message
from tests.support.simulator import World, text, world


async def settings(w: World, **values: int | str) -> None:
    """An admin has set these."""
    events = [
        SettingChanged(
            guild_id=w.guild.id,
            source_id=f"rule:setting:{key}:1",
            user_id=w.admin.id,
            occurred_at=w.env.now(),
            key=key,
            value=value,
            previous=None,
            revision=1,
            interaction_id=9000,
        )
        for key, value in values.items()
    ]
    with w.database.transaction(w.guild.id) as conn:
        lake.append(conn, events)


async def here(w: World, **more: int | str) -> None:
    """Everything is told in the world's channel."""
    where: dict[str, int | str] = dict.fromkeys(
        ("level_up_channel", "award_channel", "badge_channel"), str(w.channel.id)
    )
    await settings(w, **(where | more))


async def award(w: World, member: Any, amount: int, kind: str = "xp") -> None:
    shown = await w.admin.slash(w.channel, "award", member=member, kind=kind, amount=amount)
    await w.admin.click(shown.response, label="Confirm")


async def a_while(w: World, seconds: int = 5) -> None:
    """What happens by itself, in a process that knows nothing from before."""
    await w.env.advance_time(seconds)
    worker.drain(w.database)
    automation.drain(w.database)
    assert await Notices(w.bot, w.database, w.env.now).once()
    await w.env.settle()


def posts(w: World, channel: Any | None = None) -> list[dict[str, Any]]:
    """The messages with notices that were handed to Discord, in order."""
    wanted = rf"/channels/{channel.id}/messages" if channel else r"/channels/\d+/messages"
    return [
        request.json
        for request in w.env.http_requests
        if request.method == "POST" and re.fullmatch(wanted, request.path) and request.json
    ]


def words(post: dict[str, Any]) -> str:
    (embed,) = post["embeds"]
    return str(embed["description"])


def unsent(w: World) -> int:
    with w.database.transaction(w.guild.id) as conn:
        row = conn.execute(b"select count(*) from notices where sent_at is null").fetchone()
    assert row is not None
    return int(row[0])


async def prefer(w: World, member: Any, notice: str, way: str) -> None:
    shown = await member.slash(w.channel, "preferences")
    await member.select(shown.response, [way], custom_id=f"notice:{notice}:pick")


async def test_a_level_is_told_once_in_the_servers_own_words(database: Database) -> None:
    async with world(database) as w:
        said = "{member} is {level} now (+{coins})!"
        await here(w, level_up_text=said, award_channel="", level_coins=25)
        await award(w, w.alice, 500)
        await a_while(w)
        (post,) = posts(w)
        assert words(post) == f"<@{w.alice.id}> is 3 now (+75 coins)!"
        assert post["enforce_nonce"] is True and len(post["nonce"]) <= 25
        assert post["allowed_mentions"]["parse"] == []
        assert not post.get("content")
        await a_while(w)
        await a_while(w, 3600)
        assert len(posts(w)) == 1


async def test_a_level_is_told_where_it_was_reached(database: Database) -> None:
    async with world(database) as w:
        other = w.guild.create_text_channel("talk")
        await settings(w, level_up_here=1, message_xp=500)
        await w.env.settle()
        await w.alice.send(other, "hello")
        await w.env.settle()
        await w.capture.drain()
        await a_while(w)
        assert posts(w, w.channel) == []
        (post,) = posts(w, other)
        assert "has reached" in words(post)


async def test_an_admin_cannot_set_words_with_a_place_that_is_not_known(
    database: Database,
) -> None:
    async with world(database) as w:
        change = {"key": "level_up_text", "value": "{member} is at {lvl}"}
        refused = await w.admin.slash(w.channel, "settings set", **change)
        assert refused.ephemeral
        assert "in braces only {member} {level} {coins}" in text(refused)
        change["value"] = "{member} is at {level}"
        shown = await w.admin.slash(w.channel, "settings set", **change)
        done = await w.admin.click(shown.response, label="Confirm")
        assert "{member} is at {level}" in text(done)


async def test_nothing_is_told_where_no_channel_is_set(database: Database) -> None:
    async with world(database) as w:
        await award(w, w.alice, 500)
        await a_while(w)
        assert posts(w) == []


async def test_several_at_once_are_one_message(database: Database) -> None:
    async with world(database) as w:
        await here(w, notice_ping=1)
        await award(w, w.alice, 500)
        await award(w, w.bob, 200)
        await a_while(w)
        both = posts(w)
        assert len({post["nonce"] for post in both}) == len(both) == 2
        assert {p["embeds"][0]["title"] for p in both} == {
            "2 \N{MULTIPLICATION SIGN} New levels",
            "2 \N{MULTIPLICATION SIGN} Awards",
        }
        for post in both:
            assert post["content"] == f"<@{w.alice.id}> <@{w.bob.id}>"
            mentioned = {int(one) for one in post["allowed_mentions"]["users"]}
            assert mentioned == {w.alice.id, w.bob.id}
            assert post["allowed_mentions"].get("parse", []) == []


async def test_a_digest_is_collected_and_then_told(database: Database) -> None:
    async with world(database) as w:
        await here(w, notice_digest=30, award_channel="")
        await award(w, w.alice, 500)
        await a_while(w)
        await award(w, w.bob, 500)
        await a_while(w, 29 * 60)
        assert posts(w) == []
        await a_while(w, 60)
        (post,) = posts(w)
        assert words(post).count("has reached") == 2


async def test_a_server_is_told_so_much_a_minute_and_the_rest_later(database: Database) -> None:
    async with world(database) as w:
        await here(w, notice_limit=1)
        await award(w, w.alice, 500)
        await a_while(w)  # the level and the award: two messages
        assert len(posts(w)) == 1
        await a_while(w, 30)
        assert len(posts(w)) == 1
        await a_while(w, 31)
        assert len(posts(w)) == 2


async def test_members_choose_not_to_be_told_of_or_to_be_told_directly(database: Database) -> None:
    async with world(database) as w:
        await here(w)
        await prefer(w, w.alice, "level_up", "dm")
        await prefer(w, w.alice, "award", "none")
        await award(w, w.alice, 500)
        await a_while(w)
        assert posts(w, w.channel) == []
        (post,) = posts(w)
        assert "has reached **level 3**" in words(post)
        assert (
            "You asked for this with /preferences in Guild A" in post["embeds"][0]["footer"]["text"]
        )


async def test_the_end_of_a_season_is_told_with_its_first_places(database: Database) -> None:
    async with world(database) as w:
        await settings(w, season_channel=str(w.channel.id), notice_ping=1)
        fact = SeasonEnded(
            guild_id=w.guild.id,
            source_id="rule:season:7:end",
            occurred_at=w.env.now() - timedelta(days=3),
            number=7,
            name="Autumn",
            starts_ms=1,
            ends_ms=2,
            board="xp",
            standing=[
                Place(rank=1, user_id=w.bob.id, number=4321),
                Place(rank=2, user_id=w.alice.id, number=7),
            ],
            ranked=2,
        )
        with w.database.transaction(w.guild.id) as conn:
            lake.append(conn, [fact])
        await a_while(w)
        (post,) = posts(w)
        assert post["embeds"][0]["title"] == "A season is over"
        assert words(post).splitlines() == [
            "**Autumn** is over: ",
            f"\N{FIRST PLACE MEDAL} <@{w.bob.id}> 4,321 XP",
            f"\N{SECOND PLACE MEDAL} <@{w.alice.id}> 7 XP",
        ]
        assert not post.get("content")


async def test_an_achievement_is_told_where_its_template_says(database: Database) -> None:
    async with world(database) as w:
        own = w.guild.create_text_channel("heroes")
        await here(w, achievement_channel=str(w.channel.id))
        facts = [
            template(w, "talker", 1, own.id),
            template(w, "thinker", 2, None),
            *(earned(w, "talker", n, member) for n, member in enumerate((w.alice, w.bob))),
            earned(w, "thinker", 3, w.alice),
        ]
        with w.database.transaction(w.guild.id) as conn:
            lake.append(conn, facts)
        await a_while(w)
        assert [words(post) for post in posts(w, w.channel)] == [
            f"<@{w.alice.id}> has got **\N{TROPHY} The thinker**."
        ]
        (digest,) = posts(w, own)  # of those that were found by looking back
        assert words(digest).count("The talker") == 2


def template(w: World, name: str, number: int, channel: int | None) -> AchievementDefined:
    return AchievementDefined(
        guild_id=w.guild.id,
        source_id=f"rule:achievement:{name}:{number}",
        user_id=w.admin.id,
        occurred_at=w.env.now(),
        achievement=name,
        revision=1,
        name=f"The {name}",
        emoji="\N{TROPHY}",
        description="",
        goal="messages",
        threshold=10**6,
        scope="lifetime",
        series=None,
        tier=1,
        rarity="common",
        xp=0,
        coins=0,
        image_url=None,
        announce_channel_id=channel,
        retired=False,
        interaction_id=number,
    )


def earned(w: World, name: str, number: int, member: Any) -> AchievementEarned:
    return AchievementEarned(
        guild_id=w.guild.id,
        source_id=f"{member.id}:achievement_earned:{name}:{number}",
        user_id=member.id,
        occurred_at=w.env.now() - timedelta(days=number),
        achievement=name,
        revision=1,
        season=0,
        way="look_back",
        coins=0,
        unpaid=0,
        cause_position=1,
        reason=None,
        interaction_id=None,
        postings=[],
    )


async def test_numbers_are_written_as_the_member_reads_them(database: Database) -> None:
    async with world(database) as w:
        await here(w, level_up_channel="")
        shown = await w.alice.slash(w.channel, "preferences")
        done = await w.alice.select(shown.response, ["de"], custom_id="locale:numbers:pick")
        assert "Numbers: 1.234.567" in text(done)
        await prefer(w, w.alice, "award", "dm")
        await award(w, w.alice, 12_000, "coins")
        await award(w, w.bob, 12_000, "coins")
        await a_while(w)
        assert sorted(map(words, posts(w))) == sorted(
            [
                f"<@{w.alice.id}> was awarded 12.000 coins.",
                f"<@{w.bob.id}> was awarded 12,000 coins.",
            ]
        )


async def test_a_server_can_do_without_direct_messages(database: Database) -> None:
    async with world(database) as w:
        await here(w, notice_direct=0, award_channel="")
        await prefer(w, w.alice, "level_up", "dm")
        await award(w, w.alice, 500)
        await a_while(w)
        assert posts(w) == []


async def test_what_is_refused_once_is_sent_again_as_the_same_message(
    database: Database,
) -> None:
    async with world(database) as w:
        await here(w, award_channel="")
        await award(w, w.alice, 500)
        w.env.inject_error("POST", "/channels/*/messages", status=400, code=1)
        await a_while(w)
        await a_while(w, 10)
        first, second = posts(w)
        assert first["nonce"] == second["nonce"] and words(first) == words(second)
        await a_while(w, 3600)
        assert len(posts(w)) == 2


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_connection_that_breaks_leaves_one_message(
    database: Database, monkeypatch: pytest.MonkeyPatch, arrives: bool
) -> None:
    async with world(database) as w:
        await here(w, award_channel="")
        await award(w, w.alice, 500)
        send, nonces = w.bot.http.send_message, []

        async def broken(channel_id: int, *, params: Any) -> Any:
            nonces.append(params.payload["nonce"])
            if arrives:
                await send(channel_id, params=params)
            raise ConnectionResetError("in the middle of it")

        monkeypatch.setattr(w.bot.http, "send_message", broken)
        await a_while(w)
        assert unsent(w) == 1
        monkeypatch.setattr(w.bot.http, "send_message", send)
        await a_while(w, 10)
        assert unsent(w) == 0
        (post,) = posts(w)
        assert [post["nonce"]] == nonces
        await a_while(w, 3600)
        assert len(posts(w)) == 1


async def test_one_that_got_there_without_our_knowing_is_not_sent_again(
    database: Database,
) -> None:
    async with world(database) as w:
        await here(w, award_channel="")
        await award(w, w.alice, 500)
        await a_while(w)
        with w.database.transaction(w.guild.id) as conn:  # as if killed before it was written down
            conn.execute(b"update notices set sent_at = null")
        await a_while(w, 3600)
        assert len(posts(w)) == 1
        assert unsent(w) == 0


async def test_a_channel_that_we_may_not_write_in_is_said_before_anything_fails(
    database: Database,
) -> None:
    async with world(database) as w:
        await here(w)
        guild = w.bot.get_guild(w.guild.id)
        assert guild is not None
        channel = guild.get_channel(w.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.set_permissions(guild.me, send_messages=False, embed_links=False)
        await w.env.settle()
        sick = text(await w.admin.slash(w.channel, "doctor"))
        assert f"Notices for <#{w.channel.id}>" in sick
        assert "the permission to send messages, embed links" in sick


async def test_a_channel_that_is_gone_is_said_by_the_doctor(database: Database) -> None:
    async with world(database) as w:
        await here(w, level_up_channel="12345")
        await award(w, w.alice, 500)
        await a_while(w)
        sick = text(await w.admin.slash(w.channel, "doctor"))
        assert "Notices for <#12345>" in sick and "The channel is no more" in sick


@pytest.mark.parametrize("hours", [7, 24 * 400])
async def test_history_is_not_told(database: Database, hours: int) -> None:
    async with world(database) as w:
        await here(w)
        then = w.env.now() - timedelta(hours=hours)
        old = [
            message(n, user=w.alice.id, guild=w.guild.id).model_copy(
                update={"occurred_at": then + timedelta(minutes=n)}
            )
            for n in range(1, 30)
        ]
        with w.database.transaction(w.guild.id) as conn:
            lake.append(conn, old)
        await a_while(w)
        assert posts(w) == []


async def test_an_import_is_not_told_however_young_it_is(database: Database) -> None:
    async with world(database) as w:
        await here(w)
        now = w.env.now()
        young = [
            message(n, user=w.alice.id, guild=w.guild.id, import_id="dce:1").model_copy(
                update={"occurred_at": now + timedelta(minutes=n - 60)}
            )
            for n in range(1, 30)
        ]
        with w.database.transaction(w.guild.id) as conn:
            lake.append(conn, young)
        await a_while(w)
        assert posts(w) == []
        level = await w.bob.slash(w.channel, "profile", member=w.alice)
        assert "Level 2" in text(level) or "Level 3" in text(level)


async def test_a_rebuild_tells_nobody_anything(database: Database) -> None:
    async with world(database) as w:
        await here(w)
        await award(w, w.alice, 500)
        await a_while(w)
        before = len(posts(w))
        rebuild(w.database.dsn, list(read_models().values()), processes=1)
        await a_while(w, 70)
        assert len(posts(w)) == before == 2


def test_a_nonce_is_the_same_for_the_same_place_in_the_log_and_short() -> None:
    assert nonce(1, 2) == nonce(1, 2)
    assert len({nonce(1, 2), nonce(2, 1), nonce(12, 1), nonce(1, 21)}) == 4
    assert len(nonce(2**63 - 1, 2**63 - 1)) <= 25
