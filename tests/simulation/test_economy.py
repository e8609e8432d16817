"""A small community using every command at random: money is conserved at each position, nobody
owes but the mint, a refusal changes nothing, nothing fails, and live tables are what a rebuild
makes. Commands are delivered twice, one after the other or at once, and buttons are pressed twice
and by the wrong people. (The simulator does one thing at a time; what many members do at once is
in ``tests/integration/test_economy_*``.)"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot import automation, look, schedule
from events.engine.catalogue import decode
from events.engine.event import Event
from events.interactions import InteractionUsed
from events.ledger import LedgerEvent
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import chain, embedded, lake
from sql.pool import Database
from sql.reads import fetch
from tests.simulation import fuzz
from tests.simulation.chaos import Chaos
from tests.support import postgres
from tests.support.currencies import GEMS
from tests.support.discord import text, world

EXAMPLES = settings(
    max_examples=6,
    stateful_step_count=40,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a shorter story takes minutes to find
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
PURSE = 5_000
MEMBERS = ("admin", "alice", "bob")
ACTORS = st.sampled_from(MEMBERS)
DICE = st.integers(0, 10**9).map(Random)
"""What is drawn must not hang on what the bot answers: hypothesis wants to be able to repeat it."""
Job = Callable[[], Awaitable[Any]]


class Community(RuleBasedStateMachine):
    """Three members, one of them an admin, and everything that they can do."""

    server: embedded.Server

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = ExitStack()
        self.jobs: asyncio.Queue[tuple[Job, asyncio.Future[Any]] | None] = asyncio.Queue()
        self.replies: list[Any] = []

    @initialize(seed=st.integers(0, 10**6))
    def open(self, seed: int) -> None:
        """The bot starts, and everybody is given something to lose."""
        url = self.stack.enter_context(postgres.fresh(self.server))
        self.database = self.stack.enter_context(Database(url))

        async def start() -> None:
            opened = asyncio.get_running_loop().create_future()
            self.life = asyncio.create_task(self._live(seed, opened))
            await asyncio.wait({opened, self.life}, return_when=asyncio.FIRST_COMPLETED)

        self.runner.run(start())
        for member in (self.w.alice, self.w.bob, self.w.admin):
            purse = {"member": member, "kind": "coins", "amount": PURSE}
            self._do(partial(self._confirmed, "award", **purse))
        for key, value in (("games_enabled", 1), ("pay_confirm_above", 300)):
            self._do(partial(self._confirmed, "settings set", key=key, value=str(value)))
        self._do(partial(self._confirmed, "currency declare", **GEMS))
        for member in (self.w.alice, self.w.bob):
            purse = {"to": member, "amount": PURSE, "currency": "gems"}
            self._do(partial(self._confirmed, "economy grant", **purse))
        for name, more in (
            ("sword", {"currency": "gems"}),
            ("box", {"effect": "crate:60=coins*50,40=$gems*9"}),
        ):
            thing = {"item": name, "name": name, "price": 90, "stock": 5, "refund_hours": 24}
            self._do(
                partial(self.w.admin.slash, self.w.channel, "shop-admin create", **thing, **more)
            )
        self.commands = fuzz.commands(self.w.bot)
        self.position = self._head()

    async def _live(self, seed: int, opened: "asyncio.Future[None]") -> None:
        """The simulator wants one task from its start to its end; everything is done in it."""
        async with world(self.database, services=Chaos, dice=Random(seed)) as self.w:
            opened.set_result(None)
            while (asked := await self.jobs.get()) is not None:
                job, done = asked
                try:
                    done.set_result(await job())
                except BaseException as error:  # hypothesis ends an example with one of its own
                    done.set_exception(error)

    def _do(self, job: "Job") -> Any:
        async def hand_over() -> Any:
            done = asyncio.get_running_loop().create_future()
            await self.jobs.put((job, done))
            return await done

        return self.runner.run(hand_over())

    async def _confirmed(self, name: str, /, **options: Any) -> None:
        preview = await self.w.admin.slash(self.w.channel, name, **options)
        await self.w.admin.click(preview.response, label="Confirm")

    @rule(who=ACTORS, dice=DICE)
    def use(self, who: str, dice: Random) -> None:
        """Somebody uses a command that they can see."""
        self._check(self._do(partial(self._use, who, dice)))

    async def _use(self, who: str, dice: Random) -> Any:
        actor = getattr(self.w, who)
        seen = set(actor.available_commands(self.w.channel))
        command = dice.choice([c for c in self.commands if c.qualified_name in seen])
        chosen = await fuzz.options(self.w, actor, command, dice)
        note(f"{who}: /{command.qualified_name} {chosen}")
        return await actor.slash(self.w.channel, command.qualified_name, **chosen)

    @rule(who=ACTORS, dice=DICE, times=st.sampled_from((1, 1, 2)))
    def press(self, who: str, dice: Random, times: int) -> None:
        """Somebody presses a button that they see, perhaps twice."""
        buttons = [
            (reply, button["custom_id"])
            for reply in self.replies[-8:]
            for row in reply.components
            for button in row["components"]
            if button["type"] == BUTTON and not button.get("disabled") and button.get("custom_id")
        ]
        if not buttons:
            return
        message, custom_id = dice.choice(buttons)
        note(f"{who} presses {custom_id}")
        for _ in range(times):
            try:
                click = partial(getattr(self.w, who).click, message, custom_id=custom_id)
                self._check(self._do(click))
            except Exception as error:
                if type(error).__name__ not in NOT_THERE:
                    raise
                return

    @rule(seconds=st.sampled_from((1, 150, 3_600, 86_400, 8 * 86_400)))
    def wait(self, seconds: int) -> None:
        """Time passes, and what is due is done."""
        self._do(partial(self.w.env.advance_time, seconds))
        self._keep_up()

    def teardown(self) -> None:
        """In the end everything adds up."""
        try:
            if hasattr(self, "w"):
                self._keep_up()
                self._do(self.w.capture.drain)
                self._adds_up()
        finally:
            self.runner.run(self._end())
            self.stack.close()
            self.runner.close()

    async def _end(self) -> None:
        await self.jobs.put(None)
        await self.life

    def _check(self, result: Any) -> None:
        """Nothing fails, and a refusal has moved nothing."""
        head, self.position = self.position, self._head()
        message = result.response
        if message is None or not message.embeds:
            return
        self.replies.append(message)
        assert message.embeds[0].colour != look.RED, text(result)
        told = self._since(head)
        if "refused" in {event.outcome for event in told if isinstance(event, InteractionUsed)}:
            assert [e for e in told if isinstance(e, LedgerEvent)] == [], text(result)

    def _head(self) -> int:
        with self.database.transaction(self.w.guild.id) as conn:
            return lake.heads(conn).get(self.w.guild.id, 0)

    def _since(self, after: int) -> list[Event]:
        with self.database.transaction(self.w.guild.id) as conn:
            return [decode(row) for row in lake.read(conn, self.w.guild.id, after, 1000)]

    def _keep_up(self) -> None:
        schedule.run_due(self.database, self.w.env.now())
        worker.drain(self.database)
        automation.drain(self.database)
        self.position = self._head()

    def _adds_up(self) -> None:
        guild = self.w.guild.id
        sums: dict[tuple[int, str], int] = {}
        with self.database.transaction(guild) as conn:
            for row in lake.read(conn, guild, 0, 10_000):
                event = decode(row)
                for posting in event.postings if isinstance(event, LedgerEvent) else ():
                    key = row.position, posting.currency
                    sums[key] = sums.get(key, 0) + posting.amount
            assert set(sums.values()) <= {0}
            assert all(row["sum"] == 0 for row in fetch(conn, "accounts", "sums", guild=guild))
            assert not list(chain.faults(conn, guild))
        report = verify(self.database.dsn, list(read_models().values()), processes=1)
        assert report.differences == []


BUTTON = 2
NOT_THERE = {"SetupError", "BackendError"}
"""How the simulator says that somebody cannot see or press a button."""


def test_any_community_adds_up(postgres_server: embedded.Server) -> None:
    class Here(Community):
        server = postgres_server

    run_state_machine_as_test(Here, settings=EXAMPLES)
