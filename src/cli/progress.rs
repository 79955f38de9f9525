//! Progress of long work: a bar on a terminal, plain lines elsewhere; Ctrl-C.

use crate::experiment::run::Watch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A bar, plain lines, or silence.
pub(super) struct Progress {
    bar: ProgressBar,
    plain: bool,
    quiet: bool,
    done: AtomicU64,
    total: AtomicU64,
    /// When the work of this kind began, and what its steps are.
    began: Mutex<(Instant, &'static str)>,
    stopped: Arc<AtomicBool>,
}

impl Progress {
    pub(super) fn new(quiet: bool) -> Self {
        let terminal = stderr().is_terminal();
        let bar = ProgressBar::no_length();
        bar.set_draw_target(if quiet || !terminal {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        });
        let style = "{bar:30} {pos}/{len} {msg}  {per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Progress {
            bar,
            plain: !quiet && !terminal,
            quiet,
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            began: Mutex::new((Instant::now(), "")),
            stopped: Arc::new(AtomicBool::new(false)),
        }
    }

    /// The first Ctrl-C stops after the running quarter; a second one kills.
    pub(super) fn listen(&self) -> anyhow::Result<()> {
        let stopped = Arc::clone(&self.stopped);
        ctrlc::set_handler(move || {
            if stopped.swap(true, Relaxed) {
                std::process::exit(i32::from(super::INTERRUPTED));
            }
            let _ = writeln!(
                stderr(),
                "stopping after this quarter; what is finished is kept (Ctrl-C again kills)"
            );
        })?;
        Ok(())
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// A line that is not a failure.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(stderr(), "{text}");
        }
    }
}

impl Watch for Progress {
    fn begin(&self, steps: u64, what: &'static str) {
        if let Ok(mut began) = self.began.lock() {
            *began = (Instant::now(), what);
        }
        self.done.store(0, Relaxed);
        self.total.store(steps, Relaxed);
        self.bar.reset();
        self.bar.set_length(steps);
        self.bar.set_message(what);
    }

    fn tick(&self) {
        self.bar.inc(1);
        let (done, total) = (self.done.fetch_add(1, Relaxed) + 1, self.total.load(Relaxed).max(1));
        if self.plain && (done * 10 / total) > ((done - 1) * 10 / total) {
            let (began, what) = self.began.lock().map_or((Instant::now(), ""), |b| *b);
            let seconds = began.elapsed().as_secs_f64();
            let left = seconds / done as f64 * (total - done) as f64;
            let _ = writeln!(
                stderr(),
                "{:>3} %  {done} of {total} {what}, {:.1} a second, {left:.0} s left",
                done * 100 / total,
                done as f64 / seconds
            );
        }
    }

    fn stop(&self) -> bool {
        self.stopped.load(Relaxed)
    }

    fn say(&self, text: &str) {
        self.note(text);
    }
}
