//! The door as a whole: what it lets in, and what it says of what it does not.

use super::*;
use crate::base::problem::Problems;

/// Ids of the inside regions of the built-in world.
fn regions() -> impl Iterator<Item = &'static str> {
    let table = include_str!("../../seeds/chongqing/regions.csv").lines().skip(1);
    table
        .filter(|line| line.contains(",inside,"))
        .filter_map(|line| line.split(',').next())
}

pub(super) fn known() -> Known {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let world = KnownWorld {
        name: "chongqing".to_owned(),
        regions: regions().map(str::to_owned).collect(),
        groups: vec![("central_urban".to_owned(), vec![2, 4])],
        digest: String::new(),
    };
    // what the margins of the built-in levers name, and a metric to guess
    let of_margins = |key: &str| {
        let mark = format!("{key} = \"");
        let text = crate::policy::BUILT_IN.iter().flat_map(|(_, text)| text.lines());
        let margins = text.filter(|line| line.starts_with("margin"));
        let found = margins.filter_map(move |line| Some(line.split_once(&mark)?.1.split_once('"')?.0.to_owned()));
        found.collect::<Vec<String>>()
    };
    let mut metrics = of_margins("metric");
    metrics.extend(names(&["gdp", "farm_productivity"]));
    let mut groups = of_margins("group");
    groups.extend(names(&["all", "total"]));
    Known {
        worlds: vec![world],
        measured: Measured {
            metrics,
            groups,
            ..Measured::default()
        },
    }
}

fn read(text: &str) -> Result<Scenario, Problems> {
    read_with(text, &[])
}

fn read_with(text: &str, set: &[&str]) -> Result<Scenario, Problems> {
    let mut overrides = Overrides::default();
    set.iter().for_each(|text| overrides.set(text));
    load_text(&BUILT_IN, "my.toml", text, &overrides, &known())
}

/// Some problem of `problems` says `words`, in the message or in the advice, at `line`.
#[track_caller]
fn assert_says(problems: &Problems, line: Option<usize>, key: &str, words: &str) {
    let found = problems.0.iter().any(|problem| {
        let said = format!("{} {}", problem.message(), problem.help_text().unwrap_or_default());
        said.contains(words) && problem.key() == key && problem.line_column().map(|at| at.0) == line
    });
    let keys: Vec<_> = problems.0.iter().map(crate::base::problem::Problem::key).collect();
    assert!(
        found,
        "wanted line {line:?}, key {key}: {words}\ngot keys {keys:?}\n{problems}"
    );
    assert!(problems.render(false).contains("error: "));
}

#[test]
fn every_built_in_scenario_loads_and_repeats() {
    for (name, _) in BUILT_IN.scenarios {
        let scenario = load(name, &Overrides::default(), &known()).unwrap_or_else(|p| panic!("{p}"));
        assert_eq!(scenario.name, *name);
        let text = scenario.resolved_toml();
        let again = read(&text).unwrap_or_else(|p| panic!("{p}\n{text}"));
        assert_eq!(again, scenario);
        assert_eq!(again.hash8(), scenario.hash8());
        assert_eq!(again.resolved_toml(), text);
    }
}

#[test]
fn the_three_reforms_become_switches() {
    let text = "extends = 'three-reforms'\n[levers]\nland_leasing = { from = '2026Q3', phase_in = 4 }\n\
                credit_information = { intensity = 0.6, regions = ['central_urban', 'wanzhou'] }\n";
    let scenario = read(text).unwrap_or_else(|p| panic!("{p}"));
    let ids: Vec<_> = scenario.levers.iter().map(|active| active.lever.id.as_str()).collect();
    assert_eq!(ids, ["land_leasing", "hukou_mutual_recognition", "credit_information"]);
    assert_eq!((scenario.reference, scenario.seeds.len()), (Reference::Baseline, 20));
    let leasing = scenario.schedule.switches().first().expect("leasing");
    assert_eq!((leasing.from, leasing.until, leasing.phase_in), (2, None, 4));
    let rules = |tick, region| scenario.schedule.rules_at::<Rules>(tick, region).expect("fits");
    assert_eq!(rules(-1, 0), scenario.status_quo);
    let (city, country) = (rules(40, 0), rules(40, 3));
    let target = |key: &str| {
        let mut moves = scenario.levers.iter().flat_map(|active| &active.lever.moves);
        moves.find(|mv| mv.key == key).map_or(f64::NAN, |mv| mv.target)
    };
    let noise = scenario.status_quo.credit.signal_noise;
    assert_eq!(
        city.credit.signal_noise,
        noise + 0.6 * (target("credit.signal_noise") - noise)
    );
    assert_eq!(country.credit, scenario.status_quo.credit);
    assert_eq!(
        (city.farmland.insecure_share, city.farmland.transaction_cost),
        (target("farmland.insecure_share"), target("farmland.transaction_cost"))
    );
    assert_eq!(country.hukou.years_portable_in_circle, 1.0);
    let baseline = load("baseline", &Overrides::default(), &known()).expect("built in");
    assert_eq!(scenario.schedule.status_quo(), baseline.schedule);
}

#[test]
fn later_texts_win_and_levers_merge_key_by_key() {
    let text = "extends = 'three-reforms'\nseeds = { first = 7, count = 9 }\n\
                [labour]\nseparation = 0.15\n[law.credit]\nloan_to_value = 1\n\
                [levers]\nland_leasing = { intensity = 0.5 }\ncredit_information = true\n";
    let set = [
        "labour.separation=0.2",
        "seeds.count=2",
        "start=2027Q1",
        "levers.land_leasing.from=2028Q1",
        "levers.land_leasing.phase_in=4",
        "name=other",
    ];
    let scenario = read_with(text, &set).unwrap_or_else(|p| panic!("{p}"));
    assert_eq!(
        (
            scenario.behaviour.labour.separation,
            scenario.status_quo.credit.loan_to_value
        ),
        (0.2, 1.0)
    );
    assert_eq!(
        (scenario.name.as_str(), scenario.seeds.as_slice()),
        ("other", [7, 8].as_slice())
    );
    let leasing = scenario.levers.first().expect("leasing");
    assert_eq!(
        (leasing.from.to_string().as_str(), leasing.phase_in, leasing.intensity),
        ("2028Q1", 4, 0.5)
    );
    let credit = scenario.levers.last().expect("credit");
    assert_eq!((credit.intensity, credit.regions.len()), (1.0, 0));
    let off = read_with(text, &["levers.land_leasing=false"]).expect("valid");
    assert_eq!(off.levers.len(), 2);
}

#[test]
fn the_hash_sees_what_decides_the_results_and_nothing_else() {
    let hash = |text: &str| read(text).unwrap_or_else(|p| panic!("{p}")).hash8();
    let plain = hash("");
    assert_eq!(plain.len(), 8);
    let same = baseline()
        .expect("built in")
        .get("labour.separation")
        .map(|info| info.value.to_toml());
    let same = same.expect("a parameter");
    assert_eq!(hash(&format!("name = 'other'\n[labour]\nseparation = {same}")), plain);
    for other in [
        "quarters = 41",
        "seeds = [1]",
        "labour.separation = 0.13",
        "levers.placebo = true",
    ] {
        assert_ne!(hash(other), plain, "{other}");
    }
}

#[test]
fn parameters_may_be_copied_from_the_baseline_with_their_own_source() {
    let text = "[labour]\nseparation = { value = 0.2, unit = \"1/year\", range = [0, 1], source = \"my survey\" }";
    let scenario = read(text).unwrap_or_else(|p| panic!("{p}"));
    let info = scenario
        .params
        .iter()
        .find(|info| info.key == "labour.separation")
        .expect("there");
    assert_eq!(
        (info.value.clone(), info.source.as_str()),
        (ParamValue::Float(0.2), "my survey")
    );
    assert_eq!(read(&scenario.resolved_toml()).expect("valid"), scenario);
    let problems = read(&text.replace("[0, 1]", "[0, 2]")).expect_err("range is fixed");
    assert_says(&problems, Some(2), "labour.separation.range", "set by the baseline");
}

#[test]
#[rustfmt::skip] // one mistake a line
fn a_word_of_advice_for_every_kind_of_mistake() {
    for (text, line, key, words) in [
        ("\n[labour]\nseparation = 1.5", 3, "labour.separation", "`labour.separation` is 1.5, but must lie in [0, 1] 1/year"),
        ("labour.separation = nan", 1, "labour.separation", "is NaN, but must lie in [0, 1] 1/year"),
        ("labour.separation = 'x'", 1, "labour.separation", "is \"x\" (a text), but must be a number in [0, 1] 1/year"),
        ("labour.sampled = 2.0", 1, "labour.sampled", "must be a whole number in [1, 4] openings"),
        ("labour.sampled = 0", 1, "labour.sampled", "is 0, but must lie in [1, 4] openings"),
        ("goods.consumption_split = [0.5, 1.5, 0]", 1, "goods.consumption_split", "is 1.5, but must lie in [0, 1] share"),
        ("goods.consumption_split = [0.5]", 1, "goods.consumption_split", "a list of 3 numbers in [0, 1] share"),
        ("labour.seperation = 0.1", 1, "labour.seperation", "did you mean `labour.separation`?"),
        ("separation = 0.1", 1, "separation", "did you mean `labour.separation`?"),
        ("[labor]\nseparation = 0.1", 1, "labor", "did you mean `labour`?"),
        ("hukou.years_portable_in_circle = 1", 1, "hukou", "not a known key"),
        ("labour = 3", 1, "labour", "`labour` is 3 (an integer), but must be a table"),
        ("quaters = 4", 1, "quaters", "did you mean `quarters`?"),
        ("quarters = 0", 1, "quarters", "must lie in [1, 2000] quarters"),
        ("burn_in = -1", 1, "burn_in", "must lie in [0, 2000] quarters"),
        ("scale = 1.5", 1, "scale", "whole number in [1, 1000000] people per agent"),
        ("reference = 'base'", 1, "reference", "\"none\" or \"baseline\""),
        ("world = 'chonqing'", 1, "world", "did you mean `chongqing`?"),
        ("start = '2026'", 1, "start", "a quarter such as \"2026Q1\""),
        ("seeds = [1, 1]", 1, "seeds", "has 1 twice"),
        ("seeds = [-1]", 1, "seeds", "is -1, but must lie in [0, "),
        ("seeds = []", 1, "seeds", "a list such as [1, 2, 3]"),
        ("seeds = { first = 1 }", 1, "seeds", "{ first = 1, count = 20 }"),
        ("seeds = { file = 'none.txt' }", 1, "seeds.file", "cannot read `none.txt`"),
        ("seeds = { count = 5000 }", 1, "seeds.count", "only "),
        ("name = 'a/b'", 1, "name", "letters, digits"),
        ("extends = 'baselin'", 1, "extends", "did you mean `baseline`?"),
        ("extends = 3", 1, "extends", "must be the name of a built-in scenario"),
        ("output.regions = 'some'", 1, "output.regions", "\"all\", \"total\", or a list"),
        ("output.regions = ['wanzou']", 1, "output.regions", "did you mean `wanzhou`?"),
        ("output.metrics = ['gpd']", 1, "output.metrics", "did you mean `gdp`?"),
        ("output.micro.evry = 1", 1, "output.micro.evry", "did you mean `output.micro.every`?"),
        ("[levers]\nland_leesing = true", 2, "levers.land_leesing", "did you mean `land_leasing`?"),
        ("[levers]\nland_leasing = 1", 2, "levers.land_leasing", "must be true, false, or a table"),
        ("[levers]\nland_leasing = { intensity = 1.2 }", 2, "levers.land_leasing.intensity", "must lie in [0, 1]"),
        ("[levers]\nland_leasing = { intensity = nan }", 2, "levers.land_leasing.intensity", "is NaN"),
        ("[levers]\nland_leasing = { phase_in = -1 }", 2, "levers.land_leasing.phase_in", "must lie in [0, 400] quarters"),
        ("[levers]\nland_leasing = { phasein = 1 }", 2, "levers.land_leasing.phasein", "did you mean `phase_in`?"),
        ("[levers]\nland_leasing = { from = '26Q1' }", 2, "levers.land_leasing.from", "a quarter such as"),
        ("[levers]\nland_leasing = { from = '2025Q4' }", 2, "levers.land_leasing.from", "before `start`, 2026Q1"),
        ("[levers]\nland_leasing = { from = '2027Q1', until = '2027Q1' }", 2, "levers.land_leasing.until", "must be after `from`, 2027Q1"),
        ("[levers]\nland_leasing = { until = '2026Q1' }", 2, "levers.land_leasing.until", "must be after `from`, 2026Q1"),
        ("[levers]\nland_leasing = { regions = ['fulin'] }", 2, "levers.land_leasing.regions", "did you mean `fuling`?"),
        ("[levers]\nland_leasing = { regions = ['central_urbn'] }", 2, "levers.land_leasing.regions", "did you mean `central_urban`?"),
        ("[levers]\nland_leasing = { regions = [] }", 2, "levers.land_leasing.regions", "\"all\" or a list"),
        ("[levers]\nx = { file = 'no.toml' }", 2, "levers.x", "cannot read `no.toml`"),
        ("[levers]\n'./no.toml' = true", 2, "levers../no.toml", "cannot read `./no.toml`"),
        ("a = \nquarters = 4", 1, "", "not TOML"),
        ("quarters = 4\nquarters = 5", 2, "", "duplicate key"),
        ("quarters = 99999999999999999999", 1, "", "does not fit 64 bits"),
    ] {
        match read(text) {
            Ok(_) => panic!("accepted: {text}"),
            Err(problems) => assert_says(&problems, Some(line), key, words),
        }
    }
}

#[test]
fn several_mistakes_are_told_together() {
    let text =
        "quarters = 0\n[labour]\nseparation = 2\nseperation = 1\n[levers]\nland = true\nplacebo = { intensity = 3 }\n";
    let problems = read_with(text, &["scale=0"]).expect_err("five mistakes");
    let lines: Vec<_> = problems
        .0
        .iter()
        .filter_map(|p| p.line_column())
        .map(|(line, _)| line)
        .collect();
    assert_eq!(lines.len(), 6, "{problems}");
    for line in [1, 3, 4, 6, 7] {
        assert!(lines.contains(&line), "{line}: {problems}");
    }
}

#[test]
fn options_are_their_own_source() {
    for (set, key, words) in [
        (
            "labour.separation=1.5",
            "labour.separation",
            "must lie in [0, 1] 1/year",
        ),
        (
            "labour.separation=x",
            "labour.separation",
            "(a text), but must be a number",
        ),
        (
            "labour.seperation=0.1",
            "labour.seperation",
            "did you mean `labour.separation`?",
        ),
        ("world=chonqing", "world", "did you mean `chongqing`?"),
        ("labour.separation", "labour.separation", "write key=value"),
        ("", "", "write key=value"),
        ("=", "", "not TOML"),
        ("a b=1", "", "not TOML"),
        ("extends=tiny", "extends", "cannot be an option"),
        ("a=1\nb=2", "a=1\nb=2", "is not key=value"),
        (
            "levers.land_leasing.intensity=2",
            "levers.land_leasing.intensity",
            "must lie in [0, 1]",
        ),
    ] {
        let problems = read_with("", &[set]).expect_err(set);
        assert_says(&problems, Some(1), key, words);
        assert!(
            problems.0.iter().all(|problem| problem.file() == Some("--set")),
            "{set}: {problems}"
        );
    }
}

#[test]
fn scenario_names_are_guessed() {
    let problems = load("three-reform", &Overrides::default(), &known()).expect_err("no such scenario");
    assert_says(
        &problems,
        None,
        "three-reform",
        "did you mean `three-reforms`? built-in scenarios: baseline,",
    );
    let problems = load("none.toml", &Overrides::default(), &known()).expect_err("no such file");
    assert_says(&problems, None, "none.toml", "cannot read `none.toml`");
}
