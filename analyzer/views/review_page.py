"""The page "Review": one segment at a time, the most informative first; a person's word on each tag."""

from __future__ import annotations

import json

import streamlit as st

from analyzer.charts.agreement import agreement_chart
from analyzer.components.segmenter import find_segments
from analyzer.corpus import coded_to_dict
from analyzer.records import STATUSES, Analysis, AnalyzerError, Note, Tag
from analyzer.review.agreement import agreement_by_month
from analyzer.review.coded import reviewed_corpus
from analyzer.review.decisions import Decision, decide, decisions_of
from analyzer.review.queue import Item, queue
from analyzer.store import Store
from analyzer.tagging import tag_notes
from analyzer.views import entry, held_keys, reviewing, source, unlocking
from analyzer.views.figure import show
from analyzer.views.model import codebook, rules_alone
from analyzer.views.review_html import context_html, proposals_html
from analyzer.views.source import Loaded, ReadNote
from analyzer.views.span_html import style_sheet

_KEYS = (
    "Keys: A accept, X reject, S change the status, T add a tag, N next without a decision, U undo. They work while "
    "the cursor is in no field."
)
_RULE = (
    "Add what is missing first: with the last decision on its tags a segment counts as reviewed, and then also says "
    "that nothing else is to be tagged in it."
)
_HOW = (
    "A point is a month: of the program's tags that were decided in it, the share accepted as they were, with Wilson's "
    "95% interval. A hollow point rests on few decisions. The queue brings up what the program is unsure of, so the "
    "share says less well of the program than all its tags would."
)


def page() -> None:
    """The page "Review"."""
    st.title("Review")
    source.banner()
    loaded: Loaded = st.session_state.get("loaded", Loaded("none"))
    store = reviewing.choose_store()
    if store is None:
        return
    unlocking.offer(store)
    if not loaded.notes:
        st.write("No notes yet: choose some on the left.")
        return
    try:
        _review(loaded, store)
    except AnalyzerError as error:
        st.error(reviewing.plain(str(error)))


def _review(loaded: Loaded, store: Store) -> None:
    decisions = reviewing.decisions(loaded.analyses)
    mine = [d for d in decisions if d.who == reviewing.reviewer()]
    left, right = st.columns(2)
    others = left.toggle("Also what other people have reviewed", value=False, key="review-others")
    empty = right.toggle("Also segments in which nothing was found", value=False, key="review-empty")
    judged = mine if others else decisions
    items = queue(_pairs(loaded), judged, by_rules=_by_rules(loaded), empty=empty)
    # The note that the reading view sent here comes first.
    items.sort(key=lambda item: item.note_id != st.session_state.get("review-note"))
    total = _total(loaded, empty=empty)
    done = total - len(items)
    st.progress(done / total if total else 1.0, text=f"{done} of {total} segments reviewed")
    skipped: set[tuple[str, tuple[int, int]]] = st.session_state.setdefault("review-skipped", set())
    waiting = [item for item in items if (item.note_id, item.segment) not in skipped]
    if waiting:
        _segment(waiting[0], loaded, store, judged)
    else:
        st.success("Nothing waits for review." if not items else "Only segments that you passed over wait for review.")
        if items and st.button("Show them again", key="review-again"):
            skipped.clear()
            st.rerun()
    _undo(store, mine)
    _results(loaded, decisions)


def _segment(item: Item, loaded: Loaded, store: Store, decisions: list[Decision]) -> None:
    note = next(note for note in loaded.notes if note.analysis.note_id == item.note_id)
    entry.log("opened", [item.note_id], loaded.origin)
    own = [d for d in decisions_of(note.analysis, decisions) if d.segment == item.segment]
    decided = {(d.strategy, d.said.status): d for d in own if d.said}
    open_tags = [tag for tag in item.tags if (tag.strategy, tag.status) not in decided]
    tag = open_tags[0] if open_tags else None
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header("The segment", anchor=False)
        st.text(f"Note {item.note_id}: {'; '.join(item.reasons) or 'nothing was found here'}")
        st.html(style_sheet(note.analysis.own) + context_html(note.text, find_segments(note.text), item.segment, tag))
    with right:
        st.header("What the program says", anchor=False)
        st.html(style_sheet(note.analysis.own) + proposals_html(item, own, tag, codebook()))
        if tag is not None:
            with st.expander(reviewing.plain(f"What counts as {codebook().title_of(tag.strategy).lower()}")):
                st.text(codebook().strategy(tag.strategy).definition)
                st.text(codebook().strategy(tag.strategy).boundary)
    _verdicts(item, note, tag, store)
    _adding(item, note, store, said=len(own))
    st.caption(f"{_KEYS} {_RULE}")
    held_keys.count_once()


def _verdicts(item: Item, note: ReadNote, tag: Tag | None, store: Store) -> None:
    # Keys tell the tag: a key pressed twice while the page is slow must not decide the next tag unseen.
    key = f"{item.note_id}-{item.segment}-{tag.strategy}-{tag.status}" if tag else f"{item.note_id}-{item.segment}"
    book = codebook()
    accept, reject, status, change, later = st.columns([2, 2, 3, 2, 2], vertical_alignment="bottom")
    label = "Accept" if tag else "Nothing more here"
    if accept.button(label, key=f"review-accept-{key}", shortcut="A", type="primary", width="stretch"):
        _keep(store, note, _decision(note.analysis, item, tag, "accept"))
    if tag is not None:
        if reject.button("Reject", key=f"review-reject-{key}", shortcut="X", width="stretch"):
            _keep(store, note, _decision(note.analysis, item, tag, "reject"))
        others = [name for name in STATUSES if name != tag.status]
        chosen = status.selectbox("Status", others, format_func=book.status_title, key=f"review-status-{key}")
        if change.button("Set status", key=f"review-change-{key}", shortcut="S", width="stretch"):
            _keep(store, note, _decision(note.analysis, item, tag, "change_status", status=chosen))
    if later.button("Next", key=f"review-next-{key}", shortcut="N", width="stretch"):
        st.session_state["review-skipped"].add((item.note_id, item.segment))
        st.rerun()


def _adding(item: Item, note: ReadNote, store: Store, *, said: int) -> None:
    key, book = f"{item.note_id}-{item.segment}", codebook()
    words = note.text[slice(*item.segment)]
    first = book.ids.index(item.by_rules_alone[0]) if item.by_rules_alone else 0
    strategy, status, span, add = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    what = strategy.selectbox(
        "Missing strategy", book.ids, index=first, format_func=book.title_of, key=f"review-what-{key}"
    )
    how = status.selectbox("Its status", STATUSES, format_func=book.status_title, key=f"review-how-{key}")
    evidence = span.text_input("Its words in the segment", value=words, key=f"review-words-{key}").strip()
    if add.button("Add a tag", key=f"review-add-{key}-{said}", shortcut="T", width="stretch"):
        at = words.find(evidence) if evidence else -1
        if at < 0:
            st.error("These words don't stand in the segment as they are; copy them from it.")
            return
        start = item.segment[0] + at
        made = _decision(
            note.analysis, item, None, "add", strategy=what, status=how, span=(start, start + len(evidence))
        )
        _keep(store, note, made)


def _decision(analysis: Analysis, item: Item, tag: Tag | None, verdict: str, **more: object) -> Decision:
    return decide(
        analysis,
        segment=item.segment,
        verdict=verdict,  # type: ignore[arg-type]
        who=reviewing.reviewer(),
        tag=tag,
        model=reviewing.model_version(),
        **more,  # type: ignore[arg-type]
    )


def _keep(store: Store, note: ReadNote, decision: Decision) -> None:
    # The text goes in only where the store keeps text and its key was given.
    store.save([(note.analysis, note.text)], model=decision.model)
    store.record(decision)
    st.rerun()


def _undo(store: Store, mine: list[Decision]) -> None:
    # The key tells the decision, so that a key pressed twice takes back one.
    if st.button("Undo my last decision", key=f"review-undo-{len(mine)}", shortcut="U", disabled=not mine):
        undone = store.undo(reviewing.reviewer())
        if undone is not None:
            st.session_state["review-skipped"].discard((undone.note_id, undone.segment))
        st.rerun()


def _results(loaded: Loaded, decisions: list[Decision]) -> None:
    st.header("What came of it", anchor=False)
    show(agreement_chart(agreement_by_month(decisions)), key="agreement", how_to_read=_HOW)
    touched = {d.note_id for d in decisions}
    coded = reviewed_corpus((pair for pair in _pairs(loaded) if pair[0].note_id in touched), decisions)
    lines = "".join(json.dumps(coded_to_dict(note), ensure_ascii=False) + "\n" for note in coded)
    ids = [note.note_id for note in coded]
    st.download_button(
        f"Export the reviewed segments of {len(coded)} notes (JSON Lines)",
        entry.taken(lambda: lines.encode("utf-8", "replace"), ids, loaded.origin, what="reviewed"),
        file_name="reviewed.jsonl",
        mime="application/jsonl",
        key="review-export",
        disabled=not (coded and entry.may("export", "reviewed")),
    )
    st.caption(
        "In the format of the training corpus, for “analyzer train --with reviewed.jsonl”. It holds the text of these "
        "notes (identifiers masked): keep it where you keep them."
    )


def _pairs(loaded: Loaded) -> list[tuple[Analysis, str]]:
    return [(note.analysis, note.text) for note in loaded.notes]


def _total(loaded: Loaded, *, empty: bool) -> int:
    """How many segments there are to review; counted once for these notes."""
    made: tuple[Loaded, bool, int] | None = st.session_state.get("review-total")
    if made is None or made[0] is not loaded or made[1] != empty:
        made = (loaded, empty, len(queue(_pairs(loaded), [], by_rules=_by_rules(loaded), empty=empty)))
        st.session_state["review-total"] = made
    return made[2]


def _by_rules(loaded: Loaded) -> dict[str, Analysis]:
    """What the rules alone read in these notes; kept in this session while the notes stay."""
    made: tuple[Loaded, dict[str, Analysis]] | None = st.session_state.get("review-rules")
    if made is None or made[0] is not loaded:
        with st.spinner("Comparing with the rules"):
            notes = [Note(n.analysis.note_id, n.text, n.analysis.source) for n in loaded.notes]
            found = tag_notes(notes, rules_alone(), identifiers="ignore")
            made = (loaded, {a.note_id: a for a in found if isinstance(a, Analysis)})
        st.session_state["review-rules"] = made
    return made[1]
