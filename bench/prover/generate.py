#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes bench/prover/index_expressions.csv: questions that loops over tensors ask.

    bench/prover/generate.py --z3 Z3_PEER [--rows 60] [--seed 1] > index_expressions.csv

Each template is one kind of index arithmetic (tiles, tails, padding, windows, strides, gathers, …) with random
sizes; some rows are off by one on purpose. Templates, not rows, are split: `train` is what the prover may be tuned
on, `held` is scored only. The column z3 holds the verdict of bench/peers/z3, `bounds` marks an Int whose ends are
asked for. Terms are in the prefix form, assumptions separated by semicolons.
"""

import argparse
import csv
import random
import subprocess
import sys
import zlib


def op(name, *args):
    return "( " + " ".join([name, *map(str, args)]) + " )"


def binary(name):
    return lambda a, b: op(name, a, b)


add, sub, mul, div, mod = map(binary, "+-*/%")
least, most = binary("min"), binary("max")
lt, le, gt, ge, eq, ne = map(binary, ["<", "<=", ">", ">=", "==", "!="])
both, either = binary("&&"), binary("||")


def select(c, a, b):
    return op("select", c, a, b)


def conjunction(*terms):
    text = terms[0]
    for term in terms[1:]:
        text = both(text, term)
    return text


class Row:
    """One question under construction."""

    def __init__(self, rng):
        self.rng = rng
        self.facts = []

    def pick(self, *values):
        return self.rng.choice(values)

    def size(self, low=2, high=512):
        """Sizes as networks have them: powers of two, multiples of them, odd ones."""
        kind = self.rng.randrange(4)
        if kind == 0:
            return 1 << self.rng.randrange(1, 10)
        if kind == 1:
            return self.pick(7, 14, 28, 56, 112, 224, 3, 27, 75, 768, 1000)
        return self.rng.randrange(low, high)

    def tile(self):
        return self.pick(2, 3, 4, 8, 8, 16, 16, 32, 64, 6, 12)

    def loop(self, name, extent):
        self.facts += [ge(name, 0), lt(name, extent) if isinstance(extent, str) else le(name, extent - 1)]
        return name

    def extent(self, name, low=1, divisor=None, high=None):
        """A size known at run time only."""
        self.facts.append(ge(name, low))
        if high:
            self.facts.append(le(name, high))
        if divisor:
            self.facts.append(eq(mod(name, divisor), 0))
        return name

    def off(self):
        """Mostly 0; sometimes an error by a little."""
        return self.pick(0, 0, 0, 0, 1, -1)


TEMPLATES = {}


def template(function):
    TEMPLATES[function.__name__] = function
    return function


@template
def tile_inside(r):
    n, t = r.size(), r.tile()
    o, i = r.loop("o", -(-n // t)), r.loop("i", t)
    index = add(mul(o, t), i)
    return r.pick(lt(index, n + r.off()), ge(index, r.off()), lt(least(index, n - 1), n),
                  le(index, -(-n // t) * t - 1 + r.off()))


@template
def tile_recompose(r):
    n, t = r.size(), r.tile()
    x = r.loop("x", n)
    return r.pick(eq(add(mul(div(x, t), t), mod(x, t)), add(x, r.off())), le(mul(div(x, t), t), x),
                  lt(sub(x, mul(div(x, t), t)), t + r.off()), lt(div(x, t), -(-n // t) + r.off()))


@template
def tile_nested(r):
    a, b = r.tile(), r.tile()
    x = r.loop("x", r.extent("n"))
    return r.pick(eq(div(div(x, a), b), div(x, a * b + r.off())),
                  eq(div(mod(x, a * b), a), mod(div(x, a), b + r.off())),
                  le(add(mul(div(x, a * b), a * b), mul(mod(div(x, a), b), a)), add(x, r.off())))


@template
def tail_guard(r):
    t = r.tile()
    n = r.extent("n", 1)
    o = r.loop("o", div(add(n, t - 1), t))
    i = r.loop("i", t)
    rest = sub(n, mul(o, t))
    return r.pick(ge(least(t, rest), 1 - r.off()), le(least(t, rest), t),
                  op("||", ge(i, least(t, rest)), lt(add(mul(o, t), i), add(n, r.off()))),
                  lt(add(least(mul(o, t), sub(n, 1)), 0), n))


@template
def tail_shift(r):
    t = r.tile()
    n = r.extent("n", t)
    o = r.loop("o", div(add(n, t - 1), t))
    i = r.loop("i", t)
    index = add(least(mul(o, t), sub(n, t)), i)
    return r.pick(lt(index, add(n, r.off())), ge(index, r.off()), le(index, add(mul(o, t), i)))


@template
def exact_tiles(r):
    t = r.tile()
    n = r.extent("n", t, t)
    o, i = r.loop("o", div(n, t)), r.loop("i", t)
    return r.pick(lt(add(mul(o, t), i), add(n, r.off())), eq(mul(div(n, t), t), add(n, r.off())),
                  eq(mod(add(n, mul(o, t)), t), 0), eq(least(t, sub(n, mul(o, t))), t + r.off()),
                  eq(div(add(n, t - 1), t), div(n, t)))


@template
def padding(r):
    n, p = r.size(4), r.pick(1, 2, 3, 5)
    x = r.loop("x", n + 2 * p)
    clamped = most(0, least(sub(x, p), n - 1))
    inside = both(ge(sub(x, p), 0), lt(sub(x, p), n))
    return r.pick(both(ge(clamped, 0), lt(clamped, n + r.off())), op("||", op("!", inside), eq(clamped, sub(x, p))),
                  le(select(inside, sub(x, p), 0), n - 1 + r.off()), lt(sub(x, p), n + p + r.off()))


@template
def reflection(r):
    n = r.size(8)
    p = r.pick(1, 2, 3)
    x = r.loop("x", n + 2 * p)
    s = sub(x, p)
    a = select(lt(s, 0), sub(0, s), s)
    b = select(ge(a, n), sub(2 * n - 2, a), a)
    return r.pick(both(ge(b, 0), lt(b, n + r.off())), ge(a, r.off()), le(b, a))


@template
def convolution(r):
    k, s, p, d = r.pick(1, 3, 5, 7), r.pick(1, 2), r.pick(0, 1, 2, 3), r.pick(1, 1, 2)
    h = r.size(16) + k * d
    out = (h + 2 * p - d * (k - 1) - 1) // s + 1
    y, j = r.loop("y", out), r.loop("j", k)
    index = sub(add(mul(y, s), mul(j, d)), p)
    return r.pick(lt(index, h + p + r.off()), ge(index, -p + r.off()), lt(add(index, p), h + 2 * p + r.off()),
                  both(ge(index, 0), lt(index, h)))


@template
def pooling_window(r):
    k, s = r.pick(2, 3, 4), r.pick(1, 2, 3)
    p = r.rng.randrange(0, k)
    h = r.size(8) + k
    y = r.loop("y", (h + 2 * p - k) // s + 1)
    begin = most(sub(mul(y, s), p), 0)
    end = least(add(sub(mul(y, s), p), k), h)
    return r.pick(gt(end, begin), le(sub(end, begin), k + r.off()), ge(sub(end, begin), r.pick(1, k - p)),
                  lt(begin, h), le(end, h + r.off()))


@template
def flatten(r):
    c, w = r.size(2, 64), r.size(2, 64)
    i = r.loop("i", r.extent("n"))
    j, k = r.loop("j", c), r.loop("k", w)
    index = add(mul(add(mul(i, c), j), w), k)
    return r.pick(eq(mod(div(index, w), c), add(j, r.off())), eq(div(index, c * w), add(i, r.off())),
                  eq(mod(index, w), k), eq(mod(index, c * w), add(mul(j, w), k)), lt(index, mul("n", c * w)))


@template
def fuse(r):
    a, b = r.size(2, 64), r.size(2, 64)
    f = r.loop("f", a * b)
    return r.pick(lt(div(f, b), a + r.off()), lt(mod(f, b), b + r.off()),
                  eq(add(mul(div(f, b), b), mod(f, b)), f), lt(add(mul(mod(f, b), a), div(f, b)), a * b + r.off()))


@template
def vector_alignment(r):
    v = r.pick(4, 8, 16)
    n = r.extent("n", 0, r.pick(v, 2 * v, v // 2))
    o = r.loop("o", r.extent("m"))
    return r.pick(eq(mod(add(mul(o, v), n), v), r.off()), eq(mod(add(n, mul(o, v * 3)), v // 2), 0),
                  eq(mul(div(n, v), v), n), eq(mod(mul(add(o, 1), n), v // 2), 0))


@template
def round_up(r):
    t = r.tile()
    n = r.extent("n", 0)
    up = mul(div(add(n, t - 1), t), t)
    return r.pick(ge(up, add(n, r.off())), lt(sub(up, n), t + r.off()), eq(mod(up, t), 0),
                  eq(div(up, t), div(add(n, t - 1 + r.off()), t)), le(div(n, t), div(up, t)))


@template
def strided_slice(r):
    s = r.pick(1, 2, 3, 4, 5)
    b, n = r.rng.randrange(0, 8), r.size(16)
    e = n - r.rng.randrange(0, 4)
    count = max(1, -(-(e - b) // s))
    i = r.loop("i", count)
    index = add(b, mul(i, s))
    return r.pick(lt(index, e + r.off()), ge(index, b + r.off()), eq(div(sub(index, b), s), i), lt(index, n))


@template
def symbolic_slice(r):
    s = r.pick(2, 3, 4)
    b = r.extent("b", 0)
    e = "e"
    r.facts.append(gt(e, b))
    i = r.loop("i", div(add(sub(e, b), s - 1), s))
    return r.pick(lt(add(b, mul(i, s)), add(e, r.off())), ge(add(b, mul(i, s)), add(b, r.off())),
                  lt(i, add(sub(e, b), r.off())))


@template
def broadcast(r):
    n = r.extent("n", 1)
    i = r.loop("i", n)
    d = r.extent("d", 1)
    r.facts.append(either(eq(d, 1), eq(d, n)))
    index = select(eq(d, 1), 0, i)
    return r.pick(lt(index, add(d, r.off())), ge(index, r.off()), le(index, i), lt(mod(i, d), d))


@template
def reversal(r):
    n = r.pick(r.size(), r.extent("n", 1))
    i = r.loop("i", n)
    back = sub(sub(n, 1), i)
    return r.pick(ge(back, r.off()), lt(back, add(n, r.off())), eq(sub(sub(n, 1), back), i), eq(back, i))


@template
def concatenation(r):
    a, b = r.size(), r.size()
    i = r.loop("i", a + b)
    c = lt(i, a)
    return r.pick(ge(select(c, i, sub(i, a)), r.off()), lt(select(c, i, sub(i, a)), max(a, b) + r.off()),
                  lt(select(c, 0, sub(i, a)), b + r.off()), eq(add(select(c, 0, a), select(c, i, sub(i, a))), i))


@template
def transposed_convolution(r):
    s, k, p = r.pick(2, 3, 4), r.pick(3, 4, 5), r.pick(0, 1, 2)
    h = r.size(4, 64)
    y, j = r.loop("y", (h - 1) * s - 2 * p + k), r.loop("j", k)
    at = sub(add(y, p), j)
    valid = conjunction(eq(mod(at, s), 0), ge(at, 0), lt(at, h * s))
    return r.pick(op("||", op("!", valid), lt(div(at, s), h + r.off())),
                  op("||", op("!", valid), eq(mul(div(at, s), s), at)), ge(div(at, s), -(-(k - 1) // s) + r.off()))


@template
def double_buffer(r):
    t = r.tile()
    i, j = r.loop("i", r.extent("n")), r.loop("j", t)
    slot = add(mul(mod(i, 2), t), j)
    other = add(mul(mod(add(i, 1), 2), t), j)
    return r.pick(lt(slot, 2 * t + r.off()), ne(slot, other), eq(add(slot, other), add(t, mul(2, j))),
                  ge(most(slot, other), t + r.off()))


@template
def skewed(r):
    n, m = r.size(2, 64), r.size(2, 64)
    w = r.loop("w", n + m - 1)
    low, high = most(0, sub(w, m - 1)), least(w, n - 1)
    i = "i"
    r.facts += [ge(i, low), le(i, high)]
    return r.pick(both(ge(sub(w, i), 0), lt(sub(w, i), m + r.off())), lt(i, n + r.off()), le(low, high),
                  le(sub(high, low), min(n, m) - 1 + r.off()))


@template
def monotone_tiles(r):
    t = r.tile()
    r.facts.append(le("a", "b"))
    return r.pick(le(div(add("a", t - 1), t), div(add("b", t - 1 + r.off()), t)),
                  le(mul(div("a", t), t), add("b", r.off())), le(div("a", t), div(add("b", 1), t)),
                  lt(div("a", t), div(add("b", t), t)))


@template
def clamps(r):
    n = r.size()
    c = most(0, least("x", n))
    return r.pick(eq(most(0, least(c, n + r.off())), c), le(c, n + r.off()), eq(least(most("x", 0), n), c),
                  op("||", lt("x", 0), ge("x", c)), le(least(c, "x"), "x"))


@template
def ring_buffer(r):
    n = r.pick(3, 4, 5, 8, 16)
    i, k = r.loop("i", r.extent("m")), r.loop("k", n)
    return r.pick(lt(mod(add(i, k), n), n + r.off()), eq(mod(add(mod(i, n), n), n), mod(i, n)),
                  eq(mod(add(mod(i, n), k), n), mod(add(i, k), n)), ne(mod(i, n), mod(add(i, r.pick(1, n)), n)))


@template
def depth_to_space(r):
    b, c = r.pick(2, 3, 4), r.pick(3, 4, 8)
    h = r.size(2, 32)
    y, x, k = r.loop("y", h * b), r.loop("x", h * b), r.loop("k", c)
    channel = add(mul(add(mul(mod(y, b), b), mod(x, b)), c), k)
    return r.pick(lt(channel, b * b * c + r.off()), eq(mod(channel, c), add(k, r.off())),
                  lt(div(y, b), h + r.off()), eq(div(channel, b * c), mod(y, b)))


@template
def resize(r):
    h, o = r.size(2, 128), r.size(2, 128)
    y = r.loop("y", o)
    at = div(mul(y, h), o)
    return r.pick(lt(at, h + r.off()), ge(at, r.off()), lt(least(add(at, 1), h - 1), h),
                  le(sub(div(mul(add(y, 1), h), o), at), h // o + 1 + r.off()))


@template
def groups(r):
    g, c = r.pick(2, 4, 8), r.pick(2, 4, 16, 24)
    k = r.loop("k", g * c)
    j = r.loop("j", c)
    index = add(mul(div(k, c), c), j)
    return r.pick(lt(index, g * c + r.off()), eq(div(index, c), div(k, c)), le(index, add(k, c - 1 + r.off())),
                  eq(add(mul(div(k, c), c), mod(k, c)), k))


@template
def gather(r):
    v, w = r.size(4), r.pick(16, 32, 64)
    g = "g"
    r.facts += [ge(g, -v), le(g, v - 1)]
    j = r.loop("j", w)
    row = select(lt(g, 0), add(g, v), g)
    index = add(mul(row, w), j)
    return r.pick(both(ge(index, 0), lt(index, v * w + r.off())), eq(div(index, w), add(row, r.off())),
                  eq(mod(index, w), j), lt(row, v), eq(row, mod(g, v)))


@template
def packed_panels(r):
    m, k = r.pick(6, 8, 16), r.size(8, 256)
    i, j = r.loop("i", r.extent("n", 1)), r.loop("j", k)
    panel = add(mul(div(i, m), m * k), add(mul(j, m), mod(i, m)))
    return r.pick(eq(div(panel, m * k), div(i, m)), eq(mod(panel, m), mod(i, m)),
                  lt(panel, mul(mul(div(add("n", m - 1), m), m), k + r.off())), ge(panel, j))


@template
def guarded_loads(r):
    t, n = r.tile(), r.size(8)
    o, i = r.loop("o", -(-n // t)), r.loop("i", t)
    index = add(mul(o, t), i)
    last = mul(div(n - 1, t), t)
    return r.pick(either(lt(index, n), ge(index, last)), eq(lt(index, n), lt(i, sub(n, mul(o, t)))),
                  either(lt(o, n // t), eq(o, n // t + r.off())), eq(lt(o, n // t), le(index, n // t * t - 1)))


@template
def two_level_tiles(r):
    a, b = r.pick(2, 3, 4), r.pick(4, 8, 16)
    n = r.extent("n", 1, a * b)
    x, y, z = r.loop("x", div(n, a * b)), r.loop("y", a), r.loop("z", b)
    index = add(mul(x, a * b), add(mul(y, b), z))
    return r.pick(lt(index, add(n, r.off())), eq(div(index, b), add(mul(x, a), y)), eq(mod(index, b), z),
                  eq(mod(div(index, b), a), add(y, r.off())), le(add(index, b), add(n, r.pick(b - 1, 0))))


BOUNDED = {"tile_inside", "tile_recompose", "padding", "convolution", "pooling_window", "fuse", "strided_slice",
           "reflection", "concatenation", "transposed_convolution", "double_buffer", "resize", "groups", "gather",
           "depth_to_space", "clamps", "skewed", "guarded_loads"}


def first_operand(text):
    """The left side of a comparison, where it is a number and more than a name; else None."""
    words = text.split()
    if words[1] not in ("<", "<=", ">", ">=", "=="):
        return None
    depth, at = 0, 2
    while True:
        depth += {"(": 1, ")": -1}.get(words[at], 0)
        at += 1
        if depth == 0:
            break
    is_number = words[3] not in ("<", "<=", ">", ">=", "==", "!=", "&&", "||", "!")
    return " ".join(words[2:at]) if at > 3 and is_number else None


def is_held(name):
    return zlib.crc32(name.encode()) % 5 < 2


def verdicts(peer, rows):
    lines = "".join("\t".join([*facts, goal]) + "\n" for facts, goal in rows)
    answer = subprocess.run([peer], input=lines, capture_output=True, text=True, check=True)
    return [line.split()[0] for line in answer.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--z3", required=True, help="the program of bench/peers/z3")
    parser.add_argument("--rows", type=int, default=50, help="questions for each template")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows = []
    for name, make in TEMPLATES.items():
        rng = random.Random(f"{options.seed} {name}")
        seen = set()
        for _ in range(options.rows * 10):
            if len(seen) == options.rows:
                break
            row = Row(rng)
            goal = make(row)
            key = (tuple(row.facts), goal)
            if key in seen:
                continue
            seen.add(key)
            rows.append((name, "prove", row.facts, goal))
            left = first_operand(goal)
            if name in BOUNDED and left and rng.randrange(4) == 0:
                rows.append((name, "bounds", row.facts, left))
    proved = [(facts, goal) for _, kind, facts, goal in rows if kind == "prove"]
    labels = iter(verdicts(options.z3, proved))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["template", "split", "kind", "z3", "assumptions", "expr"])
    for name, kind, facts, term in rows:
        label = next(labels) if kind == "prove" else ""
        out.writerow([name, "held" if is_held(name) else "train", kind, label, ";".join(facts), term])


if __name__ == "__main__":
    main()
