"""Trades, the shop and auctions."""

from events.engine.setting import Area, Number

AREA = Area(
    "Trading",
    "Trades, selling back to the shop, auctions",
    (
        Number("trade_minutes", 60, "Time until an open trade runs out", 1, 10_080, "min"),
        Number(
            "shop_keep_days",
            7,
            "Time the shop keeps what it took, to buy things back with, until it is destroyed",
            0,
            365,
            "days",
        ),
        Number("shop_sell_percent", 50, "What the shop pays of a thing's price", 0, 100, "%"),
        Number("auction_fee_percent", 5, "What of an auction's price goes to the fees", 0, 50, "%"),
    ),
)
