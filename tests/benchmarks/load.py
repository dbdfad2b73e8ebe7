"""Many people at one dashboard at once: how long a page takes, and whether memory comes back when they leave.

    python -m tests.benchmarks.load [--users 20] [--rounds 2] [--notes 5] [--pause 10] [--limit 600]

Each user speaks Streamlit's own protocol (a websocket of protobuf messages, and PUT for files) as the browser does:
opens the dashboard, uploads a table of notes, has them read, looks at every reading page twice for some seconds (half
to one and a half times the pause), and leaves. The time of a page is from asking for it to the end of its script.
Memory is the server's resident memory (Linux), looked at again when the sessions are given up (two minutes after their
users left). Exit status 1 where any user met an error, was shown the notes of another, or had not finished when the
limit (seconds) of a round was over.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from analyzer.notes import read_notes
from analyzer.records import Note
from tests.conftest import ROOT
from tests.e2e.browser import served

_PAGES: Final = ("notes", "overview", "balance", "feedback")
_GIVEN_UP: Final = 150  # seconds; Streamlit keeps a session that may come back for 120
_PATIENCE: Final = 600
# Whose notes a message shows: nobody may be shown another user's.
_OWN_ID: Final = re.compile(rb"user\d+note")
_XSRF: Final = "0123456789abcdef"
# An early end, because the script is about to run again.
_RERUN: Final = ForwardMsg.ScriptFinishedStatus.Value("FINISHED_EARLY_FOR_RERUN")


@dataclass(slots=True)
class User:
    """One person's session: what the last script drew, and what they chose."""

    address: str
    socket: Any
    session: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    widgets: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    async def run(self, page: str = "notes", **trigger: Any) -> float:
        """Let the page's script run with what is chosen; seconds until it ends."""
        asked = BackMsg()
        state = asked.rerun_script
        state.page_script_hash = self.pages.get(page, "")
        state.query_string = ""
        for key, values in {**self.chosen, **trigger}.items():
            widget = state.widget_states.widgets.add(id=self.widgets[key])
            for name, value in values.items():
                if name == "file_uploader_state_value":
                    widget.file_uploader_state_value.uploaded_file_info.add().CopyFrom(value)
                else:
                    setattr(widget, name, value)
        began = time.monotonic()
        await self.socket.send(asked.SerializeToString())
        await self._until("script_finished")
        return time.monotonic() - began

    async def upload(self, key: str, name: str, data: bytes) -> None:
        """Give a file to the uploader of this key."""
        asked = BackMsg()
        asked.file_urls_request.request_id = "1"
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.session
        await self.socket.send(asked.SerializeToString())
        urls = (await self._until("file_urls_response")).file_urls_response.file_urls[0]
        await asyncio.to_thread(_put, self.address + urls.upload_url, name, data)
        info = UploadedFileInfo(name=name, size=len(data), file_id=urls.file_id)
        info.file_urls.CopyFrom(urls)
        self.chosen[key] = {"file_uploader_state_value": info}

    async def _until(self, kind: str) -> ForwardMsg:
        while True:
            content = await asyncio.wait_for(self.socket.recv(), _PATIENCE)
            self.seen |= {found.decode() for found in _OWN_ID.findall(content)}
            message = ForwardMsg.FromString(content)
            found = message.WhichOneof("type")
            if found == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
            elif found == "navigation":
                self.pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            elif found == "delta":
                self._see(message.delta.new_element)
            if found == kind and (kind != "script_finished" or message.script_finished != _RERUN):
                return message

    def _see(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(f"an error on a page: {element.exception.type}")
        drawn = getattr(element, kind) if kind else None
        if kind and (made := getattr(drawn, "id", "")) and isinstance(made, str):
            # $$ID-<hash>-<key>
            self.widgets[made.split("-", 2)[-1]] = made


def _put(url: str, name: str, data: bytes) -> None:
    edge = "a-part-of-the-upload"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={edge}",
        "Cookie": f"_streamlit_xsrf={_XSRF}",
        "X-Xsrftoken": _XSRF,
    }
    with urlopen(Request(url, head + data + f"\r\n--{edge}--\r\n".encode(), headers, method="PUT"), timeout=60):
        pass


def table(number: int, notes: int) -> bytes:
    """Some sample notes under ids of this user's own, as a table."""
    samples = [note for note in read_notes([ROOT / "sample_notes"]) if isinstance(note, Note)]
    rows = [samples[(number * notes + i) % len(samples)] for i in range(notes)]
    lines = [
        {"note_id": f"user{number}note{i}", "text": note.text, "clinician": note.clinician, "date": note.date}
        for i, note in enumerate(rows)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


@dataclass(slots=True)
class Round:
    """What the users of one round met: seconds of each page, of each upload with its reading, and errors."""

    pages: list[tuple[float, str]] = field(default_factory=list)
    readings: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    finished: int = 0


async def visit(address: str, number: int, notes: int, seen: Round, *, pause: float = 0) -> None:
    """One user from coming to leaving, who looks at each page for about ``pause`` seconds."""
    chance = random.Random(number)
    url = f"{address.replace('http', 'ws')}/_stcore/stream"
    try:
        # A browser waits as long as it takes, too.
        patient = {"open_timeout": _PATIENCE, "ping_interval": None}
        async with websockets.connect(url, subprotocols=["streamlit"], max_size=None, **patient) as socket:
            user = User(address, socket)
            await user.run()
            user.chosen["source"] = {"string_value": "My own notes"}
            await user.run()
            began = time.monotonic()
            uploader = next(key for key in user.widgets if key.startswith("files-"))
            await user.upload(uploader, f"user-{number}.jsonl", table(number, notes))
            await user.run()
            read = {"read": {"trigger_value": True}}
            await user.run(**read)
            del user.chosen[uploader]
            seen.readings.append(time.monotonic() - began)
            for page in _PAGES * 2:
                seen.pages.append((await user.run(page), page))
                await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
            if user.seen != {f"user{number}note"}:
                user.errors.append(f"user {number} was shown the notes of {sorted(user.seen) or 'nobody'}")
            seen.errors += user.errors
            seen.finished += 1
    except Exception as error:
        seen.errors.append(f"user {number}: {type(error).__name__}: {str(error)[:200]}")


def server_at(port: str) -> Path:
    """Where Linux tells about the server that listens on this port."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words = (place / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"streamlit" in words and port.encode() in words:
            return place
    raise LookupError("the server is gone")


def megabytes(server: Path, kind: str = "VmRSS") -> float:
    """The server's resident memory; its highest so far with ``VmHWM``."""
    line = next(line for line in (server / "status").read_text().splitlines() if line.startswith(kind))
    return int(line.split()[1]) / 1024


def cpu_seconds(server: Path) -> float:
    """What the server has used of the processors since it began."""
    fields = (server / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(address: str, chosen: argparse.Namespace) -> int:
    """Print figures; 1 where there was an error or somebody had not finished in time."""
    first = Round()
    await visit(address, 0, 1, first)  # the model is loaded
    server = server_at(address.rpartition(":")[2])
    print(f"one user before: {megabytes(server):.0f} MB, {len(first.errors)} errors {first.errors[:3]}", flush=True)
    good = not first.errors
    for number in range(1, chosen.rounds + 1):
        used, seen = cpu_seconds(server), Round()
        users = [visit(address, user, chosen.notes, seen, pause=chosen.pause) for user in range(chosen.users)]
        visits = [asyncio.create_task(user) for user in users]
        _, late = await asyncio.wait(visits, timeout=chosen.limit)
        for one in late:
            one.cancel()
        good &= not late and not seen.errors
        print(f"round {number}: {told(seen)}")
        print(f"  {seen.finished} of {chosen.users} users finished; {len(seen.errors)} errors {seen.errors[:3]}")
        print(f"  {cpu_seconds(server) - used:.0f} CPU seconds; load {os.getloadavg()[0]:.1f}", flush=True)
        there, peak = megabytes(server), megabytes(server, "VmHWM")
        await asyncio.sleep(chosen.wait)
        left = megabytes(server)
        print(f"  memory {there:.0f} MB with them (at most {peak:.0f}), {left:.0f} MB after they left", flush=True)
    return int(not good)


def told(seen: Round) -> str:
    """How long they waited."""
    if not seen.pages:
        return "nobody saw a page"
    pages = sorted(seconds for seconds, _ in seen.pages)
    by_name = {name: statistics.median(s for s, page in seen.pages if page == name) for _, name in seen.pages}
    return (
        f"{len(pages)} pages, median {statistics.median(pages):.2f} s, p95 {pages[int(0.95 * (len(pages) - 1))]:.2f} s "
        f"(median of {', '.join(f'{name} {median:.2f} s' for name, median in by_name.items())}); "
        f"upload and reading at most {max(seen.readings):.0f} s"
    )


def main() -> int:
    """Serve the dashboard and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("--users", 20), ("--rounds", 2), ("--notes", 5), ("--pause", 10), ("--limit", 600)):
        parser.add_argument(name, type=int, default=default)
    parser.add_argument("--wait", type=int, default=_GIVEN_UP, help="seconds until memory is looked at again")
    with served() as address:
        return asyncio.run(measure(address, parser.parse_args()))


if __name__ == "__main__":
    raise SystemExit(main())
