"""The rules in force: what comes after them is made beside them, whoever holds them."""

from typing import Any

from events.engine.event import RULE_PREFIX
from projections.engine.rules import Rules
from tests.support.histories import history

MADE_ON_DEMAND = {"_derived", "_next"}


def plain(value: Any) -> Any:
    """Everything in ``value``, down to what can be compared."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if not hasattr(value, "__dict__") or isinstance(value, type):
        return value
    return {key: plain(one) for key, one in vars(value).items() if key not in MADE_ON_DEMAND}


def test_a_rule_changes_the_rules_after_it_and_not_those_before() -> None:
    told = [event for event in history(1, 11, 4000) if event.source_id.startswith(RULE_PREFIX)]
    rules, changes = Rules(), 0
    for event in told:
        before = plain(rules)
        after = rules.after(event)
        assert plain(rules) == before
        assert rules.after(event) is after
        changes += plain(after) != before
        rules = after
    assert changes > 10
    assert plain(rules) == plain(Rules.of(told))
