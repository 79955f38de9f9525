//! People and labour: residents, work, wages, moves, posts, skill.

use super::{metric, ratio};
use crate::agents::workers::GROUP_NAMES;
use crate::metrics::Define::{City, Groups, Value};
use crate::metrics::Metric;

/// Who lives where.
pub const RESIDENTS: &[Metric] = &[
    metric(
        "population",
        "people",
        "residents, dependants included",
        Value(|s, r| Some(s.sum(r, |k| s.people[k]))),
    ),
    metric(
        "urban_share",
        "share",
        "residents in town",
        Value(|s, r| ratio(s.sum(r, |k| s.townspeople[k]), s.sum(r, |k| s.people[k]))),
    ),
    metric(
        "migrant_share",
        "share",
        "residents with hukou elsewhere",
        Value(|s, r| ratio(s.sum(r, |k| s.migrants[k]), s.sum(r, |k| s.people[k]))),
    ),
];

/// Work, unemployment and wages.
pub const JOBS: &[Metric] = &[
    metric(
        "employment",
        "workers",
        "employees, own-account workers and farmers",
        Value(|s, r| {
            Some(
                s.sum(r, |k| {
                    s.quarter.status[k][..3].iter().map(|&x| f64::from(x)).sum::<f64>()
                }) * s.scale,
            )
        }),
    ),
    metric(
        "farm_workers",
        "workers",
        "workers on farms",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.status[k][0])) * s.scale)),
    ),
    metric(
        "own_account_workers",
        "workers",
        "own-account workers",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.status[k][2])) * s.scale)),
    ),
    metric(
        "unemployment_rate",
        "share",
        "unemployed in the non-farm labour force",
        Value(|s, r| {
            let force = s.sum(r, |k| s.quarter.status[k][1..].iter().map(|&x| f64::from(x)).sum());
            ratio(s.sum(r, |k| f64::from(s.quarter.status[k][3])), force)
        }),
    ),
    metric(
        "vacancy_rate",
        "share",
        "openings left unfilled over employees, all areas",
        City(|s| {
            let jobs: f64 = s.quarter.status.iter().map(|x| f64::from(x[1])).sum();
            ratio(s.quarter.unfilled.iter().map(|&x| f64::from(x)).sum(), jobs)
        }),
    ),
    metric(
        "hires",
        "workers",
        "hires of the quarter, all areas",
        City(|s| Some(s.quarter.hires.iter().map(|&x| f64::from(x)).sum::<f64>() * s.scale)),
    ),
    metric(
        "wage_mean",
        "yuan per quarter",
        "mean wage of resident employees",
        Value(|s, r| s.group_wage(r, None)),
    ),
    metric(
        "wage",
        "yuan per quarter",
        "mean wage of resident employees by skill and nativity",
        Groups(&GROUP_NAMES, |s, r, g| s.group_wage(r, Some(g))),
    ),
    metric(
        "log_wage_incumbent",
        "log yuan per quarter",
        "mean log wage of workers by group frozen at the start",
        Groups(&GROUP_NAMES, |s, r, g| {
            // frozen cohorts carry the region group, not the region: only the city and all its people
            s.is_city(r).then(|| s.cohort_wage(|c| c % 4 == g)).flatten()
        }),
    ),
];

/// Settlement and migration.
pub const MOVES: &[Metric] = &[
    metric(
        "hukou_conversions",
        "people",
        "workers who took the local hukou in the quarter",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.conversions[k])) * s.scale)),
    ),
    metric(
        "moves",
        "people",
        "workers who moved in from another region in the quarter",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.moves[k])) * s.scale)),
    ),
    metric(
        "farm_moves",
        "people",
        "workers who changed between farm and town at home in the quarter",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.farm_moves[k])) * s.scale)),
    ),
];

/// Own-account work that is given up, and public posts.
pub const POSTS: &[Metric] = &[
    metric(
        "own_account_loss",
        "share",
        "income lost by who gave up own-account work and looks for a job, of net own-account income",
        Value(|s, r| {
            let of = |k: usize| s.sum(r, |i| s.quarter.own_account[i][k] as f64);
            Some(1.0 - ratio(of(2), of(3))? / ratio(of(0), of(1))?)
        }),
    ),
    metric(
        "public_posts",
        "workers",
        "residents in public posts for high skill",
        Value(|s, r| Some(s.sum(r, |k| f64::from(s.quarter.posts[k])) * s.scale)),
    ),
];

/// Skill of workers.
pub const SKILL: &[Metric] = &[metric(
    "high_skill_share",
    "share",
    "workers of high skill among resident workers off the farm",
    Value(|s, r| ratio(s.sum(r, |k| s.skill[k][0]), s.sum(r, |k| s.skill[k][1]))),
)];
