"""Nothing is lost and nothing done twice, whatever dies: a few seeds; ``make soak`` runs more."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from sql import embedded
from tests.simulation.storm import seeds
from tests.simulation.storm.stage import Stage, stage
from tests.simulation.storm.weather import LATEST
from tests.support import postgres
from tests.support.dooms import KINDS, Doom, Kind

ACTS = 25
"""Of people, in one life of a bot."""


@pytest.fixture(scope="module")
def mortal_server() -> Iterator[embedded.Server]:
    """A server of this module's own: it is killed."""
    with postgres.server() as running:
        yield running


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [8, 12])
def test_a_storm_passes(mortal_server: embedded.Server, tmp_path: Path, seed: int) -> None:
    assert "\n".join(seeds.run(seed, mortal_server, tmp_path).faults) == ""


@pytest.mark.timeout(300)
async def test_a_bot_that_dies_at_any_moment_has_done_everything_once(
    mortal_server: embedded.Server, tmp_path: Path
) -> None:
    dice = Random(1)
    async with stage(1, mortal_server, tmp_path, guilds=1) as here:
        for kind in KINDS:
            with here.trouble("bot_doomed"):
                moment = dice.randint(1, LATEST[kind] // 4)
                await lives_until(here, Doom(kind, moment, after=dice.random() < 0.5), kind)
        await seeds.quiet(here)
        assert "\n".join(seeds.compared(here)) == ""


async def lives_until(here: Stage, doom: Doom, kind: Kind) -> None:
    """A bot lives through some traffic until its doom. What is written on its own disk, it writes
    when the database is away."""
    here.bot.kill()
    await here.start(here.bot, doom)
    await here.heard()
    here.bot.arm()
    if kind == "statement":
        await asyncio.to_thread(postgres.kill, here.server)
    for _ in range(ACTS):
        here.town.act()
        await asyncio.sleep(0.01)
    await here.bot.dead(5.0)
    if kind == "statement":
        await asyncio.to_thread(postgres.revive, here.server)
