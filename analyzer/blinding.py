"""Reads a text as if everybody in it were of the same origin, faith, gender, orientation and ability.

A strategy must be found whoever the client is: pairs of notes that differ in such a word are to be read alike. This is
the *blindness* of Garg et al. (2019, doi:10.1145/3306618.3317950, counterfactual token fairness). The words stand in
``data/lexicons/identities.yml``. Only the readers are blind: what is shown and exported is the note as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from analyzer.lexicons import stand_ins, stand_ins_beside_person, words_for_persons


@dataclass(frozen=True, slots=True)
class Blinded:
    """A text to read, and for each of its characters the (start, end) of what it stands for in the text as written."""

    text: str
    origins: tuple[tuple[int, int], ...] | None

    def as_written(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text as written of ``text[start:end]``."""
        if self.origins is None or end <= start:
            return start, end
        return self.origins[start][0], self.origins[end - 1][1]


def blind(text: str) -> Blinded:
    """The text with each word for who somebody is replaced by the one that stands for its group.

    >>> blind("Validated the Haitian client's grief.").text
    "Validated the korean client's grief."
    """
    parts: list[str] = []
    origins: list[tuple[int, int]] = []
    at = 0
    for match in _words().finditer(text):
        word = _stand_in(match[0])
        if word is None or word == match[0]:
            continue
        parts += [text[at : match.start()], word]
        origins += [(i, i + 1) for i in range(at, match.start())] + [match.span()] * len(word)
        at = match.end()
    if not at:
        return Blinded(text, None)
    origins += [(i, i + 1) for i in range(at, len(text))]
    return Blinded("".join(parts) + text[at:], tuple(origins))


def _stand_in(found: str) -> str | None:
    plain = found.lower()
    return stand_ins().get(plain) or stand_ins_beside_person().get(plain)


@cache
def _words() -> re.Pattern[str]:
    """One automaton for all words, the longest first; no repeat, so that its time is linear in the text."""

    def either(words: object) -> str:
        return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))  # type: ignore[call-overload]

    doubtful = stand_ins_beside_person()
    capital = either({word.capitalize() for word in doubtful})
    return re.compile(
        rf"(?<![\w-])(?:(?i:{either(stand_ins())})|(?i:{either(doubtful)})(?=[ -](?i:{either(words_for_persons())})\b)"
        rf"|(?<=[a-z,;:] )(?:{capital}))(?![\w-])"
    )
