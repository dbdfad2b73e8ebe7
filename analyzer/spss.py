"""Tables as SPSS .sav files: what each column means as its label, closed sets of texts as numbers with value labels.

pyreadstat (ReadStat) writes them, for SPSS, PSPP, R's haven, Stata and jamovi alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analyzer.records import AnalyzerError

if TYPE_CHECKING:  # reading the codebook must not wait for pandas
    import pandas as pd

# What SPSS allows in a variable's name.
_NAME_BYTES: Final = 64
# SPSS keeps 256 bytes of a label, and a cut inside a character would break the file's encoding.
_LABEL_BYTES: Final = 250
# Where the header has the time of writing, and how it looks (PSPP, System File Format, file header record).
_WRITTEN_AT: Final = slice(92, 109)
_SAME_TIME: Final = b"01 Jan 8000:00:00"
_TRUTH: Final = ("no", "yes")


def sav_writer(labels: Mapping[str, str], codes: Mapping[str, Sequence[str]]) -> Callable[[pd.DataFrame, Path], None]:
    """A writer of frames whose columns have these ``labels``.

    ``codes``: the texts that a column can hold, in order; the file has their numbers, from 1, under value labels.
    Raises `AnalyzerError` where pyreadstat is not installed, or SPSS has no room for a column's name.
    """
    pyreadstat = _pyreadstat()
    if long := [name for name in labels if len(name.encode()) > _NAME_BYTES]:
        advice = "choose another kind of file, or a shorter id for the strategy"
        raise AnalyzerError(f"SPSS allows {_NAME_BYTES} characters in a name, and {long[0]!r} has more: {advice}")

    def write(frame: pd.DataFrame, path: Path) -> None:
        truths = [str(name) for name, dtype in frame.dtypes.items() if dtype == "bool"]
        changed = {name: _numbers(frame[name], values) for name, values in codes.items()}
        changed |= {name: frame[name].astype("int64") for name in truths}
        changed |= {
            str(name): frame[name].map(_whole, na_action="ignore")
            for name, dtype in frame.dtypes.items()
            if dtype == "string" and name not in codes
        }
        pyreadstat.write_sav(
            frame.assign(**changed),
            path,
            column_labels={name: _cut(label) for name, label in labels.items()},
            variable_value_labels=_value_labels(codes, truths),
            variable_measure={str(name): _measure(frame[name], name in codes) for name in frame},
        )
        _forget_the_time(path)

    return write


def _pyreadstat() -> Any:
    try:
        return import_module("pyreadstat")
    except ImportError as error:
        raise AnalyzerError("SPSS files need pyreadstat, which is not installed: pip install pyreadstat") from error


def _numbers(column: pd.Series[Any], values: Sequence[str]) -> pd.Series[Any]:
    return column.map({value: number for number, value in enumerate(values, 1)}).astype("float64")


def _value_labels(codes: Mapping[str, Sequence[str]], truths: Sequence[str]) -> dict[str, dict[int, str]]:
    labels = {name: dict(enumerate(values, 1)) for name, values in codes.items()}
    return labels | {name: dict(enumerate(_TRUTH)) for name in truths}


def _measure(column: pd.Series[Any], coded: bool) -> str:
    return "nominal" if coded or column.dtype in ("string", "bool") else "scale"


def _whole(cell: str) -> str:
    # The writer takes NUL for the end.
    return cell.replace("\x00", "\ufffd")


def _cut(label: str) -> str:
    return label.encode()[:_LABEL_BYTES].decode(errors="ignore")


def _forget_the_time(path: Path) -> None:
    """The same table shall give the same bytes, and the writer notes when it wrote."""
    with path.open("r+b") as file:
        file.seek(_WRITTEN_AT.start)
        file.write(_SAME_TIME)
