//! Speed of a quarter, of birth, of checkpoints and of measuring, at several scales.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use yaosu::experiment::job;
use yaosu::metrics::{measure, scopes, snapshot};
use yaosu::scenario::{self, Overrides, Scenario};
use yaosu::world::checkpoint;
use yaosu::world::{World, birth};

/// People whom one agent stands for.
const SCALES: [u32; 3] = [5000, 500, 100];

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

fn born(scenario: &Scenario) -> World {
    let data = job::seed_economy(&scenario.world).expect("built in");
    job::burn_in(scenario, &data, 1, &|| false, &mut || ()).expect("born").0
}

fn quarter(c: &mut Criterion) {
    let mut group = c.benchmark_group("quarter");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    for scale in SCALES {
        let scenario = scenario(scale);
        let mut world = born(&scenario);
        let rules = job::rules_at(&scenario.schedule, 0, world.geography.inside).expect("rules");
        group.throughput(Throughput::Elements(world.workers.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(scale), |b| {
            b.iter(|| yaosu::step::step(&mut world, &rules).expect("accounts add up"));
        });
    }
    group.finish();
}

fn births(c: &mut Criterion) {
    let mut group = c.benchmark_group("birth");
    group.sample_size(10);
    for scale in [5000, 500] {
        let scenario = scenario(scale);
        let data = job::seed_economy(&scenario.world).expect("built in");
        let rules = job::rules_at(&scenario.schedule, 0, data.regions.len()).expect("rules");
        group.bench_function(BenchmarkId::from_parameter(scale), |b| {
            b.iter(|| {
                birth::birth(&data, &scenario.behaviour, &rules, scale, 1, 0)
                    .expect("born")
                    .0
                    .workers
                    .len()
            });
        });
    }
    group.finish();
}

fn checkpoints(c: &mut Criterion) {
    let mut group = c.benchmark_group("checkpoint");
    group.sample_size(10);
    let scenario = scenario(500);
    let world = born(&scenario);
    let identity = job::identity(&scenario, 1);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world");
    group.throughput(Throughput::Elements(world.workers.len() as u64));
    group.bench_function("save", |b| {
        b.iter(|| checkpoint::save(&path, &identity, &world).expect("saved"))
    });
    group.bench_function("load", |b| {
        b.iter(|| checkpoint::load(&path, &identity).expect("loaded").tick)
    });
    group.bench_function("hash", |b| b.iter(|| checkpoint::hash(black_box(&world))));
    group.finish();
}

fn measures(c: &mut Criterion) {
    let mut group = c.benchmark_group("measures");
    group.sample_size(10);
    let scenario = scenario(500);
    let mut world = born(&scenario);
    let rules = job::rules_at(&scenario.schedule, 0, world.geography.inside).expect("rules");
    yaosu::step::step(&mut world, &rules).expect("accounts add up");
    let scopes = scopes(&world.geography);
    group.throughput(Throughput::Elements(world.workers.len() as u64));
    group.bench_function("snapshot", |b| b.iter(|| snapshot(black_box(&world)).scale));
    let taken = snapshot(&world);
    group.bench_function("metrics", |b| b.iter(|| measure(black_box(&taken), &scopes).len()));
    group.finish();
}

criterion_group! {
    name = benches;
    // the report needs fonts of the system, which the drawing library is built without
    config = Criterion::default().without_plots();
    targets = quarter, births, checkpoints, measures
}
criterion_main!(benches);
