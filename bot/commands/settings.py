"""``/settings``: the subcommands of ``bot/settings_admin`` in one group."""

from bot.answer import Commands
from bot.settings_admin import changing, fading, history, presets, settings, showing, versions

PARTS = (changing, fading, history, presets, showing, versions)
"""The modules whose subcommands are in the group."""

COMMANDS: Commands = [settings]
