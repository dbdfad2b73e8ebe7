"""What the pages "Feedback" and "Supervision agenda" share: whose notes, the document, the files to take away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from analyzer.artifact import SHIPPED
from analyzer.compare.error_rates import ErrorRates, error_rates
from analyzer.feedback import ENDINGS, MEDIA_TYPES, Agenda, Feedback, file_of, html_page
from analyzer.feedback.formats import Ending
from analyzer.profiles import group_of
from analyzer.records import DataError
from analyzer.views import entry, source
from analyzer.views.choices import keep_valid
from analyzer.views.model import codebook

_HEIGHT = 1100
_LABELS: dict[Ending, str] = {"html": "Web page, to print", "pdf": "PDF", "docx": "Word, to edit"}


def show_document(make: Callable[..., Agenda | Feedback], *, name: str) -> None:
    """The document that ``make`` writes about one clinician's notes; ``name`` is that of the files and of the keys."""
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: give files or paste a note above, then press “Read these notes”.")
        return
    clinicians = sorted({group_of(a, "clinician") for a in loaded.analyses})
    keep_valid(f"{name}-clinician", clinicians)
    clinician = st.selectbox("Clinician", clinicians, key=f"{name}-clinician", persist_state="session")
    texts = {note.analysis.note_id: note.text for note in loaded.notes}
    document = make(loaded.analyses, clinician, texts=texts, rates=_measured_errors(), codebook=codebook())
    own = [a.note_id for a in loaded.analyses if group_of(a, "clinician") == clinician]
    for place, ending in zip(st.columns(len(ENDINGS)), ENDINGS, strict=True):
        place.download_button(
            _LABELS[ending],
            entry.taken(partial(file_of, document, ending), own, loaded.origin, what=name),
            file_name=f"{name}.{ending}",
            mime=MEDIA_TYPES[ending],
            icon=":material/download:",
            key=f"{name}-{ending}",
            disabled=not entry.may("export", name),
            on_click="ignore",
            width="stretch",
        )
    st.caption("They quote notes: keep them where you keep the notes.")
    st.iframe(html_page(document), height=_HEIGHT, alt="The page as it is printed")


def _measured_errors() -> dict[str, ErrorRates]:
    """The shipped model's, empty where it isn't installed."""
    try:
        return error_rates(SHIPPED["default"])
    except DataError:
        return {}
