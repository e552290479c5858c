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
complete -c deliver -n "__fish_deliver_needs_command" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_needs_command" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_needs_command" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_needs_command" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_needs_command" -f -a "render" -d 'Print the Kubernetes objects that a deployment would apply'
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
complete -c deliver -n "__fish_deliver_needs_command" -f -a "reliability" -d 'Show objectives, and what is left of their error budgets'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "tour" -d 'Show the whole way with a real service, in under a minute'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "incident" -d 'Declare what hurts, keep its timeline, and learn from it'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "oncall" -d 'Show who is on call, now or later, and check that somebody is'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "review" -d 'Review a week: what was deployed, what hurt, what is owed'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "audit" -d 'Show what was done, by whom and why'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "agent" -d 'Show, restart or stop what runs services on this machine'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "doctor" -d 'Check this machine, and say how to mend what is missing'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "config" -d 'Show where settings come from and where files are'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "platform" -d 'Start, check and show what a company\'s services share'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "plugin" -d 'List plugins, and check whether one keeps the protocol'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "schema" -d 'Print the JSON Schema of a file or of a document'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "version" -d 'Show the version of the program and of what it writes'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "completion" -d 'Print a script that teaches your shell to complete `deliver`'
complete -c deliver -n "__fish_deliver_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand new" -l name -d 'The service\'s name [default: the folder\'s]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand new" -l owner -l team -d 'The team that owns it [default: from the platform or from git\'s user]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand new" -l code-owner -d 'Who reviews, for CODEOWNERS: @ORGANISATION/TEAM, @USER or a mail address [default: git\'s mail address]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand new" -l description -d 'What it does, in one line' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand new" -l port -d 'Where people reach it [default: a free port that stays the same]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand new" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand new" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand new" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand new" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand new" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand new" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand new" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand template; and not __fish_seen_subcommand_from list show help" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from list" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand template; and __fish_seen_subcommand_from show" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l name -d 'The service\'s name' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l team -d 'The team that owns it' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l tier -d '1 critical to 4 experimental' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l description -d 'What it does, in one line' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l build -d 'How it is built; \'\' for not at all' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l include -d 'What a release holds, such as dist; may be given again' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l context -d 'The folder above that the build needs, such as ../..' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l main -d 'Which of several programs is the service' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l run -l command -d 'What starts it; $PORT stands for its port' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l static -d 'Serve this folder of files instead' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l role -d 'Whether it takes traffic: web or worker' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l process -d 'A further process; may be given again' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l release -d 'What runs once before a new release serves; \'\' for nothing' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l port -d 'Where people reach it' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l listen -d 'The port it insists on, or PORT if it reads that variable' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l health -d 'A path that answers below 400 when it is well' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l health-host -d 'The Host header it wants to be asked with' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l volume -d 'A folder that outlives releases; may be given again' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l env -d 'A variable; may be given again' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand adopt" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l exit-code -d 'Exit with 3 when there is something to do'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l again -d 'Plan a fresh rollout although nothing changed'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l allow-dirty -d 'Count uncommitted changes as allowed'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l all -d 'Every service in or below this folder'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand plan" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand render" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand render" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand render" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand render" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand render" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand render" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand render" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand render" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand render" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand render" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand render" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand render" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand render" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand render" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l plan -d 'Refuse unless the plan still has this hash, as printed by `deliver plan`' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l wait -d 'Wait this long for another deployment of the same service to end' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l override -d 'Go on where this gate refuses: readiness, budget or migration; needs --reason' -r -f -a "readiness\t''
budget\t''
migration\t''"
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l fixes -d 'The incident that this is meant to end: a spent error budget does not stop it' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l again -d 'Roll out afresh although nothing changed'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l allow-dirty -d 'Deploy uncommitted changes where the target would refuse them'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand deploy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l to -d 'The release to return to' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l service -d 'Another service than that of this folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l force -d 'Go back even past a release step that breaks earlier releases; needs --reason'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l service -d 'Another service than that of this folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand status" -l service -d 'Another service than that of this folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand status" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand status" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand status" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand status" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand status" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand status" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand status" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand status" -l all -d 'Every service of this store'
complete -c deliver -n "__fish_deliver_using_subcommand status" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand status" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand status" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand status" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand status" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand status" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand history" -l service -d 'Another service than that of this folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand history" -l limit -d 'At most this many' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand history" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand history" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand history" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand history" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand history" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand history" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand history" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand why" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand why" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand why" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand why" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand why" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand why" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand why" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand why" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand why" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand why" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand why" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l service -d 'Another service than that of this folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l release -d 'Only this release' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l process -d 'Only this process, such as web or worker' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l instance -d 'Only this instance; may be given several times' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l since -d 'Only what was printed since: 10m (ago), 2026-03-04, 2026-03-04T05:06:07Z' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand logs" -s n -l lines -d 'At most this many last lines of each instance [default: 100, with --since all]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand logs" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand logs" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and not __fish_seen_subcommand_from set clear list help" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l service -d 'Another service than that of this folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l service -d 'Another service than that of this folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from clear" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand hold; and __fish_seen_subcommand_from list" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand down" -l service -d 'Another service than that of this folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand down" -l confirm -d 'The service\'s name, where the environment is protected' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand down" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand down" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand down" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand down" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand down" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand down" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand down" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and not __fish_seen_subcommand_from explain fix waive help" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l owner -d 'Who reviews, as CODEOWNERS writes it' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from fix" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l until -d 'The last day that it counts' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l scope -d 'Only where it fails in this file or folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand ready; and __fish_seen_subcommand_from waive" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l env -d 'In this environment [default: protected ones, or all where none is]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l service -d 'Another service than that of this folder' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l team -d 'The services of this team' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l interval -d 'How often, with --watch [default: 5s]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l all -d 'Every service of this store'
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -s w -l watch -d 'Look again and again, until Ctrl-C'
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l exit-code -d 'Exit with 3 when a budget is spent'
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand reliability" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l template -d 'Which template to use; by default one whose runtime is present' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l keep -d 'Leave the service running and the folder there'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand tour" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "open" -d 'Declare that something hurts'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "ack" -d 'Say that you are on it'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "update" -d 'Tell everybody how it stands, and correct what is known'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "note" -d 'Write something down for those who work on it'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "role" -d 'Take, hand on or give up a role, such as that of the commander'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "severity" -d 'Make an incident worse or better'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "resolve" -d 'Say that it is over'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "reopen" -d 'It is back: open a resolved incident again'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "close" -d 'Say that what there was to learn is written down; final'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "show" -d 'Show an incident: times, people, suspects, timeline, next moves'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "list" -d 'List incidents: the open ones, the worst first, or all'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "postmortem" -d 'Write the postmortem: the facts, and questions that people answer'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "action" -d 'Follow up: what will prevent it, or make it noticed sooner'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and not __fish_seen_subcommand_from open ack update note role severity resolve reopen close show list postmortem action help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l service -d 'What hurts [default: the service of this folder]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l env -l environment -d 'Where [default: where the service was deployed last]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l severity -d 'How bad it is, sev1 (worst) to sev5; unsure: take the higher of two [default: sev3]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l impact-start -d 'When it began to hurt: 10m, \'10 min ago\', 14:05, 2026-03-04T14:05:00Z' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l detected -d 'When it was noticed [default: now]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from open" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l at -d 'When, if not now' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from ack" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l status -d 'It hurts less (mitigated), or again (open)' -r -f -a "open\t''
mitigated\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l severity -d 'Make it better or worse: sev1 to sev5' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l service -d 'What hurts, as is known now' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l env -l environment -d 'Where it hurts' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l title -d 'A better title' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l impact-start -d 'When it began to hurt: 10m, \'10 min ago\', 14:05, 2026-03-04T14:05:00Z' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l detected -d 'When it was noticed' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l acknowledged -d 'When somebody took it on' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l mitigated -d 'When it hurt less or no more' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l impact-end -d 'When it had stopped hurting' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l at -d 'When it happened, if not now' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from note" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -f -a "take" -d 'Take a role yourself'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -f -a "hand" -d 'Hand a role on to somebody, who has said yes'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -f -a "drop" -d 'Give a role up'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from role" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from severity" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l cause -d 'The deployment that caused it' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l fixed-by -d 'The deployment that ended it' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l impact-start -d 'When it began to hurt: 10m, \'10 min ago\', 14:05, 2026-03-04T14:05:00Z' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l detected -d 'When it was noticed' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l acknowledged -d 'When somebody took it on' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l mitigated -d 'When it hurt less or no more' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l impact-end -d 'When it had stopped hurting' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from reopen" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from close" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l service -d 'Only those of this service' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l since -d 'Only those opened since: 2h, 30d, 2026-03-04' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -s n -l limit -d 'At most this many' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l all -d 'Resolved and closed ones as well, newest first'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l write -d 'Write it to a file [default: docs/postmortems/INC-N.md in the service\'s folder]' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from postmortem" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -f -a "add" -d 'Write follow-up work down'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -f -a "done" -d 'Mark follow-up work as done'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -f -a "list" -d 'List follow-up work: what is due first comes first; --overdue exits 3 if there is any'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from action" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "open" -d 'Declare that something hurts'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "ack" -d 'Say that you are on it'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "update" -d 'Tell everybody how it stands, and correct what is known'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "note" -d 'Write something down for those who work on it'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "role" -d 'Take, hand on or give up a role, such as that of the commander'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "severity" -d 'Make an incident worse or better'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "resolve" -d 'Say that it is over'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "reopen" -d 'It is back: open a resolved incident again'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "close" -d 'Say that what there was to learn is written down; final'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show an incident: times, people, suspects, timeline, next moves'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "list" -d 'List incidents: the open ones, the worst first, or all'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "postmortem" -d 'Write the postmortem: the facts, and questions that people answer'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "action" -d 'Follow up: what will prevent it, or make it noticed sooner'
complete -c deliver -n "__fish_deliver_using_subcommand incident; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -f -a "who" -d 'Show who is on call, now or at a moment'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -f -a "schedule" -d 'Show who takes which turn'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -f -a "check" -d 'Prove the rotas of the weeks to come; exits 3 on a gap'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and not __fish_seen_subcommand_from who schedule check help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l team -d 'Only the rotas of this team' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l rota -d 'Only this rota' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l at -d 'At another moment: 2027-03-28T02:30 (by this machine\'s clock), with an offset or a zone after it, or +2h from now' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l explain -d 'Say why: the layer, its turn, overrides, and what the clock does'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from who" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l team -d 'Only the rotas of this team' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l rota -d 'Only this rota' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l from -d 'Where it begins, written as for `who --at` [default: now]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l days -d 'How many days it shows' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from schedule" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l team -d 'Only the rotas of this team' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l rota -d 'Only this rota' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l weeks -d 'How far ahead, from now' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from help" -f -a "who" -d 'Show who is on call, now or at a moment'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from help" -f -a "schedule" -d 'Show who takes which turn'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from help" -f -a "check" -d 'Prove the rotas of the weeks to come; exits 3 on a gap'
complete -c deliver -n "__fish_deliver_using_subcommand oncall; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand review" -l week -d 'A week of the calendar: 2026-W47, or `last`' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand review" -l since -d 'The time until now instead: 7d, 28d' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand review" -l team -d 'Only this team\'s services, incidents and rotas' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand review" -l format -d 'How it is written where it is not --json' -r -f -a "text\t''
markdown\t''"
complete -c deliver -n "__fish_deliver_using_subcommand review" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand review" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand review" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand review" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand review" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand review" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand review" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand review" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand review" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand review" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand review" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand review" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand review" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand review" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l service -d 'Only what is about this service' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l since -d 'Only what happened since: 2h (ago), 2026-03-04, 2026-03-04T05:06:07Z' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -s n -l limit -d 'At most this many, the newest [default: 20]' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and not __fish_seen_subcommand_from verify export help" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l expect -d 'Also require the record with this hash, noted earlier: finds a journal that was rewritten as a whole' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from verify" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand audit; and __fish_seen_subcommand_from export" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and not __fish_seen_subcommand_from status restart stop unit help" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from status" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from restart" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from stop" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand agent; and __fish_seen_subcommand_from unit" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand doctor" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand config; and not __fish_seen_subcommand_from explain paths help" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from explain" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand config; and __fish_seen_subcommand_from paths" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand platform; and not __fish_seen_subcommand_from init check show help" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from init" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from check" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand platform; and __fish_seen_subcommand_from show" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -f -a "list" -d 'List the plugins on PATH and in this folder\'s deliver.toml'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -f -a "check" -d 'Try all that a plugin owes, with a small app; exit 3 if it fails'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and not __fish_seen_subcommand_from list check help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l options -d 'What the plugin is told: JSON, or a file of it' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l env -d 'What this folder\'s deliver.toml tells it in this environment' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l path -d 'The executable, if not the first of its name on PATH' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the plugins on PATH and in this folder\'s deliver.toml'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from help" -f -a "check" -d 'Try all that a plugin owes, with a small app; exit 3 if it fails'
complete -c deliver -n "__fish_deliver_using_subcommand plugin; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -f -a "manifest" -d 'Print the JSON Schema of `deliver.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -f -a "platform" -d 'Print the JSON Schema of `platform.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -f -a "rota" -d 'Print the JSON Schema of `rotas/NAME.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -f -a "plugin" -d 'Print the JSON Schema of what a plugin is asked and may answer'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -f -a "output" -d 'Print the JSON Schema of what a command prints with --json'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and not __fish_seen_subcommand_from manifest platform rota plugin output help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from manifest" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from platform" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from rota" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from plugin" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l color -d 'When to colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l progress -d 'How to show progress: auto, tty, plain, json, none' -r -f -a "auto\t''
tty\t''
plain\t''
json\t''
none\t''"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s C -l directory -d 'Work as if started in DIR' -r -f -a "(__fish_complete_directories)"
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from output" -s h -l help -d 'Print help'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "manifest" -d 'Print the JSON Schema of `deliver.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "platform" -d 'Print the JSON Schema of `platform.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "rota" -d 'Print the JSON Schema of `rotas/NAME.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "plugin" -d 'Print the JSON Schema of what a plugin is asked and may answer'
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
complete -c deliver -n "__fish_deliver_using_subcommand version" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand version" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand version" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand version" -l reason -d 'Why you do it, for the journal' -r -f
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
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l platform -d 'The company\'s platform: the folder of its platform.toml' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l store -d 'The store: a file, or postgres://USER@HOST/DATABASE' -r -F
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l timeout -d 'Give up waiting after this long, such as 90s or 10m' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l reason -d 'Why you do it, for the journal' -r -f
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l dynamic -d 'Complete names of things as well, by asking `deliver`'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l json -d 'Print one JSON document on standard output'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -s q -l quiet -d 'Say only what went wrong'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -s v -l verbose -d 'Say more, such as the output of steps that succeed'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -s y -l yes -d 'Take every proposal without asking'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l no-input -d 'Never ask; say which flag was needed'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -l dry-run -d 'Show what would be done and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "new" -d 'Create a service from a template'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "template" -d 'List and show templates'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "adopt" -d 'Describe an app that already exists'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "plan" -d 'Show what `deliver deploy` would do, and do nothing'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "render" -d 'Print the Kubernetes objects that a deployment would apply'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "deploy" -d 'Deploy what this folder holds'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "rollback" -d 'Return to the last good release, or to the one named'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "resume" -d 'Finish or undo a deployment whose tool died'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "status" -d 'Show what runs, as observed just now'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "history" -d 'List deployments, newest first'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "why" -d 'Tell what happened in a deployment, and why it ended as it did'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "logs" -d 'Show what a service\'s instances printed, in time order'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "hold" -d 'Stop deployments for a reason, until somebody clears the hold'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "down" -d 'Stop a service and give its address back'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "ready" -d 'Show whether a service may serve, and what to do next'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "reliability" -d 'Show objectives, and what is left of their error budgets'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "tour" -d 'Show the whole way with a real service, in under a minute'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "incident" -d 'Declare what hurts, keep its timeline, and learn from it'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "oncall" -d 'Show who is on call, now or later, and check that somebody is'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "review" -d 'Review a week: what was deployed, what hurt, what is owed'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "audit" -d 'Show what was done, by whom and why'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "agent" -d 'Show, restart or stop what runs services on this machine'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "doctor" -d 'Check this machine, and say how to mend what is missing'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "config" -d 'Show where settings come from and where files are'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "platform" -d 'Start, check and show what a company\'s services share'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "plugin" -d 'List plugins, and check whether one keeps the protocol'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "schema" -d 'Print the JSON Schema of a file or of a document'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "version" -d 'Show the version of the program and of what it writes'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "completion" -d 'Print a script that teaches your shell to complete `deliver`'
complete -c deliver -n "__fish_deliver_using_subcommand help; and not __fish_seen_subcommand_from new template adopt plan render deploy rollback resume status history why logs hold down ready reliability tour incident oncall review audit agent doctor config platform plugin schema version completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from template" -f -a "list" -d 'List the templates'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from template" -f -a "show" -d 'Show what a template is and which files it makes'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from hold" -f -a "set" -d 'Set a hold; needs --reason'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from hold" -f -a "clear" -d 'Clear every hold of a service in an environment'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from hold" -f -a "list" -d 'List the holds of every service'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from ready" -f -a "explain" -d 'Show why a check matters, what it has seen, and what mends it'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from ready" -f -a "fix" -d 'Show a patch for a check, and apply it'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from ready" -f -a "waive" -d 'Excuse a check until a day, for a reason that others can read'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "open" -d 'Declare that something hurts'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "ack" -d 'Say that you are on it'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "update" -d 'Tell everybody how it stands, and correct what is known'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "note" -d 'Write something down for those who work on it'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "role" -d 'Take, hand on or give up a role, such as that of the commander'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "severity" -d 'Make an incident worse or better'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "resolve" -d 'Say that it is over'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "reopen" -d 'It is back: open a resolved incident again'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "close" -d 'Say that what there was to learn is written down; final'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "show" -d 'Show an incident: times, people, suspects, timeline, next moves'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "list" -d 'List incidents: the open ones, the worst first, or all'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "postmortem" -d 'Write the postmortem: the facts, and questions that people answer'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from incident" -f -a "action" -d 'Follow up: what will prevent it, or make it noticed sooner'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from oncall" -f -a "who" -d 'Show who is on call, now or at a moment'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from oncall" -f -a "schedule" -d 'Show who takes which turn'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from oncall" -f -a "check" -d 'Prove the rotas of the weeks to come; exits 3 on a gap'
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
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from plugin" -f -a "list" -d 'List the plugins on PATH and in this folder\'s deliver.toml'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from plugin" -f -a "check" -d 'Try all that a plugin owes, with a small app; exit 3 if it fails'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "manifest" -d 'Print the JSON Schema of `deliver.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "platform" -d 'Print the JSON Schema of `platform.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "rota" -d 'Print the JSON Schema of `rotas/NAME.toml`'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "plugin" -d 'Print the JSON Schema of what a plugin is asked and may answer'
complete -c deliver -n "__fish_deliver_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "output" -d 'Print the JSON Schema of what a command prints with --json'
