//! The sentence on who gains and who loses: groups of people, else districts.

use super::{told, told_of};
use crate::report::html::Language;
use crate::report::html::brief::{Brief, sure};
use crate::report::html::gains::{self, Gain};
use crate::report::html::sheet::Sheet;
use crate::report::stats::Interval;
use crate::report::units::number;

/// Kinds of groups of people among which the greatest gain and loss are sought.
const KINDS: [&str; 3] = ["hukou_status", "income_quintile", "skill"];

/// Who: groups of people, else districts.
pub fn who(brief: &Brief) -> Option<String> {
    if brief.about.seeds == 1 {
        let nothing = brief.lang.pick(
            "With one seed nothing can be said about who gains and who loses.",
            "仅有一个种子，无法判断谁受益、谁受损。",
        );
        return Some(nothing.to_owned());
    }
    let Some(sheet) = &brief.gains else {
        return districts(brief);
    };
    let Some((best, worst, looked)) = extremes(brief, sheet) else {
        return districts(brief);
    };
    let winner = match (brief.lang, best) {
        (Language::En, Some((when, g))) => format!("The largest sure gain of any group is that of {g} after {when}"),
        (Language::En, None) => "No group's gain is distinguishable from zero at any horizon".to_owned(),
        (Language::Zh, Some((when, g))) => format!("受益最大的群体为{g}（{when}后）"),
        (Language::Zh, None) => "在任何期限上都没有群体的收益显著大于零".to_owned(),
    };
    let loser = match (brief.lang, worst) {
        (Language::En, Some((when, g))) => format!("; the largest sure loss is that of {g} after {when}"),
        (Language::En, None) => "; no group's mean loss is distinguishable from zero at any horizon".to_owned(),
        (Language::Zh, Some((when, g))) => format!("；受损最大的群体为{g}（{when}后）"),
        (Language::Zh, None) => "；在任何期限上都没有群体的平均损失显著异于零".to_owned(),
    };
    let choice = brief.lang.pick(
        format!(" (chosen among {looked} intervals, not adjusted for the choice)"),
        format!("（从{looked}个区间中选出，未作多重比较调整）"),
    );
    let everybody = gains::of(brief, sheet, &brief.main().id, "all", sheet.last_horizon()).0;
    let share = everybody.first().map(|g| worse_off(brief, g, sheet.last_horizon()));
    let end = brief.lang.pick(".", "。");
    Some(format!("{winner}{loser}{choice}{}{end}", share.unwrap_or_default()))
}

/// How many of all people lose and gain.
fn worse_off(brief: &Brief, g: &Gain, years: f64) -> String {
    let per_cent = |x: f64| format!("{}%", number(100.0 * x, 0));
    let when = brief.years(years);
    match g.over {
        Some([lose, gain, sure]) => {
            let (lose, gain, sure) = (per_cent(lose), per_cent(gain), per_cent(sure));
            brief.lang.pick(
                format!("; after {when} {lose} of the people lose more than 1% of income and {gain} gain as much, much of it luck, and {sure} belong to cells of people that surely lose"),
                format!("；{when}后{lose}的人损失超过收入的1%，{gain}的人受益超过1%（其中相当部分出于际遇），{sure}的人属于确定受损的群组"),
            )
        }
        None if g.losers.is_finite() => {
            let share = per_cent(g.losers);
            brief.lang.pick(
                format!("; after {when} {share} of the people are worse off (up to half would be by luck alone)"),
                format!("；{when}后{share}的人境况变差（仅因随机性也可达约一半）"),
            )
        }
        None => String::new(),
    }
}

/// When, and whose gain or loss it is.
type Told = Option<(String, String)>;

/// The largest gain and the largest loss that are distinguishable from zero, over all horizons and groups of people, and
/// the number of intervals among which they were sought; `None` without such groups.
fn extremes(brief: &Brief, sheet: &Sheet) -> Option<(Told, Told, usize)> {
    let mut found: [Option<(f64, (String, String))>; 2] = [None, None];
    let mut looked = 0;
    for years in sheet.horizons() {
        for kind in KINDS {
            let (gains, unit, digits) = gains::of(brief, sheet, &brief.main().id, kind, years);
            looked += gains.len();
            let (best, worst) = gains::extremes(&gains);
            for (place, g) in [best, worst].into_iter().enumerate() {
                let Some(g) = g else { continue };
                let size = g.gain.mean.abs();
                if found[place].as_ref().is_none_or(|f| size > f.0) {
                    let gain = told(brief.lang, &g.gain, digits, &unit);
                    let whose = brief
                        .lang
                        .pick(format!("“{}”, {gain},", g.name), format!("“{}”，{gain}", g.name));
                    found[place] = Some((size, (brief.years(years), whose)));
                }
            }
        }
    }
    let [best, worst] = found.map(|f| f.map(|f| f.1));
    (looked > 0).then_some((best, worst, looked))
}

/// How many districts gain and lose income per head.
fn districts(brief: &Brief) -> Option<String> {
    let (last, years) = brief.last();
    let measure = brief.measure("income_per_head")?;
    let tiles = brief
        .places
        .iter()
        .filter(|p| p.tile.0 >= 0 && p.group != "chengdu" && p.group != "outside");
    let found: Vec<(&str, Interval)> = tiles
        .filter_map(|p| Some((p.name.as_str(), brief.effect(0, "income_per_head", &p.id, last)?)))
        .collect();
    let up = found.iter().filter(|(_, i)| sure(i) && i.mean > 0.0).count();
    let down = found.iter().filter(|(_, i)| sure(i) && i.mean < 0.0).count();
    let best = found.iter().max_by(|a, b| a.1.mean.total_cmp(&b.1.mean))?;
    let (when, all) = (brief.years(years), found.len());
    let most = told_of(brief, measure, &best.1);
    let luck = number(0.05 * all as f64, 0);
    Some(brief.lang.pick(
        format!(
            "After {when}, income per head is distinguishably higher in {up} of {all} districts and lower in {down} (by luck alone, about {luck} would differ); the largest estimate is {}’s: {most}.",
            best.0
        ),
        format!("{when}后，{all}个区县中有{up}个人均可支配收入显著上升、{down}个显著下降（仅因随机性约{luck}个会出现差异）；估计值最大的是{}：{most}。", best.0),
    ))
}
