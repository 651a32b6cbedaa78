#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""TVM's analyzer as a peer of bench/prover: rows from stdin, an answer with two times a row (prover_peer.h).

Its simplifier decides; assumptions are constraints. Divisors that are no positive number are not TVM's (its floor
division is another one there), and are open. The time from a term is that of the analyzer alone, a call from Python
included.
"""

import contextlib
import sys
import time

from tvm import sym, tirx
from tvm.tirx import FloorDiv, FloorMod, IntImm

TRUTHS = {"<", "<=", ">", ">=", "==", "!=", "&&", "||", "!", "true", "false"}
INTS = {"+": tirx.Add, "-": tirx.Sub, "*": tirx.Mul, "min": tirx.Min, "max": tirx.Max,
        "<": tirx.LT, "<=": tirx.LE, ">": tirx.GT, ">=": tirx.GE, "==": tirx.EQ, "!=": tirx.NE}


class Beyond(Exception):
    """A term that TVM gives another meaning to."""


def is_number(word):
    return word.lstrip("-").isdigit()


class Row:
    def __init__(self, line):
        self.variables = {}
        *self.assumptions, self.goal = [self.truth(iter(field.split())) for field in line.split("\t")]

    def truth(self, words):
        term, is_truth = self.term(words, next(words))
        return term if is_truth else tirx.NE(term, IntImm("int64", 0))

    def term(self, words, word):
        """A term, and whether it is a truth value."""
        if word != "(":
            if word in TRUTHS:
                return IntImm("bool", word == "true"), True
            if is_number(word):
                return IntImm("int64", int(word)), False
            return self.variables.setdefault(word, tirx.Var(word, "int64")), False
        op = next(words)
        args = []
        while (word := next(words)) != ")":
            args.append(self.term(words, word))
        if op in ("&&", "||", "!"):
            sides = [a if is_truth else tirx.NE(a, IntImm("int64", 0)) for a, is_truth in args]
            return {"&&": tirx.And, "||": tirx.Or, "!": tirx.Not}[op](*sides), True
        if op == "select":
            (p, is_truth), *values = args
            p = p if is_truth else tirx.NE(p, IntImm("int64", 0))
            return tirx.Select(p, *map(self.integer, values)), False
        a, b = map(self.integer, args)
        if op in ("/", "%"):
            if not isinstance(b, IntImm) or int(b) <= 0:
                raise Beyond
            return (FloorDiv if op == "/" else FloorMod)(a, b), False
        return INTS[op](a, b), op in TRUTHS

    @staticmethod
    def integer(given):
        term, is_truth = given
        return tirx.Select(term, IntImm("int64", 1), IntImm("int64", 0)) if is_truth else term


def decide(row):
    analyzer = sym.Analyzer()
    with contextlib.ExitStack() as known:
        for assumption in row.assumptions:
            known.enter_context(analyzer.constraint_scope(assumption))
        small = analyzer.simplify(row.goal)
    if isinstance(small, IntImm):
        return "true" if int(small) else "false"
    return "open"


def main():
    for line in sys.stdin.read().splitlines():
        begin = time.thread_time_ns()
        try:
            row = Row(line)
            built = time.thread_time_ns()
            answer = decide(row)
        except Beyond:
            built, answer = time.thread_time_ns(), "open"
        end = time.thread_time_ns()
        print(answer, f"{(end - begin) / 1e3:.3f} {(end - built) / 1e3:.3f}")


if __name__ == "__main__":
    main()
