"""Writes the measured tables of docs/baseline.md anew, between their marks, from the folders of comparisons.

    yaosu compare three-reforms --seeds 20
    yaosu compare scenarios/calibration/whole-hukou.toml --seeds 20      # and whole-capital.toml, whole-investment.toml
    python3 docs/examples/baseline_page.py THREE_REFORMS WHOLE_HUKOU WHOLE_CAPITAL WHOLE_INVESTMENT

Needs Python 3.11 and polars.
"""

import csv
import pathlib
import re
import sys
import tomllib

import polars as pl

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/baseline.md"
YEARS = ["2", "5", "10"]
LEVERS = ["hukou_mutual_recognition", "land_leasing", "credit_information", "three-reforms"]
TITLES = {
    "hukou_mutual_recognition": "hukou mutual recognition",
    "land_leasing": "land leasing",
    "credit_information": "credit information",
    "three-reforms": "all three",
    "no_hukou_wedges": "no rule of hukou",
    "no_land_insecurity": "no insecure plot",
    "land_quota_follows_people": "quotas that follow people",
    "full_information": "full information",
    "free_entry": "no barrier to entry",
    "free_investors": "free investors",
    "open_borders": "no cost at borders",
}


def rows(folder, name):
    with open(pathlib.Path(folder) / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def run_of(folder):
    manifest = tomllib.loads((pathlib.Path(folder) / "manifest.toml").read_text(encoding="utf-8"))
    return f"run {manifest['hash']}, {len(manifest['seeds'])} paired seeds, {manifest['scale']} people an agent"


def interval(row, keys, digits, times=1.0):
    mean, low, high = (times * float(row[k]) for k in keys)
    return f"{mean:+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]"


PER_CENT, UNIT, VALUE = ("effect_pct", "pct_low", "pct_high"), ("effect", "low", "high"), ("value", "low", "high")


class Effects:
    """`horizons.csv` of a comparison."""

    def __init__(self, folder):
        at = [r for r in rows(folder, "horizons.csv") if r["region"] == "total" and r["group"] == "all"]
        self.at = {(r["lever"], r["metric"], r["horizon_years"]): r for r in at}

    def line(self, title, lever, metric, keys=PER_CENT, digits=2, times=1.0):
        cells = [interval(self.at[lever, metric, y], keys, digits, times) for y in YEARS]
        return f"| {title} | " + " | ".join(cells) + " |"


def reforms(folder):
    e = Effects(folder)
    yield f"Each lever alone against the baseline ({run_of(folder)}), means of the year that ends at the horizon, 95 % intervals by"
    yield "paired bootstrap over seeds (`yaosu compare three-reforms --seeds 20`)."
    yield "\n**Real GDP** (% of baseline):\n"
    yield "| lever | after 2 years | after 5 | after 10 |\n|---|---|---|---|"
    for lever in LEVERS:
        yield e.line(TITLES[lever], lever, "gdp_real")
    yield "\n**Own margins**:\n"
    yield "| margin | after 2 years | after 5 | after 10 |\n|---|---|---|---|"
    hukou, land, credit = LEVERS[:3]
    yield e.line("hukou: conversions in the city (%)", hukou, "hukou_conversions")
    yield e.line("hukou: moves between regions (%)", hukou, "moves")
    yield e.line("land: share of farmland leased (points)", land, "lease_share", UNIT, times=100)
    yield e.line("land: farm output per contracted land (%)", land, "farm_productivity")
    yield e.line("credit: firms that apply (points)", credit, "loan_application_rate", UNIT, 1, 100)
    yield e.line("credit: first loans (%)", credit, "first_loans", digits=0)
    yield e.line("credit: spread of log MRPK (log points)", credit, "mrpk_sd", UNIT, times=100)
    yield "\n**Urban-rural income ratio** (change of the ratio):\n"
    yield "| lever | after 2 years | after 5 | after 10 |\n|---|---|---|---|"
    for lever in LEVERS:
        yield e.line(TITLES[lever], lever, "urban_rural_ratio", UNIT, 3)
    yield "\n**Wages of groups frozen at the reform date** (% of the wage, after 2, 5 and 10 years):\n"
    yield "| group | years | " + " | ".join(TITLES[lever] for lever in LEVERS) + " |\n|---|---|---|---|---|---|"
    gains = {(r["lever"], r["group"], r["horizon_years"]): r for r in rows(folder, "gains.csv") if r["kind"] == "wage"}
    for group in dict.fromkeys(g for _, g, _ in gains):
        for year in YEARS:
            cells = [interval(gains[lever, group, year], VALUE, 2) for lever in LEVERS]
            yield f"| {group.replace('_', ' skill, ')} | {year} | " + " | ".join(cells) + " |"


def pairing(folder):
    e = Effects(folder)
    told = []
    for lever in LEVERS[1], LEVERS[0], LEVERS[2]:
        cells = [f"{float(e.at[lever, 'gdp_real', y]['variance_reduction']):.0f}" for y in YEARS]
        told.append(f"{TITLES[lever]} {', '.join(cells)}")
    yield "Pairing by identity reduces the variance of the GDP effect, against unpaired runs, by these factors after 2, 5 and 10"
    yield "years: " + "; ".join(told) + ". Paths part agent by agent, so the gain shrinks with time."


def wedges(folders):
    yield "| pair | measure | 2 years | 5 years | 10 years |\n|---|---|---|---|---|"
    told = {
        ("no_hukou_wedges", "land_quota_follows_people"): ["gdp_real", "housing_rent"],
        ("no_hukou_wedges", "no_land_insecurity"): ["gdp_real", "lease_share"],
        ("full_information", "no_land_insecurity"): ["gdp_real", "mrpk_sd"],
        ("full_information", "free_entry"): ["gdp_real", "first_loans", "loan_application_rate"],
        ("free_investors", "open_borders"): ["gdp_real", "firms"],
        ("open_borders", "free_entry"): ["gdp_real", "firms"],
        ("free_investors", "free_entry"): ["gdp_real", "firms"],
    }
    found = [r for folder in folders for r in rows(folder, "interactions.csv")]
    base = {}
    for folder in folders:
        base |= {(m, y): float(r["level_base"]) for (_, m, y), r in Effects(folder).at.items()}
    for pair, metrics in told.items():
        for metric in metrics:
            mine = {r["horizon_years"]: r for r in found if {r["a"], r["b"]} == set(pair) and r["metric"] == metric}
            times = lambda y: 1.0 if metric == "gdp_real" else 100.0 / abs(base[metric, y])
            cells = [interval(mine[y], VALUE, 3, times(y)) for y in YEARS]
            yield f"| {TITLES[pair[0]]} x {TITLES[pair[1]]} | `{metric}` | " + " | ".join(cells) + " |"
    yield ""
    alone = []
    for folder in folders:
        e = Effects(folder)
        for lever in dict.fromkeys(lever for lever, *_ in e.at if lever in TITLES and lever.startswith(("no_", "full", "free", "open"))):
            alone.append(f"{TITLES[lever]} {interval(e.at[lever, 'gdp_real', '10'], PER_CENT, 2)}")
    yield "Alone they are worth, in per cent of GDP after ten years: " + "; ".join(dict.fromkeys(alone)) + "."


def checks(folder):
    """The table of checks: yearly growth between the means of the first and of the last measured year."""
    data = pl.read_parquet(pathlib.Path(folder) / "series.parquet", columns=["scenario", "seed", "tick", "region", "group", "metric", "value"])
    data = data.filter((pl.col("scenario") == "baseline") & (pl.col("tick") >= 0) & (pl.col("group") == "all"))
    last = data["tick"].max() // 4
    means = data.group_by("metric", "region", "seed", year=pl.col("tick") // 4).agg(pl.col("value").mean())
    mean = means.group_by("metric", "region", "year").agg(pl.col("value").mean())
    level = {(m, r, y): v for m, r, y, v in mean.iter_rows()}
    drift = lambda m, r: 100 / last * ((level[m, r, last] - level[m, r, 0]) / level[m, r, 0])
    points = lambda m: 100 / last * (level[m, "total", last] - level[m, "total", 0])
    regions = sorted({r for m, r, _ in level if m == "gdp_real" and r != "total"})
    span = lambda m: "{:+.2f} to {:+.2f} %".format(*(f(drift(m, r) for r in regions) for f in (min, max)))
    u = means.filter((pl.col("metric") == "unemployment_rate") & (pl.col("region") == "total"))["value"]
    first = data.filter((pl.col("region") == "total") & (pl.col("tick") < 4)).group_by("metric", "tick").agg(pl.col("value").mean())
    early = {(m, t): v for m, t, v in first.iter_rows()}
    jump = lambda m: ", ".join(f"{early[m, t] / early[m, 0]:.3f}" for t in (1, 2, 3))
    gdp = means.filter((pl.col("metric") == "gdp_real") & (pl.col("region") == "total")).sort("seed", "year")
    growth = gdp.with_columns(g=pl.col("value").log().diff().over("seed")).drop_nulls()
    sd = 100 * growth.group_by("seed").agg(pl.col("g").std())["g"].mean()
    rows = [
        ("unemployment of the city, every year and seed", "4 to 7 %", f"{100 * u.min():.1f} to {100 * u.max():.1f} %"),
        ("real output, city", "under 1 % a year", f"{drift('gdp_real', 'total'):+.2f} %"),
        ("real output, districts, Chengdu and groups", "under 1 % a year", span("gdp_real")),
        ("price level, city; districts", "under 1 % a year", f"{drift('price_level', 'total'):+.2f} %; {span('price_level')}"),
        ("debt of firms over GDP", "under 1 point a year", f"{points('debt_gdp'):+.2f}"),
        ("deposits of households over GDP", "under 1 point a year", f"{points('deposits_gdp'):+.2f}"),
        ("trade balance over GDP", "under 1 point a year", f"{points('trade_balance_gdp'):+.2f}"),
        ("first four quarters, real output relative to the first", "no jump", jump("gdp_real")),
        ("first four quarters, price level", "no jump", jump("price_level")),
        ("firm-size tail exponent", "within .1 of its start", f"{level['firm_tail_exponent', 'total', 0]:.2f} to {level['firm_tail_exponent', 'total', last]:.2f}"),
        ("standard deviation of yearly growth of output", "under 2 %", f"{sd:.2f} %"),
    ]
    yield f"The baseline of {run_of(folder)}.\n"
    yield "| check | asked for | measured |\n|---|---|---|"
    yield from (f"| {a} | {b} | {c} |" for a, b, c in rows)
    urban, ratio = points("urban_share"), (level["urban_rural_ratio", "total", last] - level["urban_rural_ratio", "total", 0]) / last
    yield f"\nThe urban share rises by {urban:.2f} points a year and the urban-rural income ratio falls by {-ratio:.3f} a year."


def replace(text, mark, lines):
    start, end = f"<!-- measured: {mark} -->", "<!-- end -->"
    pattern = re.compile(re.escape(start) + ".*?" + re.escape(end), re.S)
    assert pattern.search(text), f"no mark {start}"
    return pattern.sub(lambda _: f"{start}\n" + "\n".join(lines) + f"\n{end}", text)


def main(three, *wholes):
    text = PAGE.read_text(encoding="utf-8")
    for mark, lines in [
        ("checks", checks(three)),
        ("reforms", reforms(three)),
        ("wedges", wedges(wholes)),
        ("pairing", pairing(three)),
    ]:
        text = replace(text, mark, lines)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
