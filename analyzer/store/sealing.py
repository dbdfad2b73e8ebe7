"""The key that note text is encrypted with: the user holds it, the store only tells a wrong one from the right one.

Fernet: AES-128 in CBC mode with an HMAC of SHA-256 (cryptography.io, specification of Fernet).
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from analyzer.lexicons import read_data
from analyzer.records import AnalyzerError


@dataclass(frozen=True, slots=True)
class Key:
    """A key, or the passphrase that one is made of. Neither shows in errors or logs."""

    secret: bytes = field(repr=False)
    is_passphrase: bool

    def fernet(self, salt: Mapping[str, Any] | None) -> Fernet:
        """The cipher; ``salt`` is what `new_salt` gave when the store was made, None for a key file."""
        if not self.is_passphrase or salt is None:
            return Fernet(self.secret)
        n, r, p = (int(salt[name]) for name in ("n", "r", "p"))
        raw = hashlib.scrypt(self.secret, salt=bytes.fromhex(salt["salt"]), n=n, r=r, p=p, maxmem=256 * n * r, dklen=32)
        return Fernet(base64.urlsafe_b64encode(raw))


def passphrase(words: str) -> Key:
    """A key of a passphrase. Raises `AnalyzerError` where it is too short to hold out against being guessed."""
    least = read_data("store.yml")["least_passphrase"]
    if len(words.strip()) < least:
        raise AnalyzerError(f"the passphrase needs at least {least} characters; four or five words are easy to keep")
    return Key(words.strip().encode("utf-8"), is_passphrase=True)


def new_salt() -> dict[str, Any]:
    """The salt and cost of a new passphrase; kept in the store, so that a later cost locks nobody out."""
    cost = read_data("store.yml")["scrypt"]
    return {"salt": secrets.token_hex(16), "n": cost["n"], "r": cost["r"], "p": cost["p"]}


def new_key_file(path: Path) -> Key:
    """Write a new key, readable by its owner alone. Raises `AnalyzerError` where the file is there or can't be made."""
    secret = Fernet.generate_key()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secret + b"\n")
    except FileExistsError as error:
        raise AnalyzerError(f"{path}: is there already; a key is never written over") from error
    except OSError as error:
        raise AnalyzerError(f"{path}: the key can't be written ({error.strerror}); choose another place") from error
    return Key(secret, is_passphrase=False)


def key_from_file(path: Path) -> Key:
    """Read a key file. Raises `AnalyzerError` where there is none or it holds no key."""
    try:
        return key_of(path.read_bytes(), where=str(path))
    except OSError as error:
        raise AnalyzerError(f"{path}: the key can't be read ({error.strerror}); give the key file") from error


def key_of(content: bytes, *, where: str) -> Key:
    """The key that a key file holds. Raises `AnalyzerError` where it holds none."""
    try:
        Fernet(content.strip())
    except ValueError as error:
        raise AnalyzerError(f"{where}: holds no key; give the file that 'analyzer store init' wrote") from error
    return Key(content.strip(), is_passphrase=False)


def opened(fernet: Fernet, token: bytes, *, where: str) -> bytes:
    """What was sealed. Raises `AnalyzerError` where the key is another one."""
    try:
        return fernet.decrypt(token)
    except InvalidToken as error:
        raise AnalyzerError(f"{where}: the key or passphrase is not the one that it was made with") from error
