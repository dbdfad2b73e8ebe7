"""The dashboard without a browser: it is opened, given notes, and asked what it shows."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _run(page: str) -> None:
    import streamlit as st

    from analyzer.views import (
        agenda_page,
        balance,
        feedback_page,
        gaps_page,
        notes,
        overview,
        review_page,
        source,
        team,
    )

    source.sidebar()
    modules = {"notes": notes, "overview": overview, "balance": balance, "feedback": feedback_page, "team": team}
    modules |= {"gaps": gaps_page, "agenda": agenda_page, "review": review_page}
    modules[st.session_state.get("elsewhere", page)].page()


def opened(page: str = "notes", *, own: bool = False) -> AppTest:
    app = AppTest.from_function(_run, default_timeout=120, kwargs={"page": page})
    if own:
        app.session_state["source"] = "My own notes"
    return app.run()


def pasted(text: str) -> AppTest:
    app = opened(own=True)
    app.text_area(key="pasted").set_value(text).run()
    return app.button(key="read").click().run()


def uploaded(*files: tuple[str, bytes]) -> AppTest:
    app = opened(own=True)
    app.file_uploader[0].set_value([(name, data, "application/octet-stream") for name, data in files])
    return app.run()


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.text, app.info, app.warning, app.error, app.caption)
    return " ".join(str(element.value) for kind in kinds for element in kind)


def unreadable(app: AppTest) -> set[str]:
    """The files under "could not be read"."""
    return {where for shown in app.dataframe if "why" in shown.value for where in shown.value["where"]}


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))
