"""A guild's quests: what there is to do, who is at it and how far, and how it looks."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import discord
from discord import app_commands

from bot import autocomplete, look
from bot.answer import Interaction
from bot.handle import recorded
from bot.recognition import badges
from events.badges import BadgeEarned
from events.currency import Coin
from events.decisions.badges import Kind
from events.decisions.quest_turns import Turn
from events.decisions.quests import Quest
from events.engine.errors import Refused
from events.quests import End
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS: Final = ["badge_kinds", "badges", "quests"]
DOT: Final = " \N{MIDDLE DOT} "
CHECKED: Final = "\N{WHITE HEAVY CHECK MARK}"
WAITING: Final = "\N{HOURGLASS WITH FLOWING SAND}"

Choices = list[app_commands.Choice[str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a quest stands: members who are at it, who wait for approval, how often it was done."""

    at_it: int = 0
    complete: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a guild has to do, and how a member stands with it."""

    quests: Sequence[Quest]
    turns: Mapping[str, Turn]
    shares: Mapping[tuple[str, int], int]
    standing: Mapping[str, Standing]
    kinds: Mapping[str, Kind]


def quests(conn: Connection, guild_id: int) -> list[Quest]:
    """Every quest: open ones first, those that end soonest before the others."""
    return [Quest(**row) for row in fetch(conn, "quests", "quests", guild=guild_id)]


def pick(conn: Connection, guild_id: int, text: str, *, drafts: bool = False) -> Quest:
    """The quest that is meant, by its id or by its name as typed; a draft only where ``drafts``
    are shown. Raises Refused."""
    typed = text.strip().lower()
    for one in quests(conn, guild_id):
        if typed in (one.quest, one.name.lower()) and (drafts or one.state != "draft"):
            return one
    raise Refused("There is no such quest. Pick one from the list, or see /quest list.")


def turns(conn: Connection, guild_id: int, user_id: int) -> dict[str, Turn]:
    """A member's newest turn at each quest, by the quest's id."""
    rows = fetch(conn, "quests", "turns", guild=guild_id, user=user_id)
    return {row["quest"]: Turn(**row) for row in rows}


def stranded(conn: Connection, guild_id: int) -> list[tuple[Turn, End, datetime]]:
    """The turns of those who are at a quest that is closed; why it is, and since when."""
    found = []
    for row in fetch(conn, "quests", "stranded", guild=guild_id):
        since, why = row.pop("changed_at"), row.pop("why")
        found.append((Turn(**row), why, since))
    return found


def complete(conn: Connection, guild_id: int, *, approval: bool) -> list[Turn]:
    """The turns that are complete and were not rewarded yet, the oldest first."""
    return _turns(fetch(conn, "quests", "complete", guild=guild_id, approval=approval))


def run_out(conn: Connection, guild_id: int, now: datetime) -> list[Turn]:
    """The turns whose own time is over."""
    return _turns(fetch(conn, "quests", "run_out", guild=guild_id, now=now))


def _turns(rows: Iterable[Row]) -> list[Turn]:
    return [Turn(**row) for row in rows]


def taken(conn: Connection, guild_id: int, quest: Quest) -> int:
    """How many members have a place in the quest's round."""
    row = fetch_one(conn, "quests", "taken", guild=guild_id, quest=quest.quest, round=quest.round)
    assert row is not None  # a count
    return int(row["members"])


def givable(conn: Connection, guild_id: int) -> Collection[str]:
    """The badges that can be given."""
    known = badges.kinds(conn, guild_id)
    return {badge for badge, kind in known.items() if not kind.retired}


def is_new(conn: Connection, fact: BadgeEarned, can_be_given: Collection[str]) -> bool:
    """Whether a quest's badge is one that can be given, and that the member neither has nor ever
    earned."""
    if fact.badge not in can_be_given or recorded(conn, fact.guild_id, fact.source_id) is not None:
        return False
    return badges.held(conn, fact.guild_id, fact.user_id or 0, fact.badge) is None


def standing(conn: Connection, guild_id: int) -> dict[str, Standing]:
    """How each quest stands that anybody ever took on."""
    rows = fetch(conn, "quests", "standing", guild=guild_id)
    return {row["quest"]: Standing(row["at_it"], row["complete"], row["done"]) for row in rows}


def sheet(conn: Connection, guild_id: int, user_id: int) -> Sheet:
    """Everything there is, with how a member stands with it."""
    shares = fetch(conn, "quests", "share", guild=guild_id, user=user_id)
    return Sheet(
        quests(conn, guild_id),
        turns(conn, guild_id, user_id),
        {(row["quest"], row["round"]): row["count"] for row in shares},
        standing(conn, guild_id),
        badges.kinds(conn, guild_id),
    )


def title(quest: Quest) -> str:
    """A quest's name as it is shown, with its emoji."""
    return f"{quest.emoji} {discord.utils.escape_markdown(quest.name)}".strip()


def asks(quest: Quest | Turn) -> str:
    """What it asks for, in words."""
    goal = quest.asks_for
    if not goal.counted:
        return goal.title
    return f"{goal.title}: {look.number(quest.threshold)}"


def brings(quest: Quest | Turn, coin: Coin, kinds: Mapping[str, Kind]) -> str:
    """What it brings, in words; nothing when it brings nothing."""
    parts = []
    if quest.xp:
        parts.append(f"{look.number(quest.xp)} XP")
    if quest.coins:
        parts.append(coin.words(quest.coins))
    if quest.badge is not None:
        kind = kinds.get(quest.badge)
        name = discord.utils.escape_markdown(kind.name) if kind else quest.badge
        parts.append(f"badge {f'{kind.emoji} ' if kind and kind.emoji else ''}{name}")
    return ", ".join(parts)


def progress(done: int, quest: Quest | Turn) -> str:
    """A bar and how much is done of what is asked for."""
    unit = quest.asks_for.unit
    made = min(done // unit, quest.threshold)
    bar = look.bar(min(done, quest.threshold * unit), quest.threshold * unit)
    return f"`{bar}` {look.number(made)} of {look.number(quest.threshold)}"


def terms(quest: Quest) -> str:
    """The rest of what a member has to know before they take it on."""
    parts = []
    if quest.together:
        parts.append("everybody together")
        if quest.share > 1:
            parts.append(f"rewarded from {look.number(quest.share)} of it on")
    if quest.places:
        parts.append(look.count(quest.places, "place"))
    if quest.hours:
        parts.append(f"{look.count(quest.hours, 'hour')} from taking it on")
    if quest.turns != 1:
        parts.append(f"{look.number(quest.turns)} times" if quest.turns else "as often as you like")
    if quest.wait_hours:
        parts.append(f"again after {look.count(quest.wait_hours, 'hour')}")
    if quest.approval:
        parts.append("an admin looks at it")
    return DOT.join(parts)


def state_of(quest: Quest, found: Sheet) -> str:
    """How a member stands with a quest, in words."""
    if quest.together:
        mine = found.shares.get((quest.quest, quest.round), 0) // quest.asks_for.unit
        share = f"{DOT}yours: {look.number(mine)}"
        if quest.state == "closed":
            return (f"{CHECKED} reached" if quest.reached_at else "closed") + share
        return progress(quest.count, quest) + share
    turn = found.turns.get(quest.quest)
    if turn is None:
        return "closed" if quest.state == "closed" else "not taken on"
    times = f"{DOT}done {look.count(turn.done, 'time')}" if turn.done > 1 else ""
    return _turn_state(turn, quest) + times


def _turn_state(turn: Turn, quest: Quest) -> str:
    if turn.state == "complete":
        return (
            f"{WAITING} complete; an admin looks at it" if turn.approval else f"{CHECKED} complete"
        )
    if turn.state == "approved":
        return f"{CHECKED} {look.ago(turn.done_at)}" if turn.done_at else CHECKED
    if turn.state == "claimed":
        ends = [moment for moment in (turn.ends_at, quest.ends_at) if moment is not None]
        until = f"{DOT}until {look.ago(min(ends))}" if ends else ""
        counted = turn.asks_for.counted
        answer = discord.utils.escape_markdown(turn.answer or "nothing was said about it")
        back = f"\nSent back: {answer}" if turn.attempt else ""
        return (progress(turn.count, turn) if counted else "taken on; /quest submit") + until + back
    return {"abandoned": "given up", "expired": "time ran out", "closed": "closed"}[turn.state]


def card(quest: Quest, heading: str, coin: Coin, kinds: Mapping[str, Kind]) -> discord.Embed:
    """Everything about a quest."""
    embed = look.note(quest.description, title=heading)
    embed.add_field(name="Quest", value=f"**{title(quest)}**\n`{quest.quest}`")
    embed.add_field(name="Asks for", value=asks(quest))
    embed.add_field(name="Brings", value=brings(quest, coin, kinds) or "Nothing but honour")
    more = terms(quest)
    if more:
        embed.add_field(name="Terms", value=more, inline=False)
    if quest.ends_at is not None:
        embed.add_field(name="Until", value=discord.utils.format_dt(quest.ends_at, "f"))
    if quest.url is not None:
        embed.add_field(name="More about it", value=quest.url, inline=False)
    return embed


async def choices(interaction: Interaction, current: str) -> Choices:
    """The quests that members see."""
    return await _choices(interaction, current, drafts=False)


async def all_choices(interaction: Interaction, current: str) -> Choices:
    """All of them, for admins."""
    return await _choices(interaction, current, drafts=True)


async def _choices(interaction: Interaction, current: str, *, drafts: bool) -> Choices:
    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        for one in quests(conn, guild_id):
            if drafts or one.state != "draft":
                yield _named(one), one.quest

    return await autocomplete.looked_up(interaction, current, ["quests"], load)


def _named(quest: Quest) -> str:
    return f"{quest.name} ({asks(quest) if quest.state == 'open' else quest.state})"
