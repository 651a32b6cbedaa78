#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes docs/reference/attributes.md and knobs.md from the tables of src/program."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLES = ROOT / "src/program"
DOCS = ROOT / "docs/reference"
WORD, STRING = r"(\w+)", r'"([^"]*)"'


def entries(table, macro, *fields):
    pattern = rf"^{macro}\({', '.join((WORD, *fields))}\)"
    return [
        entry[1:]
        for entry in re.findall(pattern, (TABLES / table).read_text(), re.M)
    ]


def page(title, table, words, header, rows):
    rule = "|".join("---" for _ in header)
    lines = [f"# {title}", "", f"Made by `tools/document_tables.py` from `{table}`. Do not edit."]
    lines += ["", words, "", f"| {' | '.join(header)} |", f"|{rule}|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def attributes():
    rows = entries("attributes.def", "HONE_ATTRIBUTE", STRING, WORD, STRING, STRING)
    return page(
        "Attributes of functions",
        "src/program/attributes.def",
        "Settings of one name exclude each other. When each is safe:\n"
        "`src/program/attribute_rules.h`.",
        ["setting", "tier", "sets", "what it does"],
        [[f"`{n}`", tier.lower(), f"`{sets}`", what] for n, tier, sets, what in rows],
    )


def values_text(values):
    shown = []
    for value in values.split("|"):
        name = value.lstrip("?") or "(no value)"
        shown.append(f"{name} (experimental)" if value.startswith("?") else name)
    return ", ".join(shown)


def knobs():
    fields = [STRING, STRING, STRING, WORD, WORD, WORD, STRING, STRING]
    rows = entries("knobs.def", "HONE_KNOB", *fields)
    return page(
        "Knobs",
        "src/program/knobs.def",
        "The rules, which say when a knob is safe, are those of\n"
        "`src/program/knob_rules.h`; what the effects were measured on stands in the\n"
        "table's first comment.",
        ["knob", "option", "values", "stage", "tier", "rule", "effect, %", "what it does"],
        [
            [f"`{name}`", f"`{option}`", values_text(values), stage.lower()]
            + [tier.lower(), rule, effect, what]
            for name, option, values, stage, tier, rule, effect, what in rows
        ],
    )


def main():
    (DOCS / "attributes.md").write_text(attributes())
    (DOCS / "knobs.md").write_text(knobs())


if __name__ == "__main__":
    main()
