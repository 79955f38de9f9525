//! Biproportional balancing (RAS; Stone 1961, Bacharach 1970).

/// Scales `m` (rows x columns, non-negative) until its margins equal `rows` and `cols` within `tolerance`
/// (relative). Zero cells stay zero. Returns the largest relative error left and the number of sweeps.
pub fn balance(m: &mut [Vec<f64>], rows: &[f64], cols: &[f64], tolerance: f64, max_sweeps: u32) -> (f64, u32) {
    let mut error = f64::INFINITY;
    let mut sweeps = 0;
    while error > tolerance && sweeps < max_sweeps {
        for (row, &target) in m.iter_mut().zip(rows) {
            let sum: f64 = row.iter().sum();
            if sum > 0.0 {
                row.iter_mut().for_each(|x| *x *= target / sum);
            }
        }
        for (j, &target) in cols.iter().enumerate() {
            let sum: f64 = m.iter().map(|row| row[j]).sum();
            if sum > 0.0 {
                m.iter_mut().for_each(|row| row[j] *= target / sum);
            }
        }
        error = m
            .iter()
            .zip(rows)
            .map(|(row, &t)| {
                let s: f64 = row.iter().sum();
                if t.abs() > 0.0 { (s / t - 1.0).abs() } else { s.abs() }
            })
            .fold(0.0, f64::max);
        sweeps += 1;
    }
    (error, sweeps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_are_met_and_zeros_stay() {
        let mut m = vec![vec![1.0, 2.0, 0.0], vec![3.0, 1.0, 1.0]];
        let (error, _) = balance(&mut m, &[10.0, 20.0], &[12.0, 13.0, 5.0], 1e-12, 1000);
        assert!(error < 1e-12);
        assert_eq!(m[0][2].to_bits(), 0.0f64.to_bits());
        assert!((m[0][0] + m[1][0] - 12.0).abs() < 1e-9);
    }
}
