"""What using a thing does, in the words that a buyer reads before paying."""

from bot import look
from bot.economy.goods import Names
from events.decisions import effects
from events.decisions.effects import Adoption, Boost, Crate
from events.decisions.pets import SPECIES

BOOSTED = {"xp": "XP", "stars": "stars"}


def words(item_id: str, names: Names) -> str:
    """What a thing does when it is used; nothing for one that is only had."""
    declared = names.things.thing(item_id).effect
    if declared is None:
        return ""
    effect = effects.read(declared)
    if isinstance(effect, Crate):
        held = ", ".join(
            f"{one.percent} % {names.quantity(one.currency, one.amount)}" for one in effect.table
        )
        return f"Open it with /use: {held}"
    if isinstance(effect, Boost):
        times, what = effect.percent / 100, BOOSTED[effect.what]
        length = look.duration(effect.seconds)
        return f"With /use: {times:g} \N{MULTIPLICATION SIGN} {what} for {length}"
    if isinstance(effect, Adoption):
        return f"With /use: {SPECIES[effect.species]} of your own to feed and play with"
    return "With /use: a freeze token, which keeps a streak through a day that is missed"
