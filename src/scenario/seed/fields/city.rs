//! Facts of the municipality.

use serde::Serialize;

use super::{Allowed, FieldSpec};
use crate::scenario::seed::error::SeedError;

facts! {
    /// Facts of the municipality as a whole.
    CityFacts from () {
    }
    /// GDP 2024, first published basis (the basis of the districts).
    gdp: Positive, "yuan";
    /// GDP 2024 after final verification.
    gdp_final: Positive, "yuan";
    /// Value added of the primary sector 2024, first basis.
    va_primary: Positive, "yuan";
    /// Value added of the secondary sector 2024, first basis.
    va_secondary: Positive, "yuan";
    /// Value added of the tertiary sector 2024, first basis.
    va_tertiary: Positive, "yuan";
    /// Part of tertiary value added made by ICT, R&D and technical services.
    va_digital: Positive, "yuan";
    /// Share of the private economy in GDP.
    private_share_gdp: Share, "share";
    /// Compensation of employees as a share of value added, agriculture (mixed income counts as compensation).
    compensation_share_farm: Share, "share";
    /// Net taxes on production as a share of value added, agriculture (mixed income counts as compensation).
    net_production_tax_share_farm: Any, "share";
    /// Depreciation as a share of value added, agriculture (mixed income counts as compensation).
    depreciation_share_farm: Any, "share";
    /// Operating surplus as a share of value added, agriculture (mixed income counts as compensation).
    operating_surplus_share_farm: Any, "share";
    /// Compensation of employees as a share of value added, mining, manufacturing, utilities and construction.
    compensation_share_industry: Share, "share";
    /// Net taxes on production as a share of value added, mining, manufacturing, utilities and construction.
    net_production_tax_share_industry: Any, "share";
    /// Depreciation as a share of value added, mining, manufacturing, utilities and construction.
    depreciation_share_industry: Any, "share";
    /// Operating surplus as a share of value added, mining, manufacturing, utilities and construction.
    operating_surplus_share_industry: Any, "share";
    /// Compensation of employees as a share of value added, services without the digital branches.
    compensation_share_services: Share, "share";
    /// Net taxes on production as a share of value added, services without the digital branches.
    net_production_tax_share_services: Any, "share";
    /// Depreciation as a share of value added, services without the digital branches.
    depreciation_share_services: Any, "share";
    /// Operating surplus as a share of value added, services without the digital branches.
    operating_surplus_share_services: Any, "share";
    /// Compensation of employees as a share of value added, ICT, R&D and technical services.
    compensation_share_digital: Share, "share";
    /// Net taxes on production as a share of value added, ICT, R&D and technical services.
    net_production_tax_share_digital: Any, "share";
    /// Depreciation as a share of value added, ICT, R&D and technical services.
    depreciation_share_digital: Any, "share";
    /// Operating surplus as a share of value added, ICT, R&D and technical services.
    operating_surplus_share_digital: Any, "share";
    /// Total household consumption, 2023.
    io_household_use: Positive, "yuan";
    /// Share of household consumption spent on products of agriculture.
    io_household_share_farm: Share, "share";
    /// Share of household consumption spent on products of mining, manufacturing, utilities and construction.
    io_household_share_industry: Share, "share";
    /// Share of household consumption spent on products of services without the digital branches.
    io_household_share_services: Share, "share";
    /// Share of household consumption spent on products of ICT, R&D and technical services.
    io_household_share_digital: Share, "share";
    /// Total government consumption, 2023.
    io_government_use: Positive, "yuan";
    /// Share of government consumption spent on products of agriculture.
    io_government_share_farm: Share, "share";
    /// Share of government consumption spent on products of mining, manufacturing, utilities and construction.
    io_government_share_industry: Share, "share";
    /// Share of government consumption spent on products of services without the digital branches.
    io_government_share_services: Share, "share";
    /// Share of government consumption spent on products of ICT, R&D and technical services.
    io_government_share_digital: Share, "share";
    /// Total fixed capital formation and inventory change, 2023.
    io_investment_use: Positive, "yuan";
    /// Share of fixed capital formation and inventory change spent on products of agriculture.
    io_investment_share_farm: Share, "share";
    /// Share of fixed capital formation and inventory change spent on products of mining, manufacturing, utilities and construction.
    io_investment_share_industry: Share, "share";
    /// Share of fixed capital formation and inventory change spent on products of services without the digital branches.
    io_investment_share_services: Share, "share";
    /// Share of fixed capital formation and inventory change spent on products of ICT, R&D and technical services.
    io_investment_share_digital: Share, "share";
    /// Gross output of agriculture, 2023.
    io_gross_output_farm: Positive, "yuan";
    /// Value added of agriculture, 2023.
    io_value_added_farm: Positive, "yuan";
    /// Net outflow to the rest of the world (outflow less inflow) of agriculture, 2023.
    io_net_outflow_farm: Any, "yuan";
    /// Lower bound of gross outflow of agriculture: sum over its branches with a net outflow.
    io_outflow_farm: NonNegative, "yuan";
    /// Lower bound of gross inflow of agriculture: sum over its branches with a net inflow.
    io_inflow_farm: NonNegative, "yuan";
    /// Gross output of mining, manufacturing, utilities and construction, 2023.
    io_gross_output_industry: Positive, "yuan";
    /// Value added of mining, manufacturing, utilities and construction, 2023.
    io_value_added_industry: Positive, "yuan";
    /// Net outflow to the rest of the world (outflow less inflow) of mining, manufacturing, utilities and construction, 2023.
    io_net_outflow_industry: Any, "yuan";
    /// Lower bound of gross outflow of mining, manufacturing, utilities and construction: sum over its branches with a net outflow.
    io_outflow_industry: NonNegative, "yuan";
    /// Lower bound of gross inflow of mining, manufacturing, utilities and construction: sum over its branches with a net inflow.
    io_inflow_industry: NonNegative, "yuan";
    /// Gross output of services without the digital branches, 2023.
    io_gross_output_services: Positive, "yuan";
    /// Value added of services without the digital branches, 2023.
    io_value_added_services: Positive, "yuan";
    /// Net outflow to the rest of the world (outflow less inflow) of services without the digital branches, 2023.
    io_net_outflow_services: Any, "yuan";
    /// Lower bound of gross outflow of services without the digital branches: sum over its branches with a net outflow.
    io_outflow_services: NonNegative, "yuan";
    /// Lower bound of gross inflow of services without the digital branches: sum over its branches with a net inflow.
    io_inflow_services: NonNegative, "yuan";
    /// Gross output of ICT, R&D and technical services, 2023.
    io_gross_output_digital: Positive, "yuan";
    /// Value added of ICT, R&D and technical services, 2023.
    io_value_added_digital: Positive, "yuan";
    /// Net outflow to the rest of the world (outflow less inflow) of ICT, R&D and technical services, 2023.
    io_net_outflow_digital: Any, "yuan";
    /// Lower bound of gross outflow of ICT, R&D and technical services: sum over its branches with a net outflow.
    io_outflow_digital: NonNegative, "yuan";
    /// Lower bound of gross inflow of ICT, R&D and technical services: sum over its branches with a net inflow.
    io_inflow_digital: NonNegative, "yuan";
    /// Intermediate inputs as a share of gross output, 2023.
    io_intermediate_share: Share, "share";
    /// Resident population.
    residents: Positive, "persons";
    /// Share of residents who live in urban areas.
    urban_share: Share, "share";
    /// Registered population.
    hukou_population: Positive, "persons";
    /// Registered population with an urban hukou.
    hukou_urban: Positive, "persons";
    /// Employed people.
    employed: Positive, "persons";
    /// Employed people, primary sector.
    employed_primary: Positive, "persons";
    /// Employed people, secondary sector.
    employed_secondary: Positive, "persons";
    /// Employed people, tertiary sector.
    employed_tertiary: Positive, "persons";
    /// Employed people in urban areas.
    employed_urban: Positive, "persons";
    /// Employed by the state (units and enterprises owned by the whole people).
    employed_state: Positive, "persons";
    /// Employed in collective units, farm households included.
    employed_collective: Positive, "persons";
    /// Employed by private enterprises and individual businesses.
    employed_private_individual: Positive, "persons";
    /// Employed by units of other ownership.
    employed_other: Positive, "persons";
    /// Surveyed urban unemployment rate.
    unemployment_rate: Share, "share";
    /// Chongqing people living outside the municipality, official.
    out_of_municipality_stock: Positive, "persons";
    /// Chongqing people living outside the municipality that closes the balance of 2024.
    out_of_municipality_balanced: Positive, "persons";
    /// People from outside the municipality living in it.
    in_from_outside_stock: Positive, "persons";
    /// People living outside their township of registration but inside the municipality.
    intra_city_floating: Positive, "persons";
    /// Rural migrant workers of Chongqing.
    rural_migrant_workers: Positive, "persons";
    /// Of these, outside their own township.
    rural_migrant_workers_out: Positive, "persons";
    /// Of these, inside their own township.
    rural_migrant_workers_local: Positive, "persons";
    /// Share of the Chongqing people outside the municipality who live in chengdu.
    away_share_chengdu: Share, "share";
    /// Share of the Chongqing people outside the municipality who live in sichuan_rest.
    away_share_sichuan_rest: Share, "share";
    /// Share of the Chongqing people outside the municipality who live in coast.
    away_share_coast: Share, "share";
    /// Share of the people from outside who come from chengdu.
    origin_share_chengdu: Share, "share";
    /// Share of the people from outside who come from sichuan_rest.
    origin_share_sichuan_rest: Share, "share";
    /// Share of the people from outside who come from coast.
    origin_share_coast: Share, "share";
    /// Average wage in urban non-private units, all branches.
    wage_nonprivate: Positive, "yuan per year";
    /// Average wage in urban non-private units, primary sector.
    wage_nonprivate_primary: Positive, "yuan per year";
    /// Average wage in urban non-private units, secondary sector.
    wage_nonprivate_secondary: Positive, "yuan per year";
    /// Average wage in urban non-private units, tertiary sector.
    wage_nonprivate_tertiary: Positive, "yuan per year";
    /// Average wage in urban non-private units, construction.
    wage_nonprivate_construction: Positive, "yuan per year";
    /// Average wage in urban non-private units, manufacturing.
    wage_nonprivate_manufacturing: Positive, "yuan per year";
    /// Average wage in urban non-private units, information services.
    wage_nonprivate_ict: Positive, "yuan per year";
    /// Average wage in urban non-private units, science and technical services.
    wage_nonprivate_sci_tech: Positive, "yuan per year";
    /// Average wage in urban private units, all branches.
    wage_private: Positive, "yuan per year";
    /// Average wage in urban private units, primary sector.
    wage_private_primary: Positive, "yuan per year";
    /// Average wage in urban private units, secondary sector.
    wage_private_secondary: Positive, "yuan per year";
    /// Average wage in urban private units, tertiary sector.
    wage_private_tertiary: Positive, "yuan per year";
    /// Average wage in urban private units, construction.
    wage_private_construction: Positive, "yuan per year";
    /// Average wage in urban private units, manufacturing.
    wage_private_manufacturing: Positive, "yuan per year";
    /// Average wage in urban private units, information services.
    wage_private_ict: Positive, "yuan per year";
    /// Average wage in urban private units, science and technical services.
    wage_private_sci_tech: Positive, "yuan per year";
    /// Share of state-held enterprises in above-scale industry, number of enterprises.
    state_share_industry_enterprises: Share, "share";
    /// Share of state-held enterprises in above-scale industry, employment.
    state_share_industry_employment: Share, "share";
    /// Share of state-held enterprises in above-scale industry, gross output.
    state_share_industry_output: Share, "share";
    /// Share of state-held enterprises in above-scale industry, assets.
    state_share_industry_assets: Share, "share";
    /// Share of state-held enterprises in above-scale industry, profit.
    state_share_industry_profit: Share, "share";
    /// Share of state-held enterprises in RMB loans to enterprises.
    state_share_enterprise_loans: Share, "share";
    /// Share of privately held enterprises in RMB loans to enterprises.
    private_share_enterprise_loans: Share, "share";
    /// Loans of all banks, local and foreign currency.
    loans: Positive, "yuan";
    /// Loans to households.
    loans_household: Positive, "yuan";
    /// Consumption loans to households, mortgages included.
    loans_household_consumption: Positive, "yuan";
    /// Business loans to households.
    loans_household_operating: Positive, "yuan";
    /// Personal housing mortgages.
    loans_mortgages: Positive, "yuan";
    /// Loans to enterprises and institutions.
    loans_enterprise: Positive, "yuan";
    /// Loans to property developers.
    loans_real_estate_development: Positive, "yuan";
    /// Inclusive loans to small and micro borrowers, October 2024.
    loans_inclusive_small_micro: Positive, "yuan";
    /// RMB loans to large enterprises.
    loans_large: Positive, "yuan";
    /// Share of state-held borrowers in loans to large enterprises.
    state_loan_share_large: Share, "share";
    /// Share of bad loans in RMB loans to large enterprises.
    bad_loan_ratio_large: Share, "share";
    /// Share of loans without security in loans to large enterprises.
    unsecured_share_large: Share, "share";
    /// Share of loans against mortgage or pledge in loans to large enterprises.
    collateral_share_large: Share, "share";
    /// Share of loans guaranteed by a third party in loans to large enterprises.
    guaranteed_share_large: Share, "share";
    /// RMB loans to medium enterprises.
    loans_medium: Positive, "yuan";
    /// Share of state-held borrowers in loans to medium enterprises.
    state_loan_share_medium: Share, "share";
    /// Share of bad loans in RMB loans to medium enterprises.
    bad_loan_ratio_medium: Share, "share";
    /// Share of loans without security in loans to medium enterprises.
    unsecured_share_medium: Share, "share";
    /// Share of loans against mortgage or pledge in loans to medium enterprises.
    collateral_share_medium: Share, "share";
    /// Share of loans guaranteed by a third party in loans to medium enterprises.
    guaranteed_share_medium: Share, "share";
    /// RMB loans to small and micro enterprises.
    loans_small_micro: Positive, "yuan";
    /// Share of state-held borrowers in loans to small and micro enterprises.
    state_loan_share_small_micro: Share, "share";
    /// Share of bad loans in RMB loans to small and micro enterprises.
    bad_loan_ratio_small_micro: Share, "share";
    /// Share of loans without security in loans to small and micro enterprises.
    unsecured_share_small_micro: Share, "share";
    /// Share of loans against mortgage or pledge in loans to small and micro enterprises.
    collateral_share_small_micro: Share, "share";
    /// Share of loans guaranteed by a third party in loans to small and micro enterprises.
    guaranteed_share_small_micro: Share, "share";
    /// Share of bad loans in RMB loans to all enterprises.
    bad_loan_ratio_enterprise: Share, "share";
    /// Deposits in all banks, local and foreign currency.
    deposits: Positive, "yuan";
    /// Deposits of households.
    deposits_household: Positive, "yuan";
    /// Deposits of non-financial enterprises.
    deposits_enterprise: Positive, "yuan";
    /// General public budget revenue.
    budget_revenue: Positive, "yuan";
    /// General public budget expenditure.
    budget_expenditure: Positive, "yuan";
    /// Tax revenue of the general budget.
    tax_revenue: Positive, "yuan";
    /// Value-added tax, local share.
    tax_vat: Positive, "yuan";
    /// Corporate income tax, local share.
    tax_corporate_income: Positive, "yuan";
    /// Individual income tax, local share.
    tax_individual_income: Positive, "yuan";
    /// Property tax.
    tax_property: Positive, "yuan";
    /// Urban land use tax.
    tax_urban_land_use: Positive, "yuan";
    /// Land appreciation tax.
    tax_land_appreciation: Positive, "yuan";
    /// Deed tax.
    tax_deed: Positive, "yuan";
    /// Non-tax revenue of the general budget.
    nontax_revenue: Positive, "yuan";
    /// Revenue kept at the municipal level.
    municipal_level_revenue: Positive, "yuan";
    /// Revenue of government funds, mostly land.
    government_fund_revenue: Positive, "yuan";
    /// Expenditure of government funds.
    government_fund_expenditure: Positive, "yuan";
    /// Cash revenue from transfers of land-use rights.
    land_transfer_revenue: Positive, "yuan";
    /// Revenue of the state capital budget.
    state_capital_revenue: Positive, "yuan";
    /// State land leased in the year.
    land_leased_ha: Positive, "ha";
    /// Contract value of state land leased in the year.
    land_lease_contract_value: Positive, "yuan";
    /// Average price of state land leased, all uses.
    land_lease_price: Positive, "yuan per m2";
    /// State land allotted without payment in the year.
    land_allotted_ha: Positive, "ha";
    /// Cultivated land, third land survey.
    cultivated_ha: Positive, "ha";
    /// Share of cultivated land on slopes.
    cultivated_slope_share: Share, "share";
    /// Share of contracted farmland transferred to other users.
    farmland_transfer_rate: Share, "share";
    /// Share of contracted farmland under scale management.
    farmland_scale_rate: Share, "share";
    /// Share of farmland transfers without rent in China, low end.
    rent_free_transfer_share_low: Share, "share";
    /// Share of farmland transfers without rent in China, high end.
    rent_free_transfer_share_high: Share, "share";
    /// Price of a construction land quota (dipiao).
    dipiao_price: Positive, "yuan per m2";
    /// Share of the net quota price that the household gets.
    dipiao_household_share: Share, "share";
    /// Paid to one household for its homestead: 70,000 yuan for 503 m2.
    dipiao_household_example: Positive, "yuan per m2";
    /// Gain of a household from homestead exit in a field study.
    homestead_exit_gain: Positive, "yuan per m2";
    /// Theoretical gain in the same study.
    homestead_exit_gain_theoretical: Positive, "yuan per m2";
    /// Rural construction land per head.
    rural_construction_land_per_head: Positive, "m2";
    /// Urban construction land per head.
    urban_construction_land_per_head: Positive, "m2";
    /// Disposable income per head.
    income_all: Positive, "yuan per head and year";
    /// Disposable income per head, urban.
    income_urban: Positive, "yuan per head and year";
    /// Disposable income per head, rural.
    income_rural: Positive, "yuan per head and year";
    /// Consumption per head.
    consumption_all: Positive, "yuan per head and year";
    /// Consumption per head, urban.
    consumption_urban: Positive, "yuan per head and year";
    /// Consumption per head, rural.
    consumption_rural: Positive, "yuan per head and year";
    /// Disposable income per head, mean of quintile 1 of households.
    income_quintile_1: Positive, "yuan per head and year";
    /// Disposable income per head, mean of quintile 2 of households.
    income_quintile_2: Positive, "yuan per head and year";
    /// Disposable income per head, mean of quintile 3 of households.
    income_quintile_3: Positive, "yuan per head and year";
    /// Disposable income per head, mean of quintile 4 of households.
    income_quintile_4: Positive, "yuan per head and year";
    /// Disposable income per head, mean of quintile 5 of households.
    income_quintile_5: Positive, "yuan per head and year";
    /// Share of households that rent.
    tenure_rent_share: Share, "share";
    /// Share of households in a self-built dwelling.
    tenure_selfbuilt_share: Share, "share";
    /// Share of households that bought, inherited or otherwise hold their dwelling.
    tenure_owner_share: Share, "share";
    /// Dwelling floor space per head.
    living_space_per_head: Positive, "m2";
    /// Average price of new dwellings sold.
    house_price: Positive, "yuan per m2";
    /// Average price of second-hand dwellings in the nine central districts.
    house_price_second_hand: Positive, "yuan per m2";
    /// Asking rent of a whole flat, median of all listings.
    rent_month: Positive, "yuan per m2 and month";
    /// Enterprises in the statistical register.
    enterprises: Positive, "units";
    /// Wholly state-owned companies in the register.
    enterprises_state: Positive, "units";
    /// Construction enterprises in the register.
    enterprises_construction: Positive, "units";
    /// Industrial legal units, all sizes.
    enterprises_industrial: Positive, "units";
    /// Enterprises in information services and in science and technical services.
    enterprises_digital: Positive, "units";
    /// People at work in industrial legal units, by place of work.
    industrial_employment: Positive, "persons";
    /// People at work in construction legal units, by place of work.
    construction_employment: Positive, "persons";
    /// Legal units in the register.
    legal_units: Positive, "units";
    /// Market entities, individual businesses included.
    market_entities: Positive, "units";
    /// New market entities as a share of the stock, yearly.
    entry_rate: Share, "share";
    /// Exits of market entities as a share of the stock, yearly.
    exit_rate: Share, "share";
    /// Share of new enterprises that survive three years.
    survival_3_years: Share, "share";
    /// Above-scale industrial enterprises, large.
    above_scale_firms_large: Positive, "units";
    /// Employment of above-scale industrial enterprises, large.
    above_scale_employment_large: Positive, "persons";
    /// Above-scale industrial enterprises, medium.
    above_scale_firms_medium: Positive, "units";
    /// Employment of above-scale industrial enterprises, medium.
    above_scale_employment_medium: Positive, "persons";
    /// Above-scale industrial enterprises, small and micro.
    above_scale_firms_small_micro: Positive, "units";
    /// Employment of above-scale industrial enterprises, small and micro.
    above_scale_employment_small_micro: Positive, "persons";
    /// Spending on research and development.
    rd_spending: Positive, "yuan per year";
    /// Spending on research and development as a share of GDP.
    rd_intensity: Share, "share";
    /// Value of technology contracts.
    tech_contracts_value: Positive, "yuan";
    /// Technology contracts.
    tech_contracts: Positive, "units";
    /// Electricity supply in the year.
    electricity_supply: Positive, "kWh";
    /// Electricity generated in the year.
    electricity_generation: Positive, "kWh";
    /// Electricity from water in the year.
    electricity_hydro: Positive, "kWh";
    /// Electricity from heat in the year.
    electricity_thermal: Positive, "kWh";
    /// Electricity from wind, sun and others in the year.
    electricity_wind_solar_other: Positive, "kWh";
    /// Electricity imported, gross in the year.
    electricity_imports: Positive, "kWh";
    /// Electricity exported, gross in the year.
    electricity_exports: Positive, "kWh";
    /// Electricity used by agriculture in the year.
    electricity_use_agriculture: Positive, "kWh";
    /// Electricity used by industry in the year.
    electricity_use_industry: Positive, "kWh";
    /// Electricity used by construction in the year.
    electricity_use_construction: Positive, "kWh";
    /// Electricity used by transport in the year.
    electricity_use_transport: Positive, "kWh";
    /// Electricity used by trade and catering in the year.
    electricity_use_trade_catering: Positive, "kWh";
    /// Electricity used by other services in the year.
    electricity_use_other: Positive, "kWh";
    /// Electricity used by households in the year.
    electricity_use_household: Positive, "kWh";
    /// Electricity lost in transmission in the year.
    electricity_transmission_loss: Positive, "kWh";
    /// Energy consumption, equivalent value.
    energy_consumption: Positive, "t standard coal";
    /// Greenhouse gas emissions (old).
    ghg_emissions: Positive, "t CO2 equivalent";
    /// Cap of the Chongqing carbon market (old).
    carbon_market_cap: Positive, "t CO2 equivalent";
    /// Share of emissions covered by the Chongqing carbon market (old).
    carbon_market_coverage: Share, "share";
    /// Share of allowances given to firms, the rest is the reserve.
    carbon_free_allocation_share: Share, "share";
    /// Average price in the Chongqing carbon market.
    carbon_price_local: Positive, "yuan per t";
    /// Average price in the national carbon market.
    carbon_price_national: Positive, "yuan per t";
    /// Data centre racks.
    data_centre_racks: Positive, "racks";
}
