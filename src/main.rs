//! Hands over to [`deliver::cli`].

fn main() -> std::process::ExitCode {
    deliver::cli::main()
}
