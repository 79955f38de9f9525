//! Whole sums by place, of agents who are met in a row.

/// Neighbours who add to sums of their own.
pub const ABREAST: usize = 8;

/// Places: all that a byte can name.
const PLACES: usize = 1 << u8::BITS;

/// A whole sum a place. Most agents share the place of their neighbours: so that no addition has to wait for the one
/// before, neighbours add to sums of their own, which lie side by side.
#[derive(Clone)]
pub struct ByPlace(Box<[[i64; ABREAST]; PLACES]>);

impl Default for ByPlace {
    fn default() -> Self {
        ByPlace(Box::new([[0; ABREAST]; PLACES]))
    }
}

impl ByPlace {
    /// Adds what agents in a row have, each at its place.
    #[inline]
    pub fn add(&mut self, places: &[u8], amounts: &[i64]) {
        debug_assert_eq!(places.len(), amounts.len());
        let (places, rest) = places.as_chunks::<ABREAST>();
        let (amounts, last) = amounts.as_chunks::<ABREAST>();
        for (places, amounts) in places.iter().zip(amounts) {
            self.add_abreast(*places, *amounts);
        }
        for (&place, &amount) in rest.iter().zip(last) {
            self.0[usize::from(place)][0] += amount;
        }
    }

    /// Adds what neighbours have, each at its place.
    #[inline(always)]
    pub fn add_abreast<T: Into<i64>, const K: usize>(&mut self, places: [u8; K], amounts: [T; K]) {
        for ((k, place), amount) in places.into_iter().enumerate().zip(amounts) {
            self.0[usize::from(place)][k % ABREAST] += amount.into();
        }
    }

    /// The sum of a place.
    pub fn of(&self, place: usize) -> i64 {
        self.0[place].iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_one_after_another() {
        let places: Vec<u8> = (0..1003usize).map(|k| (k / 100 * 25 + k % 7) as u8).collect();
        let amounts: Vec<i64> = (0..1003).map(|k| 77 * k - 30_000).collect();
        let (mut sums, mut plain) = (ByPlace::default(), [0; 256]);
        sums.add(&places, &amounts);
        let each = places.iter().zip(&amounts);
        each.for_each(|(&place, amount)| plain[usize::from(place)] += amount);
        assert!((0..256).all(|place| sums.of(place) == plain[place]));
    }
}
