# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What type checkers are told about the package is what it is."""

import ast
import importlib
import inspect
import pathlib
import pkgutil
import subprocess

import hone
import pytest
from hone import _core

DECLARATIONS = pathlib.Path(_core.__file__).with_name("_core.pyi")


def declared():
    """Public name -> its nodes, of the module and as Class.member of classes."""
    found = {}
    for node in ast.parse(DECLARATIONS.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.setdefault(node.name, []).append(node)
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    found.setdefault(f"{node.name}.{member.name}", []).append(member)
    return found


def existing():
    for name, value in vars(_core).items():
        if name.startswith("_"):
            continue
        yield name
        if inspect.isclass(value):
            yield from (f"{name}.{m}" for m in vars(value) if not m.startswith("_"))


def test_the_declarations_name_all_that_the_module_has_and_nothing_else():
    public = {name for name in declared() if "._" not in name and not name.startswith("_")}
    assert public == set(existing())


def test_every_parameter_and_result_of_the_declarations_has_a_type():
    for name, nodes in declared().items():
        for node in nodes:
            if not isinstance(node, ast.FunctionDef):
                continue
            arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
            for argument in arguments[1 if "." in name else 0 :]:
                assert argument.annotation is not None, f"{name}: {argument.arg}"
            assert node.returns is not None or name.endswith("__init__"), name


def test_the_declarations_say_what_is_in_containers_and_name_no_type_of_cpp():
    text = DECLARATIONS.read_text()
    assert "std::" not in text
    nodes = list(ast.walk(ast.parse(text)))
    with_items = {id(node.value) for node in nodes if isinstance(node, ast.Subscript)}
    bare = [n for n in nodes if isinstance(n, ast.Name) and n.id in ("list", "tuple")]
    assert [node.lineno for node in bare if id(node) not in with_items] == []


def modules():
    names = [module.name for module in pkgutil.iter_modules(hone.__path__)]
    return sorted(name for name in names if name != "_core")


@pytest.mark.parametrize("module", modules())
def test_every_public_function_of_the_package_is_typed(module):
    if module == "ray":
        pytest.importorskip("ray", reason="ray is not installed")
    found = importlib.import_module(f"hone.{module}")
    owned = [v for v in vars(found).values() if getattr(v, "__module__", "") == found.__name__]
    functions = [v for v in owned if inspect.isfunction(v)]
    for kind in (v for v in owned if inspect.isclass(v)):
        functions += [v for v in vars(kind).values() if inspect.isfunction(v)]
    for function in functions:
        if function.__name__.startswith("_") and function.__name__ != "__init__":
            continue
        if function.__qualname__.split(".")[0] == "Step" or "<" in function.__qualname__:
            continue
        # Ray adds a parameter of its own to the methods of actors.
        wanted = [
            p
            for p in inspect.signature(function).parameters
            if p not in ("self", "cls") and not p.startswith("_ray_")
        ]
        assert {*wanted, "return"} == set(function.__annotations__), function.__qualname__


def test_the_module_can_be_loaded_after_any_other_library():
    # A thread-local variable at a fixed offset (TPOFF64; not DTPOFF64, which
    # asks where it is) needs room that Ray's workers have used up when they
    # import hone.
    listing = subprocess.run(
        ["llvm-readelf-22", "--relocations", _core.__file__],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "R_X86_64_RELATIVE" in listing.stdout and "_TPOFF64" not in listing.stdout


def test_the_package_says_that_it_is_typed():
    assert pathlib.Path(hone.__file__).with_name("py.typed").is_file()
    assert set(hone.__all__) <= set(dir(hone))
