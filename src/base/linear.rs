//! Singular values of small matrices.

/// Sweeps after which rotations have long settled.
const MOST_SWEEPS: usize = 60;

/// A = U S V' of a matrix with at least as many rows as columns, the largest singular value first.
#[derive(Clone, Debug, PartialEq)]
pub struct Svd {
    /// Left vectors, one a singular value, each as long as a column of A; zero where the singular value is.
    pub u: Vec<Vec<f64>>,
    /// Singular values.
    pub s: Vec<f64>,
    /// Right vectors, one a singular value, each as long as a row of A; the largest element is positive.
    pub v: Vec<Vec<f64>>,
}

/// Inner product.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Decomposes a matrix given by its columns, by rotations of pairs of columns (Hestenes 1958; one-sided Jacobi).
pub fn svd(columns: &[Vec<f64>]) -> Svd {
    let k = columns.len();
    let mut a = columns.to_vec();
    let mut v: Vec<Vec<f64>> = (0..k)
        .map(|i| (0..k).map(|j| f64::from(u8::from(i == j))).collect())
        .collect();
    for _ in 0..MOST_SWEEPS {
        let mut turned = false;
        for p in 0..k {
            for q in p + 1..k {
                let (alpha, beta, gamma) = (dot(&a[p], &a[p]), dot(&a[q], &a[q]), dot(&a[p], &a[q]));
                if gamma.abs() <= 1e-15 * (alpha * beta).sqrt() || gamma == 0.0 {
                    continue;
                }
                turned = true;
                let zeta = (beta - alpha) / (2.0 * gamma);
                let t = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
                let c = 1.0 / t.hypot(1.0);
                rotate(&mut a, p, q, (c, c * t));
                rotate(&mut v, p, q, (c, c * t));
            }
        }
        if !turned {
            break;
        }
    }
    let mut parts: Vec<(f64, Vec<f64>, Vec<f64>)> = a
        .into_iter()
        .zip(v)
        .map(|(column, right)| (dot(&column, &column).sqrt(), column, right))
        .collect();
    parts.sort_by(|x, y| y.0.total_cmp(&x.0));
    let mut out = Svd {
        u: Vec::new(),
        s: Vec::new(),
        v: Vec::new(),
    };
    for (s, column, right) in parts {
        let largest = right
            .iter()
            .fold(0.0_f64, |m, x| if x.abs() > m.abs() { *x } else { m });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        let scale = if s > 0.0 { sign / s } else { 0.0 };
        out.u.push(column.iter().map(|x| x * scale).collect());
        out.s.push(s);
        out.v.push(right.iter().map(|x| x * sign).collect());
    }
    out
}

/// Turns columns `p` and `q` by an angle of the cosine and sine given.
fn rotate(columns: &mut [Vec<f64>], p: usize, q: usize, (c, s): (f64, f64)) {
    let (left, right) = columns.split_at_mut(q);
    for (x, y) in left[p].iter_mut().zip(&mut right[0]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(d: &Svd, rows: usize) -> Vec<Vec<f64>> {
        let entry = |i: usize, j: usize| (0..d.s.len()).map(|k| d.u[k][i] * d.s[k] * d.v[k][j]).sum();
        (0..d.v.len())
            .map(|j| (0..rows).map(|i| entry(i, j)).collect())
            .collect()
    }

    #[test]
    fn a_matrix_is_the_product_of_its_parts() {
        let a = vec![
            vec![3.0, 1.0, -2.0, 0.5],
            vec![1.0, -4.0, 0.0, 2.0],
            vec![-1.0, 2.5, 1.0, 7.0],
        ];
        let d = svd(&a);
        for (column, again) in a.iter().zip(product(&d, 4)) {
            assert!(column.iter().zip(again).all(|(x, y)| (x - y).abs() < 1e-12));
        }
        for i in 0..3 {
            for j in 0..3 {
                let one = f64::from(u8::from(i == j));
                assert!((dot(&d.u[i], &d.u[j]) - one).abs() < 1e-12);
                assert!((dot(&d.v[i], &d.v[j]) - one).abs() < 1e-12);
            }
        }
        assert!(d.s.windows(2).all(|w| w[0] >= w[1]));
    }

    #[test]
    fn known_singular_values_and_a_direction_without_effect() {
        // [[3, 0], [4, 5]] has singular values sqrt(45) and sqrt(5)
        let d = svd(&[vec![3.0, 4.0], vec![0.0, 5.0]]);
        assert!((d.s[0] - 45f64.sqrt()).abs() < 1e-12 && (d.s[1] - 5f64.sqrt()).abs() < 1e-12);
        // equal columns: their difference has no effect
        let flat = svd(&[vec![1.0, 2.0, 3.0], vec![1.0, 2.0, 3.0]]);
        assert!(flat.s[1] < 1e-12, "{:?}", flat.s);
        assert!((flat.v[1][0] + flat.v[1][1]).abs() < 1e-12);
        assert!(flat.u.iter().flatten().all(|x| x.is_finite()));
    }
}
