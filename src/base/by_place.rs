//! Whole sums by place, of agents who are met in a row.

use super::blocks::{Picked, RUN};

/// Places: all that a byte can name.
const PLACES: usize = 1 << u8::BITS;

/// The places of a run of agents. Nearly all share one: it stands once, and beside it who is elsewhere.
pub struct Places<'a> {
    of: &'a [u8],
    /// Where most are: any place would do, this one leaves few elsewhere.
    usual: u8,
    elsewhere: Picked,
}

impl<'a> Places<'a> {
    /// All at one place.
    #[inline]
    pub fn one(place: u8) -> Self {
        Places {
            of: &[],
            usual: place,
            elsewhere: Picked::default(),
        }
    }

    /// The places `of` a run of agents.
    #[inline]
    pub fn of(of: &'a [u8]) -> Self {
        let n = of.len();
        debug_assert!(n <= RUN);
        let usual = match of {
            [first, .., last] if first != last => of[n / 2],
            _ => of.first().copied().unwrap_or_default(),
        };
        let mut marks = [false; RUN];
        marks
            .iter_mut()
            .zip(of)
            .for_each(|(mark, &place)| *mark = place != usual);
        Places {
            of,
            usual,
            elsewhere: Picked::marked(&marks),
        }
    }
}

/// A whole sum a place.
#[derive(Clone)]
pub struct ByPlace(Box<[i64; PLACES]>);

impl Default for ByPlace {
    fn default() -> Self {
        ByPlace(Box::new([0; PLACES]))
    }
}

impl ByPlace {
    /// Adds what a run of agents have, each at its place: all of it where most are, less what those elsewhere have.
    #[inline]
    pub fn add<T: Copy + Into<i64>>(&mut self, places: &Places, amounts: &[T]) {
        debug_assert!(places.of.is_empty() || places.of.len() == amounts.len());
        self.0[usize::from(places.usual)] += amounts.iter().map(|&x| x.into()).sum::<i64>();
        for k in places.elsewhere.iter() {
            let amount = amounts[k].into();
            self.0[usize::from(places.usual)] -= amount;
            self.0[usize::from(places.of[k])] += amount;
        }
    }

    /// The sum of a place.
    pub fn of(&self, place: usize) -> i64 {
        self.0[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_one_after_another() {
        for every in [1, 7, 100, RUN] {
            let places: Vec<u8> = (0..1003)
                .map(|k| (k / 100 * 25 + usize::from(k % every == 0) * k % 7) as u8)
                .collect();
            let amounts: Vec<i64> = (0..1003).map(|k| 77 * k - 30_000).collect();
            let (mut sums, mut plain) = (ByPlace::default(), [0; PLACES]);
            for (places, amounts) in places.chunks(RUN).zip(amounts.chunks(RUN)) {
                sums.add(&Places::of(places), amounts);
            }
            let each = places.iter().zip(&amounts);
            each.for_each(|(&place, amount)| plain[usize::from(place)] += amount);
            assert!((0..PLACES).all(|place| sums.of(place) == plain[place]));
        }
    }
}
