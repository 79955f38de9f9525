//! Sound experiments, and the check that a mistake planted in one is told once, at its place.

use crate::common::{here, known};
use yaosu::base::problem::Problems;
use yaosu::scenario::experiment::{Experiment, load_experiment};

pub const GRADED: &str = r#"scenario = "three-reforms"
replicates = 1
[design]
kind = "one_at_a_time"
grade = "ASSUMPTION"
[outcomes]
metrics = ["gdp_real"]
years = [1]
"#;

pub const LISTED: &str = r#"scenario = "three-reforms"
replicates = 1
[design]
kind = "list"
list = [{ "labour.separation" = 0.1 }, { "labour.separation" = 0.2, "labour.search" = 0.5 }]
[outcomes]
metrics = ["gdp_real"]
years = [1]
"#;

pub const CALIBRATION: &str = r#"scenario = "baseline"
set = { scale = 40000 }
[calibrate]
replicates = 2
evaluations = 30
keys."labour.separation" = { low = 0.05, high = 0.25 }
targets = [{ fact = "S18a", years = 1, value = 0.2, se = 0.01 }]
"#;

pub fn read(text: &str) -> Result<Experiment, Problems> {
    let folder = here(text);
    load_experiment(&folder.path().join("e.toml").display().to_string(), known())
}

/// Line and column of the `^` in `mark`, which stands in the text once without it.
pub fn place(text: &str, mark: &str) -> (usize, usize) {
    let plain = mark.replacen('^', "", 1);
    assert_eq!(text.matches(&plain).count(), 1, "{mark} in\n{text}");
    let at = text.find(&plain).expect("it is there") + mark.find('^').expect("a mark");
    let before = &text[..at];
    let column = before.rsplit('\n').next().expect("a line").chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// One mistake, at the mark, in the words.
pub fn refused<T>(found: Result<T, Problems>, text: &str, mark: &str, words: &str) {
    let Err(problems) = found else {
        panic!("accepted:\n{text}")
    };
    let [problem] = problems.0.as_slice() else {
        panic!("{words}: one mistake, but\n{problems}")
    };
    assert!(problems.to_string().contains(words), "{words}: {problems}");
    assert!(problem.file().is_some_and(|f| f.ends_with("e.toml")), "{problems}");
    assert_eq!(problem.line_column(), Some(place(text, mark)), "{mark}: {problems}");
}

/// Every change of `base` is refused.
pub fn all(base: &str, cases: &[(&str, &str, &str, &str)]) {
    for (from, to, mark, words) in cases {
        let text = base.replacen(from, to, 1);
        assert_ne!(text, base, "{from}");
        refused(read(&text), &text, mark, words);
    }
}
