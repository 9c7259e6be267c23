"""What each page is about, cut from the review: small, immutable, and the only thing words and charts read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from measures.model import (
    OFF_PATH,
    ON_PATH,
    AimKind,
    AimVersion,
    Campaign,
    Measure,
    Redefinition,
    Reporting,
    Share,
    Site,
    SiteKind,
)
from measures.review import Review
from measures.review.calendar import agreed_versions
from measures.review.lasting import OfSite, OfSites, of_site, of_sites
from measures.review.look import Look, drawn_as, look
from measures.review.proposals import proposals
from measures.review.versions import differences


@dataclass(frozen=True, slots=True)
class Milestone:
    """``asked`` sites at ``standard`` on a date; ``reached`` is None where that date has not come."""

    asked: int
    standard: float
    on: date
    reached: int | None


@dataclass(frozen=True, slots=True)
class SummaryView:
    """The campaign as a whole, with no site named: what an executive sees."""

    campaign: Campaign
    measure: Measure
    season: str
    """How taking the measure's season out of its charts went (``spc.season.Status``); "" where it stays in."""
    as_of: date
    period: date | None
    line: pd.DataFrame
    """The outcome by month (``frames.CAMPAIGN``), up to ``period``."""
    paths: pd.DataFrame
    now: Mapping[str, object]
    """The row of ``line`` at ``period``."""
    positions: Mapping[str, int]
    variations: Mapping[str, int]
    assurances: Mapping[str, int]
    open_sites: int
    standard: Mapping[str, object] | None
    regions: pd.DataFrame
    """The outcome by region and month (``frames.REGIONS``), and ``on_path`` of ``judged`` sites now."""
    versions: tuple[AimVersion, ...]
    """The main aim's versions agreed by ``as_of``, oldest first."""
    milestones: Mapping[int, Milestone]
    """By version: how many sites were asked to reach a standard by when, and how many had."""
    reference: str
    """The name of the comparison line; "" where there is none."""
    redefined: tuple[Redefinition, ...]
    """Where the measure began to be counted differently, oldest first."""
    lasting: OfSites
    """Lasting changes of the open sites."""


@dataclass(frozen=True, slots=True)
class SitesView:
    """Every open site at the campaign's month, A to Z, and those that have merged."""

    campaign: Campaign
    measure: Measure
    period: date | None
    table: pd.DataFrame
    points: pd.DataFrame
    merged: pd.DataFrame
    proposed: pd.DataFrame
    """Proposed rebases of these sites that nobody has answered (``proposals.COLUMNS``), all measures."""
    lasting: OfSites
    """Lasting changes of these sites."""


@dataclass(frozen=True, slots=True)
class SiteView:
    """One site: each measure's series, one of them in full, what it was asked for, and its mergers."""

    campaign: Campaign
    site: Site
    measure: Measure
    as_of: date
    points: pd.DataFrame
    """The chosen measure's points (``frames.POINTS``)."""
    series: pd.DataFrame
    """One row for each measure the site has reported (``frames.SERIES``)."""
    look: Look
    """How the chosen measure is drawn, and what else could be chosen."""
    season: str
    """How taking the chosen measure's season out went (``spc.season.Status``); "" where it stays in."""
    proposed: pd.DataFrame
    """Proposed rebases of the chosen measure that nobody has answered (``proposals.COLUMNS``)."""
    redefined: tuple[Redefinition, ...]
    """Where measures began to be counted differently: all of the campaign's, by measure and period."""
    others: pd.DataFrame
    """The points of all measures, for the small charts."""
    paths: pd.DataFrame
    remarks: pd.DataFrame
    """What the team wrote beside the chosen measure's numbers: period, note."""
    report: Mapping[str, object]
    """The site's row of ``frames.SITES``."""
    changed: pd.DataFrame
    """What each version after the first changed for this site (``versions.COLUMNS``), for the chosen measure."""
    shares: tuple[Share, ...]
    """Its own shares in the versions agreed by now, as agreed; a merger's come from ``joined``."""
    joined: tuple[Site, ...]
    joined_shares: tuple[Share, ...]
    successor: Site | None
    lasting: OfSite
    """Lasting changes of the chosen measure, and why what its chart flags is not one; as the campaign draws it."""


def summary(review: Review) -> SummaryView:
    """The campaign's page."""
    return review.once("summary", _summary)


def sites(review: Review) -> SitesView:
    """The list of sites."""
    return review.once("sites", _sites)


def _summary(review: Review) -> SummaryView:
    campaign, measure = review.campaign, review.campaign.outcome
    until = pd.Timestamp(review.period) if review.period else pd.Timestamp.min
    line = _of(review.totals, measure=measure.id)
    line = line[(line["period"] <= until).to_numpy()].reset_index(drop=True)
    open_sites = review.sites.loc[review.sites["open"], "site"]
    rows = _of(review.series, measure=measure.id, group="all")
    rows = rows[rows["site"].isin(open_sites).to_numpy()]
    standards = review.standards
    at = standards[(standards["period"] == until).to_numpy()]
    regions = _of(review.regions, measure=measure.id)
    regions = regions[(regions["period"] <= until).to_numpy()]
    judged = rows.merge(review.sites[["site", "region"]].astype({"site": rows["site"].dtype}), on="site")
    counted = judged[judged["position"].isin(ON_PATH + OFF_PATH).to_numpy()]
    good = counted["position"].isin(ON_PATH)
    by_region = good.groupby(counted["region"]).agg(["sum", "size"])
    regions = regions.assign(
        on_path=regions["region"].map(by_region["sum"]).fillna(0).astype(int),
        judged=regions["region"].map(by_region["size"]).fillna(0).astype(int),
    )
    return SummaryView(
        campaign=campaign,
        measure=measure,
        season=review.seasons.get(measure.id, ""),
        as_of=review.as_of,
        period=review.period,
        line=line,
        paths=_of(review.paths, level="campaign", measure=measure.id),
        now=line.iloc[-1].to_dict() if len(line) else {},
        positions=rows["position"].astype(str).value_counts().to_dict(),
        variations=pd.Series(rows["variation"]).astype(str).value_counts().to_dict(),
        assurances=pd.Series(rows["assurance"]).astype(str).value_counts().to_dict(),
        open_sites=int(review.sites["open"].sum()),
        standard=at.iloc[-1].to_dict() if len(at) else None,
        regions=regions.reset_index(drop=True),
        versions=_versions(review, measure.id),
        milestones=_milestones(review, measure.id),
        reference=next((s.name for s in campaign.sites if s.kind == SiteKind.REFERENCE), ""),
        redefined=tuple(r for r in review.redefinitions if r.measure == measure.id),
        lasting=of_sites(review, measure),
    )


def _sites(review: Review) -> SitesView:
    campaign, measure = review.campaign, review.campaign.outcome
    series = _of(review.series, measure=measure.id, group="all").drop(columns=["measure", "group"])
    series = series.assign(site=series["site"].astype(str))
    table = review.sites.merge(series, on="site", how="left")
    table = table.assign(sort=table["name"].map(alphabetical)).sort_values("sort", ignore_index=True)
    names = {s.id: s.name for s in campaign.sites}
    merged = table[~table["open"].to_numpy() & table["successor"].notna().to_numpy()]
    return SitesView(
        campaign=campaign,
        measure=measure,
        period=review.period,
        table=table[table["open"].to_numpy()].reset_index(drop=True),
        points=_of(review.points, measure=measure.id, group="all"),
        merged=merged.assign(successor_name=merged["successor"].map(names)).reset_index(drop=True),
        proposed=_of_sites(proposals(review), table[table["open"].to_numpy()]["site"]),
        lasting=of_sites(review, measure),
    )


def site(
    review: Review,
    site_id: str,
    measure_id: str | None = None,
    kind: str | None = None,
    rules: str | None = None,
) -> SiteView:
    """One site's page, its chart drawn as another ``kind`` or by other ``rules`` where they are given.

    KeyError where the campaign has no such site or measure.
    """
    campaign = review.campaign
    place = campaign.site(site_id)
    measure = campaign.measure(measure_id) if measure_id else campaign.outcome
    joined = tuple(s for s in campaign.sites if s.successor == site_id and s.merged_on and s.merged_on <= review.as_of)
    agreed = {v.number for v in _versions(review, measure.id)}
    aims = {a.id for a in campaign.aims if a.measure == measure.id}
    shares = [s for s in campaign.shares if s.aim in aims and s.version in agreed]
    mine = _of(review.points, site=site_id, group="all")
    gone = place.merged_on is not None and place.merged_on <= review.as_of
    points, rows = _of(mine, measure=measure.id), _of(review.series, site=site_id, group="all")
    agreed_points = points
    shown = look(measure, points, kind, rules)
    if len(points) and not shown.agreed:
        points, again = drawn_as(review, points, shown)
        rows = pd.concat([rows[(rows["measure"] != measure.id).to_numpy()], again], ignore_index=True)
    return SiteView(
        campaign=campaign,
        site=place,
        measure=measure,
        as_of=review.as_of,
        points=points,
        series=rows,
        look=shown,
        season=review.seasons.get(measure.id, "") if shown.kind == "xmr" else "",
        proposed=_of(proposals(review), site=site_id, measure=measure.id, group="all"),
        redefined=review.redefinitions,
        others=mine,
        paths=_of(review.paths, level="site", key=site_id, measure=measure.id),
        remarks=_of(review.remarks, site=site_id, measure=measure.id)[["period", "note"]],
        report=_of(review.sites, site=site_id).iloc[0].to_dict(),
        changed=_of_aims(_of(differences(review), site=site_id), aims),
        shares=tuple(s for s in shares if s.site == site_id),
        joined=joined,
        joined_shares=tuple(s for s in shares if s.site in {j.id for j in joined}),
        successor=campaign.site(place.successor) if gone and place.successor else None,
        lasting=of_site(review, site_id, measure, agreed_points),
    )


def _of_aims(frame: pd.DataFrame, aims: set[str]) -> pd.DataFrame:
    return frame[frame["aim"].isin(aims).to_numpy()].reset_index(drop=True)


def _of_sites(frame: pd.DataFrame, sites: pd.Series) -> pd.DataFrame:
    return frame[frame["site"].isin(sites).to_numpy()].reset_index(drop=True)


def places(campaign: Campaign) -> list[Site]:
    """The campaign's own sites, A to Z."""
    return sorted((s for s in campaign.sites if s.kind == SiteKind.SITE), key=lambda s: alphabetical(s.name))


def alphabetical(name: str) -> str:
    """A name as it is filed: without its article, whatever its case.

    >>> alphabetical("The Hillingdon Hospitals")
    'hillingdon hospitals'
    """
    folded = name.casefold()
    return folded.removeprefix("the ")


def outstanding(view: SitesView) -> pd.DataFrame:
    """The sites whose latest expected report is not in, A to Z."""
    waiting = view.table["reporting"].isin([Reporting.DUE.value, Reporting.MISSING.value])
    return view.table[waiting.to_numpy()]


def _versions(review: Review, measure: str) -> tuple[AimVersion, ...]:
    return agreed_versions(review.campaign, measure, review.as_of)


def _milestones(review: Review, measure: str) -> dict[int, Milestone]:
    found = {}
    for aim in review.campaign.aims:
        if aim.measure != measure or aim.kind != AimKind.SITES_REACHING:
            continue
        reached = _of(review.standards, aim=aim.id).set_index("period")["reached"]
        for version in aim.versions:
            last = version.waypoints[-1]
            if version.agreed_on > review.as_of:
                continue
            passed = review.period is not None and last.on <= review.period
            count = int(reached[pd.Timestamp(last.on)]) if passed else None
            found[version.number] = Milestone(last.sites, aim.standard, last.on, count)
    return found


def _of(frame: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    keep = pd.Series(True, index=frame.index).to_numpy()
    for column, value in wanted.items():
        keep = keep & (frame[column] == value).to_numpy()
    return frame[keep].reset_index(drop=True)
