"""What else brings points: votes, scheduled events, boosts of the server."""

from events.engine.setting import Area, Number
from events.engine.sources import source

AREA = Area(
    "Votes, events and boosts",
    "What a vote, coming to a scheduled event and boosting the server are worth",
    (
        *source("poll_vote", "voting in a poll", xp=3, stars=0),
        *source("event_attendance", "coming to a scheduled event", xp=50, stars=5),
        Number(
            "attendance_minutes",
            10,
            "Time in an event's channel to count as coming",
            1,
            600,
            "min",
        ),
        *source("server_boost", "boosting the server", xp=200, stars=20),
    ),
)
