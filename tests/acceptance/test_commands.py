"""What members and admins see when they use the commands."""

from sql.pool import Database
from tests.support.discord import text, world


async def test_an_admin_awards_coins_and_a_member_pays_with_them(database: Database) -> None:
    async with world(database) as w:
        preview = await w.admin.slash(
            w.channel, "award", member=w.alice, kind="coins", amount=500, reason="hello"
        )
        assert preview.ephemeral
        assert "would get **+500 Coins**" in text(preview)
        done = await w.admin.click(preview.response, label="Confirm")
        assert "got **+500 Coins**" in text(done)

        paid = await w.alice.slash(w.channel, "pay", member=w.bob, amount=120)
        assert "paid" in text(paid) and "380 coins left" in text(paid)
        refused = await w.alice.slash(w.channel, "pay", member=w.bob, amount=1000)
        assert refused.ephemeral and "620 are missing" in text(refused)

        why = await w.bob.slash(w.channel, "why", number="coins")
        assert "Why 120 Coins?" in text(why)
        board = await w.bob.slash(w.channel, "leaderboard", board="coins")
        assert text(board).index(w.alice.mention) < text(board).index(w.bob.mention)
        profile = await w.bob.slash(w.channel, "profile")
        assert "120" in text(profile)
