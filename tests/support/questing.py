"""Quests: short ways to make what happens to them, and quests for the made-up histories."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from events.decisions.asked import Asked
from events.decisions.quest_turns import claim
from events.decisions.quests import Quest, close, open_up
from events.engine.event import Event
from events.engine.snowflake import from_ms, snowflake_at, to_ms
from events.ledger import MINT, Posting, wallet
from events.quests import (
    QuestClaimed,
    QuestDefined,
    QuestEnded,
    QuestReturned,
    QuestRewarded,
    QuestSubmitted,
)
from tests.support.awards import CHIEF
from tests.support.facts import GUILD, at
from tests.support.wagers import Teller


def quest_defined(
    quest: str,
    goal: str = "messages",
    threshold: int = 3,
    *,
    seconds: float = 0,
    ends: float | None = None,
    revision: int = 1,
    **more: Any,
) -> QuestDefined:
    """CHIEF opens a quest; ``ends`` is in seconds after START."""
    fields: dict[str, Any] = {
        "round": 1,
        "state": "open",
        "name": quest.title(),
        "emoji": "",
        "description": "",
        "scope": "personal",
        "approval": goal == "custom",
        "places": 0,
        "turns": 1,
        "wait_hours": 0,
        "hours": 0,
        "share": 1,
        "xp": 0,
        "coins": 0,
        "badge": None,
        "url": None,
        "interaction_id": 7000 + revision,
    }
    envelope = {
        "guild_id": GUILD,
        "source_id": f"rule:quest:{quest}:{revision}",
        "user_id": CHIEF,
        "occurred_at": at(seconds),
        "quest": quest,
        "revision": revision,
        "goal": goal,
        "threshold": threshold,
        "ends_ms": None if ends is None else to_ms(at(ends)),
    }
    return QuestDefined.model_validate(envelope | fields | more)


def quest_claimed(
    of: QuestDefined, user: int, *, turn: int = 1, seconds: float = 0, ends: float | None = None
) -> QuestClaimed:
    """``user`` takes on what CHIEF has opened; ``ends`` is in seconds after START."""
    return QuestClaimed(
        guild_id=GUILD,
        source_id=f"{user}:quest:{of.quest}:{turn}",
        user_id=user,
        occurred_at=at(seconds),
        quest=of.quest,
        revision=of.revision,
        round=of.round,
        turn=turn,
        goal=of.goal,
        threshold=of.threshold,
        approval=of.approval,
        ends_ms=None if ends is None else to_ms(at(ends)),
        xp=of.xp,
        coins=of.coins,
        badge=of.badge,
        interaction_id=8000 + turn,
    )


def quest_rewarded(
    quest: str,
    user: int,
    *,
    turn: int = 1,
    xp: int = 0,
    coins: int = 0,
    by: int | None = None,
    seconds: float = 0,
) -> QuestRewarded:
    """``user`` gets what their turn brings, by the event at position 77."""
    return QuestRewarded(
        guild_id=GUILD,
        source_id=f"{user}:quest:{quest}:{turn}:reward",
        user_id=user,
        occurred_at=at(seconds),
        quest=quest,
        round=1,
        turn=turn,
        xp=xp,
        coins=coins,
        unpaid=0,
        approved_by=by,
        cause_position=77,
        interaction_id=None,
        postings=[
            Posting(account=MINT, amount=-coins),
            Posting(account=wallet(user), amount=coins),
        ]
        if coins
        else [],
    )


def quest_submitted(
    quest: str, user: int, *, attempt: int = 1, note: str | None = None, seconds: float = 0
) -> QuestSubmitted:
    """``user`` says that their first turn is done."""
    return QuestSubmitted(
        guild_id=GUILD,
        source_id=f"{user}:quest:{quest}:1:submitted:{attempt}",
        user_id=user,
        occurred_at=at(seconds),
        quest=quest,
        turn=1,
        attempt=attempt,
        note=note,
        interaction_id=8500 + attempt,
    )


def quest_returned(quest: str, user: int, *, attempt: int = 1, seconds: float = 0) -> QuestReturned:
    """CHIEF sends the first turn of ``user`` back."""
    return QuestReturned(
        guild_id=GUILD,
        source_id=f"{user}:quest:{quest}:1:returned:{attempt}",
        user_id=CHIEF,
        target_id=user,
        occurred_at=at(seconds),
        quest=quest,
        turn=1,
        attempt=attempt,
        reason="more",
        interaction_id=8700 + attempt,
    )


class Questing:
    """The quests of one history, and the newest turn of each member at each."""

    def __init__(self, teller: Teller) -> None:
        """There is nothing to do yet."""
        self.teller = teller
        self.known: dict[str, Quest] = {}
        self.turns: dict[tuple[int, str], int] = {}
        self.times = 0

    @property
    def makers(self) -> dict[type[Event], Callable[[], Event | None]]:
        """For each type what makes up its next event."""
        return {
            QuestDefined: self._define,
            QuestClaimed: self._claim,
            QuestSubmitted: self._submit,
            QuestReturned: self._return,
            QuestEnded: self._end,
            QuestRewarded: self._reward,
        }

    def _define(self) -> Event:
        """A quest is opened, once more, in other words than before; now and then one is closed."""
        told = self.teller
        name = told.random.choice(("all", "talk", "meet", "help")) if self.known else "all"
        before = self.known.get(name)
        if before is not None and before.state == "open" and told.random.random() < 0.3:
            self.known[name] = replace(before, state="closed", revision=before.revision + 1)
            return close(self._asked(), before)
        wanted = self._quest(name, before)
        fact = open_up(self._asked(), wanted, badges={wanted.badge or ""}, based_on=wanted.revision)
        self.known[name] = replace(wanted, state="open", revision=fact.revision, round=fact.round)
        return fact

    def _quest(self, name: str, before: Quest | None) -> Quest:
        """What it asks for, whatever it asked for before."""
        pick = self.teller.random.choice
        goal = pick(("messages", "messages", "reactions", "voice-minutes", "custom"))
        if name == "all":
            goal = pick(("messages", "reactions"))
        personal = name != "all"
        threshold = 1 if goal == "custom" else pick((1, 2, 5))
        return Quest(
            name,
            f"{name} {self.teller.count}",
            goal,
            threshold,
            revision=before.revision if before else 0,
            round=before.round if before else 0,
            emoji=pick(("", "!")),
            description=pick(("", "Do it.")),
            scope="personal" if personal else "community",
            approval=goal == "custom" or (personal and pick((True, False))),
            places=pick((0, 5)) if personal else 0,
            turns=pick((0, 1, 3)),
            wait_hours=pick((0, 2)) if personal else 0,
            hours=pick((0, 1, 50)) if personal else 0,
            ends_at=pick((None, from_ms(to_ms(self.teller.now)) + timedelta(days=2))),
            share=pick((1, threshold)),
            xp=pick((0, 10)),
            coins=pick((0, 7)),
            badge=pick((None, "brave")),
            url=pick((None, "https://example.org/issues/1")),
        )

    def _claim(self) -> Event | None:
        """Somebody takes one on."""
        open_ones = [one for one in self.known.values() if one.state == "open"]
        open_ones = [one for one in open_ones if not one.together]
        now = self._asked().at
        open_ones = [one for one in open_ones if one.ends_at is None or now < one.ends_at]
        if not open_ones:
            return self._define()
        quest, asked = self.teller.random.choice(open_ones), self._asked()
        turn = self.turns.get((asked.user_id, quest.quest), 0) + 1
        self.turns[asked.user_id, quest.quest] = turn
        fact = claim(asked, quest, before=None, taken=0, at_once=0, limit=9)
        return fact.model_copy(
            update={"turn": turn, "source_id": f"{asked.user_id}:quest:{quest.quest}:{turn}"}
        )

    def _submit(self) -> Event | None:
        """Somebody hands in what they have done."""
        which = self._which()
        note = self.teller.random.choice((None, "look", "done"))
        if which is None:
            return self._claim()
        return QuestSubmitted(
            **self._about(which, f"submitted:{self.times}"),
            attempt=self.times,
            note=note,
            interaction_id=self._asked().interaction_id,
        )

    def _return(self) -> Event | None:
        """An admin sends something back."""
        which = self._which()
        if which is None:
            return self._claim()
        common = self._about(which, f"returned:{self.times}")
        return QuestReturned(
            **common | {"user_id": 21, "target_id": which[0]},
            attempt=self.times,
            reason=self.teller.random.choice((None, "more")),
            interaction_id=self._asked().interaction_id,
        )

    def _end(self) -> Event | None:
        """It comes to nothing."""
        which = self._which()
        if which is None:
            return self._claim()
        why = self.teller.random.choice(("abandoned", "expired", "closed"))
        return QuestEnded(**self._about(which, f"ended:{self.times}"), end=why)

    def _reward(self) -> Event | None:
        """It was good."""
        which, told = self._which(), self.teller
        if which is None:
            return self._claim()
        coins = told.random.randint(1, 9)
        told.balances[which[0]] += coins
        return QuestRewarded(
            **self._about(which, f"reward:{self.times}"),
            round=1,
            xp=told.random.randint(0, 9),
            coins=coins,
            unpaid=0,
            approved_by=told.random.choice((None, 21)),
            cause_position=1,
            interaction_id=None,
            postings=[
                Posting(account=MINT, amount=-coins),
                Posting(account=wallet(which[0]), amount=coins),
            ],
        )

    def _which(self) -> tuple[int, str, int] | None:
        if not self.turns:
            return None
        self.times += 1
        who, quest = self.teller.random.choice(list(self.turns))
        return who, quest, self.turns[who, quest]

    def _about(self, which: tuple[int, str, int], what: str) -> dict[str, Any]:
        who, quest, turn = which
        return {
            "guild_id": self.teller.guild_id,
            "source_id": f"{who}:quest:{quest}:{turn}:{what}",
            "user_id": who,
            "occurred_at": self.teller.now,
            "quest": quest,
            "turn": turn,
        }

    def _asked(self) -> Asked:
        told = self.teller
        number = snowflake_at(told.now, told.count)
        return Asked(told.guild_id, number, told.random.choice(sorted(told.balances)), 31)
