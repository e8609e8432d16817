"""Several interactions at the same instant, through the one simulated Discord.

The simulator lets the bot come to rest after each act. Here it is kept from that for a moment:
what several members do is handed to the bot at once, and it works on all of it in parallel, each
command in a thread and a transaction of its own.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord


@asynccontextmanager
async def at_once(env: Any) -> AsyncIterator[None]:
    """What is done in this block reaches the bot together; it is at rest at the end."""
    rest = env._settle_internal

    async def not_yet(**_: Any) -> None:
        """Whatever was handed over has not been looked at."""

    env._settle_internal = not_yet
    try:
        yield
    finally:
        env._settle_internal = rest
    await env.settle()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an interaction was answered with: as it was sent, whatever the message shows now."""

    embed: discord.Embed
    buttons: Sequence[str]

    @property
    def text(self) -> str:
        """All the words."""
        embed = self.embed
        parts = [embed.title, embed.description, embed.author.name, embed.footer.text]
        fields = [f"{field.name}: {field.value}" for field in embed.fields]
        return "\n".join(filter(None, [*parts[:3], *fields, parts[3], *self.buttons]))


def answers(requests: Sequence[Any], interaction: Any) -> list[Answer]:
    """Every embed that the bot sent for an interaction, in order, read from Discord's own log."""
    bodies = [
        body.get("data", body)
        for entry in requests
        if interaction.token in entry.path and isinstance(body := entry.json, dict)
    ]
    return [
        Answer(discord.Embed.from_dict(body["embeds"][0]), _labels(body))
        for body in bodies
        if body and body.get("embeds")
    ]


def _labels(body: dict[str, Any]) -> list[str]:
    rows = body.get("components") or []
    found = [button.get("label") for row in rows for button in row.get("components", [])]
    return [label for label in found if label]
