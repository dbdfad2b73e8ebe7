"""Gamma: agreement on where the evidence begins and ends and what it is, span by span (pygamma-agreement).

Source: Mathet, Widlocher & Metivier 2015, doi:10.1162/COLI_a_00227; Titeux & Riad 2021, doi:10.21105/joss.02989.
Gamma is 1 minus the disorder of the best alignment over that of random ones. Both are added up over notes, since one
alignment of a whole corpus is out of reach, and the interval is the bootstrap's over notes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from analyzer.agreement.coders import Coder
from analyzer.agreement.units import Units
from analyzer.evaluate.estimates import Estimate, Numbers, estimate
from analyzer.lexicons import read_data
from analyzer.records import AnalyzerError, CodedNote


def gamma_of(coders: Sequence[Coder], units: Units, weights: Numbers, *, seed: int) -> Estimate:
    """Gamma of delivered tags; notes without any are passed over. ``weights`` (samples, notes) as for the bootstrap.

    Raises `AnalyzerError` where pygamma-agreement is not installed.
    """
    from tqdm import tqdm

    library = _library()
    settings = read_data("agreement.yml")["gamma"]
    parameters = {name: settings[name] for name in ("alpha", "beta", "delta_empty")}
    dissimilarity = library.CombinedCategoricalDissimilarity(**parameters)
    disorders = np.zeros((2, len(units.notes)))
    with _quiet(), _seeded(seed):
        for place, note in enumerate(tqdm(units.notes, desc="gamma", unit=" notes", disable=None, leave=False)):
            coded = {c.name: own for c in coders if (own := c.notes.get(note.note_id)) is not None}
            continuum = _continuum(library, coded)
            if continuum is None:
                continue
            found = continuum.compute_gamma(dissimilarity, n_samples=settings["samples"])
            # The library divides disorder by the spans a coder has on average; here it is added up.
            spans = continuum.avg_num_annotations_per_annotator
            disorders[:, place] = np.array([found.observed_disorder, found.expected_disorder]) * spans
    observed, expected = disorders @ np.vstack([np.ones(len(units.notes)), weights]).T
    values = 1 - np.divide(observed, expected, out=np.full(observed.shape, np.nan), where=expected > 0)
    return estimate(values[0], values[1:])


def _library() -> Any:
    try:
        return import_module("pygamma_agreement")
    except ImportError as error:
        advice = "pip install pygamma-agreement (it is in requirements-research.txt)"
        raise AnalyzerError(f"gamma needs pygamma-agreement, which is not installed: {advice}") from error


def _continuum(library: Any, coded: dict[str, CodedNote]) -> Any:
    """One note's delivered tags by coder; None where there are none."""
    segment = import_module("pyannote.core").Segment
    continuum = library.Continuum()
    for name, note in coded.items():
        continuum.add_annotator(name)
        for tag in note.tags:
            if tag.status == "delivered":
                continuum.add(name, segment(tag.start, tag.end), tag.strategy)
    return continuum if continuum.num_units else None


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """The library draws from numpy's global generator; it is put back as it was."""
    state = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(state)


@contextmanager
def _quiet() -> Iterator[None]:
    """The solver tells its steps on the program's standard output, and the library warns of its choice of solver."""
    before = logging.root.manager.disable
    kept = os.dup(1)
    sink = os.open(os.devnull, os.O_WRONLY)
    logging.disable(logging.WARNING)
    os.dup2(sink, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(sink)
        logging.disable(before)
