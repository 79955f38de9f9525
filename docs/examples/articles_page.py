"""Writes docs/articles.md: what every measure of the 21 articles does, from the folders of comparisons.

    yaosu compare package --no-decomposition --seeds 20            # every lever alone, and all of them
    yaosu compare package --by chapter --seeds 6 --scale 2000      # Shapley values of the seven chapters
    yaosu compare pair-credit-entry --seeds 20                     # and so on for every file of scenarios/interactions
    python3 docs/examples/articles_page.py LEVERS_FOLDER CHAPTERS_FOLDER PAIR_FOLDER... > docs/articles.md

Needs Python 3.11 and nothing else.
"""

import csv
import pathlib
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHAPTERS = [
    (4, "Technology"),
    (9, "Land"),
    (12, "People"),
    (15, "Data"),
    (18, "Capital"),
    (20, "Resources and environment"),
    (21, "Factors together"),
]
YEARS = ["2", "5", "10"]

# Of every comparison of scenarios/interactions: the lever whose pairs are looked at, the metrics and the signs of the
# interaction that the literature leads to expect, and where from.
PAIRS = {
    "pair-hukou-land-supply": (
        "hukou_residence_registration",
        {"housing_rent": "-", "gains:all": "+", "gdp_real": "+"},
        "Where the supply of land answers to people, rents rise less when more settle, and removing every hukou barrier is "
        "found to bring twice the gain in welfare in the long run (10.3 instead of 4.9 %), natives losing half as much (Wu "
        "and You 2025). Here registration needs three years instead of five, and a district may add land for those who "
        "settle beyond the usual. Gains of people are what they live on in the year: they bear the building first and have "
        "the dwellings after.",
    ),
    "pair-hukou-homestead": (
        "hukou_residence_registration",
        {"homestead_exits": "+"},
        "Where hukou was opened, the share of farmers who say that they would give up their homestead rose by 37 points "
        "(Zhu 2017, a survey with differences in differences).",
    ),
    "pair-credit-wedges": (
        "credit_information",
        {"gdp_real": "+"},
        "Wedges on capital are a part of misallocation only (Hsieh and Klenow 2009; David and Venkateswaran 2019); where "
        "several wedges fall, each is expected to be worth more.",
    ),
    "pair-capital-entry": (
        "services_entry",
        {"gdp_real": "+"},
        "Of the loss from distorted investment and barriers to trade between regions a tenth is their interaction: "
        "either reform alone does not send capital to where it earns most (Zhao, Wang, Dai and Chen 2025).",
    ),
    "pair-credit-entry": (
        "services_entry",
        {"firm_entries": "+", "first_loans": "+"},
        "Barriers to entry explain much of the difference in productivity between places (Brandt, Kambourov and "
        "Storesletten 2025); a new firm needs both leave to enter and a loan.",
    ),
}


def rows(folder, name):
    with open(pathlib.Path(folder) / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def levers():
    found = []
    for path in sorted((ROOT / "scenarios/policies").glob("*.toml")):
        text = tomllib.loads(path.read_text(encoding="utf-8"))
        if text["lever"]["article"] > 0:
            found.append((text["lever"], list(text["moves"])))
    return found


def effect(row, digits=2):
    """Effect in per cent of the baseline with its interval; in the unit where the baseline is zero."""
    keys = ["effect_pct", "pct_low", "pct_high"]
    try:
        mean, low, high = (float(row[k]) for k in keys)
        unit = "%"
    except (KeyError, ValueError):
        mean = float("nan")
    if mean != mean or abs(mean) == float("inf"):
        mean, low, high = (float(row[k]) for k in ["effect", "low", "high"])
        unit = " " + row["unit"]
    if abs(mean) >= 1000 or abs(mean) < 0.005 and unit != "%":
        return f"{mean:+.3g} [{low:+.3g}, {high:+.3g}]{unit}"
    return f"{mean:+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]{unit}"


def english(text):
    """A text, or the English one of two languages."""
    return text if isinstance(text, str) else text["en"]


def sure(row):
    low, high = float(row["low"]), float(row["high"])
    return low > 0 or high < 0


def table(folder):
    by = {}
    for row in rows(folder, "horizons.csv"):
        by[row["lever"], row["metric"], row["region"], row["group"], row["horizon_years"]] = row
    return by


def through(parts, lever):
    """The largest part of a lever's effect on GDP that is surely not zero; in brackets the largest if none is."""
    mine = [r for r in parts if r["lever"] == lever and r["horizon_years"] == YEARS[-1]]
    told = [r for r in mine if sure(r) and abs(float(r["value"])) >= 0.005]
    largest = max(told or mine, key=lambda r: abs(float(r["value"])))
    text = f"{largest['channel'].replace('_', ' ')} {float(largest['value']):+.2f}"
    return text if told else f"({text})"


def articles(by, parts):
    heads = ["art.", "lever", "rules moved", "own margin, 5 years", "felt", "GDP, 2 years", "GDP, 5 years", "GDP, 10 years"]
    heads += ["channel, 10 years", "urban-rural ratio, 5 years", "10 years", "who pays", "grade"]
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    outside = []
    for lever, moves in levers():
        at = lambda metric, group, year: by.get((lever["id"], metric, "total", group, year))
        margin = lever["margin"]
        own = at(margin["metric"], margin.get("group", "all"), "5")
        gdp = [at("gdp_real", "all", year) for year in YEARS]
        ratio = [at("urban_rural_ratio", "all", year) for year in YEARS[1:]]
        if own is None or None in gdp:
            print(f"no result for {lever['id']}", file=sys.stderr)
            continue
        right = {"+": float(own["effect"]) > 0, "-": float(own["effect"]) < 0}.get(margin["sign"], True)
        felt = ("yes" if sure(own) else "within chance") if right else "WRONG SIGN"
        five = float(gdp[1]["effect_pct"])
        if sure(gdp[1]) and not 0 <= five <= 1.5:
            outside.append((lever["id"], five))
        name = margin["metric"] + ("" if margin.get("group", "all") == "all" else " " + margin["group"])
        cells = [
            str(lever["article"]),
            f"`{lever['id']}`",
            ", ".join(f"`{m}`" for m in moves),
            f"`{name}` {effect(own)}",
            felt,
            *(effect(x) for x in gdp),
            through(parts, lever["id"]),
            *(effect(x) for x in ratio),
            english(lever["pays"]).rstrip("."),
            lever["evidence"]["grade"],
        ]
        print("| " + " | ".join(cells) + " |")
    return outside


def chapters(folder):
    def cell(row):
        return f"{float(row['value']):+.2f} [{float(row['low']):+.2f}, {float(row['high']):+.2f}]"

    at = [r for r in rows(folder, "shapley.csv") if r["metric"] == "gdp_real"]
    players = list(dict.fromkeys(r["player"] for r in at))
    print("| chapter | " + " | ".join(f"{y} years" for y in YEARS) + " |")
    print("|---|" + "---|" * len(YEARS))
    for player in players:
        cells = [next((cell(r) for r in at if r["player"] == player and r["horizon_years"] == y), "") for y in YEARS]
        print(f"| {player} | " + " | ".join(cells) + " |")
    pairs = [r for r in rows(folder, "interactions.csv") if r["metric"] == "gdp_real" and r["horizon_years"] == YEARS[-1]]
    whole = [r for r in pairs if r["b"] == "singles"]
    pairs = [r for r in pairs if r["b"] != "singles"]
    pairs.sort(key=lambda r: -abs(float(r["value"])))
    print("\nThe three largest interactions of pairs after ten years [% of GDP]:\n")
    for r in pairs[:3]:
        names = [r[k] for k in r if k in ("first", "second", "a", "b", "player_a", "player_b")]
        print(f"- {' x '.join(names)}: {cell(r)}")
    for r in whole:
        print(f"\nThe package less the sum of the chapters alone: {cell(r)}.")
    print(
        "\nExpected of a whole package at pilot strength: 1 to 4 % of GDP in five to ten years. Where the package is above, "
        "it is because every lever of every article is on at once at full strength, which no pilot does."
    )


def together(folder):
    """What all levers do at once in the run of single levers, and beyond their sum."""

    def list_of(found, names):
        cells = [next(r for r in found if r["horizon_years"] == y) for y in YEARS]
        return ", ".join(f"{float(r[names[0]]):+.2f} [{float(r[names[1]]):+.2f}, {float(r[names[2]]):+.2f}]" for r in cells)

    total = [r for r in rows(folder, "horizons.csv") if r["lever"] == "package" and r["metric"] == "gdp_real" and r["region"] == "total"]
    beyond = [r for r in rows(folder, "interactions.csv") if r["metric"] == "gdp_real" and r["b"] == "singles"]
    print(
        "Reasons: [land](articles-land.md), [data and posts](articles-data.md) and [finance, people, prices](articles-finance.md), under what is weak.\n\n"
        f"All levers at once in the same run: {list_of(total, ('effect_pct', 'pct_low', 'pct_high'))} % of GDP after 2, 5 and 10 "
        f"years; less the sum of the single levers {list_of(beyond, ('value', 'low', 'high'))}. The luck of the one baseline is in "
        "that difference once for every lever but one, so that after ten years it tells nothing of interactions.\n"
    )


def channels(folder):
    """Parts of the effect on GDP of every chapter alone, after ten years."""
    at = [r for r in rows(folder, "channels.csv") if r["horizon_years"] == YEARS[-1]]
    names = list(dict.fromkeys(r["channel"] for r in at))
    print("\n## Through what\n")
    print(
        f"Exact growth accounting of the effect of each chapter alone on real GDP after ten years ({run_of(folder)}), in per "
        "cent of the baseline's GDP; parts whose intervals leave out zero are in bold.\n"
    )
    print("| chapter | " + " | ".join(name.replace("_", " ") for name in names) + " |")
    print("|---|" + "---|" * len(names))
    for lever in dict.fromkeys(r["lever"] for r in at):
        cells = []
        for name in names:
            row = next(r for r in at if r["lever"] == lever and r["channel"] == name)
            text = f"{float(row['value']):+.2f}"
            cells.append(f"**{text}**" if sure(row) and text[1:] != "0.00" else text)
        print(f"| {lever} | " + " | ".join(cells) + " |")


def pair_rows(folder, focus, expected):
    """Rows of the table of interactions: pairs with a lever, by metric, in per cent of the baseline. Gains of people are
    told where all arms follow them."""
    margins = {lever["id"]: lever["margin"] for lever, _ in levers()}
    at, base = table(folder), {}
    for (_, metric, region, group, year), row in at.items():
        if region == "total":
            base[metric if group == "all" else f"{metric}:{group}", year] = float(row["level_base"])
    found = rows(folder, "interactions.csv")
    pairs = dict.fromkeys((r["a"], r["b"]) for r in found if focus in (r["a"], r["b"]))
    for pair in pairs:
        own = [margins[lever] for lever in pair]
        own = [m["metric"] + ("" if m.get("group", "all") == "all" else ":" + m["group"]) for m in own]
        for metric in dict.fromkeys(["gdp_real", "gains:all", "gains:urban_locals", *expected, *own]):
            mine = {r["horizon_years"]: r for r in found if (r["a"], r["b"]) == pair and r["metric"] == metric}
            if not mine:
                continue
            in_per_cent = metric == "gdp_real" or metric.startswith("gains:")
            scale = lambda year: 1.0 if in_per_cent else 100.0 / abs(base[metric, year])
            cells = [[float(mine[y][k]) * scale(y) for k in ("value", "low", "high")] for y in YEARS]
            yield pair, metric, cells


def verdict(cells, sign):
    """Whether an interaction has the sign of the literature."""
    (_, low, high), right = cells, {"+": 1, "-": -1}[sign]
    if low <= 0 <= high:
        return "not to be told from zero"
    return "that sign" if low * right > 0 else "the OTHER sign"


def interactions(folders):
    print("\n## Interactions\n")
    print(
        "What two levers do together beyond the sum of what each does alone, in per cent of the baseline, with 95 % "
        "intervals: above zero they help each other. Where a comparison has three levers, the third is on in half of the "
        "cases (the interaction index of Grabisch and Roubens 1999). Own margins are those of the levers' files.\n"
    )
    print("| levers | measure | 2 years | 5 years | 10 years |")
    print("|---|---|---|---|---|")
    told = []
    for folder in folders:
        name = tomllib.loads((pathlib.Path(folder) / "manifest.toml").read_text(encoding="utf-8"))["name"]
        focus, expected, source = PAIRS[name]
        said = []
        for pair, measured, cells in pair_rows(folder, focus, expected):
            text = [f"{x:+.3f} [{low:+.3f}, {high:+.3f}]" for x, low, high in cells]
            print(f"| `{pair[0]}` x `{pair[1]}` | `{measured}` | " + " | ".join(text) + " |")
            if measured in expected:
                other = pair[1] if pair[0] == focus else pair[0]
                said.append((other, measured, [verdict(c, expected[measured]) for c in cells]))
        signs = ", ".join(f"{sign} on `{metric}`" for metric, sign in expected.items())
        told.append(f"**`{name}`** ({run_of(folder)}). {source} Expected: {signs}. Measured:")
        for other, measured, words in said:
            if len(set(words)) == 1:
                years = f"{words[0]} at every horizon"
            else:
                years = "; ".join(f"after {y} years {w}" for y, w in zip(YEARS, words))
            told.append(f"- `{focus}` x `{other}` on `{measured}`: {years}.")
        told.append("")
    print()
    print("\n".join(told).rstrip())
    print(
        "\nThe levers are steps of a pilot, each moving GDP by less than .25 % alone, and the papers change much more, so that an "
        "interaction on GDP as small as the product of such steps is within luck here: what the intervals leave out are "
        "interactions beyond .1 to .2 % of GDP. At 100 people an agent (`--scale 100 --quarters 8`, 20 seeds, runs 54df4bb4 and "
        "fef6f7f2) interactions of capital with entry and of finance with other wedges on GDP after two years are +.000 [-.005, +.005] (infrastructure x entry), +.001 "
        "[-.001, +.003] (outside funds x entry), -.001 [-.004, +.003] (credit x leases) and +.002 [-.004, +.008] (credit x data): "
        "none is above a hundredth of a per cent. On a margin that only one lever moves directly, an interaction is seen "
        "where the other lever changes who decides. Capital and barriers of product markets meet in "
        "[whole wedges together](baseline.md): with open borders free investors draw firms from Chengdu into the city. Intervals are told one by one: of twenty, one leaves out zero by luck."
    )


def run_of(folder):
    manifest = tomllib.loads((pathlib.Path(folder) / "manifest.toml").read_text(encoding="utf-8"))
    seeds = len(manifest["seeds"])
    return f"run {manifest['hash']}, {seeds} paired seeds, {manifest['scale']} people an agent"


def main(alone, by_chapter, *pairs):
    print("# The twenty-one articles, measured\n")
    print("Made by `docs/examples/articles_page.py`; do not edit.\n")
    print(
        "Every lever alone, fully on from 2026Q1, against the same economy with the same luck without it "
        f"({run_of(alone)}). Means of the year that ends at the horizon, in per cent of the baseline, with 95 % "
        "intervals by paired bootstrap over seeds. *Felt*: the own margin after five years moves as the lever's file "
        "says and its interval leaves out zero (yes), or holds it (within chance). The steps of the levers are those of "
        "their files, mostly ASSUMPTIONS (grade); effects are conditional on them. An interval says what luck does, not "
        "what assumptions do. All levers are compared with one baseline: where paths have parted, after ten years, its own "
        "luck is in every effect alike (most small levers then show about -.05), so differences between levers are known "
        "better than their levels. *Channel*: the largest part of the effect on GDP after ten years by exact growth "
        "accounting, in per cent of GDP, of those whose interval leaves out zero; in brackets the largest where none "
        "does.\n"
    )
    outside = articles(table(alone), rows(alone, "channels.csv"))
    print()
    if outside:
        listed = ", ".join(f"`{lever}` {x:+.2f} %" for lever, x in outside)
        print(f"Effects on GDP after five years that are outside 0 to 1.5 % with their whole interval: {listed}. Of sixty intervals three leave out zero by luck.")
    together(alone)
    print("## The package by chapter\n")
    print(
        f"Shapley values of the seven chapters, exact over all 128 subsets ({run_of(by_chapter)}), in per cent of the "
        "baseline's GDP; they add up to the package. A lever without an own effect on GDP can still matter here.\n"
    )
    chapters(by_chapter)
    channels(by_chapter)
    if pairs:
        interactions(pairs)


if __name__ == "__main__":
    main(*sys.argv[1:])
