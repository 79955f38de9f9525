//! The page: one self-contained HTML file that reads like a policy brief.
//!
//! | file | what |
//! |---|---|
//! | `brief` | everything the page shows |
//! | `read`, `effects`, `paired`, `sheet` | the folder's files into a brief: all, of `compare`, of `run`, small tables |
//! | `names`, `amounts`, `words` | labels, units, prose in the two languages |
//! | `findings` | three sentences from the numbers |
//! | `changes` | what the reforms are, and their own margins |
//! | `tables`, `split`, `gains`, `tiles`, `study` | key table and pictures |
//! | `marks` | escaped text, rows and panels |
//! | `explore`, `pack`, `page.js`, `page.css` | the interactive part, its data, its script; the look |

mod amounts;
mod brief;
mod changes;
mod effects;
mod explore;
mod findings;
mod gains;
mod marks;
mod names;
mod pack;
mod paired;
mod read;
mod sheet;
mod split;
mod study;
mod tables;
mod tiles;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use super::ReportError;
use brief::Brief;
pub use names::knows_metric;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English: `report.html`.
    #[default]
    En,
    /// Chinese: `report.zh.html`.
    Zh,
}

impl Language {
    /// The one of two that is in this language.
    pub fn pick<T>(self, en: T, zh: T) -> T {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// Name of the page's file.
    pub fn file(self) -> &'static str {
        self.pick("report.html", "report.zh.html")
    }
}

/// Whether a folder has two things to compare: effects, or a run with a reference.
pub fn comparable(dir: &Path) -> bool {
    let effects = dir.join("effects.parquet").is_file();
    let resolved = fs::read_to_string(dir.join("resolved.toml")).unwrap_or_default();
    effects
        || resolved
            .parse::<toml::Table>()
            .is_ok_and(|t| t.get("reference").and_then(|r| r.as_str()).is_some_and(|r| r != "none"))
}

/// Writes the page of a results folder and returns its path.
///
/// # Errors
/// If the folder holds no comparison, or a file cannot be read or written.
pub fn html(dir: &Path, lang: Language) -> Result<PathBuf, ReportError> {
    let page = page(&read::load(dir, lang)?);
    let (part, path) = (dir.join(format!(".{}.part", lang.file())), dir.join(lang.file()));
    fs::write(&part, page).map_err(|e| ReportError::io(&part, e))?;
    fs::rename(&part, &path).map_err(|e| ReportError::io(&path, e))?;
    Ok(path)
}

fn page(brief: &Brief) -> String {
    let (data, left) = pack::json(brief);
    let pictures: String = [tables::over_time(brief), tables::forest(brief)]
        .into_iter()
        .flatten()
        .collect();
    let pictures = marks::section("pictures", brief.lang.pick("Over time", "随时间的变化"), &pictures);
    let body = [
        words::header(brief),
        findings::section(brief),
        changes::what(brief),
        tables::key_table(brief),
        pictures,
        split::why(brief),
        gains::who(brief),
        tiles::place(brief),
        study::estimate(brief),
        explore::explore(brief, &left),
        words::caveats(brief),
        words::method(brief),
        words::provenance(brief),
    ]
    .concat();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"><meta name=\"color-scheme\" content=\"light\">\
         <title>{}</title><style>{}</style></head><body><main>{body}</main>\
         <script type=\"application/json\" id=\"data\">{data}</script><script>{}</script></body></html>\n",
        brief.lang.pick("en", "zh-CN"),
        marks::esc(&words::title(brief)),
        include_str!("page.css"),
        include_str!("page.js")
    )
}
