//! A figure as a list of marks in page points, before any file format: the same list makes the PNG and the SVG.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont};

use super::style::{Ink, STYLE};

/// Where a text stands relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// The point is at its left end.
    Left,
    /// The point is in its middle.
    Center,
    /// The point is at its right end.
    Right,
}

/// One mark. Coordinates in page points, y downwards.
#[derive(Debug, Clone)]
pub enum Mark {
    /// An open line.
    Line {
        /// Its corners.
        points: Vec<(f64, f64)>,
        /// Colour.
        ink: Ink,
        /// Width.
        width: f64,
    },
    /// A filled polygon.
    Area {
        /// Its corners.
        points: Vec<(f64, f64)>,
        /// Colour.
        ink: Ink,
    },
    /// A filled disc.
    Disc {
        /// Its centre.
        at: (f64, f64),
        /// Radius.
        radius: f64,
        /// Colour.
        ink: Ink,
    },
    /// One line of text.
    Text {
        /// A point on its baseline.
        at: (f64, f64),
        /// What it says.
        text: String,
        /// Size of an em.
        size: f64,
        /// Whether it is bold.
        bold: bool,
        /// Where it stands relative to `at`.
        align: Align,
        /// Colour.
        ink: Ink,
    },
}

/// A page of marks.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Width in points.
    pub width: f64,
    /// Height in points.
    pub height: f64,
    /// Marks in drawing order.
    pub marks: Vec<Mark>,
}

/// A rectangle in page points.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Frame {
    /// A rectangle by its upper left corner and size.
    pub fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// Right edge.
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// Lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }
}

impl Scene {
    /// An empty page of the house's width.
    pub fn new(height: f64) -> Self {
        Self {
            width: STYLE.width,
            height,
            marks: Vec::new(),
        }
    }

    /// Draws a solid line.
    pub fn line(&mut self, points: Vec<(f64, f64)>, ink: Ink, width: f64) {
        self.marks.push(Mark::Line { points, ink, width });
    }

    /// Draws a dashed line.
    pub fn dashed(&mut self, points: &[(f64, f64)], ink: Ink, width: f64) {
        for points in dashes(points, 5.0, 3.0) {
            self.line(points, ink, width);
        }
    }

    /// Fills a polygon.
    pub fn area(&mut self, points: Vec<(f64, f64)>, ink: Ink) {
        self.marks.push(Mark::Area { points, ink });
    }

    /// Fills a rectangle.
    pub fn rect(&mut self, f: Frame, ink: Ink) {
        self.area(
            vec![(f.x, f.y), (f.right(), f.y), (f.right(), f.bottom()), (f.x, f.bottom())],
            ink,
        );
    }

    /// Draws the outline of a rectangle.
    pub fn outline(&mut self, f: Frame, ink: Ink, width: f64) {
        let corners = vec![
            (f.x, f.y),
            (f.right(), f.y),
            (f.right(), f.bottom()),
            (f.x, f.bottom()),
            (f.x, f.y),
        ];
        self.line(corners, ink, width);
    }

    /// Fills a disc.
    pub fn disc(&mut self, at: (f64, f64), radius: f64, ink: Ink) {
        self.marks.push(Mark::Disc { at, radius, ink });
    }

    /// Writes a line of text from a point of its baseline.
    pub fn text(&mut self, at: (f64, f64), text: impl Into<String>, size: f64, align: Align, ink: Ink) {
        self.marks.push(Mark::Text {
            at,
            text: text.into(),
            size,
            bold: false,
            align,
            ink,
        });
    }

    /// Writes a line of bold text.
    pub fn bold(&mut self, at: (f64, f64), text: impl Into<String>, size: f64, align: Align, ink: Ink) {
        self.marks.push(Mark::Text {
            at,
            text: text.into(),
            size,
            bold: true,
            align,
            ink,
        });
    }
}

/// Cuts a line into dashes of length `on`, `off` apart.
fn dashes(points: &[(f64, f64)], on: f64, off: f64) -> Vec<Vec<(f64, f64)>> {
    let mut out = Vec::new();
    let mut dash: Vec<(f64, f64)> = points.first().into_iter().copied().collect();
    let (mut drawing, mut left) = (true, on);
    for pair in points.windows(2) {
        let ((mut x, mut y), (x1, y1)) = (pair[0], pair[1]);
        loop {
            let rest = (x1 - x).hypot(y1 - y);
            if rest <= left {
                left -= rest;
                if drawing {
                    dash.push((x1, y1));
                }
                break;
            }
            (x, y) = (x + (x1 - x) * left / rest, y + (y1 - y) * left / rest);
            if drawing {
                dash.push((x, y));
                out.push(std::mem::take(&mut dash));
            } else {
                dash = vec![(x, y)];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
    }
    if drawing && dash.len() > 1 {
        out.push(dash);
    }
    out
}

/// The embedded font, regular or bold; `None` only if its bytes were damaged.
fn font(bold: bool) -> Option<&'static FontRef<'static>> {
    static FONTS: OnceLock<[Option<FontRef<'static>>; 2]> = OnceLock::new();
    let fonts = FONTS
        .get_or_init(|| [notosans::REGULAR_TTF, notosans::BOLD_TTF].map(|bytes| FontRef::try_from_slice(bytes).ok()));
    fonts[usize::from(bold)].as_ref()
}

/// Places the glyphs of a text from 0 along its baseline and returns its width; `visit` gets each glyph.
///
/// We set type ourselves, because plotters leaves out the glyphs' side bearings, so that letters collide.
fn typeset(text: &str, em: f64, bold: bool, mut visit: impl FnMut(&FontRef<'static>, Glyph)) -> f64 {
    let Some(font) = font(bold) else {
        return 0.55 * em * text.chars().count() as f64;
    };
    let units = font.units_per_em().unwrap_or(1000.0);
    let scaled = font.as_scaled(PxScale::from(em as f32 * font.height_unscaled() / units));
    let (mut x, mut last) = (0.0, None);
    for letter in text.chars() {
        let id = scaled.glyph_id(letter);
        x += last.map_or(0.0, |last| scaled.kern(last, id));
        visit(
            font,
            id.with_scale_and_position(scaled.scale(), ab_glyph::point(x, 0.0)),
        );
        x += scaled.h_advance(id);
        last = Some(id);
    }
    f64::from(x)
}

/// Width of a text in points.
pub fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    typeset(text, size, bold, |_, _| ())
}

/// Calls `dot` with each pixel that a text covers and how much of it, from the left end of its baseline.
pub(super) fn text_pixels(text: &str, em: f64, bold: bool, mut dot: impl FnMut(i32, i32, f64)) {
    typeset(text, em, bold, |font, glyph| {
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            let (left, top) = (corner.x as i32, corner.y as i32);
            outline.draw(|x, y, cover| dot(left + x as i32, top + y as i32, f64::from(cover)));
        }
    });
}

/// Breaks a text into lines no wider than `width`.
pub fn wrap(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), size, false) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
