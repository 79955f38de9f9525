//! Tells the program the commit it is built from, so that manifests can name it; without git, it says nothing.

use std::path::Path;
use std::process::Command;

fn git(arguments: &[&str]) -> Option<String> {
    let out = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    out.status.success().then(|| text.trim().to_owned())
}

fn main() {
    for path in ["build.rs", "Cargo.toml", "src", "scenarios", "seeds"] {
        println!("cargo:rerun-if-changed={path}");
    }
    // a package inside another repository is not of its commit
    let own = git(&["rev-parse", "--show-prefix"]).is_some_and(|inside| inside.is_empty());
    let Some(commit) = git(&["rev-parse", "HEAD"]).filter(|_| own) else {
        return;
    };
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        println!("cargo:rerun-if-changed={log}");
    }
    let changed = git(&[
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        "src",
        "scenarios",
        "seeds",
        "Cargo.lock",
    ]);
    let mark = if changed.is_some_and(|list| list.is_empty()) {
        ""
    } else {
        "-changed"
    };
    println!("cargo:rustc-env=YAOSU_COMMIT={commit}{mark}");
}
