//! A made-up folder of a comparison: levers whose effects are known parts of known numbers.

use polars::prelude::*;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use yaosu::experiment::frames::{RegionRow, regions_frame, write_parquet};

/// Name, level, effect in per cent after ten years, unit.
pub const MADE: &[(&str, f64, f64, &str)] = &[
    ("gdp_real", 8.0e11, 0.9, "yuan per quarter"),
    ("income_per_head", 9_000.0, 0.6, "yuan per quarter"),
    ("unemployment_rate", 0.05, -2.0, "share"),
    ("population", 3.2e7, 0.1, "people"),
];

/// Lever and its part of the effect; the package is the sum and a little more.
pub const LEVERS: &[(&str, f64)] = &[
    ("land_leasing", 0.5),
    ("credit_information", -0.2),
    ("hukou_mutual_recognition", 0.3),
    ("trio", 0.7),
];

const REGIONS: &[(&str, &str, &str, i32, i32)] = &[
    ("yuzhong", "Yuzhong", "渝中区", 3, 5),
    ("nanan", "Nan'an <b>&", "南岸区", 3, 6),
    ("jiangbei", "Jiangbei", "江北区", 2, 6),
    ("yubei", "Yubei", "渝北区", 1, 6),
];

pub const QUARTERS: i32 = 40;

fn effects(dir: &Path) {
    let mut text: [Vec<String>; 5] = Default::default();
    let (mut tick, mut day, mut seeds) = (Vec::new(), Vec::new(), Vec::new());
    let mut numbers: [Vec<f64>; 6] = Default::default();
    let mut horizons = String::from(
        "lever,metric,region,group,horizon_years,unit,effect,se,low,high,effect_pct,pct_low,pct_high,level_base,n_seeds,variance_reduction\n",
    );
    let names = ["total", "central_urban"]
        .into_iter()
        .chain(REGIONS.iter().map(|r| r.0));
    for (r, region) in names.enumerate() {
        for (lever, part) in LEVERS {
            for (metric, level, percent, unit) in MADE {
                for t in 0..QUARTERS {
                    let grown = f64::from(t + 1) / f64::from(QUARTERS);
                    let pct = percent * part * grown * (1.0 + 0.3 * r as f64);
                    let pcts = [pct, pct - 0.05, pct + 0.05];
                    let plain = pcts.map(|p| p / 100.0 * level);
                    for (column, value) in text.iter_mut().zip([lever, metric, region, "all", unit]) {
                        column.push(value.to_string());
                    }
                    tick.push(t);
                    day.push((f64::from(t) * 91.31 + 20_454.0) as i32);
                    seeds.push(8_i64);
                    for (column, value) in numbers.iter_mut().zip(plain.into_iter().chain(pcts)) {
                        column.push(value);
                    }
                    if [7, 19, 39].contains(&t) {
                        let ([e, l, h], [p, pl, ph], years) = (plain, pcts, (t + 1) / 4);
                        let start = format!("{lever},{metric},{region},all,{years},{unit}");
                        let _ = writeln!(horizons, "{start},{e},1,{l},{h},{p},{pl},{ph},{level},8,50");
                    }
                }
            }
        }
    }
    fs::write(dir.join("horizons.csv"), horizons).expect("written");
    let names = ["lever", "metric", "region", "group", "unit"];
    let mut columns: Vec<Column> = names
        .iter()
        .zip(text)
        .map(|(name, values)| Column::new((*name).into(), values))
        .collect();
    columns.push(Column::new("tick".into(), tick));
    let days = Column::new("quarter".into(), day).cast(&DataType::Date).expect("dates");
    columns.push(days);
    columns.push(Column::new("n_seeds".into(), seeds));
    let names = ["effect", "low", "high", "effect_pct", "pct_low", "pct_high"];
    columns.extend(
        names
            .iter()
            .zip(numbers)
            .map(|(name, values)| Column::new((*name).into(), values)),
    );
    let mut frame = DataFrame::new_infer_height(columns).expect("columns fit");
    write_parquet(&mut frame, &dir.join("effects.parquet")).expect("written");
}

/// The files that may be missing, with numbers that add up.
pub fn sheets(dir: &Path) {
    let write = |name: &str, text: &str| fs::write(dir.join(name), text).expect("written");
    let (mut shapley, mut channels, mut gains, mut lost) = (
        String::from("metric,horizon_years,player,value,se,low,high,unit\n"),
        String::from("lever,horizon_years,channel,value,se,low,high,unit\n"),
        String::from(
            "lever,horizon_years,kind,group,value,se,low,high,losers,lose_1pct,gain_1pct,sure_losers,people,unit\n",
        ),
        String::from("lever,horizon_years,factor,before,after,value,se,low,high\n"),
    );
    for years in [2, 5, 10] {
        for (lever, part) in LEVERS {
            let player = if *lever == "trio" { "package" } else { lever };
            let value = part * 8.0e9 * f64::from(years) / 10.0;
            let ends = format!("4e8,{},{}", value - 8.0e8, value + 8.0e8);
            let _ = writeln!(shapley, "gdp_real,{years},{player},{value},{ends},yuan per quarter");
            for (channel, share) in [("capital", 0.6), ("labour", -0.2), ("allocation_between", 0.6)] {
                let v = value * share;
                let _ = writeln!(channels, "{lever},{years},{channel},{v},{ends},yuan per quarter");
            }
            let _ = writeln!(lost, "{lever},{years},capital,0.86,0.84,-0.02,0.004,-0.028,-0.012");
            let _ = writeln!(
                gains,
                "{lever},{years},all,all,40,9,22,58,0.25,0.2,0.35,0.03,3e6,yuan per year"
            );
            for (k, group) in ["rural_at_home", "migrants", "urban_locals"].iter().enumerate() {
                let v = 120.0 * (1.0 - k as f64);
                let _ = writeln!(
                    gains,
                    "{lever},{years},hukou_status,{group},{v},9,{},{},0.25,0.2,0.35,0.03,1e6,yuan per year",
                    v - 18.0,
                    v + 18.0
                );
            }
        }
    }
    write("shapley.csv", &shapley);
    write("channels.csv", &channels);
    write("gains.csv", &gains);
    write("misallocation.csv", &lost);
    let pairs = "metric,horizon_years,a,b,value,se,low,high,unit\n\
                 gdp_real,10,package,singles,8e8,2e8,4e8,1.2e9,yuan per quarter\n\
                 gdp_real,10,land_leasing,credit_information,1e8,2e7,6e7,1.4e8,yuan per quarter\n";
    write("interactions.csv", pairs);
}

pub fn folder(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("a folder");
    effects(&dir);
    let regions: Vec<RegionRow> = REGIONS
        .iter()
        .map(|&(region, en, zh, tile_row, tile_col)| RegionRow {
            region: region.to_owned(),
            name_en: en.to_owned(),
            name_zh: zh.to_owned(),
            group: "central_urban".to_owned(),
            tile_row,
            tile_col,
        })
        .collect();
    write_parquet(
        &mut regions_frame(&regions).expect("columns fit"),
        &dir.join("regions.parquet"),
    )
    .expect("written");
    let manifest = "kind = \"compare\"\nname = \"trio\"\nhash = \"<i>1a2b\"\nversion = \"0.1.0\"\nworld = \"chongqing\"\n\
                    scale = 500\nquarters = 40\nseeds = [1, 2, 3, 4, 5, 6, 7, 8]\n";
    fs::write(dir.join("manifest.toml"), manifest).expect("written");
    dir
}
