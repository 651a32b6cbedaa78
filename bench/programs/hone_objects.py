# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Objects by `hone opt` for all sources of a package's program or tests."""

import concurrent.futures
import pathlib
import subprocess

import objects


def sources_of(package, dest):
    """What is linked into the package's program or tests."""
    src = pathlib.Path(dest).resolve() / package / "src"
    if package == "zlib":
        return [p.name for p in sorted(src.glob("*.c"))]
    if package == "cjson":
        return ["cJSON.c", "cJSON_Utils.c"]
    return objects.program_sources(package, dest)


def make(package, folder, hone, dest, budget=12, check_inputs=0, parallel=2):
    """Writes NAME.o into `folder`, where it is not there yet.

    RuntimeError where hone failed. Stores are shared with all other runs.
    """
    folder = pathlib.Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    hone = pathlib.Path(hone).resolve()
    flags = objects._table()["packages"][package]["flags"]
    src = pathlib.Path(dest).resolve() / package / "src"

    def one(source):
        made = folder / f"{objects.object_name(package, source)}.o"
        report = made.with_suffix(".json")
        if not report.is_file():
            done = subprocess.run(
                [hone, "opt", source, "-o", made, "--budget", str(budget),
                 "--check-inputs", str(check_inputs), "--jobs", "1", "--json",
                 "--", *flags], cwd=src, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"{source}: {done.stderr[-2000:]}")
            report.write_text(done.stdout)

    with concurrent.futures.ThreadPoolExecutor(parallel) as pool:
        list(pool.map(one, sources_of(package, dest)))
