"""The tokenizer of notes: spaCy's English one, told about clinical shorthand.

Abbreviations stay whole and carry the written-out word as their norm; hyphenated words stay whole; arrows, bullets
and slashes between words split, so that a segment never ends inside a token. A word for who somebody is carries the
norm of all such words, so that rules read everybody alike.
"""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.symbols import NORM, ORTH
from spacy.tokenizer import Tokenizer
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex, registry

from analyzer.lexicons import abbreviations, neutral, stand_ins_capitalised

_MARKS = [r"→", r"->", r"•", r"‣", r"▪", r"–", r"—", r"☐", r"☑", r"☒", r"…"]
_WORD_INFIXES = [r"(?<=[^\W\d_])[/:&+](?=[^\W_])", r"(?<=\w)[.;!?]+[\"'”’)\]]*(?=[A-Z])", r"(?<=[,;!?])(?=\S)", r"\s+"]


@registry.tokenizers("note_tokenizer.v1")
def create_note_tokenizer() -> Callable[[Language], Tokenizer]:
    """The factory that ``pipeline.cfg`` names."""

    def make(nlp: Language) -> Tokenizer:
        getters = nlp.vocab.lex_attr_getters  # type: ignore[attr-defined]
        norm_of = getters[NORM]
        getters[NORM] = lambda word: stand_ins_capitalised().get(word) or neutral(norm_of(word))
        tokenizer = Tokenizer(
            nlp.vocab,
            rules=dict(nlp.Defaults.tokenizer_exceptions or {}),
            prefix_search=compile_prefix_regex([*(nlp.Defaults.prefixes or []), *_MARKS, "[-*]+"]).search,
            suffix_search=compile_suffix_regex([*(nlp.Defaults.suffixes or []), *_MARKS]).search,
            infix_finditer=compile_infix_regex([*_MARKS, *_WORD_INFIXES, r"[()\[\]\"“”]", r"(?<=\w),(?=\w)"]).finditer,
            url_match=nlp.Defaults.url_match,
        )
        for abbreviation in abbreviations():
            for form in _spellings(abbreviation.form, abbreviation.exact_case):
                for orth in (form, form + ".") if abbreviation.dotted else (form,):
                    tokenizer.add_special_case(orth, [{ORTH: orth, NORM: abbreviation.norm}])
        return tokenizer

    return make


def _spellings(form: str, exact_case: bool) -> set[str]:
    return {form} if exact_case else {form, form.lower(), form.capitalize(), form.upper()}
