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
    "11-flexible-worker-insurance.toml",
    "11-special-posts.toml",
    "13-data-exchange.toml",
    "14-public-data.toml",
    "15-computing-hub.toml",
    "15-data-assets.toml",
    "16-village-credit.toml",
    "18-cross-border-capital.toml",
    "17-environmental-rights-collateral.toml",
    "19-power-spot-market.toml",
    "19-power-storage.toml",
    "19-cross-province-power.toml",
    "19-gas-market.toml",
    "20-carbon-market.toml",
    "20-water-and-discharge-rights.toml",
    "20-basin-compensation.toml",
    "20-energy-to-efficient-users.toml",
    "20-green-certificates.toml",
    "05-rural-land-exchange.toml",
    "06-joint-land-planning.toml",
    "06-farmland-swap.toml",
    "07-homestead-exit.toml",
    "07-collective-land-entry.toml",
    "08-standard-land.toml",
    "08-land-use-evaluation.toml",
    "08-flexible-lease.toml",
    "08-lease-renewal.toml",
    "08-mixed-use.toml",
    "09-land-redevelopment.toml",
    "09-secondary-land-market.toml",
    "09-state-firm-idle-land.toml",
    "10-land-quota-follows-people.toml",
    "01-research-capacity.toml",
    "02-inventor-ownership.toml",
    "02-ip-service-centre.toml",
    "02-sme-licensing.toml",
    "03-research-funding-reform.toml",
    "04-ip-finance.toml",
    "12-talent-attraction.toml",
];

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
