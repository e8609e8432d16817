"""The dashboard and the alerts know every metric of ours, and only those; no label is an id."""

import json
import re
from pathlib import Path
from typing import Any

import prometheus_client.metrics
import pytest
import yaml
from prometheus_client import REGISTRY

from bot import metrics
from bot.health.dashboard import dashboard
from tests.support.promql import Named, NotPromQL, read

ROOT = Path(__file__).parents[2] / "bot" / "health"
LABELS = {
    *("effect", "event_name", "event_type", "follower", "kind", "outcome", "reason", "shard"),
    *("status", "way"),
}
"""Every label of ours; each has few values, and none is anybody's id or text."""
SCRAPED = {"instance", "job"}


def ours() -> dict[str, prometheus_client.metrics.MetricWrapperBase]:
    """Our metrics by the names of their series, without a histogram's endings."""
    found = {}
    for one in vars(metrics).values():
        if isinstance(one, prometheus_client.metrics.MetricWrapperBase):
            ((name, kind),) = ((m.name, m.type) for m in one.describe())
            found[f"{name}_total" if kind == "counter" else name] = one
    return found


def base(series: str) -> str:
    """The metric that a series belongs to."""
    short = re.sub(r"_(bucket|sum|count)$", "", series)
    return short if short in ours() else series


def expressions() -> list[str]:
    panels = json.loads((ROOT / "grafana.json").read_text())["panels"]
    alerts = yaml.safe_load((ROOT / "alerts.yaml").read_text())["groups"]
    return [
        *(target["expr"] for panel in panels for target in panel.get("targets", ())),
        *(rule["expr"] for group in alerts for rule in group["rules"]),
    ]


def test_the_file_is_what_the_list_of_panels_says() -> None:
    told = "python -m bot.health.dashboard > bot/health/grafana.json"
    assert json.loads((ROOT / "grafana.json").read_text()) == dashboard(), told


@pytest.mark.parametrize("expr", expressions())
def test_every_metric_that_is_looked_at_exists_with_its_labels(expr: str) -> None:
    found = read(expr)
    assert found.series
    of_process = {metric.name for metric in REGISTRY.collect() if metric.name[:8] == "process_"}
    labels = set(SCRAPED)
    for series, matched in found.series.items():
        if series == "up" or series.removesuffix("_total") in of_process:
            assert matched <= SCRAPED
            continue
        assert base(series) in ours(), f"there is no {series}"
        metric = ours()[base(series)]
        own = set(metric._labelnames) | ({"le"} if series.endswith("_bucket") else set())
        assert matched <= own | SCRAPED, f"{series} has no {matched - own}"
        labels |= own
    assert found.by <= labels, f"nothing has {found.by - labels}: {expr}"


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    shown = {base(series) for expr in expressions() for series in read(expr).series}
    missing = ours().keys() - shown
    assert not missing, f"add a panel for {sorted(missing)} to bot/health/dashboard.py"


def test_metrics_are_named_alike_described_and_without_ids() -> None:
    assert len(ours()) > 20
    for name, metric in ours().items():
        (described,) = metric.describe()
        assert re.fullmatch(r"tallystick_[a-z_]+", name)
        assert described.documentation.endswith("."), name
        assert set(metric._labelnames) <= LABELS, name
        assert described.type != "counter" or name.endswith("_total")
        assert described.type == "counter" or not name.endswith("_total")


@pytest.mark.parametrize(
    "wrong",
    [
        "sum by (le (rate(a[5m]))",
        "rate(a[5m])))",
        "sum(rate(a{job=~}[5m])",
        "average(a)",
        'a{job"x"}',
        "a ? b",
    ],
)
def test_what_is_no_expression_is_refused(wrong: str) -> None:
    with pytest.raises(NotPromQL):
        read(wrong)


def test_an_expression_is_read() -> None:
    expr = 'histogram_quantile(0.99, sum by (le, kind) (rate(a_bucket{job=~"$job"}[5m]))) > 2 * b'
    assert read(expr) == Named({"a_bucket": {"job"}, "b": set()}, {"le", "kind"})


def test_every_alert_says_what_to_do() -> None:
    groups: list[dict[str, Any]] = yaml.safe_load((ROOT / "alerts.yaml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) > 5
    for rule in rules:
        assert rule["annotations"]["summary"].endswith((".", "?", "list", "why.")), rule["alert"]
        assert re.fullmatch(r"\d+[mh]", rule.get("for", "1m"))
