"""The commands, a module each: what is asked, which read models it needs, how the reply looks.

A flat file here is something you add; it declares ``COMMANDS``.
"""
