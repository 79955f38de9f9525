//! The door with files: paths, chains of `extends`, levers of the user.

use std::path::Path;

use super::tests::known;
use super::*;
use crate::base::problem::Problems;

const LEVER: &str = r#"[lever]
id = "ID"
article = 7
title = { zh = "租", en = "Mine" }
mechanism = "It's '''mine'''."
margin = { metric = "gdp", sign = "any", group = "total" }
evidence = { grade = "ASSUMPTION", note = "none" }
pays = "nobody"
after = ["land_leasing"]
[moves]
"farmland.insecure_share" = 0.1
"#;

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("can write");
    path.display().to_string()
}

fn read(path: &str) -> Result<Scenario, Problems> {
    load(path, &Overrides::default(), &known())
}

#[test]
fn user_levers_are_found_beside_the_scenario_and_carried_along() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "mine.toml", LEVER.replace("ID", "mine"));
    let other = LEVER
        .replace("ID", "other")
        .replace("insecure_share", "transaction_cost");
    write(folder.path(), "other.toml", other.replace('\'', ""));
    let text = "[levers]\nland_leasing = true\nmine = { file = 'mine.toml', intensity = 0.5 }\n'./other.toml' = true\n";
    let path = write(folder.path(), "my scenario.toml", text);
    let scenario = read(&path).unwrap_or_else(|p| panic!("{p}"));
    assert_eq!(scenario.name, "my-scenario");
    let ids: Vec<_> = scenario.levers.iter().map(|active| active.lever.id.as_str()).collect();
    assert_eq!(ids, ["land_leasing", "mine", "other"]);
    let rules: Rules = scenario.schedule.rules_at(0, 0).expect("fits");
    let leasing = scenario.levers.first().expect("leasing");
    let moved = leasing
        .lever
        .moves
        .iter()
        .find(|mv| mv.key == "farmland.insecure_share");
    let moved = moved.expect("leasing moves it").target;
    assert_eq!(rules.farmland.insecure_share, moved + 0.5 * (0.1 - moved));
    let alone = tempfile::tempdir().expect("a folder");
    let again = read(&write(alone.path(), "resolved.toml", scenario.resolved_toml()));
    let again = again.unwrap_or_else(|p| panic!("{p}\n{}", scenario.resolved_toml()));
    assert_eq!(again, scenario);
    assert_eq!(again.hash8(), scenario.hash8());
}

#[test]
fn mistakes_with_user_levers_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let lever = LEVER.replace("ID", "mine");
    write(
        folder.path(),
        "mine.toml",
        lever.replace("after = [\"land_leasing\"]\n", ""),
    );
    write(
        folder.path(),
        "late.toml",
        lever.replace("land_leasing", "land_leesing"),
    );
    write(folder.path(), "taken.toml", LEVER.replace("ID", "land_leasing"));
    write(folder.path(), "range.toml", lever.replace("0.1", "7"));
    write(folder.path(), "bytes.toml", b"\xff\xfe");
    for (levers, line, words) in [
        (
            "'mine.toml' = true\nland_leasing = true",
            2,
            "`land_leasing` and `mine` both move `farmland.insecure_share`",
        ),
        ("'late.toml' = true", 9, "did you mean `land_leasing`?"),
        ("'taken.toml' = true", 2, "which another lever has"),
        ("'range.toml' = true", 11, "is 7, but must lie in [0, 1] share"),
        ("'bytes.toml' = true", 1, "not UTF-8"),
        ("his = { file = 'mine.toml' }", 2, "write `mine = { file = ... }`"),
        ("mine = { file = 3 }", 2, "the name of a lever file"),
        ("mine = { file = '.' }", 2, "it is not a file"),
    ] {
        let path = write(folder.path(), "s.toml", format!("[levers]\n{levers}\n"));
        let problems = read(&path).expect_err(words);
        let found = problems.0.iter().any(|p| {
            let said = format!("{} {}", p.message(), p.help_text().unwrap_or_default());
            said.contains(words) && p.line_column().is_some_and(|(at, _)| at == line)
        });
        assert!(found, "{levers}: {problems}");
    }
}

#[test]
fn chains_of_scenarios_may_not_close_or_run_deep() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        "a.toml",
        "extends = 'b.toml'\nquarters = 3\nname = 'a'\n",
    );
    let b = write(folder.path(), "b.toml", "\nextends = './a.toml'\n");
    let problems = read(&b).expect_err("a circle");
    assert!(
        problems.to_string().contains("a.toml:1:11") && problems.to_string().contains("in turn"),
        "{problems}"
    );
    write(folder.path(), "b.toml", "extends = 'tiny'\nquarters = 5\nscale = 7\n");
    let a = read(&folder.path().join("a.toml").display().to_string()).unwrap_or_else(|p| panic!("{p}"));
    assert_eq!((a.name.as_str(), a.quarters, a.scale, a.burn_in), ("a", 3, 7, 4));
    for depth in 0..20 {
        let next = depth + 1;
        write(
            folder.path(),
            &format!("d{depth}.toml"),
            format!("extends = 'd{next}.toml'\n"),
        );
    }
    write(folder.path(), "d20.toml", "");
    let deep = read(&folder.path().join("d0.toml").display().to_string()).expect_err("too deep");
    assert!(deep.to_string().contains("16 scenarios deep"), "{deep}");
}

#[test]
fn unreadable_texts_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = write(folder.path(), "s.toml", b"quarters = 4\nname = \"\xff\"\n");
    let problems = read(&path).expect_err("not UTF-8");
    assert!(problems.to_string().contains("s.toml:2:9"), "{problems}");
    let folder_name = folder.path().join("f.toml");
    std::fs::create_dir(&folder_name).expect("can make a folder");
    let problems = read(&folder_name.display().to_string()).expect_err("a folder");
    assert!(problems.to_string().contains("it is not a file"), "{problems}");
}

#[test]
fn seed_files_are_read_line_by_line() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "seeds.txt", "# seeds\r\n5\r\n\n7 # lucky\n9");
    let path = write(folder.path(), "s.toml", "seeds = { file = 'seeds.txt', count = 2 }");
    assert_eq!(read(&path).unwrap_or_else(|p| panic!("{p}")).seeds, [5, 7]);
    write(folder.path(), "seeds.txt", "5\n5\nx\n");
    let problems = read(&path).expect_err("two mistakes").to_string();
    assert!(
        problems.contains("seeds.txt:2:1: the seed 5 is there twice"),
        "{problems}"
    );
    assert!(
        problems.contains("seeds.txt:3:1: this line must be a whole number"),
        "{problems}"
    );
}

#[test]
fn the_baseline_file_itself_is_a_scenario() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = BUILT_IN.scenarios.first().map_or("", |(_, text)| *text);
    let path = write(folder.path(), "baseline.toml", text);
    assert_eq!(
        read(&path).unwrap_or_else(|p| panic!("{p}")),
        read("baseline").expect("built in")
    );
    assert!(
        check_file(&path, &known())
            .expect("valid")
            .starts_with("scenario `baseline`, 0 levers on")
    );
    let lever = write(folder.path(), "l.toml", LEVER.replace("ID", "mine"));
    assert_eq!(
        check_file(&lever, &known()).expect("valid"),
        "lever `mine`, 1 rules moved"
    );
}
