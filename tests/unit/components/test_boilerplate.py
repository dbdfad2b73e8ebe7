"""Template lines, and lines that only look like them."""

from __future__ import annotations

import pytest
from spacy.language import Language

TEMPLATE = [
    "[x] Informed consent  [x] Limits of confidentiality  [ ] Interpreter",
    "☑ Trauma-informed ☑ Culturally competent",
    "A safe and supportive therapeutic environment was maintained throughout the session.",
    "Culturally competent, trauma-informed services were provided.",
    "Warm, empathic stance maintained.",
]
ACTS = [
    "Held space for pt's doubts about faith without steering.",
    "Reviewed limits of confidentiality with client.",
    "Moved the chairs so that she faces the door, since being cornered sets her off.",
]


@pytest.mark.parametrize("line", TEMPLATE)
def test_template_line(rules_only: Language, line: str) -> None:
    doc = rules_only(f"Seen 50 min.\n{line}\nValidated her grief.")
    assert [span.start_char >= 13 for span in doc.spans["boilerplate"]] == [True]


@pytest.mark.parametrize("line", ACTS)
def test_a_concrete_act_is_no_template(rules_only: Language, line: str) -> None:
    doc = rules_only(line)
    assert len(doc.spans["boilerplate"]) == 0
