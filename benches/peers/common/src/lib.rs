//! What the Rust programs of the peer comparison share: rules, known answers, the clock, the command line.

pub mod bam;
pub mod wealth;

/// The clock: processor time of the process, which does not run while another process has the core.
pub use cpu_time::ProcessTime;

/// Size, steps and seed.
#[derive(Clone, Copy)]
pub struct Task {
    /// Agents, or the multiple of the smallest economy.
    pub size: usize,
    /// Steps that are timed.
    pub steps: u32,
    /// Seed of the luck.
    pub seed: u64,
}

/// Runs `program(rule, engine, task)` on the arguments `RULE ENGINE SIZE STEPS SEED` and prints its line.
pub fn command(usage: &str, program: impl FnOnce(&str, &str, Task) -> Option<String>) -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let task = |size: &str, steps: &str, seed: &str| {
        Some(Task {
            size: size.parse().ok()?,
            steps: steps.parse().ok()?,
            seed: seed.parse().ok()?,
        })
    };
    let line = match args.as_slice() {
        [rule, engine, size, steps, seed] => task(size, steps, seed).and_then(|t| program(rule, engine, t)),
        _ => None,
    };
    match line {
        Some(line) => {
            println!("{line}");
            std::process::ExitCode::SUCCESS
        }
        None => {
            eprintln!("usage: {usage}");
            std::process::ExitCode::from(2)
        }
    }
}
