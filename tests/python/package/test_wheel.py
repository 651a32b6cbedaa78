# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`pip wheel .` makes a wheel that works by itself.

From nothing it takes minutes. Here pyproject.toml is used as it is, except that
CMake installs from this build tree instead of building another one.
"""

import os
import pathlib
import re
import subprocess
import sys
import tomllib
import zipfile

import gymnasium
import pytest
from conftest import BUILD, ROOT, is_built

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())
README = (ROOT / "README.md").read_text()
USE = """
import gymnasium, hone, pathlib
assert pathlib.Path(hone.__file__).is_relative_to({folder!r}), hone.__file__
env = gymnasium.make("hone/llvm-ic-v0")
env.reset(seed=1)
print(hone.__version__, env.step(env.action_space.sample())[1] >= -1)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    if not is_built():
        pytest.skip("this build tree has no Python package (HONE_PYTHON)")
    folder = tmp_path_factory.mktemp("wheel")
    targets = SETTINGS["tool"]["scikit-build"]["build"]["targets"]
    settings = {
        "cmake.source-dir": "tests/python/package/prebuilt",
        "cmake.define.HONE_BUILD_DIR": BUILD,
        "cmake.define.HONE_TARGETS": ";".join(targets),
        "build-dir": folder / "build",
    }
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", ROOT, "--no-build-isolation", "--no-deps"]
        + ["--disable-pip-version-check", "--no-cache-dir", "-q", "-w", folder]
        + [f"--config-settings={name}={value}" for name, value in settings.items()],
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    (made,) = folder.glob("hone-*.whl")
    return made


def test_the_wheel_has_all_that_it_needs(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("hone/")}
        metadata = archive.read(next(n for n in archive.namelist() if n.endswith("METADATA")))
    sources = {f"hone/{path.name}" for path in (ROOT / "python/hone").glob("*.py")}
    assert sources | {"hone/_core.pyi", "hone/hone-worker", "hone/py.typed"} <= names
    assert "hone/programs/deflate/inflate.c" in names
    assert not [name for name in names if "__pycache__" in name or name.endswith(".a")]
    assert b"Requires-Dist: gymnasium" in metadata


def test_an_unpacked_wheel_runs_its_own_worker(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "hone/hone-worker").chmod(0o755)  # as pip does; zipfile does not
    settings = {k: v for k, v in os.environ.items() if not k.startswith("HONE_")}
    run = subprocess.run(
        [sys.executable, "-c", USE.format(folder=str(tmp_path))],
        env={**settings, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
    )
    version = SETTINGS["project"]["version"]
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{version} True\n"
    assert run.stderr == ""


def test_the_ten_lines_of_the_readme_print_a_reward_in_a_new_environment(wheel, tmp_path):
    """`pip install .` and the README's program, in a clone and in a virtual
    environment of its own. Gymnasium and NumPy, which pip would fetch, come from the tests' one."""
    (text,) = re.findall(r"```python\n(import gymnasium\nimport hone\n.*?)```", README, re.S)
    assert len([line for line in text.splitlines() if line]) <= 11
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/*/site-packages")
    (packages / "tests.pth").write_text(str(pathlib.Path(gymnasium.__file__).parents[1]))
    words = ["--no-deps", "--no-index", "--disable-pip-version-check", "-q"]
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", folder, "install", *words, wheel], check=True
    )
    settings = {k: v for k, v in os.environ.items() if not k.startswith(("HONE_", "PYTHON"))}
    run = subprocess.run(
        [folder / "bin/python", "-c", text + "print(hone.__file__)"],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    total, place = run.stdout.splitlines()
    assert -1 <= float(total) <= 2 and place == str(packages / "hone/__init__.py")
