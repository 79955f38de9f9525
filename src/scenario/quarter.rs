//! Calendar quarters.

use std::fmt;
use std::str::FromStr;

/// A calendar quarter, written `2026Q1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    /// Quarters since the first of year 0.
    count: i64,
}

/// What a quarter looks like, for messages.
pub const FORM: &str = "a quarter such as \"2026Q1\", from 1900Q1 to 2200Q4";

impl Quarter {
    /// Quarters from `start` to this one; negative when it is earlier.
    pub fn since(self, start: Self) -> i64 {
        self.count - start.count
    }

    /// The quarter `ticks` later.
    pub fn plus(self, ticks: i64) -> Self {
        Self {
            count: self.count.saturating_add(ticks),
        }
    }

    /// The year.
    pub fn year(self) -> i64 {
        self.count.div_euclid(4)
    }

    /// The quarter of the year, 1 to 4.
    pub fn of_year(self) -> i64 {
        self.count.rem_euclid(4) + 1
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Q{}", self.year(), self.of_year())
    }
}

impl FromStr for Quarter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (year, quarter) = text.split_once('Q').ok_or(FORM)?;
        let digits = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        let year: i64 = year.parse().map_err(|_| FORM)?;
        let quarter = ["1", "2", "3", "4"]
            .iter()
            .position(|name| *name == quarter)
            .ok_or(FORM)?;
        if !digits || !(1900..=2200).contains(&year) {
            return Err(FORM);
        }
        Ok(Self {
            count: year * 4 + quarter as i64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_read_print_and_count() {
        let quarter: Quarter = "2026Q3".parse().expect("a quarter");
        assert_eq!(quarter.to_string(), "2026Q3");
        assert_eq!(quarter.plus(6).to_string(), "2028Q1");
        assert_eq!(quarter.since("2025Q4".parse().expect("a quarter")), 3);
        for bad in [
            "", "2026", "2026Q5", "2026Q0", "2026q1", "26Q1", "+026Q1", "2026Q1 ", "9999Q1", "名Q1",
        ] {
            assert!(bad.parse::<Quarter>().is_err(), "{bad}");
        }
    }
}
