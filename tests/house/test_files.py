# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every file says its licence, keeps to its size and leaves no loose ends."""

import re

from source_tree import (
    ROOT,
    embedded_folder,
    excused,
    files,
    files_under,
    report,
    settings,
    text,
)

LICENCE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
SOURCE = {".h", ".cpp", ".c", ".cc", ".def", ".inc", ".py", ".sh", ".cmake", ".toml"}
SOURCE |= {".rs", ".ll", ".test", ".proto", ".js", ".ts", ".css", ".html"}
SOURCE_NAMES = {"CMakeLists.txt", "requirements.txt", "check", "quickstart", "run"}
PROSE = {".md"}

# Loose ends. Written so that this file does not find itself.
LOOSE = [
    (re.compile(r"\bTO" + r"DO\b(?!\(#\d+\))"), "give it an issue: TO" + "DO(#12)"),
    (re.compile(r"\b(?:FIX" + r"ME|XX" + r"X|HA" + r"CK)\b"), "finish it"),
    (re.compile(r"\bfor " + r"now\b", re.I), "say what is true, and until when"),
    (
        re.compile(r"\b(?:place" + r"holder|dum" + r"my|ha" + r"ck|st" + r"ub)s?\b", re.I),
        "name the thing itself",
    ),
    (re.compile(r"(?<![\w.])/(?:ho" + r"me|ro" + r"ot|Us" + r"ers)/\w"), "a path of one machine"),
]


def is_source(path):
    if path.is_relative_to("tests/golden") and path.suffix in (".c", ".ll", ".test"):
        return True
    return path.suffix in SOURCE or path.name in SOURCE_NAMES


def sources():
    return [path for path in files() if is_source(path)]


def has_licence(body):
    return any(LICENCE in line for line in body.splitlines()[:2])


def loose_ends(body):
    for number, line in enumerate(body.splitlines(), 1):
        for pattern, advice in LOOSE:
            match = pattern.search(line)
            if match:
                yield number, match.group(0), advice


def test_every_source_names_its_licence():
    report(
        f"{path}: the first or second line must be: {LICENCE}"
        for path in sources()
        if not has_licence(text(path))
    )


def test_the_licence_is_whole():
    licence = text("LICENSE")
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert "---- LLVM Exceptions to the Apache 2.0 License ----" in licence


def test_no_loose_ends():
    allowed = settings()["words_allowed"]
    report(
        f"{path}:{number}: {word!r}: {advice}"
        for path in files()
        if (is_source(path) or path.suffix in PROSE) and not excused(path, allowed)
        for number, word, advice in loose_ends(text(path))
    )


def test_sources_are_short():
    limit, allowed = settings()["sizes"]["lines"], settings()["long_files"]
    report(
        f"{path}: {count} lines; split it, or give a reason in tools/house.toml"
        for path in sources()
        if not excused(path, allowed)
        and (count := len(text(path).splitlines())) > limit
    )


def test_files_are_small():
    limit = settings()["sizes"]["bytes"]
    report(
        f"{path}: {size} bytes, more than {limit}"
        for path in files()
        if (size := (ROOT / path).stat().st_size) > limit
    )


# --- Documents ----------------------------------------------------------------

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.M)
FENCED = re.compile(r"^(```+|~~~+).*?^\1`*\s*$", re.M | re.S)


def without_code(body):
    return re.sub(r"`[^`\n]*`", "", FENCED.sub("", body))


def anchors(body):
    """The names that links may use for a document's headings."""
    found, times = set(), {}
    for heading in HEADING.findall(FENCED.sub("", body)):
        plain = re.sub(r"[`*]|\[|\]\([^)]*\)", "", heading).lower()
        name = re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")
        again = times.get(name, 0)
        times[name] = again + 1
        found.add(f"{name}-{again}" if again else name)
    return found | set(re.findall(r'<a (?:name|id)="([^"]+)"', body))


def link_problems(path, body):
    for target in LINK.findall(without_code(body)):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue  # http:, mailto:
        name, _, anchor = target.partition("#")
        # Normalised by hand: a link may not leave the tree.
        other = (ROOT / path.parent / name).resolve() if name else ROOT / path
        if not other.is_relative_to(ROOT) or not other.exists():
            yield f"{path}: link to {target}: no such file"
        elif anchor and other.suffix == ".md":
            if anchor not in anchors(other.read_text(encoding="utf-8")):
                yield f"{path}: link to {target}: no such heading"


def test_links_resolve():
    report(p for path in files() if path.suffix == ".md" for p in link_problems(path, text(path)))


# --- The build knows every source ---------------------------------------------


def test_every_source_is_built():
    """A source that no CMakeLists.txt names is not compiled, a test not run."""
    problems = []
    for path in files_under("src", ".cpp", ".c"):
        folder, listed = path.parent, bool(embedded_folder(path))
        while folder.name and not listed:
            lists = folder / "CMakeLists.txt"
            if (ROOT / lists).is_file():
                name = re.escape(str(path.relative_to(folder)))
                listed = re.search(rf"(?<![\w/.-]){name}(?![\w/.-])", text(lists))
            folder = folder.parent
        if not listed:
            problems.append(f"{path}: no CMakeLists.txt names it")
    report(problems)


# --- The rules on made-up files -----------------------------------------------


def test_loose_ends_are_found():
    for bad in ("// TO" + "DO: later", "x = 1  # FIX" + "ME", "good for " + "now"):
        assert [*loose_ends(bad)], bad
    for good in ("// TO" + "DO(#12): later", "hackney", "a path: /usr/bin"):
        assert not [*loose_ends(good)], good


def test_exceptions_name_files_or_folders():
    assert excused("a/b.c", {"a/b.c": "why"}) and excused("a/b.c", {"a/": "why"})
    assert not excused("a/b.c", {"a": "why", "a/b": "why", "b/": "why"})


def test_a_missing_licence_is_found():
    assert has_licence(f"#!/bin/sh\n# {LICENCE}\n")
    assert not has_licence(f"\n\n# {LICENCE}\n")


def test_broken_links_are_found():
    path = files_under("docs", ".md")[0]
    assert not [*link_problems(path, f"[a]({path.name}) `[b](no.md)` [c](https://x/)")]
    for bad in ("[a](no.md)", f"[a]({path.name}#no-such-heading)", "[a](/etc/passwd)"):
        assert [*link_problems(path, bad)], bad


def test_headings_have_anchors():
    body = "# One `two`, three!\n\n```sh\n# no heading\n```\n## One two three\n"
    assert anchors(body) == {"one-two-three", "one-two-three-1"}
