"""Whether pages stay as fast as more and more is kept: the same pages at three sizes, on either engine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from flask import Flask

from tests.benchmarks import pages
from tests.benchmarks.scale import grow_to

SIZES = (2_000, 20_000, 200_000)  # applications


def env_of(app: Flask, url: str) -> dict[str, str]:
    """The settings of a server on the database of `app`."""
    return {
        **os.environ,
        "BANSO_DATABASE_URL": url,
        "BANSO_DATA_DIR": str(app.config["DATA_DIR"]),
        "BANSO_ENV": "demo",
    }


def at_each_size(
    app: Flask, url: str, sizes: Sequence[int] = SIZES
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Grow the data to each size in turn; what its pages take."""
    engine = "postgresql" if url.startswith("postgresql") else "sqlite"
    for size in sizes:
        grow_to(size)
        yield (
            size,
            [
                {
                    "page": name,
                    "engine": engine,
                    "applications": size,
                    **{key: round(value, 2) for key, value in asdict(found).items()},
                }
                for name, found in pages.at_size(app, env_of(app, url)).items()
            ],
        )


def table(found: Sequence[dict[str, Any]]) -> str:
    """A line for each page and engine: the sizes side by side, and the largest over the smallest.

    What grows is the time as a multiple of the bare page's at the same moment, since machines are not always as fast.
    """
    sizes = sorted({it["applications"] for it in found})
    heads = "".join(f" {size:,} |" for size in sizes)
    lines = [f"| page | engine |{heads} growth | after a write |", "|---|---|" + "---|" * (len(sizes) + 2)]
    for page, engine in dict.fromkeys((it["page"], it["engine"]) for it in found):
        its = [it for it in found if (it["page"], it["engine"]) == (page, engine)]
        kept = [it["p50_ms"] / it["bare_p50_ms"] for it in its]
        after = [it["after_write_ms"] / it["bare_p50_ms"] for it in its]
        slowest = max(it["after_write_ms"] for it in its)
        lines.append(
            f"| {page} | {engine} |"
            + "".join(f" {it['p50_ms']:.1f} ms |" for it in its)
            + f" {max(kept) / min(kept):.2f} | {max(after) / min(after):.2f} (to {slowest:.0f} ms) |"
        )
    return "\n".join(lines)
