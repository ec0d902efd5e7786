"""Chromium as the office would see it: Japanese, in Japan's time, with a Japanese font on any machine."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

FOUND = "/usr/bin/chromium"
# Of several lists of features to do without the last counts: Playwright's own stands here too, for it is given before ours.
WITHOUT = (
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying",
    "OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
    # The suggestions under the bar of addresses are two pages of their own, which took most of the time a window took.
    "WebUIOmniboxAimPopup", "WebUIOmniboxPopup",
)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox",  # as root, and in containers
    "--disable-gpu",
    "--in-process-gpu",  # it draws without one: a process for that would only be talked to
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]
CONTEXT = {"locale": "ja-JP", "timezone_id": "Asia/Tokyo"}

_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def launch_options(scratch: Path) -> dict[str, Any]:
    """How to start it: BANSO_CHROMIUM, Debian's, else the one Playwright has brought. `scratch` takes a small file."""
    program = os.environ.get("BANSO_CHROMIUM") or (FOUND if Path(FOUND).exists() else None)
    options: dict[str, Any] = {
        "args": ARGUMENTS,
        "env": {**os.environ, "FONTCONFIG_FILE": str(_fonts(scratch))},
    }
    return options | ({"executable_path": program} if program else {})


def _fonts(scratch: Path) -> Path:
    """What the machine has, and the Japanese fonts that letters are set in: nothing is drawn as empty boxes."""
    package = find_spec("pylopdf_fonts_jp")
    assert package and package.origin
    file = scratch / "fonts.conf"
    folder = escape(str(Path(package.origin).parent))
    file.write_text(_FONTS.format(folder=folder, cache=escape(str(scratch / "fontconfig"))))
    return file
