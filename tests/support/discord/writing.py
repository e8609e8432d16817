"""What the bot writes: checked as Discord checks it, remembered by its nonce, put in its place."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from simcord.components import ComponentValidationError, validate_message_state

from tests.support.discord.models import Channel, Message, Payload
from tests.support.discord.rest import Refusal

if TYPE_CHECKING:
    from tests.support.discord.rest import Call
    from tests.support.discord.world import World

NONCE: Final = timedelta(minutes=5)
"""How long Discord knows a message by its nonce."""


class Nonces:
    """What was written with which nonce."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Nothing yet."""
        self._clock = clock
        self._written: dict[tuple[int, str], Message] = {}

    def known(self, channel: Channel, body: Payload) -> Message | None:
        """The message that was written here with the nonce of ``body``, if that is enforced."""
        if not body.get("enforce_nonce"):
            return None
        found = self._written.get((channel.id, str(body.get("nonce"))))
        return found if found is not None and self._clock() - found.at <= NONCE else None

    def remember(self, message: Message) -> None:
        """From now on."""
        if message.nonce is not None:
            self._written[message.channel.id, message.nonce] = message


def checked(call: "Call", before: Message | None = None, body: Payload | None = None) -> Payload:
    """The body of a message, new or to replace ``before``. Raises Refusal."""
    body = call.body if body is None else body
    whole = body if before is None else _merged(before, body)
    try:
        validate_message_state(
            whole.get("components") or [],
            flags=whole.get("flags") or 0,
            content=whole.get("content"),
            embeds=whole.get("embeds") or [],
            poll=whole.get("poll"),
            attachments=call.request.files or whole.get("attachments"),
            require_nonempty=True,
        )
    except ComponentValidationError as error:
        empty = "empty" in str(error)
        raise Refusal(400, 50006 if empty else 50035, str(error)) from error
    if len(str(body.get("nonce") or "")) > 25:
        raise Refusal(400, 50035, "nonce must be 25 or fewer characters")
    return body


def write(world: "World", channel: Channel, body: Payload, **more: Any) -> Message:
    """The bot's message; nobody is told of it yet."""
    nonce = body.get("nonce")
    reference = (body.get("message_reference") or {}).get("message_id")
    answered = channel.messages.get(int(reference)) if reference else None
    return world.add_message(
        channel,
        world.bot,
        **{
            "content": body.get("content") or "",
            "embeds": body.get("embeds") or [],
            "components": body.get("components") or [],
            "attachments": attached(world, body),
            "flags": body.get("flags") or 0,
            "nonce": None if nonce is None else str(nonce),
            "reference": answered,
            "type": 0 if answered is None else 19,
        }
        | more,
    )


def attached(world: "World", body: Payload) -> list[Payload]:
    """The files of a message."""
    return [
        {
            "id": str(world.new_id()),
            "filename": one.get("filename", "file"),
            "size": 1,
            "url": "https://cdn.invalid/file",
            "proxy_url": "https://cdn.invalid/file",
        }
        for one in body.get("attachments") or []
    ]


def _merged(before: Message, body: Payload) -> Payload:
    """The whole of a message after an edit."""
    return {
        "content": before.content,
        "embeds": before.embeds,
        "components": before.components,
        "flags": before.flags,
        "attachments": before.attachments,
        **body,
    }
