//! Frame of `flows_migration.parquet`.

use polars::prelude::*;

use super::FrameError;

/// Where people who lived in a district at the reform date live at the end of the run.
#[derive(Debug, Clone)]
pub struct MoveRow {
    /// Name of the arm.
    pub scenario: String,
    /// Random seed.
    pub seed: i64,
    /// District at the reform date.
    pub origin: String,
    /// Region at the end; `gone` for who has retired, died or left the model.
    pub destination: String,
    /// People, dependants of the reform date included.
    pub people: f64,
}

/// The frame: `scenario, seed, origin, destination, people`.
///
/// # Errors
/// If columns do not fit together.
pub fn moves_frame(rows: &[MoveRow]) -> Result<DataFrame, FrameError> {
    let text = |name: &str, get: fn(&MoveRow) -> &str| {
        StringChunked::from_iter_values(name.into(), rows.iter().map(get)).into_column()
    };
    let seeds: Vec<i64> = rows.iter().map(|r| r.seed).collect();
    let people: Vec<f64> = rows.iter().map(|r| r.people).collect();
    Ok(DataFrame::new_infer_height(vec![
        text("scenario", |r| &r.scenario),
        Column::new("seed".into(), seeds),
        text("origin", |r| &r.origin),
        text("destination", |r| &r.destination),
        Column::new("people".into(), people),
    ])?)
}
