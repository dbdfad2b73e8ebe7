"""The spaCy components, one file each; importing this package registers their factories."""

from analyzer.components import (  # noqa: F401
    boilerplate,
    classifier,
    opportunities,
    own,
    qualifier,
    reader,
    repeats,
    ruler,
    sections,
    segmenter,
    tokenizer,
)
