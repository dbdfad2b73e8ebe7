"""Tables and notes for other tools: what, of which unit, in which kind of file, with dictionary and manifest."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analyzer.interchange import FORMATS
from analyzer.interchange.document import Document
from analyzer.manifest import Files, files_read
from analyzer.profiles import BYS, By, group_of
from analyzer.records import STATUSES, Analysis, AnalyzerError
from analyzer.views import entry, exporting, hiding, reviewing, source
from analyzer.views.choices import keep_valid
from analyzer.views.exporting import DENOMINATORS, ENDINGS, TABLES, TOOLS, Choice, Keyed, Made
from analyzer.views.model import codebook, project_folder

_PREVIEW = 50
_UNITS: dict[By, str] = {
    "note": "note",
    "client": "client",
    "clinician": "clinician",
    "period": "calendar month",
}
_WHERE = {"all": "anywhere", "inside": "inside the evidence", "outside": "outside the evidence"}
_WITH_TEXT = (
    "The notes' own words go into the file, with what looks like an identifier masked. Masking can miss one: keep such "
    "a file where you keep the notes. Without this the file holds places and figures, and of words at most the few "
    "that decided a status."
)
_HOW = (
    "One row is one case, as the data dictionary says of each column. Figures count what is documented, not what was "
    "done. Counts have no denominator of their own: divide them by a column that fits the question, such as notes, "
    "words, or the opportunities that called for the strategy. In the long table these columns repeat from row to row, "
    "so they are not to be added up."
)
_HOW_KEYNESS = (
    "One row is one word, by how many notes hold it; a note counts once. A log ratio of 1 means twice as common in the "
    "group's notes, of -1 half as common, with its 95% interval; the q-value is what to read against a false discovery "
    "rate. Words are compared, not practice: notes of one client are alike, so read the notes before a word is taken "
    "for a way of working."
)
_MANIFEST = (
    "The run manifest says what the file was made from: the versions and SHA-256 of program, model, codebook and "
    "rules, the choices above, the notes by their SHA-256, and of the file itself. It holds no text of notes."
)


def page() -> None:
    """The page "Export"."""
    st.title("Export")
    loaded = source.banner()
    if not loaded.notes:
        st.write("No notes yet: choose some on the left.")
        return
    if hiding.told("Files with ids of notes, or with counts by clinician,"):
        return
    documents = [Document(note.analysis, note.text) for note in loaded.notes]
    choice = _choose(loaded.analyses)
    entry.require("export", choice.what)
    if choice.is_table:
        _preview(choice, documents)
    if choice.lacks_text:
        st.info("This kind of file is made of the notes' text, which is left out unless you tick the box above.")
        return
    _files(choice, documents, loaded.origin)


def _choose(analyses: list[Analysis]) -> Choice:
    every = TABLES | TOOLS
    titles = {name: title for name, title in every.items() if entry.may("export", name)}
    what = st.selectbox(
        "What", list(titles), format_func=titles.__getitem__, key="export-what", persist_state="session"
    )
    if what not in TABLES:
        needless = not FORMATS[what].takes_text
        return Choice(what, with_text=False if needless else _text_box("Include the notes' text"))
    left, right = st.columns(2)
    ending = right.selectbox(
        "Kind of file",
        list(ENDINGS),
        format_func=lambda ending: f"{ENDINGS[ending][0]} ({ending})",
        key="export-ending",
        persist_state="session",
    )
    if what == "keyness":
        return Choice(what, ending=ending, keyed=_keyed(analyses, left))
    if what == "tags":
        left.text_input("Unit", "one tag", disabled=True, key="export-unit-tag")
        statuses = _statuses()
        return Choice(what, ending=ending, statuses=statuses, with_text=_text_box("Include the words of the evidence"))
    units = [unit for unit in _UNITS if entry.may("unit", unit)]
    by = left.selectbox(
        "Unit: whose notes a row counts", units, format_func=_UNITS.__getitem__, index=units.index("clinician"),
        key="export-by", persist_state="session",
    )  # fmt: skip
    entry.require("unit", by)
    return Choice(what, by=by, ending=ending, statuses=_statuses(), denominators=_denominators())


def _statuses() -> tuple[str, ...]:
    chosen = st.multiselect(
        "Statuses",
        STATUSES,
        default=STATUSES,
        format_func=codebook().status_title,
        key="export-statuses",
        persist_state="session",
    )
    return tuple(chosen) or STATUSES


def _denominators() -> tuple[str, ...]:
    chosen = st.multiselect(
        "Denominators",
        list(DENOMINATORS),
        default=list(DENOMINATORS),
        help="Columns that stand beside the counts, to divide them by.",
        key="export-denominators",
        persist_state="session",
    )
    return tuple(name for name in DENOMINATORS if name in chosen)


def _text_box(label: str) -> bool:
    wanted = st.checkbox(label, key="export-text", persist_state="session")
    st.caption(_WITH_TEXT)
    return bool(wanted)


def _keyed(analyses: list[Analysis], place: Any) -> Keyed:
    columns = sorted({column for analysis in analyses for column in analysis.extra})
    bys = [by for by in BYS if by != "note"] + columns
    by = place.selectbox(
        "Notes are grouped by", bys, format_func=lambda by: _UNITS.get(by, by), key="export-key-by",
        persist_state="session",
    )  # fmt: skip
    groups = sorted({_group(analysis, by) for analysis in analyses})
    first, second, third = st.columns(3)
    keep_valid(f"export-key-group-{by}", groups)
    group = first.selectbox("Whose words", groups, key=f"export-key-group-{by}", persist_state="session")
    others = [None, *(name for name in groups if name != group)]
    keep_valid(f"export-against-{by}", others)
    against = second.selectbox(
        "Against", others, format_func=lambda name: "all others" if name is None else name, key=f"export-against-{by}"
    )
    where = third.selectbox(
        "Words", list(_WHERE), format_func=_WHERE.__getitem__, key="export-key-where", persist_state="session"
    )
    first, second = st.columns(2, vertical_alignment="bottom")
    strategy = first.selectbox(
        "Whose evidence",
        [None, *codebook().ids],
        format_func=lambda name: "any strategy" if name is None else codebook().title_of(name),
        disabled=where == "all",
        key="export-key-strategy",
        persist_state="session",
    )
    pairs = second.toggle("Pairs of adjoining words as well", key="export-key-bigrams", persist_state="session")
    return Keyed(by, str(group), against, where, None if where == "all" else strategy, bool(pairs))


def _group(analysis: Analysis, by: str) -> str:
    return group_of(analysis, by) if by in BYS else str(analysis.extra.get(by) or "(not given)")


def _preview(choice: Choice, documents: list[Document]) -> None:
    try:
        rows, columns = exporting.table(choice, documents)
    except AnalyzerError as error:
        st.error(reviewing.plain(str(error)))
        return
    shown = min(len(rows), _PREVIEW)
    which = f"the first {shown} of {len(rows):,} rows" if len(rows) > shown else f"all {len(rows)} rows"
    st.header("Preview", anchor=False)
    st.text(f"{len(rows):,} rows and {len(columns)} columns from {len(documents):,} notes; below are {which}.")
    preview = pd.DataFrame(exporting.first(rows, columns, _PREVIEW), columns=[column.name for column in columns])
    st.dataframe(
        preview, hide_index=True, height=min(38 + 35 * shown, 280), key="export-preview",
        alt="The first rows of the file",
        column_config={c.name: st.column_config.Column(help=reviewing.plain(c.meaning)) for c in columns},
    )  # fmt: skip
    with st.expander("How to read this"):
        st.write(_HOW_KEYNESS if choice.what == "keyness" else _HOW)
    with st.expander("Data dictionary", expanded=choice.what != "counts-wide"):
        meanings = [(c.name, c.meaning, c.type, ", ".join(c.values)) for c in columns]
        st.dataframe(
            pd.DataFrame(meanings, columns=["column", "meaning", "type", "values"]),
            hide_index=True,
            height=min(38 + 35 * len(meanings), 320),
            column_config={"meaning": st.column_config.TextColumn(width="large")},
            key="export-dictionary",
            alt="What each column means",
        )


def _files(choice: Choice, documents: list[Document], origin: str) -> None:
    st.header("Files", anchor=False)
    analyses = [document.analysis for document in documents]
    if st.button("Make the file", type="primary", key="export-make"):
        try:
            with st.spinner("Writing"):
                made = exporting.make(
                    choice,
                    documents,
                    inputs=[_inputs(analyses, origin)],
                    reviewed=_reviewed(analyses),
                    project=project_folder(),
                )
        except AnalyzerError as error:
            st.error(reviewing.plain(str(error)))
            return
        st.session_state["export-made"] = (choice, analyses, made)
    kept = st.session_state.get("export-made")
    # What was made of other choices or other notes would be taken for what is shown now.
    if kept is None or kept[:2] != (choice, analyses):
        st.session_state.pop("export-made", None)
        st.caption("The file is made in a temporary folder that is removed at once, and then offered for download.")
        return
    _downloads(kept[2], choice.what, [analysis.note_id for analysis in analyses], origin)


def _downloads(made: Made, what: str, notes: list[str], origin: str) -> None:
    places = st.columns(3)
    data = entry.taken(lambda: made.data, notes, origin, what=what)
    places[0].download_button(
        f"Download {made.name}", data, file_name=made.name, mime=made.mime, key="export-file", width="stretch",
        type="primary", on_click="ignore",
    )  # fmt: skip
    places[1].download_button(
        "Run manifest (.json)", made.manifest, file_name=exporting.manifest_name(made), mime="application/json",
        key="export-manifest", width="stretch", on_click="ignore",
    )  # fmt: skip
    if made.dictionary is not None:
        places[2].download_button(
            "Data dictionary (.csv)", made.dictionary, file_name=f"{made.name}.dictionary.csv", mime="text/csv",
            key="export-meanings", width="stretch", on_click="ignore",
        )  # fmt: skip
    st.text(f"{made.name}: {len(made.data):,} bytes")
    if len(made.parts) > 1:
        st.dataframe(
            pd.DataFrame(made.parts, columns=["file inside", "bytes"]), hide_index=True, key="export-parts",
            height=min(38 + 35 * len(made.parts), 280), alt="Files inside the archive",
        )  # fmt: skip
    with st.expander("The run manifest"):
        st.write(_MANIFEST)
        st.code(made.manifest, language="json", height=320)


def _inputs(analyses: list[Analysis], origin: str) -> Files:
    """The sample folder by its files; a user's own notes by the SHA-256 of their text, as files may be gone."""
    if origin == "sample":
        return files_read("paths", source.SAMPLES, name=source.SAMPLES.name)
    return Files("notes", "notes in the session", {a.note_id: a.text_sha256 for a in analyses})


def _reviewed(analyses: list[Analysis]) -> bool:
    """Whether these are the tags as reviewed, rather than as the program gave them."""
    return analyses != st.session_state["loaded"].analyses
