//! Speed of every stage by size and threads, beside the memory bandwidth that the same machine has in the same run.
//!
//! `cargo bench --bench sizes` goes to a million workers; `cargo bench --bench sizes -- all` to one agent a person (33 million
//! workers, 4 GB), to other sizes with their people an agent: `cargo bench --bench sizes -- 5 20`. Prints the tables of
//! docs/performance.md.

use rayon::prelude::*;
use std::time::Instant;
use yaosu::experiment::job;
use yaosu::metrics::{measure, scopes, snapshot};
use yaosu::scenario::{self, Overrides, Scenario};
use yaosu::step::{Stage, TIMELINE, Timers, step_timed};
use yaosu::world::{FARMLAND, MONEY, PEOPLE, World};

/// People an agent: 10^4, 10^5, 10^6 and, where all are asked for, 10^7 and 10^7.5 workers.
const SCALES: [u32; 5] = [3300, 330, 33, 3, 1];
/// Scales that are measured unless all are asked for.
const FEW: usize = 3;
/// Threads.
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
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
    let kib = line.split_whitespace().nth(1)?.parse::<f64>().ok()?;
    Some(kib * 1024.0)
}

/// A world of `scale` and the seconds of its birth.
fn born(scenario: &Scenario) -> (World, f64) {
    let data = job::seed_economy(&scenario.world).expect("built in");
    let start = Instant::now();
    let world = job::burn_in(scenario, &data, 1, &|| false, &mut || ()).expect("born").0;
    (world, start.elapsed().as_secs_f64())
}

/// Times of the stages, and of audits, over a year after a first quarter; the seconds of one quarter's measures and the hash of
/// the world after it.
fn year(scenario: &Scenario, world: &mut World) -> (Timers, f64, String) {
    let rules = job::rules_at(&scenario.schedule, 0, world.geography.inside).expect("rules");
    step_timed(world, &rules, &mut Timers::default()).expect("accounts add up");
    let mut timers = Timers::default();
    for _ in 0..QUARTERS {
        step_timed(world, &rules, &mut timers).expect("accounts add up");
    }
    let scopes = scopes(&world.geography);
    let once = |_| {
        let start = Instant::now();
        assert!(!measure(&snapshot(world), &scopes).is_empty());
        start.elapsed().as_secs_f64()
    };
    let best = (0..3).map(once).fold(f64::INFINITY, f64::min);
    (timers, best, yaosu::world::checkpoint::hash(world))
}

fn main() {
    let asked: Vec<u32> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let scales = match asked.as_slice() {
        [] if std::env::args().any(|a| a == "all") => &SCALES[..],
        [] => &SCALES[..FEW],
        asked => asked,
    };
    let pools = THREADS.map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads"));
    let bandwidth: Vec<f64> = pools.iter().map(triad).collect();
    for (threads, rate) in THREADS.iter().zip(&bandwidth) {
        println!("triad, {threads} threads: {:.1} GB/s", rate / 1e9);
    }
    let without = resident().unwrap_or(f64::NAN);
    for &scale in scales {
        let scenario = scenario(scale);
        let mut hashes = Vec::new();
        for ((threads, pool), rate) in THREADS.iter().zip(&pools).zip(&bandwidth) {
            let (mut world, birth) = pool.install(|| born(&scenario));
            let (timers, measures, hash) = pool.install(|| year(&scenario, &mut world));
            hashes.push(hash);
            let agents = world.workers.len() as f64;
            let memory = (resident().unwrap_or(f64::NAN) - without) / agents;
            report(
                agents,
                world.firms.len(),
                *threads,
                [birth, memory, measures],
                &timers,
                *rate,
            );
        }
        assert!(
            hashes.windows(2).all(|h| h[0] == h[1]),
            "the same bits on any number of threads"
        );
    }
}

/// Prints the rows of one size and number of threads, with the seconds of birth, the memory that the world takes [bytes an
/// agent] and the seconds of one quarter's measures.
fn report(agents: f64, firms: usize, threads: usize, apart: [f64; 3], timers: &Timers, bandwidth: f64) {
    let [birth, memory, measures] = apart;
    let per = 1e9 / (agents * QUARTERS as f64);
    let whole: f64 = timers.stages.iter().sum::<f64>() + timers.audits;
    println!(
        "\n{agents:.0} workers, {firms} firms, {threads} threads: {:.2} m agent-quarters a second, {:.2} s a quarter; birth {birth:.1} s; {memory:.0} bytes an agent",
        1e3 / (whole * per),
        whole / QUARTERS as f64,
    );
    println!("| stage | ns an agent | bytes at least | share of the memory limit |\n|---|---|---|---|");
    let bytes = |name| BYTES.iter().find(|b| b.0 == name).map(|b| b.1);
    let stages = TIMELINE.iter().zip(timers.stages);
    let stages = stages.map(|(stage, seconds)| (stage.name, seconds, bytes(stage.name)));
    for (name, seconds, bytes) in stages.chain([("audits", timers.audits, Some(audited()))]) {
        let ns = seconds * per;
        let (bytes, share) = match bytes {
            Some(bytes) => {
                let share = bytes / bandwidth * 1e9 / ns;
                (format!("{bytes:.1}"), format!("{:.0} %", 100.0 * share))
            }
            None => (String::new(), String::new()),
        };
        println!("| {name} | {ns:.1} | {bytes} | {share} |");
    }
    println!("| measures, apart | {:.1} | | |", measures * 1e9 / agents);
}
