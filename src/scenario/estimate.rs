//! `[estimate]`: an event study and a difference in differences inside the model.

use super::KnownWorld;
use super::merge::{Draft, Setting};
use super::quarter::{FORM, Quarter};
use super::run_keys::read_regions;
use super::{Known, Scenario};
use crate::base::fields::{Fields, Limits, texts};
use crate::base::problem::{Problem, Problems, Source};
use crate::base::spanned::{Node, Value, quote};

/// Keys of the table, with their section.
pub(super) const KEYS: [&str; 8] = [
    "estimate.outcome",
    "estimate.group",
    "estimate.treated",
    "estimate.control",
    "estimate.pre",
    "estimate.post",
    "estimate.log",
    "estimate.published",
];

/// What is estimated: the outcome of treated regions against that of controls, after against before.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Metric.
    pub outcome: String,
    /// Group of the metric, `all` unless said otherwise.
    pub group: String,
    /// Whether the outcome is put in logs.
    pub log: bool,
    /// Regions and groups of regions that are treated.
    pub treated: Vec<String>,
    /// Places of the treated regions.
    pub treated_places: Vec<usize>,
    /// Regions and groups of regions to compare with.
    pub control: Vec<String>,
    /// Places of the control regions.
    pub control_places: Vec<usize>,
    /// First and last quarter before.
    pub pre: [Quarter; 2],
    /// First and last quarter after.
    pub post: [Quarter; 2],
    /// What has been published about it.
    pub published: Option<Published>,
}

/// A published estimate to hold the model's against, in the unit of the outcome (log points as a share).
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// Point estimate.
    pub value: f64,
    /// Lower end of its interval, if one is published.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Who estimated it, of what.
    pub source: String,
}

impl Published {
    /// Whether the model's interval meets the published one (or the point, where no interval is published): `agrees`,
    /// `above` or `below`.
    pub fn verdict(&self, low: f64, high: f64) -> &'static str {
        match (self.low.unwrap_or(self.value), self.high.unwrap_or(self.value)) {
            (_, top) if low > top => "above",
            (bottom, _) if high < bottom => "below",
            _ => "agrees",
        }
    }
}

/// Reads the table, if the scenario has one.
pub(super) fn read(
    draft: &Draft,
    known: &Known,
    world: Option<&KnownWorld>,
    span: Option<(Quarter, u32)>,
) -> Result<Option<Estimate>, Problems> {
    let found = KEYS.iter().find_map(|key| draft.run.get(key));
    let Some(first) = found else {
        return Ok(None);
    };
    let mut problems = Problems::default();
    let missing = |key: &str| {
        let message = format!("`{key}` is missing: `[estimate]` needs outcome, treated, control, pre and post");
        Problems::from(first.source.problem(&first.node.span, key, message))
    };
    let get = |key: &'static str| draft.run.get(key).ok_or_else(|| missing(key));
    let outcome = problems.take(get(KEYS[0]).and_then(|s| name(s, KEYS[0], &known.measured.metrics, "metric")));
    let group = match draft.run.get(KEYS[1]) {
        Some(s) => problems.take(name(s, KEYS[1], &known.measured.groups, "group")),
        None => Some("all".to_owned()),
    };
    let treated = problems.take(get(KEYS[2]).and_then(|s| regions(s, KEYS[2], world)));
    let control = problems.take(get(KEYS[3]).and_then(|s| regions(s, KEYS[3], world)));
    let pre = problems.take(get(KEYS[4]).and_then(|s| window(s, KEYS[4], span)));
    let post = problems.take(get(KEYS[5]).and_then(|s| window(s, KEYS[5], span)));
    let log = problems.take(draft.run.get(KEYS[6]).map_or(Ok(false), flag));
    let published = match draft.run.get(KEYS[7]) {
        Some(s) => problems.take(published(s)).map(Some),
        None => Some(None),
    };
    if let (Some((_, a)), Some((_, b)), Ok(s)) = (&treated, &control, get(KEYS[3])) {
        problems.take(apart(s, a, b));
    }
    if let (Some(a), Some(b), Ok(s)) = (pre, post, get(KEYS[5])) {
        problems.take(after(s, a, b));
    }
    problems.or(())?;
    let read = || {
        let ((treated, treated_places), (control, control_places)) = (treated?, control?);
        Some(Estimate {
            outcome: outcome?,
            group: group?,
            log: log?,
            treated,
            treated_places,
            control,
            control_places,
            pre: pre?,
            post: post?,
            published: published?,
        })
    };
    Ok(read())
}

/// No region is in both groups.
fn apart(setting: &Setting, treated: &[usize], control: &[usize]) -> Result<(), Problems> {
    if !treated.iter().any(|place| control.contains(place)) {
        return Ok(());
    }
    let message = "`estimate.control` has a region that is also in `estimate.treated`";
    Err(setting.source.problem(&setting.node.span, KEYS[3], message).into())
}

/// The second window begins after the first one.
fn after(setting: &Setting, pre: [Quarter; 2], post: [Quarter; 2]) -> Result<(), Problems> {
    if post[0] > pre[1] {
        return Ok(());
    }
    let message = format!(
        "`estimate.post` begins in {}, but must begin after `estimate.pre`",
        post[0]
    );
    Err(setting.source.problem(&setting.node.span, KEYS[5], message).into())
}

fn name(setting: &Setting, key: &str, known: &[String], what: &str) -> Result<String, Problems> {
    let Setting { source, node } = setting;
    let Some(text) = node.text() else {
        return Err(node.wrong(source, key, &format!("the name of a {what}")).into());
    };
    if known.is_empty() || known.iter().any(|k| k == text) {
        return Ok(text.to_owned());
    }
    let problem = source.problem(&node.span, key, format!("`{key}` is `{text}`, which is not a {what}"));
    Err(problem.near(text, known.iter().map(String::as_str)).into())
}

fn flag(setting: &Setting) -> Result<bool, Problems> {
    let Setting { source, node } = setting;
    match node.value {
        Value::Bool(on) => Ok(on),
        _ => Err(node.wrong(source, KEYS[6], "true or false").into()),
    }
}

fn published(setting: &Setting) -> Result<Published, Problems> {
    let Setting { source, node } = setting;
    let keys = ["value", "low", "high", "source"];
    let mut table = Fields::open(source, KEYS[7], node.span.clone(), node, &keys)?;
    let any = Limits::new(-1e12, 1e12, "");
    let number = |key: &str, node: &Node| any.number(source, &format!("{}.{key}", KEYS[7]), node);
    let value = table.required("value").map(|n| number("value", n));
    let [low, high] = ["low", "high"].map(|key| table.optional(key).map(|n| number(key, n)));
    let cited = table.text("source");
    table.problems.or(())?;
    Ok(Published {
        value: value.transpose()?.unwrap_or(f64::NAN),
        low: low.transpose()?,
        high: high.transpose()?,
        source: cited.unwrap_or_default(),
    })
}

type Places = (Vec<String>, Vec<usize>);

fn regions(setting: &Setting, key: &str, world: Option<&KnownWorld>) -> Result<Places, Problems> {
    let allowed = "a list of regions and groups of regions";
    read_regions(&setting.source, &setting.node, key, allowed, world)
}

/// First and last quarter of a window, both inside the run.
fn window(setting: &Setting, key: &str, span: Option<(Quarter, u32)>) -> Result<[Quarter; 2], Problems> {
    let Setting { source, node } = setting;
    let wrong = || {
        Problems::from(node.wrong(
            source,
            key,
            "a first and a last quarter, such as [\"2026Q1\", \"2027Q4\"]",
        ))
    };
    let list = texts(node).ok_or_else(wrong)?;
    let [first, last] = list.as_slice() else {
        return Err(wrong());
    };
    let parse = |text: &str| -> Result<Quarter, Problems> {
        let problem = || refuse(source, node, key, format!("`{text}` in `{key}` must be {FORM}"));
        text.parse().map_err(|_| Problems::from(problem()))
    };
    let ends = [parse(first.0)?, parse(last.0)?];
    if ends[1] < ends[0] {
        return Err(refuse(source, node, key, format!("`{key}` ends before it begins")).into());
    }
    if let Some((start, quarters)) = span {
        let end = start.plus(i64::from(quarters) - 1);
        if ends[0] < start || ends[1] > end {
            return Err(refuse(source, node, key, format!("`{key}` must lie between {start} and {end}")).into());
        }
    }
    Ok(ends)
}

fn refuse(source: &Source, node: &Node, key: &str, message: String) -> Problem {
    source.problem(&node.span, key, message)
}

impl Scenario {
    /// The lines of `[estimate]`; empty if there is none.
    pub(super) fn estimate_lines(&self) -> String {
        let Some(e) = &self.estimate else {
            return String::new();
        };
        let list = |items: &[String]| items.iter().map(|x| quote(x)).collect::<Vec<_>>().join(", ");
        let window = |w: &[Quarter; 2]| format!("[\"{}\", \"{}\"]", w[0], w[1]);
        let published = e.published.as_ref().map_or_else(String::new, |p| {
            let end = |key: &str, x: Option<f64>| x.map_or_else(String::new, |x| format!(", {key} = {x:?}"));
            let (low, high) = (end("low", p.low), end("high", p.high));
            format!(
                "published = {{ value = {:?}{low}{high}, source = {} }}\n",
                p.value,
                quote(&p.source)
            )
        });
        format!(
            "\n[estimate]\noutcome = {}\ngroup = {}\nlog = {}\ntreated = [{}]\ncontrol = [{}]\npre = {}\npost = {}\n{published}",
            quote(&e.outcome),
            quote(&e.group),
            e.log,
            list(&e.treated),
            list(&e.control),
            window(&e.pre),
            window(&e.post),
        )
    }
}
