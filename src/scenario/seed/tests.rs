#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;

use super::*;

const FILES: [(&str, &str); 4] = [
    (REGIONS, include_str!("../../../seeds/chongqing/regions.csv")),
    (FACTS, include_str!("../../../seeds/chongqing/facts.csv")),
    (MIGRATION, include_str!("../../../seeds/chongqing/migration.csv")),
    (SOURCES, include_str!("../../../seeds/chongqing/sources.csv")),
];

fn write(dir: &Path) {
    for (file, text) in FILES {
        fs::write(dir.join(file), text).unwrap();
    }
}

/// Load the builtin world with one file changed.
fn with(file: &str, change: impl Fn(&str) -> String) -> Result<SeedEconomy, SeedError> {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path());
    let path = dir.path().join(file);
    let before = fs::read_to_string(&path).unwrap();
    let after = change(&before);
    assert_ne!(before, after, "the change must change something");
    fs::write(&path, after).unwrap();
    SeedEconomy::load(dir.path())
}

/// The same with one line changed, found by how it begins.
fn line(file: &str, start: &str, change: impl Fn(&str) -> String) -> Result<SeedEconomy, SeedError> {
    with(file, |text| {
        let mut out = String::new();
        for line in text.lines() {
            if line.starts_with(start) {
                out.push_str(&change(line));
            } else {
                out.push_str(line);
            }
            out.push('\n');
        }
        out
    })
}

/// The same with one cell of one line changed, for the columns before any quoted text.
fn cell(file: &str, start: &str, at: usize, value: &str) -> Result<SeedEconomy, SeedError> {
    line(file, start, |line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[at] = value;
        cells.join(",")
    })
}

fn fact(region: &str, field: &str, value: &str) -> Result<SeedEconomy, SeedError> {
    cell(FACTS, &format!("{region},{field},"), 2, value)
}

fn error(result: Result<SeedEconomy, SeedError>) -> (SeedError, String) {
    let error = result.expect_err("the load must fail");
    let text = error.to_string();
    (error, text)
}

#[test]
fn the_builtin_world_loads() {
    let seed = SeedEconomy::builtin("chongqing").unwrap().unwrap();
    assert_eq!(seed.regions.len(), 39);
    assert_eq!(seed.outside.len(), 2);
    assert_eq!(seed.stocks.len(), 41);
    assert_eq!(seed.ids()[38..], ["chengdu", "sichuan_rest", "coast"]);
    assert_eq!(seed.groups().len(), 6);
    let central = seed.regions.iter().filter(|r| r.labour_market == "central");
    assert_eq!(central.count(), 9);
    let districts = &seed.regions[..38];
    assert_eq!(districts.iter().map(|r| r.residents).sum::<f64>(), 31_904_700.0);
    assert_eq!(districts.iter().map(|r| r.employed).sum::<f64>(), 16_511_500.0);
    let yuzhong = seed.region("yuzhong").unwrap();
    assert_eq!((yuzhong.code, yuzhong.employed_farm), (500_103, 0.0));
    assert_eq!(yuzhong.cultivated_ha, 0.0);
    assert_eq!(seed.city.employed_primary, 3_481_200.0);
    assert_eq!(seed.nation.urban_share, 0.67);
    let fields = RegionSeed::FIELDS.len() * 39
        + OutsideSeed::FIELDS.len() * 2
        + CityFacts::FIELDS.len()
        + NationFacts::FIELDS.len();
    assert_eq!(seed.facts().len(), fields);
    assert_eq!(seed.migration().len(), 41 * 41);
    let used = |id: &str| id == "geometry" || seed.facts().iter().any(|f| f.source == id);
    assert!(seed.sources().iter().all(|s| used(&s.id)));
    assert!(SeedEconomy::builtin("atlantis").is_none());
    for name in SeedEconomy::builtin_names() {
        assert!(SeedEconomy::builtin(name).is_some());
    }
}

#[test]
fn a_folder_gives_what_is_built_in() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path());
    let loaded = SeedEconomy::load(dir.path()).unwrap();
    let builtin = SeedEconomy::builtin("chongqing").unwrap().unwrap();
    assert_eq!(loaded.regions, builtin.regions);
    assert_eq!(loaded.stocks, builtin.stocks);
    assert_eq!(loaded.city, builtin.city);
    assert_eq!(loaded.name, dir.path().file_name().unwrap().to_string_lossy());
}

#[test]
fn a_missing_file_is_named() {
    for (file, _) in FILES {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path());
        fs::remove_file(dir.path().join(file)).unwrap();
        let (e, text) = error(SeedEconomy::load(dir.path()));
        assert!(matches!(e, SeedError::MissingFile { .. }));
        assert!(text.contains(file), "{text}");
    }
}

#[test]
fn a_missing_column_is_named() {
    for (file, column) in [
        (REGIONS, "tile_col"),
        (FACTS, "grade"),
        (MIGRATION, "persons"),
        (SOURCES, "title"),
    ] {
        let (e, text) = error(with(file, |t| t.replacen(column, "other", 1)));
        assert!(matches!(e, SeedError::MissingColumn { .. }), "{text}");
        assert!(text.contains(file) && text.contains(column), "{text}");
    }
}

#[test]
fn ragged_lines_are_refused() {
    let (e, text) = error(with(SOURCES, |t| format!("{t}one,two\n")));
    assert!(matches!(e, SeedError::Csv { .. }), "{text}");
}

#[test]
fn a_number_that_is_none_is_shown() {
    let (e, text) = error(fact("wanzhou", "residents", "many"));
    assert!(matches!(e, SeedError::BadValue { column: "value", .. }));
    assert!(text.contains("line 3") && text.contains("many"), "{text}");
    for (file, start, at, value) in [
        (FACTS, "fuling,gdp,", 2, "NaN"),
        (FACTS, "fuling,gdp,", 2, "inf"),
        (FACTS, "fuling,gdp,", 4, "last year"),
        (FACTS, "fuling,gdp,", 5, "D"),
        (FACTS, "fuling,gdp,", 3, "10k yuan"),
        (REGIONS, "fuling,", 1, "five"),
        (REGIONS, "fuling,", 4, "nowhere"),
        (REGIONS, "fuling,", 9, "-1"),
        (REGIONS, "fuling,", 10, "2.5"),
        (REGIONS, "fuling,", 5, ""),
        (MIGRATION, "fuling,coast,", 2, "-5"),
    ] {
        let (e, text) = error(cell(file, start, at, value));
        assert!(matches!(e, SeedError::BadValue { .. }), "{text}");
        assert!(text.contains(&format!("`{value}`")), "{text}");
    }
}

#[test]
fn an_unknown_name_gets_the_nearest() {
    for (file, start, at, value, nearest) in [
        (FACTS, "wanzhou,residents,", 0, "wanzou", "`wanzhou`"),
        (FACTS, "wanzhou,residents,", 1, "resident", "`residents`"),
        (FACTS, "wanzhou,residents,", 6, "yb2025_district", "`yb2025_districts`"),
        (MIGRATION, "fuling,coast,", 0, "fulin", "`fuling`"),
        (MIGRATION, "fuling,coast,", 1, "coasts", "`coast`"),
    ] {
        let (e, text) = error(cell(file, start, at, value));
        assert!(matches!(e, SeedError::UnknownName { .. }), "{text}");
        assert!(text.contains(nearest), "{text}");
    }
}

#[test]
fn every_fact_must_be_there_once() {
    for start in ["yubei,rent_month,", "city,gdp,", "coast,employed,", "nation,gdp,"] {
        let drop = |text: &str| {
            let kept = text.lines().filter(|l| !l.starts_with(start));
            kept.collect::<Vec<_>>().join("\n")
        };
        let (e, text) = error(with(FACTS, drop));
        assert!(matches!(e, SeedError::MissingFact { .. }), "{text}");
        let (e, text) = error(line(FACTS, start, |l| format!("{l}\n{l}")));
        assert!(matches!(e, SeedError::Duplicate { .. }), "{text}");
    }
    let (e, _) = error(line(REGIONS, "yubei,", |l| format!("{l}\n{l}")));
    assert!(matches!(e, SeedError::Duplicate { .. }));
    let (e, _) = error(line(SOURCES, "io2023,", |l| format!("{l}\n{l}")));
    assert!(matches!(e, SeedError::Duplicate { .. }));
    let (e, _) = error(line(MIGRATION, "yubei,coast,", |l| format!("{l}\n{l}")));
    assert!(matches!(e, SeedError::Duplicate { .. }));
    let (e, _) = error(with(MIGRATION, |t| t.replace("yubei,coast,", "yubei,coast ,x")));
    assert!(matches!(e, SeedError::BadValue { .. }));
    let drop = |text: &str| {
        let kept = text.lines().filter(|l| !l.starts_with("yubei,coast,"));
        kept.collect::<Vec<_>>().join("\n")
    };
    let (e, text) = error(with(MIGRATION, drop));
    assert!(matches!(e, SeedError::MissingPair { .. }), "{text}");
}

#[test]
fn ranges_are_kept() {
    for (field, value) in [
        ("loans", "-1"),
        ("residents", "0"),
        ("urban_share", "1.1"),
        ("urban_share", "-0.1"),
    ] {
        let (e, text) = error(fact("wanzhou", field, value));
        assert!(matches!(e, SeedError::BadValue { .. }), "{text}");
        assert!(text.contains("allowed"), "{text}");
    }
}

#[test]
fn an_assumption_says_what_it_assumes() {
    let strip = |l: &str| l[..l.find("assumption,").unwrap() + "assumption,".len()].to_owned();
    let (e, text) = error(line(FACTS, "city,dipiao_price,", strip));
    assert!(matches!(e, SeedError::BadValue { column: "rule", .. }), "{text}");
}

#[test]
fn numbers_must_agree() {
    for (region, field, value) in [
        ("fuling", "va_secondary", "1"),
        ("fuling", "hukou_urban", "90000000"),
        ("fuling", "va_digital", "900000000000000"),
        ("fuling", "employed_farm", "1"),
        ("fuling", "age_16_29_share", "0.9"),
        ("fuling", "tenure_rent_share", "0.9"),
        ("yuzhong", "cultivated_ha", "1"),
        ("fuling", "residents", "1200000"),
        ("chengdu", "hukou_population", "16000000"),
        ("coast", "population", "2000000000"),
        ("city", "hukou_urban", "18000000"),
        ("city", "compensation_share_digital", "0.9"),
        ("city", "io_government_share_services", "0.5"),
        ("city", "away_share_coast", "0.5"),
        ("city", "collateral_share_large", "0.1"),
        ("city", "out_of_municipality_balanced", "4035300"),
        ("city", "in_from_outside_stock", "2000000"),
    ] {
        let (e, text) = error(fact(region, field, value));
        assert!(matches!(e, SeedError::Inconsistent { .. }), "{text}");
        assert!(text.contains("against"), "{text}");
    }
    let (e, text) = error(cell(MIGRATION, "fuling,fuling,", 2, "1"));
    assert!(matches!(e, SeedError::Inconsistent { .. }), "{text}");
}

#[test]
fn one_region_a_tile() {
    let seed = SeedEconomy::builtin("chongqing").unwrap().unwrap();
    let wanzhou = seed.region("wanzhou").unwrap();
    let (row, col) = (wanzhou.tile_row, wanzhou.tile_col);
    let (e, text) = error(line(REGIONS, "fuling,", |l| {
        let head: Vec<&str> = l.split(',').take(10).collect();
        format!("{},{row},{col}", head.join(","))
    }));
    assert!(matches!(e, SeedError::SameTile { .. }), "{text}");
    assert!(text.contains("wanzhou") && text.contains("fuling"), "{text}");
}

#[test]
fn a_world_has_no_more_regions_than_a_person_compares() {
    assert!(check::check_number(63).is_ok());
    let text = check::check_number(64).unwrap_err().to_string();
    assert!(text.contains("64 against 63"), "{text}");
}
