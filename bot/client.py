"""The Discord client: commands and buttons found by walking ``bot/commands``, nothing else.

The database, the writer and the worker are made by the runtime and handed in, so the client can
be started, stopped and simulated by itself.
"""

import asyncio
import importlib
import pkgutil
import random
from types import ModuleType
from typing import Any, Final

import aiohttp
import discord
import structlog
import yarl
from discord import app_commands

import bot.commands
from bot import buttons, confirm, forms, look, menus, metrics, paging, telling_commands
from bot.answer import Services
from bot.delivery import Delivery, Reply
from bot.invalid_requests import InvalidRequests
from bot.turns import Turns

REQUEST: Final = aiohttp.ClientTimeout(total=20)
"""How long one request to Discord may take: the usual five minutes would hold up what follows."""
LIMITED: Final = 60.0
"""Seconds of Discord's rate limits that are waited for on the spot; after longer ones the act is
tried again by whoever wanted it."""

log = structlog.get_logger("tallystick.client")

discord.VoiceClient.warn_nacl = False  # we look at who is in voice and never speak
discord.VoiceClient.warn_dave = False


# The client holds every member of every server and asks for them when it connects, as discord.py
# does by itself: role rewards, /economy for a role and what is fetched after a gap need to know who
# is there, and nothing that is bounded can say it. Measured (tests/benchmarks/crowding.py): 22 KiB
# a server, 0.45 KB a member, so a million members are half a gigabyte, which CLUSTERS spreads over
# processes. Discord takes two such questions a second and shard: for a shard of 1,000 servers about
# nine minutes, in which capture and commands are at work, and effects and /readyz wait.
def intents(*, message_content: bool = False) -> discord.Intents:
    """What the bot must see: everything but presence, and message text only if it is asked for."""
    wanted = discord.Intents.default()
    wanted.members = True
    wanted.message_content = message_content
    return wanted


class CommandTree(app_commands.CommandTree["Tallystick"]):
    """Discord's tree, with our one answer for whatever goes wrong before a command is reached."""

    async def on_error(
        self,
        interaction: discord.Interaction["Tallystick"],
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        """Say why a command was not run: missing permission, or a command that is no more."""
        if isinstance(error, app_commands.MissingPermissions):
            needed = ", ".join(error.missing_permissions).replace("_", " ")
            text = f"This needs the permission to {needed}. Ask an admin of this server."
        elif isinstance(error, app_commands.NoPrivateMessage):
            text = "This works inside a server, not in direct messages."
        elif isinstance(
            error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch
        ):
            text = "This command has changed. Wait a minute, restart Discord and try again."
        else:
            log.error("command_failed", error=type(error).__name__, exc_info=error)
            text = "That was our mistake, and nothing was changed. Please try again."
        if not interaction.response.is_done():
            reply = Reply(look.refusal(text), private=True)
            await Delivery(interaction, private=True).bring(reply)


class Tallystick(discord.AutoShardedClient):
    """The bot as Discord sees it."""

    def __init__(
        self,
        services: Services,
        *,
        message_content: bool = False,
        turns: Turns | None = None,
        **options: Any,
    ) -> None:
        """Nothing is connected or started here. Without ``turns`` it identifies as if it were the
        only process of the bot."""
        options.setdefault("max_messages", None)
        options.setdefault("max_ratelimit_timeout", LIMITED)
        self.invalid_requests = InvalidRequests()
        super().__init__(
            intents=intents(message_content=message_content),
            allowed_mentions=look.NO_MENTIONS,
            http_trace=self.invalid_requests.trace(),
            **options,
        )
        _limit_time(self.http)
        self.services = services
        self._turns = turns
        self.tree = CommandTree(self)
        self._telling: asyncio.Task[None] | None = None
        for module in command_modules():
            for command in module.COMMANDS:
                self.tree.add_command(command)

        self.add_dynamic_items(buttons.Press, menus.Pick, menus.PickThings)
        self.add_dynamic_items(paging.Turn, confirm.Choose)

    async def setup_hook(self) -> None:
        """Tell Discord our commands; when that does not work, the bot starts without."""
        if not await telling_commands.tell(self.tree, self.services):
            later = telling_commands.tell_later(self.tree, self.services, random.random)
            self._telling = asyncio.create_task(later)

    async def close(self) -> None:
        """Leave Discord."""
        if self._telling is not None:
            self._telling.cancel()
        await super().close()

    async def launch_shard(
        self, gateway: yarl.URL, shard_id: int, *, initial: bool = False
    ) -> None:
        """Connect a shard, when it is nearly its turn."""
        if self._turns is not None:
            await self._turns.before_connecting(self, shard_id)
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until the shard may identify."""
        if self._turns is None:
            await super().before_identify_hook(shard_id, initial=initial)
        else:
            await self._turns.before_identifying(self, shard_id or 0)

    async def on_shard_connect(self, shard_id: int, /) -> None:
        """A shard has a new session."""
        metrics.SESSIONS.inc()

    async def on_shard_resumed(self, shard_id: int, /) -> None:
        """A shard has taken its session up again."""
        metrics.RESUMES.inc()

    async def on_shard_disconnect(self, shard_id: int, /) -> None:
        """A shard has lost its connection."""
        metrics.DISCONNECTS.inc()

    async def on_interaction(self, interaction: discord.Interaction[Any], /) -> None:
        """A form is handed in; commands and buttons have ways of their own."""
        if interaction.type is discord.InteractionType.modal_submit:
            await forms.hand_in(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """An unexpected error in an event handler is logged and the bot goes on."""
        log.exception("handler_failed", handler=event_method)


def _limit_time(http: Any) -> None:
    """Let no request take longer than :data:`REQUEST`. From within, because a request must not be
    cancelled from outside: one that waits for a global rate limit would keep all others waiting."""
    request = http.request

    async def limited(route: discord.http.Route, **more: Any) -> Any:
        return await request(route, **{"timeout": REQUEST, **more})

    http.request = limited


def command_modules() -> list[ModuleType]:
    """The flat modules of ``bot/commands``: each declares ``COMMANDS``."""
    return [
        importlib.import_module(f"bot.commands.{info.name}")
        for info in pkgutil.iter_modules(bot.commands.__path__)
        if not info.ispkg
    ]
