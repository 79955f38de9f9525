//! The law as plain numbers. Markets read [`Rules`] and nothing else of policy; they never know which lever is on.
//!
//! Units, ranges, sources and the status quo of every field stand in `scenarios/baseline.toml` under `[law.*]`.
//! Rates in the file are annual.

use serde::{Deserialize, Serialize};

/// All rules that hold in one region in one quarter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Household registration.
    pub hukou: HukouRules,
    /// Contracted farmland.
    pub farmland: FarmlandRules,
    /// Loans.
    pub credit: CreditRules,
    /// Data exchange.
    pub data: DataRules,
    /// State land for firms and housing.
    pub urban_land: UrbanLandRules,
    /// Jobs.
    pub labour: LabourRules,
    /// Taxes, contributions, transfers.
    pub fiscal: FiscalRules,
    /// Prices set by administration.
    pub prices: PricesRules,
    /// Entry of firms.
    pub entry: EntryRules,
    /// Trade with the outside.
    pub trade: TradeRules,
    /// Public research, licences, knowledge.
    pub technology: TechnologyRules,
    /// Talent.
    pub talent: TalentRules,
    /// A rule that no market reads: the placebo lever moves it.
    pub placebo: PlaceboRules,
    /// Public data.
    pub public_data: PublicDataRules,
    /// Computing hub.
    pub computing: ComputingRules,
    /// Loans to village collectives.
    pub village_credit: VillageCreditRules,
    /// Public posts for high skill.
    pub posts: PostsRules,
    /// Insurance of own-account workers.
    pub own_account: OwnAccountRules,
    /// Power.
    pub energy: EnergyRules,
    /// Permits to emit, to take water, to discharge.
    pub permits: PermitsRules,
    /// Homesteads, quotas of construction land, collective commercial land.
    pub rural_land: RuralLandRules,
}

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

/// Contracted farmland (MODEL: farmland).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FarmlandRules {
    /// Share of households whose tenure is too insecure to lease [share].
    pub insecure_share: f64,
    /// Transaction cost as a share of the rent, on each side [share].
    pub transaction_cost: f64,
    /// Part of the gap between a district's rent and the city's that leases across districts close [share].
    pub reach: f64,
    /// Share of idle good plots that are swapped against tilled poor ones [share].
    pub plot_swap: f64,
    /// Yearly probability that a village reallocates its plots [1/year].
    pub reallocation_rate: f64,
    /// Share of plots that such a village shares out anew [share].
    pub reallocation_share: f64,
}

/// Loans (MODEL: credit).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditRules {
    /// Variance of the bank's reading error relative to the variance of the score [ratio].
    pub signal_noise: f64,
    /// Cost of applying as a share of the loan wanted by the median firm [share].
    pub application_cost: f64,
    /// Fixed cost of making a loan [yuan].
    pub fixed_cost: f64,
    /// Loan-to-value of capital and land [share].
    pub loan_to_value: f64,
    /// Quarters of cash flow lent against a fully informative signal [quarters].
    pub cash_flow_multiple: f64,
    /// Relief of the loan rate for state firms by implicit guarantee [1/year].
    pub state_guarantee: f64,
    /// Mean time until a loan comes due [years].
    pub maturity: f64,
    /// Share of loans that come due which must be repaid before they are renewed [share].
    pub repaid_before_renewal: f64,
    /// Share of the cost of a first application that a public centre bears [share].
    pub first_loan_relief: f64,
    /// Chance in a quarter that a centre makes a firm without a bank consider a loan that had not [1/quarter].
    pub first_loan_outreach: f64,
    /// Time between a default and its write-off [years].
    pub write_off_delay: f64,
    /// Interest subsidy on loans of a sector without energy use; industry gets none, others in proportion [1/year].
    pub green_discount: f64,
    /// Interest subsidy on loans of digital firms [1/year].
    pub digital_discount: f64,
    /// Loan-to-value of a firm's own data [share].
    pub data_loan_to_value: f64,
    /// Share of loans that banks fund outside [share].
    pub outside_share: f64,
}

/// Data exchange (MODEL: data).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataRules {
    /// Expected loss to rivals from sharing, relative to the value of the data [ratio].
    pub sharing_loss: f64,
    /// Exchange fee as a share of the price [share].
    pub exchange_fee: f64,
    /// Share of firms connected to the exchange [share].
    pub connected_share: f64,
}

/// State land for firms and housing (MODEL: urban land and housing).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrbanLandRules {
    /// Lease term of industrial and commercial land [years].
    pub lease_term: f64,
    /// Standard deviation of administrative noise in ranking bids [log points].
    pub allocation_noise: f64,
    /// Priority of digital firms when bids are ranked [log points].
    pub digital_priority: f64,
    /// Cost of renewing a lease that runs out, as a share of its price [share].
    pub renewal_cost: f64,
    /// Share of the leases of young firms that are short and flexible [share].
    pub flexible_share: f64,
    /// Fee on land whose firm makes less of a square metre than its sector, as a share of the land's price [1/year].
    pub evaluation_fee: f64,
    /// Share of the price that a transfer of land between firms costs [share].
    pub transfer_cost: f64,
    /// Cost of turning industrial into residential land, as a share of the gap between their values [share].
    pub conversion_cost: f64,
    /// Share of the value of new floor space that consent to redevelopment costs [share].
    pub consent_cost: f64,
    /// Idle land of state firms released to districts in a year [1/year].
    pub state_idle_release: f64,
    /// Share of the yearly quota of new construction land that follows residents instead of urban land at the start
    /// [share].
    pub quota_follows_people: f64,
    /// Construction land that a district may add for a person who takes its hukou, beyond those who did at the start
    /// [m2 per person].
    pub quota_per_settler: f64,
}

/// Homesteads, quotas of construction land, collective commercial land (MODEL: rural construction land).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuralLandRules {
    /// Share of the quota price that the household gets; the rest is the collective's [share].
    pub household_share: f64,
    /// What the district adds for a square metre of homestead given up [yuan per m2].
    pub exit_support: f64,
    /// Time from giving up a homestead to a quota that passed inspection [years].
    pub inspection_lag: f64,
    /// Least price of a quota [yuan per m2].
    pub quota_floor: f64,
    /// Share of quotas that may be used in other districts of the city [share].
    pub pool_share: f64,
    /// Share of collective commercial land that may be leased to firms directly [share].
    pub equal_rights: f64,
    /// Share of the gain from such a lease that goes to the budget [share].
    pub adjustment_levy: f64,
    /// Value of collective land as collateral relative to state land [share].
    pub collateral_value: f64,
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

/// Taxes, contributions, transfers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FiscalRules {
    /// Net production tax on value added [share].
    pub production_tax: f64,
    /// Local share of the production tax [share].
    pub production_tax_local: f64,
    /// Profit tax [share].
    pub profit_tax: f64,
    /// Local share of the profit tax [share].
    pub profit_tax_local: f64,
    /// Tax on wages [share].
    pub wage_tax: f64,
    /// Payroll contribution on wages [share].
    pub payroll: f64,
    /// Share of the municipality's transfers that is shared out by residents instead of by start needs [share].
    pub transfers_follow_residents: f64,
    /// Share of public capital not yet sold that is sold to outside investors in a year, to build more [1/year].
    pub infrastructure_sales: f64,
}

/// Prices set by administration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PricesRules {
    /// Weight of the administered rate in the interest on deposits; the rest follows the money market [share].
    pub administered_deposit_rate: f64,
    /// Weight of the regulated price in power contracts; the rest follows the spot market [share].
    pub administered_power: f64,
}

/// Entry of firms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRules {
    /// Share of the value of a new firm in services that licences and closed markets take [share].
    pub services_barrier: f64,
    /// Part of the equity of new firms that is invested where it is raised, and of the projects of a place that only it may
    /// own [share].
    pub tied_equity: f64,
}

/// Trade between regions and with the outside (MODEL: goods).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TradeRules {
    /// Share of goods sent by rail whose waybill is a title that a bank lends on [share].
    pub rail_bill_share: f64,
    /// Cost that local rules add to goods and services from other regions [share of the seller's price].
    pub border_cost: f64,
}

/// Public research, licences, knowledge (MODEL: technology).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TechnologyRules {
    /// Share of a district's purchases that laboratories get for research [share].
    pub research_share: f64,
    /// Share of research money lost to rules of spending and reporting [share].
    pub research_loss: f64,
    /// Share of research money in projects led by firms [share].
    pub firm_led_share: f64,
    /// Inventor's share of licence income [share].
    pub inventor_share: f64,
    /// Cost of approval, proof and valuation of an idea, as a share of the value of a common one [share].
    pub approval_cost: f64,
    /// Share of suitable ideas that a firm does not find [share].
    pub search_friction: f64,
    /// Part of the price of a licence that small firms are let off [share].
    pub small_firm_discount: f64,
    /// Loan-to-value of a firm's knowledge: patents and other rights [share].
    pub ip_loan_to_value: f64,
    /// Share of young firms' research that the equity fund pays in with outside investors [share].
    pub co_investment: f64,
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

/// A rule that no market reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceboRules {
    /// Does nothing [share].
    pub nothing: f64,
}

/// Public data (a common input of firms).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicDataRules {
    /// Share of public data that is open to firms [share].
    pub opened: f64,
    /// Quality of what is open: share of it that a firm can work with [share].
    pub quality: f64,
    /// Access fee as a share of what the data are worth to the user [share].
    pub fee: f64,
}

/// Computing hub of the districts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputingRules {
    /// Capacity that the district wants, relative to what its firms used at the start [share].
    pub hub_share: f64,
    /// What users pay for the hub's computing, relative to the market price [ratio].
    pub hub_fee: f64,
}

/// Loans to village collectives on farm rights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VillageCreditRules {
    /// Loan-to-value of farm rights [share].
    pub loan_to_value: f64,
    /// Share of farmland in villages with a credit line [share].
    pub reach: f64,
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

/// Power (MODEL: energy and permits).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnergyRules {
    /// Share of power that the spot market prices and dispatches [share].
    pub spot_share: f64,
    /// Power that storage gives at the peak, over mean load [share].
    pub storage: f64,
    /// Capacity of lines from other provinces over that of the start [ratio].
    pub line_capacity: f64,
    /// Capacity of gas plant with gas over that of the start [ratio].
    pub gas_capacity: f64,
    /// Share of cuts that takes power first from those who make least of it; the rest is cut evenly [share].
    pub efficient_ranking: f64,
    /// Price of a green certificate [yuan per kWh].
    pub certificate_price: f64,
}

/// Permits to emit, to take water, to discharge (MODEL: energy and permits).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermitsRules {
    /// Permits for carbon over emissions of the start [share].
    pub carbon_cap: f64,
    /// Permits for water over use of the start [share].
    pub water_cap: f64,
    /// Permits for discharge over that of the start [share].
    pub discharge_cap: f64,
    /// Share of carbon permits that trade, over the province [share].
    pub carbon_trade: f64,
    /// Share of water permits that trade [share].
    pub water_trade: f64,
    /// Share of discharge permits that trade [share].
    pub discharge_trade: f64,
    /// Share of trade in water and discharge that reaches beyond the district, within the basin [share].
    pub basin_reach: f64,
    /// Share of carbon permits allocated by current output, the rest by emissions of the start [share].
    pub carbon_by_output: f64,
    /// Compensation that downstream districts pay, over their revenue [share].
    pub basin_compensation: f64,
    /// Loan-to-value of permits [share].
    pub loan_to_value: f64,
}
