//! Shapley values and pairwise interactions of players.
//!
//! ```text
//! phi_i  = sum over S without i of  s! (n-s-1)!/n!  [ v(S+i) - v(S) ]                       Shapley 1953
//! I_ij   = sum over S without i, j of  s! (n-s-2)!/(n-1)!  [ v(S+i+j) - v(S+i) - v(S+j) + v(S) ]   Grabisch, Roubens 1999
//! ```
//!
//! v is the difference of an arm to the baseline. The values add up to that of all players exactly. With too many
//! players for all subsets, the mean of v(before i and i) - v(before i) over drawn orders estimates phi without bias.

use super::players::{Coalition, Plan};

/// Shapley value of every player, from the value of each coalition that the plan runs.
pub fn values(plan: &Plan, v: &dyn Fn(Coalition) -> f64) -> Vec<f64> {
    if plan.orders.is_empty() {
        return exact(plan.players.len(), v);
    }
    let mut sums = vec![0.0; plan.players.len()];
    for order in &plan.orders {
        let gains = marginal(order, v);
        sums.iter_mut()
            .zip(gains)
            .for_each(|(s, g)| *s += g / plan.orders.len() as f64);
    }
    sums
}

/// What each player adds when players enter in `order`.
pub fn marginal(order: &[usize], v: &dyn Fn(Coalition) -> f64) -> Vec<f64> {
    let mut gains = vec![0.0; order.len()];
    let (mut grown, mut before) = (0, v(0));
    for &k in order {
        grown |= 1 << k;
        let now = v(grown);
        gains[k] = now - before;
        before = now;
    }
    gains
}

fn exact(n: usize, v: &dyn Fn(Coalition) -> f64) -> Vec<f64> {
    let all = 1 << n;
    let worth: Vec<f64> = (0..all).map(v).collect();
    let value = |i: usize| {
        let without = (0..all).filter(|s| s & (1 << i) == 0);
        without
            .map(|s| {
                let weight = weight(n, s.count_ones() as usize);
                weight * (worth[(s | 1 << i) as usize] - worth[s as usize])
            })
            .sum()
    };
    (0..n).map(value).collect()
}

/// Interaction index of every pair, where all subsets are run; else none.
pub fn interactions(plan: &Plan, v: &dyn Fn(Coalition) -> f64) -> Vec<(usize, usize, f64)> {
    let n = plan.players.len();
    let all = 1 << n;
    if n < 2 || !plan.orders.is_empty() {
        return Vec::new();
    }
    let worth: Vec<f64> = (0..all).map(v).collect();
    let mut out = Vec::new();
    for i in 0..n {
        for j in i + 1..n {
            let (a, b) = (1 << i, 1 << j);
            let without = (0..all).filter(|s| s & (a | b) == 0);
            let parts = without.map(|s| {
                let of = |s: Coalition| worth[s as usize];
                weight(n - 1, s.count_ones() as usize) * (of(s | a | b) - of(s | a) - of(s | b) + of(s))
            });
            out.push((i, j, parts.sum()));
        }
    }
    out
}

/// s! (n-s-1)!/n!
fn weight(n: usize, s: usize) -> f64 {
    // 1 / (n C(n-1, s))
    let choose = (0..s).fold(1.0, |c, k| c * (n - 1 - k) as f64 / (k + 1) as f64);
    1.0 / (n as f64 * choose)
}

#[cfg(test)]
mod tests {
    use super::super::players::{Plan, Player};
    use super::*;

    fn plan(n: usize, pairs: usize) -> Plan {
        let player = |k: usize| Player::named(&format!("p{k}"));
        Plan::new((0..n).map(player).collect(), "all", true, pairs)
    }

    /// A game with all kinds of interaction.
    fn game(s: Coalition) -> f64 {
        let x = f64::from(s.count_ones());
        x * x + (s % 7) as f64 + if s & 3 == 3 { 5.0 } else { 0.0 }
    }

    #[test]
    fn values_add_up_to_the_package() {
        for (n, pairs) in [(1, 0), (3, 0), (6, 0), (7, 0), (9, 4)] {
            let plan = plan(n, pairs);
            let sum: f64 = values(&plan, &game).iter().sum();
            let package = game(plan.package_arm()) - game(0);
            assert!((sum - package).abs() < 1e-9 * package, "{n} players: {sum} {package}");
        }
    }

    #[test]
    fn the_glove_game() {
        // one left glove (player 0), two right ones: a pair is worth 1
        let v = |s: Coalition| if s & 1 == 1 && s & 6 != 0 { 1.0 } else { 0.0 };
        let found = values(&plan(3, 0), &v);
        for (x, y) in found.iter().zip([4.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0]) {
            assert!((x - y).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn interactions_of_a_quadratic_game_are_its_coefficients() {
        // v = sum a_i + sum of b_ij over pairs inside
        let b = [[0.0, 2.0, -1.0], [0.0, 0.0, 0.5], [0.0; 3]];
        let v = |s: Coalition| {
            let inside = |k: usize| s & (1 << k) != 0;
            let mut sum = 3.0 * f64::from(s.count_ones());
            for i in 0..3 {
                for j in i + 1..3 {
                    sum += if inside(i) && inside(j) { b[i][j] } else { 0.0 };
                }
            }
            sum
        };
        for (i, j, x) in interactions(&plan(3, 0), &v) {
            assert!((x - b[i][j]).abs() < 1e-12);
        }
    }

    #[test]
    fn drawn_orders_come_near_the_exact_values() {
        let additive = |s: Coalition| (0..9).map(|k| ((s >> k) & 1) as f64 * f64::from(k)).sum::<f64>();
        for (k, x) in values(&plan(9, 2), &additive).iter().enumerate() {
            assert!((x - k as f64).abs() < 1e-12, "a game without interaction needs no luck");
        }
        let exact = super::exact(9, &game);
        let drawn = values(&plan(9, 300), &game);
        for (x, y) in exact.iter().zip(&drawn) {
            assert!((x - y).abs() < 0.5, "{exact:?} {drawn:?}");
        }
    }
}
