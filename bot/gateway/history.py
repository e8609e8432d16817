"""What Discord still tells of a channel: messages, who reacted to them, who voted. Raw payloads.

discord.py's HTTP client waits for Discord's rate limits by itself. Everything raises
discord.HTTPException: Forbidden where we may not read, NotFound for what is gone.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

import discord
from discord.http import HTTPClient

PAGE: Final = 100
"""The most that Discord gives at once."""

Payload = dict[str, Any]


async def after(http: HTTPClient, channel_id: int, message_id: int) -> AsyncIterator[list[Payload]]:
    """The messages after ``message_id``, page by page, the oldest first."""
    while True:
        page: Any = await http.logs_from(channel_id, PAGE, after=message_id)
        if page:
            yield page[::-1]
            message_id = int(page[0]["id"])
        if len(page) < PAGE:
            return


async def before(http: HTTPClient, channel_id: int, message_id: int) -> list[Payload]:
    """The last messages before ``message_id``, the oldest first."""
    page: Any = await http.logs_from(channel_id, PAGE, before=message_id)
    return list(page[::-1])


async def archived(
    channel: discord.TextChannel | discord.ForumChannel, since: datetime, most: int
) -> list[discord.Thread]:
    """The threads of a channel that have been archived since then, of public ones and of private
    ones (where we may see them all) the last ``most``. None where we may not read."""
    allowed, found = channel.permissions_for(channel.guild.me), list[discord.Thread]()
    if not (allowed.view_channel and allowed.read_message_history):
        return found
    kinds = [channel.archived_threads(limit=most)]
    if allowed.manage_threads and isinstance(channel, discord.TextChannel):
        kinds.append(channel.archived_threads(private=True, limit=most))
    for newest_first in kinds:
        async for thread in newest_first:
            if thread.archive_timestamp < since:
                break
            found.append(thread)
    return found


async def reacted(http: HTTPClient, message: Payload) -> list[tuple[Payload, Payload]]:
    """The emoji and the user of each reaction to a message, super reactions among them."""
    found = []
    for reaction in message.get("reactions", ()):
        emoji = reaction["emoji"]
        burst = reaction.get("count_details", {}).get("burst", 0) > 0
        users = {
            user["id"]: user
            for kind in ((0, 1) if burst else (0,))
            for user in await _reactors(http, message, emoji, kind)
        }
        found += [(emoji, user) for user in users.values()]
    return found


async def _reactors(http: HTTPClient, message: Payload, emoji: Payload, kind: Any) -> list[Payload]:
    name = f"{emoji['name']}:{emoji['id']}" if emoji.get("id") else str(emoji["name"])
    channel_id, message_id, found = message["channel_id"], message["id"], list[Payload]()
    while True:
        last = found[-1]["id"] if found else None
        page: Any = await http.get_reaction_users(channel_id, message_id, name, PAGE, last, kind)
        found += page
        if len(page) < PAGE:
            return found


async def voted(http: HTTPClient, message: Payload) -> list[tuple[int, Payload]]:
    """The answer and the user of each vote in a message's poll."""
    results = message["poll"].get("results") or {}
    found = []
    for answer in results.get("answer_counts", ()):
        if answer["count"]:
            voters = await _voters(http, message, answer["id"])
            found += [(answer["id"], user) for user in voters]
    return found


async def _voters(http: HTTPClient, message: Payload, answer_id: int) -> list[Payload]:
    channel_id, message_id, found = message["channel_id"], message["id"], list[Payload]()
    while True:
        last = found[-1]["id"] if found else None
        page: Any = await http.get_poll_answer_voters(
            channel_id, message_id, answer_id, after=last, limit=PAGE
        )
        found += page["users"]
        if len(page["users"]) < PAGE:
            return found
