//! Players of the decomposition, and the arms that it needs.

use crate::base::draws::{Draws, Stage};
use crate::policy::{CHAPTERS, Schedule, chapter_number};
use crate::scenario::Scenario;
use std::collections::BTreeSet;

/// A set of players, one bit each.
pub type Coalition = u64;

/// Most players: one bit each, and room to count.
pub const MOST_PLAYERS: usize = 63;

/// Most players whose every subset is run.
pub const MOST_EXACT: usize = 7;

/// A lever or a chapter of levers that is switched on as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Player {
    /// Name in files: the lever's, or `chapter_NAME`.
    pub id: String,
    /// Its levers.
    pub members: Vec<String>,
    /// Places of its switches in the schedule.
    switches: Vec<usize>,
}

impl Player {
    /// A player without switches, for games that are no economy.
    #[cfg(test)]
    pub fn named(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            members: Vec::new(),
            switches: Vec::new(),
        }
    }
}

/// The players of a scenario: its levers, or the chapters that they belong to.
pub fn players(scenario: &Scenario, by_chapter: bool) -> Vec<Player> {
    let levers = scenario.levers.iter().enumerate();
    if !by_chapter {
        let player = |(k, active): (usize, &crate::scenario::ActiveLever)| Player {
            id: active.lever.id.clone(),
            members: vec![active.lever.id.clone()],
            switches: vec![k],
        };
        return levers.map(player).collect();
    }
    let chapter = chapter_number;
    let found: BTreeSet<usize> = scenario.levers.iter().map(|a| chapter(a.lever.article)).collect();
    let player = |c: usize| {
        let mine = levers.clone().filter(|(_, a)| chapter(a.lever.article) == c);
        let (switches, members) = mine.map(|(k, a)| (k, a.lever.id.clone())).unzip();
        Player {
            id: format!("chapter_{}", CHAPTERS[c].id),
            members,
            switches,
        }
    };
    found.into_iter().map(player).collect()
}

/// What is run: an arm for every coalition that effects or the decomposition need.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Players.
    pub players: Vec<Player>,
    /// Name of the arm with all players.
    pub package: String,
    /// Coalitions, the empty one first.
    pub arms: Vec<Coalition>,
    /// Orders in which players enter, for more than [`MOST_EXACT`]; each is followed by its reverse.
    pub orders: Vec<Vec<usize>>,
    /// Whether Shapley values are wanted.
    pub decompose: bool,
}

impl Plan {
    /// The plan for `players`; `pairs` are the antithetic pairs of orders drawn when there are too many subsets.
    pub fn new(players: Vec<Player>, name: &str, decompose: bool, pairs: usize) -> Self {
        let n = players.len();
        let all = Self::everybody(n);
        let package = if n == 1 { players[0].id.clone() } else { name.to_owned() };
        let mut arms: Vec<Coalition> = vec![0];
        arms.extend((0..n).map(|k| 1 << k));
        arms.push(all);
        let exact = n <= MOST_EXACT;
        let orders = if decompose && !exact {
            orders(n, pairs)
        } else {
            Vec::new()
        };
        if decompose && exact {
            arms.extend(0..=all);
        }
        for order in &orders {
            let mut grown = 0;
            for &k in order {
                grown |= 1 << k;
                arms.push(grown);
            }
        }
        let mut seen = BTreeSet::new();
        arms.retain(|c| seen.insert(*c));
        Self {
            players,
            package,
            arms,
            orders,
            decompose,
        }
    }

    fn everybody(n: usize) -> Coalition {
        (1 << n) - 1
    }

    /// The coalition of all players.
    pub fn package_arm(&self) -> Coalition {
        Self::everybody(self.players.len())
    }

    /// Place of a coalition among the arms.
    pub fn place(&self, coalition: Coalition) -> Option<usize> {
        self.arms.iter().position(|c| *c == coalition)
    }

    /// Whether a coalition is reported in full: the baseline, single players and the package.
    pub fn full(&self, coalition: Coalition) -> bool {
        coalition.count_ones() < 2 || coalition == self.package_arm()
    }

    /// Name of a coalition: `baseline`, a player, the package, or players joined by `+`.
    pub fn name(&self, coalition: Coalition) -> String {
        match coalition {
            0 => "baseline".to_owned(),
            all if all == self.package_arm() => self.package.clone(),
            _ => {
                let members = self
                    .players
                    .iter()
                    .enumerate()
                    .filter(|(k, _)| coalition & (1 << k) != 0);
                members.map(|(_, p)| p.id.as_str()).collect::<Vec<_>>().join("+")
            }
        }
    }

    /// The law of a coalition.
    pub fn schedule(&self, scenario: &Scenario, coalition: Coalition) -> Schedule {
        let member = |k: usize| {
            let mut players = self.players.iter().enumerate();
            players.any(|(p, player)| coalition & (1 << p) != 0 && player.switches.contains(&k))
        };
        let switches = scenario.schedule.switches().iter().enumerate();
        let on = switches.filter(|(k, _)| member(*k)).map(|(_, s)| s.clone());
        Schedule::new(scenario.schedule.law().clone(), on.collect())
    }
}

/// `pairs` drawn orders of `n` players, each followed by its reverse (antithetic: Mitchell, Cooper, Frank, Holmes 2022).
fn orders(n: usize, pairs: usize) -> Vec<Vec<usize>> {
    let stream = Draws::new(0).stream(Stage::Analysis, 1, n as u32);
    let mut out = Vec::with_capacity(2 * pairs);
    for k in 0..pairs {
        let mut luck = stream.at(k);
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, (luck.uniform() * (i + 1) as f64) as usize);
        }
        let reverse = order.iter().rev().copied().collect();
        out.push(order);
        out.push(reverse);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn players(n: usize) -> Vec<Player> {
        (0..n).map(|k| Player::named(&format!("p{k}"))).collect()
    }

    #[test]
    fn every_subset_is_an_arm_once() {
        let plan = Plan::new(players(3), "all", true, 0);
        assert_eq!(plan.arms.len(), 8);
        assert_eq!(plan.arms[..5], [0, 1, 2, 4, 7]);
        assert_eq!(plan.name(0), "baseline");
        assert_eq!(plan.name(5), "p0+p2");
        assert_eq!(plan.name(7), "all");
        assert_eq!(Plan::new(players(3), "all", false, 0).arms, [0, 1, 2, 4, 7]);
        assert_eq!(Plan::new(players(1), "all", true, 0).arms, [0, 1]);
        assert_eq!(Plan::new(players(1), "all", true, 0).package, "p0");
    }

    #[test]
    fn seven_chapters_are_decomposed_exactly_and_sixty_levers_have_arms() {
        let plan = Plan::new(players(7), "all", true, 10);
        assert_eq!((plan.arms.len(), plan.orders.len()), (128, 0));
        let plan = Plan::new(players(MOST_PLAYERS), "all", false, 0);
        assert_eq!(plan.arms.len(), MOST_PLAYERS + 2);
        assert!(plan.full(1 << (MOST_PLAYERS - 1)) && plan.package_arm().count_ones() == MOST_PLAYERS as u32);
    }

    #[test]
    fn many_players_get_antithetic_orders() {
        let plan = Plan::new(players(9), "all", true, 5);
        assert_eq!(plan.orders.len(), 10);
        for pair in plan.orders.chunks(2) {
            let mut back = pair[1].clone();
            back.reverse();
            assert_eq!(pair[0], back);
            back.sort_unstable();
            assert_eq!(back, (0..9).collect::<Vec<_>>());
        }
        assert!(plan.arms.len() <= 2 + 10 * 8 + 9);
    }
}
