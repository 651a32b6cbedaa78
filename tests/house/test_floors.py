# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Includes go down: a room includes itself and lower floors, never sideways and
never up; a foreign library is included by its owner and is not seen elsewhere.

The tables are in tools/house.toml. The checks are functions of a file list and
an include list so that the second half of this file can try them on small
made-up trees: a rule that accepts everything would pass on a clean tree too.
"""

import fnmatch
import pathlib

from source_tree import embedded_folder, files_under, includes, report, settings

CODE = (".h", ".cpp", ".c", ".cc", ".def", ".inc")


def room_of(path, floors):
    """The longest listed folder that holds src/<path>, or None."""
    folder = pathlib.PurePosixPath(path).parent
    while folder.name:
        if str(folder) in floors:
            return str(folder)
        folder = folder.parent
    return None


def floor_problems(sources, floors, others=()):
    """sources: {path below src/: [(quote, include, line)]}; others may be
    included too, but are not checked."""
    for path, included in sorted(sources.items()):
        room = room_of(path, floors)
        if room is None:
            if "/" in path:
                yield f"src/{path}: its folder has no floor in tools/house.toml"
            continue
        for quote, what, line in included:
            if quote != '"':
                continue
            where = f'src/{path}:{line}: #include "{what}"'
            other = room_of(what, floors)
            if what not in sources and what not in others:
                yield f"{where}: no such file; write the path below src/"
            elif other is not None and other != room:
                mine, its = floors[room], floors[other]
                if its >= mine:
                    way = "sideways" if its == mine else "up"
                    yield (
                        f"{where} goes {way}: {room} is on floor {mine}, "
                        f"{other} on floor {its}"
                    )


def library_of(what, foreign):
    for name, library in foreign.items():
        for head in library["headers"]:
            if what == head or (head.endswith("/") and what.startswith(head)):
                return name
    return None


def owns(path, library, floors):
    room = room_of(path, floors)
    for owner in library["owners"]:
        if owner == "*" or owner in (room, f"src/{path}"):
            return True
        if room is not None and room.startswith(owner + "/"):
            return True
        if "*" in owner and fnmatch.fnmatch(path, owner):
            return True
    return False


def is_system(what, system):
    if "." not in what and "/" not in what:
        return True  # <vector>
    return any(
        what == head or (head.endswith("/") and what.startswith(head))
        for head in system
    )


def foreign_problems(sources, floors, foreign, system):
    """Who includes foreign headers, and who sees them through our headers."""
    seen = {}  # path -> {library: the chain of files that brings it}

    def libraries_seen(path):
        if path in seen:
            return seen[path]
        seen[path] = {}
        for _, what, _ in sources.get(path, []):
            library = library_of(what, foreign)
            if library:
                seen[path].setdefault(library, [f"<{what}>"])
            elif what in sources:
                for name, chain in libraries_seen(what).items():
                    seen[path].setdefault(name, [what, *chain])
        return seen[path]

    for path, included in sorted(sources.items()):
        for quote, what, line in included:
            library = library_of(what, foreign)
            where = f"src/{path}:{line}: #include <{what}>"
            if library and not owns(path, foreign[library], floors):
                owners = ", ".join(foreign[library]["owners"])
                yield f"{where}: {library} belongs to {owners}"
            elif not library and quote == "<" and not is_system(what, system):
                yield f"{where}: name the owner of this library in tools/house.toml"
        for library, chain in sorted(libraries_seen(path).items()):
            allowed = foreign[library].get("leaks") or owns(
                path, foreign[library], floors
            )
            if len(chain) > 1 and not allowed:
                yield f"src/{path} sees {library} through {' → '.join(chain)}"


# --- The tree itself ---------------------------------------------------------


def tree():
    return {
        str(path.relative_to("src")): includes(path)
        for path in files_under("src", *CODE)
        if not embedded_folder(path)
    }


def embedded_files():
    return [path for path in files_under("src", *CODE) if embedded_folder(path)]


def embedded_problems(path, included, folder_files, system):
    for quote, what, line in included:
        known = what in folder_files if quote == '"' else is_system(what, system)
        if not known:
            yield f"{path}:{line}: {what} is neither in its folder nor the system's"


def test_includes_go_down():
    others = [str(p.relative_to("src")) for p in embedded_files()]
    report(floor_problems(tree(), settings()["floors"], others))


def test_foreign_libraries_stay_with_their_owners():
    house = settings()
    report(
        foreign_problems(
            tree(), house["floors"], house["foreign"], house["system"]["headers"]
        )
    )


def test_embedded_programs_stand_alone():
    paths, problems = embedded_files(), []
    for path in paths:
        beside = {other.name for other in paths if other.parent == path.parent}
        system = settings()["system"]["headers"]
        problems += embedded_problems(path, includes(path), beside, system)
    report(problems)


# --- The rules on made-up trees ----------------------------------------------

FLOORS = {"base": 0, "store": 1, "program": 1, "tensor": 1, "tensor/loop": 2, "cli": 7}
FOREIGN = {
    "llvm": {"headers": ["llvm/"], "owners": ["program"]},
    "sqlite": {"headers": ["sqlite3.h"], "owners": ["store"]},
    "json": {"headers": ["nlohmann/"], "owners": ["src/base/json.h"], "leaks": True},
    "gtest": {"headers": ["gtest/"], "owners": ["*_test.cpp"]},
}


def made_up(**sources):
    """made_up(cli__x_h=['"base/a.h"', '<vector>']) is {"cli/x.h": …}."""
    return {
        name.replace("__", "/").replace("_h", ".h").replace("_cpp", ".cpp"): [
            (what[0], what[1:-1], line) for line, what in enumerate(included, 1)
        ]
        for name, included in sources.items()
    }


def floors_of(**sources):
    return list(floor_problems(made_up(**sources), FLOORS))


def foreign_of(**sources):
    return list(foreign_problems(made_up(**sources), FLOORS, FOREIGN, ["unistd.h"]))


def test_down_and_inside_are_fine():
    assert not floors_of(
        cli__x_h=['"base/a.h"', '"cli/y.h"'], cli__y_h=["<vector>"], base__a_h=[]
    )


def test_sideways_is_found():
    (problem,) = floors_of(store__x_h=['"program/a.h"'], program__a_h=[])
    assert "src/store/x.h:1" in problem and "sideways" in problem


def test_up_is_found():
    (problem,) = floors_of(base__x_h=["<map>", '"cli/a.h"'], cli__a_h=[])
    assert "src/base/x.h:2" in problem and "up" in problem


def test_a_folder_may_have_a_floor_of_its_own():
    assert not floors_of(tensor__loop__x_h=['"tensor/a.h"'], tensor__a_h=[])
    (problem,) = floors_of(tensor__x_h=['"tensor/loop/a.h"'], tensor__loop__a_h=[])
    assert "up" in problem


def test_a_folder_without_a_floor_is_found():
    (problem,) = floors_of(attic__x_h=[])
    assert "no floor" in problem


def test_a_path_that_is_not_below_src_is_found():
    (problem,) = floors_of(base__x_h=['"a.h"'], base__a_h=[])
    assert "no such file" in problem


def test_a_foreign_header_outside_its_owner_is_found():
    (problem,) = foreign_of(cli__x_cpp=["<sqlite3.h>"])
    assert "sqlite belongs to store" in problem


def test_a_foreign_type_seen_through_an_owners_header_is_found():
    (problem,) = foreign_of(
        program__ir_h=["<llvm/IR/Module.h>"],
        program__use_cpp=['"program/ir.h"'],
        cli__x_cpp=['"program/ir.h"'],
    )
    assert problem == "src/cli/x.cpp sees llvm through program/ir.h → <llvm/IR/Module.h>"


def test_what_may_leak_may_be_seen_but_not_included():
    (problem,) = foreign_of(
        base__json_h=["<nlohmann/json.hpp>"],
        cli__x_cpp=['"base/json.h"'],
        cli__y_cpp=["<nlohmann/json.hpp>"],
    )
    assert problem.startswith("src/cli/y.cpp:1")


def test_tests_may_include_their_framework():
    assert not foreign_of(cli__x_test_cpp=["<gtest/gtest.h>"])
    assert foreign_of(cli__x_cpp=["<gtest/gtest.h>"])


def test_an_unknown_library_is_found():
    (problem,) = foreign_of(cli__x_cpp=["<boost/any.hpp>", "<unistd.h>", "<vector>"])
    assert "boost" in problem and "name the owner" in problem


def test_an_embedded_program_reaches_nothing_of_ours():
    included = [('"', "abi.h", 1), ("<", "unistd.h", 2), ('"', "base/file.h", 3)]
    (problem,) = embedded_problems("x.c", included, {"abi.h"}, ["unistd.h"])
    assert "x.c:3" in problem
