"""Stretches of a note that look like personal identifiers, and masking them.

What counts is data: ``data/identifiers.yml`` (patterns, and recognizers of Presidio: their patterns and checksums) and
``data/identifiers/`` (names of some ninety cultures, words around names, ordinary words). Where a spaCy model that
tells persons is installed and switched on, it is asked as well. The words of an identifier are never kept in a result,
logged or returned, only where they stand.
"""

from __future__ import annotations

from analyzer.identifiers.finding import find_identifiers
from analyzer.identifiers.masking import MASK, Gate, mask
from analyzer.identifiers.patterns import DATA
from analyzer.identifiers.upload import Caught, NamesHeld, find_in_upload, kinds_in_name

__all__ = [
    "DATA",
    "MASK",
    "Caught",
    "Gate",
    "NamesHeld",
    "find_identifiers",
    "find_in_upload",
    "kinds_in_name",
    "mask",
]
