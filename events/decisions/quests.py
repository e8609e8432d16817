"""May this quest be like that, be opened, be closed?"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from events.decisions.asked import Asked
from events.decisions.badges import can_be_seen
from events.decisions.quest_goals import QUEST_GOALS, QuestGoal, goal_of
from events.engine.errors import Refused
from events.engine.snowflake import to_ms
from events.quests import QuestDefined, Scope, State

MAX_ID: Final = 24
MAX_NAME: Final = 50
MAX_EMOJI: Final = 60
MAX_TEXT: Final = 200
MAX_REWARD: Final = 1_000_000
MAX_QUESTS: Final = 100
MAX_COUNT: Final = 100_000
"""Places and turns."""
MAX_HOURS: Final = 24 * 366
_ID: Final = re.compile(r"(?=.*[a-z0-9])[a-z0-9-]+")
_ADDRESS: Final = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?([/?#][!-~]*)?", re.I)
"""What can be the address of an issue: no name or password in it, nothing that cannot be seen."""


@dataclass(frozen=True, slots=True)
class Quest:
    """A quest as it is now; the meanings are those of ``QuestDefined``."""

    quest: str
    name: str
    goal: str
    threshold: int
    revision: int = 0
    round: int = 0
    state: State = "draft"
    emoji: str = "\N{SCROLL}"
    description: str = ""
    scope: Scope = "personal"
    approval: bool = False
    places: int = 0
    turns: int = 1
    wait_hours: int = 0
    hours: int = 0
    ends_at: datetime | None = None
    share: int = 1
    xp: int = 0
    coins: int = 0
    badge: str | None = None
    url: str | None = None
    count: int = field(default=0, compare=False)
    """What everybody has done together in this round."""
    reached_at: datetime | None = field(default=None, compare=False)
    reached_position: int | None = field(default=None, compare=False)
    """When and where that was all of it."""

    @property
    def asks_for(self) -> QuestGoal:
        """The goal."""
        return goal_of(self.goal)

    @property
    def together(self) -> bool:
        """Whether everybody works on one number."""
        return self.scope == "community"


_LOOSE: Final = frozenset({"name", "emoji", "description", "url", "ends_at", "revision"})
"""What of a quest for everybody can change while they are at it."""


def key(quest: str, revision: int) -> str:
    """The source id of a quest's change."""
    return f"rule:quest:{quest}:{revision}"


def define(
    asked: Asked,
    wanted: Quest,
    *,
    known: Collection[Quest],
    badges: Collection[str],
    based_on: int,
) -> QuestDefined:
    """The admin ``asked.user_id`` wants the quest to be as ``wanted``; it was at revision
    ``based_on`` when they looked, and ``badges`` can be given. Raises Refused for what it cannot
    be."""
    check(wanted, badges)
    before = next((one for one in known if one.quest == wanted.quest), None)
    if wanted == before:
        raise Refused("The quest is like that already. Nothing was changed.")
    if before is None and len(known) >= MAX_QUESTS:
        raise Refused(f"A server has at most {MAX_QUESTS} quests. Change one that is closed.")
    if any(one.name.lower() == wanted.name.lower() for one in known if one.quest != wanted.quest):
        raise Refused("Another quest has that name. Pick a different one.")
    if wanted.state == "open":
        _check_deadline(wanted, asked.at)
        if before is not None and before.state == "open" and before.together:
            _check_kept(before, wanted)
    return _fact(replace(wanted, revision=based_on + 1), **_asked(asked))


def open_up(asked: Asked, quest: Quest, *, badges: Collection[str], based_on: int) -> QuestDefined:
    """The admin ``asked.user_id`` opens a quest that they have seen at revision ``based_on``: a new
    round begins. Raises Refused."""
    if quest.state == "open":
        raise Refused("That quest is open already. Nothing was changed.")
    check(quest, badges)
    _check_deadline(quest, asked.at)
    opened = replace(quest, state="open", round=quest.round + 1, revision=based_on + 1)
    return _fact(opened, **_asked(asked))


def close(asked: Asked, quest: Quest) -> QuestDefined:
    """The admin ``asked.user_id`` closes a quest. Raises Refused."""
    if quest.state != "open":
        raise Refused("That quest is not open, so it cannot be closed. Nothing was changed.")
    if quest.reached_at is not None:
        raise Refused("Everybody has just reached that one: it is settled in a moment.")
    closed = replace(quest, state="closed", revision=quest.revision + 1)
    return _fact(closed, **_asked(asked))


def run_out(guild_id: int, quest: Quest, ends_at: datetime) -> QuestDefined:
    """A quest is closed because its time is over."""
    closed = replace(quest, state="closed", revision=quest.revision + 1)
    return _by_itself(guild_id, closed, ends_at)


def next_round(guild_id: int, quest: Quest, at: datetime) -> QuestDefined:
    """Everybody has reached it: it begins anew, or it is closed."""
    again = quest.turns == 0 or quest.round < quest.turns
    if quest.ends_at is not None and quest.ends_at <= at:
        again = False
    after = replace(quest, revision=quest.revision + 1, state="open" if again else "closed")
    return _by_itself(guild_id, replace(after, round=quest.round + again), at)


def check(wanted: Quest, badges: Collection[str]) -> None:
    """Raises Refused for what no quest can be."""
    check_id(wanted.quest)
    _check_texts(wanted)
    _check_goal(wanted)
    _check_numbers(wanted)
    if wanted.badge is not None and wanted.badge not in badges:
        raise Refused("There is no such badge to give. Pick another, or make it: /badge define.")


def check_id(quest: str) -> None:
    """Raises Refused for what cannot be the id of a quest."""
    if len(quest) > MAX_ID or not _ID.fullmatch(quest):
        raise Refused(
            f"A quest's id is made of lower-case letters, digits and hyphens, at most {MAX_ID} of "
            "them, like `first-steps`."
        )


def _check_texts(wanted: Quest) -> None:
    if not can_be_seen(wanted.name) or len(wanted.name) > MAX_NAME or "\n" in wanted.name:
        raise Refused(f"A quest needs a name of one line and at most {MAX_NAME} letters.")
    if len(wanted.emoji) > MAX_EMOJI or "\n" in wanted.emoji:
        raise Refused("Pick one emoji for the quest, or none.")
    if len(wanted.description) > MAX_TEXT:
        raise Refused(f"A description has at most {MAX_TEXT} letters. Make it shorter.")
    url = wanted.url
    if url is not None and (len(url) > MAX_TEXT or not _ADDRESS.fullmatch(url)):
        raise Refused(
            "The link is an address that begins with https://, without blanks and at most "
            f"{MAX_TEXT} letters long, like https://github.com/owner/project/issues/1."
        )


def _check_goal(wanted: Quest) -> None:
    goal = QUEST_GOALS.get(wanted.goal)
    if goal is None:
        raise Refused(f"There is no such goal. These are: {', '.join(QUEST_GOALS)}.")
    if not 1 <= wanted.threshold <= goal.most:
        raise Refused(f"{goal.title}: ask for 1 to {goal.most:,}.")
    if not goal.counted and not wanted.approval:
        raise Refused("What is not counted needs approval. Write `approval: yes`.")
    if not wanted.together:
        return
    if not goal.counted or wanted.approval:
        raise Refused(
            "A quest for everybody is complete when its count is, without approval. Pick a goal "
            "that is counted, and write `approval: no`."
        )
    if wanted.places or wanted.hours or wanted.wait_hours:
        raise Refused(
            "A quest for everybody is not taken on, so it has no places, hours or wait. Write 0 "
            "for each; `until` is its deadline."
        )


def _check_numbers(wanted: Quest) -> None:
    limits = (
        ("places", wanted.places, 0, MAX_COUNT),
        ("turns", wanted.turns, 0, MAX_COUNT),
        ("wait", wanted.wait_hours, 0, MAX_HOURS),
        ("hours", wanted.hours, 0, MAX_HOURS),
        ("share", wanted.share, 1, wanted.threshold),
        ("XP", wanted.xp, 0, MAX_REWARD),
        ("coins", wanted.coins, 0, MAX_REWARD),
    )
    for word, number, least, most in limits:
        if not least <= number <= most:
            raise Refused(f"The number for {word} has to be from {least:,} to {most:,}.")


def _check_deadline(wanted: Quest, now: datetime) -> None:
    ends_at = wanted.ends_at
    if ends_at is None:
        return
    if ends_at <= now:
        raise Refused("The deadline is over already. Change `until` to a time that is to come.")
    if ends_at > now + timedelta(hours=MAX_HOURS):
        raise Refused("The deadline is more than a year away. Pick a nearer one, or none.")


def _check_kept(before: Quest, wanted: Quest) -> None:
    """Members are at it together: what they work for stays as it is."""
    for name in (f.name for f in fields(Quest) if f.compare and f.name not in _LOOSE):
        if getattr(before, name) != getattr(wanted, name):
            raise Refused(
                "Everybody is at this quest, so only its name, texts, link and deadline can "
                "change now. Close it first: /quest-admin close."
            )


def _asked(asked: Asked) -> dict[str, Any]:
    return {**asked.envelope, "interaction_id": asked.interaction_id}


def _by_itself(guild_id: int, quest: Quest, at: datetime) -> QuestDefined:
    return _fact(quest, guild_id=guild_id, user_id=None, occurred_at=at, interaction_id=None)


def _fact(quest: Quest, **envelope: Any) -> QuestDefined:
    return QuestDefined(
        **envelope,
        source_id=key(quest.quest, quest.revision),
        quest=quest.quest,
        revision=quest.revision,
        round=quest.round,
        state=quest.state,
        name=quest.name,
        emoji=quest.emoji,
        description=quest.description,
        scope=quest.scope,
        goal=quest.goal,
        threshold=quest.threshold,
        approval=quest.approval,
        places=quest.places,
        turns=quest.turns,
        wait_hours=quest.wait_hours,
        hours=quest.hours,
        ends_ms=None if quest.ends_at is None else to_ms(quest.ends_at),
        share=quest.share,
        xp=quest.xp,
        coins=quest.coins,
        badge=quest.badge,
        url=quest.url,
    )
