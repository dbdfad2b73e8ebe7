"""What tests of the researcher's pages share: the notes' words, and what a page says."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

HOSTILE = "<img src=x onerror=alert(1)> [a](javascript:x) $x^2$"
TEXT = "Validated her grief. Client unsure whether talking helps.\nPlan: will review limits of confidentiality."
OTHER = f"Offered two choices. {HOSTILE} Validated his anger."

Opened = Callable[[str], AppTest]


def ok(app: AppTest) -> AppTest:
    assert not app.exception, [error.message for error in app.exception]
    return app


def texts(app: AppTest) -> str:
    shown = (app.text, app.markdown, app.info, app.error, app.caption)
    return "\n".join(str(element.value) for kind in shown for element in kind)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.get("download_button")]
