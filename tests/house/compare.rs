//! Comparisons: sums that must be exact, zeros that must be zero, the same bits on any number of threads.

mod short;

use crate::common::born;
pub use short::{Quiet, Record, folder, number, options, run, scenario, table};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use yaosu::experiment::compare::{Options, Until, compare};
use yaosu::experiment::frames::{floats, read_parquet, text};

#[test]
fn a_placebo_and_a_lever_of_intensity_zero_are_exactly_zero_everywhere() {
    let out = folder();
    let zero = [
        "levers.placebo=true",
        "levers.land_leasing={ intensity = 0.0 }",
        "levers.credit_information=false",
        "seeds=[1,2]",
        "levers.hukou_mutual_recognition=true",
    ];
    let found = run(&scenario(&zero), &options(out.path()), &Quiet::new(u64::MAX)).folder;
    let effects = read_parquet(&found.join("effects.parquet"), None).expect("effects");
    let lever = text(&effects, "lever").expect("a column");
    let mut seen = 0;
    for column in ["effect", "se", "low", "high"] {
        let values = floats(&effects, column).expect("a column");
        for (lever, value) in lever.iter().zip(values) {
            if ["placebo", "land_leasing", "placebo+land_leasing"].contains(lever) {
                seen += 1;
                // a cell that one seed alone has measured has no standard error
                assert!(
                    value == 0.0 || (column == "se" && value.is_nan()),
                    "{lever} {column}: {value}"
                );
            }
        }
    }
    assert!(seen > 1000);
    for (name, columns) in [
        ("channels.csv", &["value", "low", "high"][..]),
        ("misallocation.csv", &["value"]),
        ("gains.csv", &["value"]),
    ] {
        for r in table(&found, name).iter().filter(|r| r["lever"] == "placebo") {
            assert!(columns.iter().all(|c| number(r, c) == 0.0), "{name}: {r:?}");
        }
    }
    let nobody = |r: &Record| r["lever"] != "placebo" || r["losers"].is_empty() || r["losers"] == "0";
    assert!(table(&found, "gains.csv").iter().all(nobody));
}

/// Every file of a folder that holds results, with its bytes.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).expect("a folder").flatten().map(|f| f.path());
    let told = |p: &PathBuf| p.is_file() && !p.ends_with("manifest.toml");
    files
        .filter(told)
        .map(|p| {
            let name = p.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(&p).expect("a file"))
        })
        .collect()
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let scenario = scenario(&["quarters=5"]);
    let on = |threads| {
        let out = folder();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let found = pool
            .expect("a pool")
            .install(|| run(&scenario, &options(out.path()), &Quiet::new(u64::MAX)));
        bytes(&found.folder)
    };
    let alone = on(1);
    for name in [
        "series.parquet",
        "effects.parquet",
        "horizons.csv",
        "shapley.csv",
        "interactions.csv",
        "channels.csv",
        "misallocation.csv",
        "gains.csv",
        "regions.parquet",
        "resolved.toml",
    ] {
        assert!(alone.contains_key(name), "{name} is missing");
    }
    for threads in [2, 3] {
        for (name, content) in on(threads) {
            assert!(content == alone[&name], "{name} differs on {threads} threads");
        }
    }
}

#[test]
fn an_interrupted_comparison_keeps_complete_seeds() {
    let out = folder();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    // a seed takes 2 + 8 * 6 quarters
    let summary = pool.install(|| run(&scenario(&[]), &options(out.path()), &Quiet::new(60)));
    assert!(summary.interrupted);
    assert_eq!(summary.seeds, 1);
    let row = &table(&summary.folder, "horizons.csv")[0];
    assert_eq!(row["n_seeds"], "1");
    assert_eq!(row["se"], "", "one seed has no standard error");
    let drawn = yaosu::report::draw_all(&summary.folder, &mut |_| ()).unwrap_or_else(|error| panic!("{error}"));
    assert!(
        drawn.iter().any(|f| f.ends_with("shapley.png")),
        "one seed is drawn without intervals"
    );
    drawn.iter().for_each(|file| no_interval_is_told(file));
    let none = compare(&scenario(&[]), &options(out.path()), &Quiet::new(10));
    assert!(none.is_err(), "nothing was complete");
    assert_eq!(
        fs::read_dir(out.path()).expect("a folder").count(),
        1,
        "nothing half-made is left"
    );
}

/// A figure, a table or a page of one seed speaks of intervals only to say that there are none.
fn no_interval_is_told(file: &Path) {
    let Ok(text) = fs::read_to_string(file) else { return };
    let shown = text.split("<script").next().unwrap_or_default();
    let others = ["one seed, no intervals", "One seed, no intervals"]
        .iter()
        .fold(shown.to_owned(), |text, none| text.replace(none, ""));
    let told = others
        .lines()
        .find(|line| line.to_lowercase().contains("interval") || line.contains("[95"));
    assert_eq!(told, None, "{}", file.display());
}

#[test]
fn seeds_are_added_until_the_interval_is_narrow() {
    let seeds = "seeds={ first = 1, count = 14 }";
    let scenario = scenario(&[seeds, "quarters=2", "levers.hukou_mutual_recognition=false"]);
    let until = |half_width| {
        let out = folder();
        let options = Options {
            until: Some(Until {
                targets: vec!["gdp_real".to_owned(), "population@wanzhou".to_owned()],
                half_width,
                per_cent: true,
            }),
            decompose: false,
            ..options(out.path())
        };
        let summary = run(&scenario, &options, &Quiet::new(u64::MAX));
        assert!(
            !summary.folder.join("shapley.csv").exists(),
            "no decomposition was asked for"
        );
        (summary.seeds, summary.precision.expect("a precision"))
    };
    let (seeds, (width, reached)) = until(50.0);
    assert_eq!((seeds, reached), (8, true), "the first look");
    assert!(width > 0.0 && width < 50.0);
    let (seeds, (_, reached)) = until(1e-12);
    assert_eq!((seeds, reached), (14, false), "the cap");
}

#[test]
fn arms_of_a_comparison_are_those_of_a_run() {
    // chapters as players: here each has one lever, so the arms are the same
    let out = folder();
    let levers = run(&scenario(&["seeds=[2]"]), &options(out.path()), &Quiet::new(u64::MAX)).folder;
    let chapters = Options {
        by_chapter: true,
        ..options(out.path())
    };
    let chapters = run(&scenario(&["seeds=[2]"]), &chapters, &Quiet::new(u64::MAX)).folder;
    let one = scenario(&["seeds=[2]"]);
    let (alone, _) = crate::common::run(born(&one, 2), &one, &one.schedule);
    for folder in [&levers, &chapters] {
        let text = fs::read_to_string(folder.join("manifest.toml")).expect("a manifest");
        let manifest: toml::Table = text.parse().expect("TOML");
        let hashes = manifest["final_world"].as_table().expect("a table");
        assert_eq!(hashes["three-reforms/2"].as_str(), Some(alone.world_hash.as_str()));
        assert_eq!(hashes.len(), 8);
        assert_eq!(manifest["kind"].as_str(), Some("compare"));
        // the origin of the numbers, as in the manifest of a run, but the hash is that of the comparison
        for (key, value) in yaosu::experiment::folder::origin(&one) {
            assert_eq!(manifest[&key] == value, key != "hash", "{key}");
        }
        assert!(manifest["threads"].as_integer() >= Some(1));
        assert!(manifest["wall_seconds"].as_float() > Some(0.0));
        if yaosu::experiment::memory::peak().is_some() {
            assert!(manifest["peak_memory_bytes"].as_integer() > Some(1 << 20));
        }
        assert_eq!(manifest["data"].as_str(), Some(one.data.as_str()));
        let commit = manifest.get("commit").and_then(toml::Value::as_str);
        assert_eq!(commit, yaosu::experiment::folder::commit());
        let left = fs::read_dir(folder).expect("a folder").flatten();
        let mut left = left.map(|f| f.file_name().to_string_lossy().into_owned());
        assert!(left.all(|name| !name.ends_with(".tmp")), "values that waited are gone");
        let told = |key: &str| manifest[key].as_str().unwrap_or_default().to_owned();
        let by_chapter = *folder == chapters;
        assert_eq!(told("by"), if by_chapter { "chapter" } else { "lever" });
        assert_eq!(told("command").contains("--by chapter"), by_chapter);
        let player = if by_chapter { "chapter_land" } else { "land_leasing" };
        assert_eq!(manifest["members"][player][0].as_str(), Some("land_leasing"));
    }
    // the page knows chapters and their levers, and repeats the very command
    let page = |lang| {
        let path = yaosu::report::html::html(&chapters, lang).unwrap_or_else(|error| panic!("{error}"));
        fs::read_to_string(path).expect("a page")
    };
    let told = [
        "What 3 reforms of factor markets in 3 chapters do in Chongqing",
        "the package of 3 reforms in 3 chapters",
        "2. Land",
        "Secure and cheaper farmland leasing",
        "42% → 30%",
        "Own margin",
        "yaosu compare resolved.toml --by chapter",
    ];
    let en = page(yaosu::report::html::Language::En);
    told.iter()
        .for_each(|t| assert!(en.contains(t), "{t:?} is not on the page"));
    let told = [
        "3项要素市场化改革措施（3章）的效应评估",
        "二、土地要素",
        "42% → 30%",
        "登记流转合同",
    ];
    let zh = page(yaosu::report::html::Language::Zh);
    told.iter()
        .for_each(|t| assert!(zh.contains(t), "{t:?} is not on the page"));
}

#[test]
fn a_scenario_that_writes_one_metric_has_the_same_small_tables() {
    let of = |sets: &[&str]| {
        let out = folder();
        let sets = [&["seeds=[2,3]", "quarters=4"], sets].concat();
        let found = run(&scenario(&sets), &options(out.path()), &Quiet::new(u64::MAX)).folder;
        let metrics = |name: &str| -> std::collections::BTreeSet<String> {
            let frame = read_parquet(&found.join(name), Some(&["metric"])).expect("a table");
            let metrics = text(&frame, "metric").expect("a column");
            metrics.into_iter().map(str::to_owned).collect()
        };
        let long = ["series.parquet", "effects.parquet"].map(metrics);
        (bytes(&found), long, table(&found, "horizons.csv"))
    };
    let (all, long, _) = of(&[]);
    assert!(long.iter().all(|m| m.len() > 100));
    let (one, long, horizons) = of(&["output.metrics=[\"population\"]"]);
    assert!(long.iter().all(|m| m.iter().eq(["population"])), "{long:?}");
    assert!(horizons.iter().all(|r| r["metric"] == "population") && !horizons.is_empty());
    for name in [
        "shapley.csv",
        "interactions.csv",
        "channels.csv",
        "misallocation.csv",
        "gains.csv",
    ] {
        assert!(one[name] == all[name], "{name} differs");
    }
    // margins of the levers are decomposed, those of groups under the name of the series
    let told = String::from_utf8_lossy(&one["shapley.csv"]).into_owned();
    for margin in ["loan_application_rate", "lease_share", "hukou_conversions"] {
        assert!(told.lines().any(|l| l.starts_with(&format!("{margin},"))), "{margin}");
    }
}

#[test]
fn groups_are_frozen_and_horizons_counted_from_the_reform_date() {
    let late = [
        "quarters=7",
        "seeds=[2,3]",
        "levers.hukou_mutual_recognition=false",
        "levers.land_leasing={ from = \"2026Q4\" }",
        "levers.credit_information={ from = \"2027Q1\" }",
    ];
    let out = folder();
    let scenario = scenario(&late);
    let summary = run(&scenario, &options(out.path()), &Quiet::new(u64::MAX));
    assert_eq!(summary.reform.to_string(), "2026Q4");
    let text = fs::read_to_string(summary.folder.join("manifest.toml")).expect("a manifest");
    let manifest: toml::Table = text.parse().expect("TOML");
    assert_eq!(manifest["reform_tick"].as_integer(), Some(3));
    let rows = table(&summary.folder, "horizons.csv");
    assert!(
        rows.iter().all(|r| r["horizon_years"] == "1"),
        "a year is left after the reform"
    );
    let effects = read_parquet(&summary.folder.join("effects.parquet"), None).expect("effects");
    let (values, horizon) = (
        floats(&effects, "effect").expect("a column"),
        floats(&effects, "horizon").expect("a column"),
    );
    let before = values.iter().zip(&horizon).filter(|(_, h)| **h <= 0.0);
    assert!(before.clone().count() > 1000);
    before.for_each(|(x, h)| assert!(*x == 0.0, "{x} at {h} years"));
    assert!(values.iter().zip(&horizon).any(|(x, h)| *x != 0.0 && *h > 0.0));
    // the quarters that arms share are those that each would have lived alone
    let (alone, _) = crate::common::run(born(&scenario, 2), &scenario, &scenario.schedule);
    let hash = manifest["final_world"]["three-reforms/2"].as_str();
    assert_eq!(hash, Some(alone.world_hash.as_str()));
    // people are those of the reform date, counted a year before the end
    let gains = table(&summary.folder, "gains.csv");
    let all = gains.iter().find(|r| r["kind"] == "all").expect("a row");
    assert!(number(all, "people") > 2e7);
    let drawn = yaosu::report::draw_all(&summary.folder, &mut |_| ()).unwrap_or_else(|error| panic!("{error}"));
    assert!(drawn.iter().any(|f| f.ends_with("forest.png")));
}

#[test]
fn transfers_between_governments_add_up_to_zero() {
    let out = folder();
    let found = run(&scenario(&["quarters=4"]), &options(out.path()), &Quiet::new(u64::MAX)).folder;
    let mut sums: BTreeMap<(String, String), [f64; 4]> = BTreeMap::new();
    for r in table(&found, "gains.csv") {
        let side = match (r["kind"].as_str(), r["group"].as_str()) {
            ("net_transfer", _) => 0,
            ("district_transfer", _) => 1,
            ("transfer", "centre_to_districts" | "municipality_to_districts") => 2,
            ("own_revenue", _) => 3,
            _ => continue,
        };
        sums.entry((r["lever"].clone(), r["horizon_years"].clone()))
            .or_default()[side] += number(&r, "value");
    }
    assert_eq!(sums.len(), 4);
    for (key, [net, district, lines, own]) in &sums {
        let tolerance = 1e-6 * (1.0 + own.abs());
        assert!(net.abs() < tolerance, "{key:?}: {net} comes from nowhere");
        assert!((district - lines).abs() < tolerance, "{key:?}: {district} {lines}");
    }
    assert!(sums.values().any(|s| s[3] != 0.0), "some reform changes revenue");
}

#[test]
fn pairing_is_worth_ten_times_the_seeds_on_output() {
    let out = folder();
    let small = ["scale=5000", "burn_in=4", "quarters=8", "seeds=[1,2,3,4,5,6]"];
    let quick = Options {
        decompose: false,
        ..options(out.path())
    };
    let found = run(&scenario(&small), &quick, &Quiet::new(u64::MAX)).folder;
    let drawn = yaosu::report::draw_all(&found, &mut |_| ()).unwrap_or_else(|error| panic!("{error}"));
    assert!(drawn.iter().any(|f| f.ends_with("variance_reduction.tex")));
    let rows = table(&found, "tables/variance_reduction.csv");
    let gdp: Vec<&Record> = rows.iter().filter(|r| r["metric"] == "gdp_real").collect();
    assert_eq!(gdp.len(), 4, "three levers and the package");
    for r in gdp {
        let [low, value, high] = ["low", "variance_reduction", "high"].map(|c| number(r, c));
        assert!(value >= 10.0 && low <= value && value <= high, "{r:?}");
    }
    let page = fs::read_to_string(found.join("report.html")).expect("a page");
    assert!(page.contains("id=\"reduction\"") && page.contains("times the seeds for real GDP"));
}
