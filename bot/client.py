"""The Discord client: commands and buttons found by walking ``bot/commands``, nothing else.

The database, the writer and the worker are made by the runtime and handed in, so the client can
be started, stopped and simulated by itself.
"""

import hashlib
import importlib
import json
import pkgutil
from types import ModuleType
from typing import Any

import discord
import structlog
import yarl
from discord import app_commands

import bot.commands
from bot import buttons, confirm, forms, look, menus, metrics, paging
from bot.answer import Services
from bot.turns import Turns
from sql import command_sync

log = structlog.get_logger("tallystick.client")

discord.VoiceClient.warn_nacl = False  # we look at who is in voice and never speak
discord.VoiceClient.warn_dave = False


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
            await interaction.response.send_message(embed=look.refusal(text), ephemeral=True)


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
        wanted = intents(message_content=message_content)
        super().__init__(intents=wanted, allowed_mentions=look.NO_MENTIONS, **options)
        self.services = services
        self._turns = turns
        self.tree = CommandTree(self)
        for module in command_modules():
            for command in module.COMMANDS:
                self.tree.add_command(command)

        self.add_dynamic_items(buttons.Press, menus.Pick, menus.PickThings)
        self.add_dynamic_items(paging.Turn, confirm.Choose)

    async def setup_hook(self) -> None:
        """Tell Discord our commands, but only when they have changed: it allows few changes."""
        digest = self.digest()
        application = self.application_id or 0
        services = self.services
        if await services.work(command_sync.stored, services.database, application) != digest:
            await self.tree.sync()
            await services.work(command_sync.store, services.database, application, digest)
            log.info("commands_synced", count=len(self.tree.get_commands()))

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

    def digest(self) -> str:
        """sha256 of everything that Discord would be told about our commands, in hex."""
        commands = sorted(
            (command.to_dict(self.tree) for command in self.tree.get_commands()),
            key=lambda command: str(command["name"]),
        )
        return hashlib.sha256(json.dumps(commands, sort_keys=True).encode()).hexdigest()

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """An unexpected error in an event handler is logged and the bot goes on."""
        log.exception("handler_failed", handler=event_method)


def command_modules() -> list[ModuleType]:
    """The flat modules of ``bot/commands``: each declares ``COMMANDS``."""
    return [
        importlib.import_module(f"bot.commands.{info.name}")
        for info in pkgutil.iter_modules(bot.commands.__path__)
        if not info.ispkg
    ]
