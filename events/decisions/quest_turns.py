"""May this member take a quest on, hand it in, give it up? May it be approved, and what follows?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from events.badges import BadgeEarned
from events.decisions.asked import Asked
from events.decisions.quest_goals import QuestGoal, goal_of
from events.decisions.quests import Quest
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import to_ms
from events.ledger import MAX_BALANCE, MINT, move, wallet
from events.quests import (
    TOGETHER,
    End,
    QuestClaimed,
    QuestEnded,
    QuestReturned,
    QuestRewarded,
    QuestSubmitted,
)

MAX_NOTE: Final = 150
MAX_REASON: Final = 150
TurnState = Literal["claimed", "complete", "approved", "abandoned", "expired", "closed"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A member's newest turn at a quest, by the terms of when they took it on; ``done`` is how
    often they have completed it in all."""

    user_id: int
    quest: str
    round: int
    turn: int
    state: TurnState
    goal: str
    threshold: int
    approval: bool
    xp: int
    coins: int
    badge: str | None
    count: int
    attempt: int
    note: str | None
    answer: str | None
    claimed_at: datetime
    ends_at: datetime | None
    completed_at: datetime | None
    completed_position: int | None
    approved_by: int | None
    done: int
    done_at: datetime | None

    @property
    def asks_for(self) -> QuestGoal:
        """The goal."""
        return goal_of(self.goal)

    @property
    def key(self) -> str:
        """The source id of the claim, with which those of what becomes of it begin."""
        return f"{self.user_id}:quest:{self.quest}:{self.turn}"


def claim(
    asked: Asked, quest: Quest, *, before: Turn | None, taken: int, at_once: int, limit: int
) -> QuestClaimed:
    """``asked.user_id``, whose newest turn at it is ``before`` and who is at ``at_once`` quests of
    at most ``limit``, takes a quest on that ``taken`` members have in this round. Raises Refused
    for whatever stands against it."""
    _check_open(quest, asked.at)
    if quest.together:
        raise Refused("Everybody takes part in that one already: what you do counts by itself.")
    if before is not None:
        _check_again(quest, before, asked.at)
    if at_once >= limit:
        raise Refused(
            f"You are at {at_once} quests, which is as many as this server allows at once. "
            "Complete one, or give one up: /quest abandon."
        )
    has_place = before is not None and before.round == quest.round and before.state == "approved"
    if quest.places and taken >= quest.places and not has_place:
        raise Refused("All places of that quest are taken. See /quest list for others.")
    turn = 1 if before is None else before.turn + 1
    own = asked.at + timedelta(hours=quest.hours) if quest.hours else None
    return QuestClaimed(
        **asked.envelope,
        source_id=f"{asked.user_id}:quest:{quest.quest}:{turn}",
        quest=quest.quest,
        revision=quest.revision,
        round=quest.round,
        turn=turn,
        goal=quest.goal,
        threshold=quest.threshold,
        approval=quest.approval,
        ends_ms=None if own is None else to_ms(own),
        xp=quest.xp,
        coins=quest.coins,
        badge=quest.badge,
        interaction_id=asked.interaction_id,
    )


def _check_open(quest: Quest, now: datetime) -> None:
    if quest.state != "open" or (quest.ends_at is not None and quest.ends_at <= now):
        raise Refused("That quest is not open. See /quest list for those that are.")


def _check_again(quest: Quest, before: Turn, now: datetime) -> None:
    if before.state == "claimed" and before.round == quest.round:
        raise Refused("You have taken that quest on already. /quest show tells how far you are.")
    if before.state == "complete":
        raise Refused("You have done that one; it is being looked at. Wait for it.")
    if quest.turns and before.done >= quest.turns:
        raise Refused("You have completed that quest as often as one can. Pick another.")
    if quest.wait_hours and before.done_at is not None:
        again = before.done_at + timedelta(hours=quest.wait_hours)
        if now < again:
            raise Refused(f"You can take that quest on again <t:{to_ms(again) // 1000}:R>.")


def submit(asked: Asked, quest: Quest, turn: Turn | None, note: str | None) -> QuestSubmitted:
    """``asked.user_id`` says that they have done it. Raises Refused."""
    turn = _at_it(turn)
    if quest.state != "open" or turn.round != quest.round:
        raise Refused("That quest was closed. See /quest list for those that are open.")
    if turn.asks_for.counted:
        raise Refused("That one is counted: it is complete by itself. /quest show tells how far.")
    _check_time(quest, turn, asked.at)
    return QuestSubmitted(
        **asked.envelope,
        source_id=f"{turn.key}:submitted:{turn.attempt + 1}",
        quest=turn.quest,
        turn=turn.turn,
        attempt=turn.attempt + 1,
        note=note,
        interaction_id=asked.interaction_id,
    )


def abandon(asked: Asked, turn: Turn | None) -> QuestEnded:
    """``asked.user_id`` gives up. Raises Refused when there is nothing to give up."""
    turn = _at_it(turn)
    return QuestEnded(
        **asked.envelope,
        source_id=f"{turn.key}:ended",
        quest=turn.quest,
        turn=turn.turn,
        end="abandoned",
    )


def _at_it(turn: Turn | None) -> Turn:
    if turn is None or turn.state in ("abandoned", "expired", "closed", "approved"):
        raise Refused("You are not at that quest. Take it on first: /quest claim.")
    if turn.state == "complete":
        raise Refused("You have done that one; it is being looked at. Wait for it.")
    return turn


def _check_time(quest: Quest, turn: Turn, now: datetime) -> None:
    if any(end is not None and end <= now for end in (quest.ends_at, turn.ends_at)):
        raise Refused("The time for that quest is over. You can see the others in /quest list.")


def give_back(asked: Asked, turn: Turn, attempt: int, reason: str | None) -> QuestReturned:
    """The admin ``asked.user_id`` does not approve what they saw as ``attempt``: the member may try
    again, and what is counted is counted anew. Raises Refused when it is not waiting for that."""
    _check_waits(turn, attempt)
    return QuestReturned(
        **asked.envelope,
        source_id=f"{turn.key}:returned:{attempt}",
        target_id=turn.user_id,
        quest=turn.quest,
        turn=turn.turn,
        attempt=attempt,
        reason=reason,
        interaction_id=asked.interaction_id,
    )


def approve(asked: Asked, turn: Turn, attempt: int, *, balance: int) -> list[Event]:
    """The admin ``asked.user_id`` approves what ``turn``'s member has done, whose wallet holds
    ``balance``. Raises Refused when it is not waiting for that."""
    _check_waits(turn, attempt)
    return _rewards(turn, asked.guild_id, asked.at, balance, asked)


def _check_waits(turn: Turn, attempt: int) -> None:
    if turn.state == "approved" and turn.approved_by is not None:
        raise Refused(f"<@{turn.approved_by}> has approved that already. Nothing more was given.")
    if turn.state != "complete" or turn.attempt != attempt:
        raise Refused("That does not wait for approval any more. See /quest-admin board.")


def complete(guild_id: int, turn: Turn, *, balance: int) -> list[Event]:
    """What follows when a turn is complete that needs no approval."""
    at = turn.completed_at or turn.claimed_at
    return _rewards(turn, guild_id, at, balance, None)


def _rewards(
    turn: Turn, guild_id: int, at: datetime, balance: int, asked: Asked | None
) -> list[Event]:
    paid, unpaid = _room(turn.coins, balance)
    reward = QuestRewarded(
        guild_id=guild_id,
        source_id=f"{turn.key}:reward",
        user_id=turn.user_id,
        occurred_at=at,
        quest=turn.quest,
        round=turn.round,
        turn=turn.turn,
        xp=turn.xp,
        coins=paid,
        unpaid=unpaid,
        approved_by=None if asked is None else asked.user_id,
        cause_position=turn.completed_position or 0,
        interaction_id=None if asked is None else asked.interaction_id,
        postings=move(paid, source=MINT, to=wallet(turn.user_id)) if paid else [],
    )
    return [reward, *_badge(turn.badge, reward)]


def shared(guild_id: int, quest: Quest, user_id: int, at: datetime, *, balance: int) -> list[Event]:
    """What a member gets for their share in a quest that everybody has reached ``at`` a time."""
    paid, unpaid = _room(quest.coins, balance)
    reward = QuestRewarded(
        guild_id=guild_id,
        source_id=f"{user_id}:quest:{quest.quest}:round:{quest.round}:reward",
        user_id=user_id,
        occurred_at=at,
        quest=quest.quest,
        round=quest.round,
        turn=TOGETHER,
        xp=quest.xp,
        coins=paid,
        unpaid=unpaid,
        approved_by=None,
        cause_position=quest.reached_position or 0,
        interaction_id=None,
        postings=move(paid, source=MINT, to=wallet(user_id)) if paid else [],
    )
    return [reward, *_badge(quest.badge, reward)]


def _room(coins: int, balance: int) -> tuple[int, int]:
    """What a wallet can take, and what it cannot."""
    paid = max(0, min(coins, MAX_BALANCE - balance))
    return paid, coins - paid


def _badge(badge: str | None, reward: QuestRewarded) -> Sequence[Event]:
    if badge is None:
        return ()
    return [
        BadgeEarned(
            guild_id=reward.guild_id,
            source_id=f"{reward.user_id}:{BadgeEarned.event_type}:{badge}",
            user_id=reward.user_id,
            occurred_at=reward.occurred_at,
            badge=badge,
            cause_position=reward.cause_position,
        )
    ]


def end(guild_id: int, turn: Turn, why: End, at: datetime) -> QuestEnded:
    """A turn comes to nothing by itself."""
    return QuestEnded(
        guild_id=guild_id,
        source_id=f"{turn.key}:ended",
        user_id=turn.user_id,
        occurred_at=at,
        quest=turn.quest,
        turn=turn.turn,
        end=why,
    )
