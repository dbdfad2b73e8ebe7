"""Gamma: spans that begin and end alike agree wholly, those beside each other less; the library may be missing."""

from __future__ import annotations

import sys

import pytest

from analyzer.agreement import Coder, agreement, format_agreement
from analyzer.records import AnalyzerError
from tests.unit.agreement.making import CHOSE, TOLD, coder

ANA = coder("ana", {"n1": (TOLD, CHOSE), "n2": (TOLD,), "n3": ()})


def test_without_the_library_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygamma_agreement", None)
    with pytest.raises(AnalyzerError, match="pip install pygamma-agreement"):
        agreement([ANA, ANA], rounds=10, gamma=True)


def test_same_spans_agree_wholly_and_others_less(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pygamma_agreement", reason="gamma needs pygamma-agreement (requirements-research.txt)")
    same = agreement([ANA, Coder("twin", ANA.notes)], rounds=10, gamma=True).gamma
    ben = coder("ben", {"n1": (TOLD,), "n2": (CHOSE,), "n3": ()})
    apart = agreement([ANA, ben], rounds=10, gamma=True).gamma
    assert same is not None and same.value == pytest.approx(1)
    assert apart is not None and apart.value is not None and apart.value < 0.8
    assert capfd.readouterr().out == ""


def test_one_note_with_the_same_single_span_says_that_gamma_is_not_measurable() -> None:
    pytest.importorskip("pygamma_agreement", reason="gamma needs pygamma-agreement (requirements-research.txt)")
    found = agreement([coder(name, {"n1": (TOLD,)}) for name in ("ana", "ben")], rounds=10, gamma=True)
    assert found.gamma is not None and found.gamma.value is None
    assert "Metivier 2015): not measurable" in format_agreement(found)
