//! `deliver completion`.

use clap::{Arg, Command, ValueHint};
use clap_complete::Shell;
use clap_complete::env::Shells;

use super::complete::VARIABLE;
use super::{Cx, Exit, args};
use crate::config::settings::Settings;
use crate::fault::{Fault, Result};

/// Print a script that teaches your shell to complete `deliver`
///
/// The script completes commands and flags. With `--dynamic` it asks `deliver` itself at every press of the key, and so
/// also knows the environments of the service you are in, your services and your deployments.
#[derive(Debug, clap::Args)]
#[command(before_help = "\
Examples:
  $ deliver completion bash > ~/.local/share/bash-completion/completions/deliver
  $ deliver completion zsh > ~/.zfunc/_deliver
  $ deliver completion fish --dynamic > ~/.config/fish/completions/deliver.fish")]
pub struct CompletionArgs {
    /// The shell to complete in
    pub shell: Shell,

    /// Complete names of things as well, by asking `deliver`
    #[arg(long)]
    pub dynamic: bool,
}

pub fn run(args: &CompletionArgs, cx: &mut Cx) -> Result<Exit> {
    let script = if args.dynamic {
        registration(args.shell)?
    } else {
        script(args.shell)
    };
    cx.ui.print_bytes(&script)?;
    Ok(Exit::Ok)
}

/// The static script; `completions/` holds one for each shell.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    let mut command = names_no_files(args::command(&Settings::default()));
    clap_complete::generate(shell, &mut command, "deliver", &mut script);
    script
}

/// What is not said to be a path is none: a team or an incident is no file of the folder.
fn names_no_files(command: Command) -> Command {
    let hinted = |arg: Arg| match arg.get_value_hint() {
        ValueHint::Unknown if arg.get_action().takes_values() => arg.value_hint(ValueHint::Other),
        _ => arg,
    };
    command.mut_args(hinted).mut_subcommands(names_no_files)
}

fn registration(shell: Shell) -> Result<Vec<u8>> {
    let mut script = Vec::new();
    let shells = Shells::builtins();
    let known = shells.completer(&shell.to_string());
    let completer = known.ok_or_else(|| Fault::bug(format!("no dynamic completion for {shell}")))?;
    completer
        .write_registration(VARIABLE, "deliver", "deliver", "deliver", &mut script)
        .map_err(|error| Fault::bug("cannot write the script").because(error))?;
    Ok(script)
}
