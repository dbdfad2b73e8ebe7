"""A manifest -> the paragraph on methods for a paper, with its references; the wording is ``data/methods.yml``."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from analyzer.artifact import SHIPPED
from analyzer.codebook import load_codebook
from analyzer.ingredients import RULES_ALONE, Ingredient, model_at
from analyzer.lexicons import read_data
from analyzer.manifest import Manifest

_WIDTH: Final = 100
_CITED: Final = re.compile(r"\[@(\w+)\]")
_SHOWN: Final = 12


def methods(manifest: Manifest, *, model: str | None = None) -> str:
    """The paragraph, a blank line, and the numbered references.

    ``model`` is where the model is now, as in ``--model`` (None: as the manifest names it); its measured agreement is
    told only if it still is the one that was used. For an output made from tagged notes, what the manifest of the
    tagging says is told as well.
    """
    words = read_data("methods.yml")
    paragraph = " ".join(sentence.strip() for sentence in _sentences(manifest, words, model))
    cited = list(dict.fromkeys(_CITED.findall(paragraph)))
    paragraph = _CITED.sub(lambda match: f"[{cited.index(match[1]) + 1}]", paragraph)
    about = {"version": manifest.program.version, "year": manifest.time[:4], "authority": load_codebook().authority}
    references = [f"[{n}] {words['references'][key].strip().format(**about)}" for n, key in enumerate(cited, 1)]
    parts = [textwrap.fill(paragraph, _WIDTH, break_on_hyphens=False)]
    parts.append(
        "\n".join(textwrap.fill(r, _WIDTH, subsequent_indent="    ", break_on_hyphens=False) for r in references)
    )
    return "\n\n".join(parts) + "\n"


def _sentences(manifest: Manifest, words: Mapping[str, Any], model: str | None) -> Iterator[str]:
    book, tagging = load_codebook(), _tagging(manifest)
    yield words["program"].format(version=manifest.program.version)
    about = {"title": manifest.codebook.name, "codebook_version": manifest.codebook.version}
    yield words["codebook"].format(n_strategies=len(book.strategies), **about)
    if _with_project(tagging or manifest):
        yield words["own_strategies"]
    if manifest.command != "train":
        yield from _reading(tagging, words, model)
    counts = "coded_counts" if "segments" in manifest.counts else "counts"
    yield words[counts].format_map({"skipped": 0, "tags": 0, "notes": 0, **manifest.counts})
    yield from _command(manifest, words)
    yield _repeat(manifest, tagging, words)


def _with_project(manifest: Manifest) -> bool:
    """Whether a project's own strategies took part."""
    return any(files.option == "codebook" for files in manifest.inputs)


def _tagging(manifest: Manifest) -> Manifest | None:
    """The run in which the notes were tagged: this one, or the one that made its input."""
    if "model" in manifest.options:
        return manifest
    earlier = (_tagging(files.made_by) for files in manifest.inputs if files.made_by)
    return next((found for found in earlier if found), None)


def _reading(tagging: Manifest | None, words: Mapping[str, Any], model: str | None) -> Iterator[str]:
    """How tags were made and how far they agree with coded notes."""
    if tagging is None:
        yield words["tagged_before"]
        return
    if tagging.model is None:
        yield words["rules_alone"]
    else:
        kind = "encoder" if tagging.model.version.startswith("encoder") else "words"
        yield words[kind].format(model=tagging.model.version)
    if gate := tagging.options.get("identifiers"):
        yield words[str(gate)]
    if tagging.model is not None:
        yield from _agreement(tagging.model, model or str(tagging.options["model"]), words)


def _agreement(used: Ingredient, model: str, words: Mapping[str, Any]) -> Iterator[str]:
    here = None if model == RULES_ALONE else model_at(model)
    measured = SHIPPED.get(model, Path(model)) / "metrics.json"
    if here is None or here.sha256 != used.sha256 or not measured.is_file():
        yield words["not_here"]
        return
    metrics = json.loads(measured.read_text(encoding="utf-8"))
    figures = [words[part].format(**_figures(metrics[part])) for part in ("writers_left_out", "gold") if metrics[part]]
    yield words["agreement"].format(figures=" ".join(figure.strip() for figure in figures))
    yield words["shipped" if model in SHIPPED else "own_model"]


def _figures(metrics: Mapping[str, Any]) -> dict[str, str]:
    macro = metrics["segments"]["macro"]
    return {
        "n": str(metrics["n_notes"]),
        "f1": _figure(macro["f1"]),
        "kappa": _figure(macro["kappa"]),
        "status": _figure(metrics["status"]["accuracy"]),
        "cues": _figure(metrics["cues"]["segments"]["f1"]),
    }


def _figure(estimate: Mapping[str, float | None]) -> str:
    value, low, high = (estimate[key] for key in ("value", "low", "high"))
    if value is None:
        return "not defined"
    return f"{value:.2f}" if low is None or high is None else f"{value:.2f} (95% interval {low:.2f} to {high:.2f})"


def _command(manifest: Manifest, words: Mapping[str, Any]) -> Iterator[str]:
    options = manifest.options
    if manifest.command == "compare":
        reference = words[f"compare_{options['reference']}"]
        yield words["compare"].format(by=options["by"], denominator=options["denominator"], reference_words=reference)
        if options.get("corrected"):
            yield words["corrected"]
    elif manifest.command == "export":
        yield words["export"].format(name=options["name"])
        if str(options["name"]).startswith("counts"):
            yield words["grouped"].format(by=options["by"])
    elif manifest.command in ("evaluate", "train"):
        own = manifest.command == "train" and _with_project(manifest)
        yield words["train_own" if own else manifest.command].format(seed=options["seed"])


def _repeat(manifest: Manifest, tagging: Manifest | None, words: Mapping[str, Any]) -> str:
    model = tagging.model if tagging else None
    return str(
        words["repeat"].format(
            time=f"{manifest.time[:10]} at {manifest.time[11:16]} UTC",
            python=manifest.platform.python,
            system=manifest.platform.system.partition(" ")[0],
            machine=manifest.platform.machine,
            program_sha256=manifest.program.sha256[:_SHOWN],
            codebook_sha256=manifest.codebook.sha256[:_SHOWN],
            rules_sha256=manifest.rules.sha256[:_SHOWN],
            model_sha256=f"{model.sha256[:_SHOWN]}…" if model else "none",
        )
    )
