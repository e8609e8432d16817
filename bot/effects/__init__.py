"""What acts in Discord by itself: roles are given and taken back, endings and news are told.

An effect is not a projection: it compares what should be so (read models) with what is so (what
Discord has told us), acts on the difference, never runs in a rebuild, and is tried again until it
has worked. What does not work is kept (``sql/effects.py``) and shown by ``/doctor``.
"""
