//! The `yaosu` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    yaosu::cli::main()
}
