"""The A&E demo campaign: NHS England's four-hour standard, April 2016 to March 2019, on real data.

The national aim was published in two versions. *Next Steps on the NHS Five Year Forward View* (31 March
2017) asked for 90 % overall in September 2017, most providers at 95 % in March 2018 and 95 % overall within
the course of 2018; the planning guidance of 2 February 2018 moved each a year on. They covered all
providers; the demo applies them to the 140 organisations with a type 1 department and shows all 274 beside
them as a labelled reference line. The real campaign did not meet its aim.

The shares are apportioned by equal failure reduction. The forecast denominator is the site's same month a
year before the waypoint or, where that month still lay ahead when the version was agreed, the latest same
month then known: nobody could have agreed a share on attendances that had not happened.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from measures.aims.rates import Effort, apportion_rate
from measures.aims.versions import passed_on
from measures.model import (
    Aim,
    AimKind,
    AimVersion,
    Campaign,
    Direction,
    Family,
    Form,
    Measure,
    Share,
    Site,
    SiteKind,
    Waypoint,
)
from measures.store.base import Entry, Store

ID = "ae"
TODAY = date(2019, 5, 10)
ENGLAND = "ENGLAND"
SOURCE = "Contains public sector information licensed under the Open Government Licence v3.0; source: NHS England."
FOLDER = Path(__file__).resolve().parents[2] / "data"

BASELINE = (date(2016, 4, 1), date(2017, 3, 1))
LATE_OPENING = {"R0A": date(2017, 10, 1)}
STANDARD = 0.95

MEASURES = (
    Measure(
        id="within4h",
        name="Share of attendances within four hours",
        short="Seen within four hours",
        definition="Attendances at any A&E department of the site that were admitted, transferred or discharged"
        " within four hours of arrival, out of all attendances.",
        family=Family.OUTCOME,
        form=Form.PROPORTION,
        better=Direction.UP,
        unit="%",
        numerator_label="Of these, seen within four hours",
        denominator_label="Attendances",
        denominator_measure="attendances",
        verb="seen within four hours",
        worthwhile_change=0.02,
        seasonal=True,
        season_out=True,
        order=1,
    ),
    Measure(
        id="attendances",
        name="Attendances",
        short="Attendances",
        definition="All attendances at any A&E department of the site in the month.",
        family=Family.CONTEXT,
        form=Form.COUNT,
        better=Direction.NEITHER,
        unit="",
        numerator_label="Attendances",
        verb="came to A&E",
        seasonal=True,
        order=0,
    ),
    Measure(
        id="admitted",
        name="Emergency admissions as a share of attendances",
        short="Admitted as an emergency",
        definition="Emergency admissions through A&E out of all attendances. A balancing measure: the four-hour"
        " share could be bought by admitting people who could have gone home.",
        family=Family.BALANCING,
        form=Form.PROPORTION,
        better=Direction.NEITHER,
        unit="%",
        numerator_label="Of these, admitted as an emergency",
        denominator_label="Attendances",
        denominator_measure="attendances",
        verb="admitted as an emergency",
        seasonal=True,
        order=2,
    ),
)

_VERSIONS = (
    # number, agreed on, in force from, reason, waypoints of the overall level, month of the provider milestone
    (1, date(2017, 3, 31), date(2017, 4, 1), "As published in Next Steps on the NHS Five Year Forward View.",
     ((date(2017, 9, 1), "0.90"), (date(2018, 12, 1), "0.95")), date(2018, 3, 1)),
    (2, date(2018, 2, 2), date(2018, 2, 1), "Each date moved a year on after the winter of 2017/18.",
     ((date(2018, 9, 1), "0.90"), (date(2019, 12, 1), "0.95")), date(2019, 3, 1)),
)  # fmt: skip


def monthly(folder: Path = FOLDER) -> pd.DataFrame:
    """Attendances, breaches and admissions by organisation and month, all department types together."""
    raw = pd.read_csv(folder / "ae_attendances.csv", parse_dates=["period"])
    columns = ["attendances", "breaches", "admissions"]
    return raw.groupby(["org_code", "period"], as_index=False)[columns].sum()


def sites(folder: Path = FOLDER) -> tuple[Site, ...]:
    """The 140 organisations, A to Z by code, and the reference line."""
    table = pd.read_csv(folder / "organisations.csv", dtype=str).fillna("")
    rows = tuple(
        Site(
            id=row.org_code,
            name=_plain_name(row.name),
            region=row.region,
            opened=LATE_OPENING.get(row.org_code),
            successor=row.successor or None,
            merged_on=date.fromisoformat(row.merged_on) if row.merged_on else None,
        )
        for row in table.itertuples(index=False)
    )
    return (*rows, Site(ENGLAND, "All England (274 organisations)", kind=SiteKind.REFERENCE))


def _plain_name(name: str) -> str:
    """
    >>> _plain_name("Airedale NHS Foundation Trust"), _plain_name("The Hillingdon Hospitals NHS Foundation Trust")
    ('Airedale', 'The Hillingdon Hospitals')
    """
    for ending in (" NHS Foundation Trust", " NHS Trust"):
        name = name.removesuffix(ending)
    return name.strip().rstrip(",")


def campaign(folder: Path = FOLDER) -> Campaign:
    """The campaign with its sites, measures, both versions of its aims, and the shares of each."""
    data, places = monthly(folder), sites(folder)
    overall, milestone, shares = [], [], []
    for number, agreed, force, reason, waypoints, provider_month in _VERSIONS:
        found = _shares(data, places, number, agreed, waypoints)
        shares += found
        takes_part = len({share.site for share in found})
        author, common = "NHS England", dict(number=number, agreed_on=agreed, in_force_from=force, reason=reason)
        overall.append(
            AimVersion(
                **common,
                author=author,
                method=Effort.FAILURE_REDUCTION.value,
                waypoints=tuple(Waypoint(on, level=float(level)) for on, level in waypoints),
            )
        )
        most = takes_part // 2 + 1
        milestone.append(
            AimVersion(**common, author=author, method="majority", waypoints=(Waypoint(provider_month, sites=most),))
        )
    return Campaign(
        id=ID,
        name="A&E four-hour standard",
        purpose="Nobody should wait long in A&E: 95 in 100 people admitted, transferred or home within four hours.",
        start=date(2017, 4, 1),
        end=date(2019, 12, 1),
        baseline_start=BASELINE[0],
        baseline_end=BASELINE[1],
        sites=places,
        measures=MEASURES,
        aims=(
            Aim("overall", "within4h", AimKind.LEVEL, "Seen within four hours, overall", "NHS England", tuple(overall)),
            Aim(
                "providers",
                "within4h",
                AimKind.SITES_REACHING,
                "Most providers at 95%",
                "NHS England",
                tuple(milestone),
                standard=STANDARD,
            ),
        ),
        shares=tuple(shares),
        main_measure="within4h",
        demo=True,
        today=TODAY,
        attribution=SOURCE,
        notes=(
            "The national aims covered all providers; here they are applied to the 140 organisations that had a"
            " type 1 department, all their department types together.",
        ),
    )


def _shares(data: pd.DataFrame, places: tuple[Site, ...], version: int, agreed: date, waypoints) -> list[Share]:
    """The shares of one version: every site open on the day it was agreed, at every waypoint."""
    own = [p for p in places if p.kind is SiteKind.SITE]
    codes = [p.id for p in own]
    place = {code: i for i, code in enumerate(codes)}
    into = [place[p.successor] if p.merged_on and p.merged_on <= agreed else place[p.id] for p in own]
    takes_part = [place[p.id] for p in own if into[place[p.id]] == place[p.id] and (p.opened or agreed) <= agreed]
    open_sites = [codes[i] for i in takes_part]

    def passed(figures: pd.Series) -> np.ndarray:
        """A merger moves what was counted to its successor."""
        return passed_on(figures.reindex(codes).fillna(0).to_numpy(np.int64), into)[takes_part]

    first, last = (pd.Timestamp(d) for d in BASELINE)
    base = data[data.period.between(first, last)].groupby("org_code")[["attendances", "breaches"]].sum()
    came, waited = passed(base.attendances), passed(base.breaches)
    good = came - waited
    known_until = pd.Timestamp(agreed) - pd.offsets.MonthEnd(1) + pd.Timedelta(days=1)  # the last month then complete
    found = []
    for on, level in waypoints:
        month = pd.Timestamp(on) - pd.DateOffset(years=1)
        while month >= known_until:
            month -= pd.DateOffset(years=1)
        forecast = passed(data[data.period == month].set_index("org_code").attendances)
        # One site has no return for that month: its usual month stands in.
        before = data[data.period < known_until]
        usual = before.groupby("org_code").attendances.mean().round().reindex(open_sites).to_numpy()
        forecast = np.where(forecast > 0, forecast, usual).astype(np.int64)
        result = apportion_rate(forecast, good / came, level)
        found += [
            Share("overall", version, on, site, int(x), int(n), int(g), int(d))
            for site, x, n, g, d in zip(open_sites, result.numerator, forecast, good, came, strict=True)
        ]
    return found


def entries(folder: Path = FOLDER) -> list[Entry]:
    """Every observation of the demo: three measures for each site and month, and the reference line."""
    data = monthly(folder)
    codes = [p.id for p in sites(folder)]
    england = data.groupby("period", as_index=False)[["attendances", "breaches", "admissions"]].sum()
    rows = pd.concat([data[data.org_code.isin(codes)], england.assign(org_code=ENGLAND)])
    found = []
    for row in rows.itertuples(index=False):
        site, period, n = row.org_code, row.period.date(), int(row.attendances)
        found.append(Entry(site, "within4h", period, numerator=n - int(row.breaches), denominator=n))
        found.append(Entry(site, "attendances", period, value=n))
        found.append(Entry(site, "admitted", period, numerator=int(row.admissions), denominator=n))
    return found


def seed(store: Store) -> None:
    """Put the campaign and its observations into an empty store."""
    store.define(campaign())
    store.record(
        ID,
        entries(),
        actor="NHS England",
        source="published statistics",
        at=datetime(2019, 4, 11, 8, 30, tzinfo=UTC),
        digest="seed",
    )
