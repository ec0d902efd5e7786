"""Whether pages stay as fast as more and more is kept: the same pages at three sizes, on either engine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
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
                    "p50_ms": round(p50, 2),
                    "after_write_ms": round(after, 2),
                }
                for name, (p50, after) in pages.p50_by_page(app, env_of(app, url)).items()
            ],
        )


def table(found: Sequence[dict[str, Any]]) -> str:
    """A line for each page and engine: the sizes side by side, and the largest over the smallest."""
    sizes = sorted({it["applications"] for it in found})
    heads = "".join(f" {size:,} |" for size in sizes)
    lines = [f"| page | engine |{heads} growth | after a write |", "|---|---|" + "---|" * (len(sizes) + 2)]
    for page, engine in dict.fromkeys((it["page"], it["engine"]) for it in found):
        its = [it for it in found if (it["page"], it["engine"]) == (page, engine)]
        kept = [it["p50_ms"] for it in its]
        after = [it["after_write_ms"] for it in its]
        lines.append(
            f"| {page} | {engine} |"
            + "".join(f" {value:.1f} ms |" for value in kept)
            + f" {max(kept) / min(kept):.2f} | {max(after) / min(after):.2f} (to {max(after):.0f} ms) |"
        )
    return "\n".join(lines)
