"""The level curve in force.

A level follows from the XP by the curve that the guild's rules name. When the curve is changed, a
member's level follows the next time that the member gains or loses XP: what is shown until then is
the level that was reached, and ``/why`` names the fact that moved it. Rewards are keyed by member
and level, so a level that is reached again, by whatever curve, is rewarded once.
"""

from events.decisions.curves import Curve, curve_named
from projections.engine.rules import Rules


def curve_of(rules: Rules) -> Curve:
    """The curve that is in force."""
    return curve_named(rules.text("level_curve"))
