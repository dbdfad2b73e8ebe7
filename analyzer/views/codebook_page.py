"""The codebook, as the tagger applies it."""

from __future__ import annotations

import streamlit as st

from analyzer.codebook import Strategy
from analyzer.views import source


def page() -> None:
    """The page "Codebook"."""
    book = source.codebook()
    st.title("Codebook")
    st.write(f"After {book.authority}. Version {book.version}; all examples are invented.")
    chosen = st.selectbox(
        "Strategy", [s.id for s in book.strategies], format_func=book.title_of, key="codebook-strategy"
    )
    _strategy(book.strategy(chosen))
    with st.expander("Statuses, responses and rules of coding"):
        st.dataframe([{"status": s.title, "test": s.test} for s in book.statuses], hide_index=True, width="stretch")
        st.dataframe(
            [{"response": r.title, "meaning": r.meaning} for r in book.responses], hide_index=True, width="stretch"
        )
        st.dataframe(
            [{"rule": r.id, "title": r.title, "text": r.text} for r in book.rules], hide_index=True, width="stretch"
        )
    with st.expander("Cautions"):
        for caution in book.cautions:
            st.write(f"- {caution}")


def _strategy(strategy: Strategy) -> None:
    st.subheader(f"{strategy.title} ({strategy.code})", anchor=False)
    st.write(strategy.definition)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Counts**")
        for text in strategy.include:
            st.write(f"- {text}")
        st.markdown("**Does not count**")
        for exclusion in strategy.exclude:
            st.write(f"- {exclusion.what} → {exclusion.instead}")
        st.markdown("**Boundary**")
        st.write(strategy.boundary)
    with right:
        st.markdown("**Examples**")
        for example in strategy.examples.positive:
            st.text(f"✓ {example.text}")
        st.markdown("**Looks like it, but**")
        for negative in strategy.examples.negative:
            st.text(f"✗ {negative.text} ({negative.why})")
        st.markdown("**Opportunities**")
        for cue in strategy.opportunity_cues:
            st.write(f"- {cue}")
    st.caption("Sources: " + "; ".join(strategy.sources))
