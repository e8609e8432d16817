"""What we know now: one pure module per read model, each a fold of the guild's events.

A flat file here is something you add; ``engine/`` is something you leave alone. A fold sees
events and rows: no clock, no dice, no environment, no database, no Discord. A rule is never
checked here (that is what ``events/decisions`` is for): what is recorded has happened.
"""
