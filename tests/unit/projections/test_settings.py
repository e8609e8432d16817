"""Settings: the newest change of a key, by whom, when, and how often."""

from events.settings import RulesAdopted, SettingChanged
from tests.support.facts import GUILD, at, setting
from tests.support.given import given


def test_each_key_shows_its_newest_change() -> None:
    given(
        "settings",
        setting("message_xp", 40, revision=1, seconds=1),
        setting("thread_xp", 0, revision=1, seconds=2),
        setting("message_xp", 45, revision=2, seconds=3),
    ).then(
        "settings",
        "key value changed_by changed_at revision position",
        ("message_xp", {"value": 45}, 2099, at(3), 2, 3),
        ("thread_xp", {"value": 0}, 2099, at(2), 1, 2),
    )


def test_back_to_the_default_is_a_change_without_a_value() -> None:
    given(
        "settings",
        setting("voice_xp", 4, revision=1),
        setting("voice_xp", None, revision=2),
    ).then("settings", "key value revision", ("voice_xp", None, 2))


def test_a_setting_of_an_older_release_is_kept() -> None:
    changed = SettingChanged(
        guild_id=GUILD,
        source_id="rule:setting:gone:1",
        user_id=2098,
        occurred_at=at(7),
        key="gone",
        value="text",
        previous=3,
        revision=1,
        interaction_id=9001,
    )
    given("settings", changed).then(
        "settings", "key value changed_by", ("gone", {"value": "text"}, 2098)
    )


def test_every_change_is_kept_with_from_what_to_what() -> None:
    adopted = RulesAdopted(
        guild_id=GUILD,
        source_id="rule:version:2",
        user_id=2098,
        occurred_at=at(9),
        version=4,
        previous=3,
        revision=2,
    )
    first, second = (
        setting("level_curve", "mee6", seconds=3),
        setting("level_curve", None, revision=2),
    )
    second = second.model_copy(update={"previous": "mee6"})
    given("settings", first, adopted, second).then(
        "setting_changes",
        "position key revision changed_by previous value occurred_at",
        (1, "level_curve", 1, 2099, None, {"value": "mee6"}, at(3)),
        (2, "rule_version", 2, 2098, {"value": 3}, {"value": 4}, at(9)),
        (3, "level_curve", 2, 2099, {"value": "mee6"}, None, at(0)),
    ).then("settings", "key value revision", ("level_curve", None, 2))
