//! A made-up run folder, and everything the report draws from it.

use std::f64::consts::PI;
use std::fs;
use std::path::{Path, PathBuf};

use yaosu::experiment::frames::{
    DistributionBuilder, DistributionRow, RegionRow, Row, SeriesBuilder, read_units, regions_frame, write_parquet,
};
use yaosu::report;

const DISTRICTS: &[(&str, i32, i32)] = &[
    ("Chengkou", 0, 9),
    ("Wuxi", 0, 10),
    ("Kaizhou", 1, 8),
    ("Yunyang", 1, 9),
    ("Fengjie", 1, 10),
    ("Wushan", 1, 11),
    ("Tongnan", 3, 0),
    ("Hechuan", 3, 2),
    ("Dianjiang", 2, 6),
    ("Liangping", 2, 7),
    ("Wanzhou", 2, 8),
    ("Zhongxian", 2, 9),
    ("Beibei", 3, 3),
    ("Yubei", 3, 4),
    ("Changshou", 3, 5),
    ("Fengdu", 3, 7),
    ("Shizhu Tujia Autonomous County", 3, 8),
    ("Tongliang", 4, 1),
    ("Bishan", 4, 2),
    ("Shapingba", 4, 3),
    ("Jiangbei", 4, 4),
    ("Fuling", 4, 6),
    ("Wulong", 4, 7),
    ("Dazu", 5, 0),
    ("Yongchuan", 5, 1),
    ("Jiulongpo", 5, 3),
    ("Yuzhong", 5, 4),
    ("Nan'an", 5, 5),
    ("Pengshui Miao and Tujia Autonomous County", 5, 8),
    ("Qianjiang", 5, 9),
    ("Rongchang", 6, 0),
    ("Jiangjin", 6, 2),
    ("Dadukou", 6, 3),
    ("Banan", 6, 4),
    ("Nanchuan", 6, 6),
    ("Youyang Tujia and Miao Autonomous County", 6, 9),
    ("Qijiang", 7, 4),
    ("Xiushan Tujia and Miao Autonomous County", 7, 9),
    ("Chengdu", 1, 0),
];

/// Metric, unit, level, effect after ten years (share of level), noise.
const METRICS: &[(&str, &str, f64, f64, f64)] = &[
    ("gdp_real", "yuan per quarter", 8.1e11, 0.031, 0.01),
    ("unemployment_rate", "share", 0.051, -0.06, 0.04),
    ("wage_mean", "yuan per quarter", 24_310.0, 0.024, 0.01),
    ("income_per_head", "yuan per quarter", 13_500.0, 0.024, 0.01),
    ("urban_rural_ratio", "ratio", 2.21, -0.05, 0.01),
    ("gini_income", "share", 0.431, -0.02, 0.005),
    ("population", "people", 3.19e7, 0.012, 0.002),
    ("lease_share", "share", 0.42, 0.3, 0.01),
    ("farm_productivity", "index", 1.0, 0.09, 0.02),
    ("mrpk_sd", "log points", 0.86, -0.07, 0.01),
    ("loan_application_rate", "share", 0.11, 0.35, 0.03),
    ("first_loans", "count", 21_400.0, 0.22, 0.05),
    ("data_traded", "yuan", 3.1e9, 0.8, 0.05),
    ("hukou_conversions", "people", 42_000.0, 1.1, 0.05),
    ("price_level", "index", 1.0, -0.004, 0.002),
    ("debt_gdp", "ratio", 1.9, 0.02, 0.01),
];

/// A draw in (-1, 1) that depends on nothing but its arguments.
fn noise(parts: &[i64]) -> f64 {
    let mut h: u64 = 0x9e37_79b9_7f4a_7c15;
    for p in parts {
        h = (h ^ *p as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        h ^= h >> 29;
    }
    (h >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn id(name: &str) -> String {
    name.split_whitespace()
        .next()
        .unwrap_or(name)
        .to_lowercase()
        .replace('\'', "")
}

fn series(dir: &Path, scenarios: &[&str], seeds: i64, quarters: i32) {
    let mut rows = SeriesBuilder::new(2026, 1);
    for (s, scenario) in scenarios.iter().enumerate() {
        for seed in 0..seeds {
            for tick in 0..quarters {
                let grown = s as f64 * (1.0 - (-f64::from(tick + 1) / 14.0).exp()) / (1.0 - (-40.0f64 / 14.0).exp());
                for (m, &(metric, unit, level, effect, sd)) in METRICS.iter().enumerate() {
                    let m = m as i64;
                    let cycle = 1.0
                        + sd * (f64::from(tick) * PI / 9.0 + 3.0 * noise(&[seed, m])).sin()
                        + sd * noise(&[seed, m, tick.into()]);
                    let luck = 0.5 * sd * noise(&[seed, m, tick.into(), s as i64]) * s as f64;
                    let mut push = |region: &str, group: &str, value: f64| {
                        rows.push(Row {
                            scenario,
                            seed,
                            tick,
                            region,
                            group,
                            metric,
                            value,
                            unit,
                        });
                    };
                    push("total", "all", level * cycle * (1.0 + effect * grown + luck));
                    if ["wage_mean", "income_per_head", "population"].contains(&metric) {
                        let share = if metric == "population" { 0.026 } else { 1.0 };
                        for (r, (name, ..)) in DISTRICTS.iter().enumerate() {
                            let at = 1.0 + 0.35 * noise(&[r as i64, m]);
                            let strength = effect * (0.6 + 1.5 * noise(&[r as i64, 77, m]));
                            let value = level * share * at * cycle * (1.0 + strength * grown + luck * 2.0);
                            push(&id(name), "all", value);
                        }
                    }
                }
                for (g, group) in ["low_native", "low_migrant", "high_native", "high_migrant"]
                    .iter()
                    .enumerate()
                {
                    let gain = [0.011, 0.052, 0.004, 0.021][g] * grown;
                    let value = 10.0 + 0.3 * g as f64 + gain + 0.004 * noise(&[seed, tick.into(), g as i64, s as i64]);
                    let (metric, unit, region) = ("log_wage_incumbent", "log yuan", "total");
                    rows.push(Row {
                        scenario,
                        seed,
                        tick,
                        region,
                        group,
                        metric,
                        value,
                        unit,
                    });
                }
            }
        }
    }
    write_parquet(&mut rows.finish().expect("columns fit"), &dir.join("series.parquet")).expect("written");
}

fn distributions(dir: &Path, scenarios: &[&str], seeds: i64, tick: i32) {
    let mut rows = DistributionBuilder::default();
    for (s, scenario) in scenarios.iter().enumerate() {
        for seed in 0..seeds {
            let shake = 0.06 * noise(&[seed, 5, s as i64 * 3]);
            let mut push = |distribution: &str, x: f64, y: f64| {
                rows.push(DistributionRow {
                    scenario,
                    seed,
                    tick,
                    distribution,
                    group: "all",
                    x,
                    y,
                });
            };
            for k in 0..=100 {
                let x = f64::from(k) / 100.0;
                let bend = 0.08 * s as f64;
                push("lorenz_income", x, x.powf(2.5 - bend + shake));
                push(
                    "lorenz_wealth",
                    x,
                    1.06 * x.powf(4.4 - 2.0 * bend + shake) - 0.06 * (x * (2.0 - x)),
                );
            }
            for k in 0..80 {
                let x = -4.0 + 0.1 * f64::from(k);
                let normal = |mean: f64, sd: f64| (-0.5 * ((x - mean) / sd).powi(2)).exp() / (sd * (2.0 * PI).sqrt());
                let less = 1.0 - 0.08 * s as f64 + shake;
                push("log_mrpk_state", x, normal(-0.45 * less, 0.7 * less));
                push("log_mrpk_private", x, normal(0.2 * less, 0.9 * less));
            }
        }
    }
    let mut frame = rows.finish().expect("columns fit");
    write_parquet(&mut frame, &dir.join("distributions.parquet")).expect("written");
}

fn folder(name: &str, scenarios: &[&str], seeds: i64, quarters: i32) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("a folder");
    series(&dir, scenarios, seeds, quarters);
    distributions(&dir, scenarios, seeds, quarters - 1);
    let regions: Vec<RegionRow> = DISTRICTS
        .iter()
        .map(|&(name, tile_row, tile_col)| RegionRow {
            region: id(name),
            name_en: name.to_owned(),
            name_zh: "区".to_owned(),
            group: "any".to_owned(),
            tile_row,
            tile_col,
        })
        .collect();
    let mut frame = regions_frame(&regions).expect("columns fit");
    write_parquet(&mut frame, &dir.join("regions.parquet")).expect("written");
    fs::write(
        dir.join("manifest.toml"),
        "name = \"three-reforms\"\nhash = \"1a2b3c4d\"\n",
    )
    .expect("written");
    dir
}

fn report_on(dir: &Path) -> (usize, Vec<String>) {
    let mut said = Vec::new();
    let files = report::draw_all(dir, &mut |line| said.push(line.to_owned())).expect("a report");
    assert!(
        files.iter().all(|f| f.is_file()),
        "a file that was announced is missing"
    );
    (files.len(), said)
}

#[test]
fn two_scenarios_draw_every_figure() {
    let dir = folder("three-reforms-1a2b3c4d", &["baseline", "three-reforms"], 20, 40);
    let (files, said) = report_on(&dir);
    assert_eq!(files, 4 + 2 * report::FIGURES.len(), "{said:?}");
    let units = read_units(&dir.join("series.parquet")).expect("metadata");
    assert_eq!(units.get("population").map(String::as_str), Some("people"));
    let table = report::summary_table(&dir).expect("a table").to_string();
    assert!(table.contains("Real GDP"));
}

#[test]
fn one_scenario_one_seed_draws_levels() {
    let dir = folder("alone-00000000", &["baseline"], 1, 6);
    let (files, said) = report_on(&dir);
    assert!(files > 4);
    assert!(said.iter().any(|s| s.starts_with("effects skipped")), "{said:?}");
}

#[test]
fn one_quarter_two_seeds_does_not_panic() {
    let dir = folder("short-00000000", &["baseline", "three-reforms"], 2, 1);
    let (files, said) = report_on(&dir);
    assert_eq!(files, 4 + 2 * report::FIGURES.len(), "{said:?}");
}

#[test]
fn a_known_effect_is_recovered() {
    let dir = folder("known-00000000", &["baseline", "three-reforms"], 8, 40);
    report_on(&dir);
    let tracks = fs::read_to_string(dir.join("tables/tracks.csv")).expect("a table");
    let line = tracks
        .lines()
        .find(|l| l.starts_with("gdp_real,total,all,effect,39,"))
        .expect("the last quarter");
    let mean: f64 = line.split(',').nth(5).and_then(|v| v.parse().ok()).expect("a number");
    assert!((mean - 3.1).abs() < 0.5, "{line}");
}

#[test]
fn an_empty_folder_is_an_error() {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("nothing-00000000");
    fs::create_dir_all(&dir).expect("a folder");
    assert!(report::draw_all(&dir, &mut |_| ()).is_err());
}
