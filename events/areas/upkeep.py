"""What keeps the money in hand: interest, tax, levy, decay, and acts of admins."""

from events.engine.setting import Area, Flag, Number

AREA = Area(
    "Interest, tax, levy and decay",
    "What happens to coins every week by itself, and what admins have to say",
    (
        Flag("economy_reason_required", 0, "Economy acts need a reason"),
        Number("interest_weekly", 0, "Interest on banks a week; 0 for none", 0, 1000, "%", 2),
        Number("tax_weekly", 0, "Tax on wallets a week; 0 for none", 0, 5000, "%", 2),
        Number("tax_free", 10_000, "What is not taxed in a wallet", 0, 10**9, "coins"),
        Number(
            "levy_weekly",
            500,
            "Levy a week on all that a member holds, rising with it; 0 for none",
            0,
            5000,
            "%",
            2,
        ),
        Number(
            "levy_free", 10_000, "Coins of a member that the levy leaves alone", 0, 10**9, "coins"
        ),
        Number("decay_weekly", 0, "Decay of idle wallets a week; 0 for none", 0, 5000, "%", 2),
        Number("decay_idle_days", 30, "Time unseen until a wallet is idle", 7, 365, "days"),
    ),
)
