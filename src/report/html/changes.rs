//! What the reforms are: rules before and after, when and where, how they work, and whether they bit at their own margin.

use super::Language;
use super::brief::{Brief, sure};
use super::marks::{self, esc, section};
use super::names::{self, LeverFacts};
use super::words::lever_ids;
use crate::report::units::{self, number};

/// Rules that levers move: key, Chinese name; the English one stands in the baseline.
const RULES: &[(&str, &str)] = &[
    ("computing.hub_share", "枢纽算力与期初企业算力之比"),
    ("credit.application_cost", "申请贷款的成本（占中位贷款额）"),
    ("credit.data_loan_to_value", "自有数据的贷款成数"),
    ("credit.digital_discount", "数字企业贴息"),
    ("credit.first_loan_outreach", "首贷中心上门服务的无贷企业"),
    ("credit.first_loan_relief", "首次申请成本由中心承担的比例"),
    ("credit.green_discount", "绿色行业贴息"),
    ("credit.maturity", "贷款平均期限（年）"),
    ("credit.outside_share", "银行境外融资的贷款比例"),
    ("credit.repaid_before_renewal", "续贷前须先还款的比例"),
    ("credit.signal_noise", "银行信用判断的误差方差"),
    ("credit.write_off_delay", "违约至核销的时间（年）"),
    ("data.connected_share", "接入数据交易所的企业比例"),
    ("data.exchange_fee", "数据交易所费率"),
    ("data.sharing_loss", "共享数据的预期损失"),
    ("energy.certificate_price", "绿证价格（元/千瓦时）"),
    ("energy.efficient_ranking", "按单位电力产出排序的限电比例"),
    ("energy.gas_capacity", "有气可用的气电装机"),
    ("energy.line_capacity", "外来电通道容量"),
    ("energy.spot_share", "按现货市场定价的电量比例"),
    ("energy.storage", "高峰时储能出力（占平均负荷）"),
    ("entry.services_barrier", "服务业准入壁垒"),
    ("entry.tied_equity", "只能在当地投资的新企业股本比例"),
    ("farmland.insecure_share", "租赁权无保障的农户比例"),
    ("farmland.plot_swap", "闲置好地与在耕差地互换的比例"),
    ("farmland.reach", "跨区县流转所缩小的地租差距"),
    ("farmland.transaction_cost", "流转双方交易成本（占租金）"),
    ("fiscal.infrastructure_sales", "每年出售的公共资本"),
    ("fiscal.transfers_follow_residents", "按常住人口分配的转移支付"),
    ("hukou.land_kept_on_conversion", "落户后保留的土地权益"),
    ("hukou.service_access_permit", "非本地户籍居民享有的公共服务"),
    ("hukou.village_services", "农村与城镇公共服务之比"),
    ("hukou.years_portable_in_circle", "成渝之间互认的居住年限"),
    ("hukou.years_required", "落户所需居住年限"),
    ("labour.credential_discount", "资格不被承认造成的技能损失"),
    ("labour.profit_share", "工资之外的利润分享"),
    ("labour.search_support", "重新开始求职的失业者"),
    ("own_account.contribution", "灵活就业者缴费率"),
    ("own_account.cover", "歇业后的收入保障率"),
    ("permits.basin_compensation", "下游区县补偿占收入比例"),
    ("permits.basin_reach", "流域内跨区县交易比例"),
    ("permits.carbon_by_output", "按当期产出发放的碳配额比例"),
    ("permits.carbon_cap", "碳配额总量与期初排放之比"),
    ("permits.carbon_trade", "可交易的碳配额比例"),
    ("permits.discharge_trade", "可交易的排污权比例"),
    ("permits.loan_to_value", "环境权益的贷款成数"),
    ("permits.water_trade", "可交易的用水权比例"),
    ("placebo.nothing", "不起任何作用"),
    ("posts.hiring", "每季招录到专项岗位的高技能失业者"),
    ("prices.administered_deposit_rate", "存款利率的管制权重"),
    ("prices.administered_power", "电力合同中管制电价的权重"),
    ("public_data.fee", "公共数据使用费（占其价值）"),
    ("public_data.opened", "向企业开放的公共数据比例"),
    ("public_data.quality", "开放数据中企业可用的比例"),
    ("rural_land.collateral_value", "集体土地与国有土地抵押价值之比"),
    ("rural_land.equal_rights", "可出租给企业的集体经营性建设用地比例"),
    ("rural_land.exit_support", "宅基地退出的区县补助（元/平方米）"),
    ("rural_land.inspection_lag", "退出至形成指标的时间（年）"),
    ("rural_land.pool_share", "可跨区县使用的指标比例"),
    ("talent.graduates", "新增的高技能毕业生比例"),
    ("talent.permit_delay", "外国专家办证等待时间（年）"),
    ("talent.recruits", "新增引进的高技能人才比例"),
    ("technology.approval_cost", "审批、概念验证和评估成本（占普通成果价值）"),
    ("technology.co_investment", "权益基金投入青年企业研发的比例"),
    ("technology.firm_led_share", "企业牵头项目的科研经费比例"),
    ("technology.inventor_share", "发明人在许可收入中的份额"),
    ("technology.ip_loan_to_value", "知识产权的贷款成数"),
    ("technology.research_loss", "因经费管理损失的科研经费比例"),
    ("technology.research_share", "区县采购中的实验室科研经费比例"),
    ("technology.search_friction", "企业未能找到的适用成果比例"),
    ("technology.small_firm_discount", "小企业许可费减免比例"),
    ("trade.border_cost", "区域间市场壁垒（占卖方价格）"),
    ("trade.rail_bill_share", "铁路提单可作物权凭证的货物"),
    ("urban_land.allocation_noise", "用地排序的随机误差（对数点）"),
    ("urban_land.consent_cost", "规划许可成本（占新增建筑价值）"),
    (
        "urban_land.conversion_cost",
        "用途转换成本（占住宅与工业地价差；1为不可转换）",
    ),
    ("urban_land.digital_priority", "数字企业用地优先度"),
    ("urban_land.evaluation_fee", "低于行业平均亩产用地的年费率"),
    ("urban_land.flexible_share", "青年企业弹性年期用地比例"),
    ("urban_land.quota_follows_people", "随常住人口分配的年度指标比例"),
    ("urban_land.quota_per_settler", "每新增落户一人增加的建设用地（平方米）"),
    ("urban_land.renewal_cost", "续期成本（占地价）"),
    ("urban_land.state_idle_release", "国有企业闲置土地每年盘活比例"),
    ("urban_land.transfer_cost", "企业间土地转让成本（占地价；1为不可转让）"),
    ("village_credit.reach", "获得信用村授信的耕地比例"),
];

/// The section, or nothing without the scenario.
pub fn what(brief: &Brief) -> String {
    let Ok(resolved) = brief.about.resolved.parse::<toml::Table>() else {
        return String::new();
    };
    let blocks: String = lever_ids(brief)
        .iter()
        .filter_map(|id| {
            Some(lever(
                brief,
                &resolved,
                id,
                &names::lever(brief.lang, &brief.about.resolved, id)?,
            ))
        })
        .collect();
    if blocks.is_empty() {
        return blocks;
    }
    let note = brief.lang.pick(
        "Rules move from the first number to the second at full strength. Own margin: the measure that must move if the reform works at all.",
        "制度参数在完全实施后由前一数值变为后一数值。“直接作用指标”指该项改革若有效则首先应当变动的指标。",
    );
    section(
        "changes",
        brief.lang.pick("What changes", "改革内容"),
        &format!("{blocks}<p class=\"note\">{note}</p>"),
    )
}

/// One lever: title, mechanism, rules, when and where, own margin.
fn lever(brief: &Brief, resolved: &toml::Table, id: &str, facts: &LeverFacts) -> String {
    let lang = brief.lang;
    let mut rows = String::new();
    let mut row = |head: &str, text: &str| {
        rows += &format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", esc(head), esc(text));
    };
    for (key, target) in &facts.moves {
        let strength = switch(resolved, id, "intensity").and_then(number_of).unwrap_or(1.0);
        let (name, text) = rule(lang, resolved, key, *target, strength);
        row(&name, &text);
    }
    row(lang.pick("When and where", "时间与范围"), &when(brief, resolved, id));
    if let Some(text) = margin(brief, id, facts) {
        row(lang.pick("Own margin", "直接作用指标"), &text);
    }
    let mechanism = match facts.mechanism.is_empty() {
        true => String::new(),
        false => format!("<p>{}</p>", esc(&facts.mechanism)),
    };
    format!(
        "<h3>{}</h3>{mechanism}<table class=\"prose\"><tbody>{rows}</tbody></table>",
        esc(&facts.title)
    )
}

fn number_of(value: &toml::Value) -> Option<f64> {
    value.as_float().or(value.as_integer().map(|k| k as f64))
}

/// A key of a lever's switch.
fn switch<'a>(resolved: &'a toml::Table, id: &str, key: &str) -> Option<&'a toml::Value> {
    resolved.get("levers")?.get(id)?.get(key)
}

/// A rule's name, and its value before and after.
fn rule(lang: Language, resolved: &toml::Table, key: &str, target: f64, strength: f64) -> (String, String) {
    let path = key.split_once('.');
    let stated = path.and_then(|(section, name)| resolved.get("law")?.get(section)?.get(name));
    let before = stated.and_then(|v| number_of(v.get("value").unwrap_or(v)));
    let catalogue = crate::scenario::baseline().ok();
    let info = catalogue.as_ref().and_then(|c| c.get(&format!("law.{key}")));
    let zh = RULES.iter().find(|(k, _)| *k == key).map(|(_, zh)| *zh);
    let meaning = info.map_or(key, |i| i.meaning.as_str());
    let unit = info.map_or("", |i| i.unit.as_str());
    let share = unit.split_whitespace().next() == Some("share") || unit == "1/year" || unit == "1/quarter";
    let told = |x: f64| match share {
        true => format!("{}%", plain(100.0 * x)),
        false => plain(x),
    };
    let after = before.map_or(target, |b| b + strength * (target - b));
    let rest = match (lang, unit) {
        (Language::En, "1/year") => " a year",
        (Language::En, "1/quarter") => " a quarter",
        (Language::Zh, "1/year") => "（每年）",
        (Language::Zh, "1/quarter") => "（每季）",
        (Language::En, "share" | "ratio" | "") | (Language::Zh, _) => "",
        (Language::En, other) if share => other.strip_prefix("share").unwrap_or_default(),
        (Language::En, other) => return (capital(meaning), arrow(before.map(told), told(after)) + " " + other),
    };
    let name = lang.pick(capital(meaning), zh.unwrap_or(meaning).to_owned());
    (name, arrow(before.map(told), told(after)) + rest)
}

fn arrow(before: Option<String>, after: String) -> String {
    match before {
        Some(before) => format!("{before} → {after}"),
        None => format!("→ {after}"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

/// A number without needless zeros.
fn plain(x: f64) -> String {
    let text = number(x, 2);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// From when, how fast, where and how strongly.
fn when(brief: &Brief, resolved: &toml::Table, id: &str) -> String {
    let lang = brief.lang;
    let get = |key: &str| switch(resolved, id, key);
    let from = get("from").and_then(toml::Value::as_str).unwrap_or_default();
    let from = match (lang, from.split_once('Q')) {
        (Language::Zh, Some((year, quarter))) => format!("{year}年第{quarter}季度"),
        _ => from.to_owned(),
    };
    let quarters = get("phase_in").and_then(toml::Value::as_integer).unwrap_or(0);
    let strength = 100.0 * get("intensity").and_then(number_of).unwrap_or(1.0);
    let regions = match get("regions") {
        Some(toml::Value::Array(list)) => {
            let names = list.iter().filter_map(|v| v.as_str()).map(|id| brief.place_name(id));
            names.collect::<Vec<_>>().join(lang.pick(", ", "、"))
        }
        _ => lang.pick("everywhere", "全域").to_owned(),
    };
    let strength = plain(strength);
    match (lang, quarters) {
        (Language::En, 0 | 1) => format!("from {from}, at once, {regions}, at {strength}% of full strength"),
        (Language::En, n) => {
            format!("from {from}, phased in over {n} quarters, {regions}, at {strength}% of full strength")
        }
        (Language::Zh, 0 | 1) => format!("自{from}起一次到位；{regions}；力度{strength}%"),
        (Language::Zh, n) => format!("自{from}起分{n}个季度到位；{regions}；力度{strength}%"),
    }
}

/// The lever's own margin with the lever alone (or its chapter), at every horizon.
fn margin(brief: &Brief, id: &str, facts: &LeverFacts) -> Option<String> {
    let (metric, group) = facts.margin.as_ref()?;
    let measure = brief.measure(metric)?;
    let mine = |a: &usize| !brief.arms[*a].package && brief.about.members(&brief.arms[*a].id).iter().any(|m| m == id);
    let arm = brief.shown_arms().into_iter().find(mine).unwrap_or(0);
    let m = &brief.measures[measure];
    let parts: Vec<String> = (0..brief.horizons.len())
        .filter_map(|h| {
            let i = brief.group_effect(arm, metric, group, h)?;
            let text = marks::with_interval(&i, m.shown.digits);
            let unit = super::amounts::joined(brief.lang, String::new(), &m.shown.unit);
            let years = brief.years(brief.horizons[h]);
            let doubt = match sure(&i) {
                true => "",
                false => brief.lang.pick(", not distinguishable from zero", "，与零无显著差异"),
            };
            Some(brief.lang.pick(
                format!("after {years} {text}{unit}{doubt}"),
                format!("{years}后{text}{unit}{doubt}"),
            ))
        })
        .collect();
    let label = match group.as_str() {
        "all" | "total" => m.label.clone(),
        group => brief.lang.pick(
            format!("{}, {}", m.label, names::word(brief.lang, group)),
            format!("{}·{}", m.label, names::word(brief.lang, group)),
        ),
    };
    let baseline = brief.levels.get(&(metric.clone(), group.clone())).map(|level| {
        // a level of a share is in per cent, its changes are in points
        let (factor, unit) = match m.unit.as_str() {
            "share" => (100.0, "%".to_owned()),
            unit => super::amounts::level(brief.lang, unit, level.abs()),
        };
        let value = super::amounts::joined(
            brief.lang,
            number(factor * level, units::decimals(factor * level).min(2)),
            &unit,
        );
        brief
            .lang
            .pick(format!(" (baseline {value})"), format!("（基准{value}）"))
    });
    let told = parts.join(brief.lang.pick("; ", "；"));
    let colon = brief.lang.pick(": ", "：");
    (!parts.is_empty()).then(|| format!("{label}{}{colon}{told}", baseline.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn every_rule_that_a_lever_moves_has_a_chinese_name() {
        let levers = crate::scenario::levers(&crate::scenario::Known::default()).unwrap_or_else(|p| panic!("{p}"));
        for mv in levers.iter().flat_map(|lever| &lever.moves) {
            assert!(RULES.iter().any(|(key, _)| *key == mv.key), "{}", mv.key);
        }
    }
}
