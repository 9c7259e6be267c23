"""Made-up campaigns, and what the detector works out written as slowly and plainly as its formulas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from measures.signals import scan
from measures.signals.detector import Family
from measures.signals.scale import Kind


def noise(rng: np.random.Generator, sites: int, periods: int, rho: float = 0.0) -> np.ndarray:
    """Normal noise of variance 1, each cell rho of the one before it; (sites, periods)."""
    out = rng.normal(size=(sites, periods))
    for t in range(1, periods):
        out[:, t] = rho * out[:, t - 1] + np.sqrt(1 - rho * rho) * out[:, t]
    return out


def family(
    seed: int,
    *,
    sites: int = 16,
    start: int = 12,
    after: int = 18,
    changed: int = 3,
    step: float = 3.0,
    rho: float = 0.2,
    missing: float = 0.1,
    kind: Kind = Kind.VALUE,
    **more,
) -> Family:
    """The first ``changed`` sites take a step of so many standard deviations in the fifth period after the start."""
    rng = np.random.default_rng(seed)
    y = noise(rng, sites, start + after, rho)
    y[:changed, start + 4 :] += step
    gone = rng.random(y.shape) < missing
    if kind is Kind.VALUE:
        return Family(np.where(gone, np.nan, rng.uniform(20, 90, (sites, 1)) + 3 * y), start, **more)
    size = rng.integers(60, 400, y.shape).astype(float)
    share = np.clip(0.5 + 0.035 * y + rng.uniform(-0.2, 0.2, (sites, 1)), 0.01, 0.99)
    top = np.where(gone, np.nan, np.round(size * share))
    size[gone] = np.nan
    return Family(top / size, start, top, size, kind, **more)


def cells(given: Family, change) -> Family:
    """The family with ``change`` done to each of its tables."""
    tables = {name: getattr(given, name) for name in ("value", "numerator", "denominator")}
    return replace(given, **{name: None if x is None else change(x) for name, x in tables.items()})


def until(given: Family, columns: int) -> Family:
    """The family as it was when it had so many columns."""
    short = cells(given, lambda x: x[:, :columns])
    return replace(short, ordinal=None if given.ordinal is None else given.ordinal[:columns])


def covariance(there: np.ndarray, rho: float, relative: np.ndarray) -> np.ndarray:
    """Of the cells at the columns ``there``, whose standard deviations are ``relative``."""
    out = np.empty((there.size, there.size))
    for i, a in enumerate(there):
        for j, b in enumerate(there):
            out[i, j] = relative[a] * relative[b] * rho ** abs(int(a) - int(b))
    return out


def squares(y: np.ndarray, x: np.ndarray, v: np.ndarray) -> tuple[float, np.ndarray]:
    """What is left of ``y`` in generalised least squares on the columns of ``x``, and the coefficients."""
    inverse = np.linalg.inv(v)
    beta = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)
    left = y - x @ beta
    return float(left @ inverse @ left), beta


def best(y, start, look, rho, relative, prior_df, prior_var, certain_df) -> list[tuple[float, int]]:
    """The largest figure of one series up and down, and its date, as seen from column ``look``."""
    there = np.flatnonzero(~np.isnan(y[: look + 1]))
    n, passed = there.size, look - start + 1
    found = [(-np.inf, -1), (-np.inf, -1)]
    if not n:
        return found
    v = covariance(there, rho, relative)
    level = np.ones((n, 1))
    none, _ = squares(y[there], level, v)
    dates: list[list[tuple]] = [[], []]
    for at in there[there >= start]:
        after = int((there >= at).sum())
        if n - after < 2:
            continue
        one, beta = squares(y[there], np.c_[level, there >= at], v)
        df = prior_df + n - 2
        t2 = (none - one) / (one + prior_df * prior_var) * df
        nu = 1 / (1 / df + 1 / certain_df)
        z = np.sqrt(nu * np.log1p(t2 / nu)) * (8 * nu + 1) / (8 * nu + 3)
        z -= scan.SCALE * np.sqrt(2 * (1 + np.log(n / after)))
        z -= scan.LATER * np.log(max(passed / scan.HORIZON, 1))
        z -= scan.EARLY * (np.sqrt(scan.HORIZON / min(passed, scan.HORIZON)) - 1)
        dates[0 if beta[1] > 0 else 1].append((none - one, after >= scan.FEWEST_AFTER, z, int(at)))
    for side, seen in enumerate(dates):
        lasting = [date for date in seen if date[1]]
        if lasting and max(lasting)[0] >= scan.LASTING * max(seen)[0]:
            found[side] = (max(z for *_, z, _ in lasting), max(lasting)[3])
    return found


def likelihood(y: np.ndarray, rho: float, relative: np.ndarray) -> float:
    """Restricted, of each series with a level and a variance of its own, all added up; without constants."""
    out = 0.0
    for row, sd in zip(y, relative):
        there = np.flatnonzero(~np.isnan(row))
        v = covariance(there, rho, sd)
        ones = np.ones((there.size, 1))
        left, _ = squares(row[there], ones, v)
        level = float((ones.T @ np.linalg.inv(v) @ ones)[0, 0])
        out -= 0.5 * ((there.size - 1) * np.log(left) + np.linalg.slogdet(v)[1] + np.log(level))
    return out
