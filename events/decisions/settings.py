"""May this setting be changed so?"""

from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.settings import SETTINGS, SettingChanged, Value


def change_setting(
    asked: Asked, key: str, value: int | None, *, current: Value, revision: int
) -> SettingChanged:
    """``asked.user_id`` sets ``key``, changed ``revision`` times so far, from ``current`` to
    ``value`` (None: back to the default). Raises Refused for an unknown key, a value out of
    range, or no change."""
    setting = SETTINGS.get(key)
    if setting is None:
        raise Refused(f"There is no setting called {key!r}. Pick one from the list.")
    if value is not None and not setting.low <= value <= setting.high:
        raise Refused(f"{setting.description}: pick a number from {setting.low} to {setting.high}.")
    wanted = setting.default if value is None else value
    if wanted == (setting.default if current is None else current):
        raise Refused(f"{setting.description} is {wanted} already.")
    return SettingChanged(
        **asked.envelope,
        source_id=f"rule:setting:{key}:{revision + 1}",
        key=key,
        value=value,
        previous=current,
        revision=revision + 1,
        interaction_id=asked.interaction_id,
    )
