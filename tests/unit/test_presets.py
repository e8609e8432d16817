"""Presets: what they set, that it can be set, and that ours puts everything back."""

import pytest

from events.decisions.asked import Asked
from events.decisions.curves import CURVES
from events.decisions.presets import PRESETS, apply_preset, revisions, sources
from events.engine.errors import Refused
from events.engine.snowflake import snowflake_at
from events.settings import SETTINGS
from projections.engine.rules import Rules
from projections.points.levels import curve_of
from projections.points.rates import rates_of
from tests.support.facts import GUILD, at, setting

ASKED = Asked(GUILD, snowflake_at(at(30), 7), 2099, 3001)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_sets_what_fits_and_names_its_curve(name: str) -> None:
    values = PRESETS[name].values
    assert values.keys() == PRESETS["tallystick"].values.keys() <= SETTINGS.keys()
    assert name == "tallystick" or values["level_curve"] == name
    assert [k for k, v in values.items() if v is not None and not SETTINGS[k].fits(v)] == []


def test_every_named_curve_has_a_preset() -> None:
    assert PRESETS.keys() == CURVES.keys()


@pytest.mark.parametrize(
    ("name", "low", "high", "cooldown", "level_10"),
    [
        ("mee6", 15, 25, 60, 4675),
        ("arcane", 15, 40, 60, 5250),
        ("arcane-exponential", 15, 40, 60, 4425),
        ("arcane-flat", 15, 40, 60, 10_000),
        ("lurkr", 15, 40, 60, 4150),
        ("amari", 1, 1, 8, 1655),
        ("polaris", 50, 100, 60, 7000),
    ],
)
def test_with_another_bots_rules_messages_alone_bring_xp(
    name: str, low: int, high: int, cooldown: int, level_10: int
) -> None:
    rules = Rules.of(apply_preset(ASKED, name, Rules().standing))
    rates = rates_of(rules)
    assert set(rates.sources) == {"message"}
    rate = rates.sources["message"]
    assert (rate.low, rate.high, rate.cooldown) == (low, high, cooldown)
    assert curve_of(rules).xp_for(10) == level_10
    assert rates.taper_after == 0


def test_ours_puts_everything_back() -> None:
    taken = apply_preset(ASKED, "polaris", Rules().standing)
    rules = Rules.of(taken)
    back = apply_preset(ASKED, "tallystick", rules.standing)
    assert {change.key for change in back} == {change.key for change in taken}
    assert all(change.value is None and change.revision == 2 for change in back)
    after, fresh = rates_of(Rules.of([*taken, *back])), rates_of(Rules())
    assert (after.sources, after.taper_after) == (fresh.sources, fresh.taper_after)
    with pytest.raises(Refused, match="as in the preset Tallystick already"):
        apply_preset(ASKED, "tallystick", Rules.of([*taken, *back]).standing)


def test_what_is_so_already_is_not_changed() -> None:
    rules = Rules.of([setting("level_curve", "mee6"), setting("message_xp", 20)])
    changes = {c.key: c for c in apply_preset(ASKED, "mee6", rules.standing)}
    assert "level_curve" not in changes
    assert (changes["message_xp"].previous, changes["message_xp"].revision) == (20, 2)


def test_a_preset_that_was_looked_at_before_somebody_else_changed_something_is_refused() -> None:
    seen = revisions("mee6", Rules().standing)
    rules = Rules.of([setting("message_cooldown", 5)])
    with pytest.raises(Refused, match="One of these settings was changed meanwhile"):
        apply_preset(ASKED, "mee6", rules.standing, seen=seen)
    apply_preset(ASKED, "mee6", rules.standing, seen=revisions("mee6", rules.standing))
    with pytest.raises(Refused, match=r"no such preset\. There are: tallystick, mee6"):
        apply_preset(ASKED, "mee7", rules.standing)


def test_sources_are_found() -> None:
    assert {"message", "reaction_given", "voice", "thread"} <= set(sources())
    assert "burst" not in sources()
