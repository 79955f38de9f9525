"""Sobol indices of two parameters with SALib, one `yaosu run --json` a point.

pip install SALib; python salib_sobol.py path/to/yaosu [rows]
"""

import json
import subprocess
import sys
import tempfile

import numpy as np
from SALib.analyze import sobol
from SALib.sample import sobol as sample

PROBLEM = {
    "num_vars": 2,
    "names": ["labour.separation", "labour.wage_curve"],
    "bounds": [[0.05, 0.2], [0.01, 0.1]],
}


def outcome(program, point, out):
    command = [program, "run", "baseline", "--json", "--quiet", "--seed", "1", "--quarters", "8", "--scale", "20000"]
    command += ["--set", "birth.tolerance=1.0", "--out", out]
    for name, value in zip(PROBLEM["names"], point):
        command += ["--set", f"{name}={float(value)!r}"]
    line = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(line)["levels"]["unemployment_rate"]


def main():
    program = sys.argv[1]
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 16
    points = sample.sample(PROBLEM, rows, calc_second_order=False, seed=1)
    with tempfile.TemporaryDirectory() as out:
        values = np.array([outcome(program, point, out) for point in points])
    found = sobol.analyze(PROBLEM, values - values.mean(), calc_second_order=False, seed=1)
    for name, first, total in zip(PROBLEM["names"], found["S1"], found["ST"]):
        print(f"{name}: first {first:.2f}, total {total:.2f}")
    assert np.isfinite(values).all() and values.std() > 0


if __name__ == "__main__":
    main()
