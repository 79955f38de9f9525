"""Sensitivity indices of `yaosu sensitivity` against SALib's on the same outputs.

    pip install SALib polars; python tests/readers/indices.py path/to/yaosu [points]

Total Sobol indices and Morris measures are the same estimators and must agree to rounding. First Sobol indices are the same
estimator of outputs that are centred otherwise: here on the mean of A and B, in SALib on the mean of all outputs. SALib's
estimator of outputs centred as here, and SALib's own index after the difference of the two means, must agree to rounding.
"""

import csv
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import polars as pl
from SALib.analyze import morris, sobol
from SALib.analyze.sobol import first_order

NAMES = ["labour.separation", "labour.wage_curve", "labour.search"]
BOUNDS = [[0.05, 0.2], [0.01, 0.1], [0.4, 1.0]]
PROBLEM = {"num_vars": 3, "names": NAMES, "bounds": BOUNDS}


def experiment(kind, size):
    keys = "\n".join(f'keys."{n}" = {{ low = {a}, high = {b} }}' for n, (a, b) in zip(NAMES, BOUNDS))
    return f"""scenario = "baseline"
replicates = 1
set = {{ scale = 20000, birth.tolerance = 1.0 }}
[design]
kind = "{kind}"
{size}
{keys}
[outcomes]
metrics = ["unemployment_rate"]
years = [2]
"""


def run(program, folder, kind, size):
    """Inputs (points x inputs), outputs, and the program's table by input."""
    path = folder / f"{kind}.toml"
    path.write_text(experiment(kind, size))
    subprocess.run([program, "sensitivity", path, "--quiet", "--out", folder], check=True)
    results = next(folder.glob(f"{kind}-sweep-*"))
    table = pl.read_parquet(results / "results.parquet").sort("point")
    name = {"saltelli": "sobol.csv", "morris": "morris.csv"}[kind]
    found = {row["input"]: row for row in csv.DictReader((results / name).open())}
    return table.select(NAMES).to_numpy(), table["value"].to_numpy(), found


def check_sobol(program, folder, points):
    _, y, ours = run(program, folder, "saltelli", f"points = {points}")
    rows = y.reshape(-1, 5)
    a, b, crossed = rows[:, 0], rows[:, 1], rows[:, 2:]
    both = np.concatenate([a, b])
    centred = both.mean()
    # ours: A, B, crossed; SALib's: A, crossed, B
    theirs = sobol.analyze(PROBLEM, np.column_stack([a, crossed, b]).ravel(), calc_second_order=False, seed=1)
    for k, name in enumerate(NAMES):
        mine = {key: float(ours[name][key]) for key in ("first", "total")}
        print(f"Sobol {name}: first {mine['first']:.3f} and {theirs['S1'][k]:.3f}, total {mine['total']:.3f} and {theirs['ST'][k]:.3f}")
        assert abs(mine["total"] - theirs["ST"][k]) < 1e-9
        assert abs(mine["first"] - first_order(a - centred, crossed[:, k] - centred, b - centred)) < 1e-9
        # E[(B - m) (AB - A)] / V at one mean m and at the other
        moved = (centred - y.mean()) * (crossed[:, k] - a).mean() / both.var()
        assert abs(mine["first"] + moved - theirs["S1"][k]) < 1e-9


def check_morris(program, folder, trajectories):
    x, y, ours = run(program, folder, "morris", f"trajectories = {trajectories}\nlevels = 4")
    theirs = morris.analyze(PROBLEM, x, y, num_levels=4, seed=1)
    for k, name in enumerate(NAMES):
        mine = [float(ours[name][key]) for key in ("mu", "mu_star", "sigma")]
        found = [theirs[key][k] for key in ("mu", "mu_star", "sigma")]
        print(f"Morris {name}: mu* {mine[1]:.5f} and {found[1]:.5f}, sigma {mine[2]:.5f} and {found[2]:.5f}")
        assert np.allclose(mine, found, rtol=1e-9, atol=1e-12)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    points = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    with tempfile.TemporaryDirectory() as folder:
        check_sobol(program, pathlib.Path(folder), points)
        check_morris(program, pathlib.Path(folder), points)


if __name__ == "__main__":
    main()
