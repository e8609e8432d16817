"""The histories that the laws run over: the same for the same seed, and open to new types."""

from datetime import date, datetime
from itertools import pairwise
from typing import ClassVar, Literal

import pytest
from pydantic import BaseModel

from events.engine import canonical
from events.engine.catalogue import decode, event_types
from events.engine.event import Amount, Count, Event, Label, Snowflake
from events.ledger import LedgerEvent
from tests.support import histories
from tests.support.histories import BOT, Historian, history, of_every_type


class Stitch(BaseModel):
    """A part of a test's event."""

    colour: Label
    count: Count | None


class Knitted(Event):
    """A type that nobody has told the histories about."""

    event_type: ClassVar[str] = "knit"

    size: Literal["s", "m"]
    needles: Count
    change: Amount
    yarn: Label | None
    by: Snowflake | None = None
    stitches: list[Stitch]
    tags: frozenset[Label]
    names: dict[Label, int | bool | None]
    loops: list[int]
    at: datetime | None = None
    day: date | None = None
    is_gift: bool = False


class YarnBought(LedgerEvent):
    """A type that moves money."""

    event_type: ClassVar[str] = "yarn"

    price: Count


class Odd(Event):
    """A type whose field nobody can make up."""

    event_type: ClassVar[str] = "odd"

    what: complex


def test_the_same_seed_tells_the_same_history() -> None:
    assert history(1, 7, 200) == history(1, 7, 200)
    assert history(1, 7, 200) != history(1, 8, 200)


def test_source_ids_never_come_twice() -> None:
    told = history(1, 7, 3000)
    assert len({event.source_id for event in told}) == 3000


def test_every_type_is_told_with_bots_imports_and_ties() -> None:
    told = list(of_every_type(1))
    assert {event.event_type for event in told} == set(event_types())
    told = history(1, 1, 1000)
    assert any(event.user_id == BOT for event in told)
    assert any(getattr(event, "import_id", None) for event in told)
    assert any(a.occurred_at == b.occurred_at for a, b in pairwise(told))


def test_a_new_type_is_made_up_from_its_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    new = {"knit": Knitted, "yarn": YarnBought}
    monkeypatch.setattr(histories, "event_types", lambda: dict(event_types()) | new)
    monkeypatch.setattr("events.engine.catalogue.event_types", lambda: new)
    told = [event for event in Historian(1, 5).tell(12_000) if event.event_type in new]
    assert {type(event) for event in told} == {Knitted, YarnBought}
    knitted = [event for event in told if isinstance(event, Knitted)]
    for field in Knitted.model_fields.keys() - {"guild_id"}:
        assert len({repr(getattr(event, field)) for event in knitted}) > 1, field
    for event in told:
        if isinstance(event, YarnBought):
            assert decode(canonical.stored(event, 1)) == event
            assert sum(posting.amount for posting in event.postings) == 0


def test_a_type_that_cannot_be_made_up_says_where_to_teach_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(histories, "event_types", lambda: {"odd": Odd})
    with pytest.raises(
        TypeError, match=r"teach tests/support/histories\.py to make up a .*complex"
    ):
        Historian(1, 5).tell(100)
