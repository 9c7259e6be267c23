"""The textbook's definitions in Fractions, one site at a time: slow, and plainly right."""

from __future__ import annotations

from fractions import Fraction


def hamilton(quotas: list[Fraction], total: int) -> list[int]:
    """Whole parts, then one each to the largest remainders."""
    shares = [q.numerator // q.denominator for q in quotas]
    order = sorted(range(len(quotas)), key=lambda i: (-(quotas[i] - shares[i]), -quotas[i], i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


def webster_price(weight: Fraction, units: int) -> Fraction:
    """What the next unit is worth by Webster."""
    return weight / (units + Fraction(1, 2))


def huntington_hill_price(weight: Fraction, units: int) -> Fraction:
    """What the next unit is worth by Huntington-Hill, squared."""
    return weight**2 / (units * (units + 1))


def divisor(price, weights: list[Fraction], total: int, floors: list[int], caps: list[int]) -> list[int]:
    """One unit after the other, each to the site where it is worth most."""
    shares = list(floors)
    if price is huntington_hill_price:
        shares = [max(a, 1) if w else a for a, w in zip(shares, weights)]
    while sum(shares) < total:
        able = [i for i, w in enumerate(weights) if w and shares[i] < caps[i]]
        shares[max(able, key=lambda i: (price(weights[i], shares[i]), weights[i], -i))] += 1
    return shares


def water_fill(weights: list[Fraction], total: int, floors: list[int], caps: list[int]) -> list[Fraction]:
    """Rounds: what passes its bound most in sum is set to it, and the rest is shared out anew."""
    quotas = [Fraction(low) for low in floors]
    free = {i for i, w in enumerate(weights) if w}
    left = Fraction(total - sum(low for low, w in zip(floors, weights) if not w))
    while free:
        together = sum(weights[i] for i in free)
        asked = {i: left * weights[i] / together for i in free}
        over = sum(max(asked[i] - caps[i], 0) for i in free)
        under = sum(max(floors[i] - asked[i], 0) for i in free)
        if over == under == 0:
            for i in free:
                quotas[i] = asked[i]
            break
        fixed = [i for i in free if (asked[i] > caps[i] if over >= under else asked[i] < floors[i])]
        for i in fixed:
            quotas[i] = Fraction(caps[i] if over >= under else floors[i])
            left -= quotas[i]
            free.remove(i)
    return quotas
