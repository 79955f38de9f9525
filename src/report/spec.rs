//! The figures. To add one, add an entry to [`FIGURES`].

use super::units::Effect;

/// A metric as a figure shows it. Its unit comes from the file; scaling to readable units is automatic.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// Name in `series.parquet`.
    pub metric: &'static str,
    /// What the reader sees.
    pub label: &'static str,
    /// Region, `total` unless said otherwise.
    pub region: &'static str,
    /// Group, `all` unless said otherwise.
    pub group: &'static str,
    /// How effects are expressed.
    pub effect: Effect,
    /// Factor and unit for levels, instead of the automatic ones.
    pub shown: Option<(f64, &'static str)>,
}

impl Item {
    /// A metric of the whole city and all groups.
    pub const fn new(metric: &'static str, label: &'static str) -> Self {
        Self {
            metric,
            label,
            region: "total",
            group: "all",
            effect: Effect::Auto,
            shown: None,
        }
    }

    /// The same for one region.
    #[must_use]
    pub const fn region(mut self, region: &'static str) -> Self {
        self.region = region;
        self
    }

    /// The same for one group.
    #[must_use]
    pub const fn group(mut self, group: &'static str) -> Self {
        self.group = group;
        self
    }

    /// The same with effects expressed otherwise than its unit suggests.
    #[must_use]
    pub const fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// The same with levels multiplied by `factor` and called `unit`.
    #[must_use]
    pub const fn shown(mut self, factor: f64, unit: &'static str) -> Self {
        self.shown = Some((factor, unit));
        self
    }
}

/// What a map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapOf {
    /// Reform minus baseline, on a diverging scale.
    Effect,
    /// The baseline's level, on a sequential scale.
    Level,
}

/// A kind of plot with what it needs.
#[derive(Debug, Clone, Copy)]
pub enum Plot {
    /// Small multiples of levels over time, one line per scenario.
    Paths(&'static [Item]),
    /// Small multiples of reform minus baseline over time.
    Effects(&'static [Item]),
    /// Tiles, one per district, at the longest horizon.
    Map(Item, MapOf),
    /// Lorenz curves: names of distributions and their labels.
    Lorenz(&'static [(&'static str, &'static str)]),
    /// Densities of distributions: names and labels, one panel each.
    Densities(&'static [(&'static str, &'static str)], &'static str),
    /// Effects at three horizons with intervals, one row per metric.
    Forest(&'static [Item]),
    /// Effects on one metric by group at three horizons.
    Bars(Item, &'static [(&'static str, &'static str)]),
    /// Firm sizes against their rank, with the fitted tail.
    Zipf,
    /// Growth rates of firms with fitted densities, and their spread by size.
    Growth,
    /// Densities of log MRPK by ownership, and where their spread comes from.
    Wedges,
    /// Lorenz curves with points of the data.
    LorenzData,
    /// Cycles of two series against each other: name of the distribution, horizontal and vertical title.
    Scatter(&'static str, &'static str, &'static str),
    /// Effects of every lever alone and of the package, a block a metric.
    Levers(&'static [Item]),
    /// Event study inside the model.
    EventStudy,
    /// Shapley values of the levers, a block a metric.
    Shapley(&'static [Item]),
    /// Interactions of pairs of levers on a metric at the longest horizon.
    Interactions(Item),
    /// Channels of the effect on output, stacked by lever.
    Channels,
    /// Welfare changes of frozen groups.
    Gains,
    /// Where people of the reform date live at the end.
    Moves,
}

impl Plot {
    /// The metrics it reads from `series.parquet`.
    pub fn metrics(&self) -> Vec<&'static str> {
        match self {
            Self::Paths(items) | Self::Effects(items) | Self::Forest(items) => items.iter().map(|i| i.metric).collect(),
            Self::Map(item, _) | Self::Bars(item, _) => vec![item.metric],
            _ => Vec::new(),
        }
    }
}

/// One figure.
#[derive(Debug, Clone, Copy)]
pub struct FigureSpec {
    /// Name of its files.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// Note under the figure: what a reader must know beyond title and units.
    pub note: &'static str,
    /// Kind of plot and data.
    pub plot: Plot,
}

const DETRENDED: &str =
    "Quantities and real incomes are detrended (measured in efficiency units): a flat line grows at trend.";

const PAIRED: &str = "Effects are reform minus baseline with the same seed (common random numbers).";

/// The metrics of the summary table and of the small multiples.
pub const KEY: &[Item] = &[
    Item::new("gdp_real", "Real GDP"),
    Item::new("unemployment_rate", "Unemployment rate"),
    Item::new("wage_mean", "Mean wage"),
    Item::new("urban_rural_ratio", "Urban-rural income ratio"),
    Item::new("gini_income", "Gini of income")
        .effect(Effect::Change)
        .shown(100.0, "Gini points (0 to 100)"),
    Item::new("population", "Population"),
    Item::new("lease_share", "Farmland under lease"),
    Item::new("farm_productivity", "Farm productivity"),
    Item::new("mrpk_sd", "Dispersion of MRPK"),
    Item::new("loan_application_rate", "Firms applying for loans"),
    Item::new("first_loans", "First loans to firms"),
    Item::new("data_traded", "Data traded"),
    Item::new("hukou_conversions", "Hukou conversions").effect(Effect::Change),
    Item::new("price_level", "Price level"),
    Item::new("debt_gdp", "Debt over GDP").effect(Effect::Points),
];

/// The rows of the forest plot; a metric whose effect dwarfs the others would hide them.
pub const FOREST: &[Item] = &[
    Item::new("gdp_real", "Real GDP"),
    Item::new("wage_mean", "Mean wage"),
    Item::new("population", "Population"),
    Item::new("farm_productivity", "Farm productivity"),
    Item::new("price_level", "Price level"),
    Item::new("urban_rural_ratio", "Urban-rural income ratio").effect(Effect::Percent),
    Item::new("unemployment_rate", "Unemployment rate"),
    Item::new("lease_share", "Farmland under lease"),
    Item::new("loan_application_rate", "Firms applying for loans"),
    Item::new("debt_gdp", "Debt over GDP").effect(Effect::Points),
    Item::new("gini_income", "Gini of income").effect(Effect::Points),
    Item::new("mrpk_sd", "Dispersion of MRPK"),
];

/// The figures, in the order in which they are drawn.
pub const FIGURES: &[FigureSpec] = &[
    FigureSpec {
        id: "paths",
        title: "Paths of the economy",
        note: DETRENDED,
        plot: Plot::Paths(KEY),
    },
    FigureSpec {
        id: "effects",
        title: "Effects of the reform over time",
        note: PAIRED,
        plot: Plot::Effects(KEY),
    },
    FigureSpec {
        id: "map_income_effect",
        title: "Effect of the reform on income per head, by district",
        note: PAIRED,
        plot: Plot::Map(Item::new("income_per_head", "Income per head"), MapOf::Effect),
    },
    FigureSpec {
        id: "map_population_effect",
        title: "Effect of the reform on population, by district",
        note: PAIRED,
        plot: Plot::Map(Item::new("population", "Population"), MapOf::Effect),
    },
    FigureSpec {
        id: "map_wage_level",
        title: "Mean wage in the baseline, by district",
        note: DETRENDED,
        plot: Plot::Map(Item::new("wage_mean", "Mean wage"), MapOf::Level),
    },
    FigureSpec {
        id: "lorenz",
        title: "Lorenz curves of income and wealth",
        note: "Below: share held by the poorest x per cent, reform minus baseline, paired by seed.",
        plot: Plot::Lorenz(&[("lorenz_income", "Income"), ("lorenz_wealth", "Wealth")]),
    },
    FigureSpec {
        id: "mrpk",
        title: "Dispersion of the marginal revenue product of capital",
        note: "Log MRPK relative to the mean; SD is the standard deviation in logs. Less dispersion is less misallocation.",
        plot: Plot::Densities(
            &[("log_mrpk_state", "State firms"), ("log_mrpk_private", "Private firms")],
            "log MRPK relative to mean",
        ),
    },
    FigureSpec {
        id: "forest",
        title: "Effects of the reform by horizon",
        note: PAIRED,
        plot: Plot::Forest(FOREST),
    },
    FigureSpec {
        id: "wage_groups",
        title: "Effect of the reform on wages, by skill and origin",
        note: "Mean log wage of incumbent workers; one log point is about one per cent.",
        plot: Plot::Bars(
            Item::new("log_wage_incumbent", "Mean log wage"),
            &[
                ("low_native", "Low skill, native"),
                ("low_migrant", "Low skill, migrant"),
                ("high_native", "High skill, native"),
                ("high_migrant", "High skill, migrant"),
            ],
        ),
    },
];

/// The figures of stylised facts.
pub const FACT_FIGURES: &[FigureSpec] = &[
    FigureSpec {
        id: "facts_zipf",
        title: "Firm sizes and their rank",
        note: "A line a seed; mean heads of the last year, from one head up. The tail is fitted to the largest tenth of firms by ln(rank - 1/2) on ln size (Gabaix and Ibragimov 2011).",
        plot: Plot::Zipf,
    },
    FigureSpec {
        id: "facts_growth",
        title: "Growth of firms",
        note: "Yearly log growth of revenue of firms that live through both years, less the year's mean, every firm counted once. Subbotin density by maximum likelihood (Bottazzi and Secchi 2006); its shape is 1 for Laplace and 2 for normal.",
        plot: Plot::Growth,
    },
    FigureSpec {
        id: "facts_mrpk",
        title: "Marginal revenue products of capital",
        note: "Right: covariance of each part with log MRPK over the variance of log MRPK. Finance: user cost at the firm's own rate and leverage. Wedge: what no market explains. Rest: capital that has not caught up with shocks, beliefs and prices.",
        plot: Plot::Wedges,
    },
    FigureSpec {
        id: "facts_lorenz",
        title: "Lorenz curves and the data",
        note: "Points: means of five income groups of the household survey of Chongqing 2022. Wealth in the model is deposits and shares in firms, without dwellings.",
        plot: Plot::LorenzData,
    },
    FigureSpec {
        id: "facts_beveridge",
        title: "Beveridge curve",
        note: "All inside regions, quarters of all seeds, deviations from Hodrick-Prescott trends (1600).",
        plot: Plot::Scatter("beveridge", "unemployment (points)", "Vacancies (points)"),
    },
    FigureSpec {
        id: "facts_okun",
        title: "Okun's law",
        note: "All inside regions, quarters of all seeds, deviations from Hodrick-Prescott trends (1600).",
        plot: Plot::Scatter("okun", "output (%)", "Unemployment (points)"),
    },
];

/// The figures of a comparison, drawn after [`FIGURES`] from its tables.
pub const COMPARED: &[FigureSpec] = &[
    FigureSpec {
        id: "levers",
        title: "Effects of each reform and of the package",
        note: PAIRED,
        plot: Plot::Levers(&[
            Item::new("gdp_real", "Real GDP"),
            Item::new("income_per_head", "Income per head"),
            Item::new("wage_mean", "Mean wage"),
            Item::new("unemployment_rate", "Unemployment rate"),
            Item::new("urban_rural_ratio", "Urban-rural income ratio"),
            Item::new("gini_income", "Gini of income").effect(Effect::Points),
        ]),
    },
    FigureSpec {
        id: "event_study",
        title: "Event study inside the model, against the true effect",
        note: "The estimate compares treated with control regions of one economy, relative to the last quarter before; the \
               true effect compares the treated with themselves without the reform.",
        plot: Plot::EventStudy,
    },
    FigureSpec {
        id: "shapley",
        title: "What each reform contributes to the package",
        note: "Shapley values: the mean gain from adding a reform to all sets of the others. They add up to the package.",
        plot: Plot::Shapley(&[
            Item::new("gdp_real", "Real GDP").effect(Effect::Percent),
            Item::new("income_per_head", "Income per head"),
            Item::new("urban_rural_ratio", "Urban-rural income ratio"),
            Item::new("gini_income", "Gini of income"),
        ]),
    },
    FigureSpec {
        id: "interactions",
        title: "Which reforms need each other",
        note: "Off the diagonal the Shapley interaction index: what two reforms do together beyond what each does alone. \
               On the diagonal the Shapley value.",
        plot: Plot::Interactions(Item::new("gdp_real", "real GDP")),
    },
    FigureSpec {
        id: "channels",
        title: "Through which channels output changes",
        note: "Exact decomposition with logarithmic means: the parts add up to the effect (diamond). \
               Within: between firms of a district's sector; between: across districts and sectors. \
               Farm allocation: of land between farmers of a district.",
        plot: Plot::Channels,
    },
    FigureSpec {
        id: "gains",
        title: "Who gains: welfare of groups frozen at the reform date",
        note: "Change of mean log real income with services, person by person. In brackets: people whose own value falls \
               or rises by more than 1% at the last horizon, luck included.",
        plot: Plot::Gains,
    },
    FigureSpec {
        id: "migration",
        title: "Where people of the reform date live at the end of the run",
        note: "Rows: where they lived at the reform date. Columns: where they live at the end; gone: retired, died or moved \
               beyond the model. Dependants of the reform date move with their worker.",
        plot: Plot::Moves,
    },
];
