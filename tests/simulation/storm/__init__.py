"""Twenty servers, the real program in real processes, and everything that can go wrong with them.

``town`` is who lives there and what they do, ``weather`` what goes wrong, ``stage`` the processes,
the database and the Discord that it goes wrong with, ``model`` what must be so afterwards,
``seeds`` one whole run.
"""
