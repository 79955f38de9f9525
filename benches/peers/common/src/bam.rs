//! The bottom-up macro economy of Delli Gatti, Desiderio, Gaffeo, Cirillo and Gallegati, *Macroeconomics from the Bottom-up*
//! (2011), chapter 3, with the parameters and the order of events of bamengine 0.10 (`defaults.yml`, `default_pipeline.yml`).

use super::Task;
use cpu_time::ProcessTime;

/// Firms of the smallest economy.
pub const FIRMS: usize = 100;
/// Households of the smallest economy.
pub const HOUSEHOLDS: usize = 500;
/// Banks of the smallest economy.
pub const BANKS: usize = 10;
/// Periods before the clock starts.
pub const WARM: u32 = 20;

/// Highest growth of production in a period.
pub const H_RHO: f64 = 0.10;
/// Highest growth of a wage offer.
pub const H_XI: f64 = 0.05;
/// Highest mark-up of a bank on the policy rate.
pub const H_PHI: f64 = 0.10;
/// Highest change of a price.
pub const H_ETA: f64 = 0.10;
/// Applications of a job seeker.
pub const M: usize = 4;
/// Banks that a firm asks.
pub const H: usize = 2;
/// Shops that a household visits.
pub const Z: usize = 2;
/// Goods that a worker makes.
pub const PRODUCTIVITY: f64 = 0.5;
/// Periods between revisions of the minimum wage.
pub const REVISION: usize = 4;
/// Periods of a contract.
pub const THETA: u32 = 8;
/// Capital requirement of banks.
pub const V: f64 = 0.10;
/// Policy rate.
pub const R_BAR: f64 = 0.02;
/// Exponent of the propensity to consume.
pub const BETA: f64 = 2.5;
/// Share of profits paid out.
pub const DELTA: f64 = 0.10;
/// Price at the start.
pub const PRICE: f64 = 0.5;
/// Wage offer at the start.
pub const WAGE: f64 = PRICE / 3.0;
/// Minimum wage at the start.
pub const MIN_WAGE: f64 = 0.5 * WAGE;
/// Net worth at the start, in revenues.
pub const NET_WORTH_RATIO: f64 = 6.0;
/// Equity of a bank at the start.
pub const EQUITY: f64 = 5.0;
/// Savings of a household at the start.
pub const SAVINGS: f64 = 1.0;
/// Size, output and wage of an entrant, as shares of the trimmed means of survivors.
pub const ENTRANT: f64 = 0.5;
/// Price of an entrant, as a multiple of the average price.
pub const ENTRANT_PRICE: f64 = 1.2;
/// Share of survivors left out at each end of a trimmed mean.
pub const TRIM: f64 = 0.05;
/// Highest loan, in net worths.
pub const LOAN_CAP: f64 = 2.0;
/// Highest fragility that a rate counts.
pub const MAX_LEVERAGE: f64 = 10.0;
/// What counts as nothing.
pub const EPS: f64 = 1e-9;

/// What is seen of an economy at the end of a period.
pub struct Seen {
    /// Share of households without a contract, those whose contract has just run out included.
    pub unemployment: f64,
    /// Average price.
    pub price: f64,
    /// Mean wage of those employed.
    pub wage: f64,
    /// Goods made a household.
    pub output: f64,
}

/// An engine that takes periods.
pub trait Economy {
    /// Takes one period.
    fn period(&mut self);
    /// What is seen now.
    fn seen(&self) -> Seen;
}

/// Seconds that are timed at least: a fast program takes the periods of its task again, each time in a new economy.
const TIMED: f64 = 1.0;

/// Times the periods of `task` after [`WARM`] ones, in economies that `make` makes alike until enough is timed, and returns the line
/// to print: seconds of the processor for one economy, and means over the periods timed.
pub fn run<E: Economy>(make: impl Fn() -> E, task: Task) -> String {
    let (mut all, mut line) = (Vec::new(), String::new());
    while all.iter().sum::<f64>() < TIMED {
        let (seconds, seen) = once(&mut make(), task);
        all.push(seconds);
        line = seen;
    }
    let seconds = all.iter().sum::<f64>() / all.len() as f64;
    format!(r#"{{"seconds": {seconds}, {line}}}"#)
}

/// Seconds that the periods of one economy take, and what it came to.
fn once(economy: &mut impl Economy, task: Task) -> (f64, String) {
    (0..WARM).for_each(|_| economy.period());
    let (mut seconds, mut mean) = (0.0, [0.0; 3]);
    let first = economy.seen().price;
    for _ in 0..task.steps {
        let start = ProcessTime::now();
        economy.period();
        seconds += start.elapsed().as_secs_f64();
        let seen = economy.seen();
        for (m, x) in mean
            .iter_mut()
            .zip([seen.unemployment, seen.output, seen.wage / seen.price])
        {
            *m += x / f64::from(task.steps);
        }
    }
    let years = f64::from(task.steps) / 4.0;
    let inflation = (economy.seen().price / first).powf(1.0 / years) - 1.0;
    let [unemployment, output, real_wage] = mean;
    assert!((0.0..0.5).contains(&unemployment), "unemployment of {unemployment}");
    assert!((-0.2..0.4).contains(&inflation), "inflation of {inflation} a year");
    // entrants count with a size that they have not made yet
    assert!(
        (0.2..1.1 * PRODUCTIVITY).contains(&output) && (0.1..0.6).contains(&real_wage),
        "output of {output} a household and real wage of {real_wage}"
    );
    let seen = format!(
        r#""unemployment": {unemployment}, "inflation": {inflation}, "output": {output}, "real_wage": {real_wage}"#
    );
    (seconds, seen)
}
