//! The same bits whatever the number of threads, and however often a run is stopped and taken up.

use crate::common::{all_on, born, first_difference, run, small};
use std::path::Path;
use yaosu::experiment::job;
use yaosu::world::World;
use yaosu::world::checkpoint::{self, CheckpointError, Identity, hash};

fn on_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a pool")
        .install(work)
}

#[test]
fn threads_do_not_matter() {
    // several blocks of workers, or there is nothing to share out
    let scenario = all_on(&["scale=500", "burn_in=1", "quarters=5"]);
    let end = |threads| {
        on_threads(threads, || {
            let (result, world) = run(born(&scenario, 7), &scenario, &scenario.schedule);
            (result, hash(&world))
        })
    };
    let (alone, reference) = end(1);
    for threads in [2, 3, 8] {
        let (result, found) = end(threads);
        assert_eq!(first_difference(&alone, &result), None, "{threads} threads");
        assert_eq!(found, reference, "{threads} threads");
        assert_eq!(result.world_hash, alone.world_hash);
    }
}

#[test]
fn seeds_matter_and_repeat() {
    let scenario = small::<&str>(&["quarters=2"]);
    let end = |seed| hash(&run(born(&scenario, seed), &scenario, &scenario.schedule).1);
    assert_eq!(end(1), end(1));
    assert_ne!(end(1), end(2));
}

fn saved(folder: &Path, identity: &Identity, world: &World) -> std::path::PathBuf {
    let path = folder.join("world.checkpoint");
    checkpoint::save(&path, identity, world).unwrap_or_else(|error| panic!("{error}"));
    path
}

#[test]
fn a_run_taken_up_from_a_checkpoint_equals_an_uninterrupted_one() {
    let folder = tempfile::tempdir().expect("a folder");
    // a lever that is still phasing in where the run is cut, and one that ends after it
    let whole = small(&[
        "levers.land_leasing={ from = \"2026Q2\", phase_in = 6 }",
        "levers.credit_information={ until = \"2027Q2\" }",
    ]);
    let mut half = whole.clone();
    half.quarters = 4;
    let (all, end) = run(born(&whole, 3), &whole, &whole.schedule);
    let (first, middle) = run(born(&half, 3), &half, &half.schedule);
    let identity = job::identity(&whole, 3);
    assert_eq!(identity, job::identity(&half, 3));
    let path = saved(folder.path(), &identity, &middle);
    let again = checkpoint::load(&path, &identity).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(hash(&again), hash(&middle));
    let (mut second, resumed) = run(again, &whole, &whole.schedule);
    assert_eq!(hash(&resumed), hash(&end));
    second.quarters.splice(0..0, first.quarters);
    assert_eq!(first_difference(&all, &second), None);
}

#[test]
fn a_branch_equals_the_arm_run_directly() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = all_on(&[]);
    let start = born(&scenario, 5);
    let identity = job::identity(&scenario, 5);
    assert_eq!(
        identity,
        job::identity(&small::<&str>(&[]), 5),
        "levers do not count: they come after the burn-in"
    );
    let path = saved(folder.path(), &identity, &start);
    let branch = checkpoint::load(&path, &identity).unwrap_or_else(|error| panic!("{error}"));
    let (direct, _) = run(born(&scenario, 5), &scenario, &scenario.schedule);
    let (branched, _) = run(branch, &scenario, &scenario.schedule);
    assert_eq!(first_difference(&direct, &branched), None);
    assert_eq!(direct.world_hash, branched.world_hash);
}

/// The field by which a checkpoint is refused.
fn refused(path: &Path, expected: &Identity) -> &'static str {
    match checkpoint::load(path, expected) {
        Err(error @ CheckpointError::Mismatch { field, .. }) => {
            assert!(error.to_string().contains(&format!("`{field}`")), "{error}");
            field
        }
        Err(CheckpointError::Broken { .. }) => "broken",
        Err(CheckpointError::Io { .. }) => "io",
        Ok(_) => "nothing",
    }
}

#[test]
fn a_checkpoint_of_something_else_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = small::<&str>(&["burn_in=0"]);
    let good = job::identity(&scenario, 1);
    let path = saved(folder.path(), &good, &born(&scenario, 1));
    assert_eq!(refused(&path, &good), "nothing");
    let changed = |change: fn(&mut Identity)| {
        let mut other = good.clone();
        change(&mut other);
        other
    };
    assert_eq!(refused(&path, &changed(|i| i.seed = 2)), "seed");
    assert_eq!(refused(&path, &changed(|i| i.scale = 500)), "scale");
    assert_eq!(refused(&path, &changed(|i| i.version = "0.0.0".to_owned())), "version");
    assert_eq!(refused(&path, &changed(|i| i.world = "elsewhere".to_owned())), "world");
    assert_eq!(
        refused(&path, &job::identity(&small(&["burn_in=0", "labour.search=0.5"]), 1)),
        "economy"
    );
    let bytes = std::fs::read(&path).expect("written");
    let other = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };
    for keep in [0, 4, 11, 12, 20, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(
            refused(&other("short", &bytes[..keep]), &good),
            "broken",
            "{keep} bytes kept"
        );
    }
    let mut wrong = bytes.clone();
    wrong[0] ^= 1;
    assert_eq!(refused(&other("magic", &wrong), &good), "broken");
    let mut wrong = bytes.clone();
    wrong[8] ^= 0x80;
    assert_eq!(refused(&other("format", &wrong), &good), "format");
    assert_eq!(
        refused(&other("long", &[bytes.as_slice(), &[0]].concat()), &good),
        "broken",
        "a byte too many"
    );
    assert_eq!(refused(&folder.path().join("missing"), &good), "io");
}
