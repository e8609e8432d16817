"""Numbers the facts to which Discord gives no id, so that each change is recorded exactly once.

For each sequence (the reactions on a message, a member's voice states ...) a cursor is kept: the
fold of its facts so far. It is loaded from the lake when it is not in memory, and what is seen
next to it is a new fact or nothing. Two processes that watch the same sequence from the same
beginning give the same numbers, and the lake keeps one of each.

In a rolling deploy the new process connects while the old one still writes. For the first
``HAND_OVER`` after the start, a cursor is therefore loaded only up to the head that the guild's
stream had when the process connected: from there on it counts for itself what it sees for itself.
Afterwards every cursor is dropped and the whole lake is the beginning.

Each fact's source id, what makes a new fact (+), what a redelivery looks like (=), and the test:

message_create   {message}:message_create
    + a new message id  = the same id
    test_a_message_delivered_twice_is_one_fact
message_edit     {message}:message_edit:{edited at, ms}
    + a new edit time  = the same edit time (an embed refresh after an edit has it too)
    test_each_edit_is_a_fact_and_a_refresh_is_none
message_delete   {message}:message_delete
    + a message that was not deleted yet  = the same id, alone or in bulk
    test_a_message_deleted_alone_and_in_bulk_is_one_fact
    test_a_deletion_names_whom_the_message_may_have_brought_something
thread_create    {thread}:thread_create
    + a new thread id, which may be its message's id  = the same id
    test_a_thread_from_a_message_shares_its_snowflake
reaction_add     {message}:reaction:{emoji}:{user}:{odd ordinal}
    + it was off  = it is on already
    test_a_reaction_removed_and_added_again_is_a_new_fact
reaction_remove  {message}:reaction:{emoji}:{user}:{even ordinal}
    + it was on, or nothing is known of it  = it is off already
    test_a_removal_seen_first_has_the_ordinal_two
reaction_clear   {message}:reaction_clear:{ordinal} or {message}:reaction_clear:{emoji}:{ordinal}
    + something was switched on since the last one, or there was none  = nothing was
    test_a_clear_counts_again_only_when_something_was_switched_on
poll_vote, poll_vote_withdrawn     {message}:poll_vote:{user}:{ordinal}
    + the answer was not given, or was; or a withdrawal by somebody unknown  = it is so already
    test_everything_that_a_member_does_in_a_poll_is_numbered
scheduled_event_start, scheduled_event_end     {event}:scheduled_event:{ordinal}
    + it was not taking place there, or was  = it is so already
    test_a_scheduled_event_begins_and_ends_once_each_time
voice_join, voice_leave, voice_move, voice_state     {user}:voice:{ordinal}
    + channel, session, mute or deafness differ from the state before  = all are the same
    test_a_rejoin_in_the_same_voice_session_is_a_new_fact
    test_two_moves_within_a_second_are_two_facts
member_join      {user}:member_join:{joined at, ms}
    + a new join time  = the same join time
    test_a_member_who_comes_back_and_leaves_again_makes_four_facts
member_leave     {user}:member_leave:{joined at, ms, of the membership that ended}
    + the last membership had not ended  = it had
    test_a_member_who_comes_back_and_leaves_again_makes_four_facts
member_update    {user}:member_update:{ordinal}
    + name, avatar, nickname or roles differ, or first seen since the join  = all are the same
    test_a_member_update_is_a_fact_when_something_differs
guild_join       {guild}:guild_join:{joined at, ms}
    + a new join time  = the same join time (sent again at each connect)
    test_a_guild_left_and_joined_again_makes_three_facts
rule_version     rule:version:1, the rules that a new guild begins with
    + a new guild  = sent again at each connect, whatever the newest version is then
    test_a_guild_left_and_joined_again_makes_three_facts
guild_leave      {guild}:guild_leave:{joined at, ms, of the membership that ended}
    + the last membership had not ended  = it had
    test_a_guild_left_and_joined_again_makes_three_facts
all of them      delivered twice: test_everything_delivered_twice_is_recorded_once
                 replayed after RESUME: test_what_is_replayed_after_resume_is_dropped
                 two processes: test_two_overlapping_processes_record_each_fact_once
                 numbered otherwise by another process:
                 test_what_another_process_has_numbered_otherwise_is_numbered_once_more

Limits, all of them of sequences that we number ourselves:

* What happens while no process is connected is not seen, but what has come of it is fetched
  (``backfill``). That, or the next sighting, is a difference to the last known state: a leave and a
  join missed look like a move; a reaction taken back and given again looks like nothing; a second
  leave whose join was missed looks like the first.
* A state told again late, after others, is a new change: an add, a removal and the add once more
  are three facts. Discord does so only after a RESUME, where the sequence number gives it away.
* In a hand-over, changes that the old process has seen but not yet committed when the new one
  reads the heads (milliseconds) are not in the new one's beginning: it may give their numbers
  again. The lake then says duplicate or conflict; a conflict is logged, the sequence is read anew,
  and the newest of what was seen in it is numbered once more. So is a deploy whose two processes
  overlap for longer than ``HAND_OVER``, or one in which the new process calls the roll.
* Stays in voice end, with each new session, where they were last proven (``roll_call``).
* Members and voice states that were there before us are first told by their first change (roles
  also by the first message).
* A scheduled event that ends while no process is connected is still on until it begins again.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.gateway.seen import Cursor, Observation, Standing
from events.engine.catalogue import StoredEvent, decode
from events.engine.event import Event

HAND_OVER: Final = timedelta(minutes=10)
LIMIT: Final = 200_000
"""Keys (members, toggles ...) that are kept in memory."""

Wanted = tuple[int, str, int | None]
"""Guild, prefix, newest position (None: all)."""
Histories = Callable[[Sequence[Wanted]], Sequence[Sequence[StoredEvent]]]
"""For each that is wanted the rows whose source id begins so, in order."""

_Key = tuple[int, str]


class Sequencer:
    """The cursors of one process. Not for use by two threads at once."""

    def __init__(
        self,
        histories: Histories,
        heads: Mapping[int, int],
        started_at: datetime,
        limit: int = LIMIT,
    ) -> None:
        """``heads`` are those of all streams at the start; a guild that is absent has none yet."""
        self._histories = histories
        self._heads = dict(heads)
        self._ends_at = started_at + HAND_OVER
        self._handing_over = True
        self._whole: set[_Key] = set()
        """Sequences that are loaded whole although we are handing over."""
        self._cursors: OrderedDict[_Key, Cursor] = OrderedDict()
        self._limit = limit
        self._size = 0

    def connected(self, guilds: Iterable[int], heads: Mapping[int, int]) -> None:
        """A shard is connected: from ``heads`` on, we see what happens in ``guilds`` ourselves."""
        self._heads.update({guild: heads.get(guild, 0) for guild in guilds})

    def alone(self) -> None:
        """There is nobody to hand over to us: the whole lake is the beginning."""
        self._handing_over = False
        self._whole.clear()
        self._cursors.clear()
        self._size = 0

    def foresee(self, many: Iterable[Observation]) -> None:
        """Load what numbering these will look at, in one question instead of one for each. Nobody
        may connect or write between this and the numbering.

        Raises what loading raises; nothing is taken in then.
        """
        missing: dict[_Key, Observation] = {}
        for seen in many:
            if (key := (seen.guild_id, seen.prefix)) not in self._cursors:
                missing.setdefault(key, seen)
        cursors = {key: seen.cursor() for key, seen in missing.items()}
        asked = [key for key, seen in missing.items() if not seen.complete]
        if asked:
            histories = self._histories([(*key, self._last(key)) for key in asked])
            for key, rows in zip(asked, histories, strict=True):
                for row in rows:
                    cursors[key].follow(decode(row))
        self._cursors |= cursors
        self._size += sum(map(len, cursors.values()))

    def number(self, seen: Observation) -> Event | None:
        """The fact that ``seen`` is, or None when it is a redelivery.

        Raises what loading raises; ``seen`` is then not taken in and can be given again.
        """
        cursor = self._cursor(seen)
        event = cursor.number(seen)
        if event is not None:
            before = len(cursor)
            cursor.follow(event)
            self._size += len(cursor) - before
        return event

    def would_be(self, seen: Observation) -> Event | None:
        """What :meth:`number` would say, without taking ``seen`` in."""
        return self._cursor(seen).number(seen)

    def gone(self, standing: Standing) -> list[Observation]:
        """What went off in a sequence, now that all that is on in it is known. Raises what loading
        raises."""
        return list(self._cursor(standing.off).gone(standing))

    def _cursor(self, seen: Observation) -> Cursor:
        self.foresee([seen])
        key = (seen.guild_id, seen.prefix)
        self._cursors.move_to_end(key)
        return self._cursors[key]

    def forget(self, seen: Observation) -> None:
        """The fact of ``seen`` was not recorded: read its sequence anew, the whole of it."""
        self._drop((seen.guild_id, seen.prefix))

    def settle(self, now: datetime) -> None:
        """Make room, and end the hand-over when it is time. Only while nothing given out is still
        unwritten: what is dropped here is read again from the lake."""
        if self._handing_over and now >= self._ends_at:
            self.alone()
        while self._size > self._limit:
            self._drop(next(iter(self._cursors)))

    def _drop(self, key: _Key) -> None:
        cursor = self._cursors.pop(key, None)
        self._size -= len(cursor) if cursor is not None else 0
        if self._handing_over:
            self._whole.add(key)

    def _last(self, key: _Key) -> int | None:
        """Up to where the lake is the beginning of a sequence; None: all of it."""
        if self._handing_over and key not in self._whole:
            return self._heads.get(key[0], 0)
        return None
