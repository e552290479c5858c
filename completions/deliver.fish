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
complete -c deliver -n "__fish_deliver_needs_command" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
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
complete -c deliver -n "__fish_deliver_needs_command" -f -a "new" -d 'Create a service from a template'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "template" -d 'List and show templates'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "adopt" -d 'Describe an app that already exists'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "plan" -d 'Show what `deliver deploy` would do, and do nothing'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "deploy" -d 'Deploy what this folder holds'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "rollback" -d 'Return to the last good release, or to the one named'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "resume" -d 'Finish or undo a deployment whose tool died'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "status" -d 'Show what runs, as observed just now'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "history" -d 'List deployments, newest first'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "why" -d 'Tell what happened in a deployment, and why it ended as it did'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "logs" -d 'Show what a service\'s instances printed, in time order'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "hold" -d 'Stop deployments for a reason, until somebody clears the hold'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "down" -d 'Stop a service and give its address back'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "ready" -d 'Show whether a service may serve, and what to do next'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "tour" -d 'Show the whole way with a real service, in half a minute'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "audit" -d 'Show what was done, by whom and why'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "agent" -d 'Show, restart or stop what runs services on this machine'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "doctor" -d 'Check this machine, and say how to mend what is missing'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "config" -d 'Show where settings come from and where files are'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "platform" -d 'Start, check and show what a company\'s services share'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "schema" -d 'Print the JSON Schema of a file or of a document'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "version" -d 'Show the version of the program and of what it writes'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "completion" -d 'Print a script that teaches your shell to complete `deliver`'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand new" -l name -d 'The service\'s name [default: the folder\'s]' -r
complete -c deliver -n "__fish_deliver_using_subcommand new" -l owner -l team -d 'The team that owns it [default: from the platform or from git\'s user]' -r
complete -c deliver -n "__fish_deliver_using_subcommand new" -l code-owner -d 'Who reviews, for CODEOWNERS: @ORGANISATION/TEAM, @USER or a mail address [default: git\'s mail address]' -r
complete -c deliver -n "__fish_deliver_using_subcommand new" -l description -d 'What it does, in one line' -r
complete -c deliver -n "__fish_deliver_using_subcommand new" -l port -d 'Where people reach it [default: a free port that stays the same]' -r
complete -c deliver -n "__fish_deliver_using_subcommand new" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand new" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand new" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand new" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand new" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand new" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand new" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand new" -l no-git -d 'Make no git repository'
complete -c deliver -n "__fish_deliver_using_subcommand new" -l force -d 'Replace files that are there and differ'
complete -c deliver -n "__fish_deliver_using_subcommand new" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand new" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand new" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand new" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand new" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand new" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -f -a "list" -d 'List the templates'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -f -a "show" -d 'Show what a template is and which files it makes'
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the templates'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what a template is and which files it makes'
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l name -d 'The service\'s name' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l team -d 'The team that owns it' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l tier -d '1 critical to 4 experimental' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l description -d 'What it does, in one line' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l build -d 'How it is built; \'\' for not at all' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l include -d 'What a release holds, such as dist; may be given again' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l context -d 'The folder above that the build needs, such as ../..' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l main -d 'Which of several programs is the service' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l run -l command -d 'What starts it; $PORT stands for its port' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l static -d 'Serve this folder of files instead' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l role -d 'Whether it takes traffic: web or worker' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l process -d 'A further process; may be given again' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l release -d 'What runs once before a new release serves; \'\' for nothing' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l port -d 'Where people reach it' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l listen -d 'The port it insists on, or PORT if it reads that variable' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l health -d 'A path that answers below 400 when it is well' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l health-host -d 'The Host header it wants to be asked with' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l volume -d 'A folder that outlives releases; may be given again' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l env -d 'A variable; may be given again' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l container -d 'Run its Dockerfile, even if it could be started without'
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l force -d 'Write over a deliver.toml that is there'
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand plan" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l exit-code -d 'Exit with 3 when there is something to do'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l again -d 'Plan a fresh rollout although nothing changed'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l allow-dirty -d 'Count uncommitted changes as allowed'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l plan -d 'Refuse unless the plan still has this hash, as printed by `deliver plan`' -r
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l wait -d 'Wait this long for another deployment of the same service to end' -r
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l override -d 'Go on where this gate refuses: readiness or budget; needs --reason' -r -f -a "readiness\t''
budget\t''"
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l fixes -d 'The incident that this is meant to end: a spent error budget does not stop it' -r
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l again -d 'Roll out afresh although nothing changed'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l allow-dirty -d 'Deploy uncommitted changes where the target would refuse them'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l to -d 'The release to return to' -r
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l service -d 'Another service than that of this folder' -r
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l force -d 'Go back even past a release step that breaks earlier releases; needs --reason'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l service -d 'Another service than that of this folder' -r
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand status" -l service -d 'Another service than that of this folder' -r
complete -c deliver -n "__fish_deliver_using_subcommand status" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand status" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand status" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand status" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand status" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand status" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand status" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand status" -l all -d 'Every service of this store'
complete -c deliver -n "__fish_deliver_using_subcommand status" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand status" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand status" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand status" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand status" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand status" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand history" -l service -d 'Another service than that of this folder' -r
complete -c deliver -n "__fish_deliver_using_subcommand history" -l limit -d 'At most this many' -r
complete -c deliver -n "__fish_deliver_using_subcommand history" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand history" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand history" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand history" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand history" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand history" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand history" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand history" -l all -d 'Every service'
complete -c deliver -n "__fish_deliver_using_subcommand history" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand history" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand history" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand history" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand history" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand history" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand why" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand why" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand why" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand why" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand why" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand why" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand why" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand why" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand why" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand why" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand why" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand why" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand why" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand why" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l service -d 'Another service than that of this folder' -r
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l release -d 'Only this release' -r
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l process -d 'Only this process, such as web or worker' -r
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l instance -d 'Only this instance; may be given several times' -r
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l since -d 'Only what was printed since: 10m (ago), 2026-03-04, 2026-03-04T05:06:07Z' -r
complete -c deliver -n "__fish_deliver_using_subcommand logs" -s n -l lines -d 'At most this many last lines of each instance [default: 100, with --since all]' -r
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand logs" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand logs" -s f -l follow -d 'Go on with what is printed from now on, also by later releases'
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand logs" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand logs" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand logs" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -f -a "set" -d 'Set a hold; needs --reason'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -f -a "clear" -d 'Clear every hold of a service in an environment'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -f -a "list" -d 'List the holds of every service'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l service -d 'Another service than that of this folder' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l service -d 'Another service than that of this folder' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from help" -f -a "set" -d 'Set a hold; needs --reason'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from help" -f -a "clear" -d 'Clear every hold of a service in an environment'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the holds of every service'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand down" -l service -d 'Another service than that of this folder' -r
complete -c deliver -n "__fish_deliver_using_subcommand down" -l confirm -d 'The service\'s name, where the environment is protected' -r
complete -c deliver -n "__fish_deliver_using_subcommand down" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand down" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand down" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand down" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand down" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand down" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand down" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand down" -l all -d 'Every service of this store'
complete -c deliver -n "__fish_deliver_using_subcommand down" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand down" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand down" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand down" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand down" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand down" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand down" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l format -d 'Print for another reader: junit, sarif, markdown or github' -r -f -a "junit\t''
sarif\t''
markdown\t''
github\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -f -a "explain" -d 'Show why a check matters, what it has seen, and what mends it'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -f -a "fix" -d 'Show a patch for a check, and apply it'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -f -a "waive" -d 'Excuse a check until a day, for a reason that others can read'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l owner -d 'Who reviews, as CODEOWNERS writes it' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l until -d 'The last day that it counts' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l scope -d 'Only where it fails in this file or folder' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from help" -f -a "explain" -d 'Show why a check matters, what it has seen, and what mends it'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from help" -f -a "fix" -d 'Show a patch for a check, and apply it'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from help" -f -a "waive" -d 'Excuse a check until a day, for a reason that others can read'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l template -d 'Which template to use; by default one whose runtime is present' -r
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l keep -d 'Leave the service running and the folder there'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s h -l help -d 'Print help (see more with \'--help\')'
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
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
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
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -f -a "verify" -d 'Recompute the whole chain; exit 5 at the first record not as written'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -f -a "export" -d 'Write every record, oldest first, one JSON object a line'
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
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
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
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
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
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Recompute the whole chain; exit 5 at the first record not as written'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "export" -d 'Write every record, oldest first, one JSON object a line'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -f -a "status" -d 'Say whether the agent runs, and what it looks after'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -f -a "restart" -d 'Start the agent, or replace it by this program; instances go on'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -f -a "stop" -d 'Stop every instance and the agent, so that nothing is left running'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -f -a "unit" -d 'Print a unit for systemd that starts the agent after a reboot'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say whether the agent runs, and what it looks after'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "restart" -d 'Start the agent, or replace it by this program; instances go on'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "stop" -d 'Stop every instance and the agent, so that nothing is left running'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "unit" -d 'Print a unit for systemd that starts the agent after a reboot'
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
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
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -f -a "explain" -d 'Show every layer that could set a value, and the one that did'
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -f -a "paths" -d 'Show where the store, the settings, the platform and the manifest are'
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "explain" -d 'Show every layer that could set a value, and the one that did'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "paths" -d 'Show where the store, the settings, the platform and the manifest are'
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -f -a "init" -d 'Write a `platform.toml` to start from; never over one that is there'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -f -a "check" -d 'Tell every problem of the platform\'s files; exits 2 if there is any'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -f -a "show" -d 'Show the platform that holds here'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from help" -f -a "init" -d 'Write a `platform.toml` to start from; never over one that is there'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from help" -f -a "check" -d 'Tell every problem of the platform\'s files; exits 2 if there is any'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show the platform that holds here'
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -f -a "manifest" -d 'Print the JSON Schema of `deliver.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -f -a "platform" -d 'Print the JSON Schema of `platform.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -f -a "output" -d 'Print the JSON Schema of what a command prints with --json'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform output help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l store -d 'The store\'s file' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l reason -d 'Why you do it, for the journal' -r
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "manifest" -d 'Print the JSON Schema of `deliver.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "platform" -d 'Print the JSON Schema of `platform.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "output" -d 'Print the JSON Schema of what a command prints with --json'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand version" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand version" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand version" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand version" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
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
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r
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
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "new" -d 'Create a service from a template'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "template" -d 'List and show templates'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "adopt" -d 'Describe an app that already exists'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "plan" -d 'Show what `deliver deploy` would do, and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "deploy" -d 'Deploy what this folder holds'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "rollback" -d 'Return to the last good release, or to the one named'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "resume" -d 'Finish or undo a deployment whose tool died'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "status" -d 'Show what runs, as observed just now'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "history" -d 'List deployments, newest first'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "why" -d 'Tell what happened in a deployment, and why it ended as it did'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "logs" -d 'Show what a service\'s instances printed, in time order'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "hold" -d 'Stop deployments for a reason, until somebody clears the hold'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "down" -d 'Stop a service and give its address back'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "ready" -d 'Show whether a service may serve, and what to do next'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "tour" -d 'Show the whole way with a real service, in half a minute'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "audit" -d 'Show what was done, by whom and why'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "agent" -d 'Show, restart or stop what runs services on this machine'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "doctor" -d 'Check this machine, and say how to mend what is missing'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "config" -d 'Show where settings come from and where files are'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "platform" -d 'Start, check and show what a company\'s services share'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "schema" -d 'Print the JSON Schema of a file or of a document'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "version" -d 'Show the version of the program and of what it writes'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "completion" -d 'Print a script that teaches your shell to complete `deliver`'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan deploy rollback resume status history why logs hold down ready tour audit agent doctor config platform schema version completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from template" -f -a "list" -d 'List the templates'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from template" -f -a "show" -d 'Show what a template is and which files it makes'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from hold" -f -a "set" -d 'Set a hold; needs --reason'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from hold" -f -a "clear" -d 'Clear every hold of a service in an environment'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from hold" -f -a "list" -d 'List the holds of every service'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from ready" -f -a "explain" -d 'Show why a check matters, what it has seen, and what mends it'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from ready" -f -a "fix" -d 'Show a patch for a check, and apply it'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from ready" -f -a "waive" -d 'Excuse a check until a day, for a reason that others can read'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "verify" -d 'Recompute the whole chain; exit 5 at the first record not as written'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from audit" -f -a "export" -d 'Write every record, oldest first, one JSON object a line'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from agent" -f -a "status" -d 'Say whether the agent runs, and what it looks after'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from agent" -f -a "restart" -d 'Start the agent, or replace it by this program; instances go on'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from agent" -f -a "stop" -d 'Stop every instance and the agent, so that nothing is left running'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from agent" -f -a "unit" -d 'Print a unit for systemd that starts the agent after a reboot'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "explain" -d 'Show every layer that could set a value, and the one that did'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "paths" -d 'Show where the store, the settings, the platform and the manifest are'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from platform" -f -a "init" -d 'Write a `platform.toml` to start from; never over one that is there'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from platform" -f -a "check" -d 'Tell every problem of the platform\'s files; exits 2 if there is any'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from platform" -f -a "show" -d 'Show the platform that holds here'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "manifest" -d 'Print the JSON Schema of `deliver.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "platform" -d 'Print the JSON Schema of `platform.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "output" -d 'Print the JSON Schema of what a command prints with --json'
