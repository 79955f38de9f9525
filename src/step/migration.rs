//! The migration stage: reviews of where to live, departures, arrivals, and what becomes known of places.

mod arrivals;
mod home;
mod relocation;
mod turns;

use crate::agents::places::{anchored_choice, fresh_choice};
use crate::agents::workers::{GROUPS, flag};
use crate::base::draws::{self, Stage, Stream, WORDS, words_of_each};
use crate::books::Tally;
use crate::world::{World, plot_value};
use home::{Lot, Luck};
use relocation::{Around, Columns, Moved, Rows};
use turns::{Person, Reviewer, Turns};

pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    let change = changes(w);
    let lot = Lot::new(w);
    let mut moved = reviews(w, &change, &lot);
    relocation::follow(w, &mut t, &mut moved);
    arrivals::arrivals(w, &mut t, &change, &lot);
    news(w);
    t
}

/// Change of the value of every option since the start, by skill and nativity: kappa (u - u0), without what is
/// personal. Index `[group][option]`; group 4 is the farm at home by region.
struct Changes {
    place: [Vec<f64>; GROUPS],
    farm: Vec<f64>,
}

/// Who goes to an option, or stays with tastes drawn anew.
struct Mover {
    i: usize,
    choice: usize,
    redrawn: bool,
    luck: Luck,
    /// Employer, dependants, and deposits [fen]: those of all movers of a block are looked up one right after the other.
    employer: u32,
    dependants: [u8; 2],
    deposits: i64,
}

fn changes(w: &World) -> Changes {
    let inside = w.geography.inside;
    let p = &w.params.migration;
    let h = w.params.housing.share;
    let place = std::array::from_fn(|g| {
        let mut row = vec![0.0; w.geography.all()];
        for (r, x) in row.iter_mut().enumerate().take(inside) {
            let access = |law: &crate::rules::HukouRules| {
                if g >= 2 {
                    law.service_access_permit.max(1e-3).ln()
                } else {
                    0.0
                }
            };
            let services = (w.places.service[r] / w.places.start_service[r]).ln() + access(&w.rules[r].hukou)
                - access(&w.places.start_rules[r].hukou);
            let cost = (1.0 - h) * (w.places.price[r] / w.places.start_price[r]).ln()
                + h * (w.housing.rent[r] / w.places.start_rent[r]).ln();
            let income = (w.places.income[r][g] / w.places.start_income[r][g]).max(0.05).ln();
            *x = p.elasticity * (income - cost + p.service_weight * services);
        }
        row
    });
    let farm = (0..inside)
        .map(|r| {
            let income = (w.places.farm_income[r] / w.places.start_farm_income[r]).max(0.05).ln();
            let reached = |law: &crate::rules::HukouRules| law.village_services.ln();
            let services = (w.places.service[r] / w.places.start_service[r]).ln() + reached(&w.rules[r].hukou)
                - reached(&w.places.start_rules[r].hukou);
            let cost = (1.0 - h) * (w.places.price[r] / w.places.start_price[r]).ln();
            p.elasticity * (income - cost + p.service_weight * services)
        })
        .collect();
    Changes { place, farm }
}

/// Words of a person's tastes, and so the most options that there can be.
const TASTES: usize = 64;

/// What all reviews of a quarter read: start shares, changes of value as factors, luck.
struct Review<'a> {
    w: &'a World,
    /// Start shares by origin and hukou kind, as [`crate::world::Places::log_share`].
    share: Vec<Vec<f64>>,
    /// exp of [`Changes`].
    place: [Vec<f64>; GROUPS],
    farm: Vec<f64>,
    /// What options cost, by origin, hukou kind and skill: `[2 (2 origin + rural) + skill]`.
    costs: Vec<Costs>,
    /// Taste of entrants for the farm, as a factor.
    entrants_farm: f64,
    /// Persistent luck of tenure.
    tenure: Stream,
    /// Tastes by epoch.
    tastes: Vec<Stream>,
    /// Options: all places and the farm.
    options: usize,
}

/// Costs of options as in [`fresh_choice`] for people of one origin, hukou kind and skill, the farm last.
struct Costs {
    of: [f64; TASTES],
    /// The option that costs least.
    least: usize,
}

impl<'a> Review<'a> {
    fn new(w: &'a World, change: &Changes) -> Self {
        assert!(w.geography.all() < TASTES, "a person compares {TASTES} options at most");
        let exp = |row: &[f64]| row.iter().map(|x| x.exp()).collect::<Vec<f64>>();
        let draws = w.draws();
        let mut review = Review {
            w,
            share: w.places.log_share.iter().map(|row| exp(row)).collect(),
            place: std::array::from_fn(|g| exp(&change.place[g])),
            farm: exp(&change.farm),
            costs: Vec::new(),
            entrants_farm: w.params.migration.young_farm_taste.exp(),
            tenure: draws.stream(Stage::Tenure, 0, 2),
            tastes: (0..=u32::from(u8::MAX) + 1)
                .map(|epoch| draws.stream(Stage::Taste, epoch, TASTES as u32))
                .collect(),
            options: w.geography.all() + 1,
        };
        let kinds = (0..review.share.len()).flat_map(|k| [0, 1].map(|high| (k, high)));
        review.costs = kinds.map(|(k, high)| review.costs_of(k, high)).collect();
        review
    }

    /// What options cost people of an origin and hukou kind, and of a skill, who have no land.
    fn costs_of(&self, kind: usize, high: usize) -> Costs {
        let mut of = [f64::INFINITY; TASTES];
        for (cost, (share, gain)) in of.iter_mut().zip(self.options(kind, high, 1.0, 1.0)) {
            *cost = 1.0 / (share * gain);
        }
        let least = (0..TASTES).min_by(|&a, &b| of[a].total_cmp(&of[b])).unwrap_or_default();
        Costs { of, least }
    }

    /// Options (start share, change as a factor) of people of an origin and hukou kind, and of a skill: all places, whose
    /// value changes with `land` too, and the farm, with the factor `farm`.
    fn options(&self, kind: usize, high: usize, land: f64, farm: f64) -> impl Iterator<Item = (f64, f64)> + Clone + '_ {
        let origin = kind / 2;
        let (home, away) = (&self.place[high], &self.place[high + 2]);
        let farm = self.farm.get(origin).map_or(1.0, |change| change * farm);
        self.share[kind]
            .iter()
            .enumerate()
            .map(move |(d, &share)| match away.get(d) {
                Some(_) if d == origin => (share, home[d] * land),
                Some(away) => (share, away * land),
                None => (share, farm),
            })
    }

    /// Change of the value of leaving the farm through what the plot of worker `i`, whose luck of tenure is `luck`, earns
    /// when others till it, as a factor.
    fn land_kept(&self, i: usize, person: &Person, luck: f64) -> f64 {
        let (w, v) = (self.w, person.village);
        if !person.plot || person.origin >= w.geography.inside {
            return 1.0;
        }
        let plot = plot_value(w, i);
        let value = |law: &crate::rules::FarmlandRules, rent: f64| {
            let kept = if luck >= law.insecure_share {
                1.0 - law.transaction_cost
            } else {
                0.0
            };
            1.0 + plot * kept * rent
        };
        let rent = w.farming.rent[v] / w.farming.start_rent[v].max(1e-12);
        let start = value(&w.places.start_rules[v].farmland, 1.0);
        (value(&w.rules[v].farmland, rent) / start).powf(w.params.migration.elasticity)
    }

    /// Whose words the tastes of a worker are, drawn anew or standing.
    fn taste(&self, reviewer: &Reviewer, person: &Person) -> (&Stream, usize, u32) {
        let epoch = usize::from(person.epoch) + usize::from(reviewer.redrawn);
        (&self.tastes[epoch], reviewer.i, person.generation)
    }

    /// The option that a worker with these `tastes` chooses; `land` is [`Self::land_kept`].
    fn choose(&self, reviewer: &Reviewer, person: &Person, land: f64, tastes: &[u32]) -> usize {
        let Reviewer { redrawn, entrant, .. } = *reviewer;
        let high = usize::from(person.flags & flag::HIGH_SKILL != 0);
        let kind = 2 * person.origin + usize::from(person.flags & flag::RURAL_HUKOU != 0);
        let farm = match self.farm.get(person.origin) {
            Some(_) if entrant => self.entrants_farm,
            _ => 1.0,
        };
        if !redrawn && person.flags & flag::ANCHORED != 0 {
            let options = self.options(kind, high, land, farm);
            return anchored_choice(options, person.anchor, tastes);
        }
        let Costs { of: mut costs, least } = self.costs[2 * kind + high];
        // land changes all places alike: as if the farm alone had changed
        costs[self.options - 1] *= land / farm;
        // words come in whole blocks; what is no option costs too much
        fresh_choice(&costs[..tastes.len()], tastes, least)
    }
}

/// Workers whose turn it is compare all places, and movers go to their options: a worker reads and changes its own columns
/// only. Returns those who are not where they were, by block and in order of identity.
fn reviews(w: &mut World, change: &Changes, lot: &Lot) -> Vec<Vec<Moved>> {
    let mut columns = Columns::take(&mut w.workers);
    let view: &World = w;
    let (review, turns, around) = (Review::new(view, change), Turns::new(view), Around { w: view });
    let moved = columns.each_block(|mut rows| {
        let movers = choices(&review, &turns.reviewers(view, &rows), &rows, lot);
        movers.iter().filter_map(|mover| around.go(mover, &mut rows)).collect()
    });
    columns.give_back(&mut w.workers);
    moved
}

/// What the reviewers of a block choose, without those who stay with the tastes they have.
fn choices(review: &Review, reviewers: &[Reviewer], rows: &Rows, lot: &Lot) -> Vec<Mover> {
    let people: Vec<Person> = reviewers.iter().map(|r| Person::of(review.w, rows, r.i)).collect();
    let agents: Vec<(usize, u32)> = reviewers
        .iter()
        .zip(&people)
        .map(|(r, p)| (r.i, p.generation))
        .collect();
    let mut land = Vec::with_capacity(agents.len());
    review.tenure.scattered(&agents, |k, [word]: [u32; 1]| {
        land.push(review.land_kept(agents[k].0, &people[k], draws::unit(word)));
    });
    let tastes = reviewers.iter().zip(&people).map(|(r, person)| review.taste(r, person));
    let tastes: Vec<(&Stream, usize, u32)> = tastes.collect();
    let mut moving: Vec<(&Reviewer, &Person, usize)> = Vec::new();
    words_of_each(review.options.next_multiple_of(WORDS), &tastes, |k, tastes| {
        let (r, person) = (&reviewers[k], &people[k]);
        let choice = review.choose(r, person, land[k], tastes);
        if r.redrawn || choice != person.now {
            moving.push((r, person, choice));
        }
    });
    let agents: Vec<(usize, u32)> = moving.iter().map(|(r, p, _)| (r.i, p.generation)).collect();
    let workers = &review.w.workers;
    let mover = |(&(r, _, choice), luck): (&(&Reviewer, &Person, usize), _)| Mover {
        i: r.i,
        choice,
        redrawn: r.redrawn,
        luck,
        employer: rows.employer[r.i - rows.first],
        dependants: [workers.old[r.i], workers.young[r.i]],
        deposits: workers.deposits[r.i],
    };
    moving.iter().zip(lot.of(&agents)).map(mover).collect()
}

/// News: incomes, prices and services of every place, smoothed.
fn news(w: &mut World) {
    let inside = w.geography.inside;
    let scale = f64::from(w.scale);
    let speed = w.params.migration.news;
    let buyer = w.buyer_prices();
    let food = w.params.goods.food_share;
    let split = w.params.goods.consumption_split.clone();
    let service = crate::world::service_level(w);
    for r in 0..inside {
        let c = w.census[r];
        for g in 0..GROUPS {
            if c.heads[g] > 0.0 {
                let now = c.income[g] / (c.heads[g] * scale);
                w.places.income[r][g] += speed * (now - w.places.income[r][g]);
            }
        }
        if c.farmers > 0.0 {
            let now = c.farm_income / (c.farmers * scale);
            w.places.farm_income[r] += speed * (now - w.places.farm_income[r]);
        }
        let mut log_price = food * buyer[0][r].ln();
        for s in 0..3 {
            log_price += (1.0 - food) * split[s] * buyer[s + 1][r].ln();
        }
        w.places.price[r] = log_price.exp();
        w.places.service[r] = service[r];
    }
}
