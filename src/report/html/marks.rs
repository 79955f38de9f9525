//! Pieces of the page: escaped text, rows of bars and intervals, panels of paths.

use std::fmt::Write as _;

use super::brief::{Brief, Path, sure};
use crate::report::page::Axis;
use crate::report::stats::Interval;
use crate::report::style::{Ink, STYLE};
use crate::report::units::signed;

/// Text that comes from a file, safe inside elements and attributes.
pub fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A colour as CSS writes it.
pub fn css(ink: Ink) -> String {
    format!("#{:02x}{:02x}{:02x}", ink.0, ink.1, ink.2)
}

/// The colour of a horizon, given by its place.
pub fn horizon_ink(place: usize, count: usize) -> Ink {
    // the last horizon keeps its colour when there are fewer
    STYLE.horizons[(place + 3).saturating_sub(count).min(2)]
}

/// Colours of parts that stack.
pub fn part_ink(place: usize) -> Ink {
    STYLE.parts[place % STYLE.parts.len()]
}

/// The colour of a line, given by its place: those of the parts that stand out on white; the first is the reform's.
pub fn line_ink(place: usize) -> Ink {
    match place.checked_sub(1) {
        None => STYLE.reform,
        Some(k) => STYLE.parts[[2, 3, 6, 5, 1, 7][k % 6]],
    }
}

/// A mean with its interval as text, such as `+0.31 [+0.21, +0.41]`.
pub fn with_interval(i: &Interval, digits: usize) -> String {
    let mean = signed(i.mean, digits);
    if i.n < 2 {
        return mean;
    }
    format!("{mean} [{}, {}]", signed(i.low, digits), signed(i.high, digits))
}

/// A horizontal scale in per cent of the width of a strip.
#[derive(Debug, Clone)]
pub struct Strip {
    axis: Axis,
    ticks: Vec<f64>,
}

/// A value drawn on a strip.
#[derive(Debug, Clone)]
pub enum Mark {
    /// Point with interval.
    Whisker(Interval, Ink),
    /// Bar from one value to another, with what it is.
    Bar(f64, f64, Ink, String),
    /// Upright line at a value: a sum.
    Sum(f64),
}

impl Strip {
    /// A scale that holds zero and all values.
    pub fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let axis = Axis::around(values.into_iter().chain([0.0]), 4);
        let ticks = axis.ticks();
        Self { axis, ticks }
    }

    fn place(&self, value: f64) -> f64 {
        let share = (value - self.axis.low) / (self.axis.high - self.axis.low);
        3.0 + 94.0 * share.clamp(-0.02, 1.02)
    }

    fn beyond(&self, value: f64) -> bool {
        value < self.axis.low || value > self.axis.high
    }

    /// A strip with marks beneath one another where they are whiskers.
    pub fn draw(&self, marks: &[Mark], label: &str) -> String {
        let whiskers = marks.iter().filter(|m| matches!(m, Mark::Whisker(..))).count();
        let step = 11.0;
        let height = 26.0_f64.max(step * whiskers as f64 + 14.0);
        let mut out = format!(
            "<svg class=\"strip\" height=\"{height}\" role=\"img\" aria-label=\"{}\">",
            esc(label)
        );
        for t in &self.ticks {
            let class = if t.abs() < 1e-12 { "zero" } else { "grid" };
            let x = self.place(*t);
            let _ = write!(
                out,
                "<line class=\"{class}\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"0\" y2=\"{height}\"/>"
            );
        }
        let mut k = 0;
        for mark in marks {
            let y = height / 2.0 + step * (f64::from(k) - (whiskers as f64 - 1.0) / 2.0);
            match mark {
                Mark::Whisker(i, ink) => {
                    self.whisker(&mut out, i, *ink, y);
                    k += 1;
                }
                Mark::Bar(from, to, ink, what) => {
                    let (a, b) = (self.place(from.min(*to)), self.place(from.max(*to)));
                    let _ = write!(
                        out,
                        "<rect x=\"{a:.2}%\" width=\"{:.2}%\" y=\"5\" height=\"{}\" fill=\"{}\"><title>{}</title></rect>",
                        b - a,
                        height - 10.0,
                        css(*ink),
                        esc(what)
                    );
                }
                Mark::Sum(value) => {
                    let x = self.place(*value);
                    let _ = write!(
                        out,
                        "<line class=\"sum\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"1\" y2=\"{}\"/>",
                        height - 1.0
                    );
                }
            }
        }
        out.push_str("</svg>");
        out
    }

    fn whisker(&self, out: &mut String, i: &Interval, ink: Ink, y: f64) {
        let colour = css(ink);
        if self.beyond(i.mean) {
            let x = self.place(i.mean);
            let (anchor, arrow) = if i.mean > 0.0 { ("end", "▶") } else { ("start", "◀") };
            let _ = write!(
                out,
                "<text class=\"arrow\" x=\"{x:.2}%\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{arrow}</text>",
                y + 4.0
            );
            return;
        }
        let (a, b, x) = (self.place(i.low), self.place(i.high), self.place(i.mean));
        let fill = if sure(i) { colour.clone() } else { css(STYLE.paper) };
        let _ = write!(
            out,
            "<line x1=\"{a:.2}%\" x2=\"{b:.2}%\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <circle cx=\"{x:.2}%\" cy=\"{y:.1}\" r=\"4\" fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"1.8\"/>"
        );
    }

    /// The numbers beneath the strips.
    pub fn scale(&self, unit: &str) -> String {
        let mut out = String::from("<svg class=\"strip axis\" height=\"18\" aria-hidden=\"true\">");
        for t in &self.ticks {
            let x = self.place(*t);
            let text = self.axis.label(*t);
            let _ = write!(out, "<text x=\"{x:.2}%\" y=\"13\" text-anchor=\"middle\">{text}</text>");
        }
        out.push_str("</svg>");
        row("", &out, unit, "scale")
    }
}

/// A row: what, strip, value in words. The parts must be safe already, except `what` and `value`.
pub fn row(what: &str, strip: &str, value: &str, class: &str) -> String {
    let (what, value) = (esc(what), esc(value));
    format!(
        "<div class=\"row {class}\"><div class=\"what\">{what}</div>{strip}<div class=\"value\">{value}</div></div>"
    )
}

/// A key to colours: one entry a colour.
pub fn key(entries: &[(Ink, String)]) -> String {
    let entry = |(ink, text): &(Ink, String)| {
        format!(
            "<span><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><rect width=\"12\" height=\"12\" fill=\"{}\"/></svg> {}</span>",
            css(*ink),
            esc(text)
        )
    };
    format!("<p class=\"key\">{}</p>", entries.iter().map(entry).collect::<String>())
}

/// A picture with heading, body and note.
pub fn figure(id: &str, title: &str, body: &str, note: &str) -> String {
    let note = if note.is_empty() {
        String::new()
    } else {
        format!("<p class=\"note\">{}</p>", esc(note))
    };
    format!(
        "<figure id=\"{id}\"><figcaption>{}</figcaption>{body}{note}</figure>",
        esc(title)
    )
}

/// A section of the page.
pub fn section(id: &str, title: &str, body: &str) -> String {
    format!("<section id=\"{id}\"><h2>{}</h2>{body}</section>", esc(title))
}

const WIDE: f64 = 340.0;
const HIGH: f64 = 190.0;
const LEFT: f64 = 46.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 24.0;

/// A small picture of a path with its band by calendar year; `around` are all values that panels side by side must hold.
pub fn panel(brief: &Brief, path: &Path, title: &str, around: &Axis, ink: Ink) -> String {
    let quarters = (brief.start * 4.0).round() as i32;
    let (first, last) = (path[0].0, path[path.len() - 1].0);
    let every = if last - first > 20 { 8 } else { 4 };
    let year = |tick: i32| {
        let told = (tick + quarters).rem_euclid(4) == 0 && (tick - first) % every == 0;
        told.then(|| (quarters + tick).div_euclid(4).to_string())
    };
    paths(path, title, (around, ink), &year)
}

/// The same by quarters since an event.
pub fn event_panel(path: &Path, title: &str, around: &Axis, ink: Ink) -> String {
    paths(path, title, (around, ink), &|tick| {
        (tick % 4 == 0).then(|| tick.to_string())
    })
}

fn paths(path: &Path, title: &str, (around, ink): (&Axis, Ink), label: &dyn Fn(i32) -> Option<String>) -> String {
    let (first, last) = (path[0].0, path[path.len() - 1].0.max(path[0].0 + 1));
    let x = |tick: i32| LEFT + (WIDE - LEFT - 12.0) * f64::from(tick - first) / f64::from(last - first);
    let y = |v: f64| TOP + (HIGH - TOP - BOTTOM) * (around.high - v) / (around.high - around.low);
    let mut out = format!(
        "<svg class=\"panel\" viewBox=\"0 0 {WIDE} {HIGH}\" role=\"img\" aria-label=\"{}\">",
        esc(title)
    );
    for t in around.ticks() {
        let (class, y) = (if t.abs() < 1e-12 { "zero" } else { "grid" }, y(t));
        let _ = write!(
            out,
            "<line class=\"{class}\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDE - 12.0,
            LEFT - 5.0,
            y + 4.0,
            around.label(t)
        );
    }
    for (x, text) in path.iter().filter_map(|(t, _)| Some((x(*t), label(*t)?))) {
        let _ = write!(
            out,
            "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{text}</text>",
            HIGH - 6.0
        );
    }
    let point = |tick: i32, v: f64| format!("{:.1},{:.1} ", x(tick), y(v));
    let upper: String = path.iter().map(|(t, i)| point(*t, i.high)).collect();
    let lower: String = path.iter().rev().map(|(t, i)| point(*t, i.low)).collect();
    let middle: String = path.iter().map(|(t, i)| point(*t, i.mean)).collect();
    let colour = css(ink);
    let _ = write!(
        out,
        "<polygon points=\"{upper}{lower}\" fill=\"{colour}\" fill-opacity=\"{}\"/>\
         <polyline points=\"{middle}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/></svg>",
        STYLE.band
    );
    format!("<div class=\"cell\"><h3>{}</h3>{out}</div>", esc(title))
}
