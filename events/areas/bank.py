"""Wallets and banks: payments and what banks hold."""

from events.engine.setting import Area, Number

AREA = Area(
    "Wallet and bank",
    "Payments between members and what banks hold",
    (
        Number(
            "pay_confirm_above", 10_000, "Payments above this are confirmed", 0, 10**12, "coins"
        ),
        Number(
            "bank_capacity", 10_000, "What fits into a bank without upgrades", 0, 10**12, "coins"
        ),
        Number(
            "bank_tier_capacity",
            5_000,
            "How much more fits for each bank upgrade",
            1,
            10**9,
            "coins",
        ),
        Number(
            "bank_tier_price",
            4_000,
            "Price of the first bank upgrade; the n-th is n times as much",
            1,
            10**9,
            "coins",
        ),
    ),
)
