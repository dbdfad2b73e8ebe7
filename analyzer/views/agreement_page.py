"""Agreement of coders, human or program: how far, on what they differ, and how many notes a study of it needs."""

from __future__ import annotations

import streamlit as st

from analyzer.agreement import Agreement, Coder, Disagreement, agreement, disagreements, plan
from analyzer.agreement.confusion import confusion
from analyzer.records import AnalyzerError
from analyzer.views import coding, reviewing, source
from analyzer.views.agreement_figures import (
    COEFFICIENTS,
    QUESTIONS,
    coefficient_figure,
    confusion_figure,
    plan_figure,
)
from analyzer.views.choices import keep_valid
from analyzer.views.disagreement_list import disagreement_list
from analyzer.views.figure import show
from analyzer.views.model import codebook, pipeline, rules_alone

_FORMATS = (
    "Codes can be coded notes (.jsonl as in models/corpus), what “analyzer tag” wrote, Label Studio (.json), REFI-QDA "
    "(.qdpx), doccano, Prodigy, WebAnno (.tsv), spaCy DocBin (.spacy), or a folder of brat, WebAnno or CAS files as a "
    ".zip. One file a coder; a file that says who coded may hold several. The same note needs the same note_id in "
    "each."
)
_KEPT = (
    "Files pass through a temporary folder that is removed at once; codes and texts stay in this session's memory and "
    "are forgotten when you close the page."
)
_HOW = (
    "A point is the coefficient, its line the 95% interval over samples of whole notes. 1 is full agreement; for all "
    "but percent agreement 0 is what chance alone would give. Percent agreement is high by itself where a strategy is "
    "rare, since both mostly find nothing. Kappa and alpha are low by themselves there; Gwet's AC1 is not, so read it "
    "beside them, and the prevalence index in the table says when. A wide line means few notes or a rare strategy."
)
_HOW_CONFUSION = (
    "A row is what the first coder says, a column what the second says of the same segment and strategy. On the framed "
    "diagonal both say the same. “Not given” means that the coder has no code of the strategy there. Segments in which "
    "both find nothing are in the table and left out of the chart."
)
_HOW_PLAN = (
    "The rarer a code, the more units two coders need for a kappa that is known as well. The diamond is your choice. "
    "Units are taken as independent; segments of one note are not, so the sentence says what to multiply by."
)


def page() -> None:
    """The page "Agreement"."""
    st.title("Agreement")
    compare, study = st.tabs(["Compare coders", "Plan a study"], key="agreement-tab", on_change="rerun")
    if study.open:
        with study:
            _study()
        return
    with compare:
        try:
            _compare()
        except AnalyzerError as error:
            st.error(reviewing.plain(str(error)))


def _compare() -> None:
    codes: coding.Codes | None = st.session_state.get("agreement-codes")
    if codes is None:
        _uploads()
        return
    _refused(codes)
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    chosen = _chosen(codes.coders, left)
    if right.button("Forget these codes", key="agreement-forget", width="stretch"):
        for name in ("agreement-codes", "agreement-program", "agreement-found"):
            st.session_state.pop(name, None)
        st.rerun()
    if len(chosen) < 2:
        st.info("Agreement takes two coders or more: choose another one, or compare with the program.")
        return
    found, rows = _found(chosen)
    few = f" {found.left_out} notes were coded by one alone and are left out." if found.left_out else ""
    st.text(f"{len(found.coders)} coders, {found.notes:,} notes, {found.segments:,} segments.{few}")
    _coefficients(found)
    _confusion(chosen)
    disagreement_list(chosen, rows)


def _uploads() -> None:
    loaded = source.banner()
    st.text(_FORMATS)
    files = st.file_uploader("Files of codes", type=coding.TYPES, accept_multiple_files=True, key="agreement-files")
    on_these = st.checkbox(
        "These codes are of the notes on the left",
        disabled=not loaded.notes,
        help="Needed for what “analyzer tag” wrote, which holds no text. Codes of other notes are then told.",
        key="agreement-on-these",
    )
    texts = {note.analysis.note_id: note.text for note in loaded.notes}
    left, right = st.columns(2)
    if left.button("Read these codes", type="primary", disabled=not files, key="agreement-read", width="stretch"):
        uploads = [(file.name, file.getvalue()) for file in files or []]
        _keep(coding.read_codes(uploads, texts=texts if on_these else None, codebook=codebook()))
    label = "No codes at hand: the program beside its rules alone"
    if right.button(label, disabled=not loaded.notes, key="agreement-example", width="stretch"):
        with st.spinner("Reading the notes on the left by the rules alone"):
            tagged = coding.coder_of(coding.PROGRAM, loaded.analyses, texts)
            _keep(coding.Codes((tagged, coding.read_by(rules_alone(), "rules alone", texts))))
    st.caption(_KEPT)


def _keep(codes: coding.Codes) -> None:
    if not codes.coders:
        _refused(codes)
        return
    st.session_state["agreement-codes"] = codes
    # Choices among coders belong to these codes alone.
    st.session_state["agreement-times"] = st.session_state.get("agreement-times", 0) + 1
    st.rerun()


def _refused(codes: coding.Codes) -> None:
    if codes.refused:
        with st.expander(f"{len(codes.refused)} files don't fit", expanded=True):
            for name, reason in codes.refused:
                st.text(f"{name}: {reason}")
    if codes.left_out:
        with st.expander(f"{len(codes.left_out)} things were left out"):
            st.text("\n".join(codes.left_out))


def _chosen(coders: tuple[Coder, ...], place: st.delta_generator.DeltaGenerator) -> list[Coder]:
    """The coders to compare, the program among them if wanted."""
    names, times = [coder.name for coder in coders], st.session_state["agreement-times"]
    wanted = place.multiselect("Coders", names, default=names, key=f"agreement-coders-{times}", persist_state="session")
    chosen = [coder for coder in coders if coder.name in wanted]
    if coding.PROGRAM in names:
        return chosen
    key = f"agreement-with-{times}"
    if st.toggle("Compare with the program", value=len(coders) == 1, key=key, persist_state="session"):
        chosen.append(_program(coders))
    return chosen


def _program(coders: tuple[Coder, ...]) -> Coder:
    """The program's own codes of the same notes, read once."""
    kept: Coder | None = st.session_state.get("agreement-program")
    if kept is None:
        with st.spinner("The program reads the same notes"):
            kept = coding.read_by(pipeline(), coding.PROGRAM, coding.texts_of(coders))
        st.session_state["agreement-program"] = kept
    return kept


def _found(coders: list[Coder]) -> tuple[Agreement, list[Disagreement]]:
    """The agreement and the disagreements of these coders; counted again only when the choice has changed."""
    names = [coder.name for coder in coders]
    kept = st.session_state.get("agreement-found")
    if kept is None or kept[0] != names:
        with st.spinner("Counting"):
            kept = (names, agreement(coders), disagreements(coders, with_text=True))
        st.session_state["agreement-found"] = kept
    return kept[1], kept[2]


def _coefficients(found: Agreement) -> None:
    st.header("How far they agree", anchor=False)
    left, right = st.columns(2)
    question = left.selectbox(
        "Asked", list(QUESTIONS), format_func=QUESTIONS.__getitem__, key="agreement-question", persist_state="session"
    )
    coefficient = right.selectbox(
        "Coefficient",
        list(COEFFICIENTS),
        format_func=COEFFICIENTS.__getitem__,
        key="agreement-coefficient",
        persist_state="session",
    )
    figure = coefficient_figure(found, codebook(), question=question, coefficient=coefficient)
    show(figure, key="agreement-figure", how_to_read=_HOW)


def _confusion(coders: list[Coder]) -> None:
    st.header("What one says where another says this", anchor=False)
    names, book = [coder.name for coder in coders], codebook()
    one, other, what = st.columns(3)
    keep_valid("agreement-first", names)
    first = one.selectbox("One coder", names, key="agreement-first")
    others = [name for name in names if name != first]
    keep_valid("agreement-second", others)
    second = other.selectbox("Another", others, key="agreement-second")
    given = {tag.strategy for coder in coders for note in coder.notes.values() for tag in note.tags}
    ids = [None, *dict.fromkeys((*book.ids, *sorted(given)))]
    strategy = what.selectbox(
        "Strategy", ids, format_func=lambda i: book.title_of(i) if i else "all strategies", key="agreement-strategy",
        persist_state="session",
    )  # fmt: skip
    figure = confusion_figure(confusion(coders, str(first), str(second), strategy=strategy), book)
    show(figure, key="agreement-confusion", how_to_read=_HOW_CONFUSION)


def _study() -> None:
    st.text("How many units two coders should code, so that their kappa is known well enough.")
    first, second, third = st.columns(3)
    kappa = first.number_input("Kappa to expect", 0.05, 0.95, 0.8, 0.05, key="agreement-kappa", persist_state="session")
    share = second.number_input(
        "Share of units with the code", 0.01, 0.99, 0.1, 0.01, key="agreement-share", persist_state="session"
    )
    width = third.number_input(
        "Width of the 95% interval", 0.02, 0.9, 0.1, 0.02, key="agreement-width", persist_state="session"
    )
    advice = plan(kappa=kappa, prevalence=share, width=width)
    st.metric("Independent units for each coder", f"{advice.units:,}", border=True, width=320)
    show(plan_figure(kappa=kappa, prevalence=share, width=width), key="agreement-plan", how_to_read=_HOW_PLAN)
