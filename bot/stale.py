"""What a button, a menu or a form does whose custom id cannot be read: it was made by another
release, or by nobody. It says so, and does nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot import look
from bot.answer import Interaction, Reply, Services, answer
from bot.handle import Call

log = structlog.get_logger("tallystick.interaction")


async def obey(
    interaction: Interaction, act: Callable[..., Awaitable[None]] | None, *arguments: Any
) -> None:
    """Let the module act that declared it. Without one (None), or when the module cannot make sense
    of the arguments before it has answered, the member is told to use the command again."""
    if act is not None:
        try:
            return await act(interaction, *arguments)
        except (ValueError, LookupError):  # logged whole: it may be a mistake of ours after all
            log.exception("custom_id_unreadable", interaction=interaction.id)
            if interaction.response.is_done():
                return None
    return await answer(interaction, _outdated, private=True)


async def _outdated(services: Services, call: Call) -> Reply:
    text = "This is from another release of the bot. Nothing was changed; use its command again."
    return Reply(look.refusal(text), private=True)
