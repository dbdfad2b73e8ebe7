"""Makes the reference of the Python interface from its docstrings: ``make docs``."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import analyzer


def make(folder: Path) -> None:
    """Fill ``folder`` with a page for `analyzer` and each module that it names."""
    import pdoc

    # Names are imported at first use, and pdoc shows only what is there.
    found = [getattr(analyzer, name) for name in analyzer.__all__]
    modules = [module.__name__.removeprefix("analyzer.") for module in found if inspect.ismodule(module)]
    # A page of its own would make look stable what is only part of these.
    all_others = rf"!analyzer\.(?!({'|'.join(modules)})$)"
    pdoc.pdoc("analyzer", all_others, output_directory=folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
