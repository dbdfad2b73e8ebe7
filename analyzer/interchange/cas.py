"""UIMA CAS XMI (XML 1.0): a folder with TypeSystem.xml and an .xmi a note, for INCEpTION and other UIMA programs.

The types are DKPro Core's DocumentMetaData (documentId is the note's id), Sentence and Token, and the layer
``webanno.custom.Strategy``. dkpro-cassis writes them and turns code points into UTF-16 code units, as UIMA counts.
Source: UIMA reference, "XMI CAS Serialization"; INCEpTION user's guide, "UIMA CAS XMI" and "Layers".
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from analyzer.files import whole_folder
from analyzer.interchange.document import Document, text_of
from analyzer.interchange.files import file_name
from analyzer.interchange.refi import legal_in_xml
from analyzer.interchange.webanno import LAYER, sentences
from analyzer.records import AnalyzerError, Tag

_DKPRO: Final = "de.tudarmstadt.ukp.dkpro.core.api"
_SENTENCE: Final = f"{_DKPRO}.segmentation.type.Sentence"
_TOKEN: Final = f"{_DKPRO}.segmentation.type.Token"
_ABOUT: Final = f"{_DKPRO}.metadata.type.DocumentMetaData"
_STRING: Final = "uima.cas.String"
_FEATURES: Final = {
    _ABOUT: {
        **dict.fromkeys(("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri"), _STRING),
        "isLastSegment": "uima.cas.Boolean",
    },
    LAYER: {
        **dict.fromkeys(("strategy", "status", "source", "reason", "section"), _STRING),
        "confidence": "uima.cas.Float",
    },
}


def write(documents: Iterable[Document], path: Path) -> None:
    """Fill the new or empty folder ``path``.

    Raises `AnalyzerError` where dkpro-cassis is not installed, a document has no text, or the folder holds something or
    can't be made.
    """
    cassis = _cassis()
    if path.suffix.lower() == ".xmi":
        raise AnalyzerError(f"{path}: an .xmi file is read together with its TypeSystem.xml; name a folder for both")
    types = _types(cassis)
    taken = {"typesystem"}
    with whole_folder(path) as folder:
        types.to_xml(folder / "TypeSystem.xml")
        for document in documents:
            name = file_name(document.analysis.note_id, taken)
            _cas(document, types, cassis).to_xmi(folder / f"{name}.xmi", pretty_print=False)


def _cassis() -> Any:
    try:
        return import_module("cassis")
    except ImportError as error:
        raise AnalyzerError("UIMA CAS needs dkpro-cassis, which is not installed: pip install dkpro-cassis") from error


def _types(cassis: Any) -> Any:
    types = cassis.load_dkpro_core_typesystem()
    for name, features in _FEATURES.items():
        parent = "uima.tcas.DocumentAnnotation" if name == _ABOUT else "uima.tcas.Annotation"
        made = types.create_type(name=name, supertypeName=parent)
        for feature, kind in features.items():
            types.create_feature(domainType=made, name=feature, rangeType=kind)
    return types


def _cas(document: Document, types: Any, cassis: Any) -> Any:
    # Control characters have no place in XML; another character for each keeps offsets.
    text = legal_in_xml(text_of(document, "UIMA CAS"))
    note_id = legal_in_xml(document.analysis.note_id)
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = text, "text/plain"
    about = {"language": "en", "documentId": note_id, "documentTitle": note_id}
    cas.add(types.get_type(_ABOUT)(begin=0, end=len(text), **about))
    sentence, token, strategy = (types.get_type(name) for name in (_SENTENCE, _TOKEN, LAYER))
    for words in sentences(text):
        cas.add(sentence(begin=words[0][0], end=words[-1][1]))
        cas.add_all(token(begin=start, end=end) for start, end in words)
    cas.add_all(strategy(begin=tag.start, end=tag.end, **_facts(tag)) for tag in document.analysis.tags)
    return cas


def _facts(tag: Tag) -> dict[str, str | float]:
    # After a reason's colon stand words of the note.
    words = {"source": tag.source, "reason": tag.reason.partition(":")[0], "section": tag.section}
    safe = {name: legal_in_xml(value) for name, value in words.items()}
    return {"strategy": tag.strategy, "status": tag.status, "confidence": tag.confidence, **safe}
