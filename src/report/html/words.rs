//! Prose of the page: heading, caveats, method, provenance.

use super::Language;
use super::brief::Brief;
use super::marks::{esc, section};
use super::names;
use super::sheet::Line;
use crate::experiment::compare::FEW;
use crate::report::units::number;

/// What the model leaves out and how that may bias the results; in full in `docs/model.md`, section 9.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "Input-output links between sectors: effects that spread through prices and costs are too small.",
        "行业间投入产出联系未纳入：经由价格和成本传导的效应偏小。",
    ),
    (
        "Monetary policy responses, bank runs, household mortgages: effects of credit reforms on rates are too small, on demand too large.",
        "货币政策反应、银行挤兑和居民按揭未纳入：信贷改革对利率的效应偏小，对需求的效应偏大。",
    ),
    (
        "Cost of registers, platforms and supervision, where no payer is named: net gains are overstated by it.",
        "登记、平台和监管成本（未列明付费方的部分）未计入：净收益偏高。",
    ),
    (
        "Terrain and indivisible plots: gains of land reform are overstated.",
        "地形和地块不可分性未纳入：土地改革的收益偏高。",
    ),
    (
        "Trend growth of urban land (what reforms convert is modelled): housing and land prices rise too much where people move in.",
        "城市建设用地的趋势性增长未纳入（改革引起的转用已纳入）：人口流入地的住房和土地价格上涨偏多。",
    ),
    (
        "Births, deaths and schooling; women and men; growing networks of migrants: long-run effects on migration are uncertain.",
        "生育、死亡、教育、性别差异以及迁移网络的扩展未纳入：对人口迁移的长期效应不确定。",
    ),
    (
        "Foresight: nobody acts ahead of an announced reform; lags are overstated.",
        "无前瞻预期：无人在改革宣布后提前行动，滞后期偏长。",
    ),
];

/// Title of the page.
pub fn title(brief: &Brief) -> String {
    let name = brief.about.field("name");
    match lever_ids(brief).as_slice() {
        [] => brief.lang.pick(
            format!("What the reforms of “{name}” do"),
            format!("改革方案“{name}”的效应评估"),
        ),
        [one] => names::arm_title(brief.lang, &brief.about, one),
        list => brief.lang.pick(
            format!("What {}{} do in {}", count(list.len()), chapters(brief), place(brief)),
            format!(
                "{}{}项要素市场化改革措施{}的效应评估",
                place(brief),
                list.len(),
                chapters(brief)
            ),
        ),
    }
}

fn count(levers: usize) -> String {
    format!("{levers} reforms of factor markets")
}

/// How many chapters of the plan the levers come from, where they enter by chapter; else nothing.
pub fn chapters(brief: &Brief) -> String {
    if !brief.about.by_chapter() {
        return String::new();
    }
    let n = brief
        .shown_arms()
        .iter()
        .filter(|&&a| !brief.arms[a].package)
        .count()
        .max(1);
    match brief.lang {
        Language::En if n == 1 => " in one chapter".to_owned(),
        Language::En => format!(" in {n} chapters"),
        Language::Zh => format!("（{n}章）"),
    }
}

/// Heading of the page.
pub fn header(brief: &Brief) -> String {
    let a = &brief.about;
    let (scale, quarters, seeds) = (a.field("scale"), a.field("quarters"), a.seeds.to_string());
    let lede = brief.lang.pick(
        format!(
            "Simulated effects of reforms on {}, against the same economy without them: {quarters} quarters from {}, {seeds} random seeds, one agent for {scale} people.",
            place(brief),
            brief.quarter(0)
        ),
        format!(
            "与未实施改革的同一经济相比，各项改革对{}的模拟效应：自{}起共{quarters}个季度，{seeds}个随机种子，每个主体代表{scale}人。",
            place(brief),
            brief.quarter(0)
        ),
    );
    let levers: String = lever_ids(brief)
        .iter()
        .filter_map(|id| names::lever(brief.lang, &a.resolved, id))
        .map(|l| {
            format!(
                "<li><strong>{}</strong>{}</li>",
                esc(&l.title),
                aside(brief.lang, &l.article)
            )
        })
        .collect();
    let list = if levers.is_empty() {
        levers
    } else {
        format!("<ul class=\"levers\">{levers}</ul>")
    };
    let kicker = brief.lang.pick("Policy brief", "政策简报");
    format!(
        "<header><p class=\"kicker\">{kicker} · yaosu</p><h1>{}</h1><p class=\"lede\">{}</p>{list}</header>",
        esc(&title(brief)),
        esc(&lede)
    )
}

fn aside(lang: Language, text: &str) -> String {
    match (text, lang) {
        ("", _) => String::new(),
        (text, Language::En) => format!(" <span class=\"unit\">({})</span>", esc(text)),
        (text, Language::Zh) => format!("<span class=\"unit\">（{}）</span>", esc(text)),
    }
}

fn place(brief: &Brief) -> String {
    match brief.about.field("world").as_str() {
        "chongqing" | "" => brief.lang.pick("Chongqing", "重庆").to_owned(),
        other => other.to_owned(),
    }
}

/// Names of the single levers of the folder, those of chapters one by one.
pub fn lever_ids(brief: &Brief) -> Vec<String> {
    let singles: Vec<String> = brief
        .arms
        .iter()
        .filter(|a| !a.package && !a.id.contains('+'))
        .flat_map(|a| brief.about.members(&a.id))
        .collect();
    if !singles.is_empty() {
        return singles;
    }
    let mut active = names::active(&brief.about.resolved);
    active.sort_by_cached_key(|id| names::lever(brief.lang, &brief.about.resolved, id).map_or(0, |l| l.number));
    active
}

/// How far the results can be trusted.
pub fn caveats(brief: &Brief) -> String {
    let lang = brief.lang;
    let rows: String = lever_ids(brief)
        .iter()
        .filter_map(|id| names::lever(lang, &brief.about.resolved, id))
        .map(|l| {
            let more = match lang {
                _ if l.note.is_empty() => format!("{}{}", names::grade(lang, &l.grade), lang.pick(".", "。")),
                Language::En => format!(
                    "{}. <span class=\"note\">Paid by: {}.</span>",
                    esc(&sentence(&l.note)),
                    esc(&l.pays)
                ),
                Language::Zh => format!(
                    "{}。<span class=\"note\">成本承担：{}。</span>",
                    esc(&l.note),
                    esc(&l.pays)
                ),
            };
            let grade = match lang {
                Language::En if l.grade == "ASSUMPTION" => format!("Assumption: {}", names::grade(lang, &l.grade)),
                Language::En => format!("Grade {}: {}", l.grade, names::grade(lang, &l.grade)),
                Language::Zh if l.grade == "ASSUMPTION" => "假设".to_owned(),
                Language::Zh => format!("{}级", l.grade),
            };
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{more}</td></tr>",
                esc(&l.title),
                esc(&grade)
            )
        })
        .collect();
    let heads = lang.pick(
        ["Reform", "Evidence", "What is known"],
        ["改革措施", "证据等级", "依据"],
    );
    let head: String = heads.iter().map(|h| format!("<th scope=\"col\">{h}</th>")).collect();
    let table = match rows.is_empty() {
        true => String::new(),
        false => format!("<table class=\"prose\"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"),
    };
    let left: String = LEFT_OUT
        .iter()
        .map(|(en, zh)| format!("<li>{}</li>", esc(lang.pick(en, zh))))
        .collect();
    let intro = [
        brief.intervals(
            "Intervals tell the luck of the draw across seeds and nothing else.",
            "置信区间只反映随机种子之间的差异。",
        ),
        lang.pick(
            " Whether the model and the strength of a reform are right, the grade of evidence tells.",
            "模型设定和改革力度是否正确，请看下列证据等级。",
        ),
    ]
    .concat();
    let head = lang.pick("What the model leaves out", "模型未纳入的因素");
    section(
        "caveats",
        lang.pick("How far to trust this", "结论的可信程度"),
        &format!("<p>{intro}</p>{table}<h3>{head}</h3><ul>{left}</ul>"),
    )
}

/// The text with a capital at its start.
fn sentence(text: &str) -> String {
    text.chars()
        .take(1)
        .flat_map(char::to_uppercase)
        .chain(text.chars().skip(1))
        .collect()
}

/// How the numbers were made.
pub fn method(brief: &Brief) -> String {
    let lang = brief.lang;
    let interval = match brief.about.compared && brief.about.seeds >= FEW {
        true => lang.pick(
            "Intervals are 95% intervals by paired bootstrap over seeds.",
            "95%置信区间采用对种子的配对自助法（bootstrap）计算。",
        ),
        false => brief.intervals(
            "Intervals are 95% intervals of the mean of the paired differences (Student t).",
            "95%置信区间为配对差异均值的t区间。",
        ),
    };
    let text = lang.pick(
        "Baseline and reform start from the same simulated world and share all luck: a draw depends on who draws, when and for \
         what, never on the law. Effects are therefore differences seed by seed, averaged over seeds; what no reform touches \
         cancels out.",
        "基准情景与改革情景从同一模拟世界出发，并共享全部随机因素：每次抽取只取决于主体、时间和用途，与制度无关。因此效应是逐个种子的差值再求平均，未受改革影响的部分相互抵消。",
    );
    let more = lang.pick(
        "Metrics in yuan, people and firms are told in per cent of the baseline, shares in percentage points.",
        "以元、人、家计量的指标以相对基准的百分比表示，比率类指标以百分点表示。",
    );
    section(
        "method",
        lang.pick("Method", "方法"),
        &format!(
            "<p>{}</p>{}",
            [text, interval, more].join(lang.pick(" ", "")),
            reduction(brief)
        ),
    )
}

/// How many times more seeds independent runs would need: GDP, the median metric, the worst.
fn reduction(brief: &Brief) -> String {
    let Some(sheet) = &brief.table else {
        return String::new();
    };
    let (arm, years) = (&brief.main().id, brief.last().1);
    let mine = |l: &Line| l.text("lever") == arm && l.of_years(years) && l.text("region") == "total";
    let lines: Vec<Line> = sheet
        .lines()
        .filter(mine)
        .filter(|l| l.text("group") == "all")
        .collect();
    let ratio = |l: &Line| Some(l.number("variance_reduction")).filter(|x| x.is_finite() && *x > 0.0);
    let mut all: Vec<(f64, &str)> = lines
        .iter()
        .filter_map(|l| Some((ratio(l)?, l.text("metric"))))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let gdp = lines.iter().find(|l| l.text("metric") == "gdp_real");
    let (Some(gdp), Some(worst)) = (gdp.filter(|l| ratio(l).is_some()), all.first()) else {
        return String::new();
    };
    let show = |x: f64| number(x, if x < 10.0 { 1 } else { 0 });
    let ends = [gdp.number("reduction_low"), gdp.number("reduction_high")];
    let between = match ends.iter().all(|x| x.is_finite()) {
        true => brief.lang.pick(
            format!(" (95% interval {} to {})", show(ends[0]), show(ends[1])),
            format!("（95%区间{}至{}）", show(ends[0]), show(ends[1])),
        ),
        false => String::new(),
    };
    let (of_gdp, median) = (show(gdp.number("variance_reduction")), show(all[all.len() / 2].0));
    let (least, name) = (show(worst.0), names::metric(brief.lang, worst.1));
    let inside = names::inside(brief.lang, &name);
    let text = brief.lang.pick(
        format!("What pairing is worth: without shared luck the same precision would need {of_gdp} times the seeds for real GDP{between}, {median} times for the median metric, and {least} times for the worst ({inside}); one means that pairing brings nothing."),
        format!("配对的价值：若不共享随机因素，要达到同样精度，实际地区生产总值需{of_gdp}倍的种子{between}，中位指标需{median}倍，最差指标（{name}）需{least}倍；1倍表示配对没有帮助。"),
    );
    format!("<p id=\"reduction\">{}</p>", esc(&text))
}

/// How many seeds were enough, if that was asked; else nothing.
fn stopping(brief: &Brief) -> String {
    let a = &brief.about;
    let (until, width) = (a.field("until"), a.field("half_width"));
    if until.is_empty() {
        return until;
    }
    let target = a.field("target").replace(['[', ']', '"'], "");
    let width = number(width.parse().unwrap_or(f64::NAN), 4);
    let reached = a.field("half_width_reached") == "true";
    brief.lang.pick(
        format!(
            "--until {until} of {target}: {}, widest half-width {width}; seeds added one look after another, so intervals cover slightly less than 95%",
            if reached { "reached" } else { "not reached" }
        ),
        format!(
            "--until {until}（{target}）：{}，最宽半宽{width}；由于逐次追加种子后停止，区间的实际覆盖率略低于95%",
            if reached { "已达到" } else { "未达到" }
        ),
    )
}

/// Where the numbers come from and how to make them again.
pub fn provenance(brief: &Brief) -> String {
    let (lang, a) = (brief.lang, &brief.about);
    let seeds = match a.manifest.get("seeds").and_then(toml::Value::as_array) {
        Some(list) => list.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        None => a.seeds.to_string(),
    };
    let wall = a.field("wall_seconds").parse::<f64>().map(|s| {
        let s = number(s, 0);
        lang.pick(format!("{s} s"), format!("{s}秒"))
    });
    let command = match a.field("command") {
        told if !told.is_empty() => told,
        _ => format!("yaosu {} resolved.toml", if a.compared { "compare" } else { "run" }),
    };
    let rows = [
        (lang.pick("Scenario", "方案"), a.field("name")),
        (lang.pick("Hash", "哈希"), a.field("hash")),
        (lang.pick("Version of yaosu", "yaosu版本"), a.field("version")),
        (lang.pick("World", "模拟地区"), a.field("world")),
        (lang.pick("People per agent", "每个主体代表人数"), a.field("scale")),
        (lang.pick("Quarters", "季度数"), a.field("quarters")),
        (lang.pick("Reform date", "改革日期"), a.field("reform_date")),
        (lang.pick("Stopping rule", "停止规则"), stopping(brief)),
        (lang.pick("Seeds", "随机种子"), seeds),
        (lang.pick("Wall time", "运行时间"), wall.unwrap_or_default()),
        (lang.pick("Audited stages", "已审计阶段数"), a.field("audited_stages")),
        (lang.pick("Files", "文件"), a.files.join(", ")),
    ];
    let table: String = rows
        .iter()
        .filter(|(_, v)| !v.is_empty())
        .map(|(k, v)| format!("<tr><th scope=\"row\">{k}</th><td class=\"code\">{}</td></tr>", esc(v)))
        .collect();
    let again = lang.pick("To repeat it, from the folder:", "在结果文件夹中运行以下命令即可重复：");
    let redraw = match lang {
        Language::En => "yaosu report .",
        Language::Zh => "yaosu report . --lang zh",
    };
    let commands = match a.resolved.is_empty() {
        true => redraw.to_owned(),
        false => format!("{command}\n{redraw}"),
    };
    section(
        "provenance",
        lang.pick("Provenance", "数据来源与复现"),
        &format!(
            "<table class=\"prose\"><tbody>{table}</tbody></table><p>{again}</p><pre>{}</pre>",
            esc(&commands)
        ),
    )
}
