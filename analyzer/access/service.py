"""The sign-in service's settings, checked before they let anybody in: whoever knows the cookie secret is let in."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from analyzer.records import AnalyzerError, DataError

_NEEDED: Final = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_SHORTEST: Final = 32  # characters; RFC 7518, section 3.2: a key of HMAC-SHA256 has at least 256 bits
_HERE: Final = ("localhost", "127.0.0.1", "::1")


def check_service(path: Path) -> None:
    """Raise `DataError` naming every fault of a secrets file; its values are not repeated."""
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8")).get("auth")
    except (OSError, UnicodeDecodeError) as error:
        raise AnalyzerError(
            f"{path.name}: can't be read ({type(error).__name__}); give the service's settings"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(path.name, ["is not valid TOML; .streamlit/secrets.example.toml is an example"]) from error
    if not isinstance(settings, dict):
        raise DataError(path.name, ["has no section [auth]; .streamlit/secrets.example.toml is an example"])
    given = {name: str(settings.get(name, "")) for name in _NEEDED}
    problems = [f"{name} is not filled in" for name, value in given.items() if not value or "FILL IN" in value]
    if not problems and len(given["cookie_secret"]) < _SHORTEST:
        problems.append(f"cookie_secret is shorter than {_SHORTEST} characters, so it could be guessed")
    problems += [f"{name} is not https://" for name in ("redirect_uri", "server_metadata_url") if _is_open(given[name])]
    if problems:
        raise DataError(path.name, problems)


def _is_open(address: str) -> bool:
    """Whether names and secrets would travel unencrypted from machine to machine."""
    parts = urlsplit(address)
    return bool(address) and parts.scheme != "https" and parts.hostname not in _HERE
