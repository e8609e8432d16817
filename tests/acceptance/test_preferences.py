"""``/preferences`` as members use it, and boards that leave out who is hidden."""

from typing import Any

import pytest

from events.engine.catalogue import decode
from events.preferences import BoardHidden, GithubLinked, NoticeChosen
from projections.engine.read_model import named
from projections.engine.rebuild import verify
from sql import lake
from sql.pool import Database
from tests.support.simulator import World, text, world


def told(w: World) -> list[str]:
    with w.database.transaction(w.guild.id) as conn:
        rows = lake.read(conn, w.guild.id, 0, 1000)
    kinds = (NoticeChosen, BoardHidden, GithubLinked)
    return [event.event_type for event in map(decode, rows) if isinstance(event, kinds)]


async def award(w: World, member: Any, kind: str, amount: int) -> None:
    preview = await w.admin.slash(w.channel, "award", member=member, kind=kind, amount=amount)
    await w.admin.click(preview.response, label="Confirm")


async def test_each_choice_is_in_force_at_once_and_kept(database: Database) -> None:
    async with world(database) as w:
        shown = await w.alice.slash(w.channel, "preferences")
        assert shown.ephemeral and "A new level: **in the server's channel for it**" in text(shown)
        await w.alice.select(shown.response, ["dm"], custom_id="notice:level_up:pick")
        done = await w.alice.select(shown.response, ["none"], custom_id="notice:award:pick")
        assert "A new level: **in a direct message to me**" in text(done)
        assert "Awards by admins: **not at all**" in text(done)
        form = await w.alice.click(shown.response, label="GitHub")
        done = await w.alice.submit_modal(form, {"login": "github.com/octocat"})
        assert "[octocat](https://github.com/octocat)" in text(done)
        again = await w.alice.slash(w.channel, "preferences")
        assert "**not at all**" in text(again) and "octocat" in text(again)
        assert "not at all" not in text(await w.bob.slash(w.channel, "preferences"))
        assert told(w) == ["notice_chosen", "notice_chosen", "github_linked"]
        assert "octocat" in text(await w.bob.slash(w.channel, "profile", member=w.alice))
    assert not verify(database.dsn, [named("preferences")], processes=1).differences


async def test_a_login_that_cannot_be_one_changes_nothing(database: Database) -> None:
    async with world(database) as w:
        shown = await w.alice.slash(w.channel, "preferences")
        form = await w.alice.click(shown.response, label="GitHub")
        done = await w.alice.submit_modal(form, {"login": "not a login"})
        assert done.ephemeral and "no GitHub login" in text(done)
        assert told(w) == []


@pytest.mark.parametrize("board", ["xp", "coins"])
async def test_who_is_hidden_stands_on_no_board(database: Database, board: str) -> None:
    async with world(database) as w:
        await award(w, w.alice, board, 500)
        await award(w, w.bob, board, 300)
        shown = await w.alice.slash(w.channel, "preferences")
        done = await w.alice.click(shown.response, label="Hide me from boards")
        assert "You stand on no board." in text(done)

        found = text(await w.bob.slash(w.channel, "leaderboard", board=board))
        assert "bob" in found and "alice" not in found and "1 member" in found
        if board == "coins":
            richest = text(await w.bob.slash(w.channel, "richest"))
            assert "bob" in richest and "alice" not in richest
            assert "#1 of 1" in text(await w.bob.slash(w.channel, "balance"))
        else:
            assert "#1 of 1" in text(await w.bob.slash(w.channel, "profile"))
            profile = text(await w.bob.slash(w.channel, "profile", member=w.alice))
            assert "Rank" not in profile and "500 XP" in profile

        await w.alice.click(shown.response, label="Show me on boards")
        found = text(await w.bob.slash(w.channel, "leaderboard", board=board))
        assert found.index("alice") < found.index("bob")
        assert told(w) == ["board_hidden", "board_hidden"]
