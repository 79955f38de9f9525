//! One lever: a measure of the plan, read from its file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::Law;
use super::moves::read_moves;
use crate::base::fields::{Fields, Limits};
use crate::base::problem::{Problems, Source};
use crate::base::spanned::{Value, parse};

/// A measure of the plan and the rules it moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Lever {
    /// Name in scenarios: lower-case letters, digits and `_`.
    pub id: String,
    /// Article of the plan, 1 to 21; 0 for the placebo and for levers that are not in the plan.
    pub article: i64,
    /// What people call it.
    pub title: Bilingual,
    /// How it works, a paragraph that a reader can follow.
    pub mechanism: Bilingual,
    /// Where it must be felt; a placebo has none.
    pub margin: Option<Margin>,
    /// How much is known about its size.
    pub evidence: Evidence,
    /// Who pays for it.
    pub pays: Bilingual,
    /// Levers that act before this one where both move one rule.
    pub after: Vec<String>,
    /// Whether it is meant to do nothing.
    pub placebo: bool,
    /// What it moves, in the order of the file.
    pub moves: Vec<Move>,
    /// The text of its file.
    pub text: Arc<str>,
    /// Where its name stands in the text.
    pub(super) id_at: Range<usize>,
}

/// A text in two languages.
#[derive(Debug, Clone, PartialEq)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The measure that must change when the lever is on.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// Name of a metric.
    pub metric: String,
    /// Group of the metric, such as `total`.
    pub group: String,
    /// `+`, `-`, or `any`.
    pub sign: String,
}

/// How much is known about the size of a lever.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// `A` to `C` as for parameters, or `ASSUMPTION`.
    pub grade: String,
    /// What is known and what is not.
    pub note: Bilingual,
    /// Where it is published; may be empty.
    pub source: String,
}

/// One rule and the value it has at full strength.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Name of the rule.
    pub key: String,
    /// Place of the rule in the [`Law`].
    pub rule: usize,
    /// Value at full strength.
    pub target: f64,
}

/// Names that a margin may use; an empty list is not checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// Metrics.
    pub metrics: Vec<String>,
    /// Groups of metrics.
    pub groups: Vec<String>,
    /// Groups of single metrics, and whether the metric is measured for the whole city only; others are not checked.
    pub series: BTreeMap<String, (Vec<String>, bool)>,
}

const LEVER_KEYS: &[&str] = &[
    "id",
    "article",
    "title",
    "mechanism",
    "margin",
    "evidence",
    "pays",
    "after",
    "placebo",
];

impl Lever {
    /// Reads a lever file against the law that it may move.
    pub fn parse(source: &Source, law: &Law, measured: &Measured) -> Result<Self, Problems> {
        let tree = parse(source)?;
        let top_of_file = 0..source.text.lines().next().map_or(0, str::len);
        let mut top = Fields::open(source, "", top_of_file, &tree, &["lever", "moves"])?;
        let head = top.table("lever", LEVER_KEYS);
        let moves = top.required("moves");
        let mut problems = top.problems;
        let lever = head.and_then(|head| read_head(head, source, measured, &mut problems));
        let placebo = lever.as_ref().is_some_and(|lever| lever.placebo);
        let moves = moves.and_then(|node| problems.take(read_moves(node, source, law, placebo)));
        match (lever, moves) {
            (Some(lever), Some(moves)) => problems.or(Self { moves, ..lever }),
            _ => Err(problems),
        }
    }

    /// The target of `rule`, if the lever moves it.
    pub fn target(&self, rule: usize) -> Option<f64> {
        self.moves.iter().find(|mv| mv.rule == rule).map(|mv| mv.target)
    }
}

/// Everything but the moves.
fn read_head(mut head: Fields<'_>, source: &Source, measured: &Measured, problems: &mut Problems) -> Option<Lever> {
    let id = read_id(&mut head);
    let placebo = head.flag("placebo");
    let article = head.integer("article", &Limits::new(0.0, 21.0, ""));
    let mechanism = one_or_both(&mut head, "mechanism", problems);
    let pays = one_or_both(&mut head, "pays", problems);
    let after = head.texts("after");
    let title = both(&mut head, "title", problems);
    let evidence = head
        .table("evidence", &["grade", "note", "source"])
        .and_then(|mut evidence| {
            let grade = evidence.text("grade");
            let note = one_or_both(&mut evidence, "note", problems);
            let cited = evidence.text_or_empty("source");
            problems.take(evidence.problems.or(()))?;
            Some(Evidence {
                grade: grade?,
                note: note?,
                source: cited,
            })
        });
    let margin = match head.optional("margin") {
        None if placebo => Some(None),
        _ => head
            .table("margin", &["metric", "sign", "group"])
            .and_then(|margin| problems.take(read_margin(margin, source, measured)))
            .map(Some),
    };
    problems.take(head.problems.or(()))?;
    let (id, id_at) = id?;
    Some(Lever {
        id,
        article: article?,
        title: title?,
        mechanism: mechanism?,
        margin: margin?,
        evidence: evidence?,
        pays: pays?,
        after,
        placebo,
        moves: Vec::new(),
        text: source.text.clone(),
        id_at,
    })
}

/// A table with a text in each language.
fn both(fields: &mut Fields<'_>, key: &str, problems: &mut Problems) -> Option<Bilingual> {
    let mut table = fields.table(key, &["zh", "en"])?;
    let (zh, en) = (table.text("zh"), table.text("en"));
    problems.take(table.problems.or(()))?;
    Some(Bilingual { zh: zh?, en: en? })
}

/// As [`both`], or a plain text, which then stands for both languages.
fn one_or_both(fields: &mut Fields<'_>, key: &str, problems: &mut Problems) -> Option<Bilingual> {
    if matches!(fields.optional(key).map(|node| &node.value), Some(Value::Table(_))) {
        return both(fields, key, problems);
    }
    let text = fields.text(key)?;
    Some(Bilingual {
        zh: text.clone(),
        en: text,
    })
}

fn read_id(head: &mut Fields<'_>) -> Option<(String, Range<usize>)> {
    let node = head.required("id")?;
    let good = |id: &&str| {
        id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.len() <= 64
            && id
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let id = node.text().filter(good);
    if id.is_none() {
        let allowed = "a name of at most 64 lower-case letters, digits and `_` that begins with a letter";
        head.wrong("id", node, allowed);
    }
    id.map(|id| (id.to_owned(), node.span.clone()))
}

fn read_margin(mut margin: Fields<'_>, source: &Source, measured: &Measured) -> Result<Margin, Problems> {
    let mut named = |key: &str, what: &str, known: &[String]| {
        let text = margin.text(key)?;
        if !known.is_empty() && !known.contains(&text) {
            let (name, span) = (margin.name(key), margin.optional(key)?.span.clone());
            let message = format!("`{name}` is `{text}`, which is not a {what}");
            let problem = source
                .problem(&span, &name, message)
                .label(format!("unknown {what}"))
                .near(&text, known.iter().map(String::as_str));
            margin.problems.push(problem);
        }
        Some(text)
    };
    let metric = named("metric", "metric", &measured.metrics);
    let group = named("group", "group of metrics", &measured.groups);
    let sign = margin.text("sign");
    if let (Some(sign), Some(node)) = (&sign, margin.optional("sign"))
        && !["+", "-", "any"].contains(&sign.as_str())
    {
        margin.wrong("sign", node, "\"+\", \"-\" or \"any\"");
    }
    match (metric, group, sign) {
        (Some(metric), Some(group), Some(sign)) => margin.problems.or(Margin { metric, group, sign }),
        _ => Err(margin.problems),
    }
}

#[cfg(test)]
mod tests {
    use super::super::law::tests::sample;
    use super::*;

    const GOOD: &str = r#"[lever]
id = "leasing"
article = 7
title = { zh = "租", en = "Leasing" }
mechanism = "Leases become safe."
margin = { metric = "land_leased", sign = "+", group = "total" }
evidence = { grade = "B", note = "none", source = "" }
pays = "nobody"
[moves]
"farmland.insecure_share" = 0.2
farmland.transaction_cost = 0
"#;

    fn read(text: &str) -> Result<Lever, Problems> {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let measured = Measured {
            metrics: names(&["land_leased"]),
            groups: names(&["total"]),
            ..Measured::default()
        };
        Lever::parse(&Source::new("lever.toml", text), &sample(), &measured)
    }

    #[test]
    fn a_lever_is_read() {
        let lever = read(GOOD).expect("valid");
        assert_eq!((lever.id.as_str(), lever.article), ("leasing", 7));
        let moves: Vec<_> = lever.moves.iter().map(|mv| (mv.key.as_str(), mv.target)).collect();
        assert_eq!(
            moves,
            [("farmland.insecure_share", 0.2), ("farmland.transaction_cost", 0.0)]
        );
    }

    #[test]
    fn a_text_is_in_both_languages_or_stands_for_both() {
        let plain = read(GOOD).expect("valid");
        assert_eq!((plain.pays.zh.as_str(), plain.pays.en.as_str()), ("nobody", "nobody"));
        let table = GOOD.replace("note = \"none\"", "note = { zh = \"无\", en = \"none\" }");
        let note = read(&table).expect("valid").evidence.note;
        assert_eq!((note.zh.as_str(), note.en.as_str()), ("无", "none"));
        for (key, half) in [("pays", "{ en = \"nobody\" }"), ("mechanism", "{ zh = \"租约\" }")] {
            let text = GOOD.lines().map(|line| match line.split_once(" = ") {
                Some((name, _)) if name == key => format!("{key} = {half}\n"),
                _ => format!("{line}\n"),
            });
            let problems = read(&text.collect::<String>()).expect_err("half a table").to_string();
            assert!(problems.contains(&format!("lever.{key}")), "{problems}");
        }
    }

    #[test]
    fn every_mistake_has_its_key_its_line_and_its_limits() {
        for (from, to, line, words) in [
            ("insecure_share\" = 0.2", "insecure_share\" = 1.2", 10, "[0, 1] share"),
            (
                "insecure_share\" = 0.2",
                "insecure_share\" = nan",
                10,
                "`farmland.insecure_share` is NaN",
            ),
            (
                "insecure_share\" = 0.2",
                "insecure_shar\" = 0.2",
                10,
                "did you mean `farmland.insecure_share`?",
            ),
            (
                "insecure_share\" = 0.2",
                "insecure_share\" = true",
                10,
                "must be a number in [0, 1] share",
            ),
            ("article = 7", "article = 22", 3, "must lie in [0, 21]"),
            ("pays =", "pay =", 8, "did you mean `pays`?"),
            ("\"leasing\"", "\"Leasing!\"", 2, "lower-case letters"),
            ("land_leased", "land_leasd", 6, "did you mean `land_leased`?"),
            ("\"total\"", "\"totl\"", 6, "did you mean `total`?"),
            ("\"+\"", "\"up\"", 6, "\"+\", \"-\" or \"any\""),
            ("en = \"Leasing\"", "en = \"\"", 4, "`lever.title.en`"),
            (
                "mechanism = \"Leases become safe.\"\n",
                "",
                1,
                "`lever.mechanism` is missing",
            ),
            ("article = 7", "article = 7\narticle = 8", 4, "duplicate key"),
            ("article = 7", "article = ", 3, "not TOML"),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD);
            let problems = read(&text).expect_err(to);
            let found = problems.0.iter().any(|p| {
                let said = format!("{} {}", p.message(), p.help_text().unwrap_or_default());
                said.contains(words) && p.line_column().is_some_and(|(at, _)| at == line)
            });
            assert!(found, "{to}: {problems}");
        }
    }

    #[test]
    fn only_a_placebo_moves_nothing() {
        let (head, _) = GOOD.split_once("\"farmland").expect("moves");
        let problems = read(head).expect_err("moves nothing");
        assert!(problems.to_string().contains("placebo = true"));
        let placebo = head.replacen("article = 7", "article = 0\nplacebo = true", 1);
        assert!(read(&placebo).expect("a placebo").moves.is_empty());
    }
}
