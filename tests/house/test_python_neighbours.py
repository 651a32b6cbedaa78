# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a script takes from a neighbour is there, also where nobody runs it.

The benches want peers that no test installs, so that nothing here imports them.
"""

import ast
import functools
import pathlib

from source_tree import ROOT, files, report, text

FOLDERS = ("bench", "examples", "tests", "tools")


@functools.cache
def scripts():
    return [
        path
        for path in files()
        if path.parts[0] in FOLDERS
        and (path.suffix == ".py" or "python" in text(path).partition("\n")[0])
    ]


@functools.cache
def tree_of(path):
    return ast.parse(text(path), str(path))


@functools.cache
def neighbour(path, module):
    """The script that `import module` in `path` means: of its own folder, or the
    only one of that name, which is found by sys.path."""
    found = [other for other in scripts() if other.name == f"{module}.py"]
    beside = [other for other in found if other.parent == path.parent]
    return (beside or found)[0] if beside or len(found) == 1 else None


@functools.cache
def top_level(path):
    """Names that the module binds."""
    names = set()
    waiting = list(tree_of(path).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return names


def taken(path):
    """(neighbour, name, line) for each name that a script takes from another."""
    modules = {}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            if other := neighbour(path, node.module):
                yield from ((other, one.name, node.lineno) for one in node.names)
        elif isinstance(node, ast.Import):
            for one in node.names:
                if other := neighbour(path, one.name):
                    modules[one.asname or one.name] = other
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if other := modules.get(node.value.id):
                yield other, node.attr, node.lineno


def is_there(other, name):
    return name in top_level(other) or name.startswith("__")


def test_what_is_taken_from_a_neighbour_is_there():
    report(
        f"{path}:{line}: {other} has no {name}"
        for path in scripts()
        for other, name, line in taken(path)
        if not is_there(other, name)
    )


def test_a_name_that_is_gone_is_seen():
    path = pathlib.PurePosixPath("bench/onnx/c_form.py")
    assert (ROOT / path).exists()
    uses = {(other.name, name) for other, name, _ in taken(path)}
    assert ("nets.py", "find_model") in uses
    assert is_there(path.with_name("nets.py"), "find_model")
    assert not is_there(path.with_name("nets.py"), "no_such_function")
