//! Replications on all threads: worlds side by side, or one after another with all threads on the agents of each.

use super::job::JobError;
use rayon::prelude::*;
use std::sync::Mutex;

/// Worlds of `scale` people an agent that run side by side: as many as there are threads, but not so many that together they
/// have more agents than one world with one agent a person. From a million workers on, two threads that share the agents of a
/// world are nearly as fast as two worlds (docs/performance.md), and need half the memory.
pub fn at_once(scale: u32) -> usize {
    rayon::current_num_threads().min(scale as usize).max(1)
}

/// Runs a job for every seed, each with a world of `scale` people an agent, until the user says `stop` or one fails: the results of
/// those that finished, in the order of the seeds, and the first failure that is no interruption. Jobs run in batches of
/// [`at_once`]; those that are fewer than the threads, one after another.
pub fn finished<T: Send>(
    scale: u32,
    seeds: &[u64],
    stop: impl Fn() -> bool + Sync + Send,
    run: impl Fn(u64) -> Result<T, JobError> + Sync + Send,
) -> (Vec<T>, Option<JobError>) {
    let failure: Mutex<Option<JobError>> = Mutex::new(None);
    let one = |&seed: &u64| {
        if stop() || failure.lock().is_ok_and(|f| f.is_some()) {
            return None;
        }
        match run(seed) {
            Ok(done) => Some(done),
            Err(JobError::Interrupted) => None,
            Err(error) => {
                if let Ok(mut f) = failure.lock() {
                    f.get_or_insert(error);
                }
                None
            }
        }
    };
    let found = each(scale, seeds, one);
    (
        found.into_iter().flatten().collect(),
        failure.into_inner().unwrap_or(None),
    )
}

/// Results of jobs in order.
fn each<J: Sync, T: Send>(scale: u32, jobs: &[J], run: impl Fn(&J) -> T + Sync + Send) -> Vec<T> {
    let few = jobs.len() < rayon::current_num_threads();
    let batch = if few { 1 } else { at_once(scale) };
    // in batches: a thread that waits for agents of one world would begin another, and all worlds would live at once.
    // On a thread of the pool: another would wake the pool for every loop over agents, and wait
    rayon::scope(|_| {
        let batches = jobs.chunks(batch).map(|jobs| jobs.par_iter().map(&run).collect());
        batches.collect::<Vec<Vec<T>>>().into_iter().flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    #[test]
    fn large_worlds_run_one_after_another_and_small_ones_side_by_side() {
        let most = |threads: usize, scale: u32, jobs: usize, expected: usize| {
            let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let jobs: Vec<usize> = (0..jobs).collect();
            let run = |job: &usize| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // whoever may have company waits for it, as long as a slow machine may need
                let deadline = Instant::now() + Duration::from_secs(20);
                while most.load(Ordering::SeqCst) < expected && Instant::now() < deadline {
                    std::thread::yield_now();
                }
                // agents of the world, whom an idle thread shares instead of beginning another
                let agents: usize = (0..100_000usize).into_par_iter().with_max_len(100).map(|i| i % 2).sum();
                now.fetch_sub(1, Ordering::SeqCst);
                job + agents - 50_000
            };
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let done = pool.install(|| each(scale, &jobs, run));
            assert_eq!(done, jobs);
            most.into_inner()
        };
        for threads in [1, 2, 4] {
            for (scale, jobs) in [(1, 9), (2, 9), (500, 9), (500, 3)] {
                let few = jobs < threads;
                let expected = if few { 1 } else { threads.min(scale as usize) };
                assert_eq!(
                    most(threads, scale, jobs, expected),
                    expected,
                    "{threads} threads, scale {scale}, {jobs} jobs"
                );
            }
        }
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!([1, 3, 100].map(|scale| pool(4).install(|| at_once(scale))), [1, 3, 4]);
    }
}
