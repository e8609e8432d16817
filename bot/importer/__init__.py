"""Brings in history that DiscordChatExporter wrote as JSON.

:func:`run` reads each file twice, streaming: once to check all of them, once to append. The events
and their source ids are those of live capture, so importing twice, or importing what was captured
live, adds nothing. What does not become an event is counted in the summary with its reason.
"""

from bot.importer.errors import ImportRefused
from bot.importer.files import Progress
from bot.importer.loading import run
from bot.importer.summary import Summary

__all__ = ["ImportRefused", "Progress", "Summary", "run"]
