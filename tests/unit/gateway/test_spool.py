"""The spool by itself: what is in it survives, in order, and belongs to one process."""

import multiprocessing
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.gateway.packing import pack
from bot.gateway.reserve import Reserve
from bot.gateway.seen import Connected
from bot.gateway.spool import (
    Kept,
    Spool,
    SpoolBroken,
    SpoolError,
    SpoolFull,
    SpoolTaken,
    files,
    is_taken,
    look,
    open_spool,
    orphans,
)
from bot.gateway.steps import Step
from tests.support.steps import of_every_kind
from tests.unit.gateway import payloads as p


def told(number: int) -> Connected:
    return Connected((number,), p.START, 0, 1, None)


def some(*numbers: int) -> list[Step]:
    return [told(number) for number in numbers]


def waiting(spool: Spool) -> list[Step]:
    return [kept.step for kept in spool.head(10_000)]


def test_first_in_first_out_over_many_lives(tmp_path: Path) -> None:
    for life in range(4):
        with open_spool(tmp_path) as spool:
            spool.append(some(2 * life), p.at(life))
            spool.append(some(2 * life + 1), p.at(life))
    assert len(files(tmp_path)) == 1
    with open_spool(tmp_path) as spool:
        assert waiting(spool) == some(*range(8))
        spool.remove(spool.head(3)[-1].number)
        assert waiting(spool) == some(*range(3, 8))
        assert (spool.depth, spool.oldest) == (5, p.at(1))
        spool.append(some(8), p.at(9))
    with open_spool(tmp_path) as spool:
        assert waiting(spool) == some(*range(3, 9))


def test_everything_that_can_be_seen_can_wait(tmp_path: Path) -> None:
    steps = of_every_kind()
    with open_spool(tmp_path) as spool:
        spool.append(steps, p.START)
    with open_spool(tmp_path) as spool:
        assert waiting(spool) == steps
        assert spool.size == sum(len(pack(step)[2]) for step in steps)


def test_it_gives_its_room_back_when_it_is_empty(tmp_path: Path) -> None:
    with open_spool(tmp_path) as spool:
        before = sum(path.stat().st_size for path in tmp_path.iterdir())
        spool.append(some(*range(20_000)), p.START)
        full = sum(path.stat().st_size for path in tmp_path.iterdir())
        spool.remove(spool.head(20_000)[-1].number)
        assert (spool.depth, spool.size, spool.oldest) == (0, 0, None)
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= before < full


def test_a_step_becomes_something_else_where_it_stands(tmp_path: Path) -> None:
    with open_spool(tmp_path) as spool:
        spool.append(some(1, 2, 3), p.START)
        second = spool.head(3)[1]
        spool.replace([type(second)(second.number, told(78))])
        assert waiting(spool) == some(1, 78, 3)


def test_each_process_has_its_own_and_finds_what_the_dead_have_left(tmp_path: Path) -> None:
    with open_spool(tmp_path) as one:
        one.append(some(1), p.START)
        with open_spool(tmp_path) as two:
            two.append(some(2), p.START)
            assert one.path != two.path and is_taken(one.path) and is_taken(two.path)
            assert orphans(tmp_path) == []
            with pytest.raises(SpoolTaken):
                Spool(one.path)
        with open_spool(tmp_path) as again:
            assert again.path == two.path
        (left,) = orphans(tmp_path)
        assert left.path == two.path and waiting(left) == some(2)
        left.close()
        assert not is_taken(two.path)


def _hold(folder: Path, ready: "multiprocessing.synchronize.Event") -> None:
    open_spool(folder).append(some(5), p.START)
    ready.set()
    multiprocessing.Event().wait(60)


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_hold, args=(tmp_path, ready))
    process.start()
    assert ready.wait(60)
    (path,) = files(tmp_path)
    assert is_taken(path) and look(path).depth == 1
    process.kill()
    process.join()
    with open_spool(tmp_path) as spool:
        assert spool.path == path and waiting(spool) == some(5)


def test_when_it_is_at_its_limit_nothing_is_taken(tmp_path: Path) -> None:
    with open_spool(tmp_path, limit=300) as spool:
        spool.append(some(1, 2), p.START)
        before = spool.depth
        with pytest.raises(SpoolFull):
            spool.append(some(*range(20)), p.START)
        assert spool.depth == before and waiting(spool) == some(1, 2)
        spool.remove(spool.head(1)[0].number)
        spool.append(some(3), p.START)
        assert waiting(spool) == some(2, 3)


@contextmanager
def no_room(spool: Spool) -> Iterator[None]:
    """SQLite's file may not grow: it says so with the very error of a full disk."""
    spool._db.execute("pragma max_page_count = 1")
    yield
    spool._db.execute("pragma max_page_count = 1000000")


def test_when_the_disk_is_full_nothing_is_taken_half(tmp_path: Path) -> None:
    with open_spool(tmp_path) as spool:
        spool.append(some(1), p.START)
        with no_room(spool):
            with pytest.raises(SpoolFull):
                spool.append(some(*range(20_000)), p.START)
            assert (spool.depth, waiting(spool)) == (1, some(1))
        spool.append(some(2), p.START)
        assert waiting(spool) == some(1, 2)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 24 MiB, where we may have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_can_be_emptied(small_disk: Path) -> None:
    """To take rows out SQLite has to write first: the room for that was kept."""
    page, taken = some(*range(500)), 0
    with open_spool(small_disk) as spool:
        with pytest.raises(SpoolFull):
            for taken in count():  # noqa: B007  pages that were taken before it was full
                spool.append(page, p.START)
        assert shutil.disk_usage(small_disk).free < 100_000
    with open_spool(small_disk) as spool:
        assert spool.depth == 500 * taken > 10_000
        while spool.depth:
            kept = spool.head(500)
            assert [one.step for one in kept] == page
            spool.replace([Kept(one.number, told(10**18)) for one in kept])
            spool.remove(kept[-1].number)
        assert shutil.disk_usage(small_disk).free > 10_000_000
        spool.append(page, p.START)


def test_without_room_for_a_reserve_there_is_none_and_it_is_said(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "capture-0.reserve", size=2**60)
    with capture_logs() as logs:
        reserve.hold()
    assert [line["event"] for line in logs] == ["no_reserve"]
    assert not reserve.release() and not list(tmp_path.iterdir())


def test_what_another_release_has_written_is_set_aside_and_tried_again(tmp_path: Path) -> None:
    with open_spool(tmp_path) as spool:
        spool.append(some(1, 2, 3), p.START)
    with sqlite3.connect(files(tmp_path)[0]) as db:
        db.execute("update steps set kind = 'Future' where number = 2")
    db.close()
    with open_spool(tmp_path) as spool:
        with capture_logs() as logs:
            assert waiting(spool) == some(1, 3)
        assert [line["problem"] for line in logs] == ["a Future of version 1: KeyError"]
        assert (spool.depth, look(spool.path).aside) == (2, 1)
    with sqlite3.connect(files(tmp_path)[0]) as db:
        db.execute("update aside set kind = 'Connected'")
    db.close()
    with open_spool(tmp_path) as spool:
        assert waiting(spool) == some(1, 2, 3)


def test_a_broken_file_is_left_alone_and_loud(tmp_path: Path) -> None:
    (tmp_path / "capture-0.sqlite").write_bytes(b"this is no database" * 1000)
    with pytest.raises(SpoolBroken):
        Spool(tmp_path / "capture-0.sqlite")
    with pytest.raises(SpoolError):
        look(tmp_path / "capture-0.sqlite")
    with capture_logs() as logs, open_spool(tmp_path) as spool:
        assert spool.path.name == "capture-1.sqlite"
        assert orphans(tmp_path) == []
    assert [line["event"] for line in logs] == ["spool_broken"]


def test_a_folder_that_cannot_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match="There can be no spool in"):
        open_spool(tmp_path / "file" / "spool")


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    with open_spool(tmp_path / "spool"):
        assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
