"""What the server is told of by itself, where, and in which words."""

from events.engine.setting import Area, Channels, Flag, Number, Template

AREA = Area(
    "Notices",
    "What the server is told of by itself, where, and in which words",
    (
        Channels("level_up_channel", description="Where new levels are told of", most=1),
        Template(
            "level_up_text",
            "{member} has reached **level {level}**.",
            "What is said of a new level",
            longest=300,
            places=("member", "level", "coins"),
        ),
        Flag("level_up_here", 0, "Without a channel, levels are told of where reached"),
        Number("level_up_least", 1, "The lowest level that is told of", 1, 1000),
        Channels("badge_channel", description="Where badges are told of", most=1),
        Template(
            "badge_text",
            "{member} has the badge **{badge}** now.",
            "What is said of a badge",
            longest=300,
            places=("member", "badge"),
        ),
        Channels(
            "achievement_channel",
            description="Where achievements are told of",
            most=1,
        ),
        Template(
            "achievement_text",
            "{member} has got **{achievement}**.",
            "What is said of an achievement",
            longest=300,
            places=("member", "achievement"),
        ),
        Channels("award_channel", description="Where awards by admins are told of", most=1),
        Template(
            "award_text",
            "{member} was awarded {what}.",
            "What is said of an award by an admin",
            longest=300,
            places=("member", "what"),
        ),
        Channels("season_channel", description="Where the end of a season is told of", most=1),
        Template(
            "season_text",
            "**{season}** is over: {places}",
            "What is said of the end of a season",
            longest=300,
            places=("season", "places"),
        ),
        Flag("notice_ping", 0, "Whether members are pinged by what is said of them"),
        Flag("notice_direct", 1, "Whether members who ask for it get direct messages"),
        Number(
            "notice_digest",
            0,
            "Minutes for which notices are collected into one; 0 for none",
            0,
            1440,
            "minutes",
        ),
        Number("notice_limit", 10, "Messages with notices in a minute at most", 1, 60),
    ),
)
