//! Powers, exponentials and logarithms of a run of numbers at once, with the bits of the library's, several times faster.
//!
//! A logarithm is of twofold precision, from a table and a series; an exponential is too, up to its last step. So a result
//! is known to far more than its own 53 bits, and nearly always it cannot be rounded in two ways: then a library that errs
//! by less than the bounds below has the same bits. Where it could, and where an argument is out of the ordinary, the
//! library is asked (Ziv 1991). Every lane does the same without a branch, and the compiler makes vectors of it.
//! What is no x86-64 that multiplies and adds in one step asks the library for everything.

use multiversion::multiversion;
use multiversion::target::target_cfg_f;
use std::array::from_fn;
use std::f64::consts::LN_2;
use std::sync::LazyLock;

/// Numbers in a run.
pub const LANES: usize = 64;

/// Rows of the tables: intervals of a mantissa, and steps of the exponent in a factor of two.
const ROWS: usize = 128;
/// Log2 of the rows.
const ROW_BITS: u32 = ROWS.ilog2();
/// Bits of a mantissa behind those that pick its row.
const REST_BITS: u32 = 52 - ROW_BITS;
/// Bits of the least mantissa, near the root of one half: 1 has a row of its own and lies in its middle.
const LEAST: u64 = 1f64.to_bits() - (75 << REST_BITS) - ((1 << REST_BITS) / 3 * 2);
/// A number whose last digit is one: what is added to it becomes a whole number, which its last bits count.
const WHOLE: f64 = 6_755_399_441_055_744.0;
/// Largest size of an exponent for which bounds of error hold.
const LARGEST: f64 = 64.0;

/// What the library and this module may err by together in an exponential or a power, beyond half a unit of the last
/// place and relative to the result: 0.0115 units are the library's (glibc states 0.509 for an exponential, and what a power's
/// logarithm adds at exponents of this size), less than 0.002 this module's, whose series is rounded once. The most that was
/// found among 10^9 arguments is 0.0054 together.
const EXP_ERROR: f64 = 0.0135 * f64::EPSILON;
/// As [`EXP_ERROR`] for a logarithm: glibc states 0.519 units; this module's are far less.
const LN_ERROR: f64 = 0.02 * f64::EPSILON;

/// A number of twofold precision: its leading part and the rest.
type Twofold = (f64, f64);

/// Sum of two numbers, the second not the larger in size unless the first is zero, and what its rounding left.
#[inline(always)]
fn sum(a: f64, b: f64) -> Twofold {
    let s = a + b;
    (s, (a - s) + b)
}

/// Product of two numbers and what its rounding left.
#[inline(always)]
fn product(a: f64, b: f64) -> Twofold {
    let p = a * b;
    (p, a.mul_add(b, -p))
}

/// Sum of twofold numbers, ordered as in [`sum`].
fn add(a: Twofold, b: Twofold) -> Twofold {
    let (s, rest) = sum(a.0, b.0);
    sum(s, rest + a.1 + b.1)
}

/// Product of twofold numbers.
fn times(a: Twofold, b: Twofold) -> Twofold {
    let (p, rest) = product(a.0, b.0);
    sum(p, rest + (a.0 * b.1 + a.1 * b.0))
}

/// Quotient of whole numbers.
fn ratio(a: f64, b: f64) -> Twofold {
    let q = a / b;
    sum(q, q.mul_add(-b, a) / b)
}

/// ln(a/b) of whole numbers, 2 artanh((a - b)/(a + b)), by its series.
fn ln_ratio(a: f64, b: f64) -> Twofold {
    let x = ratio(a - b, a + b);
    let square = times(x, x);
    let odd = (0..40).rev().map(|k| f64::from(2 * k + 1));
    let series = odd.fold((0.0, 0.0), |s, n| add(ratio(2.0, n), times(s, square)));
    times(x, series)
}

/// e^x of a small number, by its series.
fn exp_series(x: Twofold) -> Twofold {
    let factors = (1..30).rev().map(|n| times(x, ratio(1.0, f64::from(n))));
    factors.fold((1.0, 0.0), |s, factor| add((1.0, 0.0), times(s, factor)))
}

/// `x` cut in what is a multiple of `unit`, few digits that multiply by a whole number exactly, and the rest.
fn cut(x: Twofold, unit: f64) -> Twofold {
    let head = (x.0 / unit).round() * unit;
    (head, (x.0 - head) + x.1)
}

/// The tables, by row.
struct Table {
    /// Reciprocal 1/c of a centre of the interval, of nine digits: z/c - 1 is exact.
    inverse: [f64; ROWS],
    /// ln c, cut.
    log: [f64; ROWS],
    /// Rest of ln c.
    log_rest: [f64; ROWS],
    /// Bits of 2^(row/ROWS).
    root: [u64; ROWS],
    /// Rest of 2^(row/ROWS), relative to it.
    root_rest: [f64; ROWS],
    /// ln 2, cut.
    ln2: Twofold,
    /// ln 2 / ROWS, cut.
    step: Twofold,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let ln2 = ln_ratio(2.0, 1.0);
    let step = (ln2.0 / ROWS as f64, ln2.1 / ROWS as f64);
    let unit = 0.5f64.powi(42);
    let border = |row: usize| f64::from_bits(LEAST + ((row as u64) << REST_BITS));
    // (n, j) of the reciprocal j/n
    let reciprocals: [(f64, f64); ROWS] = from_fn(|row| {
        let (low, high) = (border(row), border(row + 1));
        let n = if high > 1.0 { 256.0 } else { 128.0 };
        let own = low <= 1.0 && 1.0 < high;
        (n, if own { n } else { (2.0 * n / (low + high)).round() })
    });
    let logs = reciprocals.map(|(n, j)| cut(ln_ratio(n, j), unit));
    let roots: [Twofold; ROWS] = from_fn(|row| exp_series(times((row as f64, 0.0), step)));
    Table {
        inverse: reciprocals.map(|(n, j)| j / n),
        log: logs.map(|log| log.0),
        log_rest: logs.map(|log| log.1),
        root: roots.map(|root| root.0.to_bits()),
        root_rest: roots.map(|root| root.1 / root.0),
        ln2: cut(ln2, unit),
        step: cut(step, 0.5f64.powi(44)),
    }
});

/// A whole number as one that computes; smaller than 2^51.
#[inline(always)]
fn whole(k: i64) -> f64 {
    f64::from_bits(WHOLE.to_bits().wrapping_add(k as u64)) - WHOLE
}

/// ln x = k ln 2 + ln c + ln(1 + r) of a normal, positive x = 2^k z, r = z/c - 1; |r| < 1/128.
#[inline(always)]
fn log(t: &Table, x: f64) -> Twofold {
    let above = x.to_bits().wrapping_sub(LEAST);
    let row = (above >> REST_BITS) as usize % ROWS;
    let k = whole(above as i64 >> 52);
    let z = f64::from_bits(x.to_bits().wrapping_sub(above & (0xFFF << 52)));
    let r = z.mul_add(t.inverse[row], -1.0);
    let (square, square_rest) = product(r, -0.5 * r);
    let (high, rest) = sum(k.mul_add(t.ln2.0, t.log[row]), r);
    let (high, more) = sum(high, square);
    let rests = k.mul_add(t.ln2.1, t.log_rest[row]) + rest + square_rest + more;
    // ln(1 + r) = r - r^2/2 + r^3 (1/3 - r/4 + r^2/5 - ... + r^6/9)
    let r2 = r * r;
    let third = r.mul_add(-1.0 / 4.0, 1.0 / 3.0);
    let fifth = r.mul_add(-1.0 / 6.0, 1.0 / 5.0);
    let seventh = r2.mul_add(1.0 / 9.0, r.mul_add(-1.0 / 8.0, 1.0 / 7.0));
    let series = r2.mul_add(r2.mul_add(seventh, fifth), third);
    (high, (r2 * r).mul_add(series, rests))
}

/// e^(x + rest) = 2^(k/ROWS) e^r, |r| <= ln 2 / 2 ROWS; with what rounding left.
#[inline(always)]
fn exponential(t: &Table, (x, rest): Twofold) -> Twofold {
    let counted = x.mul_add(ROWS as f64 / LN_2, WHOLE);
    let (k, bits) = (counted - WHOLE, counted.to_bits());
    let row = bits as usize % ROWS;
    let r = k.mul_add(-t.step.0, x) + k.mul_add(-t.step.1, rest);
    let root = f64::from_bits(t.root[row].wrapping_add((bits >> ROW_BITS) << 52));
    // e^r = 1 + r + r^2 (1/2 + r/6 + r^2/24 + r^3/120 + r^4/720)
    let r2 = r * r;
    let half = r.mul_add(1.0 / 6.0, 1.0 / 2.0);
    let fourth = r2.mul_add(1.0 / 720.0, r.mul_add(1.0 / 120.0, 1.0 / 24.0));
    let series = r + r2.mul_add(r2.mul_add(fourth, half), t.root_rest[row]);
    let y = root.mul_add(series, root);
    (y, root.mul_add(series, root - y))
}

/// A result, and a number that is zero where it is rounded beyond doubt: `error` relative to it does not change that.
#[inline(always)]
fn rounded((y, rest): Twofold, error: f64) -> (f64, u64) {
    let (low, high) = (y + (rest - error * y), y + (rest + error * y));
    (y, low.to_bits() ^ high.to_bits())
}

/// Zero where the number with these bits lies between two positive ones; bits of positive numbers are in their order.
#[inline(always)]
fn beyond(bits: u64, (least, most): (f64, f64)) -> u64 {
    (bits.wrapping_sub(least.to_bits()) | most.to_bits().wrapping_sub(bits)) & (1 << 63)
}

/// Positive, normal numbers.
const NORMAL: (f64, f64) = (f64::MIN_POSITIVE, f64::MAX);
/// Sizes of exponents.
const ORDINARY: (f64, f64) = (0.0, LARGEST);

/// Results of the lanes, of the `library` where there is doubt about `own`.
#[inline(always)]
fn settled(own: impl Fn(usize) -> (f64, u64), library: impl Fn(usize) -> f64) -> [f64; LANES] {
    let (mut results, mut doubt) = ([0.0; LANES], [0; LANES]);
    for l in 0..LANES {
        (results[l], doubt[l]) = own(l);
    }
    let mut doubts = (0..LANES).fold(0u64, |all, l| all | (u64::from(doubt[l] != 0) << l));
    while doubts != 0 {
        let l = doubts.trailing_zeros() as usize % LANES;
        results[l] = library(l);
        doubts &= doubts - 1;
    }
    results
}

/// e^x, with the bits of [`f64::exp`].
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw+fma", "x86_64+avx2+fma"))]
pub fn exp(x: &[f64; LANES]) -> [f64; LANES] {
    if !target_cfg_f!(target_feature = "fma") {
        return x.map(f64::exp);
    }
    let t = &*TABLE;
    let own = |l: usize| {
        let (y, doubt) = rounded(exponential(t, (x[l], 0.0)), EXP_ERROR);
        (y, doubt | beyond(x[l].abs().to_bits(), ORDINARY))
    };
    settled(own, |l| x[l].exp())
}

/// ln x, with the bits of [`f64::ln`].
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw+fma", "x86_64+avx2+fma"))]
pub fn ln(x: &[f64; LANES]) -> [f64; LANES] {
    if !target_cfg_f!(target_feature = "fma") {
        return x.map(f64::ln);
    }
    let t = &*TABLE;
    let own = |l: usize| {
        let (high, rest) = log(t, x[l]);
        let (y, doubt) = rounded(sum(high, rest), LN_ERROR);
        (y, doubt | beyond(x[l].to_bits(), NORMAL))
    };
    settled(own, |l| x[l].ln())
}

/// x^y, with the bits of [`f64::powf`].
#[multiversion(targets("x86_64+avx512f+avx512dq+avx512vl+avx512bw+fma", "x86_64+avx2+fma"))]
pub fn powf(x: &[f64; LANES], y: f64) -> [f64; LANES] {
    if !target_cfg_f!(target_feature = "fma") {
        return x.map(|x| x.powf(y));
    }
    let t = &*TABLE;
    let own = |l: usize| {
        let (high, rest) = log(t, x[l]);
        let (exponent, lost) = product(y, high);
        let (power, doubt) = rounded(exponential(t, (exponent, y.mul_add(rest, lost))), EXP_ERROR);
        let unusual = beyond(x[l].to_bits(), NORMAL) | beyond(exponent.abs().to_bits(), ORDINARY);
        (power, doubt | unusual)
    };
    settled(own, |l| x[l].powf(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Arguments of every size, and those that are special.
    fn arguments() -> impl Iterator<Item = [f64; LANES]> {
        let special = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            2.0,
            1e-310,
            5e-324,
            1e300,
            -1e300,
            1e-300,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            f64::MIN_POSITIVE,
            f64::MAX,
        ];
        let drawn = (0..20_000u64).map(|run| {
            from_fn(|l| {
                let word = (run * LANES as u64 + l as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                let unit = ((word ^ (word >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / 2f64.powi(53);
                (2.0 * unit - 1.0) * [1e-6, 0.01, 1.0, 10.0, 80.0, 800.0][run as usize % 6]
            })
        });
        std::iter::once(from_fn(|l| special[l % special.len()])).chain(drawn)
    }

    fn same(own: [f64; LANES], library: [f64; LANES], x: &[f64; LANES]) {
        for l in 0..LANES {
            let (a, b) = (own[l], library[l]);
            assert!(
                a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
                "{:e}: {a:e} {b:e}",
                x[l]
            );
        }
    }

    #[test]
    fn they_have_the_bits_of_the_library() {
        for x in arguments() {
            same(exp(&x), x.map(f64::exp), &x);
            same(ln(&x), x.map(f64::ln), &x);
            let positive = x.map(f64::exp);
            same(ln(&positive), positive.map(f64::ln), &positive);
            for y in [
                0.0,
                1.0,
                -0.3,
                1.0 / 6.0,
                0.57,
                5.0 / 6.0,
                3.7,
                41.0,
                f64::NAN,
                f64::INFINITY,
            ] {
                same(powf(&x, y), x.map(|x| x.powf(y)), &x);
                same(powf(&positive, y), positive.map(|x| x.powf(y)), &positive);
            }
        }
    }

    #[test]
    fn they_are_right_on_any_machine() {
        let near = |own: f64, exact: f64| assert_eq!(own.to_bits(), exact.to_bits());
        near(exp(&[1.0; LANES])[3], std::f64::consts::E);
        near(ln(&[2.0; LANES])[0], LN_2);
        near(ln(&[10.0; LANES])[5], std::f64::consts::LN_10);
        near(powf(&[2.0; LANES], 0.5)[7], std::f64::consts::SQRT_2);
        near(powf(&[3.0; LANES], 4.0)[1], 81.0);
    }

    #[test]
    fn the_tables_are_of_twofold_precision() {
        let ln2 = ln_ratio(2.0, 1.0);
        assert!(ln2.0 == LN_2 && (ln2.1 / 2.319_046_813_846_299_6e-17 - 1.0).abs() < 1e-14);
        for row in 0..ROWS {
            let c = 1.0 / TABLE.inverse[row];
            assert!((c * (-TABLE.log[row]).exp() - 1.0).abs() < 1e-12);
            let (root, _) = exponential(&TABLE, (row as f64 * LN_2 / ROWS as f64, 0.0));
            assert!((root - (row as f64 / ROWS as f64).exp2()).abs() < 1e-15);
        }
    }
}
