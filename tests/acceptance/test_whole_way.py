"""The whole way once: Discord's payload, the lake, the fold, and the reply a member sees."""

from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import chain
from sql.pool import Database
from tests.support.simulator import text, world


async def test_what_members_do_is_what_they_are_shown(database: Database) -> None:
    async with world(database) as w:
        first = await w.alice.send(w.channel, "hello there")
        await w.alice.send(w.channel, "again, within the cool-down")
        await w.bob.react(first, "\N{PARTY POPPER}")
        await w.alice.react(first, "\N{PARTY POPPER}")
        await w.bob.unreact(first, "\N{PARTY POPPER}")
        await w.bob.react(first, "\N{PARTY POPPER}")
        await w.capture.drain()
        mine = text(await w.alice.slash(w.channel, "profile"))
        assert "23 XP" in mine and "Messages: 2" in mine and "0 given, 1 received" in mine
        theirs = text(await w.alice.slash(w.channel, "profile", member=w.bob))
        assert "5 XP" in theirs and "1 given, 0 received" in theirs
        why = text(await w.alice.slash(w.channel, "why"))
        assert "**+15** Messages (1)" in why and "**+8** Reactions received (1)" in why
        board = text(await w.bob.slash(w.channel, "leaderboard"))
        assert board.index("alice") < board.index("bob")
    assert verify(database.dsn, list(read_models().values()), processes=1).differences == []
    with database.transaction(w.guild.id) as conn:
        assert list(chain.faults(conn, w.guild.id)) == []


async def test_a_member_who_leaves_is_not_shown_and_not_paid(database: Database) -> None:
    async with world(database) as w:
        await w.bob.send(w.channel, "hello")
        preview = await w.admin.slash(
            w.channel, "award", member=w.alice, kind="coins", amount=50, reason="x"
        )
        await w.admin.click(preview.response, label="Confirm")
        w.guild.remove_member(w.bob)
        await w.env.settle()
        await w.capture.drain()
        board = text(await w.alice.slash(w.channel, "leaderboard"))
        assert "Nobody stands here yet" in board
