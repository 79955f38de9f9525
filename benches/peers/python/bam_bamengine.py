"""The bottom-up economy as bamengine runs it: its defaults, with the compiled kernel of its goods market (`bamengine[fast]`)."""

import clock
import bamengine

times, periods, seed = clock.arguments()
sim = bamengine.Simulation.init(
    n_firms=100 * times,
    n_households=500 * times,
    n_banks=10 * times,
    seed=seed,
    goods_kernel="numba",
    logging={"default_level": "ERROR"},
)


def seen():
    employed = sim.wrk.employed
    return {
        "unemployment": 1 - employed.mean(),
        "price": sim.ec.avg_mkt_price,
        "wage": sim.wrk.wage[employed].mean(),
        "output": sim.prod.production.sum() / (500 * times),
    }


clock.bam(sim.step, seen, periods)
