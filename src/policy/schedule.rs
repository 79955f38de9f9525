//! When, where and how strongly levers are on, and the law that follows.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::{Law, LawError, Lever};

/// Regions in which a lever is on, by their place in the world.
#[derive(Debug, Clone, PartialEq)]
pub enum RegionSet {
    /// Everywhere.
    All,
    /// Only these, in increasing order.
    Only(Vec<usize>),
}

impl RegionSet {
    /// Whether `region` is one of them.
    pub fn contains(&self, region: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(list) => list.binary_search(&region).is_ok(),
        }
    }
}

/// A lever that a scenario switches on. Tick 0 is the first measured quarter.
#[derive(Debug, Clone, PartialEq)]
pub struct Switch {
    /// What it moves.
    pub lever: Arc<Lever>,
    /// First quarter in which it is on `[tick]`.
    pub from: i64,
    /// First quarter in which it is off again `[tick]`.
    pub until: Option<i64>,
    /// Quarters until full strength; 0 and 1 both mean at once.
    pub phase_in: u32,
    /// Where.
    pub regions: RegionSet,
    /// Share of the way to the target at full strength, in [0, 1].
    pub intensity: f64,
}

impl Switch {
    /// intensity · ramp, where the ramp rises linearly from 1/phase_in in the first quarter to 1.
    pub fn strength(&self, tick: i64, region: usize) -> f64 {
        if self.regions.contains(region) {
            self.strength_anywhere(tick)
        } else {
            0.0
        }
    }

    fn strength_anywhere(&self, tick: i64) -> f64 {
        if tick < self.from || self.until.is_some_and(|until| tick >= until) {
            return 0.0;
        }
        let (quarters, needed) = (tick.saturating_sub(self.from), i64::from(self.phase_in));
        if quarters >= needed - 1 {
            self.intensity
        } else {
            self.intensity * (quarters + 1) as f64 / needed as f64
        }
    }
}

/// The status quo with its switches, in the order in which they act.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    law: Law,
    base: Vec<f64>,
    switches: Vec<Switch>,
}

impl Schedule {
    /// `switches` must come in the order in which they act; see [`order`].
    pub fn new(law: Law, switches: Vec<Switch>) -> Self {
        Self {
            base: law.values(),
            law,
            switches,
        }
    }

    /// The same law with every lever off.
    pub fn status_quo(&self) -> Self {
        Self::new(self.law.clone(), Vec::new())
    }

    /// The law before any lever.
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// Levers that are on at some time.
    pub fn switches(&self) -> &[Switch] {
        &self.switches
    }

    /// The law of a quarter in a region, in the order of [`Law::keys`].
    ///
    /// Each lever moves a rule from where the earlier ones left it: v + strength · (target - v). A lever of strength 0
    /// leaves the very same bits.
    pub fn values_at(&self, tick: i64, region: usize) -> Vec<f64> {
        let mut values = self.base.clone();
        for switch in &self.switches {
            let strength = switch.strength(tick, region);
            if strength <= 0.0 {
                continue;
            }
            for mv in &switch.lever.moves {
                if let Some(value) = values.get_mut(mv.rule) {
                    *value = toward(*value, mv.target, strength);
                }
            }
        }
        values
    }

    /// The law of a quarter in a region as the typed rules that markets read.
    pub fn rules_at<R: DeserializeOwned>(&self, tick: i64, region: usize) -> Result<R, LawError> {
        self.law.typed(&self.values_at(tick, region))
    }

    /// Whether the law of `tick` may differ from that of the quarter before, in any region.
    ///
    /// The first quarter of a run must be computed in any case.
    pub fn changes_at(&self, tick: i64) -> bool {
        self.switches.iter().any(|switch| {
            let before = switch.strength_anywhere(tick.saturating_sub(1));
            switch.strength_anywhere(tick) != before
        })
    }

    /// The first quarter in which any lever is on, if one ever is `[tick]`.
    pub fn first_change(&self) -> Option<i64> {
        let acting = self.switches.iter().filter(|switch| switch.intensity > 0.0);
        acting.map(|switch| switch.from).min()
    }
}

/// A share `strength` of the way from `value` to `target`, exact at the end.
fn toward(value: f64, target: f64, strength: f64) -> f64 {
    if strength >= 1.0 {
        target
    } else {
        value + strength * (target - value)
    }
}

/// Why levers cannot be put in order; positions refer to the list that was to be ordered.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum OrderError {
    /// Two levers move one rule and neither says that it acts after the other.
    #[error("both move `{rule}` and neither says which acts first")]
    Undeclared {
        /// Position of one lever.
        first: usize,
        /// Position of the other.
        second: usize,
        /// The rule that both move.
        rule: String,
    },
    /// Levers wait for each other.
    #[error("levers wait for each other")]
    Cycle {
        /// Positions of levers that cannot be placed.
        among: Vec<usize>,
    },
}

/// The order in which `active` levers act: by `after`, then by article and name.
///
/// `known` are all levers there are, so that an order can run through one that is off.
pub fn order(active: &[&Lever], known: &[&Lever]) -> Result<Vec<usize>, Vec<OrderError>> {
    let before: Vec<Vec<&str>> = active.iter().map(|lever| ancestors(lever, known)).collect();
    let precedes = |a: usize, b: usize| match (active.get(a), before.get(b)) {
        (Some(lever), Some(list)) => list.contains(&lever.id.as_str()),
        _ => false,
    };
    let mut errors = Vec::new();
    for (first, one) in active.iter().enumerate() {
        for (second, other) in active.iter().enumerate().skip(first + 1) {
            let shared = one.moves.iter().find(|mv| other.target(mv.rule).is_some());
            if let Some(mv) = shared
                && !precedes(first, second)
                && !precedes(second, first)
            {
                errors.push(OrderError::Undeclared {
                    first,
                    second,
                    rule: mv.key.clone(),
                });
            }
        }
    }
    let mut waiting: Vec<usize> = (0..active.len()).collect();
    waiting.sort_by_key(|&i| active.get(i).map(|lever| (lever.article, &lever.id)));
    let mut placed = Vec::with_capacity(active.len());
    while !waiting.is_empty() {
        let free = waiting.iter().position(|&i| !waiting.iter().any(|&j| precedes(j, i)));
        match free {
            Some(position) => placed.push(waiting.remove(position)),
            None => {
                errors.push(OrderError::Cycle { among: waiting });
                break;
            }
        }
    }
    if errors.is_empty() { Ok(placed) } else { Err(errors) }
}

/// Names of all levers that act before `lever`, directly or through others.
fn ancestors<'a>(lever: &'a Lever, known: &[&'a Lever]) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    let mut open: Vec<&Lever> = vec![lever];
    while let Some(next) = open.pop() {
        for id in &next.after {
            if !found.contains(&id.as_str()) {
                found.push(id);
                open.extend(known.iter().filter(|other| other.id == *id));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::law::tests::sample;
    use super::super::{Measured, Move};
    use super::*;
    use crate::base::problem::Source;

    fn lever(id: &str, after: &str, moves: &[(usize, f64)]) -> Lever {
        let text = format!(
            "lever = {{ id = '{id}', article = 0, placebo = true, title = {{ zh = 'x', en = 'x' }}, mechanism = 'x', \
             evidence = {{ grade = 'B', note = 'x' }}, pays = 'x', after = [{after}] }}\nmoves = {{}}\n"
        );
        let parsed = Lever::parse(&Source::new("t", &text), &sample(), &Measured::default());
        let moves = moves.iter().map(|&(rule, target)| Move {
            key: rule.to_string(),
            rule,
            target,
        });
        Lever {
            moves: moves.collect(),
            ..parsed.expect("valid")
        }
    }

    fn switch(lever: Lever) -> Switch {
        let lever = Arc::new(lever);
        Switch {
            lever,
            from: 2,
            until: None,
            phase_in: 1,
            regions: RegionSet::All,
            intensity: 1.0,
        }
    }

    #[test]
    fn strength_ramps_holds_and_ends() {
        let ramp = Switch {
            phase_in: 4,
            until: Some(8),
            intensity: 0.5,
            ..switch(lever("a", "", &[]))
        };
        let path: Vec<f64> = (0..10).map(|tick| ramp.strength(tick, 0)).collect();
        assert_eq!(path, [0.0, 0.0, 0.125, 0.25, 0.375, 0.5, 0.5, 0.5, 0.0, 0.0]);
    }

    #[test]
    fn off_is_bit_identical_and_on_moves_only_what_it_says() {
        let mut law = sample().keys().to_vec();
        if let Some(rule) = law.first_mut() {
            rule.value = -0.0;
        }
        let law = Law::new(law);
        let off = Switch {
            intensity: 0.0,
            ..switch(lever("a", "", &[(0, 1.0)]))
        };
        let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        let schedule = Schedule::new(law.clone(), vec![off.clone()]);
        assert_eq!(bits(schedule.values_at(50, 0)), bits(law.values()));
        let on = Schedule::new(law.clone(), vec![Switch { intensity: 1.0, ..off }]);
        assert_eq!(bits(on.values_at(1, 0)), bits(law.values()));
        assert_eq!(bits(on.status_quo().values_at(2, 0)), bits(law.values()));
        let moved = on.values_at(2, 0);
        assert_eq!(moved.first(), Some(&1.0));
        assert_eq!(
            bits(moved.into_iter().skip(1).collect()),
            bits(law.values().into_iter().skip(1).collect())
        );
    }

    #[test]
    fn regions_limit_a_lever() {
        let only = Switch {
            regions: RegionSet::Only(vec![1, 3]),
            ..switch(lever("a", "", &[(2, 1.0)]))
        };
        let schedule = Schedule::new(sample(), vec![only]);
        let moved = |region| schedule.values_at(5, region) != sample().values();
        assert_eq!((0..5).map(moved).collect::<Vec<_>>(), [false, true, false, true, false]);
    }

    #[test]
    fn changes_are_announced_in_exactly_the_quarters_in_which_they_happen() {
        let ramp = Switch {
            phase_in: 3,
            until: Some(8),
            ..switch(lever("a", "", &[(2, 1.0)]))
        };
        let schedule = Schedule::new(sample(), vec![ramp]);
        for tick in -3..12 {
            let moved = schedule.values_at(tick, 0) != schedule.values_at(tick - 1, 0);
            assert_eq!(schedule.changes_at(tick), moved, "{tick}");
        }
        assert!(!schedule.changes_at(i64::MIN) && !schedule.changes_at(i64::MAX));
        assert_eq!(schedule.first_change(), Some(2));
    }

    #[test]
    fn levers_on_one_rule_act_in_their_order() {
        let (first, second) = (lever("z", "", &[(1, 1.0)]), lever("b", "'z'", &[(1, 0.0)]));
        let placed = order(&[&second, &first], &[&second, &first]).expect("declared");
        assert_eq!(placed, [1, 0]);
        let half = |lever| Switch {
            intensity: 0.5,
            ..switch(lever)
        };
        let schedule = Schedule::new(sample(), vec![half(first), half(second)]);
        let value = schedule.values_at(2, 0).get(1).copied();
        assert_eq!(value, Some((0.05 + 0.5 * (1.0 - 0.05)) * 0.5));
    }

    #[test]
    fn an_order_may_run_through_a_lever_that_is_off() {
        let (a, b, c) = (
            lever("a", "'b'", &[(1, 1.0)]),
            lever("b", "'c'", &[]),
            lever("c", "", &[(1, 0.0)]),
        );
        assert_eq!(order(&[&a, &c], &[&a, &b, &c]), Ok(vec![1, 0]));
        let conflict = OrderError::Undeclared {
            first: 0,
            second: 1,
            rule: "1".to_owned(),
        };
        assert_eq!(order(&[&a, &c], &[&a, &c]), Err(vec![conflict]));
    }

    #[test]
    fn levers_that_wait_for_each_other_are_an_error() {
        let (a, b) = (lever("a", "'b'", &[]), lever("b", "'a'", &[]));
        assert_eq!(
            order(&[&a, &b], &[&a, &b]),
            Err(vec![OrderError::Cycle { among: vec![0, 1] }])
        );
        let own = lever("a", "'a'", &[]);
        assert!(order(&[&own], &[&own]).is_err());
    }
}
