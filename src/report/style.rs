//! One look for every figure: colours, sizes, margins. Nothing else in the room names a colour.

use plotters::style::RGBAColor;

/// A colour with opacity.
pub type Ink = RGBAColor;

/// An opaque colour.
const fn ink(r: u8, g: u8, b: u8) -> Ink {
    RGBAColor(r, g, b, 1.0)
}

/// The same colour, seen through.
pub const fn fade(c: Ink, opacity: f64) -> Ink {
    RGBAColor(c.0, c.1, c.2, opacity)
}

/// Sizes in points of a page 900 wide; colours after Okabe and Ito, which colour-blind readers can tell apart.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Width of every page.
    pub width: f64,
    /// White margin around a page.
    pub margin: f64,
    /// Pixels a point of the page takes in PNG and SVG files.
    pub pixels: f64,
    /// Size of a figure's title.
    pub title: f64,
    /// Size of a panel's title.
    pub panel: f64,
    /// Size of labels and axis numbers.
    pub label: f64,
    /// Size of notes and of the stamp.
    pub note: f64,
    /// Width of a data line.
    pub line: f64,
    /// Width of an axis or grid line.
    pub hair: f64,
    /// Opacity of an interval's band.
    pub band: f64,
    /// Text.
    pub text: Ink,
    /// Secondary text: units, notes, axis numbers.
    pub quiet: Ink,
    /// Grid lines.
    pub grid: Ink,
    /// Axis and zero lines.
    pub axis: Ink,
    /// Page.
    pub paper: Ink,
    /// The reference scenario.
    pub baseline: Ink,
    /// The reform scenario.
    pub reform: Ink,
    /// The effects after 2, 5 and 10 years.
    pub horizons: [Ink; 3],
    /// Parts of a whole, in their order.
    pub parts: [Ink; 10],
    /// A diverging scale: negative, zero, positive, each as seven stops would be read from its ends.
    pub diverging: [Ink; 5],
    /// A sequential scale, light to dark.
    pub sequential: [Ink; 4],
}

/// The style of the house.
pub const STYLE: Style = Style {
    width: 900.0,
    margin: 26.0,
    pixels: 2.0,
    title: 16.0,
    panel: 11.5,
    label: 9.5,
    note: 9.0,
    line: 1.7,
    hair: 0.7,
    band: 0.20,
    text: ink(28, 28, 28),
    quiet: ink(92, 92, 92),
    grid: ink(226, 226, 226),
    axis: ink(120, 120, 120),
    paper: ink(255, 255, 255),
    baseline: ink(85, 85, 85),
    reform: ink(0, 114, 178),
    horizons: [ink(230, 159, 0), ink(0, 158, 115), ink(0, 114, 178)],
    parts: [
        ink(0, 114, 178),
        ink(86, 180, 233),
        ink(0, 158, 115),
        ink(230, 159, 0),
        ink(240, 228, 66),
        ink(213, 94, 0),
        ink(204, 121, 167),
        ink(120, 120, 120),
        ink(128, 96, 0),
        ink(0, 0, 0),
    ],
    diverging: [
        ink(160, 62, 0),
        ink(240, 163, 104),
        ink(246, 246, 244),
        ink(116, 178, 217),
        ink(0, 78, 135),
    ],
    sequential: [
        ink(244, 248, 251),
        ink(166, 206, 227),
        ink(43, 132, 186),
        ink(5, 60, 107),
    ],
};

/// The colour at `at` (0 to 1, clamped) of a scale of evenly spaced stops.
pub fn blend(stops: &[Ink], at: f64) -> Ink {
    let last = stops.len().saturating_sub(1);
    if last == 0 || !at.is_finite() {
        return stops.first().copied().unwrap_or(STYLE.grid);
    }
    let place = at.clamp(0.0, 1.0) * last as f64;
    let left = (place.floor() as usize).min(last - 1);
    let (a, b, t) = (stops[left], stops[left + 1], place - left as f64);
    let mix = |a: u8, b: u8| (f64::from(a) + t * (f64::from(b) - f64::from(a))).round() as u8;
    RGBAColor(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2), 1.0)
}

/// Black or white, whichever reads better on `ground`.
pub fn on(ground: Ink) -> Ink {
    let light = 0.299 * f64::from(ground.0) + 0.587 * f64::from(ground.1) + 0.114 * f64::from(ground.2);
    if light > 140.0 { STYLE.text } else { STYLE.paper }
}
