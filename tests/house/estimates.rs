//! The estimate inside the model against the effect that it is meant to find.

use crate::compare::{Quiet, folder, number, options, run, scenario, table};
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn the_model_s_own_difference_in_differences_finds_the_effect_on_the_treated() {
    // leasing is easier in some districts from the fifth quarter on; what they lease is seen nowhere else
    let out = folder();
    let study = scenario(&[
        "scale=5000",
        "quarters=10",
        "seeds=[1,2,3,4,5,6]",
        "levers.hukou_mutual_recognition=false",
        "levers.credit_information=false",
        "levers.land_leasing={ from = \"2027Q1\", regions = [\"northeast_three_gorges\"] }",
        "estimate.outcome=lease_share",
        "estimate.treated=[\"northeast_three_gorges\"]",
        "estimate.control=[\"west_chongqing\"]",
        "estimate.pre=[\"2026Q1\", \"2026Q4\"]",
        "estimate.post=[\"2027Q1\", \"2028Q2\"]",
        "estimate.published={ value = 0.03, low = 0.01, high = 0.9, source = \"made up\" }",
    ]);
    let found = run(&study, &options(out.path()), &Quiet::new(u64::MAX)).folder;
    let rows = table(&found, "estimates.csv");
    let term = |name: &str| rows.iter().find(|r| r["term"] == name).expect("a row").clone();
    let (did, truth, spill) = (term("did"), term("true_treated"), term("true_control"));
    let (found, planted) = (number(&did, "value"), number(&truth, "value"));
    assert!(planted > 0.02, "the lever is felt: {planted}");
    assert!(
        number(&did, "low") <= planted && planted <= number(&did, "high"),
        "{did:?} {truth:?}"
    );
    assert!(
        (found - planted).abs() < 2.0 * number(&did, "se_clustered"),
        "{did:?} {truth:?}"
    );
    assert!(
        number(&spill, "value").abs() < 0.05 * planted,
        "controls lease as before: {spill:?}"
    );
    // trends that are not parallel and what reaches the controls are all that the comparison misses
    let trend = number(&term("did_baseline"), "value");
    let whole = trend + planted - number(&spill, "value");
    assert!((found - whole).abs() < 1e-12, "{found} {trend} {planted} {spill:?}");
    assert_eq!((did["verdict"].as_str(), did["source"].as_str()), ("agrees", "made up"));
    assert_eq!(number(&did, "published"), 0.03);
    let folder = found_folder(out.path());
    yaosu::report::draw_all(&folder, &mut |_| ()).unwrap_or_else(|error| panic!("{error}"));
    let page = fs::read_to_string(folder.join("report.html")).expect("a page");
    assert!(page.contains("id=\"did\"") && page.contains("made up") && page.contains("the two agree"));
    // before the reform nothing has happened, to the bit; the reference quarter is zero by construction
    for r in rows.iter().filter(|r| r["event_time"].starts_with('-')) {
        if r["term"] == "event_true" || r["event_time"] == "-1" {
            assert_eq!(number(r, "value"), 0.0, "{r:?}");
        }
    }
    assert_eq!(rows.iter().filter(|r| r["term"] == "event").count(), 10);
    // what is written can be read again
    let resolved = fs::read_to_string(found_folder(out.path()).join("resolved.toml")).expect("a scenario");
    let again = yaosu::scenario::load_text(
        &yaosu::scenario::BUILT_IN,
        "again",
        &resolved,
        &yaosu::scenario::Overrides::default(),
        crate::common::known(),
    );
    assert_eq!(again.unwrap_or_else(|p| panic!("{p}")).estimate, study.estimate);
}

/// The only folder in another.
fn found_folder(out: &Path) -> PathBuf {
    fs::read_dir(out)
        .expect("a folder")
        .flatten()
        .next()
        .expect("a result")
        .path()
}
