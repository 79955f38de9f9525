//! From a scene to its files: PNG (drawn twice as fine and averaged, so that edges are smooth) and SVG.

use std::fs;
use std::path::Path;

use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, ShapeStyle, TextStyle};

use super::ReportError;
use super::scene::{Align, Mark, Scene, text_pixels, text_width};
use super::style::STYLE;

/// How much finer than the file a bitmap is drawn.
const FINER: usize = 2;

/// Families an SVG viewer may use: it need not have ours.
const SVG_FAMILIES: &str = "font-family=\"Noto Sans, Open Sans, Helvetica, Arial, sans-serif\"";

/// Size plotters must be told for an em of 1 in an SVG.
const SVG_EM: f64 = 1.24;

/// How far below the position an SVG puts a text's baseline (anchor at the top), in em.
const SVG_DROP: f64 = 0.76;

/// What differs between the two kinds of file.
#[derive(Clone, Copy)]
struct Pen {
    /// Pixels per point.
    scale: f64,
    /// Whether text is drawn as glyphs.
    glyphs: bool,
}

const BITMAP_PEN: Pen = Pen {
    scale: STYLE.pixels * FINER as f64,
    glyphs: true,
};
const SVG_PEN: Pen = Pen {
    scale: STYLE.pixels,
    glyphs: false,
};

/// Writes `<stem>.png` and `<stem>.svg`, each under a temporary name first.
pub fn write(scene: &Scene, stem: &Path) -> Result<[std::path::PathBuf; 2], ReportError> {
    let (png, svg) = (stem.with_extension("png"), stem.with_extension("svg"));
    let part = stem.with_extension("part.png");
    write_png(scene, &part)?;
    fs::rename(&part, &png).map_err(|e| ReportError::io(&png, e))?;
    let part = stem.with_extension("part.svg");
    fs::write(&part, svg_text(scene)?).map_err(|e| ReportError::io(&part, e))?;
    fs::rename(&part, &svg).map_err(|e| ReportError::io(&svg, e))?;
    Ok([png, svg])
}

fn write_png(scene: &Scene, path: &Path) -> Result<(), ReportError> {
    let (w, h) = size(scene);
    let (wide, high) = (w as usize * FINER, h as usize * FINER);
    let mut fine = vec![255u8; 3 * wide * high];
    {
        let mut backend = BitMapBackend::with_buffer(&mut fine, (wide as u32, high as u32));
        draw(scene, &mut backend, BITMAP_PEN)?;
        backend.present().map_err(failed)?;
    }
    let page = shrink(&fine, wide, high);
    let mut file = BitMapBackend::new(path, (w, h));
    file.blit_bitmap((0, 0), (w, h), &page).map_err(failed)?;
    file.present().map_err(failed)
}

/// Averages blocks of `FINER` by `FINER` pixels.
fn shrink(fine: &[u8], wide: usize, high: usize) -> Vec<u8> {
    let (w, h) = (wide / FINER, high / FINER);
    let mut page = Vec::with_capacity(3 * w * h);
    for y in 0..h {
        for x in 0..w {
            for channel in 0..3 {
                let block = (0..FINER * FINER).map(|k| {
                    let (fx, fy) = (FINER * x + k % FINER, FINER * y + k / FINER);
                    u32::from(fine[3 * (fy * wide + fx) + channel])
                });
                page.push((block.sum::<u32>() / (FINER * FINER) as u32) as u8);
            }
        }
    }
    page
}

fn svg_text(scene: &Scene) -> Result<String, ReportError> {
    let mut svg = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut svg, size(scene));
        let (w, h) = size(scene);
        let paper = ShapeStyle::from(&STYLE.paper).filled();
        backend
            .draw_rect((0, 0), (w as i32, h as i32), &paper, true)
            .map_err(failed)?;
        draw(scene, &mut backend, SVG_PEN)?;
        backend.present().map_err(failed)?;
    }
    Ok(svg.replace("font-family=\"sans-serif\"", SVG_FAMILIES))
}

fn size(scene: &Scene) -> (u32, u32) {
    (
        (scene.width * STYLE.pixels).round() as u32,
        (scene.height * STYLE.pixels).round() as u32,
    )
}

fn failed(e: impl std::fmt::Display) -> ReportError {
    ReportError::Draw(e.to_string())
}

fn draw<B: DrawingBackend>(scene: &Scene, backend: &mut B, pen: Pen) -> Result<(), ReportError> {
    let px = |v: f64| (v * pen.scale).round() as i32;
    let to = |(x, y): (f64, f64)| (px(x), px(y));
    for mark in &scene.marks {
        let drawn = match mark {
            Mark::Line { points, ink, width } => {
                let width = (width * pen.scale).round().max(1.0) as u32;
                let mut corners: Vec<_> = points.iter().copied().map(to).collect();
                corners.dedup();
                backend.draw_path(corners, &ShapeStyle::from(ink).stroke_width(width))
            }
            Mark::Area { points, ink } => {
                backend.fill_polygon(points.iter().copied().map(to), &ShapeStyle::from(ink).filled())
            }
            Mark::Disc { at, radius, ink } => backend.draw_circle(
                to(*at),
                px(*radius).max(1) as u32,
                &ShapeStyle::from(ink).filled(),
                true,
            ),
            Mark::Text { .. } => {
                draw_text(backend, mark, pen)?;
                Ok(())
            }
        };
        drawn.map_err(failed)?;
    }
    Ok(())
}

/// Writes a text: as glyphs of the embedded font in a bitmap, as text in an SVG.
fn draw_text<B: DrawingBackend>(backend: &mut B, mark: &Mark, pen: Pen) -> Result<(), ReportError> {
    let Mark::Text {
        at,
        text,
        size,
        bold,
        align,
        ink,
    } = mark
    else {
        return Ok(());
    };
    let (x, y) = (at.0 * pen.scale, at.1 * pen.scale);
    let em = size * pen.scale;
    if !pen.glyphs {
        let h = match align {
            Align::Left => HPos::Left,
            Align::Center => HPos::Center,
            Align::Right => HPos::Right,
        };
        let weight = if *bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = FontDesc::new(FontFamily::SansSerif, em * SVG_EM, weight);
        let style = TextStyle::from(font).color(ink).pos(Pos::new(h, VPos::Top));
        return backend
            .draw_text(text, &style, (x.round() as i32, (y - SVG_DROP * em).round() as i32))
            .map_err(failed);
    }
    let left = match align {
        Align::Left => x,
        Align::Center => x - text_width(text, em, *bold) / 2.0,
        Align::Right => x - text_width(text, em, *bold),
    };
    let (left, base) = (left.round() as i32, y.round() as i32);
    let (wide, high) = backend.get_size();
    let mut drawn = Ok(());
    text_pixels(text, em, *bold, |dx, dy, cover| {
        let (x, y) = (left + dx, base + dy);
        let inside = (0..wide as i32).contains(&x) && (0..high as i32).contains(&y);
        if inside && drawn.is_ok() {
            drawn = backend.draw_pixel((x, y), ink.mix(cover.min(1.0)).to_backend_color());
        }
    });
    drawn.map_err(failed)
}
