"""Where it happens: a loopback Discord, a database and the program in processes of its own."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from sql import embedded, lake
from sql.pool import ALL_GUILDS, Database
from tests.simulation.storm.town import Town
from tests.support import postgres
from tests.support.discord import Loopback, Terms
from tests.support.dooms import Doom
from tests.support.processes import NotSaid, Program

GUILDS: Final = 20
TERMS: Final = Terms(heartbeat=2.0, resumable=15.0)
KNOWN: Final = "select count(distinct guild_id) from event_lake where event_type = 'guild_join'"
READY_SECONDS: Final = 90.0
"""In which a bot must be at work, on a busy machine, and while Discord refuses it for a while."""


@dataclass
class Stage:
    """Everything of one seed. ``weather`` counts what goes wrong."""

    seed: int
    dice: Random
    server: embedded.Server
    url: str
    discord: Loopback
    town: Town
    folder: Path
    helpers: list[Program] = field(default_factory=list)
    bots: list[Program] = field(default_factory=list)
    past: list[Program] = field(default_factory=list)
    weather: Counter[str] = field(default_factory=Counter)
    troubles: list[tuple[str, int, int]] = field(default_factory=list)
    """What went wrong, from when to when."""
    newest: float = 0.0
    """When a program last came to work."""
    database_in_use: asyncio.Lock = field(default_factory=asyncio.Lock)
    bot_in_use: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def bot(self) -> Program:
        """The one that is at work."""
        return self.bots[-1]

    @property
    def programs(self) -> list[Program]:
        """All that should run now."""
        return [*self.helpers, *self.bots]

    @contextmanager
    def trouble(self, name: str) -> Iterator[None]:
        """Something goes wrong in this block."""
        self.weather[name] += 1
        began = self.town.now_ms()
        try:
            yield
        finally:
            self.troubles.append((name, began, self.town.now_ms()))

    def program(self, name: str, *arguments: str) -> Program:
        """One process of the program, not started yet."""
        surroundings = {
            "DATABASE_URL": self.url,
            "TALLYSTICK_DATA_DIR": str(self.folder / "data"),
        }
        return Program(name, ["run", *arguments], surroundings, self.folder, self.discord.url)

    def cast(self) -> None:
        """Everything in one process, or a process for each part."""
        if self.dice.random() < 0.5:
            self.bots.append(self.program("bot-1"))
        else:
            parts = ("worker", "scheduler")
            self.helpers += [self.program(part, "--only", part) for part in parts]
            self.bots.append(self.program("bot-1", "--only", "bot"))

    def successor(self) -> Program:
        """Another bot like the one that is at work."""
        number = len(self.bots) + len(self.past) + 1
        return self.program(f"bot-{number}", *self.bot.arguments[1:])

    async def start(self, program: Program, doom: Doom | None = None) -> None:
        """Start it, and wait until it is at work."""
        identifies, said = self.discord.sessions.identifies, program.count("started")
        program.start(doom)
        ends_at = time.monotonic() + READY_SECONDS
        while program.count("started") == said or (
            program not in self.helpers and self.discord.sessions.identifies == identifies
        ):
            if time.monotonic() > ends_at:
                raise NotSaid(f"{program.name} does not come to work:\n{program.tail()}")
            if not program.is_alive:  # without a database it does not start: whoever runs it tries
                program.kill()  # again
                program.start(doom)
            await asyncio.sleep(0.05)
        self.newest = time.monotonic()

    async def heard(self) -> None:
        """Wait until the bot is connected and has taken in all that it was told."""
        ends_at = time.monotonic() + READY_SECONDS
        while True:
            connected = [one.socket for one in self.discord.sessions.connected if one.socket]
            heard = await asyncio.gather(*(socket.heard() for socket in connected))
            if heard and all(heard):
                return
            if time.monotonic() > ends_at:
                raise NotSaid(f"{self.bot.name} is not connected:\n{self.bot.tail()}")
            await asyncio.sleep(0.1)

    async def restarted(self) -> None:
        """Whoever has died is started again."""
        for program in self.programs:
            if not program.is_alive:
                program.kill()  # lets go of the dead one
                await self.start(program)


@asynccontextmanager
async def stage(
    seed: int, server: embedded.Server, folder: Path, guilds: int = GUILDS
) -> AsyncIterator[Stage]:
    """The stage of one seed, with the program at work; nothing of it is left afterwards."""
    dice = Random(seed)
    with postgres.fresh(server) as url:
        async with Loopback.started(seed=seed, terms=TERMS) as discord:
            town = Town(discord, Random(f"town {seed}"))
            town.settle(guilds)
            here = Stage(seed, dice, server, url, discord, town, folder)
            here.cast()
            try:
                with Database(url) as database:
                    for quarter in town.quarters:
                        with database.transaction(quarter.guild.id) as conn:
                            lake.append(conn, town.rules(quarter))
                for program in here.programs:
                    await here.start(program)
                await here.heard()
                await asyncio.to_thread(_known, here)
                yield here
            finally:
                for program in [*here.programs, *here.past]:
                    program.kill()


def _known(here: Stage) -> None:
    """Wait until every server is on record: what was before that, nobody has promised to know."""
    with Database(here.url) as database:
        while True:
            with database.transaction(ALL_GUILDS) as conn:
                (joined,) = conn.execute(KNOWN).fetchone() or (0,)
            if joined == len(here.town.quarters):
                return
            time.sleep(0.05)
