"""The rule of wealth transfer on Mesa: an object a person, activated one after another.

`do` activates in a fixed order, `shuffle_do` (the tutorial's) in an order drawn at every step. The tutorial draws a receiver
from the agent set, which builds a list at every draw; here the list is kept.
"""

import sys

import clock
import mesa


class Person(mesa.Agent):
    def __init__(self, model):
        super().__init__(model)
        self.wealth = 1

    def step(self):
        if self.wealth > 0:
            model = self.model
            self.wealth -= 1
            model.people[int(model.random.random() * model.n)].wealth += 1
            model.gave += 1


class Society(mesa.Model):
    def __init__(self, n, shuffled, seed):
        super().__init__(rng=seed)
        self.n = n
        self.gave = 0
        self.shuffled = shuffled
        self.people = list(Person.create_agents(self, n))

    def step(self):
        if self.shuffled:
            self.agents.shuffle_do("step")
        else:
            self.agents.do("step")


shuffled = sys.argv[1] == "shuffle_do"
agents, steps, seed = clock.arguments()
society = Society(agents, shuffled, seed)
clock.wealth(
    society.step,
    lambda: society.gave,
    lambda: sum(p.wealth for p in society.people),
    agents,
    steps,
    clock.CHANGING_ORDER if shuffled else clock.FIXED_ORDER,
)
