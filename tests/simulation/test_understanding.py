"""The translators and the importer on payloads that nobody would send. 30,000 here; a million with
``make fuzz``, which sets TALLYSTICK_CASES."""

import copy
import itertools
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.gateway.capture import Capture, _understood
from bot.gateway.recorder import MOST_QUARANTINED
from bot.importer import files
from bot.importer.errors import ImportRefused
from bot.importer.files import Meter
from bot.importer.translate import translate as translate_export
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import chain, lake
from sql.pool import ALL_GUILDS, Database
from sql.writer import LakeWriter
from tests.simulation import understanding as u
from tests.simulation.strange import SECRET, several, widened
from tests.unit.gateway import payloads as p

CASES = int(os.environ.get("TALLYSTICK_CASES", "30000"))
PARTS = 4
"""So many seeds share the cases."""
FILES = max(25, CASES // 4000)
COUNTERS = (
    *("events_recorded", "events_duplicate", "events_conflicting"),
    *("payloads_ignored", "payloads_quarantined", "lost"),
)

pytestmark = pytest.mark.timeout(max(120, CASES // 500))


def test_there_is_a_sample_of_every_payload() -> None:
    assert {name for name, _ in u.SAMPLES} == u.all_names()
    tally = u.Tally()
    for name, sample in u.SAMPLES:
        u.check_payload(name, sample, tally)
    assert tally.became["quarantined"] == tally.became["ignored"] == 0


@pytest.mark.parametrize("seed", range(PARTS))
def test_any_payload_is_understood_or_kept_as_a_shape(seed: int) -> None:
    wanted = CASES * 4 // 5 // PARTS
    cases = u.gateway_cases(Random(seed))
    tally = u.Tally()
    for number, (name, data) in enumerate(itertools.islice(cases, seed, None, PARTS)):
        if number == wanted:
            break
        try:
            u.check_payload(name, data, tally)
        except Exception as error:
            pytest.fail(f"seed {seed}, case {number}, {name}: {data!r:.2000}\n{error!r}")
    assert tally.cases == wanted
    assert min(tally.became[kind] for kind in ("event", "observation", "quarantined")) > 100
    print(f"seed {seed}: {tally.cases} payloads, {dict(tally.became)}")


@pytest.mark.parametrize("seed", range(PARTS))
def test_any_export_is_read_or_refused(seed: int) -> None:
    wanted = CASES // 5 // PARTS
    tally = u.Tally()
    cases = u.export_cases(Random(seed))
    for number, content in enumerate(itertools.islice(cases, seed, None, PARTS)):
        if number == wanted:
            break
        try:
            u.check_export(content, tally)
        except Exception as error:
            pytest.fail(f"seed {seed}, case {number}: {content!r:.3000}\n{error!r}")
    assert tally.cases == wanted
    assert min(tally.became[kind] for kind in ("event", "refused")) > 50
    print(f"seed {seed}: {tally.cases} exports, {dict(tally.became)}")


@pytest.mark.parametrize("seed", range(2))
def test_a_file_that_was_checked_is_read_whole(seed: int, tmp_path: Path) -> None:
    """Every message of a file that passes the check becomes something, and a refusal is a
    sentence that quotes nobody."""
    dice, read = Random(seed), 0
    for number in range(FILES):
        content = several(u.EXPORT, dice)
        path = tmp_path / f"{number}.json"
        path.write_bytes(json.dumps(content).encode("utf-8", "surrogatepass"))
        try:
            export = files.check(path, Meter(0, None))
        except ImportRefused as refused:
            assert SECRET not in str(refused)
        else:
            found = list(files.messages(export, Meter(0, None)))
            assert len(found) == len(content["messages"])
            assert all(list(translate_export(export.head, message)) for message in found)
            read += 1
    assert read > 0


def test_what_discord_may_send_tomorrow_changes_nothing() -> None:
    for name, sample in u.SAMPLES:
        assert _understood(name, widened(sample), p.around()) == _understood(
            name, sample, p.around()
        )


def test_a_payload_is_left_as_it_was() -> None:
    """discord.py reads it after us."""
    for name, sample in u.SAMPLES:
        before = copy.deepcopy(sample)
        _understood(name, sample, p.around())
        assert sample == before


async def test_what_became_of_each_payload_can_be_counted(database: Database) -> None:
    """On a real lake: every step is recorded, a duplicate, a conflict, ignored or quarantined;
    none is lost, no read model stands still, and live tables are what a rebuild makes."""
    writer = LakeWriter(database)
    capture = Capture(database, writer, clock=lambda: p.START, retry=0.01)
    wire: Any = p.Wire()
    capture.install(wire)
    await capture.start()
    before = {name: _counted(name) for name in COUNTERS}
    tally, dice = u.Tally(), Random(7)
    for _ in range(1500):
        name, sample = dice.choice(u.SAMPLES)
        data = several(sample, dice)
        u.check_payload(name, data, tally)
        wire.send(name, data)
    await capture.drain()
    await capture.stop()
    writer.close()
    after = {name: _counted(name) - before[name] for name in COUNTERS}
    assert after["lost"] == 0
    told = sum(tally.became[kind] for kind in ("event", "observation", "ignored"))
    assert sum(after.values()) >= told + tally.became["quarantined"] > MOST_QUARANTINED
    worker.drain(database)
    with database.transaction(ALL_GUILDS) as conn:
        heads = lake.heads(conn)
        assert [fault for guild_id in heads for fault in chain.faults(conn, guild_id)] == []
    report = verify(database.dsn, list(read_models().values()), processes=1)
    assert report.events == sum(heads.values()) > 0 and not report.differences


def _counted(name: str) -> float:
    family = f"tallystick_{name}"
    return sum(
        sample.value
        for metric in REGISTRY.collect()
        if metric.name == family
        for sample in metric.samples
        if sample.name == f"{family}_total"
    )
