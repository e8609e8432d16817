"""The desk of achievements: what comes of handing in the form in which one is written."""

import dataclasses
from collections.abc import Callable, Sequence

from bot import look
from bot.answer import Interaction, Reply, Services, answer
from bot.economy.holdings import coin_of
from bot.forms import submitted
from bot.handle import Call, Fact, handle
from bot.recognition import achievement_form, achievements
from bot.recognition.achievements import READS
from events.achievements import AchievementDefined
from events.currency import Coin
from events.decisions.achievements import Template
from events.decisions.achievements import define as decide_define
from events.engine.errors import Refused
from sql.pool import Connection


@submitted("achievement")
async def filled_in(
    interaction: Interaction, arguments: list[str], written: dict[str, str]
) -> None:
    """An admin hands the form in."""
    achievement, revision = arguments
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        if not allowed:
            raise Refused(look.NOT_ALLOWED)

        def decide(conn: Connection) -> Sequence[AchievementDefined]:
            known = achievements.templates(conn, call.asked.guild_id)
            blank = Template(achievement, "", "custom", 1)
            now = next((one for one in known if one.achievement == achievement), blank)
            wanted = dataclasses.replace(achievement_form.read(now, written), retired=False)
            return [decide_define(call.asked, wanted, known=known, based_on=int(revision))]

        return await defined(services, call, decide)

    await answer(interaction, work, private=True)


async def defined(
    services: Services,
    call: Call,
    decide: Callable[[Connection], Sequence[AchievementDefined]],
    *,
    update: bool = False,
) -> Reply:
    """Record a definition and show the achievement as it is now."""

    def show(conn: Connection, facts: list[Fact]) -> tuple[Template, Coin]:
        fact = facts[0].event
        assert isinstance(fact, AchievementDefined)
        names = set(AchievementDefined.model_fields) & set(Template.__dataclass_fields__)
        template = Template(**{name: getattr(fact, name) for name in names})
        return template, coin_of(conn, fact.guild_id)

    done = await services.work(
        handle, services.database, call, reads=READS, decide=decide, show=show
    )
    position = done.facts[0].position
    template, coin = done.shown
    heading = "New achievement" if template.revision == 1 else "Achievement changed"
    if template.retired:
        heading = "Retired: nobody gets it any more"
    embed = achievements.card(template, heading, coin)
    footer = f"#{position} in this server's log"
    if not template.retired and template.goal != "custom":
        footer += f"{achievements.DOT}whoever is there already gets it in a moment"
    embed.set_footer(text=footer)
    return Reply(embed, private=True, update=update, position=position, recorded=True)
