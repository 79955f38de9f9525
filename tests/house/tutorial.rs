//! The tutorial is followed: its files are saved, its commands run in order, its outputs compared.

use super::common::root;
use std::path::Path;
use std::process::Command;

/// A fenced block, its language, and the last words before it.
struct Block {
    language: String,
    before: String,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let (mut before, mut open) = (String::new(), false);
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(language) => {
                open = true;
                found.push(Block {
                    language: language.to_owned(),
                    before: before.clone(),
                    text: String::new(),
                });
            }
            None if open => {
                let block = found.last_mut().expect("an open block");
                block.text += line;
                block.text += "\n";
            }
            None if !line.is_empty() => line.clone_into(&mut before),
            None => {}
        }
    }
    assert!(!open, "the last block of the tutorial is not closed");
    found
}

/// The file that a block is to be saved as: the last name in backticks before it.
fn file_name(before: &str) -> &str {
    let name = before.strip_suffix("`:").and_then(|rest| rest.rsplit('`').next());
    name.unwrap_or_else(|| panic!("no file name before a block of TOML: {before}"))
}

/// First words of a line, up to the first number; numbers may differ between versions.
fn first_words(line: &str) -> String {
    let words = line.split_whitespace();
    let constant: Vec<&str> = words
        .take_while(|w| !w.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    match constant.as_slice() {
        [] => line.split_whitespace().next().unwrap_or_default().to_owned(),
        words => words.join(" "),
    }
}

/// Every line of `shown` that no line of `printed` begins with.
fn missing<'a>(shown: &'a str, printed: &str) -> Vec<&'a str> {
    let printed: Vec<String> = printed
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let has = |line: &str| {
        let words = first_words(line);
        printed.iter().any(|p| p.starts_with(&words))
    };
    shown.lines().filter(|line| !line.is_empty() && !has(line)).collect()
}

/// Standard output and error of `program` with `argument` in `folder`; it must succeed.
fn run(program: &str, flags: &str, text: &str, folder: &Path) -> String {
    let binary = assert_cmd::cargo::cargo_bin("yaosu");
    let tools = binary.parent().expect("a folder").as_os_str().to_owned();
    let mut path = tools;
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let done = Command::new(program)
        .args([flags, text])
        .current_dir(folder)
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let printed = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{text}\nended with {}\n{printed}", done.status);
    printed.into_owned()
}

#[test]
fn every_command_of_the_tutorial_does_what_it_says() {
    let page = std::fs::read_to_string(root().join("docs/tutorial.md")).expect("the tutorial");
    let folder = tempfile::tempdir().expect("a folder");
    let polars = Command::new("python3").args(["-c", "import polars"]).output();
    let polars = polars.is_ok_and(|done| done.status.success());
    let (mut printed, mut commands, mut outputs) = (String::new(), 0, 0);
    for block in blocks(&page) {
        match block.language.as_str() {
            "sh" => {
                printed = run("sh", "-euc", &block.text, folder.path());
                commands += block.text.lines().filter(|line| line.starts_with("yaosu ")).count();
            }
            "toml" => {
                let path = folder.path().join(file_name(&block.before));
                std::fs::write(&path, &block.text).expect("saved");
            }
            "text" => {
                let absent = missing(&block.text, &printed);
                assert!(absent.is_empty(), "not printed: {absent:#?}\nbut: {printed}");
                outputs += 1;
            }
            "python" if polars => {
                let table = run("python3", "-c", &block.text, folder.path());
                assert!(table.contains("effect"), "{table}");
            }
            "python" => eprintln!("a Python block is skipped: no python3 with polars"),
            "bash" | "r" | "sql" => {}
            other => panic!("a block of `{other}`: is it to be run?"),
        }
    }
    assert!(commands >= 12 && outputs >= 8, "{commands} commands, {outputs} outputs");
}

#[test]
fn what_is_shown_but_not_printed_is_found() {
    let printed = "three-reforms: 3 seeds, 12 quarters\n│ Real GDP   ┆ 7 │\n";
    assert_eq!(
        missing("three-reforms: 4 seeds\n│ Real GDP\n", printed),
        Vec::<&str>::new()
    );
    assert_eq!(missing("two-reforms: 4 seeds\n│ Real wage\n", printed).len(), 2);
    assert_eq!(file_name("Save this as `a.toml`:"), "a.toml");
}
