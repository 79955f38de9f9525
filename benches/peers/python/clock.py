"""What the Python programs share: arguments, the clock, the known answers."""

import gc
import json
import math
import sys
from time import process_time

#: Steps of the wealth rule before the clock starts.
WARM_WEALTH = 15
#: Periods of the bottom-up economy before the clock starts.
WARM_BAM = 20
#: Share of agents that give, at least and at most: all at once, in a fixed order, in changing orders (see common/src/wealth.rs).
AT_ONCE = (2 - math.sqrt(2), 2 - math.sqrt(2))
FIXED_ORDER = (2 / 3, 2 / 3)
CHANGING_ORDER = (AT_ONCE[1] + 0.03, 2 / 3)


def arguments():
    """Size, steps and seed of the command line."""
    size, steps, seed = map(int, sys.argv[-3:])
    return size, steps, seed


def timed(step, steps):
    """Seconds of the processor that `steps` calls take, in all threads."""
    gc.collect()
    start = process_time()
    for _ in range(steps):
        step()
    return process_time() - start


def wealth(step, gave, total, agents, steps, expected):
    """Times the wealth rule and holds it against what is known; `gave()` counts gifts so far."""
    for _ in range(WARM_WEALTH):
        step()
    before = gave()
    seconds = timed(step, steps)
    share = (gave() - before) / (agents * steps)
    assert total() == agents, "wealth is conserved"
    allowed = 0.01 + 10 / math.sqrt(agents * steps)
    least, most = expected
    assert least - allowed < share < most + allowed, f"{share} of agents gave, {expected} expected"
    print(json.dumps({"seconds": seconds, "share": share}))


def bam(period, seen, periods):
    """Times the bottom-up economy, and tells means over the periods timed (as common/src/bam.rs does)."""
    for _ in range(WARM_BAM):
        period()
    first = seen()["price"]
    gc.collect()
    seconds, rows = 0.0, []
    for _ in range(periods):
        start = process_time()
        period()
        seconds += process_time() - start
        rows.append(seen())
    mean = {key: sum(row[key] for row in rows) / periods for key in ("unemployment", "output")}
    mean["real_wage"] = sum(row["wage"] / row["price"] for row in rows) / periods
    mean["inflation"] = (rows[-1]["price"] / first) ** (4 / periods) - 1
    assert 0 <= mean["unemployment"] < 0.5 and -0.2 < mean["inflation"] < 0.4, mean
    assert 0.2 < mean["output"] < 0.55 and 0.1 < mean["real_wage"] < 0.6, mean
    print(json.dumps({"seconds": seconds, **{key: float(value) for key, value in mean.items()}}))
