"""How a read model is declared, and the files of named statements that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from events.engine.snowflake import to_ms
from events.messages import MessageCreated, MessageDeleted
from projections.engine.read_model import Key, Nothing, ReadModel, WorkingSet, named, read_models
from projections.engine.rules import Rules
from sql import statements
from sql.read_models import file_of, names
from sql.rows import Table
from tests.support.facts import GUILD, at, calendar, message, season, season_end, setting


@dataclass(slots=True)
class Row:
    member: int
    count: int | None = 0


MEMBERS = Table("members", Row, "state", key=("member",), member="member")
HERE = Table("here", Row, "state", key=("member",), member="member", also="count")
TALLY = Table("tally", Row, "tally", key=("member",))
LINES = Table("lines", Row, "journal", key=("member",))


def working_set() -> WorkingSet:
    return WorkingSet(GUILD, Rules(), Nothing())


def test_one_event_type_has_one_fold() -> None:
    model = ReadModel("twice", version=1, tables=())
    model.on(MessageCreated, MessageDeleted)(lambda event, to: None)
    with pytest.raises(ValueError, match="twice: two folds for message_delete"):
        model.on(MessageDeleted)(lambda event, to: None)
    assert set(model.handles) == {MessageCreated, MessageDeleted}
    assert repr(model) == "<read model twice>"


def test_an_event_that_nobody_handles_changes_nothing() -> None:
    to = working_set()
    named("badges").fold(message(1), to)
    assert to.rows(named("badges").tables[0]) == []


def test_a_read_model_is_found_by_its_name_or_by_a_tables() -> None:
    assert named("user_stats") is named("profiles") is read_models()["profiles"]
    with pytest.raises(KeyError):
        named("nothing")


def test_every_read_model_has_its_file_and_no_two_have_one_table() -> None:
    assert names() == sorted(read_models())
    tables = [table.name for model in read_models().values() for table in model.tables]
    assert len(tables) == len(set(tables))
    for model in read_models().values():
        made = statements.blocks(file_of(model.name))["tables"]
        for table in model.tables:
            assert f"create table {table.name} (" in made


def test_a_table_that_is_loaded_by_member_cannot_be_listed() -> None:
    with pytest.raises(ValueError, match="members is loaded by member"):
        working_set().all(MEMBERS)


class Stored:
    """Rows as a database would give them, and for whom each table was asked for."""

    def __init__(self, *rows: Row) -> None:
        self.rows = rows
        self.asked: list[tuple[str, list[int]]] = []

    def load(self, table: Table[Any], members: Sequence[int]) -> dict[Key, Any]:
        self.asked.append((table.name, list(members)))
        wanted = [
            row
            for row in self.rows
            if row.member in members or (table.also and row.count is not None)
        ]
        return {table.key_of(row): replace(row) for row in wanted}


def test_what_is_loaded_beside_the_members_is_listed_and_they_are_not() -> None:
    to = WorkingSet(GUILD, Rules(), Stored(Row(1, None), Row(2, 5), Row(3, 6), Row(4, None)))
    to.about([1, 3])
    to.put(HERE, Row(5, 7))
    assert to.all(HERE) == [Row(2, 5), Row(3, 6), Row(5, 7)]
    assert [to.get(HERE, member) for member in (1, 4)] == [Row(1, None), None]
    to.put(HERE, Row(2, None))
    to.put(HERE, Row(1, 8))
    to.put(HERE, Row(6, None))
    assert to.all(HERE) == [Row(3, 6), Row(5, 7), Row(1, 8)]


def test_a_batch_is_about_whom_its_events_name_and_then_about_whom_they_find() -> None:
    model = ReadModel("both", version=1, tables=(HERE, MEMBERS))
    model.on(MessageCreated, MessageDeleted)(lambda event, to: None)
    model.also_about(MessageCreated)(lambda to: [row.member for row in to.all(HERE)])
    source = Stored(Row(1, None), Row(2, 5))
    to = WorkingSet(GUILD, Rules(), source)
    model.prepare(to, [message(501, user=1)])
    assert to.get(HERE, 1) == Row(1, None)
    assert to.get(MEMBERS, 2) == Row(2, 5)
    assert source.asked == [("here", [1]), ("members", [1, 2])]


def test_what_was_written_is_not_written_again_and_state_is_still_known() -> None:
    to = working_set()
    to.put(MEMBERS, Row(1, 5))
    to.add(TALLY, (1,), count=2)
    to.add(TALLY, (1,), count=3)
    to.write(LINES, Row(1))
    assert (to.rows(MEMBERS), to.rows(TALLY), to.rows(LINES)) == (
        [Row(1, 5)],
        [Row(1, 5)],
        [Row(1)],
    )
    assert to.pending_lines() == 1
    to.written([MEMBERS, TALLY, LINES])
    assert (to.rows(MEMBERS), to.rows(TALLY), to.rows(LINES)) == ([], [], [])
    assert to.get(MEMBERS, 1) == Row(1, 5)
    assert to.pending_lines() == 0


def test_lines_are_numbered_within_their_event() -> None:
    to = working_set()
    numbers = []
    for to.position in (4, 4, 5, 4):
        numbers.append(to.next_line(LINES))
    assert numbers == [1, 2, 1, 1]


# Rules


def test_a_rule_holds_until_it_is_changed_or_taken_back() -> None:
    rules = Rules()
    seen = [rules.number("message_xp")]
    for value in (40, 0, None):
        rules.apply(setting("message_xp", value))
        seen.append(rules.number("message_xp"))
    assert seen == [15, 40, 0, 15]


@pytest.mark.parametrize("value", [True, "fifteen"])
def test_a_value_that_is_no_number_is_the_default(value: object) -> None:
    rules = Rules.of([setting("message_xp", 40)])
    rules.apply(setting("message_xp", 1, revision=2).model_copy(update={"value": value}))
    assert rules.number("message_xp") == 15


def test_a_setting_that_is_gone_disturbs_nothing() -> None:
    gone = setting("message_xp", 7).model_copy(update={"key": "gone"})
    rules = Rules.of([gone, gone.model_copy(update={"value": None}), message(1)])
    assert rules.number("message_xp") == 15


def test_a_season_counts_from_its_first_millisecond_to_its_last_until_it_is_closed() -> None:
    rules = Rules()
    assert rules.season_of(at(0)) is None
    rules.apply(season(3, starts=0, ends=100))
    assert [rules.season_of(at(s)) for s in (-0.001, 0, 99.999, 100)] == [None, 3, 3, None]
    rules.apply(season_end(3, seconds=100))
    assert rules.season_of(at(50)) is None


def test_a_season_that_should_have_begun_counts_before_it_is_opened() -> None:
    rules = Rules.of([season(3, starts=0, ends=100, ahead=[100, 250, 300, 400])])
    moments = (99, 100, 249, 250, 300, 400)
    assert [rules.season_of(at(s)) for s in moments] == [3, 4, 4, None, 5, None]
    rules.apply(season_end(3, seconds=100))
    assert rules.seasons.next_at == at(100)
    assert [rules.season_of(at(s)) for s in moments] == [None, 4, 4, None, 5, None]
    rules.apply(season(4, starts=100, ends=250))
    assert [rules.season_of(at(s)) for s in moments] == [None, 4, 4, None, None, None]


def test_days_begin_at_midnight_utc_or_by_the_clock_in_force() -> None:
    def of(hours: float) -> int:
        return rules.seasons.day_of(at(3600 * hours))

    rules = Rules()
    monday = to_ms(at(0)) // 86_400_000  # the tests' world begins on a Monday at noon
    assert [of(h) for h in (-12.001, -12, 0, 11.999, 12)] == [monday + n for n in (-1, 0, 0, 0, 1)]
    offsets = [to_ms(at(-3600)), 2 * 3600, to_ms(at(10 * 86400)), 3600]
    rules.apply(calendar("Somewhere", offsets))
    assert [of(h) for h in (-14.001, -14, 9.999, 10)] == [monday + n for n in (-1, 0, 0, 1)]
    assert [of(240 + h) for h in (10.999, 11)] == [monday + 10, monday + 11]


@pytest.mark.parametrize("offsets", [[], [5], [5, 6, 7]])
def test_an_odd_clock_or_plan_stops_no_fold(offsets: list[int]) -> None:
    rules = Rules.of([calendar("Somewhere", offsets)])
    assert rules.seasons.day_of(at(0)) == to_ms(at(0)) // 86_400_000
    rules.apply(season(1, starts=0, ends=1, ahead=[9]))
    assert rules.season_of(at(9)) is None


# Files of named statements


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("select 1;\n-- name: a\n-- One.\nselect 1;", "before the first"),
        ("-- name: a\n-- One.\nselect 1;\n-- name: a\n-- Two.\nselect 2;", "'a' is defined twice"),
        ("-- name: a\nselect 1;", "'a' has no description"),
    ],
)
def test_a_file_that_breaks_the_form_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, problem: str
) -> None:
    (tmp_path / "bad.sql").write_text(text)
    monkeypatch.setattr(statements, "ROOT", tmp_path)
    with pytest.raises(ValueError, match=problem):
        statements.blocks(f"{tmp_path}/bad.sql")


def test_a_statement_is_given_without_its_comments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "good.sql").write_text(
        "-- A file.\n\n-- name: a\n-- Why.\n  -- inside\nselect 1;\n\n"
        "-- name: b\n-- Two.\nselect 2;\n"
    )
    monkeypatch.setattr(statements, "ROOT", tmp_path)
    assert statements.query(f"{tmp_path}/good.sql", "a") == b"select 1"
    assert statements.query(f"{tmp_path}/good.sql", "b") == b"select 2"
