//! The `civigraph` program: the command line of the library of the same name.

use std::process::ExitCode;

fn main() -> ExitCode {
    civigraph::cli::main(std::env::args_os())
}
