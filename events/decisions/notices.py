"""What is worth telling of an event, to whom, and in which words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from events.achievements import AchievementEarned
from events.badges import BadgeEarned, BadgeGiven
from events.decisions.levels import BADGE_LEVELS
from events.economy import CoinsAwarded, LevelReached
from events.engine.event import Event
from events.ledger import COINS
from events.points import PointsAwarded
from events.preferences import Notice
from events.seasons import Place, SeasonEnded

Kind: TypeAlias = Literal["level_up", "badge", "achievement", "award", "season"]
OLDEST: Final = timedelta(hours=6)
"""What happened longer ago is history: nobody is told of it any more."""
PREFERENCE: Final[Mapping[Kind, Notice | None]] = {
    "level_up": "level_up",
    "badge": "achievement",
    "achievement": "achievement",
    "award": "award",
    "season": None,
}
"""By which preference of theirs a member is told of each kind; what is told of nobody has none."""
MOST_PLACES: Final = 10
"""Places of a season that are told."""
TYPES: Final = (
    LevelReached,
    BadgeEarned,
    BadgeGiven,
    AchievementEarned,
    PointsAwarded,
    CoinsAwarded,
    SeasonEnded,
)
_OF_LEVELS: Final = frozenset(f"level-{level}" for level in BADGE_LEVELS)


@dataclass(frozen=True, slots=True)
class Fact:
    """An event at its place, whether it is what an import told, and in which channel it was
    caused."""

    position: int
    event: Event
    imported: bool = False
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class Amounts:
    """So much of each: XP, stars, or a currency."""

    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A badge or an achievement, by its id."""

    what: Literal["badge", "achievement"]
    name: str


@dataclass(frozen=True, slots=True)
class Places:
    """The first places of a season, ranked by ``board``."""

    board: str
    places: tuple[Place, ...]


Value: TypeAlias = str | Amounts | Named | Places


@dataclass(frozen=True, slots=True)
class Said:
    """Something to tell: of whom (if of a member), what its words are filled in with, and where
    it was caused."""

    position: int
    kind: Kind
    user_id: int | None
    values: dict[str, Value]
    channel_id: int | None = None


def worth_telling(facts: Iterable[Fact], now: datetime, *, least: int) -> list[Said]:
    """What is told of ``facts``: nothing that is old or imported, of several levels that one event
    brought the highest from ``least`` on, and no badge that comes with a level."""
    fresh = [fact for fact in facts if not fact.imported and _is_news(fact.event, now)]
    levels = {
        (fact.event.user_id, fact.event.cause_position): fact.position
        for fact in fresh
        if isinstance(fact.event, LevelReached)
    }
    highest = set(levels.values())
    said = []
    for fact in fresh:
        if isinstance(fact.event, LevelReached) and (
            fact.position not in highest or fact.event.level < least
        ):
            continue
        one = _said(fact.position, fact.event)
        if one is not None:
            said.append(replace(one, channel_id=fact.channel_id))
    return said


def _is_news(event: Event, now: datetime) -> bool:
    """Whether it happened lately. What was found by looking back, or given by hand, carries the
    time of what it is for; and a season that is over is news when that is told."""
    if isinstance(event, SeasonEnded):
        return True
    if isinstance(event, AchievementEarned) and event.way != "live":
        return event.way != "import"
    return now - event.occurred_at <= OLDEST


def _said(position: int, event: Event) -> Said | None:
    """What there is to tell of one event; nothing of one that takes something, or gives nothing."""
    if isinstance(event, LevelReached):
        coins = Amounts(((COINS, event.reward),))
        return _about(position, "level_up", event.user_id, level=str(event.level), coins=coins)
    if isinstance(event, BadgeEarned) and event.badge not in _OF_LEVELS:
        return _about(position, "badge", event.user_id, badge=Named("badge", event.badge))
    if isinstance(event, BadgeGiven):
        return _about(position, "badge", event.target_id, badge=Named("badge", event.badge))
    if isinstance(event, AchievementEarned):
        name = Named("achievement", event.achievement)
        return _about(position, "achievement", event.receiver, achievement=name)
    if isinstance(event, SeasonEnded):
        first = Places(event.board, tuple(event.standing[:MOST_PLACES]))
        return Said(position, "season", None, {"season": event.name, "places": first})
    if isinstance(event, PointsAwarded):
        given = (("xp", event.xp), ("stars", event.stars))
        parts = tuple((what, number) for what, number in given if number > 0)
        return _about(position, "award", event.target_id, what=Amounts(parts)) if parts else None
    if isinstance(event, CoinsAwarded) and event.amount > 0:
        coins = Amounts(((event.postings[0].currency, event.amount),))
        return _about(position, "award", event.target_id, what=coins)
    return None


def _about(position: int, kind: Kind, user_id: int | None, **values: Value) -> Said | None:
    """Nothing where it is about nobody in particular."""
    if user_id is None:
        return None
    return Said(position, kind, user_id, values | {"member": f"<@{user_id}>"})
