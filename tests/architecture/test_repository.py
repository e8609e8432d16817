"""What must hold of the repository as a whole, beyond what a linter sees."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.client import command_modules

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-tracing.lock", "requirements-dev.lock"]
PACKAGES = ["bot", "events", "projections", "sql", "tests"]
MOST_LINES = 500


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    assert paths
    return [path for path in paths if path.is_file()]


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    requirements = text.replace("\\\n", " ").splitlines()
    assert len(requirements) > 30
    for line in requirements:
        assert re.match(r"[a-z0-9._\[\],-]+==\S+", line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("lock", LOCKS)
def test_every_declared_dependency_is_locked(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = list(project["project"]["dependencies"])
    if lock != "requirements.lock":
        wanted += project["project"]["optional-dependencies"]["tracing"]
    if lock == "requirements-dev.lock":
        wanted += project["dependency-groups"]["dev"]
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / lock).read_text(), re.MULTILINE))
    names = {canonical(re.split(r"[\[<>=~!;]", requirement)[0].strip()) for requirement in wanted}
    assert names <= {canonical(name) for name in locked}


def test_the_locks_agree() -> None:
    pins = [
        set(re.findall(r"^([a-z0-9.\[\],_-]+==\S+)", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in LOCKS
    ]
    assert pins[0] <= pins[1] <= pins[2]


def services() -> dict[str, Any]:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    found: dict[str, Any] = compose["services"]
    return found


def test_compose_starts_every_part() -> None:
    assert {"database", "migrate", "bot", "worker", "scheduler"} <= services().keys()


@pytest.mark.parametrize("name", sorted(services()))
def test_every_service_is_hardened_and_watched(name: str) -> None:
    service = services()[name]
    assert int(service["user"].split(":")[0]) > 0
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "healthcheck" in service or service["restart"] == "no"
    assert service["pids_limit"] > 0 and "ports" not in service and "privileged" not in service
    outside = set(service["networks"]) - {"inside"}
    assert outside == ({"outside"} if name == "bot" else set())
    for key, value in service["environment"].items():
        secret = any(word in key for word in ("TOKEN", "PASSWORD", "URL"))
        assert not secret or (key.endswith("_FILE") and value.startswith("/run/secrets/"))
    values = map(str, service["environment"].values())
    named = {v.rpartition("/")[2] for v in values if v.startswith("/run/secrets/")}
    assert named == set(service["secrets"])


@pytest.mark.parametrize("name", ["bot", "worker", "scheduler"])
def test_every_part_is_asked_whether_it_is_ready(name: str) -> None:
    service = services()[name]
    assert service["healthcheck"]["test"] == ["CMD", "python", "-m", "bot.health"]
    assert int(service["environment"]["TALLYSTICK_HEALTH_PORT"]) > 0
    assert "ports" not in service


def test_only_the_bot_is_given_the_token() -> None:
    assert [name for name in services() if "discord_token" in services()[name]["secrets"]] == [
        "bot"
    ]


def test_modules_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix == ".py" and (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_package_index_is_named() -> None:
    hosts = ["pypi" + ".org", "python" + "hosted", "npmjs" + ".org", "deb.debian" + ".org"]
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".py", ".md", ".lock", ".toml", ".yaml", ".sql", ""}
        and any(host in path.read_text(errors="replace") for host in hosts)
    ]
    assert found == []


def test_imports_go_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(command), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_ci_runs_what_a_user_would() -> None:
    assert (ROOT / ".ci" / "run").read_text().strip().endswith("make check")
    makefile = (ROOT / "Makefile").read_text()
    readme = (ROOT / "README.md").read_text()
    for target in ("demo", "test", "run", "check"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert "make demo" in readme and "make test" in readme


def test_the_readme_names_every_command_in_discord() -> None:
    section = (ROOT / "README.md").read_text().split("<!-- slash -->")[1].split("<!--")[0]
    named = re.findall(r"`/([a-z-]+)`", section)
    commands = [command.name for module in command_modules() for command in module.COMMANDS]
    assert sorted(named) == sorted(commands)


def test_every_named_statement_is_used() -> None:
    code = "\n".join(path.read_text() for path in tracked() if path.suffix == ".py")
    unused = [
        f"{path.name}: {name}"
        for path in sorted((ROOT / "sql").glob("*/*.sql"))
        for name in re.findall(r"^-- name: (\w+)$", path.read_text(), re.MULTILINE)
        if f'"{name}"' not in code
    ]
    assert unused == []


def test_every_file_and_test_that_a_page_names_exists() -> None:
    paths = [path.relative_to(ROOT) for path in tracked()]
    sources = "\n".join((ROOT / p).read_text() for p in paths if p.match("test_*.py"))
    pages = "\n".join((ROOT / p).read_text() for p in paths if p.suffix == ".md")
    named = set(re.findall(r"`([\w./*-]+\.py)(?:::\w+)?`", pages))
    functions = set(re.findall(r"`(?:[\w./*-]+::)?(test_\w+)`", pages))
    assert len(named) > 20
    assert [name for name in named if not any(path.match(name) for path in paths)] == []
    assert [name for name in functions if f"def {name}(" not in sources] == []


def test_every_package_is_where_the_house_says() -> None:
    for package in PACKAGES:
        assert (ROOT / package / "__init__.py").read_text().startswith('"""')
