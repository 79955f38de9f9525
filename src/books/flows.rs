//! Sectors and flows: the columns and rows of the accounting matrices.

use serde::{Deserialize, Serialize};

/// Columns of the accounting matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Sector {
    /// Workers and their dependants.
    Households,
    /// Firms.
    Firms,
    /// Regional housing funds.
    HousingFunds,
    /// The equity fund.
    EquityFund,
    /// District and municipal governments.
    Governments,
    /// Clearing houses of the goods, farmland and data markets: empty at the end of every quarter.
    Clearing,
    /// Rest of China and central government.
    Outer,
    /// Banks' own income (equity).
    Banks,
}

/// Number of sectors.
pub const SECTORS: usize = 8;

impl Sector {
    /// All sectors in column order.
    pub const ALL: [Sector; SECTORS] = [
        Sector::Households,
        Sector::Firms,
        Sector::HousingFunds,
        Sector::EquityFund,
        Sector::Governments,
        Sector::Clearing,
        Sector::Outer,
        Sector::Banks,
    ];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Sector::Households => "households",
            Sector::Firms => "firms",
            Sector::HousingFunds => "housing_funds",
            Sector::EquityFund => "equity_fund",
            Sector::Governments => "governments",
            Sector::Clearing => "clearing",
            Sector::Outer => "outer",
            Sector::Banks => "banks",
        }
    }
}

macro_rules! flows {
    ($($name:ident: $from:ident => $to:ident, $label:literal;)*) => {
        /// Rows of the transaction-flow matrix: each has one paying and one receiving sector.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Flow { $(#[doc = $label] $name),* }

        impl Flow {
            /// All flows in row order.
            pub const ALL: &'static [Flow] = &[$(Flow::$name),*];

            /// Name in tables.
            pub fn name(self) -> &'static str {
                match self { $(Flow::$name => $label),* }
            }

            /// (payer, receiver).
            pub fn parties(self) -> (Sector, Sector) {
                match self { $(Flow::$name => (Sector::$from, Sector::$to)),* }
            }
        }
    };
}

flows! {
    Consumption: Households => Clearing, "consumption";
    ConsumptionOutside: Households => Outer, "consumption of away workers where they live";
    Investment: Firms => Clearing, "capital goods";
    HousingInvestment: HousingFunds => Clearing, "housing investment";
    GovernmentPurchases: Governments => Clearing, "government purchases";
    Exports: Outer => Clearing, "exports";
    Imports: Clearing => Outer, "imports";
    Sales: Clearing => Firms, "sales of firms";
    OwnAccountSales: Clearing => Households, "sales of own-account workers";
    FarmSales: Clearing => Households, "sales of farm households";
    AgribusinessSales: Clearing => EquityFund, "agribusiness share of farm output, and what rounding leaves";
    Wages: Firms => Households, "wages";
    Payroll: Firms => Governments, "payroll contributions";
    OutsideWages: Outer => Households, "wages earned outside";
    Pensions: Governments => Households, "pensions";
    Benefits: Governments => Households, "unemployment benefits";
    WageTax: Households => Governments, "wage tax";
    ProductionTax: Firms => Governments, "production tax, local share";
    ProfitTax: Firms => Governments, "profit tax, local share";
    CentralTax: Firms => Outer, "taxes, central share";
    Transfers: Outer => Governments, "transfers from above";
    TransfersDown: Governments => Governments, "transfers to districts";
    LandSales: Firms => Governments, "land fees of firms";
    HousingLand: HousingFunds => Governments, "land fees of housing";
    HousingRent: Households => HousingFunds, "housing rent and upkeep";
    HousingDividend: HousingFunds => Households, "housing fund distribution";
    FarmRentPaid: Households => Clearing, "farmland rent paid";
    FarmRentReceived: Clearing => Households, "farmland rent received";
    DataBought: Firms => Clearing, "data bought";
    DataSold: Clearing => Firms, "data sold";
    DataFee: Clearing => Governments, "data exchange fee";
    LoanInterest: Firms => Banks, "loan interest and fees";
    InfrastructureSold: Outer => Governments, "public capital sold to investors";
    InfrastructureYield: Governments => Outer, "distributions on public capital sold";
    InterestSubsidy: Governments => Firms, "interest subsidies";
    BridgeCost: Firms => EquityFund, "cost of bridge loans";
    BondInterest: Governments => Banks, "bond interest";
    DepositInterest: Banks => Households, "deposit interest";
    BankDividend: Banks => EquityFund, "bank dividends";
    BankRescue: Outer => Banks, "capital paid in by the outer government";
    Dividends: Firms => EquityFund, "dividends of private firms";
    StateProfit: Firms => Governments, "profit of state firms";
    FundDividend: EquityFund => Households, "equity fund distribution";
    FundOutside: EquityFund => Outer, "distribution to outside owners";
    SeedCapital: EquityFund => Firms, "capital paid into private firms";
    StateCapital: Governments => Firms, "capital paid into state firms";
    ExitResidual: Firms => EquityFund, "residual of closed firms";
    Arrivals: Outer => Households, "savings brought by arrivals";
    Departures: Households => Outer, "savings taken by leavers";
    PublicDataFee: Firms => Governments, "access fees for public data";
    ComputingFee: Firms => Governments, "fees for computing";
    ComputingHub: Governments => Clearing, "building of the computing hub";
    PostWages: Governments => Households, "pay of public posts";
    OwnAccountContribution: Households => Governments, "contributions of own-account workers";
    ContributionSubsidy: Governments => Governments, "subsidies to contributions of own-account workers";
    OwnAccountBenefits: Governments => Households, "benefits of own-account workers who gave up";
    VillageService: Clearing => Firms, "farm sales kept by village collectives for their loans";
    OutsideFunding: Banks => Outer, "interest on funds from outside";
    PowerBills: Firms => Clearing, "power bills";
    PowerOutside: Clearing => Outer, "fuel, power from outside, plant and owners outside";
    PowerSurplus: Clearing => Governments, "local surplus of power companies";
    PermitsBought: Firms => Clearing, "permits bought";
    PermitsSold: Clearing => Firms, "permits sold";
    PermitReserve: Clearing => Governments, "permits sold by the reserve";
    BasinCompensation: Governments => Governments, "basin compensation";
    AbatementAid: Governments => Firms, "aid for abatement upstream";
    QuotaBought: Governments => Clearing, "quotas of construction land bought by districts";
    QuotaSold: Clearing => Governments, "plan quotas sold by districts";
    FarmlandTaken: Governments => Clearing, "compensation for farmland taken for building";
    ExitSupport: Governments => Clearing, "support of those who give up homesteads";
    CollectiveRent: Firms => Clearing, "leases of collective commercial land";
    CollectiveLevy: Firms => Governments, "adjustment levy on collective land";
    RuralLandIncome: Clearing => Households, "rural land money of households";
    LandUseFee: Firms => Governments, "fees on badly used land";
    LandTransfers: Firms => Firms, "land transferred between firms";
    LandTransferFee: Firms => Governments, "fees on land transfers";
    IdleLandBought: Governments => Governments, "idle land of state firms bought by districts";
    FirmResearch: Firms => Clearing, "research of firms";
    PublicResearch: Governments => Clearing, "public research";
    LicenceFees: Firms => Clearing, "licence fees";
    LicenceIncome: Clearing => Governments, "licence income of laboratories";
    InventorIncome: Clearing => Households, "licence income of inventors";
}

/// Number of flows.
pub const FLOWS: usize = Flow::ALL.len();
