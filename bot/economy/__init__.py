"""What commands of the economy share: money, things, the shop, trades, games.

``admin`` has the parts of ``/economy``, ``model`` simulates a guild's economy over a year.
"""
