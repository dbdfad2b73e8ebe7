"""Remakes the word lists of the identifier gate: ``python -m tests.identifiers.remake_names`` (needs Faker installed).

``names.txt``: given and family names in Latin letters from Faker's lists for some sixty locales (Faker, MIT licence,
Daniele Faraglia and contributors), one locale a line. ``words.txt`` and ``capitals.txt``: the words that the
de-identified notes of ``models/corpus`` write in lower case, and those they write with a capital inside a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from analyzer.corpus import read_coded

ROOT = Path(__file__).resolve().parents[2]
INTO = ROOT / "analyzer" / "data" / "identifiers"
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ'’\-]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SENTENCE_END = frozenset(".!?:;\n-•*\"“”'(→/+–—)]=>|")


def locales() -> Iterator[tuple[str, set[str]]]:
    """Every locale's names."""
    import faker.providers.person as person

    for module in iter_modules(person.__path__):
        provider = import_module(f"faker.providers.person.{module.name}").Provider
        lists = [
            getattr(provider, a)
            for a in dir(provider)
            if "name" in a
            and not re.search("language|format|prefix|suffix|__", a)
            and not callable(getattr(provider, a))
        ]
        yield module.name, {name for entry in _flat(lists) for name in entry.split() if _LATIN.fullmatch(name)}


def _flat(entry: object) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict | list | tuple | set):
        for inner in entry:
            yield from _flat(inner)


def words() -> tuple[Counter[str], Counter[str]]:
    """In how many notes each word stands in lower case, and with a capital inside a sentence."""
    lower, capital = Counter[str](), Counter[str]()
    for note in read_coded(ROOT / "models" / "corpus"):
        found = [(m[0], note.text[: m.start()].rstrip(" ")[-1:]) for m in _WORD.finditer(note.text)]
        lower.update({word for word, _ in found if word[0].islower()})
        capital.update({word for word, before in found if word[0].isupper() and before not in _SENTENCE_END | {""}})
    return lower, capital


def main() -> None:
    """Write the three files."""
    INTO.mkdir(exist_ok=True)
    seen: set[str] = set()
    with (INTO / "names.txt").open("w", encoding="utf-8") as file:
        file.write(
            "# Names in Latin letters by locale, from Faker (MIT licence): python -m tests.identifiers.remake_names\n"
        )
        for locale, names in locales():
            if new := sorted(
                {n[0].upper() + n[1:] if n.islower() else n.title() if n.isupper() else n for n in names} - seen
            ):
                file.write(f"{locale}: {' '.join(new)}\n")
            seen |= set(new)
    lower, capital = words()
    (INTO / "words.txt").write_text("\n".join(sorted(lower)) + "\n", encoding="utf-8")
    (INTO / "capitals.txt").write_text("\n".join(sorted(w for w in capital if len(w) > 1)) + "\n", encoding="utf-8")
    print(len(seen), "names,", len(lower), "words,", len(capital), "capitals")


if __name__ == "__main__":
    main()
