"""Files, kept by their SHA-256; what an answer says of a file is enough to find it and to prove it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, SelectMultipleField, widgets
from wtforms.validators import Optional

from app.lifecycle import N_
from app.questions.files import ACCEPTED, MEBIBYTE, NAME_MAX, clean_name, kind_of
from app.questions.kind import (
    Fault,
    Grid,
    Kind,
    Problem,
    Settings,
    Unreadable,
    Upload,
    joined,
    upload_of,
)
from app.safekeeping import checking
from app.storage import Incoming, path_of
from app.web.forms import Between, WholeNumberField, choices, half_width

FILES_MAX = 10  # where the question sets no other number
MOST, MOST_MB = 50, 2000
RECORDED = ("filename", "media_type", "size", "sha256", "path")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileSettings(Settings):
    most = WholeNumberField(_l("At most (files)"), [Optional(), Between(1, MOST)], filters=[half_width])
    max_mb = WholeNumberField(
        _l("Largest file (MB)"),
        [Optional(), Between(1, MOST_MB)],
        filters=[half_width],
        description=_l("Empty: what this installation takes at most."),
    )


class File(Kind):
    name = "file"
    label = N_("File")
    partial = "file"
    sends_files = True
    settings_form = FileSettings
    defaults = {"most": FILES_MAX, "max_mb": ""}
    empty: Any = []
    nothing = N_("None")

    @property
    def names(self) -> tuple[str, ...]:
        return self.question.name, f"{self.question.name}_kept"

    def fields(self) -> dict[str, Any]:
        name, attached = self.names
        return {
            attached: SelectMultipleField(
                _l("Files attached so far"),
                choices=[],
                description=_l("What you untick is taken off the answer."),
                validate_choice=False,
                widget=widgets.ListWidget(prefix_label=False),
                option_widget=widgets.CheckboxInput(),
            ),
            name: MultipleFileField(**{**self.as_asked, "validators": []}),
        }

    def prepare(self, form: Any, value: Any) -> None:
        form[self.names[1]].choices = choices({file["sha256"]: file["filename"] for file in value or ()})

    def entries(self, value: Any) -> dict[str, Any]:
        return {self.names[0]: [], self.names[1]: [file["sha256"] for file in value or ()]}

    def gather(self, entries: dict[str, Any], now: Any) -> Any:
        sent = [it for it in entries.get(self.names[0]) or () if getattr(it, "filename", "")]
        uploads = [upload_of(it) for it in sent]
        attached = set(entries.get(self.names[1]) or ())
        return [*(file for file in now or () if file["sha256"] in attached), *uploads]

    def faults(self) -> Iterator[Fault]:
        most = self.settings["most"]
        if type(most) is not int or not 1 <= most <= MOST:
            yield N_("“%(question)s” takes from 1 to 50 files."), {}
        max_mb = self.settings["max_mb"]
        if max_mb not in ("", None) and (type(max_mb) is not int or not 1 <= max_mb <= MOST_MB):
            yield N_("“%(question)s” takes files of 1 to %(most)s MB."), {"most": MOST_MB}

    @property
    def max_bytes(self) -> int:
        """Of one file: what the question says, and never more than the installation takes."""
        taken: int = current_app.config["ATTACHMENT_MAX_BYTES"]
        asked = self.settings["max_mb"]
        return min(taken, asked * MEBIBYTE) if asked else taken

    def parse(self, entered: Any) -> list[Any]:
        """Files that are kept already (as an answer tells of them), and uploads; each upload is looked at."""
        if entered is None or entered == "":
            return []
        if isinstance(entered, Upload | Mapping):
            entered = [entered]
        if not isinstance(entered, list | tuple):
            raise Unreadable(N_("This is not a file."))
        return [self._looked_at(it) for it in entered]

    def _looked_at(self, it: Any) -> Any:
        if isinstance(it, Upload):
            name = clean_name(it.name)
            kind_of(name, it.content, self.max_bytes)
            return Upload(name, it.content)
        if not isinstance(it, Mapping) or not _is_sound(it):
            raise Unreadable(N_("This is not a file."))
        return {name: it[name] for name in (*RECORDED, "id") if name in it}

    def faults_of(self, value: Any, section: str) -> Iterator[Problem]:
        found = checking.infected() if value else {}
        for file in value:
            if isinstance(file, Mapping) and file["path"] in found:
                yield self.problem(
                    section,
                    "",
                    N_(
                        "“%(name)s” holds malware (%(finding)s). Take it off; attach another if it is needed."
                    ),
                    name=file["filename"],
                    finding=found[file["path"]],
                )
        if len(value) > self.settings["most"]:
            most = self.settings["most"]
            yield self.problem(section, "", N_("“%(question)s” takes at most %(most)s files."), most=most)

    def fits(self, value: Any) -> bool:
        return isinstance(value, list)

    @property
    def accepted(self) -> str:
        """For a browser's chooser; what is taken is decided by the bytes."""
        return ACCEPTED

    def settle(self, value: Any, before: Any, sent: dict[str, Incoming]) -> Any:
        known = {file["sha256"]: file for file in before or ()}
        settled: dict[str, Any] = {}
        for it in value:
            if isinstance(it, Upload):
                file = _in_answer(it)
                if file["sha256"] in known or file["sha256"] in settled:
                    raise Unreadable(
                        N_("“%(name)s” is attached already: a file with the same content is in the list."),
                        name=it.name,
                    )
                for sha256 in [
                    key for key, had in settled.items() if "id" in had and had["filename"] == it.name
                ]:
                    del settled[sha256]  # a new version under the same name: the earlier one stays readable
                if len(settled) >= self.settings["most"]:
                    raise Unreadable(
                        N_("At most %(max)s files can be attached. Remove one first."),
                        max=self.settings["most"],
                    )
                sent[file["sha256"]] = it.content
                settled[file["sha256"]] = file
            elif it["sha256"] not in known:  # nobody names a file that they did not send
                raise Unreadable(N_("This is not a file."))
            else:
                settled[it["sha256"]] = known[it["sha256"]]
        return list(settled.values())

    def freeze(self, value: Any) -> Any:
        return [{name: file[name] for name in RECORDED} for file in value or ()]

    def shown(self, frozen: Any) -> str:
        return joined(file["filename"] for file in frozen or ())

    def cells(self, value: Any) -> Grid:
        return [[self.shown(value) or None]]

    def read(self, cells: Grid) -> Any:
        raise Unreadable(N_("Files are attached on the page of this question, not in a spreadsheet."))

    def data(self, frozen: Any) -> list[Any]:
        return [joined(f"{file['filename']} (SHA-256 {file['sha256']})" for file in frozen or ())]


def _in_answer(upload: Upload) -> dict[str, Any]:
    suffix = PurePath(upload.name).suffix.lower()
    return {
        "filename": upload.name,
        "media_type": kind_of(upload.name, upload.content, upload.size).media_type,
        "size": upload.size,
        "sha256": upload.sha256,
        "path": path_of(upload.sha256, suffix),
    }


def _is_sound(file: Mapping[str, Any]) -> bool:
    texts = [file.get(name) for name in ("filename", "media_type", "sha256", "path")]
    if not all(isinstance(text, str) for text in texts) or type(file.get("size")) is not int:
        return False
    name, _type, digest, path = (str(text) for text in texts)
    if not _SHA256.fullmatch(digest) or len(name) > NAME_MAX or clean_name(name) != name:
        return False
    return path == path_of(digest, PurePath(name).suffix.lower())
