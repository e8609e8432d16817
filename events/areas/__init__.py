"""What admins can set: one flat module for each area, found by walking (``events/settings.py``).

A module declares ``AREA``, with at most 25 settings, which is what fits into one menu of Discord.
A key is declared once in the whole program; nothing else has to be edited for a new setting.
"""
