# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes the polynomials of src/tensor/kernel/vector_math.cpp.

Prints near-minimax coefficients, lowest power first: weighted least squares on
Chebyshev points, the weights raised where the error is large (Lawson, 1961).
Needs NumPy.
"""

import math

import numpy


def fit(name, target, weight, low, high, degree, rounds=400):
    """Polynomial p of `degree` with weight * (p - target) small on [low, high]."""
    count = 600
    nodes = numpy.cos(numpy.pi * (numpy.arange(count) + 0.5) / count)
    x = (low + high) / 2 + (high - low) / 2 * nodes
    wanted = numpy.array([target(v) for v in x])
    scale = numpy.array([weight(v) for v in x])
    basis = numpy.polynomial.chebyshev.chebvander(nodes, degree)
    lawson = numpy.ones(count) / count
    for _ in range(rounds):
        root = numpy.sqrt(lawson) * scale
        solution = numpy.linalg.lstsq(
            basis * root[:, None], wanted * root, rcond=None
        )[0]
        error = numpy.abs((basis @ solution - wanted) * scale)
        lawson = lawson * (error + 1e-300)
        lawson /= lawson.sum()
    series = numpy.polynomial.Chebyshev(solution, [low, high])
    power = series.convert(kind=numpy.polynomial.Polynomial).coef
    print(f"// {name}: largest weighted error {error.max():.2g}")
    print(", ".join(f"{numpy.float32(c)!s}f" for c in power))


def log1p_rest(f):
    """(log(1 + f) - f + f^2 / 2) / f^3."""
    if abs(f) > 0.05:
        return (math.log1p(f) - f + f * f / 2) / f**3
    return sum((-1) ** (k + 1) / k * f ** (k - 3) for k in range(3, 22))


def tanh_rest(z):
    """(tanh(x) - x) / x^3 at z = x^2."""
    x = math.sqrt(z)
    if x > 0.05:
        return (math.tanh(x) - x) / x**3
    return -1 / 3 + 2 * z / 15 - 17 * z**2 / 315 + 62 * z**3 / 2835


def exp_rest(r):
    """(exp(r) - 1 - r) / r^2."""
    return sum(r**k / math.factorial(k + 2) for k in range(20))


def erf_over_x(z):
    """erf(x) / x - 1 at z = x^2."""
    x = math.sqrt(z)
    if x > 1e-4:
        return math.erf(x) / x - 1
    return 2 / math.sqrt(math.pi) * (1 - z / 3) - 1


half = math.log(2) / 2
fit("exp: q, e^r = 1 + r + r^2 q(r)", exp_rest, lambda r: r * r, -half, half, 4)
low, high = math.sqrt(0.5) - 1, math.sqrt(2) - 1
fit(
    "log: q, log(1 + f) = f - f^2 / 2 + f^3 q(f)",
    log1p_rest,
    lambda f: abs(f) ** 3 / max(abs(math.log1p(f)), 1e-9),
    low,
    high,
    8,
)
fit("tanh: q, x + x^3 q(x^2)", tanh_rest, lambda z: z, 0, 0.4, 5)
fit("erf: q, x + x q(x^2)", erf_over_x, lambda z: 1.0, 0, 0.9, 6)
fit(
    "erf: q, erf(x) = 1 - exp(q(x))",
    lambda x: math.log(math.erfc(x)),
    lambda x: math.erfc(x) / math.erf(x),
    0.9,
    4.0,
    8,
)
