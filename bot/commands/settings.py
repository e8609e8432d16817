"""``/settings``: the subcommands of ``bot/settings_admin`` in one group."""

from bot.answer import Commands
from bot.settings_admin import changing, history, settings, showing, versions

PARTS = (changing, history, showing, versions)
"""The modules whose subcommands are in the group."""

COMMANDS: Commands = [settings]
