"""Writes docs/articles.md: what every measure of the 21 articles does, from the folders of two comparisons.

    yaosu compare package --no-decomposition --seeds 20            # every lever alone, and all of them
    yaosu compare package --by chapter --seeds 10                  # Shapley values of the seven chapters
    python3 docs/examples/articles_page.py LEVERS_FOLDER CHAPTERS_FOLDER > docs/articles.md

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


def articles(by):
    print("| art. | lever | rules moved | own margin, 5 years | felt | GDP, 2 years | GDP, 5 years | GDP, 10 years | urban-rural ratio, 5 years | 10 years | who pays | grade |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
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


def run_of(folder):
    manifest = tomllib.loads((pathlib.Path(folder) / "manifest.toml").read_text(encoding="utf-8"))
    seeds = len(manifest["seeds"])
    return f"run {manifest['hash']}, {seeds} paired seeds, {manifest['scale']} people an agent"


def main(alone, by_chapter):
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
        "better than their levels.\n"
    )
    outside = articles(table(alone))
    print()
    if outside:
        listed = ", ".join(f"`{lever}` {x:+.2f} %" for lever, x in outside)
        print(f"Effects on GDP after five years that are surely outside 0 to 1.5 %: {listed}.\n")
    print("## The package by chapter\n")
    print(
        f"Shapley values of the seven chapters, exact over all 128 subsets ({run_of(by_chapter)}), in per cent of the "
        "baseline's GDP; they add up to the package. A lever without an own effect on GDP can still matter here.\n"
    )
    chapters(by_chapter)
    channels(by_chapter)


if __name__ == "__main__":
    main(*sys.argv[1:3])
