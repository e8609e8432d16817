"""The base of every event: what it lets in, what it stores, how it is told from another."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar

import orjson
import pytest
from pydantic import BaseModel, Field, ValidationError

from events.economy import LevelReached
from events.engine import canonical
from events.engine.canonical import GENESIS, canonical_payload, commitment, content, digest
from events.engine.catalogue import decode, event_types
from events.engine.event import ENVELOPE, Event, Label
from events.interactions import InteractionUsed
from events.ledger import Posting
from events.members import MemberUpdated
from events.messages import MessageCreated
from tests.support.facts import GUILD, START, at, message, setting


class Everything(Event):
    """A test's own event type, never in the catalogue."""

    event_type: ClassVar[str] = "everything"

    label: Label = ""
    maybe: Label | None = None
    mixed: int | bool | Label | None = None
    table: dict[Label, int | None] = Field(default_factory=dict)
    numbers: frozenset[int] = frozenset()
    inner: Posting | None = None


def everything(**fields: Any) -> Everything:
    return Everything(guild_id=1, source_id="1:everything", occurred_at=START, **fields)


@pytest.mark.parametrize("field", ["label", "maybe", "mixed"])
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("nul\x00in\x00side", "nulinside"),
        ("lone \ud83d surrogate", "lone ? surrogate"),
        ("e\u0301 \ud83d\x00", "e\u0301 ?"),
        ("🎉 naïve", "🎉 naïve"),
        ("x" * 201, "x" * 200),
        ("🎉" * 300, "🎉" * 200),
        ("", ""),
    ],
)
def test_a_label_is_something_that_postgresql_can_store(field: str, given: str, kept: str) -> None:
    assert getattr(everything(**{field: given}), field) == kept


def test_the_name_of_an_option_is_cleaned_too() -> None:
    used = InteractionUsed(
        guild_id=GUILD,
        source_id="701:interaction",
        user_id=2001,
        occurred_at=START,
        interaction_id=701,
        kind="slash",
        name="pay",
        options={"amo\x00unt": 5, "lone \ud83d": "\x00"},
        outcome="ok",
        duration_ms=1,
    )
    assert used.options == {"amount": 5, "lone ?": ""}


@pytest.mark.parametrize("value", [True, False, 0, 1, -5, "text", None])
def test_a_mixed_value_keeps_its_type(value: object) -> None:
    event = everything(mixed=value)
    (again,) = orjson.loads(b"[" + event.payload_json() + b"]")
    assert (type(again["mixed"]), again["mixed"]) == (type(value), value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (START + timedelta(microseconds=123_999), START + timedelta(milliseconds=123)),
        (
            datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
            datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC),
        ),
        (datetime(2026, 1, 5, 14, tzinfo=timezone(timedelta(hours=2))), START),
        ("2026-01-05T12:00:00.0009+00:00", START),
    ],
)
def test_a_moment_is_utc_cut_to_the_millisecond(given: Any, kept: datetime) -> None:
    moment = (
        message(1).model_validate({**message(1).model_dump(), "occurred_at": given}).occurred_at
    )
    assert moment == kept
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"guild_id": -1},
        {"guild_id": 2**63},
        {"guild_id": None},
        {"user_id": "me"},
        {"source_id": ""},
        {"source_id": "x" * 201},
        {"source_id": "1:mess\x00age"},
        {"source_id": "lone \ud83d"},
        {"occurred_at": datetime(2026, 1, 1)},
        {"occurred_at": "soon"},
        {"occurred_at": "9999-12-31T23:59:59.999-12:00"},
        {"length": -1},
        {"length": 2**63},
        {"text": "what was said"},
    ],
)
def test_what_cannot_be_a_fact_is_refused(wrong: dict[str, object]) -> None:
    fields = message(1).model_dump() | wrong
    with pytest.raises(ValidationError) as refused:
        MessageCreated.model_validate(fields)
    assert [error["loc"][0] for error in refused.value.errors()] == [*wrong]


def test_an_event_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        message(1).length = 5  # type: ignore[misc]


def test_no_event_type_holds_text_that_somebody_wrote() -> None:
    forbidden = {"content", "text", "body", "topic", "message"}
    for name, cls in event_types().items():
        assert not forbidden & set(cls.model_fields), name


def test_every_type_has_a_name_a_version_and_a_description_of_its_own() -> None:
    assert len(event_types()) >= 24
    for name, cls in event_types().items():
        assert cls.event_type == name == name.lower()
        assert cls.schema_version >= 1
        assert cls.__doc__ and cls.__doc__ != Event.__doc__
        assert cls.restated <= set(cls.model_fields) - {"guild_id", "source_id"}
        assert set(cls.upcasts) == set(range(1, cls.schema_version))


def test_the_payload_is_everything_outside_the_envelope_as_canonical_json() -> None:
    event = everything(
        label="b",
        numbers=frozenset({3, 1, 2}),
        inner=Posting(account="mint", amount=5),
        table={"z": 1, "a": None},
    )
    assert not set(event.payload()) & set(ENVELOPE)
    assert event.payload_json() == (
        b'{"inner":{"account":"mint","amount":5,"currency":"coins"},"label":"b","maybe":null,'
        b'"mixed":null,"numbers":[1,2,3],"table":{"a":null,"z":1}}'
    )
    assert canonical_payload(b' {"b" : [1,  2], "a": "\\u00fc"} ') == '{"a":"ü","b":[1,2]}'.encode()


def test_a_payload_holds_plain_values_only() -> None:
    event = everything().model_copy(update={"label": object()})
    with pytest.raises(TypeError, match="not JSON serializable"):
        event.payload_json()


def test_a_trusted_event_is_the_same_as_a_validated_one() -> None:
    first = message(1, length=7, category_id=5)
    again = decode(canonical.stored(first, 9))
    assert again == first
    assert again.model_dump() == first.model_dump()
    assert isinstance(again, BaseModel)
    assert hash(again.source_id) == hash(first.source_id)


def test_who_an_event_is_about() -> None:
    assert message(1, user=2001).members() == (2001,)
    assert message(1, user=2001).model_copy(update={"target_id": 2002}).members() == (2001, 2002)
    assert setting("message_xp", 1).model_copy(update={"user_id": None}).members() == ()


# Digests


def test_the_content_names_every_column() -> None:
    row = canonical.stored(message(501, user=2001, channel=3001, seconds=1.5), 7)
    assert content(row, at(2)) == (
        b'[1001,7,"501:message_create","message_create",1,2001,3001,null,1767614401500,'
        b"1767614402000]" + row.payload
    )


def test_any_other_column_is_another_content() -> None:
    row = canonical.stored(message(501), 7)
    contents = {content(row, at(0)), content(row, at(1))}
    others: dict[str, object] = {
        "guild_id": 5,
        "position": 8,
        "source_id": "x",
        "event_type": "y",
        "schema_version": 2,
        "user_id": None,
        "channel_id": 6,
        "target_id": 0,
        "payload": b"{}",
        "occurred_at": at(9),
    }
    for name, value in others.items():
        contents.add(content(row._replace(**{name: value}), at(0)))  # type: ignore[arg-type]
    assert len(contents) == len(others) + 2


def test_the_chain_by_hand() -> None:
    committed = commitment(b"salt", b"content")
    assert committed.hex() == "e8bcdad0a275fef01e37344175dd6de6defa8649c00fbeb9010d2403aff5089b"
    assert (
        digest(GENESIS, committed).hex()
        == "af0787801bed963ffbacd1e942f2335564eee004b36db0ac471f76c21290008f"
    )
    assert bytes(32) == GENESIS


# The same fact told twice


def test_a_second_telling_may_differ_in_what_is_restated_only() -> None:
    first = message(501, name="Ann", length=3)
    assert canonical.same_fact(first, message(501, name="Ann B.", length=30, import_id="dce:a"))
    assert not canonical.same_fact(first, message(501, user=2002))
    assert not canonical.same_fact(first, message(501, channel=3002))
    assert not canonical.same_fact(first, message(501, seconds=1))
    assert not canonical.same_fact(first, message(501, message_type=19))


def test_two_types_are_two_facts() -> None:
    assert not canonical.same_fact(setting("message_xp", 1), message(1))


def test_a_setting_told_twice_is_the_same_only_with_the_same_value() -> None:
    assert canonical.same_fact(setting("message_xp", 1), setting("message_xp", 1))
    assert not canonical.same_fact(setting("message_xp", 1), setting("message_xp", 2))
    assert not canonical.same_fact(setting("message_xp", 1), setting("message_xp", "1"))


def test_postings_are_part_of_the_fact() -> None:
    def paid(amount: int, cause: int) -> LevelReached:
        return LevelReached(
            guild_id=GUILD,
            source_id="2001:level_reached:1",
            user_id=2001,
            occurred_at=at(cause),
            level=1,
            reward=50,
            unpaid=0,
            cause_position=cause,
            postings=[
                Posting(account="mint", amount=-amount),
                Posting(account="wallet:2001", amount=amount),
            ],
        )

    assert canonical.same_fact(paid(50, 1), paid(50, 2))
    assert not canonical.same_fact(paid(50, 1), paid(51, 1))
    assert canonical.same_fact(paid(50, 1), decode(canonical.stored(paid(50, 9), 4)))


def test_roles_keep_their_order() -> None:
    def updated(*roles: int) -> MemberUpdated:
        return MemberUpdated(
            guild_id=GUILD,
            source_id="2001:member_update:0000000001",
            user_id=2001,
            occurred_at=START,
            ordinal=1,
            name="Ann",
            roles=list(roles),
        )

    assert canonical.same_fact(updated(1, 2), updated(1, 2))
    assert not canonical.same_fact(updated(1, 2), updated(2, 1))
