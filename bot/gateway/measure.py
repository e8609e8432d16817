"""What is asked of a message's text before it is let go: has it code, a link, how many emoji.

Only where the Message Content intent is on: without it Discord sends no text, and nothing is known.
"""

import re
from typing import Final, NamedTuple

_CODE: Final = re.compile(r"```.+?```", re.DOTALL)
_LINK: Final = re.compile(r"https?://[^\s<>]{3}")
_CUSTOM: Final = re.compile(r"<a?:\w{2,32}:\d{15,20}>")
_ONE: Final = "[\U0001f300-\U0001f3fa\U0001f400-\U0001faff\u2600-\u27bf\u2b1b\u2b1c\u2b50\u2b55]"
_MORE: Final = "[\ufe0f\U0001f3fb-\U0001f3ff]*"
_UNICODE: Final = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|{_ONE}{_MORE}(?:\u200d{_ONE}{_MORE})*|[0-9#*]\ufe0f?\u20e3"
)
"""A flag of two letters; a picture with its colour, perhaps joined to others; a key."""


class Made(NamedTuple):
    """How a message is made."""

    code: bool | None
    link: bool | None
    emoji: int | None


UNKNOWN: Final = Made(None, None, None)


def made(text: str) -> Made:
    """What there is in ``text``; what stands inside code is neither link nor emoji."""
    rest = _CODE.sub(" ", text)
    emoji = len(_CUSTOM.findall(rest)) + len(_UNICODE.findall(rest))
    return Made(rest != text, _LINK.search(rest) is not None, emoji)
