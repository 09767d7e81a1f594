"""Chebyshev tables of special functions, at 40 digits by mpmath (pip install mpmath, 1.2 or newer).

    python3 tools/approximations/fit.py     writes packages/core/src/elementwise/special/*.table.ts

A table is the Chebyshev series c0 + c1 T1(t) + c2 T2(t) ... on [-1, 1]: interpolated in 96 nodes, cut where what follows adds up to less
than 2^-56 of the largest value. float32 takes fewer terms of the same table (chebyshev.ts), so there is one table for both.
"""
from pathlib import Path

from mpmath import airyai, besseli, besselj, besselk, bessely, cos, digamma, erfc, erfinv, exp, findroot, log, loggamma, mp, mpf, pi, polygamma, sqrt

mp.dps = 40
NODES = 96


def series(function, scale=2 ** -56):
    nodes = [cos(pi * (2 * k + 1) / (2 * NODES)) for k in range(NODES)]
    values = [function(t) for t in nodes]
    coefficients = [2 / mpf(NODES) * sum(v * cos(pi * j * (2 * k + 1) / (2 * NODES)) for k, v in enumerate(values)) for j in range(NODES)]
    coefficients[0] /= 2
    bound = max(abs(v) for v in values) * scale
    rest = mpf(0)
    while rest + abs(coefficients[-1]) < bound:
        rest += abs(coefficients.pop())
    return coefficients


def hankel(n):
    """(P, Q) with J_n(x) + i Y_n(x) = sqrt(2 / (pi x)) (P + i u Q) exp(i (x - n pi / 2 - pi / 4)), over u = 8 / x."""
    def parts(u):
        x = 8 / u
        return (besselj(n, x) + 1j * bessely(n, x)) / mp.expj(x - n * pi / 2 - pi / 4) * sqrt(pi * x / 2)
    return lambda u: parts(u).real, lambda u: parts(u).imag / u


def squared(function):
    """Of u^2 in (0, 1], with t = 2 u^2 - 1."""
    return lambda t: function(sqrt((t + 1) / 2))


P0, Q0 = hankel(0)
P1, Q1 = hankel(1)
near = lambda function, to: (lambda t: function(to * sqrt((t + 1) / 2)))
inverse = lambda function, frm: (lambda t: function(2 * frm / (t + 1)))  # x from `frm` on, t = 2 frm / x - 1


def airy_left(u):
    """Ai(-z) = (F sin(s) - G cos(s)) / (sqrt(pi) z^(1/4)), s = 2/3 z^(3/2) + pi/4, by way of Bi; u = (LEFT / z)^(3/2)."""
    z = LEFT / u ** (mpf(2) / 3)
    s = mpf(2) / 3 * z ** 1.5 + pi / 4
    a, b = airyai(-z) * sqrt(pi) * z ** 0.25, mp.airybi(-z) * sqrt(pi) * z ** 0.25
    return a * mp.sin(s) + b * mp.cos(s), b * mp.sin(s) - a * mp.cos(s)


LEFT, RIGHT = mpf(4), mpf(2)


def airy_right(u):
    z = RIGHT / u ** (mpf(2) / 3)
    return airyai(z) * 2 * sqrt(pi) * z ** 0.25 * exp(mpf(2) / 3 * z ** 1.5)


def erfcx(t):
    """t = (x - K) / (x + K)."""
    K = mpf(3.75)
    if t > 1 - mpf(10) ** -30: return mpf(2) / sqrt(pi)
    x = K * (1 + t) / (1 - t)
    if x > 1e4:
        z = 1 / (x * x)
        value = (1 - z / 2 + 3 * z ** 2 / 4 - 15 * z ** 3 / 8 + 105 * z ** 4 / 16 - 945 * z ** 5 / 32) / (x * sqrt(pi))
    else:
        value = exp(x * x) * erfc(x)
    return (1 + 2 * x) * value


def inverse_tail(s):
    """x with erfc(x) = exp(-s^2), over s."""
    q = exp(-s * s)
    x = s - log(s * sqrt(pi) + 1) / (2 * s) if s > 1 else mpf(0.5)
    for _ in range(60):
        e = erfc(x)
        f = log(e) + s * s
        step = f / (-2 / sqrt(pi) * exp(-x * x) / e)
        x -= step
        if abs(step) < mpf(10) ** -32: break
    return x / s


TAIL = (sqrt(log(mpf(2))), sqrt(mpf(745)))
K_TAIL = mpf(3)


def tail_of(t):
    lo, hi = [(s - K_TAIL) / (s + K_TAIL) for s in TAIL]
    u = (lo + hi) / 2 + t * (hi - lo) / 2
    return inverse_tail(K_TAIL * (1 + u) / (1 - u))


SINGLE = 2 ** -30  # where float64 improves on the value by a step of Newton's

files = {
    "bessel": ("Chebyshev series of Bessel functions, for bessel.ts and modified-bessel.ts: t runs over [-1, 1].", {
        "J0_NEAR": ("J0(x), t = x^2 / 32 - 1, 0 <= x <= 8", near(lambda x: besselj(0, x), 8)),
        "J1_NEAR": ("J1(x) / x, as above", near(lambda x: besselj(1, x) / x, 8)),
        "Y0_NEAR": ("Y0(x) - 2 / pi log(x) J0(x), as above", near(lambda x: bessely(0, x) - 2 / pi * log(x) * besselj(0, x), 8)),
        "Y1_NEAR": ("(Y1(x) - 2 / pi (log(x) J1(x) - 1 / x)) / x, as above", near(lambda x: (bessely(1, x) - 2 / pi * (log(x) * besselj(1, x) - 1 / x)) / x, 8)),
        "P0_FAR": ("J_n(x) + i Y_n(x) = sqrt(2 / (pi x)) (P + i 8 / x Q) exp(i (x - n pi / 2 - pi / 4)), t = 128 / x^2 - 1, x >= 8; n = 0", squared(P0)),
        "Q0_FAR": ("", squared(Q0)),
        "P1_FAR": ("n = 1", squared(P1)),
        "Q1_FAR": ("", squared(Q1)),
        "I0_SMALL": ("I0(x), t = x^2 / 2 - 1, 0 <= x <= 2", near(lambda x: besseli(0, x), 2)),
        "I1_SMALL": ("I1(x) / x, as above", near(lambda x: besseli(1, x) / x, 2)),
        "K0_SMALL": ("K0(x) + log(x) I0(x), as above", near(lambda x: besselk(0, x) + log(x) * besseli(0, x), 2)),
        "K1_SMALL": ("(K1(x) - log(x) I1(x) - 1 / x) / x, as above", near(lambda x: (besselk(1, x) - log(x) * besseli(1, x) - 1 / x) / x, 2)),
        "K0_FAR": ("sqrt(x) exp(x) K0(x), t = 4 / x - 1, x >= 2", inverse(lambda x: sqrt(x) * exp(x) * besselk(0, x), 2)),
        "K1_FAR": ("sqrt(x) exp(x) K1(x), as above", inverse(lambda x: sqrt(x) * exp(x) * besselk(1, x), 2)),
        "I0_NEAR": ("exp(-x) I0(x), t = x / 4 - 1, 0 <= x <= 8", lambda t: exp(-4 * (t + 1)) * besseli(0, 4 * (t + 1))),
        "I1_NEAR": ("exp(-x) I1(x) / x, as above", lambda t: exp(-4 * (t + 1)) * besseli(1, 4 * (t + 1)) / (4 * (t + 1))),
        "I0_FAR": ("sqrt(x) exp(-x) I0(x), t = 16 / x - 1, x >= 8", inverse(lambda x: sqrt(x) * exp(-x) * besseli(0, x), 8)),
        "I1_FAR": ("sqrt(x) exp(-x) I1(x), as above", inverse(lambda x: sqrt(x) * exp(-x) * besseli(1, x), 8)),
    }),
    "airy": ("Chebyshev series of Airy's function Ai, for airy.ts: t runs over [-1, 1].", {
        "MIDDLE": ("Ai(x), t = (x + 1) / 3, -4 <= x <= 2", lambda t: airyai((RIGHT - LEFT) / 2 + t * (RIGHT + LEFT) / 2)),
        "LEFT_F": ("Ai(-z) = (F sin(s) - u G cos(s)) / (sqrt(pi) z^(1/4)), s = 2/3 z^(3/2) + pi/4, u = (4 / z)^(3/2), t = 2 u^2 - 1, z >= 4", squared(lambda u: airy_left(u)[0])),
        "LEFT_G": ("", squared(lambda u: airy_left(u)[1] / u)),
        "RIGHT": ("2 sqrt(pi) x^(1/4) exp(2/3 x^(3/2)) Ai(x), t = 2 (2 / x)^(3/2) - 1, x >= 2", lambda t: airy_right((t + 1) / 2)),
    }),
    "error-function": ("Chebyshev series of the error function's complement and inverse, for error-function.ts: t runs over [-1, 1].", {
        "SCALED": ("(1 + 2 x) exp(x^2) erfc(x), t = (x - 3.75) / (x + 3.75), x >= 0", erfcx),
        "INVERSE_MIDDLE": ("erfinv(y) / y, t = 8 y^2 - 1, |y| <= 1/2", lambda t: erfinv(sqrt((t + 1) / 8)) / sqrt((t + 1) / 8)),
        "INVERSE_TAIL": ("x / s with erfc(x) = exp(-s^2), from s = sqrt(log(2)) to s = sqrt(745); t is linear in (s - 3) / (s + 3). For float32 alone: float64 takes a step of Halley's", tail_of, SINGLE),
    }),
}
ROOT = findroot(digamma, 1.4616)
from_two = lambda function: (lambda t: function(t + 2))
square_inverse = lambda function: (lambda t: function(3 / sqrt((t + 1) / 2)))


def lgamma_quotient(r):
    return loggamma(r) / ((r - 1) * (r - 2))


files["gamma"] = ("Chebyshev series of the gamma function's logarithm and its derivatives, for gamma.ts: t runs over [-1, 1].", {
    "LGAMMA_NEAR": ("lgamma(x) / ((x - 1) (x - 2)), t = x - 2, 1 <= x <= 3", from_two(lgamma_quotient)),
    "LGAMMA_FAR": ("x (lgamma(x) - (x - 1/2) log(x) + x - log(2 pi) / 2), t = 18 / x^2 - 1, x >= 3", square_inverse(lambda x: x * (loggamma(x) - (x - 0.5) * log(x) + x - log(2 * pi) / 2))),
    "DIGAMMA_NEAR": ("digamma(x) / (x - x0), where x0 is the zero, t = x - 2, 1 <= x <= 3", from_two(lambda x: digamma(x) / (x - ROOT))),
    "DIGAMMA_FAR": ("x^2 (log(x) - 1 / (2 x) - digamma(x)), t = 18 / x^2 - 1, x >= 3", square_inverse(lambda x: x * x * (log(x) - 0.5 / x - digamma(x)))),
    "TRIGAMMA_NEAR": ("trigamma(x), t = x - 2, 1 <= x <= 3", from_two(lambda x: polygamma(1, x))),
    "TRIGAMMA_FAR": ("x^3 (trigamma(x) - 1 / x - 1 / (2 x^2)), t = 18 / x^2 - 1, x >= 3", square_inverse(lambda x: x ** 3 * (polygamma(1, x) - 1 / x - 0.5 / x ** 2))),
})
HEAD = "Made by tools/approximations/fit.py; what follows the last coefficient adds up to less than 2^-56 of the largest value, unless it says otherwise. Lowest first; c0 counts whole."
print('the zero of digamma is', ROOT)
FOLDER = Path(__file__).parents[2] / "packages/core/src/elementwise/special"


def digits(c, largest):
    """As many digits as reach 2^-60 of the largest."""
    return repr(float(mp.nstr(c, max(2, 18 + int(mp.floor(mp.log10(abs(c) / largest)))))))


def printed(coefficients):
    largest = max(abs(c) for c in coefficients)
    return ", ".join(digits(c, largest) for c in coefficients)


for name, (purpose, rows) in files.items():
    lines = [f"/** @file {purpose} {HEAD} */"]
    for table, (what, function, *cut) in rows.items():
        if what != "": lines.append(f"/** {what}. */")
        lines.append(f"export const {table}: readonly number[] = [{printed(series(function, *cut))}];")
    (FOLDER / f"{name}.table.ts").write_text("\n".join(lines) + "\n")
    print(name, [len(series(f, *cut)) for _, f, *cut in rows.values()])
