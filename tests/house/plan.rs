//! The plan as scenarios: the package, its chapters, and chapters as players.

use crate::common::{levers, load};
use std::collections::BTreeSet;
use yaosu::policy::{CHAPTERS, chapter_number};
use yaosu::scenario::Scenario;

fn on(scenario: &Scenario) -> BTreeSet<String> {
    scenario.levers.iter().map(|active| active.lever.id.clone()).collect()
}

/// Levers that come with the program, without the placebo.
fn of(chapter: impl Fn(usize) -> bool) -> BTreeSet<String> {
    let real = levers().iter().filter(|lever| !lever.placebo);
    let inside = real.filter(|lever| chapter(chapter_number(lever.article)));
    inside.map(|lever| lever.id.clone()).collect()
}

#[test]
fn the_package_switches_on_every_lever_but_the_placebo() {
    let package = load::<&str>("package", &[]);
    assert_eq!(on(&package), of(|_| true));
}

#[test]
fn every_chapter_has_a_scenario_with_exactly_its_levers() {
    for (k, chapter) in CHAPTERS.iter().enumerate().skip(1) {
        let scenario = load::<&str>(&format!("chapter-{}", chapter.id), &[]);
        assert_eq!(on(&scenario), of(|c| c == k), "{}", chapter.id);
    }
}
