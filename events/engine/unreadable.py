"""A recorded event that this code cannot read, and for whom that matters.

A row of the lake may be unreadable because a newer release wrote it (during a rolling restart, or
before a step back), because an upcast is missing, or because somebody altered it by hand. Its
envelope is there all the same. What is known of its type decides who has to stop before it:

* *A known type* (of a newer version, or with a payload that cannot be read): those read models that
  fold events of that type. It moves no other one, in whichever release: a release in which it does
  has raised that read model's version, and builds it anew.
* *A type that no class declares*: every read model. It may be one that moves money, and whoever
  went past it would decide on balances that are wrong, which is recorded for good and which no
  mend takes back. Standing still costs less.
* *A rule* (a settings, season or currency fact): beside those that fold it, whoever looks at the
  rules after it, since nobody can say what is in force.

There is no way to skip an event. It is a fact that a fold has to be able to take, so the mend is
in the code (of a fold or an upcast) or in the row (put back from a backup, if ``log verify`` says
that it was altered); to skip it would make two truths, one for who went past it and one for a
rebuild. What waits for a newer release goes on by itself as soon as one is at work.
"""

from collections.abc import Collection
from typing import Any

from events.engine.event import Event


class Unreadable(Event):
    """Such an event: its envelope, its class if there is one, and why it cannot be read."""

    event_type = "unreadable"

    of: Any
    error: Any

    def concerns(self, handled: Collection[type[Event]]) -> bool:
        """Whether it matters to what folds events of these classes."""
        return self.of is None or self.of in handled
