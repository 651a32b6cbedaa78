# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The .def tables: sorted, unique, documented, and every entry tested."""

import re

import pytest
from source_tree import ROOT, excused, files, files_under, report, settings, text

ENTRY = re.compile(r"^\s*(HONE_\w+)\s*\(", re.M)
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
GOLDEN = (".test", ".c", ".ll", ".expected")


def without_comments(body):
    """Blanks comments, keeping line numbers and what stands in strings."""
    pattern = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.S)

    def blank(match):
        found = match.group(0)
        return found if found[0] == '"' else re.sub(r"[^\n]", " ", found)

    return pattern.sub(blank, body)


def entries(body):
    """The entries of a table: (macro, identifier, public name, line)."""
    body = without_comments(body)
    # Its own #define of a default macro or #undef is no entry.
    body = re.sub(
        r"^[ \t]*#.*?(?<!\\)$",
        lambda match: "\n" * match.group(0).count("\n"),
        body,
        flags=re.M | re.S,
    )
    starts = [*ENTRY.finditer(body)]
    for start, end in zip(starts, [*(s.start() for s in starts[1:]), len(body)]):
        arguments = body[start.end() : end]
        string = STRING.search(arguments)
        yield (
            start.group(1),
            arguments.split(",", 1)[0].strip(),
            string.group(1) if string else None,
            body.count("\n", 0, start.start(1)) + 1,
        )


def order_problems(path, body):
    """Each macro's entries are sorted by public name, and every name is unique."""
    last, names, identifiers = {}, {}, {}
    for macro, identifier, name, line in entries(body):
        where = f"{path}:{line}"
        if name is None:
            yield f"{where}: no public name"
            continue
        if name < last.get(macro, ""):
            yield f"{where}: {name!r} must stand before {last[macro]!r}"
        last[macro] = name
        for table, key in (names, name), (identifiers, identifier):
            if key in table:
                yield f"{where}: {key!r} stands already in line {table[key]}"
            table[key] = line


def is_tested(identifier, name, sources, goldens):
    quoted, scoped = f'"{name}"', re.compile(rf"::{re.escape(identifier)}\b")
    if any(quoted in source or scoped.search(source) for source in sources):
        return True
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    return any(word.search(golden) for golden in goldens)


def coverage_problems(table, body, sources, goldens):
    for _, identifier, name, line in entries(body):
        if name is not None and not is_tested(identifier, name, sources, goldens):
            yield f"{table}:{line}: no test names {name!r}"


# --- The tree itself ---------------------------------------------------------


def tables():
    ordered = settings()["ordered"]
    return [path for path in files_under("src", ".def") if not excused(path, ordered)]


def registries():
    return settings()["registry"]


def test_tables_are_sorted_and_unique():
    report(p for path in tables() for p in order_problems(path, text(path)))


def test_every_table_is_listed():
    listed = {registry["table"] for registry in registries()}
    found = {str(path) for path in tables()}
    report(
        [f"{path}: list it in tools/house.toml" for path in sorted(found - listed)]
        + [f"tools/house.toml: no such table: {path}" for path in listed - found]
    )


def docs_problems(registry):
    table, docs = registry["table"], registry["docs"]
    if not (ROOT / docs).is_file():
        yield f"{table}: {docs} does not exist"
        return
    for _, _, name, line in entries(text(table)):
        if name is not None and f"`{name}`" not in text(docs):
            yield f"{table}:{line}: {docs} has no `{name}`"


def test_every_entry_is_documented():
    report(p for registry in registries() for p in docs_problems(registry))


def test_every_entry_is_tested():
    sources = [text(p) for p in files() if p.name.endswith("_test.cpp")]
    sources += [text(p) for p in files_under("tests/python", ".py")]
    goldens = [text(p) for p in files_under("tests/golden", *GOLDEN)]
    problems = []
    for registry in registries():
        table, walker = registry["table"], registry.get("walked_by")
        if walker is None:
            problems += coverage_problems(table, text(table), sources, goldens)
        elif not (ROOT / walker).is_file():
            problems.append(f"{table}: {walker}, which walks it, does not exist")
        elif f'#include "{table.removeprefix("src/")}"' not in text(walker):
            problems.append(f"{table}: {walker} does not include it")
    if problems and not (ROOT / "src/cli").is_dir():
        pytest.skip(f"{len(problems)} entries wait for the command's tests")
    report(problems)


# --- The rules on made-up tables ---------------------------------------------

TABLE = """
// HONE_SEARCH(Identifier, "name", "A comment is no entry.")
HONE_SEARCH(Beam, "beam", "Keeps the best, (really) \\"best\\".")
HONE_SEARCH(Greedy,
            "greedy", "Takes a step.")
"""


def test_entries_are_read():
    assert [*entries(TABLE)] == [
        ("HONE_SEARCH", "Beam", "beam", 3),
        ("HONE_SEARCH", "Greedy", "greedy", 4),
    ]


def test_disorder_is_found():
    (problem,) = order_problems("x.def", TABLE + 'HONE_SEARCH(Away, "away", "")\n')
    assert "'away' must stand before 'greedy'" in problem


def test_a_double_is_found():
    (problem,) = order_problems("x.def", TABLE + 'HONE_SEARCH(Other, "greedy", "")\n')
    assert "stands already in line 4" in problem


def test_macros_are_sorted_apart():
    assert not [*order_problems("x.def", TABLE + 'HONE_OTHER(Away, "away", "")\n')]


def test_tested_entries_are_recognised():
    assert not [
        *coverage_problems("x.def", TABLE, ["Search::Beam;"], ["RUN: hone --search=greedy"])
    ]
    (problem,) = coverage_problems("x.def", TABLE, ['"beam"'], ["greedy-ish"])
    assert "x.def:4" in problem
