"""Values of special functions at 80 digits by mpmath, rounded to float64, at arguments that float32 holds.

    python3 tools/approximations/values.py     writes packages/core/test/fixtures/special-values.json
"""
import json
import struct
from pathlib import Path

from mpmath import airyai, besseli, besselj, besselk, bessely, erfc, erfinv, exp, gammainc, inf, log, loggamma, mp, mpf, polygamma, sin, sqrt, zeta

mp.dps = 80  # values near 1 are taken from 1
single = lambda x: struct.unpack("f", struct.pack("f", x))[0]
line = [-20.5, -7.75, -4, -2.625, -1, -0.3, -1e-3, 1e-20, 0.01, 0.5, 1, 1.5, 1.999, 2, 2.001, 3, 3.7, 5, 7.999, 8.001, 12.5, 40, 300]
right = [x for x in line if x > 0] + [1e-6, 0.1]
left = [x + 1e-4 for x in line if x < 0]
shapes = [1e-3, 0.3, 1, 2.5, 4.9, 5.1, 12, 19.9, 20.1, 150]
pairs = [[a, a * r] for a in shapes for r in (0.05, 0.45, 0.9, 1, 1.1, 1.9, 6)]
hurwitz = [[x, q] for x in (1.1, 2, 3, 4.5, 20) for q in (0.01, 0.7, 1, 6, 40)] + [[n, q] for n in (2, 3, 6) for q in (-0.4, -3.25, -17.75)]


def left_zeta(x, q):
    """For a whole x and q < 0: the terms on the left of 0, and the rest."""
    total, q = mpf(0), mpf(q)
    while q < 0:
        total, q = total + q ** (-x), q + 1
    return total + zeta(x, q)


functions = {
    "besselJ0": (lambda x: besselj(0, x), line), "besselJ1": (lambda x: besselj(1, x), line), "besselY0": (lambda x: bessely(0, x), right), "besselY1": (lambda x: bessely(1, x), right),
    "i0": (lambda x: besseli(0, x), line[:-1]), "i1": (lambda x: besseli(1, x), line[:-1]), "i0e": (lambda x: besseli(0, x) * exp(-abs(x)), line), "i1e": (lambda x: besseli(1, x) * exp(-abs(x)), line),
    "modifiedBesselK0": (lambda x: besselk(0, x), right[:-3]), "modifiedBesselK1": (lambda x: besselk(1, x), right[:-3]),
    "scaledModifiedBesselK0": (lambda x: besselk(0, x) * exp(x), right), "scaledModifiedBesselK1": (lambda x: besselk(1, x) * exp(x), right),
    "sphericalBesselJ0": (lambda x: sin(x) / x, line), "airyAi": (airyai, line[:-2]),
    "erfc": (erfc, line[1:-3]), "erfcx": (lambda x: exp(x * x) * erfc(x), line[2:]), "erfinv": (erfinv, [-0.999, -0.75, -0.5, -0.1, 1e-10, 0.3, 0.501, 0.9, 1 - 2 ** -20]),
    "ndtr": (lambda x: erfc(-x / sqrt(2)) / 2, line[1:-2]), "ndtri": (lambda p: -sqrt(2) * erfinv(1 - 2 * p), [1e-30, 1e-6, 0.02, 0.24, 0.26, 0.5, 0.7, 0.99, 1 - 2 ** -20]), "logNdtr": (lambda x: log(erfc(-x / sqrt(2)) / 2), line[:-2]),
    "gammaln": (lambda x: loggamma(x).real, right + left), "digamma": (lambda x: polygamma(0, x), right[1:] + left), "trigamma": (lambda x: polygamma(1, x), right[1:] + left), "tetragamma": (lambda x: polygamma(2, x), right[1:] + left),
    "gammainc": (lambda a, x: gammainc(a, 0, x, regularized=True), pairs), "gammaincc": (lambda a, x: gammainc(a, x, inf, regularized=True), pairs),
    "zeta": (lambda x, q: zeta(x, q) if q > 0 else left_zeta(int(x), q), hurwitz),
}


def row(function, arguments):
    held = [single(x) for x in (arguments if isinstance(arguments, list) else [arguments])]
    return [*held, float(function(*map(mpf, held)))]


lines = [f' "{name}": {json.dumps([row(function, at) for at in places])}' for name, (function, places) in functions.items()]
(Path(__file__).parents[2] / "packages/core/test/fixtures/special-values.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
