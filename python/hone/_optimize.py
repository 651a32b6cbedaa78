# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`hone opt` as a function."""

import dataclasses
import json
import math
import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

from hone import _core
from hone.errors import Error

Path = str | os.PathLike[str]


@dataclasses.dataclass(frozen=True)
class Sizes:
    """Bytes of an object file."""

    loaded: int  # every stored byte of a loaded section: what is made small
    text_rodata: int
    nobits: int


@dataclasses.dataclass(frozen=True)
class OptimizeReport:
    """What was found. `details` is the whole document of `hone opt --json`."""

    improved: bool  # False: the output is what clang -Oz makes
    stock: Sizes
    result: Sizes
    compiles: int
    seconds: float
    stop_reason: str  # "finished", "budget", "time" or "interrupted"
    script: str  # opt and clang commands that make the output
    output: bytes = dataclasses.field(repr=False)
    details: dict[str, Any] = dataclasses.field(repr=False)

    @property
    def saved(self) -> float:
        """The share of the stock file's loaded bytes that is gone."""
        return 1 - self.result.loaded / self.stock.loaded if self.stock.loaded else 0.0


def _sizes(document: dict[str, Any]) -> Sizes:
    return Sizes(*(document[field.name] for field in dataclasses.fields(Sizes)))


def _check_least(least: int, **numbers: float) -> None:
    """Where the command line refuses its flags. NaN is not from 0 up either."""
    for name, number in numbers.items():
        if not number >= least:
            raise Error("invalid-argument", f"{name} is {number}; expected {least} or more")


def optimize(
    path: Path | Sequence[Path],
    flags: Sequence[str] = (),
    *,
    output: Path | None = None,
    goal: str = "size",
    budget: int = 45,
    seconds: float = math.inf,
    search: str = "default",
    seed: int = 1,
    protocol: str = "product",
    tier: str = "stable",
    require: str = "unchecked",
    test: str = "",
    run: str = "",
    slowdown_limit: float = 1.1,
    check_inputs: int = 64,
    emit: str = "obj",
    jobs: int = 0,
    store: Path = "",
    on_step: Callable[[int, str, float, float, bool], object] | None = None,
) -> OptimizeReport:
    """Searches a smaller (or faster) object for C, C++, LLVM IR or bitcode.

    Several paths are linked and optimised as one program. The parameters are
    the flags of `hone opt`; `store` is a file, "none", or the user's own.
    `output` is written where it is given. `on_step` gets (compile, what was
    tried, its cost, the best cost, whether it improved) after each compile.

    The first Ctrl-C ends the search and returns what has been found so far,
    checked, with the stop reason "interrupted"; a second one raises.

    Raises Error; never because nothing better was found.
    """
    _check_least(1, budget=budget)
    _check_least(0, seconds=seconds, seed=seed, check_inputs=check_inputs, jobs=jobs)
    if output is not None and not pathlib.Path(output).parent.is_dir():
        raise Error("io", f"cannot write '{output}': its folder does not exist")
    paths = [path] if isinstance(path, str | os.PathLike) else path
    report, data = _core.optimize(
        inputs=[os.fspath(p) for p in paths],
        flags=list(flags),
        goal=goal,
        protocol=protocol,
        search=search,
        budget=budget,
        seconds=seconds,
        seed=seed,
        tier=tier,
        require=require,
        test=test,
        run=run,
        slowdown_limit=slowdown_limit,
        check_inputs=check_inputs,
        emit=emit,
        jobs=jobs,
        store=os.fspath(store),
        on_step=on_step,
    )
    details = json.loads(report)
    if output is not None:
        pathlib.Path(output).write_bytes(data)
    return OptimizeReport(
        improved=details["improved"],
        stock=_sizes(details["stock"]),
        result=_sizes(details["result"]),
        compiles=details["compiles"],
        seconds=details["seconds"],
        stop_reason=details["stop_reason"],
        script=details["script"],
        output=data,
        details=details,
    )
