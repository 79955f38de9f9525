//! The migration stage: reviews of where to live, departures, arrivals, and what becomes known of places.

mod arrivals;
mod home;

use crate::agents::places::{anchored_choice, fresh_choice};
use crate::agents::workers::{GROUPS, NOBODY, Status, flag};
use crate::base::blocks;
use crate::base::draws::{self, Stage, Stream};
use crate::books::{CENTRAL, Flow, Tally};
use crate::world::{World, plot_value};
use home::{Lot, Luck};

pub(super) fn run(w: &mut World) -> Tally {
    let mut t = Tally::default();
    let change = changes(w);
    let lot = Lot::new(w);
    for mover in reviews(w, &change, &lot) {
        relocate(w, &mut t, mover);
    }
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

/// What all reviews of a quarter read: start shares, changes of value as factors, luck.
struct Review<'a> {
    w: &'a World,
    /// Start shares by origin and hukou kind, as [`crate::world::Places::log_share`].
    share: Vec<Vec<f64>>,
    /// exp of [`Changes`].
    place: [Vec<f64>; GROUPS],
    farm: Vec<f64>,
    /// Persistent luck of tenure.
    tenure: Stream,
    /// Tastes by epoch.
    tastes: Vec<Stream>,
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

impl<'a> Review<'a> {
    fn new(w: &'a World, change: &Changes) -> Self {
        let exp = |row: &[f64]| row.iter().map(|x| x.exp()).collect::<Vec<f64>>();
        let draws = w.draws();
        Review {
            w,
            share: w.places.log_share.iter().map(|row| exp(row)).collect(),
            place: std::array::from_fn(|g| exp(&change.place[g])),
            farm: exp(&change.farm),
            tenure: draws.stream(Stage::Tenure, 0, 2),
            tastes: (0..=u32::from(u8::MAX) + 1)
                .map(|epoch| draws.stream(Stage::Taste, epoch, 64))
                .collect(),
        }
    }

    /// Change of the value of leaving the farm through what the plot of worker `i`, whose luck of tenure is `luck`, earns
    /// when others till it, as a factor.
    fn land_kept(&self, i: usize, luck: f64) -> f64 {
        let w = self.w;
        let o = w.workers.hukou[i] as usize;
        if w.workers.plot_m2[i] == 0 || o >= w.geography.inside {
            return 1.0;
        }
        let v = w.farming.village_region[w.workers.village[i] as usize] as usize;
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

    /// The option that a worker chooses, with tastes that are drawn anew or stand.
    fn choose(&self, &Reviewer { i, redrawn, entrant }: &Reviewer, luck: f64, noted: &mut Noted) -> usize {
        let w = self.w;
        let o = w.workers.hukou[i] as usize;
        let flags = w.workers.flags[i];
        let high = usize::from(flags & flag::HIGH_SKILL != 0);
        let share = &self.share[2 * o + usize::from(flags & flag::RURAL_HUKOU != 0)];
        let land = self.land_kept(i, luck);
        let (home, away) = (&self.place[high], &self.place[high + 2]);
        let taste = if entrant {
            w.params.migration.young_farm_taste
        } else {
            0.0
        };
        let farm = self.farm.get(o).map_or(1.0, |farm| farm * taste.exp());
        let gain = |d: usize| match away.get(d) {
            Some(_) if d == o => home[d] * land,
            Some(away) => away * land,
            None => farm,
        };
        let options = share.iter().enumerate().map(|(d, &share)| (share, gain(d)));
        let epoch = usize::from(w.workers.epoch[i]) + usize::from(redrawn);
        let mut taste = self.tastes[epoch].of(i, u32::from(w.workers.generation[i]));
        if redrawn || flags & flag::ANCHORED == 0 {
            fresh_choice(options, &mut taste)
        } else {
            anchored_choice(options, w.workers.anchor[i] as usize, &mut taste, noted)
        }
    }
}

/// Tastes noted in a choice.
type Noted = Vec<(f64, f64, f64)>;

/// A worker whose turn it is.
struct Reviewer {
    i: usize,
    /// Tastes are drawn anew.
    redrawn: bool,
    /// Of the generations that enter from the first measured quarter on.
    entrant: bool,
}

/// Who goes to an option, or stays with tastes drawn anew.
struct Mover {
    i: usize,
    choice: usize,
    redrawn: bool,
    luck: Luck,
}

/// Option where worker `i` is now: the farm at home, or the region.
fn option_now(w: &World, i: usize) -> usize {
    if w.workers.status[i] == Status::Farm {
        w.geography.all()
    } else {
        w.workers.region[i] as usize
    }
}

/// Workers whose turn it is compare all places; returns who goes where, in order of identity.
fn reviews(w: &World, change: &Changes, lot: &Lot) -> Vec<Mover> {
    let p = &w.params.migration;
    let review = Review::new(w, change);
    let when = w.draws().stream(Stage::Review, w.stream_tick(), 2);
    let due = [p.review_old, p.review_young].map(draws::threshold);
    let most = due[0].max(due[1]);
    // a farmer of this quarter's new generation
    let newborn = (w.tick as f64 - 4.0 * p.entry_age) as i16;
    let heirs = draws::threshold(p.succession);
    // generations that enter from the first measured quarter on leave the farms: the slow drift of the data
    let first_entrant = -4.0 * p.entry_age;
    let parts = blocks::map(w.workers.len(), |range| {
        let mut list = Vec::new();
        let mut words = when.at(range.start);
        for i in range {
            let (turn, redraw) = (u64::from(words.word()), words.word());
            let new = w.workers.born[i] == newborn && w.workers.generation[i] > 0;
            if turn >= most && !new {
                continue;
            }
            let heir = new && w.tick >= 0 && w.workers.status[i] == Status::Farm;
            let due = if heir { heirs } else { due[usize::from(w.is_young(i))] };
            if turn >= due || w.workers.status[i] == Status::Free {
                continue;
            }
            let settled = w.workers.flags[i] & flag::SETTLED != 0;
            list.push(Reviewer {
                i,
                redrawn: heir || !settled && draws::unit(redraw) < p.redraw,
                entrant: f64::from(w.workers.born[i]) >= first_entrant,
            });
        }
        choices(&review, &list, lot)
    });
    parts.into_iter().flatten().collect()
}

/// What the reviewers of a block choose, without those who stay with the tastes they have.
fn choices(review: &Review, reviewers: &[Reviewer], lot: &Lot) -> Vec<Mover> {
    let w = review.w;
    let agents: Vec<(usize, u32)> = reviewers
        .iter()
        .map(|r| (r.i, u32::from(w.workers.generation[r.i])))
        .collect();
    let mut tenure = Vec::with_capacity(agents.len());
    review
        .tenure
        .scattered(&agents, |_, [word]: [u32; 1]| tenure.push(draws::unit(word)));
    let mut noted = Noted::new();
    reviewers
        .iter()
        .zip(tenure)
        .zip(lot.of(&agents))
        .map(|((reviewer, tenure), luck)| Mover {
            i: reviewer.i,
            choice: review.choose(reviewer, tenure, &mut noted),
            redrawn: reviewer.redrawn,
            luck,
        })
        .filter(|mover| mover.redrawn || mover.choice != option_now(w, mover.i))
        .collect()
}

/// Moves a worker to an option; money follows to the new bank, or leaves with who leaves.
fn relocate(w: &mut World, t: &mut Tally, mover: Mover) {
    let Mover {
        i,
        choice,
        redrawn,
        luck,
    } = mover;
    let (inside, all) = (w.geography.inside, w.geography.all());
    if redrawn {
        w.workers.epoch[i] = w.workers.epoch[i].wrapping_add(1);
        w.workers.flags[i] &= !flag::ANCHORED;
    }
    if choice == option_now(w, i) {
        return;
    }
    if w.workers.status[i] == Status::Employed {
        w.firms.heads[w.workers.employer[i] as usize] -= 1;
    }
    w.workers.employer[i] = NOBODY;
    let bank = w.bank_of_worker(i);
    let (from, o) = (w.workers.region[i] as usize, w.workers.hukou[i] as usize);
    let to = if choice == all { o } else { choice };
    let left = (from < inside).then(|| (from, usize::from(w.workers.flags[i] & flag::VILLAGE_HOME != 0)));
    if to >= inside && o >= inside {
        depart(w, t, i);
        return;
    }
    carry_residence(w, i, from, to);
    w.workers.region[i] = to as u8;
    w.workers.status[i] = if choice == all {
        home::till_idle_plot(w, i);
        Status::Farm
    } else if to < inside {
        Status::Unemployed
    } else {
        Status::Away
    };
    home::house(w, i, luck);
    home::family(w, i, luck, left);
    let new_bank = w.bank_of_worker(i);
    if new_bank != bank {
        t.move_account(bank, new_bank, w.workers.deposits[i]);
    }
}

/// A worker from outside goes back there, with family and savings; the slot is free for another.
fn depart(w: &mut World, t: &mut Tally, i: usize) {
    let bank = w.bank_of_worker(i);
    let money = w.workers.deposits[i];
    let outer = &mut w.governments.outer;
    t.pay(
        Flow::Departures,
        (&mut w.workers.deposits[i], bank),
        (outer, CENTRAL),
        money,
    );
    w.fund.units -= i64::from(w.workers.units[i]);
    w.workers.units[i] = 0;
    w.workers.permanent_income[i] = 0.0;
    w.workers.status[i] = Status::Free;
    w.free.insert(i as u32);
    let dependants = i64::from(w.workers.old[i]) + i64::from(w.workers.young[i]);
    (w.workers.old[i], w.workers.young[i]) = (0, 0);
    w.books.people_arrive(-i64::from(w.scale), -dependants);
    let rural = usize::from(w.workers.flags[i] & flag::RURAL_HUKOU != 0);
    let origin = w.workers.hukou[i] as usize - w.geography.inside;
    w.places.outside_people[origin][rural] += f64::from(w.scale);
}

/// Credited residence of a worker who moves: kept inside a city, portable as the law says inside the circle, lost
/// otherwise. Counts the move.
fn carry_residence(w: &mut World, i: usize, from: usize, to: usize) {
    if from == to {
        w.quarter.farm_moves[to] += 1;
        return;
    }
    let credit = f64::from(w.workers.credit[i]);
    let kept = match (w.geography.in_city.get(from), w.geography.in_city.get(to)) {
        (Some(a), Some(b)) if a == b => 1.0,
        (Some(_), Some(_)) => w.rules[to].hukou.years_portable_in_circle,
        _ => 0.0,
    };
    let home = to == w.workers.hukou[i] as usize;
    w.workers.credit[i] = if home { 0 } else { (credit * kept) as u8 };
    w.workers.flags[i] &= !(flag::DECLINED | flag::SETTLED);
    if to < w.geography.inside {
        w.quarter.moves[to] += 1;
    }
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
