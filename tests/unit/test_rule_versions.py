"""The rules in force: chosen values, defaults by rule version, and what is no value at all."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from events import settings
from events.decisions.asked import Asked
from events.decisions.settings import Standing, adopt, change_setting, undo_setting
from events.engine import canonical
from events.engine.errors import Refused
from events.engine.setting import Channels, Choice, Text
from events.engine.snowflake import snowflake_at
from events.settings import SETTINGS, RulesAdopted
from projections.engine import rules
from projections.engine.rules import Rules
from tests.support.facts import GUILD, at, message, setting
from tests.support.given import given

ASKED = Asked(GUILD, snowflake_at(at(30), 7), 2099, 3001)


def adopted(version: int, revision: int = 1) -> RulesAdopted:
    return RulesAdopted(
        guild_id=GUILD,
        source_id=f"rule:version:{revision}",
        occurred_at=at(0),
        version=version,
        revision=revision,
    )


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A release whose version 2 has another default and two settings more."""
    known: dict[str, Any] = dict(SETTINGS)
    known["message_xp"] = replace(known["message_xp"], since={2: 20})
    known["halls"] = Channels("halls", "", "Some channels", since={2: "7,12"})
    known["way"] = Choice("way", "slow", "A way", {"slow": "Slow", "fast": "Fast"})
    for module in (settings, rules):
        monkeypatch.setattr(module, "SETTINGS", known)
    monkeypatch.setattr(rules, "_FIRST", settings.defaults(1))
    yield


@pytest.mark.usefixtures("raised")
def test_a_default_holds_from_the_version_that_was_adopted() -> None:
    before = Rules.of([adopted(1)])
    after = Rules.of([adopted(1), adopted(2, 2)])
    assert (before.version, before.number("message_xp")) == (1, 15)
    assert not before.ids("halls")
    assert (after.version, after.number("message_xp")) == (2, 20)
    assert after.ids("halls") == {7, 12}
    assert after.version_revision == 2
    assert Rules.of([adopted(2), adopted(1, 2)]).number("message_xp") == 15
    assert Rules().standing("message_xp") == Standing(None, 0, 15)
    assert after.standing("message_xp") == Standing(None, 0, 20)


@pytest.mark.usefixtures("raised")
def test_what_was_chosen_stays_whatever_version_is_adopted() -> None:
    chosen = [setting("message_xp", 17), setting("halls", "9"), setting("way", "fast")]
    for told in ([*chosen, adopted(2)], [adopted(2), *chosen]):
        found = Rules.of(told)
        assert found.number("message_xp") == 17
        assert (found.ids("halls"), found.text("way")) == (frozenset({9}), "fast")
    again = Rules.of([*chosen, adopted(2), setting("message_xp", None, revision=2)])
    assert again.number("message_xp") == 20
    assert again.standing("message_xp") == Standing(None, 2, 20)


HISTORY = [message(n, user=2000 + n % 3, seconds=n * 40) for n in range(1, 40)]
COLUMNS = "position line user_id source xp stars level_from level_to factors"


def test_a_release_with_other_defaults_changes_nothing_in_a_guild_that_has_not_adopted_it(
    request: pytest.FixtureRequest,
) -> None:
    told = [adopted(1), *HISTORY[:20], setting("thread_xp", 3), *HISTORY[20:]]
    before = given("profiles", *told).rows("activity_log", COLUMNS)
    request.getfixturevalue("raised")
    assert given("profiles", *told).rows("activity_log", COLUMNS) == before
    later = [*told[:30], adopted(2, 2), *told[30:]]
    after = given("profiles", *later).rows("activity_log", COLUMNS)
    assert after[:20] == before[:20]
    assert {row[4] for row in before} == {15} and {row[4] for row in after} == {15, 20}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("message_xp", "many"),
        ("message_xp", -1),
        ("message_xp", 10**12),
        ("voice_minutes", 0),
        ("games_enabled", 7),
        ("gone", 7),
    ],
)
def test_what_does_not_fit_is_as_good_as_none(key: str, value: int | str) -> None:
    found = Rules.of([setting("message_xp", 40), setting(key, value, revision=2)])
    assert found.number("message_xp") == (15 if key == "message_xp" else 40)
    assert found.number("voice_minutes") == 10
    assert not found.flag("games_enabled")


def test_a_flag_is_on_or_off() -> None:
    assert Rules.of([setting("games_enabled", 1)]).flag("games_enabled")


def test_who_saw_an_older_value_is_told_the_present_one() -> None:
    stands = Standing(40, 3, 15)
    assert change_setting(ASKED, "message_xp", 20, stands, seen=3).revision == 4
    with pytest.raises(Refused, match=r"changed meanwhile: it is 40 XP now"):
        change_setting(ASKED, "message_xp", 20, stands, seen=2)


def test_a_change_is_undone_by_another_one_while_it_is_the_newest() -> None:
    change = change_setting(ASKED, "message_xp", 20, Standing(40, 3, 15))
    undone = undo_setting(ASKED, change, Standing(20, 4, 15))
    assert (undone.previous, undone.value, undone.revision) == (20, 40, 5)
    with pytest.raises(Refused, match=r"changed again since: it is 7 XP now"):
        undo_setting(ASKED, change, Standing(7, 5, 15))
    odd = change.model_copy(update={"previous": 10**9})
    with pytest.raises(Refused, match=r"was 1,000,000,000 XP before, which cannot be set"):
        undo_setting(ASKED, odd, Standing(20, 4, 15))


def test_a_version_is_adopted_by_an_event_and_by_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.decisions.settings.NEWEST_VERSION", 3)
    fact = adopt(ASKED, 3, adopted=1, revision=4)
    assert (fact.source_id, fact.version, fact.previous) == ("rule:version:5", 3, 1)
    assert (fact.user_id, fact.revision) == (2099, 5)
    for version, sentence in [(0, "versions 1 to 3"), (4, "versions 1 to 3"), (1, "already")]:
        with pytest.raises(Refused, match=sentence):
            adopt(ASKED, version, adopted=1, revision=4)
    with pytest.raises(Refused, match="meanwhile: this server goes by rule version 2 now"):
        adopt(ASKED, 3, adopted=2, revision=4, seen=3)


def test_a_guild_is_met_once_whatever_the_newest_version_is_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = settings.first_contact(GUILD, at(0))
    monkeypatch.setattr(settings, "NEWEST_VERSION", 9)
    again = settings.first_contact(GUILD, at(5))
    assert (first.version, again.version) == (1, 9)
    assert canonical.same_fact(first, again)


def test_a_refusal_tells_no_text_of_peoples_own(monkeypatch: pytest.MonkeyPatch) -> None:
    words = Text("words", "", "Some words", 100)
    monkeypatch.setattr("events.decisions.settings.SETTINGS", {"words": words})
    stands = Standing("a secret", 2, "")
    with pytest.raises(Refused, match=r"^Some words is so already\.$"):
        change_setting(ASKED, "words", "a secret", stands)
    with pytest.raises(Refused, match="it is another text now"):
        change_setting(ASKED, "words", "new", stands, seen=1)
