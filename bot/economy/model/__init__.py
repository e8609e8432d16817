"""A guild's economy over a year, simulated, to see whether its settings hold.

The amounts come from the functions and tables that the bot itself decides with; only how members
behave is assumed, in :mod:`bot.economy.model.habits`. For speed the books are plain balances
instead of events, and a member's day is the UTC day. All dice are a ``random.Random`` passed in.
"""
