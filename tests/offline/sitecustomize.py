"""Where this folder is on PYTHONPATH, Python runs this at its start: the process reaches no other machine.

It is in force while OFFLINE_LOG names a file. Each attempt is refused, and noted there as well, since a program may go
on without the answer and say nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_ASKING = frozenset(("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"))
_SENDING = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_HERE = frozenset(("", "localhost", "127.0.0.1", "::1"))


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event in _ASKING:
        host = arguments[0]
    elif event in _SENDING and isinstance(arguments[1], tuple):  # else a socket that is a file of this machine
        host = arguments[1][0]
    else:
        return
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    log = os.environ.get("OFFLINE_LOG")
    if log is None or not isinstance(host, str) or host in _HERE:
        return
    with Path(log).open("a", encoding="utf-8") as file:
        file.write(f"{event} {host}\n")
    raise PermissionError(f"no network: {host}")


sys.addaudithook(_refuse)
