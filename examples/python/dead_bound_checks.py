#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Removes dead bound checks from a tiled loop, with the prover.

A compiler that tiles `for i in 0 … n` by 8 guards every access, because the last tile may be
partial. Inside full tiles the guard is dead; in the last one it says how far to go:

    for o in [0, (n + 7) / 8)               for o in [0, n / 8)
      for i in [0, 8)                         for i in [0, 8)
        if o * 8 + i < n: …       becomes       …
                                            for i in [0, n - n / 8 * 8)
                                              …

The prover finds where to split the outer loop (solve), shows that the check is dead before (prove),
and how many iterations the rest has (solve, simplify).
"""

import argparse

import hone


def split(tile: int) -> list[str]:
    """The loops after the split, one line each."""
    check = f"o * {tile} + i < n"
    context = hone.Context("n >= 0", f"o in [0, (n + {tile - 1}) / {tile})")

    # For which tiles does the check hold up to the last element?
    full = context.solve(f"o * {tile} + {tile - 1} < n", "o")
    assert full.kind == "exact" and len(full.cells) == 1
    last = full.cells[0].high
    lines = [f"for o in [0, {context.simplify(f'{last} + 1')})", f"  for i in [0, {tile})"]

    with context.assuming(full.formula, f"i in [0, {tile})"):
        judgement = context.prove(check, proof=True)
        assert judgement.answer == "true" and hone.replay_proofs(judgement.proof) == 1
        lines.append("    a[…]")  # no check is left
        lines.append("")

    # What remains is one tile, in which the check bounds the inner loop.
    remainder = hone.Context("n >= 0", f"o == n / {tile}", f"i in [0, {tile})")
    rest = remainder.solve(check, "i")
    assert rest.kind == "exact" and len(rest.cells) == 1
    high = hone.simplify(f"let o = n / {tile} in {rest.cells[0].high} + 1")
    lines += [f"for i in [0, {high})", "  a[…]"]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tile", type=int, default=8)
    print("\n".join(split(parser.parse_args().tile)))


if __name__ == "__main__":
    main()
