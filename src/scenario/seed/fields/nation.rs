//! Facts of the nation.

use serde::Serialize;

use super::{Allowed, FieldSpec};
use crate::scenario::seed::error::SeedError;

facts! {
    /// Facts of the nation.
    NationFacts from () {
    }
    /// Population of China.
    population: Positive, "persons";
    /// Share of the population that lives in urban areas.
    urban_share: Share, "share";
    /// Employed people.
    employed: Positive, "persons";
    /// Rural migrant workers, local and outside their township.
    rural_migrant_workers: Positive, "persons";
    /// People who live outside the province of their registration.
    inter_provincial_floating: Positive, "persons";
    /// Gross domestic product.
    gdp: Positive, "yuan";
    /// Value added of the primary sector.
    va_primary: Positive, "yuan";
    /// Value added of the secondary sector.
    va_secondary: Positive, "yuan";
    /// Value added of the tertiary sector.
    va_tertiary: Positive, "yuan";
    /// Average wage in urban non-private units.
    wage_nonprivate: Positive, "yuan per year";
    /// Average wage in urban private units.
    wage_private: Positive, "yuan per year";
    /// Disposable income per head.
    income_all: Positive, "yuan per head and year";
    /// Annual interest rate of new inclusive loans to small and micro firms.
    small_loan_rate: Share, "share";
}
