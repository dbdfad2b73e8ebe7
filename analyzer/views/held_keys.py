"""A key that is held down counts once: without this, the browser presses it some thirty times a second."""

from __future__ import annotations

from typing import Final

import streamlit as st

# Streamlit listens at the document; what is caught at the window before it is not heard there. In a field, a held key
# writes on. The listener outlives the page, so it is set once.
_SCRIPT: Final = """\
<script>
if (!window.heldKeysCountOnce) {
  window.heldKeysCountOnce = true;
  const inField = e => e.composedPath().some(
    part => part.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(part.tagName)
  );
  window.addEventListener("keydown", e => {
    const decides = e.key === "Enter" || /^[a-z]$/i.test(e.key);
    if (e.repeat && decides && !inField(e)) {
      e.stopImmediatePropagation();
      e.preventDefault();
    }
  }, true);
}
</script>
"""


def count_once() -> None:
    """Let a held letter, or Enter on a button, count as one press."""
    st.html(_SCRIPT, unsafe_allow_javascript=True)
