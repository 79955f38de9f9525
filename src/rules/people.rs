//! People and labour: household registration, jobs, talent, posts, own-account work.

use serde::{Deserialize, Serialize};

/// Household registration (MODEL: migration and hukou).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HukouRules {
    /// Years of credited residence before a local hukou may be had [years].
    pub years_required: f64,
    /// Share of credited residence years kept when moving inside the Chengdu-Chongqing circle [share].
    pub years_portable_in_circle: f64,
    /// Service level of residents without local hukou relative to holders [share].
    pub service_access_permit: f64,
    /// Yearly probability that an eligible resident who would gain converts [1/year].
    pub conversion_rate: f64,
    /// Share of job openings closed to residents without local hukou [share].
    pub job_bar_share: f64,
    /// Share of land rights kept after conversion to an urban hukou [share].
    pub land_kept_on_conversion: f64,
    /// Service level of villagers relative to townspeople [share].
    pub village_services: f64,
}

/// Jobs (MODEL: labour).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabourRules {
    /// Unemployment benefit relative to the mean wage of the labour market [share].
    pub benefit: f64,
    /// Floor of posted wages relative to the start wage of the cell [share].
    pub minimum_wage: f64,
    /// Share of a firm's profit that its employees are paid beside the posted wage [share].
    pub profit_share: f64,
    /// Share of the unemployed who do not search by themselves that matching services bring to search [share].
    pub search_support: f64,
    /// Share of the skill of high-skill migrants that is lost because credentials from elsewhere do not count [share].
    pub credential_discount: f64,
}

/// Talent (MODEL: people).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TalentRules {
    /// Those among new workers off the farm who gain high skill and else would not have [share].
    pub graduates: f64,
    /// Those among arrivals who are of high skill and else would not have been [share].
    pub recruits: f64,
    /// Time that a foreign expert waits for permits [years].
    pub permit_delay: f64,
}

/// Public posts for high skill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostsRules {
    /// Chance in a quarter that an unemployed resident of high skill is taken into a post [1/quarter].
    pub hiring: f64,
}

/// Insurance of own-account workers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnAccountRules {
    /// Contribution as a share of own-account income, the subsidy included [share].
    pub contribution: f64,
    /// Share of the contribution that the district pays [share].
    pub subsidy: f64,
    /// Income after giving up relative to own-account income, until a job is found [share].
    pub cover: f64,
}
