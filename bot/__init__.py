"""The world outside: Discord, clock, scheduler, command line. Start it with ``python -m bot``."""
