//! Laboratories: universities and institutes of a region turn public research money and high skill into ideas, and
//! inventors decide which of them to disclose.
//!
//! Ideas differ in quality, Pareto with exponent a and least quality one, kept in [`CLASSES`] classes. An inventor
//! discloses an idea (proves it, has it approved and valued) if the income that is left to the inventor beats the cost:
//!
//! ```text
//! arrivals = arrivals of the start (useful money / start)^e_m (high skill / start)^e_h
//! disclosed in class k = Phi( (ln(share x income x usable x q_k) - ln cost - threshold) / sd )
//! ```
//!
//! where income is what a disclosed idea earns relative to the start, and usable the quality that the rules of research
//! money leave, relative to the start. Better terms bring more ideas, and worse ones: the mean quality of what is
//! disclosed falls. Nothing is rationed.

use crate::base::stats::normal_cdf;
use serde::{Deserialize, Serialize};

/// Quality classes of ideas, from the lowest.
pub const CLASSES: usize = 4;
/// Share of ideas below each class.
const BELOW: [f64; CLASSES + 1] = [0.0, 0.5, 0.9, 0.99, 1.0];

/// Behaviour of laboratories and inventors (`[laboratories]` in the scenario).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Public research money behind one idea at the start [yuan].
    pub idea_cost: f64,
    /// Elasticity of ideas to useful research money.
    pub money_elasticity: f64,
    /// Elasticity of ideas to resident workers of high skill.
    pub skill_elasticity: f64,
    /// Pareto exponent of the quality of ideas.
    pub quality_tail: f64,
    /// Obsolescence of ideas [1/year].
    pub fading: f64,
    /// Share of new ideas disclosed at the start.
    pub disclosed: f64,
    /// Spread of inventors' costs of disclosing [log points].
    pub cost_sd: f64,
    /// Usable quality of ideas from projects led by firms over that of others, less one.
    pub led_premium: f64,
}

/// Law of public research as it reaches laboratories and inventors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Share of research money lost to rules of spending.
    pub loss: f64,
    /// Share of research money in projects led by firms.
    pub led: f64,
    /// Inventor's share of licence income.
    pub share: f64,
    /// Cost of approval, proof and valuation, as a share of the value of a common idea.
    pub cost: f64,
}

/// Laboratories of all inside regions, and what was normal at the start.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Laboratories {
    /// Living ideas by inside region and class.
    pub ideas: Vec<[f64; CLASSES]>,
    /// Of which disclosed.
    pub disclosed: Vec<[f64; CLASSES]>,
    /// Usable quality of all disclosed ideas, by inside region.
    pub quality: Vec<f64>,
    /// New ideas in a quarter at the start, by inside region.
    pub arrivals: Vec<f64>,
    /// Public research money of the last quarter, by inside region [fen].
    pub money: Vec<i64>,
    /// Useful research money at the start, at start prices [fen per quarter].
    pub start_money: Vec<f64>,
    /// Workers of high skill at the start, by inside region [agents].
    pub start_skill: Vec<f64>,
    /// Log income at which inventors with mean costs disclose an idea of quality one, less the log of the law's cost.
    pub threshold: Vec<f64>,
    /// Licence income of a unit of disclosed quality, smoothed [fen per quarter].
    pub income: f64,
    /// The same at the start.
    pub start_income: f64,
    /// Disclosed ideas and their quality at the start, all regions.
    pub start_stock: [f64; 2],
    /// Knowledge of all firms [fen at start prices].
    pub knowledge: f64,
    /// The same at the start.
    pub start_knowledge: f64,
    /// Elasticity of everybody's productivity to the knowledge of all firms.
    pub spillover: f64,
    /// Licence income of the quarter that inventors will be paid, by inside region [fen].
    pub inventors: Vec<i64>,
    /// Cost of recruiting since the last quarter, by inside region [fen].
    pub recruiting: Vec<i64>,
}

/// Ideas of a quarter in one region.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flow {
    /// New ideas by class.
    pub ideas: [f64; CLASSES],
    /// Of which disclosed.
    pub disclosed: [f64; CLASSES],
    /// Usable quality of those.
    pub quality: f64,
}

/// Share of ideas in class `k`.
pub fn class_share(k: usize) -> f64 {
    BELOW[k + 1] - BELOW[k]
}

/// Mean quality of class `k`: with Pareto exponent a and tails t, a/(a-1) (t_k^(1-1/a) - t_{k+1}^(1-1/a)) / (t_k - t_{k+1}).
pub fn class_quality(a: f64, k: usize) -> f64 {
    let part = |tail: f64| tail.powf(1.0 - 1.0 / a);
    let (from, to) = (1.0 - BELOW[k], 1.0 - BELOW[k + 1]);
    a / (a - 1.0) * (part(from) - part(to)) / (from - to)
}

/// Usable quality under the law relative to ideas of which no project is led by firms.
pub fn usable(p: &Params, led: f64) -> f64 {
    1.0 + p.led_premium * led
}

/// New ideas over those of the start, at useful money and high skill over theirs.
pub fn arrival_ratio(p: &Params, money: f64, skill: f64) -> f64 {
    money.max(0.0).powf(p.money_elasticity) * skill.max(0.0).powf(p.skill_elasticity)
}

/// Share of class `k` disclosed when `worth` is the inventor's income from an idea of quality one over the cost.
pub fn disclosure(p: &Params, threshold: f64, worth: f64, k: usize) -> f64 {
    let gain = (worth * class_quality(p.quality_tail, k)).max(1e-12).ln();
    normal_cdf((gain - threshold) / p.cost_sd)
}

/// Share of all new ideas disclosed.
fn disclosed_share(p: &Params, threshold: f64, worth: f64) -> f64 {
    (0..CLASSES)
        .map(|k| class_share(k) * disclosure(p, threshold, worth, k))
        .sum()
}

/// Threshold at which the share of the start is disclosed under the law of the start, by bisection.
pub fn start_threshold(p: &Params, law: &Terms) -> f64 {
    let worth = law.share / law.cost;
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..80 {
        let mid = 0.5 * (low + high);
        if disclosed_share(p, mid, worth) > p.disclosed {
            low = mid
        } else {
            high = mid
        }
    }
    0.5 * (low + high)
}

/// Ideas of a quarter: `arrivals` new ones; `income` and `quality` are relative to the start.
pub fn invent(p: &Params, law: &Terms, threshold: f64, arrivals: f64, income: f64, quality: f64) -> Flow {
    let worth = law.share * income * quality / law.cost;
    let mut flow = Flow::default();
    for k in 0..CLASSES {
        flow.ideas[k] = arrivals * class_share(k);
        flow.disclosed[k] = flow.ideas[k] * disclosure(p, threshold, worth, k);
        flow.quality += flow.disclosed[k] * class_quality(p.quality_tail, k) * quality;
    }
    flow
}

impl Laboratories {
    /// Adds the ideas of a quarter in region `r`; older ones fade at a yearly rate.
    pub fn renew(&mut self, r: usize, fading: f64, flow: &Flow) {
        let keep = 1.0 - 0.25 * fading;
        for k in 0..CLASSES {
            self.ideas[r][k] = keep * self.ideas[r][k] + flow.ideas[k];
            self.disclosed[r][k] = keep * self.disclosed[r][k] + flow.disclosed[k];
        }
        self.quality[r] = keep * self.quality[r] + flow.quality;
    }

    /// Disclosed ideas of all regions, and their usable quality.
    pub fn stock(&self) -> [f64; 2] {
        let ideas = self.disclosed.iter().flatten().sum();
        [ideas, self.quality.iter().sum()]
    }

    /// Log gain of everybody's productivity from the knowledge of all firms, relative to the start.
    pub fn spilled(&self) -> f64 {
        if self.start_knowledge > 0.0 && self.knowledge > 0.0 {
            self.spillover * (self.knowledge / self.start_knowledge).ln()
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params {
            idea_cost: 1e6,
            money_elasticity: 0.5,
            skill_elasticity: 0.5,
            quality_tail: 1.5,
            fading: 0.12,
            disclosed: 0.2,
            cost_sd: 2.0,
            led_premium: 0.5,
        }
    }

    fn law() -> Terms {
        Terms {
            loss: 0.2,
            led: 0.2,
            share: 0.5,
            cost: 0.4,
        }
    }

    #[test]
    fn classes_add_up_to_the_pareto_law() {
        let a = 1.5;
        let mean: f64 = (0..CLASSES).map(|k| class_share(k) * class_quality(a, k)).sum();
        assert!((mean - a / (a - 1.0)).abs() < 1e-12, "{mean}");
        assert!((1..CLASSES).all(|k| class_quality(a, k) > class_quality(a, k - 1)));
    }

    #[test]
    fn a_larger_share_discloses_more_and_worse_ideas_with_the_elasticity_of_the_evidence() {
        let (p, mut l) = (params(), law());
        let c = start_threshold(&p, &l);
        let before = invent(&p, &l, c, 100.0, 1.0, 1.0);
        let count = |f: &Flow| f.disclosed.iter().sum::<f64>();
        assert!((count(&before) - 20.0).abs() < 1e-9);
        l.share *= 1.01;
        let after = invent(&p, &l, c, 100.0, 1.0, 1.0);
        assert!(after.quality > before.quality);
        assert!(after.quality / count(&after) < before.quality / count(&before));
        // Hvide and Jones 2018: two thirds less of the income halve ideas: ln 2 / ln 3
        let elasticity = (count(&after) / count(&before)).ln() / 1.01f64.ln();
        assert!((0.5..0.8).contains(&elasticity), "{elasticity}");
    }

    #[test]
    fn stocks_settle_at_flow_over_fading_and_money_and_skill_have_constant_returns() {
        let (p, l) = (params(), law());
        let flow = invent(&p, &l, start_threshold(&p, &l), 10.0, 1.0, 1.0);
        let mut labs = Laboratories {
            ideas: vec![[0.0; CLASSES]],
            disclosed: vec![[0.0; CLASSES]],
            quality: vec![0.0],
            ..Laboratories::default()
        };
        (0..4000).for_each(|_| labs.renew(0, p.fading, &flow));
        let all: f64 = labs.ideas[0].iter().sum();
        assert!((all - 10.0 / 0.03).abs() < 1e-6);
        assert!((labs.stock()[0] - 2.0 / 0.03).abs() < 1e-6);
        assert!((arrival_ratio(&p, 1.21, 1.21) - 1.21).abs() < 1e-12);
        assert_eq!(arrival_ratio(&p, 1.0, 1.0), 1.0);
    }
}
