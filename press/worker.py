"""One press in a process of its own: `python -m press.worker FONT SCRATCH`, started by room.py and by nobody else.

An empty line says that it is ready. Then each line that comes in is the HTML of a letter, as JSON, and its answer a line
of JSON and the bytes of the PDF. It ends when its input does, and so never outlives whoever started it; the folder
SCRATCH, where WeasyPrint keeps the font, goes with it.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from press import printing

SAMPLE = "<html lang='ja'><title>案</title><p>見本"

log = logging.getLogger(__name__)


def main(font: Path, scratch: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started it
    tempfile.tempdir = scratch
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
        printing.print_pdf(SAMPLE, font)
        # What is loaded by now stays: looking through it for garbage takes a tenth of the time.
        gc.collect()
        gc.freeze()
        answers.write(b"\n")
        answers.flush()
        for line in sys.stdin.buffer:
            answers.write(_answer(json.loads(line), font))
            answers.flush()


def _answer(html: str, font: Path) -> bytes:
    try:
        pdf, pages, missing = printing.print_pdf(html, font)
    except Exception:
        log.exception("a letter could not be printed")
        pdf, pages, missing = b"", 0, ""
    return json.dumps([len(pdf), pages, missing]).encode() + b"\n" + pdf


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2])
    except BrokenPipeError:
        pass  # whoever started it is no more
    finally:
        shutil.rmtree(sys.argv[2], ignore_errors=True)
