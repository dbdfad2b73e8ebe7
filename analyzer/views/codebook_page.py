"""The codebook, as the tagger applies it: looked through by word, and tried on a sentence."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analyzer.codebook import Codebook, Strategy
from analyzer.trial import Trial, try_out
from analyzer.views.codebook_html import borders, examples, what_counts
from analyzer.views.codebook_lookup import Passage, neighbours, search
from analyzer.views.figure import show
from analyzer.views.model import codebook, pipeline
from analyzer.views.span_html import evidence_html, note_html, style_sheet
from analyzer.views.try_figure import score_figure
from analyzer.views.turns import TURN

_SENTENCE = "Explored impact of redlining on her distrust of the clinic."
_HOW = (
    "A bar is how likely the model holds it that a strategy is there, whatever its status: 0 for surely not, 1 for "
    "surely. The stroke is the threshold from which that is a tag; each strategy has its own, set on notes that the "
    "model had not learned from. Rules count as one reason among others. Template lines are never tagged, whatever "
    "their score. A sentence alone lacks its neighbours and its section, so in a note its score can differ."
)
_KEPT = "It is read on this machine as you type, and nothing of it is kept."


def page() -> None:
    """The page "Codebook"."""
    book = codebook()
    st.title("Codebook")
    st.text(f"After {book.authority}. Version {book.version}; all examples are invented.")
    look, attempt = st.tabs(["Look up", "Try a sentence"], key="codebook-tab", on_change="rerun")
    if attempt.open:
        with attempt:
            _attempt(book)
    else:
        with look:
            _look_up(book)


def _look_up(book: Codebook) -> None:
    words = st.text_input(
        "Search by word",
        key="codebook-search",
        type="search",
        live=True,
        placeholder="for example: interpreter, apolog, option",
        persist_state="session",
    )
    found = search(book, words or "")
    ids = [s.id for s in book.strategies]
    if (words or "").strip():
        _found(book, found)
        named = {passage.strategy for passage in found}
        ids = [i for i in ids if i in named] or ids
    # An address may name the strategy: /codebook?strategy=transparency.
    asked = st.query_params.get("strategy")
    chosen = st.selectbox(
        "Strategy",
        ids,
        index=ids.index(asked) if asked in ids else 0,
        format_func=book.title_of,
        key="codebook-strategy",
        persist_state="session",
    )
    _strategy(book, book.strategy(str(chosen)))
    _for_all(book)


def _found(book: Codebook, found: list[Passage]) -> None:
    rows = [(book.title_of(p.strategy) if p.strategy else "all strategies", p.part, p.text) for p in found]
    if not rows:
        st.text("No passage holds all of these words; a shorter beginning finds more.")
        return
    st.text(f"{len(rows)} passages hold all of it." if len(rows) > 1 else "One passage holds all of it.")
    st.dataframe(
        pd.DataFrame(rows, columns=["strategy", "part", "passage"]),
        hide_index=True,
        height=min(38 + 35 * len(rows), 300),
        column_config={"passage": st.column_config.TextColumn(width="large")},
        key="codebook-found",
        alt="Passages of the codebook that hold the words",
    )


def _strategy(book: Codebook, strategy: Strategy) -> None:
    st.header(f"{strategy.title} ({strategy.code})", anchor=False)
    left, right = st.columns(2, gap="large")
    left.html(what_counts(strategy))
    right.html(examples(book, strategy))
    if bordering := borders(book, strategy, neighbours(book, strategy)):
        st.html(bordering)
    with st.expander("Too much, too little, and how feedback speaks of it"):
        st.text(f"Too much: {strategy.over_use}\n\nToo little: {strategy.under_use}\n\nFeedback: {strategy.feedback}")
    st.text("Sources: " + "; ".join(strategy.sources))


def _for_all(book: Codebook) -> None:
    st.header("For every strategy", anchor=False)
    with st.expander("Status: was it done, planned, or only spoken of"):
        st.text("The first test in this order that fits decides.")
        _table([(s.title, s.test, "  ·  ".join(s.examples)) for s in book.statuses], ["status", "test", "examples"])
    with st.expander("How a note can answer an opportunity"):
        _table([(r.title, r.meaning) for r in book.responses], ["response", "meaning"])
    with st.expander("Rules of coding"):
        _table([(r.id, r.title, r.text) for r in book.rules], ["rule", "title", "text"])
    with st.expander("Cautions"):
        st.text("\n\n".join(f"• {caution}" for caution in book.cautions))


def _table(rows: list[tuple[str, ...]], columns: list[str]) -> None:
    st.dataframe(
        pd.DataFrame(rows, columns=columns),
        hide_index=True,
        row_height=70,
        column_config={columns[-1]: st.column_config.TextColumn(width="large")},
    )


@st.fragment
def _attempt(book: Codebook) -> None:
    typed = st.text_input(
        "A sentence as it would stand in a note", value=_SENTENCE, key="codebook-try", live="400ms", help=_KEPT
    )
    st.caption(_KEPT)
    text = (typed or "").strip()
    if not text:
        st.text("Type a sentence to see what is found in it.")
        return
    with TURN:
        tried = try_out(text, pipeline())
    if tried.analysis.identifiers:
        kinds = ", ".join(sorted({i.kind.lower().replace("_", " ") for i in tried.analysis.identifiers}))
        st.text(f"What looks like an identifier ({kinds}) is masked before anything is read.")
    st.html(style_sheet(tried.analysis.own) + note_html(tried.text, tried.analysis))
    left, right = st.columns(2, gap="large")
    with left:
        _came_of_it(tried, book)
    with right:
        _opportunities(tried, book)
    _hits(tried, book)
    st.header("What the model says", anchor=False)
    show(score_figure(tried, book), key="codebook-scores", how_to_read=_HOW)


def _came_of_it(tried: Trial, book: Codebook) -> None:
    st.header("Tags and their status", anchor=False)
    if tried.analysis.tags:
        st.html(style_sheet(tried.analysis.own) + evidence_html(tried.analysis.tags, tried.analysis.own))
    else:
        st.text("Nothing is tagged.")
    for tag in tried.analysis.tags:
        # The list names a cue where there is one.
        if not tag.cue:
            titles = book.title_of(tag.strategy), book.status_title(tag.status).lower()
            st.text(f"{titles[0]}: {titles[1]}, as no word speaks for another status.")
    if tried.analysis.boilerplate:
        reasons = ", ".join(sorted({b.reason.replace("_", " ") for b in tried.analysis.boilerplate}))
        st.text(f"Taken for template text ({reasons}), so no evidence.")


def _hits(tried: Trial, book: Codebook) -> None:
    st.header("Rules that find something", anchor=False)
    if not tried.hits:
        st.text("No rule finds anything here.")
        return
    rows = [
        (hit.text, hit.rule, hit.kind, ", ".join(map(book.title_of, hit.strategies)))
        for hit in sorted(tried.hits, key=lambda hit: (hit.start, hit.kind))
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=["words", "rule", "finds", "strategy"]),
        hide_index=True,
        key="codebook-hits",
        alt="Rules that find something in the sentence",
    )


def _opportunities(tried: Trial, book: Codebook) -> None:
    st.header("Opportunities", anchor=False)
    for found in tried.analysis.opportunities:
        titles = ", ".join(book.title_of(s).lower() for s in found.strategies)
        st.text(f"“{found.text}” calls for {titles}: {book.response_title(found.response).lower()}.")
    if not tried.analysis.opportunities:
        st.text("Nothing here calls for a strategy.")
    if tried.opportunity is not None:
        score, threshold = tried.opportunity
        st.text(f"The model's score for an opportunity is {score:.2f}; it counts from {threshold:.2f}.")
