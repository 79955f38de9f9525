"""The rule of wealth transfer on mesa-frames: a polars frame of people, all of whom give at once.

Written as its own example is: select who has wealth, sample receivers, count what each receives, and one join and one
expression for losses and gains. `by place` uses that ids are the numbers of rows: receivers are drawn and counted by numpy, and
nothing is selected, grouped or joined.
"""

import sys

import clock
import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF


class People(AgentSetPolars):
    def __init__(self, n, model):
        super().__init__(model)
        self.gave = 0
        self += pl.DataFrame(
            {
                "unique_id": pl.arange(n, eager=True),
                "wealth": pl.ones(n, dtype=pl.Int64, eager=True),
            }
        )

    def step(self):
        self.select(pl.col("wealth") > 0)
        givers = len(self.active_agents)
        self.gave += givers
        gains = (
            self.agents["unique_id"]
            .sample(n=givers, with_replacement=True, seed=int(self.random.integers(2**31)))
            .to_frame()
            .group_by("unique_id")
            .len()
        )
        self.agents = (
            self.agents.join(gains, on="unique_id", how="left", maintain_order="left")
            .with_columns(
                wealth=pl.col("wealth") - (pl.col("wealth") > 0).cast(pl.Int64) + pl.col("len").fill_null(0)
            )
            .drop("len")
        )


class ByPlace(People):
    def step(self):
        gives = self.agents["wealth"] > 0
        givers = int(gives.sum())
        self.gave += givers
        n = len(self.agents)
        gains = np.bincount(self.random.integers(n, size=givers), minlength=n)
        self.agents = self.agents.with_columns(wealth=pl.col("wealth") - gives.cast(pl.Int64) + pl.Series(gains))


class Society(ModelDF):
    def __init__(self, people, n, seed):
        super().__init__(seed)
        self.people = people(n, self)
        self.agents += self.people

    def step(self):
        self.agents.do("step")


agents, steps, seed = clock.arguments()
society = Society(ByPlace if "by place" in sys.argv else People, agents, seed)
clock.wealth(
    society.step,
    lambda: society.people.gave,
    lambda: society.people["wealth"].sum(),
    agents,
    steps,
    clock.AT_ONCE,
)
