//! The rules of the peer comparison on krABMaga, and as bare loops.

mod bam;
mod bare;
mod wealth;

use peers_common::wealth::{CHANGING_ORDER, FIXED_ORDER, run};
use peers_common::{Task, command};

fn program(rule: &str, engine: &str, task: Task) -> Option<String> {
    match (rule, engine) {
        ("wealth", "krabmaga") => Some(run(
            &mut wealth::Krabmaga::new(task.size, task.seed),
            task,
            CHANGING_ORDER,
        )),
        ("wealth", "bare") => Some(run(&mut bare::Loop::new(task.size, task.seed), task, FIXED_ORDER)),
        ("bam", "krabmaga") => Some(peers_common::bam::run(|| bam::Economy::new(task.size, task.seed), task)),
        ("bam", "bare") => Some(peers_common::bam::run(|| bam::Bare::new(task.size, task.seed), task)),
        _ => None,
    }
}

fn main() -> std::process::ExitCode {
    command("peers-krabmaga wealth|bam krabmaga|bare SIZE STEPS SEED", program)
}
