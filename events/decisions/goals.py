"""What an achievement can ask for, by the word that an admin writes.

* ``count``: so many events of a type by the member, as the event counters count them;
* ``sum``: so much of what the statistics have: XP and stars (what was taken away counts too),
  messages and the like;
* ``reach``: a level, or a streak of claims (the ``streak`` inside the event of the claim);
* ``tenure``: so many days on the server;
* ``custom``: whatever the admins decide; they give it by hand.
"""

from dataclasses import dataclass
from typing import Final, Literal

from events.ledger import MAX_AMOUNT

Kind = Literal["count", "sum", "reach", "tenure", "custom"]


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to strive for: its word, its title, what it is measured by (an event type, or a
    column), and how much can be asked for."""

    word: str
    title: str
    kind: Kind
    measure: str
    most: int
    seasonal: bool = True
    """Whether it can be counted by season."""


_MOST_COUNTED = 1_000_000_000
_MOST_DAYS = 36_500

_COUNTED: Final = (
    ("voice-visits", "Times joined voice", "voice_join"),
    ("daily-claims", "Daily claims", "daily_claim"),
    ("weekly-claims", "Weekly claims", "weekly_claim"),
    ("activities", "Work and other activities", "activity"),
    ("payments", "Payments made", "payment"),
    ("purchases", "Purchases in the shop", "item_bought"),
    ("gifts", "Things given", "item_given"),
    ("things-used", "Things used", "item_used"),
    ("bets", "Games of chance", "chance_played"),
    ("auctions", "Auctions started", "auction_start"),
    ("bids", "Bids in auctions", "auction_bid"),
    ("pets", "Pets adopted", "pet_adopted"),
    ("badges-given", "Badges passed on", "badge_given"),
    ("quests", "Quests completed", "quest_rewarded"),
)

_SUMMED: Final = (
    ("messages", "Messages", "messages"),
    ("reactions", "Reactions given", "reactions_given"),
    ("reactions-received", "Reactions received", "reactions_received"),
    ("threads", "Threads opened", "threads"),
)

GOALS: Final = {
    goal.word: goal
    for goal in (
        *(Goal(word, title, "sum", of, _MOST_COUNTED) for word, title, of in _SUMMED),
        *(Goal(word, title, "count", of, _MOST_COUNTED) for word, title, of in _COUNTED),
        Goal("xp", "XP", "sum", "xp", MAX_AMOUNT),
        Goal("stars", "Stars", "sum", "stars", MAX_AMOUNT),
        Goal("level", "Level", "reach", "level", 1_000, seasonal=False),
        Goal("daily-streak", "Days in a row", "reach", "daily_claim:streak", _MOST_DAYS),
        Goal("weekly-streak", "Weeks in a row", "reach", "weekly_claim:streak", _MOST_DAYS // 7),
        Goal("days-here", "Days on the server", "tenure", "days", _MOST_DAYS, seasonal=False),
        Goal("custom", "Given by admins", "custom", "", 1),
    )
}
"""Every goal by its word."""
