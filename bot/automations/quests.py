"""What a quest brings is given by itself when it is complete: once a member and turn, or share."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.automation import Automation
from bot.economy.acts import balances_of
from bot.recognition import quests
from events.badges import BadgeEarned
from events.decisions.quest_turns import complete, end, shared
from events.decisions.quests import Quest, next_round
from events.engine.event import Event
from events.ledger import COINS, LedgerEvent, wallet
from sql.pool import Connection
from sql.reads import fetch


def follow(conn: Connection, guild_id: int, seen: int, up_to: int) -> Sequence[Event]:
    """The rewards of all that is complete and that nobody has to approve; and the end for those
    who are at a quest that was closed."""
    stranded = quests.stranded(conn, guild_id)
    ended = [end(guild_id, turn, why, since) for turn, why, since in stranded]
    return [*ended, *_rewards(conn, guild_id)]


def _rewards(conn: Connection, guild_id: int) -> Sequence[Event]:
    turns = quests.complete(conn, guild_id, approval=False)
    reached = [
        (quest, quest.reached_at, [row["user_id"] for row in _sharers(conn, guild_id, quest)])
        for quest in quests.quests(conn, guild_id)
        if quest.state == "open" and quest.reached_at is not None
    ]
    if not turns and not reached:
        return []
    members = {turn.user_id for turn in turns}.union(*(those for _, _, those in reached))
    held: dict[tuple[str, str], int] = dict(balances_of(conn, guild_id, members))
    facts: list[Event] = []
    for turn in turns:
        facts += _paid(held, complete(guild_id, turn, balance=_carried(held, turn.user_id)))
    for quest, at, sharers in reached:
        for user_id in sharers:
            balance = _carried(held, user_id)
            facts += _paid(held, shared(guild_id, quest, user_id, at, balance=balance))
        facts.append(next_round(guild_id, quest, at))
    givable = quests.givable(conn, guild_id)
    return [
        fact
        for fact in facts
        if not isinstance(fact, BadgeEarned) or quests.is_new(conn, fact, givable)
    ]


def _paid(held: dict[tuple[str, str], int], given: list[Event]) -> list[Event]:
    """``given``, with what it brings taken down."""
    for fact in given:
        for posting in fact.postings if isinstance(fact, LedgerEvent) else ():
            key = posting.account, posting.currency
            held[key] = held.get(key, 0) + posting.amount
    return given


def _sharers(conn: Connection, guild_id: int, quest: Quest) -> Sequence[Mapping[str, Any]]:
    round_ = {"guild": guild_id, "quest": quest.quest, "round": quest.round}
    return fetch(conn, "quests", "shares", **round_, least=quest.share * quest.asks_for.unit)


def _carried(held: Mapping[tuple[str, str], int], user_id: int) -> int:
    return held.get((wallet(user_id), COINS), 0)


AUTOMATION = Automation("automation:quests", ("accounts", *quests.READS), follow, whole=True)
