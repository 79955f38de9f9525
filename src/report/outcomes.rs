//! Named outcomes of a run on one line of JSON, for programs that drive runs: SALib, black-it, OpenMOLE, R.

use super::ReportError;
use crate::experiment::frames;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// Sum and number of values.
type Sum = (f64, u32);

/// One line: scenario, seeds, and for every series of the total the mean over seeds of the last four quarters. With a
/// reference also its levels and the effects, scenario minus baseline. A series is called `metric` or `metric:group`.
///
/// # Errors
/// If `series.parquet` cannot be read.
pub fn json(folder: &Path, scenario: &str) -> Result<String, ReportError> {
    let path = folder.join("series.parquet");
    let columns = ["scenario", "seed", "tick", "region", "group", "metric", "value"];
    let table = frames::read_parquet(&path, Some(&columns))?;
    let [names, regions, groups, metrics] = ["scenario", "region", "group", "metric"].map(|c| frames::text(&table, c));
    let (names, regions, groups, metrics) = (names?, regions?, groups?, metrics?);
    let ticks = frames::integers(&table, "tick")?;
    let seeds: BTreeSet<i64> = frames::integers(&table, "seed")?.into_iter().collect();
    let values = frames::floats(&table, "value")?;
    let last = ticks.iter().copied().max().unwrap_or(0);
    let mut levels: BTreeMap<&str, BTreeMap<String, Sum>> = BTreeMap::new();
    for r in (0..values.len()).filter(|&r| regions[r] == "total" && ticks[r] > last - 4) {
        let name = match groups[r] {
            "all" => metrics[r].to_owned(),
            group => format!("{}:{group}", metrics[r]),
        };
        let sum = levels.entry(names[r]).or_default().entry(name).or_default();
        *sum = (sum.0 + values[r], sum.1 + 1);
    }
    let mean = |of: &BTreeMap<String, Sum>| -> BTreeMap<String, f64> {
        of.iter()
            .map(|(name, (sum, n))| (name.clone(), sum / f64::from(*n)))
            .collect()
    };
    let own = levels.get(scenario).map(mean).unwrap_or_default();
    let mut text = format!(
        "{{\"scenario\":\"{scenario}\",\"seeds\":{},\"last_tick\":{last}",
        seeds.len()
    );
    let _ = write!(text, ",\"levels\":{}", object(&own));
    if let Some(base) = levels.get("baseline").filter(|_| scenario != "baseline").map(mean) {
        let effect = |(name, value): (&String, &f64)| Some((name.clone(), value - base.get(name)?));
        let effects: BTreeMap<String, f64> = own.iter().filter_map(effect).collect();
        let _ = write!(text, ",\"baseline\":{},\"effects\":{}", object(&base), object(&effects));
    }
    Ok(text + "}")
}

/// Names are plain letters; numbers read back to the same bits, and what is none is null.
fn object(values: &BTreeMap<String, f64>) -> String {
    let number = |v: &f64| {
        if v.is_finite() {
            format!("{v:?}")
        } else {
            "null".to_owned()
        }
    };
    let one = |(name, value): (&String, &f64)| format!("\"{name}\":{}", number(value));
    format!("{{{}}}", values.iter().map(one).collect::<Vec<_>>().join(","))
}
