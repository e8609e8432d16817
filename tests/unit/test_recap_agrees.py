"""Over made-up histories: recaps say what profiles, boards and the ledger say."""

from collections import Counter

import pytest

from events.engine.event import Event
from events.ledger import COINS, bank, wallet
from projections.accounts import ACCOUNTS
from projections.engine.folding import fold_events
from projections.engine.read_model import Nothing, WorkingSet, named
from projections.engine.rules import Rules
from projections.points.rows import STATS
from projections.recaps import DOINGS
from tests.support.histories import MEMBERS, history

GUILD = 4001
LIFETIME = 0


def folded(model: str, events: list[Event]) -> WorkingSet:
    to = WorkingSet(GUILD, Rules(), Nothing())
    fold_events(named(model), range(1, len(events) + 1), events, to)
    return to


def of_a_person(event: Event) -> Event:
    """Whoever is no bot never was one: histories make that up, Discord does not."""
    if event.user_id in MEMBERS and "is_bot" in type(event).model_fields:
        return event.model_copy(update={"is_bot": False})
    return event


@pytest.mark.parametrize("seed", range(5))
def test_reactions_and_coins_are_those_of_the_other_tables(seed: int) -> None:
    events = list(map(of_a_person, history(GUILD, seed, 1500)))
    days = folded("recaps", events).rows(DOINGS)
    stats = folded("profiles", events).rows(STATS)
    reactions: Counter[tuple[str, int, int]] = Counter()
    kept: Counter[int] = Counter()
    for day in days:
        for season in {LIFETIME, day.season}:
            reactions["given", day.user_id, season] += day.reactions_given
            reactions["received", day.user_id, season] += day.reactions_received
        kept[day.user_id] += day.earned - day.spent
    counted = [row for row in stats if row.user_id in MEMBERS]
    assert sum(row.reactions_given + row.reactions_received for row in counted) > 100
    for row in counted:
        assert reactions["given", row.user_id, row.season] == row.reactions_given, row
        assert reactions["received", row.user_id, row.season] == row.reactions_received, row

    accounts = [row for row in folded("accounts", events).rows(ACCOUNTS) if row.currency == COINS]
    held: Counter[int] = Counter()
    for account in accounts:
        if account.account in (wallet(account.owner_id), bank(account.owner_id)):
            held[account.owner_id] += account.balance
    assert any(held.values())
    assert {member: kept[member] for member in held} == dict(held)
