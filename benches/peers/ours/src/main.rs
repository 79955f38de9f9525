//! The rules of the peer comparison on yaosu.

mod bam;
mod full;
mod wealth;

use peers_common::{Task, command};

fn program(rule: &str, engine: &str, task: Task) -> Option<String> {
    match (rule, engine) {
        ("wealth", "yaosu") => {
            let mut society = wealth::Yaosu::new(task.size, task.seed);
            Some(peers_common::wealth::run(
                &mut society,
                task,
                peers_common::wealth::AT_ONCE,
            ))
        }
        ("bam", "yaosu") => Some(peers_common::bam::run(|| bam::Economy::new(task.size, task.seed), task)),
        ("full", "yaosu") => Some(full::run(task)),
        _ => None,
    }
}

fn main() -> std::process::ExitCode {
    // steps run inside the pool: whoever calls from outside waits for another thread to wake at every parallel pass
    let pool = rayon::ThreadPoolBuilder::new().build();
    let pool = pool.expect("as many threads as the environment says");
    pool.install(|| command("peers-yaosu wealth|bam|full yaosu SIZE STEPS SEED", program))
}
