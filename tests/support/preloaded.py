"""Everything that the program imports on the way, in a process that others are forked from."""

import bot.cli
import bot.runtime
import tests.support.processes
from bot.automation import automations
from bot.client import command_modules
from bot.gateway.translate import translators
from events.engine.catalogue import event_types
from projections.engine.read_model import read_models

__all__ = ["bot", "tests"]

for find in (automations, command_modules, event_types, read_models, translators):
    find()
