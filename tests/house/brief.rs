//! The page that tells a made-up folder of a comparison.

mod made;

use std::fs;
use std::path::Path;

use crate::common::levers;
use made::{LEVERS, MADE, QUARTERS, folder, sheets};
use yaosu::metrics::METRICS;
use yaosu::report::html::{Language, html, knows_metric};

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
