"""Killed with -9 at every moment in which something becomes durable: nothing lost or doubled."""

import os
from pathlib import Path
from random import Random

import pytest

from bot.gateway.spool import files, look
from sql import embedded, lake
from sql.pool import Database
from tests.support import postgres
from tests.support.lives import Ended, Life, Page, first_of, live, story
from tests.unit.gateway import payloads as p
from tests.unit.gateway.lake import alone

PAGES, AWAY = 5, 2
SHARES = 3


def survive(dsn: str, folder: Path, pages: list[Page], deaths: list[int]) -> list[Ended]:
    """One life after the other; each begins with the page after the one that was in hand when the
    last one died (its Discord has sent it, and does not send it again)."""
    lives, done = list[Ended](), 0
    lost: list[int] = []
    for dies in [*deaths, None]:
        ended = live(dsn, folder, Life(pages[done:], max(0, AWAY - done), dies))
        lives.append(ended)
        done += ended.captured
        if dies is not None and done < len(pages):
            lost.append(done)
            done += 1
    _check(dsn, pages, lost)
    assert [look(path).depth for path in files(folder)] in ([0], [])
    return lives


def _check(dsn: str, pages: list[Page], in_hand: list[int]) -> None:
    """The lake holds what one undisturbed process makes of what was captured, in that order. A page
    that was in hand is there as a whole, or not at all."""
    with Database(dsn) as database, database.transaction(p.GUILD) as conn:
        rows = lake.read(conn, p.GUILD, 0, 10_000)
    keys = {row.source_id for row in rows}
    known = [
        page
        for number, page in enumerate(pages)
        if number not in in_hand or f"{first_of(number)}:message_create" in keys
    ]
    truth = alone(dispatch for page in known for dispatch in page)
    assert [row.source_id for row in rows] == truth.keys
    assert [row.event_type for row in rows] == truth.kinds


@pytest.mark.parametrize("share", range(SHARES))
def test_killed_once_at_every_moment(
    postgres_server: embedded.Server, tmp_path: Path, share: int
) -> None:
    pages = story(Random(0), PAGES)
    with postgres.fresh(postgres_server) as dsn:
        (whole,) = survive(dsn, tmp_path / "whole", pages, [])
    assert whole.moments >= 2 * (AWAY + 3)
    for moment in range(1 + share, whole.moments + 1, SHARES):
        with postgres.fresh(postgres_server) as dsn:
            survive(dsn, tmp_path / str(moment), pages, [moment])


@pytest.mark.parametrize("seed", range(int(os.environ.get("TALLYSTICK_KILLS", "3"))))
def test_killed_again_and_again(database_url: str, tmp_path: Path, seed: int) -> None:
    dice = Random(seed)
    deaths = [dice.randint(1, 12) for _ in range(8)]
    survive(database_url, tmp_path, story(dice, 16), deaths)
