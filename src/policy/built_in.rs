//! The levers that come with the program: one line and one file each.

use super::{Law, Lever, Measured};
use crate::base::problem::{Problems, Source};

macro_rules! levers {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../../scenarios/policies/", $file)))),*]
    };
}

/// File name and text of every lever, in the order of the plan.
pub const BUILT_IN: &[(&str, &str)] = levers![
    "00-placebo.toml",
    "07-land-leasing.toml",
    "10-hukou-mutual-recognition.toml",
    "16-credit-information.toml",
    "10-hukou-residence-registration.toml",
    "10-residence-permit-recognition.toml",
    "10-transfers-follow-people.toml",
    "10-village-return-settlement.toml",
    "11-credential-recognition.toml",
    "11-job-matching-services.toml",
    "11-county-health-posts.toml",
    "16-first-loan-centre.toml",
    "16-infrastructure-reits.toml",
    "16-loan-renewal.toml",
    "16-longer-loan-terms.toml",
    "16-npl-write-off.toml",
    "17-green-finance.toml",
    "18-rail-bill-finance.toml",
    "21-market-pricing.toml",
    "21-new-industry-support.toml",
    "21-pay-by-contribution.toml",
    "21-services-entry.toml",
    "01-research-capacity.toml",
    "02-inventor-ownership.toml",
    "02-ip-service-centre.toml",
    "02-sme-licensing.toml",
    "03-research-funding-reform.toml",
    "04-ip-finance.toml",
    "12-talent-attraction.toml",
];

/// Chapters of the plan: last article, name in Chinese, name in English. Article 0 is no article of the plan.
pub const CHAPTERS: &[(i64, &str, &str)] = &[
    (0, "检验", "Tests"),
    (4, "一、技术要素", "1. Technology"),
    (9, "二、土地要素", "2. Land"),
    (12, "三、人力资源要素", "3. People"),
    (15, "四、数据要素", "4. Data"),
    (18, "五、资本要素", "5. Capital"),
    (20, "六、资源环境", "6. Resources and environment"),
    (21, "七、协同配置", "7. Factors together"),
];

/// The chapter that `article` belongs to: Chinese and English name.
pub fn chapter_of(article: i64) -> (&'static str, &'static str) {
    let found = CHAPTERS.iter().find(|(last, ..)| article <= *last);
    found.or(CHAPTERS.last()).map_or(("", ""), |(_, zh, en)| (zh, en))
}

/// Reads all of `files`; identifiers must differ and `after` must name levers among them.
pub fn catalogue(files: &[(&str, &str)], law: &Law, measured: &Measured) -> Result<Vec<Lever>, Problems> {
    let mut problems = Problems::default();
    let mut levers: Vec<Lever> = Vec::new();
    for (name, text) in files {
        let source = Source::new(&format!("policies/{name}"), text);
        let Some(lever) = problems.take(Lever::parse(&source, law, measured)) else {
            continue;
        };
        if levers.iter().any(|other| other.id == lever.id) {
            let message = format!("`lever.id` is `{}`, which another lever file has", lever.id);
            problems.push(source.problem(&lever.id_at, "lever.id", message));
        } else {
            levers.push(lever);
        }
    }
    problems.or(levers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_fall_into_chapters() {
        assert_eq!(chapter_of(0).1, "Tests");
        assert_eq!(chapter_of(10).1, "3. People");
        assert_eq!(chapter_of(21).1, "7. Factors together");
        assert_eq!(chapter_of(99).1, "7. Factors together");
    }
}
