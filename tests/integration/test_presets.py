"""One real history under three presets: the log is the same, the boards are not, all adds up."""

from pathlib import Path

from sql import embedded
from sql.pool import Database
from tests.support import postgres
from tests.support.regimes import PRESETS, live_under

HISTORY = Path(__file__).parents[1] / "data" / "history"


def test_a_real_history_under_three_presets(postgres_server: embedded.Server) -> None:
    lived = {}
    for preset in PRESETS:
        with postgres.fresh(postgres_server) as url, Database(url) as database:
            lived[preset] = one = live_under(database, HISTORY, preset)
        assert one.differences == [], "live tables are not what a rebuild makes"
        assert one.unequal == [], "/why does not add up to the number shown"
        assert one.members > 20
    first, *others = lived.values()
    assert len(first.log) > 1000
    assert all(other.log == first.log for other in others)
    for guild in first.boards:
        boards = {tuple(one.boards[guild]) for one in lived.values()}
        assert len(boards) == len(PRESETS) and () not in boards
