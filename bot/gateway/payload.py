"""What all payload models share. Fields that we do not name are tolerated, wrong types are not."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from events.engine.event import Label, Snowflake


class Payload(BaseModel):
    """Base of the models of Discord's payloads."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class User(Payload):
    """A user object; a webhook's is one too."""

    id: Snowflake
    username: str
    global_name: str | None = None
    avatar: str | None = None
    bot: bool = False

    @property
    def name(self) -> str:
        """The name that is shown where no nickname is."""
        return self.global_name or self.username


class Nicknamed(Payload):
    """The part of a member object that changes how a user is shown."""

    nick: str | None = None


class Emoji(Payload):
    """A custom emoji has an id, a Unicode emoji only its name."""

    id: Snowflake | None = None
    name: Annotated[Label, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def _has_either(self) -> Self:
        if self.id is None and not self.name:
            raise ValueError("an emoji has an id or a name")
        return self

    @property
    def key(self) -> str:
        """What names the emoji in an event."""
        return str(self.name) if self.id is None else str(self.id)
