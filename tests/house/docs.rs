//! Pages of the documentation: what the program writes of itself, names of code, links.

use super::common::{files, root};
use super::text::{lone, plain};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use yaosu::books::{Flow, Sector};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Markdown page a reader may open, without the pages of tests and tools.
fn pages() -> Vec<PathBuf> {
    let mut pages = files(&root().join("docs"), ".md");
    pages.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "THIRD-PARTY.md"].map(|name| root().join(name)));
    pages.extend(files(&root().join("seeds"), ".md"));
    pages
}

/// The first cell of every row, and the cells of every row, of the tables of a page.
fn rows(page: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
        inner.split(" | ").map(|cell| cell.trim().to_owned()).collect()
    };
    let lines = page.lines().filter(|line| line.starts_with("| "));
    lines.map(|line| cells(&format!("{line} "))).collect()
}

#[test]
fn generated_pages_are_what_the_program_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = assert_cmd::Command::cargo_bin("yaosu")
        .expect("built")
        .arg("docs")
        .arg(folder.path())
        .assert()
        .success();
    drop(run);
    let written = files(folder.path(), ".md");
    assert_eq!(written.len(), 5, "{written:?}");
    for path in written {
        let name = path.file_name().expect("a name");
        let (new, old) = (read(&path), read(&root().join("docs").join(name)));
        if name == "matrices.md" {
            let names = |page: &str| rows(page).into_iter().map(|row| row[0].clone()).collect::<Vec<_>>();
            let heads = |page: &str| {
                rows(page)
                    .into_iter()
                    .filter(|row| row[0].is_empty())
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                (names(&new), heads(&new)),
                (names(&old), heads(&old)),
                "run `yaosu docs docs`"
            );
            let prose = |page: &str| {
                page.lines()
                    .filter(|l| !l.starts_with('|'))
                    .collect::<Vec<_>>()
                    .join("\n")
            };
            assert_eq!(prose(&new), prose(&old), "run `yaosu docs docs`");
            matrices_close(&new);
        } else {
            assert!(
                new == old,
                "docs/{} is out of date: run `yaosu docs docs`",
                name.display()
            );
        }
    }
    matrices_close(&read(&root().join("docs/matrices.md")));
}

/// Every flow is a row, every sector a column, and every sum that must be zero is printed as zero.
fn matrices_close(page: &str) {
    let rows = rows(page);
    for flow in Flow::ALL {
        assert!(rows.iter().any(|row| row[0] == flow.name()), "{}", flow.name());
    }
    let mut tables = 0;
    for row in &rows {
        assert_eq!(row.len(), Sector::ALL.len() + 2, "{row:?}");
        match row[0].as_str() {
            "" => {
                tables += 1;
                let names = Sector::ALL.map(|sector| sector.name().replace('_', " "));
                assert!(row[1..=names.len()] == names, "{row:?}");
            }
            "**sum**" => assert!(row[1..].iter().all(|sum| sum == "0"), "{row:?}"),
            _ if tables == 1 => assert_eq!(row.last().map(String::as_str), Some("0"), "{row:?}"),
            _ => {}
        }
    }
    assert_eq!(tables, 2);
}

/// Every `path.rs` or `path.rs::name::name` in a text.
fn references(text: &str) -> BTreeSet<String> {
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '/';
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(".rs") {
        let start = text[..at]
            .rfind(|c| !part(c))
            .map_or(0, |i| i + text[i..].chars().next().map_or(1, char::len_utf8));
        let mut end = at + ".rs".len();
        if start == at || text[end..].starts_with(|c: char| c.is_alphanumeric() || c == '.') {
            continue;
        }
        while let Some(rest) = text[end..].strip_prefix("::") {
            let name = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .count();
            if name == 0 {
                break;
            }
            end += "::".len() + name;
        }
        found.insert(text[start..end].to_owned());
    }
    found
}

/// Whether `code` defines `name`: an item, or the methods of a type.
fn defines(code: &str, name: &str) -> bool {
    let items = [
        "fn",
        "struct",
        "enum",
        "const",
        "static",
        "trait",
        "type",
        "mod",
        "impl",
        "macro_rules!",
    ];
    lone(code, name).into_iter().any(|at| {
        let before = code[..at].split_whitespace().next_back();
        before.is_some_and(|word| items.contains(&word))
    })
}

/// What is wrong with a reference: no such file, or a name that it does not define.
fn broken(reference: &str) -> Option<String> {
    let mut parts = reference.split("::");
    let path = parts.next().unwrap_or_default();
    let file = [root().join("src").join(path), root().join(path)];
    let Some(file) = file.iter().find(|file| file.is_file()) else {
        return Some(format!("there is no file {path}"));
    };
    let code = plain(&read(file));
    let missing = parts.find(|name| !defines(&code, name))?;
    Some(format!("{path} has no `{missing}`"))
}

#[test]
fn every_name_of_code_in_the_documents_exists() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for page in pages() {
        for reference in references(&read(&page)) {
            seen += usize::from(reference.contains("::"));
            if let Some(why) = broken(&reference) {
                wrong.push(format!("{}: `{reference}`: {why}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 150, "{seen} references to functions were found");
}

#[test]
fn references_are_found_and_false_ones_refused() {
    let text = "`src/books.rs::flow_matrix`, world/mod.rs::World::capital_price. See x/NAME.rs and *.rs, docs.rs.io";
    let found: Vec<String> = references(text).into_iter().collect();
    assert_eq!(
        found,
        ["src/books.rs::flow_matrix", "world/mod.rs::World::capital_price"]
    );
    assert_eq!(found.iter().find_map(|reference| broken(reference)), None);
    for false_one in [
        "step/enterprise.rs",
        "src/books.rs::no_such",
        "step/people.rs::World::run",
    ] {
        assert!(broken(false_one).is_some(), "{false_one}");
    }
}

/// The name that a heading has in links.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept: String = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .collect();
    kept.replace(' ', "-")
}

/// What is wrong with the links of a page.
fn broken_links(page: &Path, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let links = line.match_indices("](").filter(|_| !in_code);
        for target in links.filter_map(|(at, _)| line[at + 2..].split(')').next()) {
            if target.starts_with("http") || target.starts_with("mailto:") {
                continue;
            }
            let (path, name) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() {
                page.to_owned()
            } else {
                page.parent().expect("a folder").join(path)
            };
            let has = |text: &str| text.lines().any(|line| line.starts_with('#') && anchor(line) == name);
            if !file.exists() {
                wrong.push(format!("{}: there is no {target}", page.display()));
            } else if !name.is_empty() && !has(&read(&file)) {
                wrong.push(format!("{}: there is no heading {target}", page.display()));
            }
        }
    }
    wrong
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let wrong: Vec<String> = pages()
        .iter()
        .flat_map(|page| broken_links(page, &read(page)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let page = root().join("docs/levers.md");
    let planted = "[a](#levers) [b](../README.md) [c](model.md#7-submodels) [d](#no-such) [e](none.md)";
    assert_eq!(broken_links(&page, planted).len(), 2);
}

/// The picture of the README is drawn by hand (tutorial, section 9): it must be that of the scenario and data of today.
#[test]
fn the_picture_of_the_readme_is_of_todays_scenario() {
    let scenario = yaosu::scenario::load(
        "three-reforms",
        &yaosu::scenario::Overrides::default(),
        &yaosu::cli::known(),
    );
    let run = format!("(run {})", scenario.expect("built in").hash8());
    assert!(
        read(&root().join("docs/tutorial.md")).contains(&run),
        "docs/tutorial.md names another run than {run}: draw docs/figures/effects.png anew, then the name"
    );
}
