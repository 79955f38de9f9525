//! Speed of every stage by size and threads, beside the memory bandwidth that the same machine has in the same run.
//!
//! `cargo bench --bench sizes` goes to a million workers; `cargo bench --bench sizes -- all` to one agent a person (32 million
//! workers, 6 GB with three runs), to other sizes with their people an agent: `cargo bench --bench sizes -- 5 20`. `after=40`
//! measures the year after forty quarters instead of the year after the first, `runs=3` takes medians of three runs. Prints the
//! tables of docs/performance.md and docs/performance-stages.md. Every size has a process of its own, so that its memory is its own.

use rayon::prelude::*;
use std::process::{Command, Stdio};
use std::time::Instant;
use yaosu::experiment::{job, memory};
use yaosu::metrics::{measure, scopes, snapshot};
use yaosu::report::units::number;
use yaosu::scenario::{self, Overrides, Scenario};
use yaosu::step::{Stage, TIMELINE, Timers, step_timed};
use yaosu::world::{FARMLAND, MONEY, PEOPLE, World};

/// People an agent: 10^4, 10^5, 10^6 and, where all are asked for, 10^7 and 10^7.5 workers.
const SCALES: [u32; 5] = [3300, 330, 33, 3, 1];
/// Scales that are measured unless all are asked for.
const FEW: usize = 3;
/// Numbers of threads.
const THREADS: [usize; 2] = [1, 2];
/// Quarters that are measured: a year, because farmland is leased once a year.
const QUARTERS: usize = 4;

/// Bytes of a worker's columns that a stage must read and write at least once, written ones twice; an optimum that no program
/// beats. Leases are once a year and count a quarter.
///
/// | stage | columns |
/// |---|---|
/// | people | born, status, region, hukou; credit written |
/// | land | (generation, plot, village, status, farm skill; operated, leased, flags written) / 4 |
/// | labour | region, hukou, flags, efficiency; status, employer written |
/// | production | operated, status, village, farm skill |
/// | goods | status, permanent income, thrift, region, hukou, old, young; deposits written |
/// | settlement | status, region, hukou, flags, employer, efficiency, units, plot, village, leased, operated, old, young, cohort; deposits, permanent income written |
/// | exit and entry | status, employer |
/// | migration | born, generation, status |
///
/// Audits: see [`audited`].
const BYTES: [(&str, f64); 8] = [
    ("people", 2.0 + 1.0 + 1.0 + 1.0 + 2.0),
    ("land", (2.0 + 4.0 + 4.0 + 1.0 + 4.0 + 8.0 + 8.0 + 2.0) / 4.0),
    ("labour", 1.0 + 1.0 + 1.0 + 4.0 + 2.0 + 8.0),
    ("production", 4.0 + 1.0 + 4.0 + 4.0),
    ("goods", 1.0 + 4.0 + 1.0 + 1.0 + 1.0 + 1.0 + 1.0 + 16.0),
    (
        "settlement",
        4.0 + 4.0 + 4.0 + 4.0 + 4.0 + 4.0 + 4.0 + 4.0 + 3.0 + 16.0 + 8.0,
    ),
    ("exit and entry", 1.0 + 4.0),
    ("migration", 2.0 + 2.0 + 1.0),
];

/// As [`BYTES`], of all audits of a quarter: after every stage that may have changed them, deposits and the region of the account,
/// plots and the land operated, status and dependants (old, young). What is counted after the law, which changes nothing, is left out.
fn audited() -> f64 {
    let columns = [(MONEY, 8.0 + 1.0), (FARMLAND, 4.0 + 4.0), (PEOPLE, 1.0 + 1.0 + 1.0)];
    let after = |stage: &Stage| {
        columns
            .iter()
            .filter(|(c, _)| stage.touches & c != 0)
            .map(|c| c.1)
            .sum::<f64>()
    };
    TIMELINE[1..].iter().map(after).sum()
}

/// Bytes a second that `a = b + s c` moves over arrays far beyond the caches (STREAM triad: 24 bytes an element, best of five).
fn triad(pool: &rayon::ThreadPool) -> f64 {
    let n = 1 << 24;
    let (b, c) = (vec![1.0f64; n], vec![2.0f64; n]);
    let mut a = vec![0.0f64; n];
    let once = |a: &mut [f64]| {
        let start = Instant::now();
        let chunk = 1 << 16;
        pool.install(|| {
            a.par_chunks_mut(chunk).enumerate().for_each(|(k, a)| {
                let (b, c) = (&b[k * chunk..][..a.len()], &c[k * chunk..][..a.len()]);
                a.iter_mut().zip(b).zip(c).for_each(|((a, b), c)| *a = b + 3.0 * c);
            });
        });
        start.elapsed().as_secs_f64()
    };
    let best = (0..5).map(|_| once(&mut a)).fold(f64::INFINITY, f64::min);
    assert!(a.iter().all(|x| *x == 7.0));
    24.0 * n as f64 / best
}

fn scenario(scale: u32) -> Scenario {
    let mut overrides = Overrides::default();
    for text in [
        format!("scale={scale}"),
        "burn_in=0".to_owned(),
        "birth.tolerance=1.0".to_owned(),
    ] {
        overrides.set(&text);
    }
    scenario::load("baseline", &overrides, &yaosu::cli::known()).unwrap_or_else(|p| panic!("{p}"))
}

/// Resident memory of the process [bytes], where the system tells.
fn resident() -> f64 {
    memory::resident().map_or(f64::NAN, |bytes| bytes as f64)
}

/// A world of `scale` and the seconds of its birth.
fn born(scenario: &Scenario) -> (World, f64) {
    let data = job::seed_economy(&scenario.world).expect("built in");
    let start = Instant::now();
    let world = job::burn_in(scenario, &data, 1, &|| false, &mut || ()).expect("born").0;
    (world, start.elapsed().as_secs_f64())
}

/// What is measured of one size and number of threads.
#[derive(Clone, Debug)]
struct Figures {
    /// Seconds of a quarter, by stage of the timeline.
    stages: [f64; TIMELINE.len()],
    /// Seconds of a quarter's audits.
    audits: f64,
    /// Seconds of a quarter's measures.
    measures: f64,
    /// Seconds of the birth.
    birth: f64,
    /// Bytes a second of the triad.
    bandwidth: f64,
}

impl Figures {
    /// Seconds of a quarter without measures.
    fn quarter(&self) -> f64 {
        self.stages.iter().sum::<f64>() + self.audits
    }

    /// The median of every figure by itself.
    fn medians(runs: &[Self]) -> Self {
        let of = |x: &dyn Fn(&Self) -> f64| median(runs.iter().map(x).collect());
        Self {
            stages: std::array::from_fn(|k| of(&|f| f.stages[k])),
            audits: of(&|f| f.audits),
            measures: of(&|f| f.measures),
            birth: of(&|f| f.birth),
            bandwidth: of(&|f| f.bandwidth),
        }
    }
}

/// The middle one, or the mean of the two in the middle.
fn median(mut x: Vec<f64>) -> f64 {
    x.sort_by(f64::total_cmp);
    (x[(x.len() - 1) / 2] + x[x.len() / 2]) / 2.0
}

/// Measures the year after `before` quarters; with the hash of the world after it.
fn year(scenario: &Scenario, before: u32, pool: &rayon::ThreadPool) -> (World, Figures, String) {
    let bandwidth = triad(pool);
    pool.install(|| {
        let (mut world, birth) = born(scenario);
        let rules = job::rules_at(&scenario.schedule, 0, world.geography.inside).expect("rules");
        let mut timers = Timers::default();
        for quarter in 0..before as usize + QUARTERS {
            if quarter == before as usize {
                timers = Timers::default();
            }
            step_timed(&mut world, &rules, &mut timers).expect("accounts add up");
        }
        let scopes = scopes(&world.geography);
        let once = |_| {
            let start = Instant::now();
            assert!(!measure(&snapshot(&world), &scopes).is_empty());
            start.elapsed().as_secs_f64()
        };
        let figures = Figures {
            stages: timers.stages.map(|seconds| seconds / QUARTERS as f64),
            audits: timers.audits / QUARTERS as f64,
            measures: (0..3).map(once).fold(f64::INFINITY, f64::min),
            birth,
            bandwidth,
        };
        let hash = yaosu::world::checkpoint::hash(&world);
        (world, figures, hash)
    })
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let given = |name: &str| args.iter().any(|a| a == name);
    let asked: Vec<u32> = args.iter().filter_map(|a| a.parse().ok()).collect();
    let scales = match asked.as_slice() {
        [] if given("all") => &SCALES[..],
        [] => &SCALES[..FEW],
        asked => asked,
    };
    let option = |name: &str, otherwise: u32| {
        let given = args.iter().find_map(|a| a.strip_prefix(name));
        given.map_or(otherwise, |n| n.parse().unwrap_or_else(|_| panic!("{name}NUMBER")))
    };
    let (before, runs) = (option("after=", 1), option("runs=", 1).max(1));
    if let (true, &[scale]) = (given(ALONE), scales) {
        println!("{}", size(scale, before, runs));
        return;
    }
    let rows: Vec<String> = scales.iter().map(|&scale| alone(scale, before, runs)).collect();
    println!("\n### By size (medians of {runs} runs, the year after {before} quarters)\n");
    println!(
        "| workers | firms | one thread, m agent-quarters a second | two threads | gain | s a quarter, two threads | birth, s, two threads | bytes a worker | GB at most |"
    );
    println!("|---|---|---|---|---|---|---|---|---|\n{}", rows.join("\n"));
}

/// Argument of a process that measures one size.
const ALONE: &str = "alone";

/// Measures a size in a process of its own: prints its table by stage, and gives its row.
fn alone(scale: u32, before: u32, runs: u32) -> String {
    let program = std::env::current_exe().expect("a path");
    let options = [format!("after={before}"), format!("runs={runs}"), scale.to_string()];
    let child = Command::new(program)
        .arg(ALONE)
        .args(options)
        .stderr(Stdio::inherit())
        .output();
    let child = child.expect("starts");
    assert!(child.status.success(), "scale {scale}: {}", child.status);
    let printed = String::from_utf8(child.stdout).expect("text");
    let (table, row) = printed.trim_end().rsplit_once('\n').expect("a table and a row");
    println!("{table}");
    row.to_owned()
}

/// Measures a size: prints its table by stage, and gives its row.
fn size(scale: u32, before: u32, runs: u32) -> String {
    let pools = THREADS.map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads"));
    let scenario = scenario(scale);
    let (mut measured, mut hashes) = (THREADS.map(|_| Vec::new()), Vec::new());
    let (mut agents, mut firms, mut taken) = (0, 0, None);
    for _ in 0..runs {
        for (pool, measured) in pools.iter().zip(&mut measured) {
            let without = resident();
            let (world, figures, hash) = year(&scenario, before, pool);
            (agents, firms) = (world.workers.len() - world.free.len(), world.firms.len());
            // later worlds lie in what the first one has given back
            taken.get_or_insert_with(|| {
                [
                    resident() - without,
                    memory::peak().map_or(f64::NAN, |bytes| bytes as f64),
                ]
            });
            measured.push(figures);
            hashes.push(hash);
        }
    }
    let same = hashes.windows(2).all(|h| h[0] == h[1]);
    assert!(same, "the same bits on any number of threads");
    let medians = measured.each_ref().map(|m| Figures::medians(m));
    println!(
        "\n### {} workers, {} firms\n",
        number(agents as f64, 0),
        number(firms as f64, 0)
    );
    by_stage(agents as f64, &medians);
    by_size(agents, firms, &medians, taken.unwrap_or([f64::NAN; 2]))
}

/// Row of a size: speeds, gain, a quarter, birth, memory that the first world has `taken` and the `peak` of the process until then [bytes].
fn by_size(agents: usize, firms: usize, [one, two]: &[Figures; 2], [taken, peak]: [f64; 2]) -> String {
    let speed = |f: &Figures| agents as f64 / f.quarter() / 1e6;
    format!(
        "| {} | {} | {:.2} | {:.2} | {:.2} | {:.3} | {:.1} | {:.0} | {:.2} |",
        number(agents as f64, 0),
        number(firms as f64, 0),
        speed(one),
        speed(two),
        one.quarter() / two.quarter(),
        two.quarter(),
        two.birth,
        taken / agents as f64,
        peak / 1e9,
    )
}

/// Prints what every stage takes and how near it comes to the speed of memory.
fn by_stage(agents: f64, both: &[Figures; 2]) {
    let rates = both.each_ref().map(|f| format!("{:.1}", f.bandwidth / 1e9));
    println!("Triad {} GB/s on one thread, {} on two.\n", rates[0], rates[1]);
    println!(
        "| stage | ns an agent, one thread | two threads | bytes at least | share of the memory limit, one thread | two threads |"
    );
    println!("|---|---|---|---|---|---|");
    let row = |name: &str, seconds: &dyn Fn(&Figures) -> f64, bytes: Option<f64>| {
        let ns = both.each_ref().map(|f| 1e9 * seconds(f) / agents);
        let share = |k: usize| bytes.map(|b| format!("{:.0} %", 100.0 * b / both[k].bandwidth * 1e9 / ns[k]));
        let bytes = bytes.map(|b| format!("{b:.1}")).unwrap_or_default();
        let [first, second] = [0, 1].map(|k| share(k).unwrap_or_default());
        println!(
            "| {name} | {:.1} | {:.1} | {bytes} | {first} | {second} |",
            ns[0], ns[1]
        );
    };
    for (k, stage) in TIMELINE.iter().enumerate() {
        let bytes = BYTES.iter().find(|b| b.0 == stage.name).map(|b| b.1);
        row(stage.name, &|f| f.stages[k], bytes);
    }
    row("audits", &|f| f.audits, Some(audited()));
    row(
        "all",
        &Figures::quarter,
        Some(BYTES.iter().map(|b| b.1).sum::<f64>() + audited()),
    );
    row("measures, apart", &|f| f.measures, None);
}
