"""A figure: what was measured in each round, beside what plain SQL did in the same round."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from rich.table import Table


@dataclass(slots=True)
class Figure:
    """One number with its target; ``at_most`` says that less is better. A round's ``reference`` is
    the same amount of work done by plain SQL, in the same unit."""

    name: str
    unit: str
    target: float | None = None
    at_most: bool = False
    reference: str = ""
    samples: list[float] = field(default_factory=list)
    references: list[float] = field(default_factory=list)

    def add(self, sample: float, reference: float | None = None) -> None:
        """One round."""
        self.samples.append(sample)
        if reference is not None:
            self.references.append(reference)

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.samples)

    @property
    def ratio(self) -> float | None:
        """The median of the rounds' ratios to the reference."""
        if not self.references:
            return None
        pairs = zip(self.samples, self.references, strict=True)
        return median(sample / reference for sample, reference in pairs)

    @property
    def passes(self) -> bool | None:
        """Whether the target is reached; None for a figure that is only to be known."""
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "unit": self.unit,
            "target": self.target,
            "at_most": self.at_most,
            "value": self.value,
            "samples": self.samples,
            "reference": self.reference,
            "reference_value": median(self.references) if self.references else None,
            "ratio": self.ratio,
            "passes": self.passes,
        }


def share(of: Figure, name: str, target: float | None = None) -> Figure:
    """A figure that is the ratio of another one to its reference, in percent."""
    figure = Figure(name, "%", target)
    for sample, reference in zip(of.samples, of.references, strict=True):
        figure.add(100 * sample / reference)
    return figure


def table(figures: Iterable[Figure]) -> Table:
    """The figures for people to read."""
    shown = Table(title="Figures (median of the rounds)", title_justify="left")
    shown.add_column("", no_wrap=True)
    for heading in ("measured", "target", "ratio"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("to plain SQL")
    shown.add_column("", no_wrap=True)
    for figure in figures:
        ratio, plain = figure.ratio, figure.references and median(figure.references)
        shown.add_row(
            figure.name,
            f"{_number(figure.value)} {figure.unit}",
            _target(figure),
            "" if ratio is None else f"{ratio:.2f}",
            f"{_number(plain)}: {figure.reference}" if plain else "",
            _VERDICTS[figure.passes],
        )
    return shown


_VERDICTS = {True: "[green]pass[/]", False: "[red]falls short[/]", None: ""}


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return f"{'<=' if figure.at_most else '>='} {_number(figure.target)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"


def percentile(values: Iterable[float], percent: float) -> float:
    """The value that ``percent`` of ``values`` do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]
