"""Employers, schools, faith communities, places, tribes and nicknames, told by the words around capitalised ones."""

from __future__ import annotations

from analyzer.identifiers.lists import Kind, context, towns
from analyzer.identifiers.words import Run, Word

Found = tuple[str, int, int]


def other_kind(words: list[Word], run: Run) -> Found | None:
    """The kind of the run and its words, where it is the name of a body, a place or a community, or a nickname."""
    for reader in (_nickname, _community, _body_by_ending, _place, _body_by_verb, _body_by_noun):
        if span := reader(words, run):
            return span
    return None


def _told(words: list[Word], run: Run) -> bool:
    """Whether the run holds a word that notes don't write with a capital anyway."""
    return any(words[i].kind < Kind.KNOWN_NAME for i in range(run.first, run.last) if words[i].capital)


def _before(words: list[Word], run: Run, steps: int) -> list[str]:
    found: list[str] = []
    for i in range(run.first - 1, max(-1, run.first - 1 - steps), -1):
        if words[i].text in ".;\n!?":
            break
        found.append(words[i].lower)
    return found


def _after(words: list[Word], at: int) -> str:
    return words[at].lower if at < len(words) else ""


def _nickname(words: list[Word], run: Run) -> Found | None:
    before = [w for w in _before(words, run, 5) if w not in "\"“”'‘’,:(["]
    said = {" ".join(reversed(before[:n])) for n in range(1, 5)}
    told = said & context("nickname_before")
    if not told or not (_any_but_known(words, run) or told & context("nickname_surely")):
        return None
    last = run.last
    while last + 1 < len(words) and words[last].text in ("'", "’", "the", "da") and words[last + 1].capital:
        last += 2  # "Lil' Rico", "Sal the Hook"
    return "NICKNAME", run.first, last


def _any_but_known(words: list[Word], run: Run) -> bool:
    return any(
        words[i].kind is not Kind.KNOWN and words[i].lower not in context("roles") for i in range(run.first, run.last)
    )


def _community(words: list[Word], run: Run) -> Found | None:
    tribes = context("tribes")
    inside = [words[i] for i in range(run.first, run.last)]
    after = _after(words, run.last)
    told = any(w.text in tribes for w in inside)
    ends = after in context("tribal_after") or (len(inside) > 1 and inside[-1].lower in context("tribal_after"))
    before = _before(words, run, 3)
    begins = any(w in context("tribal_before") for w in before)
    if told and inside[0].text not in ("Omaha", "Ottawa", "Miami", "Spokane", "Peoria", "Wichita", "Crow", "Delaware"):
        return "COMMUNITY", run.first, run.last
    if run.opens and not told and all(w.kind >= Kind.ORDINARY for w in inside):
        return None
    if (ends or begins) and (told or _told(words, run) or (ends and inside[0].text not in ("United",))):
        rest = after in ("of",) and run.last + 1 < len(words) and words[run.last + 1].capital
        return "COMMUNITY", run.first, run.last + (2 if rest else 0)
    return None


def _body_by_ending(words: list[Word], run: Run) -> Found | None:
    bodies, everyday = context("bodies"), context("everyday_bodies")
    for last in range(run.last - 1, run.first, -1):
        if words[last].lower in bodies:
            told = range(run.first, last)
            kinds = {words[i].kind for i in told if words[i].capital and words[i].lower not in bodies}
            rare = bool(kinds) and min(kinds) <= (Kind.BOTH if words[last].lower in everyday else Kind.ORDINARY)
            rare = rare or (Kind.KNOWN_NAME in kinds and words[last].lower in context("schools"))
            if rare and not (run.opens and kinds == {Kind.ORDINARY}):
                verb = run.opens and words[run.first].lower in context("body_verbs")
                return "ORGANIZATION", run.first + verb, run.last
            return None
    if _after(words, run.last) in bodies and words[run.last].start - words[run.last - 1].end == 1:
        if run.opens and not (_told(words, run) and run.last - run.first > 1):
            return None
        placed = _told(words, run) or _before(words, run, 1)[:1] in (["at"], ["@"])
        return ("ORGANIZATION", run.first, run.last) if placed and _any_but_known(words, run) else None
    return None


def _body_by_verb(words: list[Word], run: Run) -> Found | None:
    before = _before(words, run, 5)
    if not before or run.opens or words[run.first].lower in context("never_bodies"):
        return None
    last = _with_company(words, run)
    verbs = context("body_verbs")
    if before[0] in ("for", "at") and any(w in context("employer_verbs") for w in before[1:3]):
        return "ORGANIZATION", run.first, last
    if before[0] in context("at") and (_told(words, run) or any(w in verbs for w in before[1:])):
        return "ORGANIZATION", run.first, last
    prepositions = context("body_prepositions")
    if before[0] in prepositions and any(w in verbs for w in before[1:4]):
        person = before[0] in ("by", "from", "to", "with", "w/") and last == run.first + 1
        if not person and _told(words, run):
            return "ORGANIZATION", run.first, last
    return None


def _body_by_noun(words: list[Word], run: Run) -> Found | None:
    """Everyday words with capitals side by side behind a word that goes with bodies ("agency is Bright Paths")."""
    inside = [words[i] for i in range(run.first, run.last) if words[i].capital]
    if run.opens or len(inside) < 2 or not any(word.kind <= Kind.KNOWN_NAME for word in inside):
        return None
    before = _before(words, run, 5)
    if not before or before[0] not in context("body_links") or words[run.first].lower in context("never_bodies"):
        return None
    told = any(word in context("body_nouns") or word in context("body_verbs") for word in before[1:])
    return ("ORGANIZATION", run.first, _with_company(words, run)) if told else None


def _with_company(words: list[Word], run: Run) -> int:
    """The end of the run, over "& Holt" and ", Orr & Stone"."""
    last = run.last
    while last + 1 < len(words) and words[last].lower in ("of", "on") and words[last - 1].kind is not Kind.NAME:
        ahead = last + 1 + (words[last + 1].lower == "the")
        if ahead >= len(words) or not words[ahead].capital:
            break
        last = ahead + 1
        while last < len(words) and words[last].capital and words[last].start - words[last - 1].end == 1:
            last += 1
    while (
        last + 1 < len(words)
        and words[last].text in ("&", ",")
        and words[last + 1].capital
        and "&"
        in (
            words[last].text,
            _after(words, last + 2),
        )
    ):
        last += 2
    return last


def _place(words: list[Word], run: Run) -> Found | None:
    before = _before(words, run, 4)
    after = _after(words, run.last)
    if after in context("place_after") or (
        run.last - run.first > 1 and words[run.last - 1].lower in context("place_after")
    ):
        return ("PLACE", run.first, run.last) if _told(words, run) or _town(words, run) else None
    known = _town(words, run)
    if not before or before[0] not in context("place_prepositions"):
        return (
            ("PLACE", run.first, run.last)
            if known and run.last - run.first == 1 and after == "," and _state(words, run)
            else None
        )
    if before[0] == "of" and not known:
        return None
    if known or (any(w in context("place_verbs") for w in before[1:3]) and _told(words, run) and before[0] != "of"):
        return "PLACE", run.first, run.last
    return None


def _town(words: list[Word], run: Run) -> bool:
    """Whether the run begins with a town of the lists, of one word or of several."""
    first, last = run.first, min(run.last, run.first + 4)
    return any("_".join(words[i].text for i in range(first, end)) in towns() for end in range(first + 1, last + 1))


def _state(words: list[Word], run: Run) -> bool:
    return run.last + 1 < len(words) and words[run.last + 1].text[:1].isupper()
