//! A made-up folder of a comparison, and the page that tells it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::levers;
use polars::prelude::*;
use yaosu::experiment::frames::{RegionRow, regions_frame, write_parquet};
use yaosu::metrics::METRICS;
use yaosu::report::html::{Language, html, knows_metric};

/// Name, level, effect in per cent after ten years, unit.
const MADE: &[(&str, f64, f64, &str)] = &[
    ("gdp_real", 8.0e11, 0.9, "yuan per quarter"),
    ("income_per_head", 9_000.0, 0.6, "yuan per quarter"),
    ("unemployment_rate", 0.05, -2.0, "share"),
    ("population", 3.2e7, 0.1, "people"),
];

/// Lever and its part of the effect; the package is the sum and a little more.
const LEVERS: &[(&str, f64)] = &[
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

const QUARTERS: i32 = 40;

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
fn sheets(dir: &Path) {
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

fn folder(name: &str) -> PathBuf {
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

fn page(dir: &Path, lang: Language) -> String {
    let path = html(dir, lang).unwrap_or_else(|error| panic!("{error}"));
    fs::read_to_string(path).expect("a page")
}

/// What a reader sees: without tags, script and style.
fn seen(page: &str) -> String {
    let body = &page[page.find("<body>").expect("a body")..page.find("<script").expect("a script")];
    let mut out = String::new();
    for part in body.split('<') {
        out.push_str(part.split_once('>').map_or(part, |(_, rest)| rest));
        out.push(' ');
    }
    out
}

/// Opening and closing tags match.
fn well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    for part in page[..page.find("<script").expect("a script")].split('<').skip(1) {
        let tag = part.split_once('>').expect("a tag that ends").0;
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n', '/'])
            .next()
            .unwrap_or_default();
        match tag {
            _ if tag.ends_with('/') || ["!doctype", "meta", "br"].contains(&name) => {}
            _ if tag.starts_with('/') => assert_eq!(open.pop(), Some(name), "closed by </{name}>"),
            _ => open.push(name),
        }
    }
    assert_eq!(open, ["html", "body"], "left open");
}

#[test]
fn the_page_tells_the_numbers_of_the_files() {
    let dir = folder("brief");
    sheets(&dir);
    let (en, zh) = (page(&dir, Language::En), page(&dir, Language::Zh));
    // package: 0.9 per cent times 0.7 after ten years, plus and minus 0.05
    let (en, zh) = (seen(&en), seen(&zh));
    let told = [
        "After 10 years, the package of 3 reforms raises real GDP by 0.63% (95% interval +0.58 to +0.68).",
        "On the way: +0.13% (95% interval +0.08 to +0.18) after 2 years; +0.32% (95% interval +0.27 to +0.36) after 5 years.",
        "“Secure and cheaper farmland leasing” +4.00 bn yuan per quarter (95% interval +3.20 to +4.80)",
        "The largest sure gain of any group is that of “Rural hukou, at home”, +120 yuan per year (95% interval +102 to +138), after 2 years",
        "the largest sure loss is that of “Urban locals”, −120 yuan per year",
        "chosen among 9 intervals, not adjusted for the choice",
        "20% of the people lose more than 1% of income and 35% gain as much",
        "All together minus the sum of each alone, on real GDP after 10 years: +800 m yuan per quarter",
        "Intervals are 95% intervals of the mean of the paired differences (Student t).",
    ];
    told.iter()
        .for_each(|t| assert!(en.contains(t), "{t:?} is not in {en}"));
    let told = [
        "10年后，3项措施合计使实际地区生产总值上升0.63%（95%置信区间+0.58至+0.68）。",
        "“农村产权流转与租赁权保障”+40.0亿元/季（95%置信区间+32.0至+48.0）",
        "受益最大的群体为“农村户籍、在乡”，+120元/年",
    ];
    told.iter()
        .for_each(|t| assert!(zh.contains(t), "{t:?} is not in {zh}"));
    let built_in = levers()
        .iter()
        .filter(|lever| LEVERS.iter().any(|(id, _)| *id == lever.id));
    for lever in built_in {
        for text in [&lever.mechanism, &lever.pays, &lever.evidence.note] {
            assert!(zh.contains(&text.zh), "{} is not in {zh}", text.zh);
        }
    }
}

#[test]
fn the_chinese_page_is_in_chinese() {
    let dir = folder("brief-zh");
    sheets(&dir);
    let zh = seen(&page(&dir, Language::Zh));
    let known = ["GDP", "MRPK", "MRPL", "yaosu"];
    let chinese = zh.replace(|c: char| !c.is_ascii_alphabetic(), " ");
    let words: Vec<&str> = chinese
        .split_whitespace()
        .filter(|w| w.len() > 3 && !known.contains(w))
        .collect();
    let from_files = [
        "effects",
        "parquet",
        "horizons",
        "manifest",
        "toml",
        "regions",
        "shapley",
        "interactions",
        "channels",
        "misallocation",
        "gains",
        "trio",
        "chongqing",
        "brief",
        "report",
        "lang",
        "bootstrap",
        "JavaScript",
        "quot",
    ];
    let strange: Vec<_> = words.iter().filter(|w| !from_files.contains(w)).collect();
    assert!(strange.is_empty(), "English on the Chinese page: {strange:?}");
}

#[test]
fn the_page_is_whole_and_safe() {
    let dir = folder("brief-whole");
    sheets(&dir);
    let (en, zh) = (page(&dir, Language::En), page(&dir, Language::Zh));
    for (page, lang) in [(&en, "en"), (&zh, "zh-CN")] {
        well_formed(page);
        assert!(page.contains(&format!("<html lang=\"{lang}\">")));
        assert!(
            !page.contains("<b>&") && !page.contains("<i>1a2b"),
            "a file's text is not escaped"
        );
        assert!(
            !page.replace("http://www.w3.org/2000/svg", "").contains("://"),
            "something is loaded"
        );
        let text = seen(page);
        assert!(!text.contains("NaN") && !text.contains("inf "), "{text}");
        for id in [
            "findings",
            "table",
            "over-time",
            "forest",
            "shapley",
            "interactions",
            "channels",
            "misallocation",
            "gains",
            "map",
            "explore",
            "caveats",
            "method",
            "provenance",
        ] {
            assert!(page.contains(&format!("id=\"{id}\"")), "{lang}: no {id}");
        }
    }
}

#[test]
fn a_null_effect_is_called_so() {
    let dir = folder("brief-null");
    let text = fs::read_to_string(dir.join("horizons.csv")).expect("a file");
    let wide = |line: &str| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if cells[1] == "gdp_real" {
            (cells[8], cells[9], cells[11], cells[12]) = ("-9e11".into(), "9e11".into(), "-9".into(), "9".into());
        }
        cells.join(",")
    };
    let lines: Vec<String> = text.lines().map(wide).collect();
    fs::write(dir.join("horizons.csv"), lines.join("\n")).expect("written");
    let (en, zh) = (seen(&page(&dir, Language::En)), seen(&page(&dir, Language::Zh)));
    assert!(
        en.contains("no effect of the package of 3 reforms on real GDP is distinguishable from zero: +0.63%"),
        "{en}"
    );
    assert!(
        zh.contains("3项措施合计对实际地区生产总值的效应在统计上与零无显著差异：+0.63%"),
        "{zh}"
    );
}

#[test]
fn what_is_missing_is_left_out() {
    let dir = folder("brief-bare");
    fs::remove_file(dir.join("horizons.csv")).expect("removed");
    let page = page(&dir, Language::En);
    well_formed(&page);
    for id in ["shapley", "interactions", "channels", "misallocation", "gains-figure"] {
        assert!(!page.contains(&format!("id=\"{id}\"")), "{id} without its file");
    }
    let text = seen(&page);
    assert!(
        text.contains("raises real GDP by 0.63%") && text.contains("4 of 4 districts"),
        "{text}"
    );
    fs::write(dir.join("gains.csv"), "lever,kind\nx,y\n").expect("written");
    let error = html(&dir, Language::En).expect_err("a column is missing").to_string();
    assert!(
        error.contains("gains.csv") && error.contains("horizon_years"),
        "{error}"
    );
}

/// The data of the interactive part, read as its script reads them.
#[test]
fn the_data_of_the_page_are_those_of_the_files() {
    let dir = folder("brief-data");
    let page = page(&dir, Language::En);
    let start = page.find("id=\"data\">").expect("data") + 10;
    let data = &page[start..start + page[start..].find("</script>").expect("an end")];
    // the data are JSON without exponents of names: TOML reads no JSON, so the parts needed are cut out
    let part = |key: &str, open: char, close: char| {
        let at = data
            .find(&format!("\"{key}\":{open}"))
            .unwrap_or_else(|| panic!("no {key}"))
            + key.len()
            + 4;
        &data[at..at + data[at..].find(close).expect("an end")]
    };
    let index: Vec<usize> = part("index", '[', ']')
        .split(',')
        .map(|v| v.parse().expect("a place"))
        .collect();
    let scales: Vec<f64> = part("scales", '[', ']')
        .split(',')
        .map(|v| v.parse().expect("a number"))
        .collect();
    assert_eq!(index.len(), 4 * scales.len());
    assert_eq!(scales.len(), 6 * LEVERS.len() * MADE.len());
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    for word in part("block", '"', '"').as_bytes().chunks(4) {
        let bits = word
            .iter()
            .fold(0u32, |b, c| (b << 6) | letters.find(char::from(*c)).unwrap_or(0) as u32);
        bytes.extend([(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
    }
    // the package on GDP of the city
    let at = index.chunks(4).position(|c| c == [0, 0, 0, 0]).expect("the package");
    let value = |t: usize, which: usize| {
        let k = 2 * (3 * (at * QUARTERS as usize + t) + which);
        f64::from(i16::from_le_bytes([bytes[k], bytes[k + 1]])) * scales[at]
    };
    for t in [0, 19, 39] {
        let truth = 0.9 * 0.7 * (t + 1) as f64 / 40.0;
        assert!((value(t, 0) - truth).abs() < 1e-4, "{t}: {} for {truth}", value(t, 0));
        assert!((value(t, 1) - truth + 0.05).abs() < 1e-4 && (value(t, 2) - truth - 0.05).abs() < 1e-4);
    }
}

#[test]
fn every_metric_has_a_name_in_both_languages() {
    let missing: Vec<&str> = METRICS.iter().map(|m| m.name).filter(|m| !knows_metric(m)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn exactly_zero_is_told_as_such_and_few_seeds_are_named() {
    let dir = folder("brief-zero");
    let text = fs::read_to_string(dir.join("horizons.csv")).expect("a file");
    let zero = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells[1] == "gdp_real" {
            (6..13).for_each(|k| cells[k] = "0");
        }
        cells.join(",")
    };
    let lines: Vec<String> = text.lines().map(zero).collect();
    fs::write(dir.join("horizons.csv"), lines.join("\n")).expect("written");
    let text = seen(&page(&dir, Language::En));
    assert!(
        text.contains("has changed real GDP by exactly nothing, in every seed"),
        "{text}"
    );
    assert!(text.contains("Made with few seeds (8)"), "{text}");
}
