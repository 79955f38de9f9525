"""The bottom-up economy on Mesa: firms, banks and households are agents, activated part by part as bamengine orders its events.

Parameters are bamengine's defaults (see common/src/bam.rs). Orders that matter are drawn: job seekers in every round of
applications and shoppers are activated by `shuffle_do`, the rest by `do`.
"""

from math import ceil, tanh

import clock
import mesa

FIRMS, HOUSEHOLDS, BANKS = 100, 500, 10
H_RHO, H_XI, H_PHI, H_ETA = 0.10, 0.05, 0.10, 0.10
M, H, Z = 4, 2, 2
PRODUCTIVITY, REVISION, THETA = 0.5, 4, 8
V, R_BAR, BETA, DELTA = 0.10, 0.02, 2.5, 0.10
PRICE, NET_WORTH_RATIO, EQUITY, SAVINGS = 0.5, 6.0, 5.0, 1.0
WAGE = PRICE / 3
ENTRANT, ENTRANT_PRICE, TRIM = 0.5, 1.2, 0.05
LOAN_CAP, MAX_LEVERAGE, EPS = 2.0, 10.0, 1e-9


def trimmed_mean(values):
    values = sorted(values)
    cut = round(TRIM * len(values))
    kept = values[cut : len(values) - cut]
    return sum(kept) / len(kept) if kept else 0.0


class Firm(mesa.Agent):
    def __init__(self, model):
        super().__init__(model)
        self.staff = []
        self.enter(PRICE, HOUSEHOLDS * PRODUCTIVITY / FIRMS, WAGE, 0.0)
        self.worth = self.funds = self.made * PRICE * NET_WORTH_RATIO

    def enter(self, price, made, offer, worth):
        """The state of a firm that has done nothing yet."""
        self.price, self.made, self.offer = price, made, offer
        self.worth = self.funds = worth
        self.stock = self.paid = self.interest = self.sold = self.demand = 0.0
        self.desired = 0
        self.loans = []
        self.banks = ()

    def plan(self):
        model, uniform = self.model, self.model.random.random
        quantity, price = H_RHO * uniform(), H_ETA * uniform()
        sold_out, cheap = self.stock == 0.0, self.price < model.average
        wanted = self.made
        if sold_out and not cheap:
            wanted *= 1 + quantity
        elif cheap and not sold_out:
            wanted *= 1 - quantity
        cost = (self.paid + self.interest) / max(wanted, EPS)
        if sold_out and cheap:
            self.price = max(self.price * (1 + price), cost)
        elif not sold_out and not cheap:
            self.price = max(self.price * (1 - price), cost)
        self.desired = ceil(wanted / PRODUCTIVITY)
        while len(self.staff) > self.desired:
            self.dismiss_one()

    def make_offer(self):
        if len(self.staff) < self.desired:
            self.offer *= 1 + H_XI * self.model.random.random()
        self.offer = max(self.offer, self.model.min_wage)

    def dismiss_one(self):
        """Dismisses somebody by lot and returns the wage saved."""
        staff = self.staff
        at = int(self.model.random.random() * len(staff))
        staff[at], staff[-1] = staff[-1], staff[at]
        worker = staff.pop()
        wage = worker.wage
        worker.dismissed()
        return wage

    def find_banks(self):
        model = self.model
        self.paid = sum(worker.wage for worker in self.staff)
        self.demand = max(self.paid - self.funds, 0.0)
        self.loans = []
        if self.demand > 0:
            self.fragility = self.demand / self.worth if self.worth > 0 else MAX_LEVERAGE
            self.banks = sorted(model.random.sample(model.banks, H), key=lambda bank: bank.shock)

    def ask(self, turn):
        if self.demand > EPS:
            self.banks[turn].asked.append(self)

    def produce(self):
        while self.paid - self.funds > EPS and self.staff:
            self.paid -= self.dismiss_one()
        self.funds -= self.paid
        self.made = self.stock = PRODUCTIVITY * len(self.staff)
        self.sold = 0.0

    def settle(self):
        self.funds += self.sold
        principal = sum(loan[1] for loan in self.loans)
        self.interest = sum(loan[2] for loan in self.loans)
        solvent = self.funds - principal - self.interest >= -EPS
        for bank, lent, interest in self.loans:
            if solvent:
                bank.equity += interest
            else:
                bank.equity -= lent - min(max(lent / principal * self.worth, 0.0), lent)
        profit = self.sold - self.paid - self.interest
        dividend = DELTA * max(profit, 0.0)
        self.model.dividends += dividend
        self.worth += profit - dividend
        self.funds = max(self.worth, 0.0)


class Bank(mesa.Agent):
    def __init__(self, model):
        super().__init__(model)
        self.equity = EQUITY
        self.supply = self.shock = 0.0
        self.asked = []

    def rate(self):
        self.supply = max(self.equity / V, 0.0)
        self.shock = H_PHI * self.model.random.random()

    def lend(self):
        self.asked.sort(key=lambda firm: firm.fragility)
        for firm in self.asked:
            principal = min(firm.demand, LOAN_CAP * firm.worth, self.supply)
            if principal > EPS:
                rate = R_BAR * (1 + self.shock * min(firm.fragility, MAX_LEVERAGE))
                firm.loans.append((self, principal, principal * rate))
                firm.funds += principal
                firm.demand -= principal
                self.supply -= principal
        self.asked = []


class Household(mesa.Agent):
    def __init__(self, model):
        super().__init__(model)
        self.savings = SAVINGS
        self.wage = 0.0
        self.left = 0
        self.employer = self.last = self.shop = None

    def dismissed(self):
        self.employer = self.last = None
        self.wage = 0.0

    def apply_to(self):
        """Firms in the order of applications, best offer first; the last firm first if the contract ran out."""
        model = self.model
        firms = sorted(model.random.sample(model.firms, M), key=lambda firm: -firm.offer)
        if self.last is not None:
            if self.last in firms:
                firms.remove(self.last)
            firms = [self.last, *firms[: M - 1]]
            self.last = None
        self.firms = firms

    def seek(self, turn):
        if self.employer is None:
            firm = self.firms[turn]
            if len(firm.staff) < firm.desired:
                firm.staff.append(self)
                self.employer, self.wage, self.left = firm, firm.offer, THETA

    def work(self):
        """Takes the wage, counts the contract down, and decides what to spend and where."""
        wealth = self.savings + self.wage
        self.budget = wealth / (1 + tanh(self.savings / self.model.mean_savings) ** BETA)
        self.savings = wealth - self.budget
        if self.employer is not None:
            self.left -= 1
            if self.left == 0:
                self.employer.staff.remove(self)
                self.last, self.employer, self.wage = self.employer, None, 0.0

    def buy(self):
        model, firms = self.model, self.model.firms
        a = self.shop or firms[int(model.random.random() * len(firms))]
        b = a
        while b is a:
            b = firms[int(model.random.random() * len(firms))]
        if b.price < a.price:
            a, b = b, a
        self.shop = b if b.made > a.made else a
        money = self.budget
        for firm in (a, b):
            if money <= EPS:
                break
            if firm.stock > EPS:
                goods = min(money / firm.price, firm.stock)
                firm.stock -= goods
                firm.sold += goods * firm.price
                money -= goods * firm.price
        self.savings += money


class Economy(mesa.Model):
    def __init__(self, times, seed):
        super().__init__(rng=seed)
        self.average, self.min_wage = PRICE, WAGE / 2
        self.prices = [PRICE]
        self.dividends = 0.0
        self.firms = list(Firm.create_agents(self, FIRMS * times))
        self.banks = list(Bank.create_agents(self, BANKS * times))
        Household.create_agents(self, HOUSEHOLDS * times)

    def step(self):
        firms, banks, households = (self.agents_by_type[kind] for kind in (Firm, Bank, Household))
        firms.do("plan")
        self.revise_minimum_wage(households)
        firms.do("make_offer")
        seekers = households.select(lambda h: h.employer is None)
        seekers.do("apply_to")
        for turn in range(M):
            seekers.shuffle_do("seek", turn)
        banks.do("rate")
        firms.do("find_banks")
        for turn in range(H):
            firms.do("ask", turn)
            banks.do("lend")
        firms.do("produce")
        self.take_average_price()
        self.mean_savings = max(sum(h.savings for h in households) / len(households), EPS)
        households.do("work")
        households.shuffle_do("buy")
        self.dividends = 0.0
        firms.do("settle")
        each = self.dividends / len(households)
        for household in households:
            household.savings += each
        self.replace_firms(households)
        self.replace_banks()

    def revise_minimum_wage(self, households):
        t = len(self.prices) - 1
        if t >= REVISION and t % REVISION == 0:
            self.min_wage *= self.prices[t] / self.prices[t - 4]
            for household in households:
                if household.employer is not None and household.wage < self.min_wage:
                    household.wage = self.min_wage

    def take_average_price(self):
        output = sum(firm.made for firm in self.firms)
        if output > 0:
            self.average = sum(firm.price * firm.made for firm in self.firms) / output
        self.prices.append(self.average)

    def replace_firms(self, households):
        closed = [firm for firm in self.firms if firm.worth < EPS or firm.made <= EPS]
        if not closed:
            return
        for firm in closed:
            for worker in firm.staff:
                worker.dismissed()
            firm.staff = []
        out = set(closed)
        stay = [firm for firm in self.firms if firm not in out]
        worth = ENTRANT * trimmed_mean(firm.worth for firm in stay)
        made = ENTRANT * trimmed_mean(firm.made for firm in stay)
        wage = ENTRANT * trimmed_mean(h.wage for h in households if h.employer is not None)
        for firm in closed:
            firm.enter(self.average * ENTRANT_PRICE, made, max(wage, self.min_wage), worth)

    def replace_banks(self):
        failed = [bank for bank in self.banks if bank.equity < EPS]
        if failed:
            sound = [bank for bank in self.banks if bank.equity >= EPS]
            for bank in failed:
                bank.equity = self.random.choice(sound).equity
                for firm in self.firms:
                    firm.interest -= sum(loan[2] for loan in firm.loans if loan[0] is bank)


times, periods, seed = clock.arguments()
economy = Economy(times, seed)


def seen():
    wages = [h.wage for h in economy.agents_by_type[Household] if h.employer is not None]
    return {
        "unemployment": 1 - len(wages) / (HOUSEHOLDS * times),
        "price": economy.average,
        "wage": sum(wages) / len(wages),
        "output": sum(firm.made for firm in economy.firms) / (HOUSEHOLDS * times),
    }


clock.bam(economy.step, seen, periods)
