"""Remakes the README's pictures from the sample notes: ``make screenshots``."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.browser import browser, served

OUT = Path(__file__).parent / "screenshots"
PAGES = {
    "notes": ".sna-note mark",
    "overview": "canvas, svg.marks",
    "balance": "canvas, svg.marks",
    "feedback": "iframe",
    "team": "canvas, svg.marks",
    "gaps": "canvas, svg.marks",
    "agenda": "iframe",
    "review": "h1",
    "export": "[data-testid=stDataFrame]",
    "agreement": "h1",
    "codebook": "h3",
}


def main() -> None:
    """One picture a page, at 1280 pixels."""
    OUT.mkdir(exist_ok=True)
    with served() as address, browser() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(120_000)
        for name, ready in PAGES.items():
            page.goto(f"{address}/{'' if name == 'notes' else name}")
            page.locator(ready).first.wait_for()
            page.wait_for_timeout(2500)
            if name == "notes":
                page.locator(ready).first.scroll_into_view_if_needed()
                page.mouse.move(700, 500)
                page.mouse.wheel(0, 500)
                page.wait_for_timeout(1000)
            page.screenshot(path=OUT / f"{name}.png")
            print(f"{name}: {page.title()}")


if __name__ == "__main__":
    main()
