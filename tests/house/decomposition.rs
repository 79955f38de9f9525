//! Decompositions add up exactly; efficient output and welfare are what their definitions say.

use crate::common::{born, data, rules};
use crate::compare::{Quiet, Record, folder, number, options, run, scenario, table};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use yaosu::metrics::accounts::{Accounts, CHANNELS, FarmAccount, difference};
use yaosu::metrics::welfare::Frozen;
use yaosu::world::World;

/// Effect on real GDP of the total in per cent, by lever and horizon.
fn gdp(folder: &Path) -> BTreeMap<(String, String), f64> {
    let rows = table(folder, "horizons.csv").into_iter();
    let gdp = rows.filter(|r| r["metric"] == "gdp_real" && r["region"] == "total");
    gdp.map(|r| {
        (
            (r["lever"].clone(), r["horizon_years"].clone()),
            number(&r, "effect_pct"),
        )
    })
    .collect()
}

#[test]
fn shapley_values_and_channels_add_up_exactly() {
    let out = folder();
    let summary = run(&scenario(&[]), &options(out.path()), &Quiet::new(u64::MAX));
    assert_eq!((summary.seeds, summary.arms), (3, 8));
    let effects = gdp(&summary.folder);
    assert!(effects.values().any(|x| *x != 0.0));
    let mut sums: BTreeMap<(String, String), [f64; 2]> = BTreeMap::new();
    for r in table(&summary.folder, "shapley.csv") {
        let side = usize::from(r["player"] == "package");
        let key = (r["metric"].clone(), r["horizon_years"].clone());
        sums.entry(key).or_default()[side] += number(&r, "value");
    }
    assert!(sums.len() > 5);
    for (key, [players, package]) in &sums {
        let tolerance = 1e-10 * package.abs().max(1.0);
        assert!((players - package).abs() < tolerance, "{key:?}: {players} {package}");
        if key.0 == "gdp_real" {
            let effect = effects[&("three-reforms".to_owned(), key.1.clone())];
            assert!((effect - package).abs() < tolerance, "{key:?}: {effect} {package}");
        }
    }
    // package minus the sum of singles
    let beyond = table(&summary.folder, "interactions.csv");
    for r in beyond
        .iter()
        .filter(|r| r["metric"] == "gdp_real" && r["a"] == "package")
    {
        let of = |lever: &str| effects[&(lever.to_owned(), r["horizon_years"].clone())];
        let singles = ["land_leasing", "hukou_mutual_recognition", "credit_information"].map(of);
        let expected = of("three-reforms") - singles.iter().sum::<f64>();
        assert!((number(r, "value") - expected).abs() < 1e-10, "{r:?}");
    }
    let mut sums: BTreeMap<(String, String), f64> = BTreeMap::new();
    for r in table(&summary.folder, "channels.csv") {
        *sums
            .entry((r["lever"].clone(), r["horizon_years"].clone()))
            .or_default() += number(&r, "value");
    }
    assert_eq!(sums.len(), 4);
    for (key, sum) in &sums {
        assert!((sum - effects[key]).abs() < 1e-9, "{key:?}: {sum} {}", effects[key]);
    }
}

#[test]
fn eight_levers_are_decomposed_by_drawn_orders_that_add_up_too() {
    // eight small levers, each on a rule of its own
    let here = folder();
    let law = scenario(&[]).schedule;
    let mut sets: Vec<String> = ["land_leasing", "hukou_mutual_recognition", "credit_information"]
        .map(|id| format!("levers.{id}=false"))
        .to_vec();
    let rules = law
        .law()
        .keys()
        .iter()
        .filter(|k| k.limits.high > k.value && k.value > 0.0);
    for (k, rule) in rules.take(8).enumerate() {
        let target = rule.value + 0.02 * (rule.limits.high.min(2.0 * rule.value) - rule.value);
        let text = format!(
            "[lever]\nid = \"l{k}\"\narticle = 1\ntitle = {{ zh = \"x\", en = \"x\" }}\nmechanism = \"x\"\n\
             margin = {{ metric = \"gdp_real\", sign = \"any\", group = \"all\" }}\nevidence = {{ grade = \"ASSUMPTION\", note = \"x\" }}\n\
             pays = \"x\"\n[moves]\n\"{}\" = {target:?}\n",
            rule.key
        );
        let file = here.path().join(format!("l{k}.toml"));
        fs::write(&file, text).expect("written");
        sets.push(format!("levers.l{k}={{ file = {:?} }}", file.display().to_string()));
    }
    sets.push("quarters=3".to_owned());
    sets.push("seeds=[1,2]".to_owned());
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let out = here.path().join("out");
    let summary = run(&scenario(&sets), &options(&out), &Quiet::new(u64::MAX));
    // baseline, singles, package, and what two pairs of orders need besides
    assert!((11..=10 + 4 * 6).contains(&summary.arms), "{} arms", summary.arms);
    let rows = table(&summary.folder, "shapley.csv");
    let gdp: Vec<&Record> = rows.iter().filter(|r| r["metric"] == "gdp_real").collect();
    let (package, players): (Vec<&Record>, Vec<&Record>) = gdp.into_iter().partition(|r| r["player"] == "package");
    assert_eq!(players.len(), 8);
    let sum: f64 = players.iter().map(|r| number(r, "value")).sum();
    assert!((sum - number(package[0], "value")).abs() < 1e-10, "{sum}");
    assert_ne!(sum, 0.0);
    let pairs = table(&summary.folder, "interactions.csv");
    assert!(
        !pairs.is_empty() && pairs.iter().all(|r| r["a"] == "package"),
        "no pairs, but package minus sum"
    );
    let drawn = players.iter().map(|r| number(r, "se_draw"));
    assert!(
        drawn.clone().all(|x| x >= 0.0) && drawn.clone().any(|x| x > 0.0),
        "drawn orders have an error"
    );
}

/// The world of a seed right after its first measured production.
fn after_production(scenario: &yaosu::scenario::Scenario, seed: u64) -> World {
    let (mut w, law) = (born(scenario, seed), rules(scenario, 0));
    let mut seen = None;
    yaosu::step::step_watched(&mut w, &law, &mut Default::default(), &mut |stage, w| {
        if stage == "production" {
            seen = Some(w.clone());
        }
    })
    .expect("a quarter");
    seen.expect("a stage called production")
}

#[test]
fn channels_of_a_planted_change_are_that_change() {
    let w = after_production(&scenario(&["scale=5000"]), 1);
    let base = Accounts::of(&w);
    let place = |name: &str| CHANNELS.iter().position(|c| *c == name).expect("a channel");
    let log = |after: &Accounts| {
        let parts = difference(&base, after);
        let sum: f64 = parts.iter().sum();
        let whole = after.output() - base.output();
        assert!((sum - whole).abs() < 1e-9 * base.output(), "{parts:?}: {sum} {whole}");
        parts.map(|p| p / base.output())
    };
    assert_eq!(log(&base), [0.0; CHANNELS.len()]);
    // every firm one per cent better: firms' parts of output grow by it, and nothing else is a channel
    let mut better = base.clone();
    for c in better.cells.iter_mut().filter(|c| c.parts[0] > 0.0) {
        let rho = c.technology.rho();
        let before: f64 = c.parts.iter().sum();
        c.parts[0] *= (0.01 * rho).exp();
        c.ln_technology += 0.01;
        c.output *= (c.parts.iter().sum::<f64>() / before).powf(1.0 / rho);
    }
    let parts = log(&better);
    let technology = place("technology_and_data");
    assert!(parts[technology] > 0.005);
    for (k, p) in parts.iter().enumerate().filter(|(k, _)| *k != technology) {
        assert!(p.abs() < 1e-12, "{}: {p}", CHANNELS[k]);
    }
    // a cell that vanishes is allocation between cells
    let mut gone = base.clone();
    gone.cells[0].output = 0.0;
    gone.cells[0].parts = [0.0; 2];
    let parts = log(&gone);
    assert!((parts[place("allocation_between")] + base.cells[0].output / base.output()).abs() < 1e-12);
    // ten per cent more land on every farm, ten per cent more farmers, a tenth lost by bad allocation: each its channel
    let farms = |change: &dyn Fn(&mut FarmAccount)| {
        let mut after = base.clone();
        after.farms.iter_mut().for_each(change);
        log(&after)
    };
    let only = |parts: [f64; CHANNELS.len()], name: &str| {
        for (k, p) in parts.iter().enumerate().filter(|(k, _)| *k != place(name)) {
            assert!(p.abs() < 1e-12, "{name}, {}: {p}", CHANNELS[k]);
        }
        assert!(parts[place(name)].abs() > 1e-4, "{name}: {parts:?}");
    };
    let land = |f: &mut FarmAccount| {
        f.land *= 1.1;
        f.output *= 1.1f64.powf(f.theta);
    };
    let people = |f: &mut FarmAccount| {
        f.farmers *= 1.1;
        f.output *= 1.1f64.powf(1.0 - f.theta);
    };
    only(farms(&land), "farmland");
    only(farms(&people), "farmers");
    only(farms(&|f| f.output *= 0.9), "farm_allocation");
    let all = farms(&|f| {
        land(f);
        people(f);
        f.output *= 0.9;
    });
    let whole = (base.farm_output() / base.output()) * (1.1 * 0.9 - 1.0);
    let sum: f64 = all.iter().sum();
    assert!((sum - whole).abs() < 1e-12, "{sum} {whole}");
}

#[test]
fn farm_output_is_skill_land_and_allocation() {
    let w = after_production(&scenario(&["scale=5000"]), 1);
    let before = Accounts::of(&w);
    let farms = before.farms.iter().filter(|f| f.output > 0.0);
    for f in farms.clone() {
        let eff = f.output / f.efficient();
        assert!(eff > 0.2 && eff <= 1.0 + 1e-9, "{f:?}: {eff}");
    }
    assert!(farms.count() > 20);
    let [.., loss] = before.gains();
    assert!(loss > 0.01, "insecure tenure costs something: {loss}");
    // give every farmer of a region land in proportion to s: marginal products are equal, and nothing is lost
    let mut equal = w.clone();
    let theta = w.params.farmland.theta();
    let mut sums = vec![[0.0; 2]; w.geography.inside];
    let tilled = |w: &World, i: usize| yaosu::world::farm_output(w, i).map(|f| f.0);
    for i in 0..w.workers.len() {
        if let Some(r) = tilled(&w, i) {
            sums[r][0] += w.params.farmland.size_index(f64::from(w.workers.farm_skill[i]));
            sums[r][1] += f64::from(w.workers.operated_m2[i]);
        }
    }
    equal.farming.output.fill(0.0);
    for i in 0..w.workers.len() {
        if let Some(r) = tilled(&w, i) {
            let s = w.params.farmland.size_index(f64::from(w.workers.farm_skill[i]));
            equal.workers.operated_m2[i] = (s / sums[r][0] * sums[r][1]).round().max(1.0) as u32;
            if let Some((_, y)) = yaosu::world::farm_output(&equal, i) {
                equal.farming.output[r] += y;
            }
        }
    }
    let after = Accounts::of(&equal);
    let [.., loss] = after.gains();
    assert!(loss.abs() < 1e-4, "{loss}");
    let parts = difference(&before, &after);
    let allocation = parts[CHANNELS
        .iter()
        .position(|c| *c == "farm_allocation")
        .expect("a channel")];
    let whole: f64 = parts.iter().sum();
    assert!((allocation / whole - 1.0).abs() < 0.01 && theta < 1.0, "{parts:?}");
}

#[test]
fn welfare_of_frozen_groups_is_counted_person_by_person() {
    let w = born(&scenario(&["scale=5000"]), 1);
    let frozen = Frozen::of(&w);
    let people = frozen.group_people();
    let of = |kind: &str| -> f64 {
        let groups = frozen.names.iter().zip(&people);
        groups.filter(|((k, _), _)| *k == kind).map(|(_, n)| n).sum()
    };
    for kind in ["hukou_status", "skill", "income_quintile", "district"] {
        assert!((of(kind) / of("all") - 1.0).abs() < 1e-12, "{kind} leaves somebody out");
    }
    for (_, n) in frozen
        .names
        .iter()
        .zip(&people)
        .filter(|((k, _), _)| *k == "income_quintile")
    {
        assert!((n / of("all") - 0.2).abs() < 0.002, "a fifth of people, not {n}");
    }
    // low skill gains two per cent of income, high skill loses one; the first of all has left
    let before = vec![0.0; frozen.slots.len()];
    let low = |k: usize| frozen.names[frozen.groups[k][2] as usize].1 == "low_skill";
    let mut after: Vec<f64> = (0..before.len())
        .map(|k| 4.0 * if low(k) { 0.02 } else { -0.01 })
        .collect();
    after[0] = f64::NAN;
    let found = frozen.gains(&before, &after, 4.0);
    for ((kind, name), g) in frozen.names.iter().zip(&found.groups) {
        let (gain, losers) = match name.as_str() {
            "low_skill" => (0.02f64.exp_m1(), 0.0),
            "high_skill" => ((-0.01f64).exp_m1(), 1.0),
            _ => continue,
        };
        for (x, y) in [(g.mean, gain), (g.median, gain), (g.losers, losers)] {
            assert!((x - y).abs() < 1e-9, "{kind} {name}: {g:?}");
        }
        // 2 % is more than 1 % and less than 5 %, and one log point of loss is less than 1 %
        assert!((g.gain[0] - (1.0 - losers)).abs() < 1e-9 && g.gain[1] == 0.0 && g.lose == [0.0; 2]);
    }
    // groups are unions of cells
    for (group, (kind, name)) in frozen.names.iter().enumerate() {
        let inside = found.cells.iter().enumerate().filter(|(c, _)| Frozen::holds(group, *c));
        let n: f64 = inside.map(|(_, c)| c[0]).sum();
        let gone = if frozen.groups[0].contains(&(group as u16)) {
            frozen.people[0]
        } else {
            0.0
        };
        assert!((n - (people[group] - gone)).abs() < 1e-6, "{kind} {name}: {n}");
    }
    // the same person now and a quarter later, or nobody
    let mut values = before.clone();
    frozen.add_values(&w, &mut values);
    assert!(values.iter().all(|v| v.is_finite()));
    let mut later = w.clone();
    later.workers.generation[frozen.slots[3] as usize] += 1;
    let mut values = before;
    frozen.add_values(&later, &mut values);
    assert_eq!(values.iter().filter(|v| v.is_nan()).count(), 1);
}

#[test]
fn equal_marginal_revenue_products_reach_the_efficient_output() {
    // capital is moved in proportion to revenue until marginal revenue products are equal, step by step and not by the
    // closed form; output must then be what the closed form said before
    let scenario = scenario(&["scale=5000"]);
    let mut w = after_production(&scenario, 1);
    let before = Accounts::of(&w);
    let city: Vec<usize> = (0..data().regions.len()).filter(|&r| w.geography.in_city[r]).collect();
    for (cell, account) in city.iter().flat_map(|r| 3 * r..3 * r + 3).zip(&before.cells) {
        let t = w.cells.technology[cell];
        let firms = w.cell_start[cell] as usize..w.cell_start[cell + 1] as usize;
        let capital: f64 = w.firms.capital[firms.clone()].iter().sum();
        for _ in 0..100 {
            let revenue: f64 = w.firms.market_weight[firms.clone()].iter().sum();
            for f in firms.clone() {
                let wanted = capital * w.firms.market_weight[f] / revenue;
                let change = wanted / w.firms.capital[f];
                if change > 0.0 {
                    w.firms.market_weight[f] *= change.powf(t.alpha * t.rho());
                    w.firms.capital[f] = wanted;
                }
            }
        }
        let reached: f64 = w.firms.market_weight[firms].iter().sum();
        let promised = account.efficient[0];
        assert!(
            (reached - promised).abs() <= 1e-6 * promised,
            "cell {cell}: {reached} {promised}"
        );
    }
    let [k, l, s, all, _] = before.gains();
    assert!(
        k > 0.0 && l > 0.0 && s > 0.0 && all > k.max(l).max(s),
        "{k} {l} {s} {all}"
    );
    assert!(before.output().is_finite() && before.farm_output() > 0.0);
}
