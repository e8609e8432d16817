"""What can go wrong with a request to Discord, and what it means for whoever made it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import aiohttp
import discord

GONE: Final = frozenset({10003, 10004})
"""Discord's codes for a channel or guild that is no more, or that we do not see: like a refusal."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an act was not done. ``impossible``: it never will be; ``refused``: not while Discord
    lets us do nothing of the kind there; ``unanswered``: it may have been done."""

    kind: Literal["impossible", "refused", "unanswered"]
    problem: str
    code: int = 0


async def failure_of(act: Callable[[], Awaitable[Any]]) -> Failure | None:
    """Do something in Discord; why it was not done, or None. Raises what is our own mistake."""
    try:
        await act()
    except discord.HTTPException as error:
        problem = f"status {error.status}, code {error.code}"
        ours = error.status == 401 and not error.code  # our token, and not an interaction's
        if error.status >= 500 or error.status == 429 or ours:  # about more than this act
            return Failure("unanswered", f"no answer, status {error.status}", error.code)
        refused = error.status == 403 or error.code in GONE
        return Failure("refused" if refused else "impossible", problem, error.code)
    except discord.RateLimited:
        return Failure("unanswered", "no answer, told to wait")
    except (aiohttp.ClientError, OSError) as error:  # time-outs among them
        return Failure("unanswered", f"no answer, {type(error).__name__}")
    return None
