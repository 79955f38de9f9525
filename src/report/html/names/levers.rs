//! What levers and chapters of the plan are called, and what is told of them.

use super::spaced;
use crate::policy::{BUILT_IN, CHAPTERS, chapter_of};
use crate::report::html::Language;
use crate::report::html::brief::About;

/// What the page tells of a lever.
#[derive(Debug, Clone, Default)]
pub struct LeverFacts {
    /// Title in the page's language.
    pub title: String,
    /// Article of the plan; 0 for what is not in the plan.
    pub number: i64,
    /// Article and chapter of the plan in words; empty for what is not in the plan.
    pub article: String,
    /// `A` to `C`, or `ASSUMPTION`.
    pub grade: String,
    /// What is known, in the page's language, or as the lever file has it if it has one text only.
    pub note: String,
    /// How it works; likewise.
    pub mechanism: String,
    /// Who pays; likewise.
    pub pays: String,
    /// Rules that it moves, and their value at full strength.
    pub moves: Vec<(String, f64)>,
    /// Metric and group of the measure that must move.
    pub margin: Option<(String, String)>,
}

/// Name of a chapter that is compared as one.
pub fn chapter(lang: Language, id: &str) -> Option<String> {
    let id = id.strip_prefix("chapter_")?;
    let found = CHAPTERS.iter().find(|c| c.id == id)?;
    Some(lang.pick(found.en, found.zh).to_owned())
}

/// Facts of a lever, from the scenario's own levers or from those built in.
pub fn lever(lang: Language, resolved: &str, id: &str) -> Option<LeverFacts> {
    let own = resolved.parse::<toml::Table>().ok().and_then(|t| {
        let text = t.get("user_levers")?.get(id)?.as_str()?.to_owned();
        text.parse::<toml::Table>().ok()
    });
    let built = || {
        let tables = BUILT_IN.iter().filter_map(|(_, text)| text.parse::<toml::Table>().ok());
        tables
            .into_iter()
            .find(|t| t.get("lever").and_then(|l| l.get("id")).and_then(|v| v.as_str()) == Some(id))
    };
    let table = own.or_else(built)?;
    let head = table.get("lever")?;
    let text = |value: Option<&toml::Value>| value.and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    // a text in each language, or one for both
    let both = |value: Option<&toml::Value>| match value {
        Some(toml::Value::Table(t)) => text(t.get(lang.pick("en", "zh"))),
        plain => text(plain),
    };
    let moves = table.get("moves").and_then(toml::Value::as_table);
    let number = |v: &toml::Value| v.as_float().or(v.as_integer().map(|k| k as f64));
    let moves = moves.map_or_else(Vec::new, |m| flat("", m, &number));
    let margin = head.get("margin");
    let title = head.get("title")?;
    let evidence = head.get("evidence");
    let article = head
        .get("article")
        .and_then(toml::Value::as_integer)
        .unwrap_or_default();
    let (zh, en) = chapter_of(article);
    Some(LeverFacts {
        title: text(title.get(lang.pick("en", "zh"))),
        number: article,
        article: match (article, lang) {
            (0, _) => String::new(),
            (_, Language::En) => format!("Article {article}, chapter “{en}”"),
            (_, Language::Zh) => format!("第{article}条，{zh}"),
        },
        grade: text(evidence.and_then(|e| e.get("grade"))),
        note: both(evidence.and_then(|e| e.get("note"))),
        mechanism: both(head.get("mechanism")),
        pays: both(head.get("pays")),
        moves,
        margin: margin.map(|m| (text(m.get("metric")), text(m.get("group")))),
    })
}

/// Numbers of a table by dotted name, however deep they stand.
fn flat(before: &str, table: &toml::Table, number: &dyn Fn(&toml::Value) -> Option<f64>) -> Vec<(String, f64)> {
    let mut out = Vec::new();
    for (key, value) in table {
        let name = format!("{before}{key}");
        match value {
            toml::Value::Table(inner) => out.extend(flat(&format!("{name}."), inner, number)),
            value => out.extend(number(value).map(|x| (name, x))),
        }
    }
    out
}

/// The title of a lever or chapter, or of several joined by `+`.
pub fn arm_title(lang: Language, about: &About, id: &str) -> String {
    let one = |id: &str| match chapter(lang, id).filter(|_| about.by_chapter()) {
        Some(title) => title,
        None => lever(lang, &about.resolved, id).map_or_else(|| spaced(id), |l| l.title),
    };
    id.split('+').map(one).collect::<Vec<_>>().join(" + ")
}

/// Levers that are on in a resolved scenario, without the placebo.
pub fn active(resolved: &str) -> Vec<String> {
    let table = resolved.parse::<toml::Table>().unwrap_or_default();
    let levers = table.get("levers").and_then(toml::Value::as_table);
    let off = |v: &toml::Value| v.as_bool() == Some(false);
    let on = levers
        .into_iter()
        .flatten()
        .filter(|(id, v)| *id != "placebo" && !off(v));
    on.map(|(id, _)| id.clone()).collect()
}

/// What an evidence grade means.
pub fn grade(lang: Language, grade: &str) -> &'static str {
    match grade {
        "A" => lang.pick("measured well", "有可靠实证依据"),
        "B" => lang.pick("estimated elsewhere, carried over", "借用其他地区或研究的估计值"),
        "C" => lang.pick("weak or indirect evidence", "证据较弱或间接"),
        _ => lang.pick("no estimate of its size was found", "未找到可用的实证估计，力度为假设"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: &str = r#"[user_levers]
mine = '''[lever]
article = 7
title = { zh = "租", en = "Mine" }
mechanism = "Rents fall."
pays = { zh = "无人承担", en = "nobody" }
'''
"#;

    #[test]
    fn a_plain_text_of_a_lever_is_told_in_both_languages() {
        for (lang, title, pays) in [(Language::En, "Mine", "nobody"), (Language::Zh, "租", "无人承担")] {
            let facts = lever(lang, MINE, "mine").expect("a lever of the scenario");
            assert_eq!(
                [facts.title.as_str(), &facts.mechanism, &facts.pays],
                [title, "Rents fall.", pays]
            );
        }
    }
}
