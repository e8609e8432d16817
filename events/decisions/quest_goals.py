"""What a quest can ask for, by the word that an admin writes.

What is counted is counted as the boards count it: bots do nothing, one's own messages are not
reacted to, and time in voice is time in company. What an import tells was not done for a quest.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class QuestGoal:
    """One thing to do: its word, its title, the type of event that each counts as one (None for
    what is counted otherwise), how much can be asked for, and how many counts make one."""

    word: str
    title: str
    event_type: str | None
    most: int = 1_000_000
    unit: int = 1

    @property
    def counted(self) -> bool:
        """Whether it is counted at all; if not, members say that they have done it."""
        return self.word != CUSTOM


CUSTOM: Final = "custom"
VOICE: Final = "voice-minutes"

QUEST_GOALS: Final = {
    goal.word: goal
    for goal in (
        QuestGoal("messages", "Messages", "message_create"),
        QuestGoal("reactions", "Reactions given", "reaction_add"),
        QuestGoal(VOICE, "Minutes in voice", None, unit=60),
        QuestGoal("poll-votes", "Polls voted in", "poll_vote"),
        QuestGoal("threads", "Threads opened", "thread_create"),
        QuestGoal("daily-claims", "Daily claims", "daily_claim"),
        QuestGoal("activities", "Work and other activities", "activity"),
        QuestGoal("payments", "Payments made", "payment"),
        QuestGoal("purchases", "Purchases in the shop", "item_bought"),
        QuestGoal("gifts", "Things given", "item_given"),
        QuestGoal("things-used", "Things used", "item_used"),
        QuestGoal("bets", "Games of chance", "chance_played"),
        QuestGoal("auctions", "Auctions started", "auction_start"),
        QuestGoal("bids", "Bids in auctions", "auction_bid"),
        QuestGoal("badges-given", "Badges passed on", "badge_given"),
        QuestGoal(CUSTOM, "What it says", None, most=1),
    )
}
"""Every goal by its word."""


def goal_of(word: str) -> QuestGoal:
    """The goal of this word; one that this release does not know counts nothing by itself."""
    return QUEST_GOALS.get(word, QUEST_GOALS[CUSTOM])
