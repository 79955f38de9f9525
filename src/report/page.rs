//! The page around a figure and the panels on it: title, notes, stamp, axes, legend.

use super::data::Run;
use super::scene::{Align, Frame, Scene, text_width, wrap};
use super::spec::FigureSpec;
use super::stats::Interval;
use super::style::{Ink, STYLE, fade};
use super::units;

/// Height of the title block.
const HEAD: f64 = 52.0;

/// Distance between lines of notes.
const LINE: f64 = 13.0;

/// A page with title and notes, and the room left for the figure itself.
pub struct Page {
    /// Its marks.
    pub scene: Scene,
    /// The room for panels.
    pub body: Frame,
}

impl Page {
    /// A page with a body of the height asked for; `subtitle` says what is measured, `notes` come under the figure.
    pub fn new(run: &Run, spec: &FigureSpec, subtitle: &str, height: f64, notes: &[String]) -> Self {
        let all = std::iter::once(spec.note)
            .chain(notes.iter().map(String::as_str))
            .filter(|n| !n.is_empty());
        let note = all.collect::<Vec<_>>().join(" ");
        Self::plain((spec.title, subtitle), height, &note, &run.stamp())
    }

    /// A page with title and subtitle, a note under the figure and a stamp under the note.
    pub fn plain((title, subtitle): (&str, &str), height: f64, note: &str, stamp: &str) -> Self {
        let width = STYLE.width - 2.0 * STYLE.margin;
        let foot = wrap(note, STYLE.note, width);
        let below = 10.0 + LINE * (foot.len() + 1) as f64;
        let mut scene = Scene::new(STYLE.margin + HEAD + height + below + STYLE.margin);
        let left = STYLE.margin;
        scene.bold((left, STYLE.margin + 13.0), title, STYLE.title, Align::Left, STYLE.text);
        scene.text(
            (left, STYLE.margin + 31.0),
            subtitle,
            STYLE.label + 1.0,
            Align::Left,
            STYLE.quiet,
        );
        let body = Frame::new(left, STYLE.margin + HEAD, width, height);
        let mut y = body.bottom() + 10.0;
        for line in foot {
            y += LINE;
            scene.text((left, y), line, STYLE.note, Align::Left, STYLE.quiet);
        }
        scene.text(
            (left, y + LINE),
            stamp,
            STYLE.note - 1.0,
            Align::Left,
            fade(STYLE.quiet, 0.85),
        );
        Self { scene, body }
    }

    /// A legend at the upper right, on the line of the subtitle.
    pub fn legend(&mut self, entries: &[Entry]) {
        let size = STYLE.label + 0.5;
        let wide = |e: &Entry| 24.0 + text_width(&e.text, size, false);
        let mut x =
            self.body.right() - entries.iter().map(wide).sum::<f64>() - 16.0 * (entries.len().max(1) - 1) as f64;
        let y = STYLE.margin + 31.0;
        for entry in entries {
            entry.draw(&mut self.scene, (x, y), size);
            x += wide(entry) + 16.0;
        }
    }
}

/// How a legend shows what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swatch {
    /// A solid line.
    Line,
    /// A dashed line.
    Dashes,
    /// A square.
    Block,
    /// One of the three markers.
    Marker(usize),
}

/// One entry of a legend.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it says.
    pub text: String,
    /// Its colour.
    pub ink: Ink,
    /// Its sign.
    pub swatch: Swatch,
}

impl Entry {
    /// An entry.
    pub fn new(text: impl Into<String>, ink: Ink, swatch: Swatch) -> Self {
        Self {
            text: text.into(),
            ink,
            swatch,
        }
    }

    /// Draws the entry from the left end of its baseline.
    pub fn draw(&self, scene: &mut Scene, (x, y): (f64, f64), size: f64) {
        let middle = y - 0.36 * size;
        let line = [(x, middle), (x + 18.0, middle)];
        match self.swatch {
            Swatch::Line => scene.line(line.to_vec(), self.ink, STYLE.line + 0.4),
            Swatch::Dashes => scene.dashed(&line, self.ink, STYLE.line + 0.4),
            Swatch::Block => scene.rect(Frame::new(x + 6.0, middle - 4.5, 11.0, 9.0), self.ink),
            Swatch::Marker(k) => marker(scene, (x + 11.0, middle), k, self.ink),
        }
        scene.text((x + 24.0, y), self.text.clone(), size, Align::Left, STYLE.text);
    }
}

/// The baseline's and, if there is one, the reform's entry.
pub fn scenario_legend(run: &Run) -> Vec<Entry> {
    let mut entries = vec![Entry::new(run.baseline.clone(), STYLE.baseline, Swatch::Dashes)];
    entries.extend(
        run.reform
            .iter()
            .map(|name| Entry::new(name.clone(), STYLE.reform, Swatch::Line)),
    );
    entries
}

/// One entry per horizon, each with its own marker.
pub fn horizon_legend(run: &Run, swatch: fn(usize) -> Swatch) -> Vec<Entry> {
    let horizons = run.horizons();
    let first = 3 - horizons.len();
    let entry = |(k, (years, _)): (usize, &(f64, i32))| {
        Entry::new(years_text(*years), STYLE.horizons[first + k], swatch(first + k))
    };
    horizons.iter().enumerate().map(entry).collect()
}

/// "2 years", "1 year", "2.5 years".
pub fn years_text(years: f64) -> String {
    let plural = if years == 1.0 { "year" } else { "years" };
    format!("{years} {plural}")
}

/// A disc, a square or a diamond.
pub fn marker(scene: &mut Scene, (x, y): (f64, f64), shape: usize, ink: Ink) {
    match shape {
        0 => scene.disc((x, y), 3.8, ink),
        1 => scene.rect(Frame::new(x - 3.4, y - 3.4, 6.8, 6.8), ink),
        _ => scene.area(vec![(x, y - 5.0), (x + 5.0, y), (x, y + 5.0), (x - 5.0, y)], ink),
    }
}

/// An axis: its range and where it is numbered.
#[derive(Debug, Clone)]
pub struct Axis {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Distance between numbers.
    pub step: f64,
}

impl Axis {
    /// An axis that holds all values with a little air, with about `count` numbers.
    pub fn around(values: impl IntoIterator<Item = f64>, count: usize) -> Self {
        let finite = values.into_iter().filter(|v| v.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
        if low > high {
            return Self::exact(0.0, 1.0, count);
        }
        let air = match high - low {
            width if width > 1e-9 * high.abs().max(low.abs()) => 0.06 * width,
            _ => (0.02 * high.abs()).max(1e-6),
        };
        Self::exact(low - air, high + air, count)
    }

    /// An axis that holds all means, and of their bands as much again on either side as the means take: a wide band must
    /// not flatten the curves. Nothing below zero is shown where no mean is.
    pub fn of_means(points: impl IntoIterator<Item = Interval>, count: usize) -> Self {
        let points: Vec<Interval> = points.into_iter().filter(|i| i.mean.is_finite()).collect();
        let means = Self::around(points.iter().map(|i| i.mean), count);
        let reach = means.high - means.low;
        let ends = points.iter().map(Interval::band);
        let (low, high) = ends.fold((means.low, means.high), |(a, b), (low, high)| (a.min(low), b.max(high)));
        let floor = if points.iter().all(|i| i.mean >= 0.0) {
            0.0
        } else {
            f64::NEG_INFINITY
        };
        let low = low.max(means.low - reach).max(floor);
        Self::exact(low, high.min(means.high + reach), count)
    }

    /// An axis with the ends given and about `count` numbers.
    pub fn exact(low: f64, high: f64, count: usize) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let raw = (high - low) / count.max(1) as f64;
        let power = 10f64.powf(raw.log10().floor());
        let nice = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .find(|m| m * power >= raw * 0.999)
            .unwrap_or(10.0);
        Self {
            low,
            high,
            step: nice * power,
        }
    }

    /// An axis of time, numbered at whole years.
    pub fn years(first: f64, last: f64) -> Self {
        let axis = Self::exact(first, last, 5);
        Self {
            step: axis.step.ceil(),
            ..axis
        }
    }

    /// Where the axis is numbered.
    pub fn ticks(&self) -> Vec<f64> {
        if !self.step.is_finite() || self.step <= 0.0 {
            return Vec::new();
        }
        let first = (self.low / self.step - 1e-9).ceil() as i64;
        let last = (self.high / self.step + 1e-9).floor() as i64;
        (first..=last.min(first + 60)).map(|k| k as f64 * self.step).collect()
    }

    /// A number as this axis shows it.
    pub fn label(&self, value: f64) -> String {
        units::number(value, units::step_decimals(self.step))
    }

    fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// A plotting area with two axes.
#[derive(Debug, Clone)]
pub struct Panel {
    /// The plotting area.
    pub frame: Frame,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
}

impl Panel {
    /// The page point of a data point.
    pub fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let f = &self.frame;
        (f.x + f.w * self.x.share(x), f.bottom() - f.h * self.y.share(y))
    }

    /// Horizontal grid lines and their numbers.
    pub fn grid(&self, scene: &mut Scene) {
        let f = &self.frame;
        for tick in self.y.ticks() {
            let y = self.at(self.x.low, tick).1;
            scene.line(vec![(f.x, y), (f.right(), y)], STYLE.grid, STYLE.hair);
            let at = (f.x - 5.0, y + 0.36 * STYLE.label);
            scene.text(at, self.y.label(tick), STYLE.label, Align::Right, STYLE.quiet);
        }
    }

    /// Grid, numbers and axis lines; the horizontal numbers by `x_text`.
    pub fn draw(&self, scene: &mut Scene, x_text: impl Fn(f64) -> String) {
        self.grid(scene);
        let f = &self.frame;
        for tick in self.x.ticks() {
            let x = self.at(tick, self.y.low).0;
            scene.line(vec![(x, f.bottom()), (x, f.bottom() + 3.0)], STYLE.axis, STYLE.hair);
            let at = (x, f.bottom() + 4.5 + STYLE.label);
            scene.text(at, x_text(tick), STYLE.label, Align::Center, STYLE.quiet);
        }
        scene.line(vec![(f.x, f.bottom()), (f.right(), f.bottom())], STYLE.axis, STYLE.hair);
    }

    /// The line of zero, if it is in range.
    pub fn zero(&self, scene: &mut Scene) {
        if self.y.low <= 0.0 && self.y.high >= 0.0 {
            let ends = vec![self.at(self.x.low, 0.0), self.at(self.x.high, 0.0)];
            scene.line(ends, STYLE.axis, STYLE.hair * 1.5);
        }
    }

    /// Title and unit above the plotting area.
    pub fn title(&self, scene: &mut Scene, left: f64, title: &str, unit: &str) {
        let top = self.frame.y;
        scene.bold((left, top - 23.0), title, STYLE.panel, Align::Left, STYLE.text);
        scene.text((left, top - 10.0), unit, STYLE.label, Align::Left, STYLE.quiet);
    }

    /// A band between two curves, given as x, low, high, as far as the axis goes.
    pub fn band(&self, scene: &mut Scene, points: &[(f64, f64, f64)], ink: Ink) {
        if points.len() > 1 && points.iter().any(|p| p.2 > p.1) {
            let cut = |y: f64| y.clamp(self.y.low, self.y.high);
            let points: Vec<_> = points.iter().map(|p| (p.0, cut(p.1), cut(p.2))).collect();
            let upper = points.iter().map(|p| self.at(p.0, p.2));
            let lower = points.iter().rev().map(|p| self.at(p.0, p.1));
            scene.area(upper.chain(lower).collect(), fade(ink, STYLE.band));
        }
    }

    /// A curve.
    pub fn curve(&self, scene: &mut Scene, points: impl IntoIterator<Item = (f64, f64)>, ink: Ink, dashed: bool) {
        let points: Vec<_> = points.into_iter().map(|(x, y)| self.at(x, y)).collect();
        match points.as_slice() {
            [only] => scene.disc(*only, STYLE.line * 1.5, ink),
            _ if dashed => scene.dashed(&points, ink, STYLE.line),
            _ => scene.line(points, ink, STYLE.line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(mean: f64, half: f64, n: usize) -> Interval {
        let (low, high) = (mean - half, mean + half);
        Interval { mean, low, high, n }
    }

    #[test]
    fn a_wide_band_does_not_flatten_the_means() {
        let axis = Axis::of_means([of(10.0, 50.0, 20), of(12.0, 50.0, 20)], 5);
        let means = Axis::around([10.0, 12.0], 5);
        assert!(
            axis.high - axis.low <= 3.0 * (means.high - means.low) + 1e-9,
            "{axis:?}"
        );
        assert!(axis.low < 10.0 && axis.high > 12.0, "{axis:?}");
        let narrow = Axis::of_means([of(10.0, 1.0, 20), of(12.0, 1.0, 20)], 5);
        assert_eq!(
            (narrow.low, narrow.high),
            (9.0, 13.0),
            "a band that fits is shown in full"
        );
    }

    #[test]
    fn few_seeds_have_no_band_and_what_is_positive_stays_so() {
        let few = Axis::of_means([of(10.0, 50.0, 2), of(12.0, 50.0, 2)], 5);
        let means = Axis::around([10.0, 12.0], 5);
        assert_eq!((few.low, few.high), (means.low, means.high));
        let shares = Axis::of_means([of(0.01, 0.05, 20), of(0.2, 0.05, 20)], 5);
        assert_eq!(shares.low, 0.0);
        assert!(Axis::of_means([of(-0.1, 0.05, 20), of(0.2, 0.05, 20)], 5).low < -0.1);
    }
}
