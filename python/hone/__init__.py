# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Hone: compiler optimisation as environments for learning agents.

    import hone
    env = hone.make(reward="ir-instructions-oz", observations=["autophase"])
    env.reset(hone.benchmark_uri("lame.c"))
    observations, reward, changed, failures = env.step(3)

`import hone.gym` registers the same with Gymnasium, as "hone/llvm-v0" and
others. An environment's passes run in a process of its own, which may die.
"""

import os
import pathlib

_HERE = pathlib.Path(__file__).resolve().parent

# The worker that came with the package; $HONE_WORKER names another one.
for _worker in (
    pathlib.Path(__file__).parent / "bin/hone-worker",
    pathlib.Path(__file__).parent / "../../bin/hone-worker",
):
    if _worker.is_file():
        os.environ.setdefault("HONE_WORKER", str(_worker.resolve()))

from ._hone import (  # noqa: E402
    EPISODE_HEADER,
    Batch,
    Environment,
    Episode,
    Error,
    benchmark_uri,
    make,
    make_batch,
    parse_episodes,
    validate,
)

__all__ = [
    "EPISODE_HEADER",
    "Batch",
    "Environment",
    "Episode",
    "Error",
    "benchmark_uri",
    "example",
    "make",
    "make_batch",
    "parse_episodes",
    "validate",
]


def example(name="deflate/deflate.c"):
    """The URI of one of the programs that come with Hone."""
    for folder in (_HERE / "programs", _HERE / "../../examples/programs"):
        if (folder / name).is_file():
            return benchmark_uri(str((folder / name).resolve()))
    raise ValueError(f"no example program {name!r}")
