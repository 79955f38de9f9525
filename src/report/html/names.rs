//! What metrics, groups, channels and levers are called in the two languages.

use super::Language;
use super::brief::About;
use crate::policy::{BUILT_IN, CHAPTERS, chapter_of};

/// Name in the files, English, Chinese.
type Name = (&'static str, &'static str, &'static str);

/// Metrics, those that a reader looks for first at the top.
pub const METRICS: &[Name] = &[
    ("gdp_real", "Real GDP", "实际地区生产总值"),
    ("income_per_head", "Disposable income per head", "人均可支配收入"),
    ("wage_mean", "Mean wage", "平均工资"),
    ("unemployment_rate", "Unemployment rate", "失业率"),
    ("urban_rural_ratio", "Urban-rural income ratio", "城乡居民收入比"),
    ("gini_income", "Gini of income", "收入基尼系数"),
    ("population", "Resident population", "常住人口"),
    ("hukou_conversions", "Settlements (hukou conversions)", "落户人数"),
    ("lease_share", "Farmland under lease", "农地流转率"),
    ("farm_productivity", "Farm output per mu", "亩均农业产出"),
    ("loan_application_rate", "Firms applying for loans", "企业贷款申请率"),
    ("mrpk_sd", "Dispersion of MRPK", "资本边际收益离散度"),
    ("mrpl_sd", "Dispersion of MRPL", "劳动边际收益离散度"),
    ("mrps_sd", "Dispersion of MRP of land", "土地边际收益离散度"),
    ("gdp_nominal", "Nominal GDP", "名义地区生产总值"),
    ("price_level", "Price level", "价格水平"),
    ("consumer_prices", "Consumer prices", "居民消费价格"),
    ("value_added_real", "Real value added by sector", "分行业实际增加值"),
    ("employment", "Employment", "就业人数"),
    ("urban_share", "Urban share of residents", "城镇化率"),
    ("migrant_share", "Residents with hukou elsewhere", "非本地户籍人口占比"),
    ("farm_workers", "Farm workers", "务农人数"),
    ("own_account_workers", "Own-account workers", "个体经营者人数"),
    ("vacancy_rate", "Vacancy rate", "职位空缺率"),
    ("hires", "Hires", "新招录人数"),
    ("wage", "Wage by skill and origin", "分技能和来源的工资"),
    (
        "log_wage_incumbent",
        "Wage of incumbents by group",
        "存量劳动者工资（对数）",
    ),
    (
        "income_place",
        "Income per head, town and village",
        "城乡人均可支配收入",
    ),
    ("gini_wealth", "Gini of financial wealth", "金融财富基尼系数"),
    ("moves", "In-migration of workers", "劳动者迁入人数"),
    ("farm_moves", "Moves between farm and town", "务农与进城转换人数"),
    ("idle_share", "Farmland left idle", "农地撂荒率"),
    ("farm_output_per_worker", "Farm output per worker", "劳均农业产出"),
    ("loan_discouraged_rate", "Discouraged borrowers", "放弃申请贷款企业占比"),
    ("loan_rejection_rate", "Loan rejection rate", "贷款拒绝率"),
    ("first_loans", "First loans to firms", "首贷企业数"),
    ("banked_share", "Firms with a bank loan", "有银行贷款企业占比"),
    ("loan_rate", "Loan rate", "贷款利率"),
    ("capital", "Capital of firms", "企业资本存量"),
    ("firms", "Number of firms", "企业数量"),
    ("firm_tail_exponent", "Tail exponent of firm sizes", "企业规模尾部指数"),
    ("firm_exits", "Firm exits", "企业退出数"),
    ("firm_entries", "Firm entries", "企业进入数"),
    ("insolvencies", "Insolvencies", "资不抵债企业数"),
    ("debt_gdp", "Firm debt over GDP", "企业债务与GDP之比"),
    ("bonds_gdp", "District bonds over GDP", "区县债券与GDP之比"),
    ("deposits_gdp", "Household deposits over GDP", "居民存款与GDP之比"),
    ("trade_balance_gdp", "Net exports over GDP", "净流出与GDP之比"),
    ("investment_gdp", "Investment over GDP", "投资与GDP之比"),
    ("consumption_gdp", "Consumption over GDP", "消费与GDP之比"),
    ("data_traded", "Payments for data", "数据交易额"),
    ("data_shared", "Data offered on the exchange", "数据上架比例"),
    ("housing_rent", "Rent of dwellings", "住房租金"),
    ("land_price", "Price of state land", "国有建设用地价格"),
    ("budget_revenue", "Revenue of districts", "区县财政收入"),
    ("public_purchases", "Purchases of districts", "区县政府采购"),
    ("loans_due_rate", "Loans coming due", "到期贷款企业占比"),
    ("bridge_costs", "Cost of bridge loans", "过桥资金成本"),
    ("bad_loan_share", "Bad loans", "不良贷款率"),
    ("loan_share", "Loans by sector", "分行业贷款占比"),
    ("deposit_rate", "Deposit rate", "存款利率"),
    ("exports", "Sales outside by good", "分产品对外销售"),
    ("wage_share", "Wage share", "劳动报酬占比"),
    (
        "services_outsiders",
        "Services for residents without local hukou",
        "非户籍居民人均公共服务",
    ),
    ("services_villagers", "Services for villagers", "农村居民人均公共服务"),
    ("public_capital", "Public capital", "公共资本存量"),
    (
        "transfers_to_migrants",
        "Transfers where migrants live",
        "外来人口所在地转移支付倾斜度",
    ),
    ("public_programmes", "Programmes and subsidies", "公共项目与贴息支出"),
    ("data_use", "Data in use over own data", "数据使用量与自有数据之比"),
    ("public_data_users", "Firms using public data", "使用公共数据企业占比"),
    ("computing_price", "Price of computing", "算力价格"),
    ("data_loans", "Loans on data", "数据资产质押贷款"),
    (
        "own_account_loss",
        "Income lost on giving up own-account work",
        "灵活就业中断的收入损失",
    ),
    ("public_posts", "Public posts for high skill", "特设岗位人数"),
    ("farm_loans", "Loans on farm rights", "农村权益抵押贷款"),
    ("outside_funds", "Loans funded outside", "境外资金支持的贷款"),
    ("hub_spending", "Investment in the computing hub", "算力枢纽投资"),
    ("power_price", "Price of power", "电价"),
    ("power_cut_share", "Power cut", "限电比例"),
    ("shortage_loss", "Output lost to power cuts", "缺电产出损失"),
    ("power_per_output", "Power per output", "单位产出电耗"),
    ("power_supply", "Power supply by source", "分电源供电量"),
    ("emissions", "Emissions and water use", "排放与取水"),
    ("permit_price", "Price of permits", "排放权与水权价格"),
    ("abatement_cost", "Cost of abatement", "减排成本"),
    ("compensation_received", "Compensation upstream", "上游区县所获补偿"),
    ("upstream_revenue", "Revenue of upstream districts", "上游区县财政收入"),
    ("permit_collateral", "Loans on permits", "环境权益质押贷款"),
    (
        "lease_share_across",
        "Farmland leased across districts",
        "跨区县流转耕地占比",
    ),
    ("farmland_quality", "Quality of tilled farmland", "耕种土地质量"),
    ("homestead_exits", "Homesteads given up", "退出宅基地面积"),
    ("homestead_land", "Homesteads in use", "在用宅基地面积"),
    ("quota_price", "Price of land quotas", "建设用地指标价格"),
    ("quota_price_spread", "Spread of quota prices", "指标价格的区县差异"),
    ("quotas_used", "Quotas bought by districts", "区县购入指标面积"),
    ("rural_land_income", "Rural land income", "农村土地收入"),
    (
        "collective_land_leased",
        "Collective land leased by firms",
        "入市的集体经营性建设用地",
    ),
    ("urban_land", "Urban land", "城镇建设用地"),
    (
        "urban_land_migrants",
        "Urban land where migrants live",
        "外来人口所在地人均城镇用地（相对本地）",
    ),
    ("young_firm_land", "Land of young firms", "新企业用地占比"),
    ("land_turnover", "Turnover of firms' land", "企业用地周转率"),
    ("land_transfers", "Land sold between firms", "企业间土地转让"),
    ("lease_renewal_share", "Leases renewed", "到期续期占比"),
    ("land_use_fees", "Fees on badly used land", "低效用地收费"),
    ("idle_land_share", "Idle land of state firms", "国有企业闲置土地占比"),
    ("land_reserve", "Land reserve of districts", "区县土地储备"),
    ("floor_area_ratio", "Floor space per residential land", "居住用地容积率"),
    ("ideas", "Ideas of laboratories", "科研机构存量成果数"),
    ("disclosure_share", "Ideas disclosed", "成果披露率"),
    ("idea_quality", "Quality of disclosed ideas", "已披露成果平均质量"),
    ("licences", "Licences taken", "技术许可数"),
    ("licence_gain", "Productivity from licences", "许可技术带来的生产率"),
    ("licence_fees", "Licence fees", "技术许可费"),
    ("research", "Spending on research", "研发支出"),
    ("rd_intensity", "Research over GDP", "研发强度"),
    ("knowledge", "Knowledge of firms", "企业知识存量"),
    ("innovator_loans", "Loans of firms that do research", "研发企业贷款余额"),
    ("high_skill_share", "High skill", "高技能劳动者占比"),
];

/// Groups, channels, factors and kinds of groups.
const OTHERS: &[Name] = &[
    ("all", "All", "全部"),
    ("total", "Chongqing, all", "重庆全市"),
    ("farm", "Farming", "农业"),
    ("industry", "Industry", "工业"),
    ("services", "Services", "服务业"),
    ("digital", "Digital services", "数字服务业"),
    ("low_native", "Low skill, local", "低技能、本地"),
    ("high_native", "High skill, local", "高技能、本地"),
    ("low_migrant", "Low skill, migrant", "低技能、外来"),
    ("high_migrant", "High skill, migrant", "高技能、外来"),
    ("small_firms", "Small firms", "中小微企业"),
    ("large_firms", "Large firms", "大型企业"),
    ("urban", "Town", "城镇"),
    ("rural", "Village", "农村"),
    ("private", "Private", "民营"),
    ("small", "Small firms", "小企业"),
    ("large", "Large firms", "大中企业"),
    ("young", "Young firms", "年轻企业"),
    ("old", "Older firms", "成熟企业"),
    ("laboratories", "Laboratories", "科研机构"),
    ("firms", "Firms", "企业"),
    ("state", "State", "国有"),
    ("industrial", "Industrial", "工业用地"),
    ("residential", "Residential", "居住用地"),
    ("technology", "Technology", "技术"),
    ("capital", "Capital", "资本"),
    ("labour", "Labour", "劳动"),
    ("land", "Land", "土地"),
    ("technology_and_data", "Technology and data", "技术与数据"),
    ("firm_numbers", "Number of firms", "企业数量"),
    ("power_from_outside", "Power from outside", "外购能源"),
    ("hydro", "Water", "水电"),
    ("coal", "Coal", "煤电"),
    ("gas", "Gas", "气电"),
    ("wind_sun", "Wind and sun", "风光发电"),
    ("line", "Lines from outside", "外来电"),
    ("carbon", "Carbon", "碳排放"),
    ("water", "Water", "用水"),
    ("discharge", "Discharge", "排污"),
    ("farmers", "Farmers and their skill", "务农人数与技能"),
    ("farmland", "Farmland", "农地"),
    ("farm_allocation", "Land between farmers", "农地在农户间的配置"),
    ("centre_to_districts", "Centre to districts", "中央至区县"),
    ("centre_to_municipality", "Centre to municipality", "中央至市级"),
    ("centre_to_others", "Centre to Chengdu", "中央至成都"),
    ("municipality_to_districts", "Municipality to districts", "市级至区县"),
    ("others", "Chengdu", "成都市财政"),
    ("own_revenue", "Own revenue", "自有收入"),
    ("transfer", "Transfers between governments", "政府间转移支付"),
    ("net_transfer", "Transfers received less paid", "转移支付净额"),
    ("purchases", "Purchases", "政府采购"),
    (
        "district_revenue",
        "Revenue by district, transfers included",
        "各区县财政收入（含转移支付）",
    ),
    (
        "district_transfer",
        "Transfers received by district",
        "各区县所获转移支付",
    ),
    ("circle", "Chongqing and Chengdu", "成渝双城经济圈"),
    ("k", "Capital", "资本"),
    ("l", "Labour", "劳动"),
    ("s", "Land", "土地"),
    ("low_skill", "Low skill", "低技能"),
    ("high_skill", "High skill", "高技能"),
    ("centre", "Central government", "中央财政"),
    ("allocation", "Allocation", "配置效率"),
    ("allocation_within", "Allocation within cells", "单元内配置"),
    ("allocation_between", "Allocation between cells", "单元间配置"),
    ("package", "All together", "全部措施合计"),
    ("hukou_status", "By hukou", "按户籍"),
    ("skill", "By skill", "按技能"),
    ("income_quintile", "By income quintile", "按收入五等分"),
    ("district", "By district", "按区县"),
    ("wage", "Wages of incumbents", "存量劳动者工资"),
    ("government", "Revenue, transfers included", "财政收入（含转移支付）"),
    ("rural_at_home", "Rural hukou, at home", "农村户籍、在乡"),
    ("migrants", "Migrants", "外来人口"),
    ("urban_locals", "Urban locals", "城镇本地居民"),
    ("q1", "Poorest fifth", "最低收入五分之一"),
    ("q2", "Second fifth", "中低收入五分之一"),
    ("q3", "Third fifth", "中间收入五分之一"),
    ("q4", "Fourth fifth", "中高收入五分之一"),
    ("q5", "Richest fifth", "最高收入五分之一"),
    ("municipality", "Municipal government", "市级财政"),
    ("districts", "District governments", "区县财政"),
    ("chengdu", "Chengdu", "成都市"),
    ("central_urban", "Central urban area", "中心城区"),
    ("east_new_towns", "Eastern new towns", "东部新城片区"),
    ("west_chongqing", "Western Chongqing", "渝西地区"),
    ("northeast_three_gorges", "Northeast, Three Gorges", "渝东北三峡库区"),
    ("southeast_wuling", "Southeast, Wuling", "渝东南武陵山区"),
    ("outside", "Outside", "市外"),
];

fn find(list: &[Name], lang: Language, id: &str) -> Option<String> {
    let found = list.iter().find(|(name, ..)| *name == id)?;
    Some(lang.pick(found.1, found.2).to_owned())
}

/// A metric's name; one that is not known is shown as in the file.
pub fn metric(lang: Language, id: &str) -> String {
    find(METRICS, lang, id).unwrap_or_else(|| spaced(id))
}

/// A metric's name inside a sentence: without the capital of its first word, unless that is a name.
pub fn inside(lang: Language, label: &str) -> String {
    let first = label.split_whitespace().next().unwrap_or_default();
    let name = first == "Gini" || first.chars().filter(|c| c.is_uppercase()).count() > 1;
    match lang {
        Language::En if !name => label
            .chars()
            .take(1)
            .flat_map(char::to_lowercase)
            .chain(label.chars().skip(1))
            .collect(),
        _ => label.to_owned(),
    }
}

/// Whether a metric has a name in both languages.
pub fn knows_metric(id: &str) -> bool {
    METRICS.iter().any(|(name, ..)| *name == id)
}

/// The name of a group, channel, factor or kind.
pub fn word(lang: Language, id: &str) -> String {
    find(OTHERS, lang, id).unwrap_or_else(|| spaced(id))
}

fn spaced(id: &str) -> String {
    let text = id.replace('_', " ");
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

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
