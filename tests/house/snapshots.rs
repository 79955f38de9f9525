//! Snapshots of agents: every agent once, with all its money and land, in files that are written part by part.

use crate::cli::{TINY, folder, names, tell, yaosu};
use crate::common::{born, small};
use std::collections::BTreeSet;
use std::fs;
use yaosu::agents::workers::Status;
use yaosu::books::Sector;
use yaosu::experiment::frames::{integers, read_parquet};
use yaosu::experiment::micro;
use yaosu::world::holdings;

#[test]
fn a_snapshot_has_every_agent_once_with_all_its_money_and_land() {
    let world = born(&small(&["scale=5000"]), 1);
    let (whole, parts) = (folder(), folder());
    micro::write(&world, whole.path(), "arm", 7).unwrap_or_else(|error| panic!("{error}"));
    micro::write_in_parts(&world, parts.path(), "arm", 7, 1000).unwrap_or_else(|error| panic!("{error}"));
    let read = |kind: &str| {
        let file = format!("{kind}-arm-1-7.parquet");
        let [all, pieces] =
            [&whole, &parts].map(|folder| read_parquet(&folder.path().join(&file), None).expect("a table"));
        assert!(all.height() > 1000, "more than one part");
        assert!(all.equals_missing(&pieces), "{file} depends on its parts");
        all
    };
    let (workers, firms) = (read("workers"), read("firms"));
    let column = |name: &str| integers(&workers, name).expect("a column");
    let live: Vec<i64> = (0..world.workers.len())
        .filter(|&i| world.workers.status[i] != Status::Free)
        .map(|i| i as i64)
        .collect();
    assert_eq!(column("worker"), live);
    let held = holdings(&world);
    let of = |sector: Sector| held.deposits[sector as usize].iter().sum::<i64>();
    assert_eq!(column("deposits_fen").iter().sum::<i64>(), of(Sector::Households));
    let plots = column("plot_m2").iter().sum::<i64>() + world.farming.returned_m2.iter().sum::<i64>();
    assert_eq!(plots, held.farmland_held.iter().sum::<i64>());
    let sum = |name: &str| integers(&firms, name).expect("a column").iter().sum::<i64>();
    assert_eq!(firms.height(), world.firms.len());
    let collectives = &world.collectives;
    let deposits = sum("deposits_fen") + collectives.deposits.iter().sum::<i64>();
    assert_eq!(deposits, of(Sector::Firms));
    let loans = sum("debt_fen") + collectives.debt.iter().sum::<i64>() + world.banks.bad_loans.iter().sum::<i64>();
    assert_eq!(loans, held.loans.iter().sum::<i64>());
    let employed = world.workers.status.iter().filter(|&&s| s == Status::Employed).count();
    assert_eq!(sum("heads"), employed as i64);
}

#[test]
fn a_run_leaves_snapshots_as_often_as_asked_the_same_on_any_number_of_threads() {
    let snapshots = |threads: &str| {
        let out = folder();
        let (code, _, err) = tell(yaosu().args(TINY).arg(out.path()).args([
            "--seeds",
            "1",
            "--set",
            "output.micro.every=2",
            "--threads",
            threads,
            "--quiet",
        ]));
        assert_eq!(code, 0, "{err}");
        let run = names(out.path()).into_iter().next().expect("a run");
        let agents = out.path().join(run).join("agents");
        let files = names(&agents);
        let bytes = files.iter().map(|name| fs::read(agents.join(name)).expect("a file"));
        let bytes: Vec<Vec<u8>> = bytes.collect();
        (files, bytes)
    };
    let (files, bytes) = snapshots("1");
    let quarters: BTreeSet<&str> = files
        .iter()
        .filter_map(|name| name.strip_suffix(".parquet")?.rsplit('-').next())
        .collect();
    assert_eq!(quarters, BTreeSet::from(["0", "2"]), "{files:?}");
    let of = |kind: &str| files.iter().filter(|name| name.starts_with(kind)).count();
    assert!(of("workers-") >= 2 && of("workers-") == of("firms-"), "{files:?}");
    assert!((files, bytes) == snapshots("2"), "other bytes on two threads");
}
