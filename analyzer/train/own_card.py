"""The card of a project's own heads: what they were made from and how good they were on notes left out."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from analyzer.evaluate.estimates import Scores
from analyzer.evaluate.table import figure_text
from analyzer.own_model import OwnModel, Way
from analyzer.project import Project

_WAYS: Mapping[Way, str] = {"encoder": "encoder, words and rules", "words": "words and rules (the fast model)"}


def write_own_card(place: Path, project: Project, model: OwnModel, figures: Mapping[tuple[str, Way], Scores]) -> None:
    """Write the README.md of the heads' folder."""
    heads = ["strategy", "way", "examples", "threshold", "precision", "recall", "F1", "false tags / 1,000 segments"]
    rows = [
        [
            project.codebook.title_of(strategy),
            _WAYS[way],
            str(model.meta["examples"][strategy]),
            f"{model.thresholds[strategy, way]:.2f}",
            *(figure_text(figure) for figure in (found.precision, found.recall, found.f1)),
            f"{1000 * found.false_positives / max(1, found.false_positives + found.true_negatives):.1f}",
        ]
        for (strategy, way), found in figures.items()
    ]
    table = ["| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows)]
    template = Template((files("analyzer") / "data" / "templates" / "own_model.md").read_text(encoding="utf-8"))
    text = template.substitute(
        version=model.version,
        encoder=model.encoder or "none was installed",
        notes=model.meta["corpus_notes"],
        seed=model.meta["seed"],
        table="\n".join(table),
    )
    (place / "README.md").write_text(text, encoding="utf-8", newline="\n")
