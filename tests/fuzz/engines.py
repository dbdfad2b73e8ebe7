"""How inputs are made for a target, and how faults are kept: one for each kind of error and place."""

from __future__ import annotations

import hashlib
import io
import logging
import resource
import signal
import tempfile
import traceback
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # atheris must see the first import
    from tests.fuzz.targets import Target

# More for one small input is a fault.
MOST_SECONDS: Final = 10.0
MOST_BYTES: Final = 6 * 1024**3
MAX_LENGTH: Final = 4096


class TooSlowError(BaseException):
    """The input took more CPU time than is sensible; no ``except Exception`` swallows it."""


class Keeper:
    """Drives a target and keeps the inputs that raise."""

    def __init__(self, drive: Callable[[bytes], None], count: Any, kept: Path) -> None:
        self._drive, self._count, self._kept = drive, count, kept
        self._known: set[str] = set()
        signal.signal(signal.SIGPROF, _too_slow)

    def __call__(self, data: bytes) -> None:
        """Drive the target once; what it raises is written down, and fuzzing goes on."""
        self._count.value += 1
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        try:
            self._drive(data)
        except (Exception, TooSlowError) as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self._keep(data, error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _keep(self, data: bytes, error: BaseException) -> None:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "/site-packages/" not in f.filename]
        place = f"{Path(frames[-1].filename).name}:{frames[-1].name}:{frames[-1].lineno}" if frames else "?"
        if isinstance(error, TooSlowError):  # where it was when its time was up is chance
            place = "slow"
        name = hashlib.sha256(f"{type(error).__name__} {place}".encode()).hexdigest()[:12]
        if name not in self._known:
            self._known.add(name)
            (self._kept / f"{name}.bin").write_bytes(data)
            told = "".join(traceback.format_exception(error, limit=-8))
            (self._kept / f"{name}.txt").write_text(f"{type(error).__name__} {place}\n{told}", encoding="utf-8")


def targets(engine: str) -> Mapping[str, Target]:
    """All targets by name; for atheris, analyzer's own code is made to tell which of its lines ran."""
    if engine == "atheris":
        import atheris

        loud = redirect_stderr(io.StringIO())  # it names every module
        with loud, atheris.instrument_imports(include=["analyzer"], enable_loader_override=False):
            import tests.fuzz.targets  # noqa: F401  the first import counts
    from tests.fuzz.targets import TARGETS

    return TARGETS


def with_atheris(target: str, *, cases: int, seed: int, count: Any, kept: Path) -> None:
    """libFuzzer's mutations, guided by the coverage of analyzer's own code."""
    import atheris

    drive, seeds, _ = targets("atheris")[target]
    _quiet()
    corpus = Path(tempfile.mkdtemp())
    for number, content in enumerate(seeds()):
        (corpus / f"seed{number}").write_bytes(content)
    words = corpus.with_suffix(".dict")
    words.write_text(_dictionary(), encoding="ascii")
    size = max(MAX_LENGTH, *(len(content) * 2 for content in seeds()))
    options = [f"-runs={cases}", f"-seed={seed}", f"-max_len={size}", f"-dict={words}", "-verbosity=0"]
    options += ["-rss_limit_mb=0", "-timeout=600", "-detect_leaks=0", "-len_control=0"]
    atheris.Setup(["fuzz", *options, str(corpus)], Keeper(drive, count, kept))
    atheris.Fuzz()


def with_hypothesis(target: str, *, cases: int, seed: int, count: Any, kept: Path) -> None:
    """Hypothesis' bytes, text of telling pieces, and sound inputs with pieces put in, taken out or put twice."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    from tests.fuzz.inputs import inputs

    drive, seeds, _ = targets("hypothesis")[target]
    _quiet()
    keeper = Keeper(drive, count, kept)
    plain = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False)

    @seeded(seed)
    @settings(plain, max_examples=cases, phases=[Phase.generate])
    @given(inputs(seeds()))
    def run(data: bytes) -> None:
        keeper(data)

    run()


def _quiet() -> None:
    """No warnings of libraries about broken files, and no input that takes all memory."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def _too_slow(*_: object) -> None:
    raise TooSlowError


def _dictionary() -> str:
    """`TOKENS` in libFuzzer's way of writing them."""
    from tests.fuzz.seeds import TOKENS

    rows = (token.encode("utf-8", "surrogatepass") for token in TOKENS)
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in row) + '"\n' for row in rows)
