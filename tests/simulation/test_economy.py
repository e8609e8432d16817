"""A small community using every command and button at random, one by one and several members at
the same instant: money is conserved at each position, nobody owes but the mint, a refusal changes
nothing, nothing fails, and live tables are what a rebuild makes. Interactions are delivered twice,
one after the other or at once, processes are killed at any moment, and buttons are pressed twice
and by the wrong people."""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot import automation, look, schedule
from events.engine.event import Event
from events.interactions import InteractionUsed
from events.ledger import LedgerEvent
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import chain, embedded, lake
from sql.errors import DatabaseUnreachable
from sql.pool import Database
from sql.reads import fetch
from tests.simulation import fuzz
from tests.simulation.books import Books
from tests.simulation.chaos import FATES, Chaos
from tests.simulation.crowd import answers, at_once
from tests.simulation.deaths import DEATH, Mortal, drawn
from tests.simulation.truth import Asked, check_act, check_question
from tests.support import postgres
from tests.support.currencies import GEMS
from tests.support.simulator import world

EXAMPLES = settings(
    max_examples=int(os.environ.get("TALLYSTICK_COMMUNITIES", "3")),  # `make soak` asks for more
    stateful_step_count=30,
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


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a member does, ready to be done."""

    asked: Asked
    do: Job


class Community(RuleBasedStateMachine):
    """Three members, one of them an admin, and everything that they can do."""

    server: embedded.Server
    met: ClassVar[Counter[str]]
    """What happened to interactions, over all examples."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = ExitStack()
        self.jobs: asyncio.Queue[tuple[Job, asyncio.Future[Any]] | None] = asyncio.Queue()
        self.replies: list[Any] = []
        self.books = Books()

    @initialize(seed=st.integers(0, 10**6))
    def open(self, seed: int) -> None:
        """The bot starts, and everybody is given something to lose."""
        url = self.stack.enter_context(postgres.fresh(self.server))
        self.database = self.stack.enter_context(Mortal(url))
        self.dice = Random(seed)

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

    async def _live(self, seed: int, opened: "asyncio.Future[None]") -> None:
        """The simulator wants one task from its start to its end; everything is done in it."""
        dsn = self.database.dsn
        with Database(dsn) as elsewhere, Mortal(dsn) as doomed:
            await self._in({"elsewhere": elsewhere, "doomed": doomed}, seed, opened)

    async def _in(
        self, others: dict[str, Database], seed: int, opened: "asyncio.Future[None]"
    ) -> None:
        chaos: dict[str, Any] = {**others, "dice": Random(seed), "met": self.met}
        patience = self.dice.choice((0.0, 1.5))  # without any, each answer is deferred first
        here = world(self.database, patience=patience, settle_timeout=60.0, services=Chaos, **chaos)
        async with here as self.w:
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
            await asyncio.wait({done, self.life}, return_when=asyncio.FIRST_COMPLETED)
            return self.life.result() if self.life.done() else done.result()

        return self.runner.run(hand_over())

    async def _confirmed(self, name: str, /, **options: Any) -> None:
        preview = await self.w.admin.slash(self.w.channel, name, **options)
        await self.w.admin.click(preview.response, label="Confirm")

    @rule(who=ACTORS, dice=DICE)
    def use(self, who: str, dice: Random) -> None:
        """Somebody uses a command that they can see."""
        self._at_once([self._do(partial(self._command, who, dice))])

    @rule(who=ACTORS, dice=DICE, times=st.sampled_from((1, 1, 2)))
    def press(self, who: str, dice: Random, times: int) -> None:
        """Somebody presses a button that they see, perhaps twice."""
        for press in [self._button([who], dice)] * times:
            self._at_once(press)

    @rule(crowd=st.lists(ACTORS, min_size=2, max_size=5), dice=DICE)
    def press_together(self, crowd: list[str], dice: Random) -> None:
        """Several press the same button at the same instant, some of them twice."""
        self._at_once(self._button(crowd, dice))

    @rule(crowd=st.lists(ACTORS, min_size=2, max_size=5), dice=DICE, alike=st.booleans())
    def use_together(self, crowd: list[str], dice: Random, alike: bool) -> None:
        """Several use commands at the same instant: the same one, or whatever they like."""
        seed = dice.randrange(10**9)
        drawn = [Random(seed) if alike else dice for _ in crowd]
        acts = zip(crowd, drawn, strict=True)
        self._at_once([self._do(partial(self._command, *act)) for act in acts])

    @rule(dice=DICE)
    def hurry(self, dice: Random) -> None:
        """Commands, and buttons of whatever stands there, all at the same instant."""
        who = [dice.choice(MEMBERS) for _ in range(4)]
        commands = [self._do(partial(self._command, one, dice)) for one in who[:2]]
        self._at_once([*commands, *self._button(who[2:], dice)])

    async def _command(self, who: str, dice: Random) -> Act:
        actor = getattr(self.w, who)
        seen = set(actor.available_commands(self.w.channel))
        command = dice.choice([c for c in self.commands if c.qualified_name in seen])
        chosen = await fuzz.options(self.w, actor, command, dice)
        note(f"{who}: /{command.qualified_name} {chosen}")
        name = command.qualified_name
        do = partial(actor.slash, self.w.channel, name, **chosen)
        return Act(Asked(name, actor.id, self._ids(), chosen), do)

    def _ids(self) -> dict[str, int]:
        return {name: getattr(self.w, name).id for name in MEMBERS}

    def _button(self, crowd: list[str], dice: Random) -> list[Act]:
        buttons = [
            (reply, button["custom_id"])
            for reply in self.replies[-8:]
            for row in reply.components
            for button in row["components"]
            if button["type"] == BUTTON and not button.get("disabled") and button.get("custom_id")
        ]
        if not buttons:
            return []
        message, custom_id = dice.choice(buttons)
        note(f"{crowd} press {custom_id}")
        acts = []
        for actor in (getattr(self.w, who) for who in crowd):
            asked = Asked(custom_id.partition(":")[0], actor.id, self._ids())
            acts.append(Act(asked, partial(actor.click, message, custom_id=custom_id)))
        return acts

    @rule(seconds=st.sampled_from((1, 150, 3_600, 86_400, 8 * 86_400)), killed=st.booleans())
    def wait(self, seconds: int, killed: bool) -> None:
        """Time passes, and what is due is done; a process that is killed over it is replaced."""
        self._do(partial(self.w.env.advance_time, seconds))
        if killed:
            self._killed_in_the_background()
        self._keep_up()

    def _killed_in_the_background(self) -> None:
        token = DEATH.set(drawn(self.dice, for_good=True, within=15))
        try:
            self._keep_up()
        except DatabaseUnreachable:
            self.met["background"] += 1
        finally:
            DEATH.reset(token)

    def teardown(self) -> None:
        """In the end everything adds up."""
        try:
            if hasattr(self, "commands"):
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

    def _at_once(self, acts: list[Act]) -> None:
        """Let all of it reach the bot at the same instant, and look at what came of it."""
        self._read()
        before = self.books.head
        results = self._do(partial(self._together, acts))
        self._read()
        for asked, result in results:
            self._check(asked, result, before)
        new = range(before + 1, self.books.head + 1)
        moved = {e.source_id for p in new if isinstance(e := self.books.events[p], LedgerEvent)}
        told = {source for p in new for source in _caused(self.books.events[p])}
        assert moved <= told, "something moved that no member was told of"

    async def _together(self, acts: list[Act]) -> list[tuple[Asked, Any]]:
        results = []
        async with at_once(self.w.env):
            for act in acts:
                try:
                    results.append((act.asked, await act.do()))
                except Exception as error:
                    if type(error).__name__ not in NOT_THERE:
                        raise
        return results

    def _check(self, asked: Asked, result: Any, before: int) -> None:
        """Every answer is true, and one of success or a refusal; its buttons are remembered."""
        requests, interaction = self.w.env.http_requests, result._interaction
        facts, head = self.books.caused(interaction.id), self.books.head
        for told in answers(requests, interaction):
            if told.embed.colour == look.RED:
                assert "records" in told.text, told.text  # too many connections were cut
                assert not facts or "Look whether it was done" in told.text, told.text
                continue
            check_act(told.text, facts, self.books, head)
            if told.embed.colour != look.GREY and not facts:
                check_question(told.text, asked, self.books, range(before, head + 1))
        message = result.response
        if message is not None and message.embeds:
            self.replies.append(message)

    def _read(self) -> None:
        """Enter into the books what has been recorded since."""
        guild, page = self.w.guild.id, 1000
        while page == 1000:
            with self.database.transaction(guild) as conn:
                rows = list(lake.read(conn, guild, self.books.head, page))
            self.books.read(rows)
            page = len(rows)

    def _keep_up(self) -> None:
        schedule.run_due(self.database, self.w.env.now())
        worker.drain(self.database)
        automation.drain(self.database)

    def _adds_up(self) -> None:
        guild = self.w.guild.id
        self._read()
        with self.database.transaction(guild) as conn:
            assert all(row["sum"] == 0 for row in fetch(conn, "accounts", "sums", guild=guild))
            assert not list(chain.faults(conn, guild))
            rows = conn.execute("select account, currency, balance from accounts").fetchall()
        assert {(a, c): balance for a, c, balance in rows} == self.books.all_held()
        report = verify(self.database.dsn, list(read_models().values()), processes=1)
        assert report.differences == []


def _caused(event: Event) -> list[str]:
    """What an interaction that went well has brought about."""
    if not isinstance(event, InteractionUsed) or event.outcome != "ok":
        return []
    return event.caused


BUTTON = 2
NOT_THERE = {"SetupError", "BackendError"}
"""How the simulator says that somebody cannot see or press a button."""


@pytest.mark.timeout(0 if "TALLYSTICK_COMMUNITIES" in os.environ else 300)
def test_any_community_adds_up(postgres_server: embedded.Server) -> None:
    class Here(Community):
        server = postgres_server
        met: ClassVar[Counter[str]] = Counter()

    run_state_machine_as_test(Here, settings=EXAMPLES)
    assert set(FATES) <= set(Here.met), "something that can go wrong never did"
