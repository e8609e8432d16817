"""Quests: what there is to do, who is at it and how far they are.

What is counted for a quest is what the boards count (see ``projections/profiles.py``), from the
moment in which a member took it on, or in which one for everybody was opened, until its time is
over; what an import tells is not. Time in voice is split at these moments.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from events.decisions.quest_goals import QUEST_GOALS, VOICE, goal_of
from events.engine.catalogue import event_types
from events.engine.event import Event
from events.engine.snowflake import from_ms, to_ms
from events.messages import MessageCreated
from events.quests import (
    QuestClaimed,
    QuestDefined,
    QuestEnded,
    QuestReturned,
    QuestRewarded,
    QuestSubmitted,
)
from events.reactions import ReactionAdded
from events.voice import VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged
from projections.engine.read_model import ReadModel, WorkingSet
from projections.points import voice
from projections.points.voice import Presence
from projections.profiles import REWARDED_MESSAGES
from sql.rows import Table


@dataclass(slots=True)
class QuestRow:
    """A quest as it was last defined, at ``changed_at`` and ``position``. ``opened_at`` is the
    beginning of its round; ``count`` is what everybody has done in it together, and ``reached_*``
    when that was all."""

    quest: str
    revision: int
    round: int
    state: str
    name: str
    emoji: str
    description: str
    scope: str
    goal: str
    threshold: int
    approval: bool
    places: int
    turns: int
    wait_hours: int
    hours: int
    ends_at: datetime | None
    share: int
    xp: int
    coins: int
    badge: str | None
    url: str | None
    opened_at: datetime | None
    count: int
    reached_at: datetime | None
    reached_position: int | None
    changed_at: datetime
    position: int


@dataclass(slots=True)
class TurnRow:
    """A member's newest turn at a quest, by the terms of when they took it on; ``done`` is how
    often they have completed it in all. ``note`` is what they say about it, ``answer`` what
    was missing. What is counted is counted in the goal's smallest unit."""

    user_id: int
    quest: str
    round: int
    turn: int
    state: str
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


@dataclass(slots=True)
class Share:
    """What a member has added to what is done together in a round."""

    quest: str
    round: int
    user_id: int
    count: int


@dataclass(slots=True)
class InVoice:
    """Where a member is in voice (None: nowhere), and since when that is not yet counted."""

    user_id: int
    channel_id: int | None
    idle: bool
    is_bot: bool
    since: datetime

    @classmethod
    def of(cls, presence: Presence) -> "InVoice":
        """What of a presence matters here."""
        p = presence
        return cls(p.user_id, p.channel_id, p.idle, p.is_bot, p.since)

    def presence(self) -> Presence:
        """For the rules of who is in company."""
        return Presence(
            user_id=self.user_id,
            channel_id=self.channel_id,
            category_id=None,
            idle=self.idle,
            is_bot=self.is_bot,
            since=self.since,
        )


@dataclass(frozen=True, slots=True)
class Deed:
    """A member did something that a goal counts, at a moment; or, beginning at ``since``, for a
    time."""

    user_id: int
    goal: str
    at: datetime
    since: datetime | None = None

    def within(self, begins: datetime, ends: datetime | None) -> int:
        """How much of it lies between two moments."""
        if self.since is None:
            return int(begins <= self.at and (ends is None or self.at < ends))
        last = self.at if ends is None else min(self.at, ends)
        return max(0, int((last - max(self.since, begins)).total_seconds()))


QUESTS = Table("quests", QuestRow, "state", key=("quest",))
TURNS = Table("quest_turns", TurnRow, "state", key=("user_id", "quest"), member="user_id")
SHARES = Table("quest_shares", Share, "tally", key=("quest", "round", "user_id"))
PRESENCE = Table(
    "quest_presence", InVoice, "state", key=("user_id",), member="user_id", also="channel_id"
)
READ_MODEL = ReadModel("quests", version=1, tables=(QUESTS, TURNS, SHARES, PRESENCE))

_LAST_MS = to_ms(datetime.max.replace(tzinfo=UTC))
_OWN_FOLD = (MessageCreated, ReactionAdded)
_PLAIN = {
    event_types()[goal.event_type]: goal.word
    for goal in QUEST_GOALS.values()
    if goal.event_type is not None and event_types()[goal.event_type] not in _OWN_FOLD
}
"""What each event of a type counts as, where nothing else has to be asked."""


@READ_MODEL.also_about(VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged)
def occupants(to: WorkingSet) -> list[int]:
    """Whoever is in voice may get on when somebody else comes or goes."""
    return [presence.user_id for presence in to.all(PRESENCE)]


@READ_MODEL.on(QuestDefined)
def defined(event: QuestDefined, to: WorkingSet) -> None:
    """The newest definition is the one in force; a new round begins at nothing."""
    before = to.get(QUESTS, event.quest)
    if before is not None and before.round != event.round:
        before = None
    row = QuestRow(
        quest=event.quest,
        revision=event.revision,
        round=event.round,
        state=event.state,
        name=event.name,
        emoji=event.emoji,
        description=event.description,
        scope=event.scope,
        goal=event.goal,
        threshold=event.threshold,
        approval=event.approval,
        places=event.places,
        turns=event.turns,
        wait_hours=event.wait_hours,
        hours=event.hours,
        ends_at=_moment(event.ends_ms),
        share=event.share,
        xp=event.xp,
        coins=event.coins,
        badge=event.badge,
        url=event.url,
        opened_at=before.opened_at if before else event.occurred_at if event.round else None,
        count=before.count if before else 0,
        reached_at=before.reached_at if before else None,
        reached_position=before.reached_position if before else None,
        changed_at=event.occurred_at,
        position=to.position,
    )
    to.put(QUESTS, row)


@READ_MODEL.on(QuestClaimed)
def claimed(event: QuestClaimed, to: WorkingSet) -> None:
    """A turn begins; how often the member has completed the quest is kept."""
    before = to.get(TURNS, event.user_id or 0, event.quest)
    row = TurnRow(
        user_id=event.user_id or 0,
        quest=event.quest,
        round=event.round,
        turn=event.turn,
        state="claimed",
        goal=event.goal,
        threshold=event.threshold,
        approval=event.approval,
        xp=event.xp,
        coins=event.coins,
        badge=event.badge,
        count=0,
        attempt=0,
        note=None,
        answer=None,
        claimed_at=event.occurred_at,
        ends_at=_moment(event.ends_ms),
        completed_at=None,
        completed_position=None,
        approved_by=None,
        done=before.done if before else 0,
        done_at=before.done_at if before else None,
    )
    to.put(TURNS, row)


@READ_MODEL.on(QuestSubmitted)
def submitted(event: QuestSubmitted, to: WorkingSet) -> None:
    """The member says that it is done."""
    row = _turn(to, event.user_id, event.quest, event.turn)
    if row is not None:
        row.note = event.note
        _completed(row, event, to)


@READ_MODEL.on(QuestReturned)
def returned(event: QuestReturned, to: WorkingSet) -> None:
    """It was not approved, so it goes on; what is counted begins anew."""
    row = _turn(to, event.target_id, event.quest, event.turn)
    if row is not None:
        row.state, row.count, row.answer = "claimed", 0, event.reason
        row.completed_at = row.completed_position = None
        to.put(TURNS, row)


@READ_MODEL.on(QuestEnded)
def ended(event: QuestEnded, to: WorkingSet) -> None:
    """It came to nothing."""
    row = _turn(to, event.user_id, event.quest, event.turn)
    if row is not None:
        row.state = event.end
        to.put(TURNS, row)


@READ_MODEL.on(QuestRewarded)
def rewarded(event: QuestRewarded, to: WorkingSet) -> None:
    """A turn is over and done; a share in what was done together is no turn."""
    row = _turn(to, event.user_id, event.quest, event.turn)
    if row is not None:
        row.state, row.approved_by = "approved", event.approved_by
        row.done, row.done_at = row.done + 1, event.occurred_at
        to.put(TURNS, row)


@READ_MODEL.on(MessageCreated)
def message(event: MessageCreated, to: WorkingSet) -> None:
    """What a member writes."""
    if event.message_type in REWARDED_MESSAGES:
        _count_live(event, "messages", to)


@READ_MODEL.on(ReactionAdded)
def reaction(event: ReactionAdded, to: WorkingSet) -> None:
    """A reaction to somebody else's message, the first time."""
    if event.ordinal == 1 and event.user_id != event.target_id:
        _count_live(event, "reactions", to)


@READ_MODEL.on(*_PLAIN)
def done(event: Event, to: WorkingSet) -> None:
    """Whatever counts as one each time; of what is numbered (votes in a poll), the first."""
    if getattr(event, "ordinal", 1) == 1:
        _count_live(event, _PLAIN[type(event)], to)


@READ_MODEL.on(VoiceJoined, VoiceLeft, VoiceMoved, VoiceStateChanged)
def voice_changed(event: voice.VoiceEvent, to: WorkingSet) -> None:
    """Settle the time of everybody in the channels concerned, then take the change in."""
    everybody = [row.presence() for row in to.all(PRESENCE)]
    channels = voice.channels_of(everybody, event)
    for presence, seconds, _ in voice.settle(everybody, channels, event.occurred_at):
        to.put(PRESENCE, InVoice.of(presence))
        if seconds:
            began = presence.since - timedelta(seconds=seconds)
            _count(Deed(presence.user_id, VOICE, presence.since, began), event, to)
    row = to.get(PRESENCE, event.user_id)
    before = None if row is None else row.presence()
    to.put(PRESENCE, InVoice.of(voice.after(before, event, is_bot=event.is_bot)))


def _count_live(event: Event, goal: str, to: WorkingSet) -> None:
    """Bots do nothing, and what an import tells was not done for a quest."""
    if event.user_id is None or getattr(event, "is_bot", False):
        return
    if getattr(event, "import_id", None) is None:
        _count(Deed(event.user_id, goal, event.occurred_at), event, to)


def _count(deed: Deed, event: Event, to: WorkingSet) -> None:
    """Count a deed in every open quest that it is for."""
    for quest in to.all(QUESTS):
        if quest.state != "open" or quest.opened_at is None:
            continue
        if quest.scope == "personal":
            _count_own(deed, quest, event, to)
        elif quest.goal == deed.goal and quest.reached_at is None:
            amount = deed.within(quest.opened_at, quest.ends_at)
            if amount:
                to.add(SHARES, (quest.quest, quest.round, deed.user_id), count=amount)
                quest.count += amount
                if quest.count >= _needed(quest):
                    quest.reached_at, quest.reached_position = event.occurred_at, to.position
                to.put(QUESTS, quest)


def _count_own(deed: Deed, quest: QuestRow, event: Event, to: WorkingSet) -> None:
    """The turn has its own goal: the quest may have been changed since."""
    row = to.get(TURNS, deed.user_id, quest.quest)
    if row is None or (row.state, row.round, row.goal) != ("claimed", quest.round, deed.goal):
        return
    ends = [moment for moment in (quest.ends_at, row.ends_at) if moment is not None]
    amount = deed.within(row.claimed_at, min(ends, default=None))
    if amount:
        row.count += amount
        to.put(TURNS, row)
        if row.count >= _needed(row):
            _completed(row, event, to)


def _needed(row: QuestRow | TurnRow) -> int:
    """What is to be counted in all."""
    return row.threshold * goal_of(row.goal).unit


def _completed(row: TurnRow, event: Event, to: WorkingSet) -> None:
    row.state, row.attempt = "complete", row.attempt + 1
    row.completed_at, row.completed_position = event.occurred_at, to.position
    to.put(TURNS, row)


def _turn(to: WorkingSet, user_id: int | None, quest: str, turn: int) -> TurnRow | None:
    """A member's turn, if it is their newest at this quest."""
    row = to.get(TURNS, user_id, quest)
    return row if row is not None and row.turn == turn else None


def _moment(milliseconds: int | None) -> datetime | None:
    """The moment that an event tells; one that lies outside the calendar never comes."""
    if milliseconds is None or milliseconds > _LAST_MS:
        return None
    return from_ms(milliseconds)
