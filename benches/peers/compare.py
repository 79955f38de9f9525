"""Starts every program of the peer comparison, one after another on one core, and prints Markdown tables.

    compare.py [wealth] [bam] [--runs N] [--core N] [--keep FILE] --target DIR     (started by `run`, which builds and installs)

Measurements are appended to FILE one by one; a comparison that was stopped goes on where it was, at the same commit.

A run goes through all sizes and engines before the next run begins, so that a slow spell of the machine meets all alike; cells
are medians. Run k has seed k. The clock is processor time: another process on the core costs nothing but cache. Every program
checks its own results and ends with an error if they are not what they must be; means of the macro economy are held against those
of bamengine, whose model it is.
"""

import argparse
import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import distributions
from pathlib import Path

HERE = Path(__file__).resolve().parent

#: Steps that are timed, by engine and number of agents.
WEALTH = {
    "yaosu": {1_000: 50_000, 10_000: 5_000, 100_000: 500, 1_000_000: 50},
    "krABMaga": {1_000: 2_000, 10_000: 200, 100_000: 10, 1_000_000: 3},
    "Mesa, do": {1_000: 500, 10_000: 50, 100_000: 5},
    "Mesa, shuffle_do": {1_000: 500, 10_000: 50, 100_000: 5},
    "mesa-frames": {1_000: 200, 10_000: 100, 100_000: 20, 1_000_000: 5},
    "mesa-frames, by place": {1_000: 2_000, 10_000: 1_000, 100_000: 200, 1_000_000: 50},
    "bare loop": {1_000: 50_000, 10_000: 5_000, 100_000: 500, 1_000_000: 50},
}
#: Multiples of 100 firms, 500 households and 10 banks: periods that are timed, the same for all engines.
BAM = {1: 200, 10: 100, 100: 20}
BAM_ENGINES = ["yaosu", "krABMaga", "Mesa", "bamengine", "bare loop"]
#: Whose model the macro economy is, and how far means of others may be from its own beyond luck: unemployment and inflation in
#: points, output and real wage as shares of its own. The rules differ in who acts before whom, which is worth up to 3 % of a real wage.
REFERENCE = "bamengine"
TOLERANCE = {"unemployment": 0.01, "inflation": 0.01, "output": 0.02, "real_wage": 0.04}
#: Standard errors of a difference that are luck.
LUCK = 4
#: People an agent of the full model: quarters that are timed.
FULL = {3300: 20, 330: 4}
#: Not an engine: left out when the fastest peer is named.
NO_PEER = {"yaosu", "bare loop"}


def command(target, rule, engine, size, steps, seed):
    tail = [str(size), str(steps), str(seed)]
    rust = {"yaosu": ("peers-yaosu", "yaosu"), "krABMaga": ("peers-krabmaga", "krabmaga"), "bare loop": ("peers-krabmaga", "bare")}
    if engine in rust:
        program, name = rust[engine]
        return [str(target / "release" / program), rule, name, *tail]
    name, *option = engine.lower().replace("-", "_").split(", ")
    venv = "frames" if name == "mesa_frames" else "python"
    script = HERE / "python" / f"{rule}_{name}.py"
    return [str(HERE / "venv" / venv / "bin" / "python"), str(script), *option, *tail]


def measure(args, core):
    one = {name: "1" for name in ("RAYON_NUM_THREADS", "POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")}
    pinned = ["taskset", "-c", str(core), *args]
    done = subprocess.run(pinned, env={**os.environ, **one}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(args)} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def rows(rule):
    """(rule, engine, size, steps) of one run."""
    if rule == "wealth":
        return [(rule, engine, size, steps) for engine, sizes in WEALTH.items() for size, steps in sizes.items()]
    bam = [(rule, engine, size, steps) for size, steps in BAM.items() for engine in BAM_ENGINES]
    return bam + [("full", "yaosu", scale, steps) for scale, steps in FULL.items()]


def here(core):
    """What measurements that belong together were made with."""
    return f"commit {commit()}, {versions()}, core {core} of {machine()}"


def kept(file, made):
    """(rule, engine, size, steps) and what its program printed, of all measurements in the file, which must be `made` with the same."""
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    others = sorted({with_what for with_what, *_ in lines} - {made})
    if others:
        sys.exit(f"{file}: measurements of {'; '.join(others)}; and this is {made}: name another file")
    if lines and "with changes" in made:
        sys.exit(f"{file}: commit the changes first: whether it was measured with the same ones is not known")
    if lines:
        print(f"{file}: goes on after {len(lines)} measurements", file=sys.stderr)
    return [measured for _, *measured in lines]


def measurements(rule, options):
    """(rule, engine, size, steps): what its program printed, in every run."""
    results = {}
    for key, line in options.kept:
        if tuple(key) in rows(rule):
            results.setdefault(tuple(key), []).append(line)
    for run in range(options.runs):
        for key in rows(rule):
            if len(results.get(key, [])) > run:
                continue
            line = measure(command(options.target, *key, run + 1), options.core)
            results.setdefault(key, []).append(line)
            with options.keep.open("a") as file:
                print(json.dumps([options.made, key, line]), file=file)
    return results


def cell(rates):
    """Median with the lowest and the highest, in millions a second."""
    low, mid, high = (f"{x / 1e6:.3g}" for x in (min(rates), statistics.median(rates), max(rates)))
    return f"{mid} ({low} to {high})"


def table(rule, agents, results):
    """A row an engine, a column a size, and how many times the fastest peer is beaten."""
    rate = {(e, n): [agents(n) * steps / r["seconds"] for r in runs] for (_, e, n, steps), runs in results.items()}
    engines, sizes = list(dict.fromkeys(e for e, _ in rate)), sorted({n for _, n in rate})
    print(f"\n| million agents and {'steps' if rule == 'wealth' else 'periods'} a second | " + " | ".join(f"{agents(n):,}" for n in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for e in engines:
        print(f"| {e} | " + " | ".join(cell(rate[e, n]) if (e, n) in rate else "" for n in sizes) + " |")
    times, least = [], []
    for n in sizes:
        peers = {e: statistics.median(rate[e, n]) for e in engines if e not in NO_PEER and (e, n) in rate}
        fastest = max(peers, key=peers.get)
        times.append(f"{statistics.median(rate['yaosu', n]) / peers[fastest]:.1f} times {fastest}")
        pairs = [own / peer for own, peer in zip(rate["yaosu", n], rate[fastest, n])]
        least.append(f"{min(pairs):.1f}")
    print("| yaosu against the fastest peer | " + " | ".join(times) + " |")
    print("| the least of a run | " + " | ".join(least) + " |")


def checks(results, keys):
    """What the programs came to: means over the runs, standard errors in brackets."""
    print("\n| engine | size | " + " | ".join(keys) + " |\n|---|---|" + "---|" * len(keys))
    for (_, engine, size, _), runs in results.items():
        means = [mean([r[key] for r in runs]) for key in keys]
        print(f"| {engine} | {size:,} | " + " | ".join(f"{x:.3f} ({error:.3f})" for x, error in means) + " |")


def mean(x):
    """Mean and its standard error."""
    return statistics.mean(x), statistics.stdev(x) / len(x) ** 0.5 if len(x) > 1 else math.nan


def agree(results):
    """Holds the means of all engines against those of the reference; ends with an error if one is further off than luck and rules allow."""
    off, widest = [], dict.fromkeys(TOLERANCE, 0.0)
    for (_, engine, size, steps), runs in results.items():
        for key, allowed in TOLERANCE.items():
            (x, error), (y, other) = (mean([r[key] for r in rs]) for rs in (runs, results["bam", REFERENCE, size, steps]))
            scale = y if key in ("output", "real_wage") else 1.0
            luck = LUCK * math.hypot(error, other) / scale
            gap = (x - y) / scale
            widest[key] = max(widest[key], abs(gap))
            if engine != REFERENCE and not abs(gap) <= allowed + luck:
                off.append(f"{engine}, size {size}: {key} {x:.4f}, {REFERENCE} {y:.4f}: {gap:+.4f} where {allowed} and luck of {luck:.4f} are allowed")
    if off:
        sys.exit("engines do not agree:\n" + "\n".join(off))
    print("\nAll agree with " + REFERENCE + "; widest gaps: " + ", ".join(f"{key} {gap:.4f}" for key, gap in widest.items()) + ".")


def versions():
    text = (HERE / "Cargo.lock").read_text()
    krabmaga = re.search(r'name = "krabmaga"\nversion = "(.*)"', text)[1]
    found = {}
    for venv in ("python", "frames"):
        for site in (HERE / "venv" / venv / "lib").glob("python*/site-packages"):
            found |= {d.metadata["Name"].lower(): d.version for d in distributions(path=[str(site)])}
    python = subprocess.run([HERE / "venv/python/bin/python", "-V"], capture_output=True, text=True).stdout.strip()
    rustc = subprocess.run(["rustc", "-V"], capture_output=True, text=True).stdout.split()[1]
    names = ", ".join(f"{n} {found[n]}" for n in ("mesa", "bamengine", "numba", "mesa_frames", "polars"))
    return f"krABMaga {krabmaga}, {names}; {python}, rustc {rustc}"


def machine():
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{cpu[1] if cpu else platform.processor()}, {platform.system()} {platform.release()}"


def commit():
    run = lambda *a: subprocess.run(["git", *a], cwd=HERE, capture_output=True, text=True).stdout.strip()
    return run("rev-parse", "--short", "HEAD") + (", with changes" if run("status", "--porcelain", "--", "../..") else "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rules", nargs="*", default=[])
    parser.add_argument("--runs", type=int, default=5, choices=range(1, 100), metavar="N")
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.mkdtemp()) / "measurements")
    options = parser.parse_args()
    options.made = here(options.core)
    options.kept = kept(options.keep, options.made)
    print(f"Commit {commit()}. {versions()}. One core of {machine()}. Processor time, medians of {options.runs} runs, lowest and highest in brackets.")
    for rule in options.rules or ["wealth", "bam"]:
        results = measurements(rule, options)
        full = {key: runs for key, runs in results.items() if key[0] == "full"}
        results = {key: runs for key, runs in results.items() if key[0] == rule}
        table(rule, (lambda n: n) if rule == "wealth" else (lambda n: 610 * n), results)
        for (_, _, _, steps), runs in full.items():
            print(f"\nThe full model of yaosu, {runs[0]['agents']:,} workers and firms: {cell([r['agents'] * steps / r['seconds'] for r in runs])}")
        checks(results, ["share"] if rule == "wealth" else list(TOLERANCE))
        if rule == "bam" and options.runs > 1:
            agree(results)


main()
