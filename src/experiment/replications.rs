//! Replications on all threads: worlds side by side, or one after another with all threads on the agents of each.

use rayon::prelude::*;

/// Worlds of `scale` people an agent that run side by side: as many as there are threads, but not so many that together they
/// have more agents than one world with one agent a person. From a million workers on, two threads that share the agents of a
/// world are nearly as fast as two worlds (docs/performance.md), and need half the memory.
pub fn at_once(scale: u32) -> usize {
    rayon::current_num_threads().min(scale as usize).max(1)
}

/// Runs every job, each with a world of `scale` people an agent, and gives the results in order. Jobs run in batches of
/// [`at_once`]; those that are fewer than the threads, one after another.
pub fn each<J: Sync, T: Send>(scale: u32, jobs: &[J], run: impl Fn(&J) -> T + Sync + Send) -> Vec<T> {
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
