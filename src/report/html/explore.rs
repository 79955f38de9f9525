//! The interactive part: choose, and the path and the map follow.

use super::brief::Brief;
use super::marks::{esc, section};

/// The section; `left` are metrics without districts.
pub fn explore(brief: &Brief, left: &[String]) -> String {
    let lang = brief.lang;
    let choice = |id: &str, label: &str| {
        format!("<label for=\"{id}\"><span>{label}</span><select id=\"{id}\"></select></label>")
    };
    let choices: String = [
        ("metric", "Metric", "指标"),
        ("lever", "Reform", "改革措施"),
        ("region", "Region", "地区"),
        ("group", "Group", "群体"),
        ("horizon", "Horizon of the map", "地图的时间跨度"),
    ]
    .iter()
    .map(|(id, en, zh)| choice(id, lang.pick(en, zh)))
    .collect();
    let left = match left {
        [] => String::new(),
        some => lang.pick(
            format!(
                "<p class=\"note\">To keep the page small, districts are left out for: {}. They are in the files.</p>",
                esc(&some.join(", "))
            ),
            format!(
                "<p class=\"note\">为控制页面大小，以下指标未包含区县数据：{}。完整数据见结果文件。</p>",
                esc(&some.join("、"))
            ),
        ),
    };
    let help = lang.pick(
        "Move over the picture, or focus it and use the arrow keys, to read values. Black bars: means of the years that end at the horizons, as in all tables; the map shows these means. A click on a tile chooses the district.",
        "在图上移动指针，或选中图形后用左右方向键读取数值。黑色短线为各时间跨度末年的均值，与各表一致；地图显示的也是这些均值。点击方格可选择区县。",
    );
    let body = format!(
        "<div class=\"choices\">{choices}</div>\
         <figure><figcaption id=\"chart-title\"></figcaption><div id=\"chart\" tabindex=\"0\" role=\"group\" aria-labelledby=\"chart-title\" aria-describedby=\"readout\"></div>\
         <p id=\"readout\" aria-live=\"polite\"></p></figure>\
         <figure><figcaption id=\"tiles-title\"></figcaption><div id=\"tiles\"></div><p class=\"legend\" id=\"tiles-legend\"></p></figure>\
         <p class=\"note\">{help}</p>{left}<noscript><p>{}</p></noscript>",
        lang.pick(
            "This part needs JavaScript; everything else on the page does not.",
            "此部分需要启用JavaScript，页面其余部分不受影响。"
        )
    );
    section("explore", lang.pick("Explore every effect", "交互查询"), &body)
}
