//! Small worlds that the tests share.

use std::path::Path;
use std::sync::OnceLock;

use yaosu::experiment::job::{self, Arm, ArmResult};
use yaosu::metrics::{METRICS, Scope, scopes};
use yaosu::policy::{Lever, Schedule};
use yaosu::rules::Rules;
use yaosu::scenario::seed::SeedEconomy;
use yaosu::scenario::{self, Known, Overrides, Scenario};
use yaosu::world::World;

/// The seed economy of the tests.
pub fn data() -> &'static SeedEconomy {
    static DATA: OnceLock<SeedEconomy> = OnceLock::new();
    DATA.get_or_init(|| job::seed_economy("chongqing").expect("built in"))
}

/// Names that scenarios may use.
pub fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(yaosu::cli::known)
}

/// All built-in levers.
pub fn levers() -> &'static [Lever] {
    static LEVERS: OnceLock<Vec<Lever>> = OnceLock::new();
    LEVERS.get_or_init(|| scenario::levers(known()).unwrap_or_else(|p| panic!("{p}")))
}

/// A built-in scenario with changes.
pub fn load<T: AsRef<str>>(name: &str, sets: &[T]) -> Scenario {
    let mut overrides = Overrides::default();
    sets.iter().for_each(|text| overrides.set(text.as_ref()));
    scenario::load(name, &overrides, known()).unwrap_or_else(|p| panic!("{p}"))
}

/// A coarse baseline of few quarters with changes; a coarse world may miss targets of small districts.
pub fn small<T: AsRef<str>>(sets: &[T]) -> Scenario {
    let fixed = [
        "scale=20000",
        "burn_in=4",
        "quarters=8",
        "birth.tolerance=1.0",
        "seeds=[1]",
    ];
    let all: Vec<&str> = fixed.into_iter().chain(sets.iter().map(AsRef::as_ref)).collect();
    load("baseline", &all)
}

/// [`small`] with every built-in lever on from the first measured quarter, in the order of the plan.
pub fn all_on(sets: &[&str]) -> Scenario {
    let on = levers().iter().map(|lever| format!("levers.{}=true", lever.id));
    let all: Vec<String> = on.chain(sets.iter().map(|&text| text.to_owned())).collect();
    small(&all)
}

/// The world of a seed at the start of the first measured quarter.
pub fn born(scenario: &Scenario, seed: u64) -> World {
    let world = job::burn_in(scenario, data(), seed, &|| false, &mut || ());
    world.unwrap_or_else(|error| panic!("{error}")).0
}

/// One arm from `world` to the end of the scenario, measured for the total and the first region.
pub fn run(world: World, scenario: &Scenario, schedule: &Schedule) -> (ArmResult, World) {
    let scopes: Vec<Scope> = scopes(&world.geography).into_iter().collect();
    let arm = Arm {
        name: "test".to_owned(),
        schedule,
    };
    let done = job::run_arm(
        world,
        scenario,
        &arm,
        &scopes,
        &job::Micro::default(),
        &|| false,
        &mut || (),
    );
    done.unwrap_or_else(|error| panic!("{error}"))
}

/// The rules of a quarter in every inside region.
pub fn rules(scenario: &Scenario, tick: i64) -> Vec<Rules> {
    job::rules_at(&scenario.schedule, tick, data().regions.len()).unwrap_or_else(|error| panic!("{error}"))
}

/// Every measured value with its bits, in a fixed order.
pub fn bits(result: &ArmResult) -> Vec<(i64, &'static str, u16, &'static str, u64)> {
    let of = |q: &yaosu::experiment::job::Measured| {
        let tick = q.tick;
        let value = move |v: &yaosu::metrics::Value| {
            (
                tick,
                METRICS[v.metric as usize].name,
                v.scope,
                v.group,
                v.value.to_bits(),
            )
        };
        q.values.iter().map(value).collect::<Vec<_>>()
    };
    result.quarters.iter().flat_map(of).collect()
}

/// The first value in which two runs differ.
pub fn first_difference(a: &ArmResult, b: &ArmResult) -> Option<String> {
    let (a, b) = (bits(a), bits(b));
    let pair = a.iter().zip(&b).find(|(x, y)| x != y);
    let told = pair.map(|(x, y)| format!("{x:?} ({}) and {y:?} ({})", f64::from_bits(x.4), f64::from_bits(y.4)));
    told.or_else(|| (a.len() != b.len()).then(|| format!("{} and {} values", a.len(), b.len())))
}

/// Root of the package.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` that ends in `ending`, sorted.
pub fn files(folder: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            // what builds and environments of Python leave is none of ours
            if !["target", "venv"].iter().any(|name| path.ends_with(name)) {
                found.extend(files(&path, ending));
            }
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Tells the error against a known answer; with YAOSU_BLESS set, writes it into its place in `docs/verification.md`.
pub fn known_answer(key: &str, text: &str) {
    static PAGE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    println!("known answer {key}: {text}");
    if std::env::var_os("YAOSU_BLESS").is_none() {
        return;
    }
    let _turn = PAGE.lock().expect("no writer failed");
    let file = root().join("docs/verification.md");
    let page = std::fs::read_to_string(&file).expect("docs/verification.md");
    let (open, close) = (format!("<!--{key}-->"), format!("<!--/{key}-->"));
    let from = page.find(&open).unwrap_or_else(|| panic!("no place {open}")) + open.len();
    let to = page.find(&close).unwrap_or_else(|| panic!("no place {close}"));
    std::fs::write(file, format!("{}{text}{}", &page[..from], &page[to..])).expect("written");
}

/// A folder with `e.toml`, an experiment or a calibration.
pub fn here(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("e.toml"), text).expect("a file");
    folder
}

/// Exit code, standard output, standard error.
pub fn tell(command: &mut assert_cmd::Command) -> (i32, String, String) {
    let out = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr))
}
