# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_deliver_global_optspecs
    string join \n json color= progress= q/quiet v/verbose y/yes no-input dry-run C/directory= platform= store= timeout= reason= h/help V/version
end

function __fish_deliver_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_deliver_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_deliver_using_subcommand
    set -l cmd (__fish_deliver_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c deliver -n "__fish_deliver_needs_command" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_needs_command" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_needs_command" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_needs_command" -l platform -d 'The company\'s platform: a folder or a git URL' -r
complete -c deliver -n "__fish_deliver_needs_command" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_needs_command" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_needs_command" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_needs_command" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_needs_command" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_needs_command" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_needs_command" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_needs_command" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_needs_command" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_needs_command" -s V -l version -d 'Print version'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "audit" -d 'Shows what was done, by whom and why'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "doctor" -d 'Check this machine, and say how to mend what is missing'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "version" -d 'Show the version of the program and of what it writes'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "completion" -d 'Print a script that teaches your shell to complete `deliver`'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l service -d 'Only what is about this service' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l since -d 'Only what happened since: 2h (ago), 2026-03-04, 2026-03-04T05:06:07Z' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -s n -l limit -d 'At most this many, the newest [default: 20]' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l platform -d 'The company\'s platform: a folder or a git URL' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -f -a "verify" -d 'Recomputes the whole chain; exits 5 at the first record that is not as it was written'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -f -a "export" -d 'Writes every record to standard output, oldest first, one JSON object a line'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l expect -d 'Also require the record with this hash, noted earlier: finds a journal that was rewritten as a whole' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l platform -d 'The company\'s platform: a folder or a git URL' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l platform -d 'The company\'s platform: a folder or a git URL' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Recomputes the whole chain; exits 5 at the first record that is not as it was written'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "export" -d 'Writes every record to standard output, oldest first, one JSON object a line'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l platform -d 'The company\'s platform: a folder or a git URL' -r
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand version" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand version" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand version" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand version" -l platform -d 'The company\'s platform: a folder or a git URL' -r
complete -c deliver -n "__fish_deliver_using_subcommand version" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand version" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand version" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand version" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand version" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand version" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand version" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand version" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand version" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand version" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand completion" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l platform -d 'The company\'s platform: a folder or a git URL' -r
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l dynamic -d 'Complete names of things as well, by asking `deliver`'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from audit doctor version completion help" -f -a "audit" -d 'Shows what was done, by whom and why'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from audit doctor version completion help" -f -a "doctor" -d 'Check this machine, and say how to mend what is missing'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from audit doctor version completion help" -f -a "version" -d 'Show the version of the program and of what it writes'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from audit doctor version completion help" -f -a "completion" -d 'Print a script that teaches your shell to complete `deliver`'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from audit doctor version completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "verify" -d 'Recomputes the whole chain; exits 5 at the first record that is not as it was written'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "export" -d 'Writes every record to standard output, oldest first, one JSON object a line'
