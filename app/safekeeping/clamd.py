"""The protocol of clamd (ClamAV's daemon), as far as it is needed: a file goes there in pieces, a verdict comes back.

BANSO_CLAMD says where it listens: host:port, or the path of its socket.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable

CONNECT_WITHIN, ANSWER_WITHIN = 5, 120  # seconds
LONGEST_ANSWER = 4096
_LENGTH = struct.Struct("!L")


class Unanswered(Exception):
    """clamd cannot be reached, or gave no verdict: nobody knows, so the file stays where it is."""


def verdict_on(address: str, pieces: Iterable[bytes]) -> str:
    """The name of the malware that the bytes are; empty when they are clean. Raises Unanswered."""
    try:
        with _connected(address) as line:
            line.sendall(b"zINSTREAM\0")
            broken_off = False
            try:
                for piece in pieces:
                    line.sendall(_LENGTH.pack(len(piece)) + piece)
                line.sendall(_LENGTH.pack(0))
            except (BrokenPipeError, ConnectionResetError):  # it says why it takes no more
                broken_off = True
            answer = _answer(line)
    except OSError as problem:
        raise Unanswered(f"{address}: {problem.strerror or problem}") from problem
    if answer == "stream: OK" and not broken_off:
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise Unanswered(f"{address}: {answer or 'no answer'}"[:300])


def answers(address: str) -> str:
    """What is wrong with it; empty when it is there and well."""
    try:
        with _connected(address) as line:
            line.sendall(b"zPING\0")
            reply = _answer(line)
    except OSError as problem:
        return f"{address}: {problem.strerror or problem}"
    return "" if reply == "PONG" else f"{address} answers {reply[:80]!r}, not PONG"


def _connected(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    if address.startswith("/") or not port.isdecimal():
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(CONNECT_WITHIN)
        try:
            line.connect(address)
        except OSError:
            line.close()
            raise
    else:
        line = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_WITHIN)
    line.settimeout(ANSWER_WITHIN)
    return line


def _answer(line: socket.socket) -> str:
    reply = b""
    while not reply.endswith(b"\0") and len(reply) < LONGEST_ANSWER:
        if not (more := line.recv(LONGEST_ANSWER)):
            break
        reply += more
    return reply.rstrip(b"\0\n").decode(errors="replace")
