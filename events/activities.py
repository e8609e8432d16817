"""Small jobs that pay: declared as data, drawn with a seed. Source id: ``{interaction}:activity``.

Each activity pays about one coin for each minute of its cool-down in the long run, so none is worth
more than another to somebody who does nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from events.engine.event import Count, Label
from events.ledger import LedgerEvent


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing a member can do for coins. ``chance`` is that of success, in percent; then it pays
    ``low`` to ``high``, otherwise it costs ``fine_low`` to ``fine_high`` (as far as the wallet
    goes). ``{coins}`` in a text is replaced by what it came to."""

    id: str
    description: str
    cooldown: int
    """Seconds until it can be done again."""
    low: int
    high: int
    won: tuple[str, ...]
    chance: int = 100
    fine_low: int = 0
    fine_high: int = 0
    lost: tuple[str, ...] = ()


def _activities(*activities: Activity) -> dict[str, Activity]:
    return {activity.id: activity for activity in activities}


RULES = 1
"""The version of the table below; raised whenever a number in it changes."""

ACTIVITIES = _activities(
    Activity(
        "work",
        "Do an honest hour's work for coins",
        cooldown=3600,
        low=40,
        high=80,
        won=(
            "You sorted a drawer full of notched sticks and earned {coins}.",
            "You carried sacks to the mill. The miller counted out {coins}.",
            "You copied a ledger without a single blot, which was worth {coins}.",
            "You kept the market stall while its owner slept. Your share: {coins}.",
        ),
    ),
    Activity(
        "beg",
        "Hold out your hat",
        cooldown=300,
        low=2,
        high=12,
        chance=70,
        won=(
            "A stranger had loose change: {coins}.",
            "Somebody mistook you for a street performer and left {coins}.",
            "An old friend remembered a debt of {coins}.",
        ),
        lost=(
            "Everybody looked the other way.",
            "You got good advice, which is worth its price.",
        ),
    ),
    Activity(
        "fish",
        "Cast a line and see what bites",
        cooldown=1200,
        low=10,
        high=40,
        chance=80,
        won=(
            "A fat carp! The cook paid {coins} for it.",
            "A boot, with {coins} in the toe.",
            "Three small perch, sold for {coins}.",
            "An eel, to your surprise and its own. It fetched {coins}.",
        ),
        lost=(
            "Nothing bit but the midges.",
            "The big one got away, as the big one does.",
        ),
    ),
    Activity(
        "crime",
        "Try your luck on the wrong side of the law",
        cooldown=7200,
        low=150,
        high=350,
        chance=60,
        fine_low=30,
        fine_high=120,
        won=(
            "You sold a tourist the town's bridge for {coins}.",
            "Nobody was watching the till. {coins} are yours.",
            "The loaded dice held. You walked off with {coins}.",
        ),
        lost=(
            "The watch was awake. The fine took {coins} from you.",
            "Your own getaway mule gave evidence. Fined {coins}.",
        ),
    ),
)
"""Every activity by its id, which is also the name of its command."""


class ActivityDone(LedgerEvent):
    """``user_id`` did an activity and won or lost ``amount``. The draws of ``seed``: 0 decides
    whether it succeeds, 1 how much is at stake, 2 how it is told."""

    event_type: ClassVar[str] = "activity"

    activity: Label
    seed: Count
    won: bool
    drawn: Count
    """What the seed gave, before the guild's percentage and the end of the wallet."""
    percent: Count
    """The guild's ``activity_percent``."""
    amount: Count
    """What was won, or lost."""
    telling: Count
    """Which of the activity's texts was told: its place in the table."""
    cooldown: Count
    """Seconds until it may be done again."""
    rules: Count
    """The version of the table that decided."""

    @property
    def ready_at(self) -> datetime:
        """When it may be done again."""
        return self.occurred_at + timedelta(seconds=self.cooldown)
