"""What this process is told by its surroundings: environment variables, or files that they name.

``DISCORD_TOKEN`` and ``DATABASE_URL`` may be given as ``DISCORD_TOKEN_FILE`` and
``DATABASE_URL_FILE`` instead, naming a file that holds the secret. Empty values count as unset.
``SHARDS``, ``CLUSTERS`` and ``CLUSTER_ID`` spread the bot over processes: see ``bot/cluster.py``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self

import platformdirs
from pydantic import (
    Field,
    NonNegativeInt,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from events.engine.errors import TallystickError

SECRETS: Final = ("discord_token", "database_url")
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class SettingsRefused(TallystickError):
    """An environment variable, or a file that one names, cannot be used."""


class Settings(BaseSettings):
    """The settings of this process. Read them with :func:`load`."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True, populate_by_name=True, extra="ignore", hide_input_in_errors=True
    )

    discord_token: SecretStr | None = None
    database_url: SecretStr | None = None
    data_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("tallystick", appauthor=False),
        validation_alias="TALLYSTICK_DATA_DIR",
    )
    command_seconds: float = Field(default=2.5, gt=0, validation_alias="TALLYSTICK_COMMAND_SECONDS")
    """Seconds that a command has for all that it asks of the database; Discord waits for three."""
    spool_mb: int = Field(default=1024, ge=1, validation_alias="TALLYSTICK_SPOOL_MB")
    """Megabytes of steps that wait on disk, at most, while the database is away."""
    message_content: bool = Field(default=False, validation_alias="TALLYSTICK_MESSAGE_CONTENT")
    """Whether to ask Discord for the text of messages: measured, never kept, for their quality."""
    backfill: NonNegativeInt = Field(default=1000, validation_alias="TALLYSTICK_BACKFILL")
    """How many messages of a channel are fetched after a gap; 0: nothing is fetched."""
    shards: PositiveInt | Literal["auto"] = "auto"
    """How many shards there are in all; ``auto``: as many as Discord advises."""
    clusters: PositiveInt = 1
    """How many processes share the shards."""
    cluster_id: NonNegativeInt | Literal["auto"] | None = None
    """Which of them this one is, counted from 0; ``auto``: one that nobody else is."""
    health_host: str = Field(default="127.0.0.1", validation_alias="TALLYSTICK_HEALTH_HOST")
    health_port: int = Field(default=0, ge=0, lt=65536, validation_alias="TALLYSTICK_HEALTH_PORT")
    """Where ``/livez``, ``/readyz`` and ``/metrics`` are answered; port 0: nowhere."""
    ready_lag: float = Field(default=300, gt=0, validation_alias="TALLYSTICK_READY_LAG")
    """Seconds that an event may wait to be folded before ``/readyz`` says no."""
    traces: float = Field(default=0, ge=0, le=1, validation_alias="TALLYSTICK_TRACES")
    """The share of events and commands of which traces are sent; see bot/tracing.py."""
    log_format: Literal["json", "console"] = "console"
    log_level: LogLevel = "INFO"
    discord_token_file: Path | None = Field(default=None, exclude=True)
    database_url_file: Path | None = Field(default=None, exclude=True)

    @property
    def spool_dir(self) -> Path:
        """Where what is captured waits while the database is away."""
        return self.data_dir / "spool"

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("log_format", "shards", "cluster_id", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _address(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise SettingsRefused("DATABASE_URL must look like postgresql://user@host/database.")
        return value

    @model_validator(mode="after")
    def _one_of_the_clusters(self) -> Self:
        if self.clusters == 1 and self.cluster_id is None:
            self.cluster_id = 0
        if self.cluster_id is None or (
            self.cluster_id != "auto" and self.cluster_id >= self.clusters
        ):
            raise SettingsRefused(
                f"CLUSTERS is {self.clusters}: set CLUSTER_ID to auto, or to one of 0 to "
                f"{self.clusters - 1}."
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, given: Any) -> Any:
        return {**given, **_read_secrets(given)}


def _read_secrets(given: Mapping[str, Any]) -> dict[str, str]:
    """The secrets whose files are named. Raises SettingsRefused when that cannot be done."""
    found = {}
    for name in SECRETS:
        path = given.get(f"{name}_file")
        if path is None:
            continue
        if given.get(name) is not None:
            raise SettingsRefused(
                f"{name.upper()} and {name.upper()}_FILE are both set. Unset one of them."
            )
        found[name] = _read_secret(name, Path(path))
    return found


def _read_secret(name: str, path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsRefused(f"{name.upper()}_FILE: cannot read {path}: {reason}.") from error
    if not content:
        raise SettingsRefused(f"{name.upper()}_FILE: {path} is empty.")
    return content


def load() -> Settings:
    """The settings in the environment. Raises SettingsRefused with a sentence."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]).upper()
        raise SettingsRefused(f"{name}: {first['msg']}.") from error
