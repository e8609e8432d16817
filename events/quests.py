"""Quests: what a guild asks for, who took one on, how it went, and what it brought.

Source ids: ``rule:quest:{quest}:{revision}`` for each change of a quest, its opening and closing
included; ``{user}:quest:{quest}:{turn}`` for a member's first, second ... turn at it, and with
``:submitted:{try}``, ``:returned:{try}``, ``:ended`` and ``:reward`` behind it what becomes of that
turn; ``{user}:quest:{quest}:round:{round}:reward`` for a share in what everybody did together.
"""

from typing import Any, ClassVar, Literal

from events.engine.event import Count, Event, Label, Snowflake
from events.ledger import LedgerEvent
from events.points import CarriesPoints

Scope = Literal["personal", "community"]
"""Whether each member takes it on for themselves, or everybody works on one number."""

State = Literal["draft", "open", "closed"]
"""Not shown yet; to be had; over."""

End = Literal["abandoned", "expired", "closed"]
"""Why a turn came to nothing: the member gave up, its time ran out, or the quest was closed."""

TOGETHER = 0
"""The turn of what is done together."""


class QuestDefined(Event):
    """A quest as it is from now on, all of it. The admin ``user_id`` said so; nobody did when it
    was closed at its deadline, or when everybody had reached it."""

    event_type: ClassVar[str] = "quest_defined"

    quest: Label
    revision: Count
    """How often this quest has been defined, this time included."""
    round: Count
    """How often it has been opened."""
    state: State
    name: Label
    emoji: Label
    description: Label
    scope: Scope
    goal: Label
    """What counts, by its word in ``events/decisions/quest_goals.py``."""
    threshold: Count
    """How much of it."""
    approval: bool
    """Whether an admin looks at it before it is rewarded."""
    places: Count
    """How many members can have taken it on in a round; 0 for any number."""
    turns: Count
    """How often a member can complete it, or everybody together; 0 for as often as they like."""
    wait_hours: Count
    """How long after completing it a member can take it on again."""
    hours: Count
    """How long a member has for it from taking it on; 0 for until it is closed."""
    ends_ms: Count | None
    """First millisecond (since 1970, UTC) in which it is over."""
    share: Count
    """What a member has to add to what is done together to be rewarded."""
    xp: Count
    coins: Count
    badge: Label | None
    url: Label | None
    """An address with more about it; it is shown and never fetched."""
    interaction_id: Snowflake | None


class QuestClaimed(Event):
    """``user_id`` took a quest on, by the terms it had then."""

    event_type: ClassVar[str] = "quest_claimed"

    quest: Label
    revision: Count
    round: Count
    turn: Count
    """Which of the member's turns at this quest, the first being 1."""
    goal: Label
    threshold: Count
    approval: bool
    ends_ms: Count | None
    """First millisecond in which the member's own time is over."""
    xp: Count
    coins: Count
    badge: Label | None
    interaction_id: Snowflake


class QuestSubmitted(Event):
    """``user_id`` says that they have done what a quest asks for."""

    event_type: ClassVar[str] = "quest_submitted"

    quest: Label
    turn: Count
    attempt: Count
    """How often they have handed it in, this time included."""
    note: Label | None
    interaction_id: Snowflake


class QuestReturned(Event):
    """The admin ``user_id`` did not approve what ``target_id`` has done: they may try again, and
    what is counted is counted anew."""

    event_type: ClassVar[str] = "quest_returned"

    quest: Label
    turn: Count
    attempt: Count
    reason: Label | None
    interaction_id: Snowflake


class QuestEnded(Event):
    """``user_id``'s turn came to nothing."""

    event_type: ClassVar[str] = "quest_ended"
    restated: ClassVar[frozenset[str]] = frozenset({"occurred_at"})

    quest: Label
    turn: Count
    end: End


class QuestRewarded(CarriesPoints, LedgerEvent):
    """``user_id`` completed a quest (or had a share in it), and this is what it brought."""

    event_type: ClassVar[str] = "quest_rewarded"
    points_source: ClassVar[str] = "quest"

    quest: Label
    round: Count
    turn: Count
    """TOGETHER for a share in what everybody did."""
    coins: Count
    unpaid: Count
    """Coins that the wallet had no room for."""
    approved_by: Snowflake | None
    """The admin who looked at it."""
    cause_position: Snowflake
    """The position of the event by which it was complete."""
    interaction_id: Snowflake | None

    def points_factors(self) -> dict[str, Any]:
        """Which quest it was, and who approved it."""
        approved = {} if self.approved_by is None else {"by": self.approved_by}
        return {"quest": self.quest, **approved}
