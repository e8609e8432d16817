"""May this setting be changed so?"""

from dataclasses import dataclass

from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.engine.setting import Setting, Text, Value
from events.settings import NEWEST_VERSION, SETTINGS, RulesAdopted, SettingChanged


@dataclass(frozen=True, slots=True)
class Standing:
    """How a key stands: what the guild has chosen (None: nothing), how often it has been changed,
    and the default in the guild's rule version."""

    chosen: Value | None
    revision: int
    default: Value

    @property
    def in_force(self) -> Value:
        """What holds."""
        return self.default if self.chosen is None else self.chosen


def setting_of(key: str) -> Setting:
    """The setting with this key. Raises Refused."""
    setting = SETTINGS.get(key)
    if setting is None:
        raise Refused("There is no setting with that key. Pick one from the list.")
    return setting


def change_setting(
    asked: Asked, key: str, value: Value | None, stands: Standing, *, seen: int | None = None
) -> SettingChanged:
    """``asked.user_id`` sets ``key`` to ``value`` (None: back to the default), having seen it after
    ``seen`` changes (None: right now).

    Raises Refused for an unknown key, a value that does not fit, no change, or when somebody else
    was faster.
    """
    setting = setting_of(key)
    if value is not None and not setting.fits(value):
        raise setting.refused()
    if seen is not None and seen != stands.revision:
        raise Refused(
            f"{setting.description} was changed meanwhile: it is "
            f"{_told(setting, stands.in_force)} now, and stays so. Look again, then decide."
        )
    wanted = stands.default if value is None else value
    if wanted == stands.in_force:
        raise Refused(f"{setting.description} is {_told(setting, wanted, 'so')} already.")
    return SettingChanged(
        **asked.envelope,
        source_id=f"rule:setting:{key}:{stands.revision + 1}",
        key=key,
        value=value,
        previous=stands.chosen,
        revision=stands.revision + 1,
        interaction_id=asked.interaction_id,
    )


def _told(setting: Setting, value: Value, instead: str = "another text") -> str:
    """A value as a refusal may tell it: what was refused is logged, and no text of people's own
    is."""
    return instead if isinstance(setting, Text) else setting.shown(value)


def undo_setting(asked: Asked, change: SettingChanged, stands: Standing) -> SettingChanged:
    """``asked.user_id`` undoes ``change``: the key is what it was before it, by a change of its
    own. Raises Refused when the key has been changed again since."""
    setting = setting_of(change.key)
    if change.revision != stands.revision:
        raise Refused(
            f"{setting.description} was changed again since: it is "
            f"{_told(setting, stands.in_force)} now. Undo the newest change first, or set it."
        )
    if change.previous is not None and not setting.fits(change.previous):
        raise Refused(
            f"{setting.description} was {_told(setting, change.previous)} before, which cannot be "
            "set any more. Set it to something else."
        )
    return change_setting(asked, change.key, change.previous, stands)


def adopt(
    asked: Asked, version: int, *, adopted: int, revision: int, seen: int | None = None
) -> RulesAdopted:
    """``asked.user_id`` has the guild, which goes by version ``adopted`` and has changed that
    ``revision`` times, go by ``version``, having seen it after ``seen`` changes (None: right now).
    Raises Refused."""
    if not 1 <= version <= NEWEST_VERSION:
        raise Refused(f"There are the rule versions 1 to {NEWEST_VERSION}.")
    if seen is not None and seen != revision:
        raise Refused(
            f"That was changed meanwhile: this server goes by rule version {adopted} "
            "now, and stays so. Look again, then decide."
        )
    if version == adopted:
        raise Refused(f"This server goes by rule version {version} already.")
    return RulesAdopted(
        **asked.envelope,
        source_id=f"rule:version:{revision + 1}",
        version=version,
        previous=adopted,
        revision=revision + 1,
    )
