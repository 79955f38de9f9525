//! Technology: ideas, licences, research.

use super::{FEN, metric, ratio};
use crate::metrics::Define::{Groups, Value};
use crate::metrics::Metric;

/// Groups of firms by size.
const SIZES: [&str; 2] = ["small", "large"];

/// Ideas of laboratories, licences, research and knowledge of firms.
pub const IDEAS: &[Metric] = &[
    metric(
        "ideas",
        "ideas",
        "living ideas of laboratories",
        Value(|s, r| Some(s.sum(r, |k| s.ideas[k][0]))),
    ),
    metric(
        "disclosure_share",
        "share",
        "new ideas of laboratories that inventors disclosed in the quarter",
        Value(|s, r| ratio(s.sum(r, |k| s.quarter.ideas[k][1]), s.sum(r, |k| s.quarter.ideas[k][0]))),
    ),
    metric(
        "idea_quality",
        "ratio",
        "mean usable quality of disclosed ideas, over the least quality of ideas of the start",
        Value(|s, r| ratio(s.sum(r, |k| s.ideas[k][2]), s.sum(r, |k| s.ideas[k][1]))),
    ),
    metric(
        "licences",
        "firms",
        "firms that took a licence in the quarter, by size",
        Groups(&SIZES, |s, r, g| Some(s.sum(r, |k| s.quarter.licences[k][g]))),
    ),
    metric(
        "licence_gain",
        "log points",
        "mean productivity of firms from licences, by size",
        Groups(&SIZES, |s, r, g| {
            ratio(s.sum(r, |k| s.licence[k][g][0]), s.sum(r, |k| s.licence[k][g][1]))
        }),
    ),
    metric(
        "licence_fees",
        "yuan per quarter",
        "what firms paid for licences",
        Value(|s, r| Some(s.sum(r, |k| s.quarter.licence_fees[k] as f64) / FEN)),
    ),
    metric(
        "research",
        "yuan per quarter",
        "spending on research of laboratories and of firms",
        Groups(&["laboratories", "firms"], |s, r, g| {
            Some(s.sum(r, |k| s.quarter.research[k][g] as f64) / FEN)
        }),
    ),
    metric(
        "rd_intensity",
        "share",
        "research of laboratories and firms over value added",
        Value(|s, r| {
            let spent = s.sum(r, |k| s.quarter.research[k].iter().sum::<i64>() as f64);
            ratio(spent, s.sum(r, |k| s.nominal[k].iter().sum()))
        }),
    ),
    metric(
        "knowledge",
        "yuan",
        "knowledge of firms from their own research, at start prices",
        Value(|s, r| Some(s.sum(r, |k| s.knowledge[k]) / FEN)),
    ),
    metric(
        "innovator_loans",
        "yuan",
        "debt of private firms that do research, younger than five years and older",
        Groups(&["young", "old"], |s, r, g| {
            Some(s.sum(r, |k| s.innovator_debt[k][g]) / FEN)
        }),
    ),
];
