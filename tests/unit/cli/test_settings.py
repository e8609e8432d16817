"""Settings: where they come from, what counts as unset, and what is refused."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsRefused, load

NAMES = ["DISCORD_TOKEN", "DATABASE_URL", "TALLYSTICK_DATA_DIR", "LOG_FORMAT", "LOG_LEVEL"]
SHARDING = ["SHARDS", "CLUSTERS", "CLUSTER_ID"]
URL = "postgresql://somebody:hunter2@db/tallystick"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*NAMES, *SHARDING]:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def test_without_anything_set_there_are_defaults() -> None:
    settings = load()
    assert settings.discord_token is None and settings.database_url is None
    assert settings.data_dir.name == "tallystick"
    assert (settings.log_format, settings.log_level) == ("console", "INFO")


def test_empty_values_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert load() == Settings()


def test_values_are_read_and_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(NAMES, ["tok", URL, "here", "JSON", "debug"], strict=True):
        monkeypatch.setenv(name, value)
    settings = load()
    assert settings.data_dir == Path("here")
    assert (settings.log_format, settings.log_level) == ("json", "DEBUG")
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == URL
    assert "hunter2" not in repr(settings) and "tok'" not in repr(settings)


def test_a_secret_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"{URL}\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    found = load().database_url
    assert found is not None and found.get_secret_value() == URL


def refusal() -> str:
    with pytest.raises(SettingsRefused) as refused:
        load()
    assert "hunter2" not in str(refused.value)
    return str(refused.value)


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text(URL)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("DATABASE_URL", URL)
    assert "DATABASE_URL and DATABASE_URL_FILE are both set" in refusal()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot read"), (b"", "is empty"), (b"\n ", "is empty"), (b"\xff", "it is not text")],
)
def test_a_file_that_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(path))
    text = refusal()
    assert text.startswith("DISCORD_TOKEN_FILE: ") and sentence in text and str(path) in text


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL: Input should be"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: Input should be"),
        ("TALLYSTICK_HEALTH_PORT", "65536", "TALLYSTICK_HEALTH_PORT: Input should be"),
        ("TALLYSTICK_TRACES", "1.5", "TALLYSTICK_TRACES: Input should be"),
        ("TALLYSTICK_READY_LAG", "0", "TALLYSTICK_READY_LAG: Input should be"),
        ("DATABASE_URL", "somebody:hunter2", "must look like postgresql://"),
        ("SHARDS", "0", "SHARDS: Input should be"),
        ("CLUSTERS", "many", "CLUSTERS: Input should be"),
        ("CLUSTER_ID", "-1", "CLUSTER_ID: Input should be"),
        ("CLUSTER_ID", "1", "CLUSTERS is 1: set CLUSTER_ID to auto, or to one of 0 to 0."),
        ("CLUSTERS", "4", "CLUSTERS is 4: set CLUSTER_ID to auto, or to one of 0 to 3."),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    assert sentence in refusal()


def test_a_process_is_the_only_one_unless_it_is_told_which(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (load().shards, load().clusters, load().cluster_id) == ("auto", 1, 0)
    for name, value in zip(SHARDING, ["16", "4", "3"], strict=True):
        monkeypatch.setenv(name, value)
    assert (load().shards, load().clusters, load().cluster_id) == (16, 4, 3)
    monkeypatch.setenv("CLUSTER_ID", "AUTO")
    assert load().cluster_id == "auto"
