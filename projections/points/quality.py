"""What the make of a message is worth. Its text was never kept, only what is asked for here.

Source of the factors: this bot's own first rule version (length over 200 x1.2, over 500 x1.5, code
1.4, link 1.25, attachment 1.1, more than five emoji 0.5, never below 0.1); each is a setting. They
are multiplied with each other, as whole per cent, rounded down at each step.
"""

from collections.abc import Mapping

from events.messages import MessageCreated

USUAL = 100
FLOOR = 10
"""Per cent: no message is worth less than a tenth for how it is made."""
LONG, VERY_LONG, MANY_EMOJI = 200, 500, 5


def quality(message: MessageCreated, percents: Mapping[str, int]) -> int:
    """The per cent that a message counts; as usual where nobody could look into it."""
    if message.emoji is None:
        return USUAL
    percent = USUAL
    for found, what in (
        (LONG < message.length <= VERY_LONG, "long"),
        (message.length > VERY_LONG, "very_long"),
        (message.code, "code"),
        (message.link, "link"),
        (message.attachments, "attachment"),
        (message.emoji > MANY_EMOJI, "emoji"),
    ):
        if found:
            percent = percent * percents[what] // USUAL
    return max(FLOOR, percent)
