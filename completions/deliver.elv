
use builtin;
use str;

set edit:completion:arg-completer[deliver] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'deliver'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'deliver'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand new 'Create a service from a template'
            cand template 'List and show templates'
            cand adopt 'Describe an app that already exists'
            cand plan 'Show what `deliver deploy` would do, and do nothing'
            cand deploy 'Deploy what this folder holds'
            cand rollback 'Return to the last good release, or to the one named'
            cand resume 'Finish or undo a deployment whose tool died'
            cand status 'Show what runs, as observed just now'
            cand history 'List deployments, newest first'
            cand why 'Tell what happened in a deployment, and why it ended as it did'
            cand logs 'Show what a service''s instances printed, in time order'
            cand hold 'Stop deployments for a reason, until somebody clears the hold'
            cand down 'Stop a service and give its address back'
            cand ready 'Show whether a service may serve, and what to do next'
            cand tour 'Show the whole way with a real service, in half a minute'
            cand audit 'Show what was done, by whom and why'
            cand agent 'Show, restart or stop what runs services on this machine'
            cand doctor 'Check this machine, and say how to mend what is missing'
            cand config 'Show where settings come from and where files are'
            cand platform 'Start, check and show what a company''s services share'
            cand schema 'Print the JSON Schema of a file or of a document'
            cand version 'Show the version of the program and of what it writes'
            cand completion 'Print a script that teaches your shell to complete `deliver`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;new'= {
            cand --name 'The service''s name [default: the folder''s]'
            cand --owner 'The team that owns it [default: from the platform or from git''s user]'
            cand --team 'The team that owns it [default: from the platform or from git''s user]'
            cand --code-owner 'Who reviews, for CODEOWNERS: @ORGANISATION/TEAM, @USER or a mail address [default: git''s mail address]'
            cand --description 'What it does, in one line'
            cand --port 'Where people reach it [default: a free port that stays the same]'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --no-git 'Make no git repository'
            cand --force 'Replace files that are there and differ'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;template'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the templates'
            cand show 'Show what a template is and which files it makes'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;template;list'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;template;show'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;template;help'= {
            cand list 'List the templates'
            cand show 'Show what a template is and which files it makes'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;template;help;list'= {
        }
        &'deliver;template;help;show'= {
        }
        &'deliver;template;help;help'= {
        }
        &'deliver;adopt'= {
            cand --name 'The service''s name'
            cand --team 'The team that owns it'
            cand --tier '1 critical to 4 experimental'
            cand --description 'What it does, in one line'
            cand --build 'How it is built; '''' for not at all'
            cand --include 'What a release holds, such as dist; may be given again'
            cand --context 'The folder above that the build needs, such as ../..'
            cand --main 'Which of several programs is the service'
            cand --run 'What starts it; $PORT stands for its port'
            cand --command 'What starts it; $PORT stands for its port'
            cand --static 'Serve this folder of files instead'
            cand --role 'Whether it takes traffic: web or worker'
            cand --process 'A further process; may be given again'
            cand --release 'What runs once before a new release serves; '''' for nothing'
            cand --port 'Where people reach it'
            cand --listen 'The port it insists on, or PORT if it reads that variable'
            cand --health 'A path that answers below 400 when it is well'
            cand --health-host 'The Host header it wants to be asked with'
            cand --volume 'A folder that outlives releases; may be given again'
            cand --env 'A variable; may be given again'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --container 'Run its Dockerfile, even if it could be started without'
            cand --force 'Write over a deliver.toml that is there'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;plan'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --exit-code 'Exit with 3 when there is something to do'
            cand --again 'Plan a fresh rollout although nothing changed'
            cand --allow-dirty 'Count uncommitted changes as allowed'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;deploy'= {
            cand --plan 'Refuse unless the plan still has this hash, as printed by `deliver plan`'
            cand --wait 'Wait this long for another deployment of the same service to end'
            cand --override 'Go on where this gate refuses: readiness or budget; needs --reason'
            cand --fixes 'The incident that this is meant to end: a spent error budget does not stop it'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --again 'Roll out afresh although nothing changed'
            cand --allow-dirty 'Deploy uncommitted changes where the target would refuse them'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;rollback'= {
            cand --to 'The release to return to'
            cand --service 'Another service than that of this folder'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --force 'Go back even past a release step that breaks earlier releases; needs --reason'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;resume'= {
            cand --service 'Another service than that of this folder'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;status'= {
            cand --service 'Another service than that of this folder'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --all 'Every service of this store'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;history'= {
            cand --service 'Another service than that of this folder'
            cand --limit 'At most this many'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --all 'Every service'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;why'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;logs'= {
            cand --service 'Another service than that of this folder'
            cand --release 'Only this release'
            cand --process 'Only this process, such as web or worker'
            cand --instance 'Only this instance; may be given several times'
            cand --since 'Only what was printed since: 10m (ago), 2026-03-04, 2026-03-04T05:06:07Z'
            cand -n 'At most this many last lines of each instance [default: 100, with --since all]'
            cand --lines 'At most this many last lines of each instance [default: 100, with --since all]'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand -f 'Go on with what is printed from now on, also by later releases'
            cand --follow 'Go on with what is printed from now on, also by later releases'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;hold'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand set 'Set a hold; needs --reason'
            cand clear 'Clear every hold of a service in an environment'
            cand list 'List the holds of every service'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;hold;set'= {
            cand --service 'Another service than that of this folder'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;hold;clear'= {
            cand --service 'Another service than that of this folder'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;hold;list'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;hold;help'= {
            cand set 'Set a hold; needs --reason'
            cand clear 'Clear every hold of a service in an environment'
            cand list 'List the holds of every service'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;hold;help;set'= {
        }
        &'deliver;hold;help;clear'= {
        }
        &'deliver;hold;help;list'= {
        }
        &'deliver;hold;help;help'= {
        }
        &'deliver;down'= {
            cand --service 'Another service than that of this folder'
            cand --confirm 'The service''s name, where the environment is protected'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --all 'Every service of this store'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;ready'= {
            cand --format 'Print for another reader: junit, sarif, markdown or github'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand explain 'Show why a check matters, what it has seen, and what mends it'
            cand fix 'Show a patch for a check, and apply it'
            cand waive 'Excuse a check until a day, for a reason that others can read'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;ready;explain'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;ready;fix'= {
            cand --owner 'Who reviews, as CODEOWNERS writes it'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;ready;waive'= {
            cand --until 'The last day that it counts'
            cand --scope 'Only where it fails in this file or folder'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;ready;help'= {
            cand explain 'Show why a check matters, what it has seen, and what mends it'
            cand fix 'Show a patch for a check, and apply it'
            cand waive 'Excuse a check until a day, for a reason that others can read'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;ready;help;explain'= {
        }
        &'deliver;ready;help;fix'= {
        }
        &'deliver;ready;help;waive'= {
        }
        &'deliver;ready;help;help'= {
        }
        &'deliver;tour'= {
            cand --template 'Which template to use; by default one whose runtime is present'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --keep 'Leave the service running and the folder there'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;audit'= {
            cand --service 'Only what is about this service'
            cand --since 'Only what happened since: 2h (ago), 2026-03-04, 2026-03-04T05:06:07Z'
            cand -n 'At most this many, the newest [default: 20]'
            cand --limit 'At most this many, the newest [default: 20]'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand verify 'Recompute the whole chain; exit 5 at the first record not as written'
            cand export 'Write every record, oldest first, one JSON object a line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;audit;verify'= {
            cand --expect 'Also require the record with this hash, noted earlier: finds a journal that was rewritten as a whole'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;audit;export'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;audit;help'= {
            cand verify 'Recompute the whole chain; exit 5 at the first record not as written'
            cand export 'Write every record, oldest first, one JSON object a line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;audit;help;verify'= {
        }
        &'deliver;audit;help;export'= {
        }
        &'deliver;audit;help;help'= {
        }
        &'deliver;agent'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand status 'Say whether the agent runs, and what it looks after'
            cand restart 'Start the agent, or replace it by this program; instances go on'
            cand stop 'Stop every instance and the agent, so that nothing is left running'
            cand unit 'Print a unit for systemd that starts the agent after a reboot'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;agent;status'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;agent;restart'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;agent;stop'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;agent;unit'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;agent;help'= {
            cand status 'Say whether the agent runs, and what it looks after'
            cand restart 'Start the agent, or replace it by this program; instances go on'
            cand stop 'Stop every instance and the agent, so that nothing is left running'
            cand unit 'Print a unit for systemd that starts the agent after a reboot'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;agent;help;status'= {
        }
        &'deliver;agent;help;restart'= {
        }
        &'deliver;agent;help;stop'= {
        }
        &'deliver;agent;help;unit'= {
        }
        &'deliver;agent;help;help'= {
        }
        &'deliver;doctor'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;config'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
            cand explain 'Show every layer that could set a value, and the one that did'
            cand paths 'Show where the store, the settings, the platform and the manifest are'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;config;explain'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;config;paths'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;config;help'= {
            cand explain 'Show every layer that could set a value, and the one that did'
            cand paths 'Show where the store, the settings, the platform and the manifest are'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;config;help;explain'= {
        }
        &'deliver;config;help;paths'= {
        }
        &'deliver;config;help;help'= {
        }
        &'deliver;platform'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand init 'Write a `platform.toml` to start from; never over one that is there'
            cand check 'Tell every problem of the platform''s files; exits 2 if there is any'
            cand show 'Show the platform that holds here'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;platform;init'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;platform;check'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;platform;show'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;platform;help'= {
            cand init 'Write a `platform.toml` to start from; never over one that is there'
            cand check 'Tell every problem of the platform''s files; exits 2 if there is any'
            cand show 'Show the platform that holds here'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;platform;help;init'= {
        }
        &'deliver;platform;help;check'= {
        }
        &'deliver;platform;help;show'= {
        }
        &'deliver;platform;help;help'= {
        }
        &'deliver;schema'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand manifest 'Print the JSON Schema of `deliver.toml`'
            cand platform 'Print the JSON Schema of `platform.toml`'
            cand output 'Print the JSON Schema of what a command prints with --json'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;schema;manifest'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;schema;platform'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;schema;output'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;schema;help'= {
            cand manifest 'Print the JSON Schema of `deliver.toml`'
            cand platform 'Print the JSON Schema of `platform.toml`'
            cand output 'Print the JSON Schema of what a command prints with --json'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;schema;help;manifest'= {
        }
        &'deliver;schema;help;platform'= {
        }
        &'deliver;schema;help;output'= {
        }
        &'deliver;schema;help;help'= {
        }
        &'deliver;version'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'deliver;completion'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store''s file'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --dynamic 'Complete names of things as well, by asking `deliver`'
            cand --json 'Print one JSON document on standard output'
            cand -q 'Say only what went wrong'
            cand --quiet 'Say only what went wrong'
            cand -v 'Say more, such as the output of steps that succeed'
            cand --verbose 'Say more, such as the output of steps that succeed'
            cand -y 'Take every proposal without asking'
            cand --yes 'Take every proposal without asking'
            cand --no-input 'Never ask; say which flag was needed'
            cand --dry-run 'Show what would be done and do nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'deliver;help'= {
            cand new 'Create a service from a template'
            cand template 'List and show templates'
            cand adopt 'Describe an app that already exists'
            cand plan 'Show what `deliver deploy` would do, and do nothing'
            cand deploy 'Deploy what this folder holds'
            cand rollback 'Return to the last good release, or to the one named'
            cand resume 'Finish or undo a deployment whose tool died'
            cand status 'Show what runs, as observed just now'
            cand history 'List deployments, newest first'
            cand why 'Tell what happened in a deployment, and why it ended as it did'
            cand logs 'Show what a service''s instances printed, in time order'
            cand hold 'Stop deployments for a reason, until somebody clears the hold'
            cand down 'Stop a service and give its address back'
            cand ready 'Show whether a service may serve, and what to do next'
            cand tour 'Show the whole way with a real service, in half a minute'
            cand audit 'Show what was done, by whom and why'
            cand agent 'Show, restart or stop what runs services on this machine'
            cand doctor 'Check this machine, and say how to mend what is missing'
            cand config 'Show where settings come from and where files are'
            cand platform 'Start, check and show what a company''s services share'
            cand schema 'Print the JSON Schema of a file or of a document'
            cand version 'Show the version of the program and of what it writes'
            cand completion 'Print a script that teaches your shell to complete `deliver`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;help;new'= {
        }
        &'deliver;help;template'= {
            cand list 'List the templates'
            cand show 'Show what a template is and which files it makes'
        }
        &'deliver;help;template;list'= {
        }
        &'deliver;help;template;show'= {
        }
        &'deliver;help;adopt'= {
        }
        &'deliver;help;plan'= {
        }
        &'deliver;help;deploy'= {
        }
        &'deliver;help;rollback'= {
        }
        &'deliver;help;resume'= {
        }
        &'deliver;help;status'= {
        }
        &'deliver;help;history'= {
        }
        &'deliver;help;why'= {
        }
        &'deliver;help;logs'= {
        }
        &'deliver;help;hold'= {
            cand set 'Set a hold; needs --reason'
            cand clear 'Clear every hold of a service in an environment'
            cand list 'List the holds of every service'
        }
        &'deliver;help;hold;set'= {
        }
        &'deliver;help;hold;clear'= {
        }
        &'deliver;help;hold;list'= {
        }
        &'deliver;help;down'= {
        }
        &'deliver;help;ready'= {
            cand explain 'Show why a check matters, what it has seen, and what mends it'
            cand fix 'Show a patch for a check, and apply it'
            cand waive 'Excuse a check until a day, for a reason that others can read'
        }
        &'deliver;help;ready;explain'= {
        }
        &'deliver;help;ready;fix'= {
        }
        &'deliver;help;ready;waive'= {
        }
        &'deliver;help;tour'= {
        }
        &'deliver;help;audit'= {
            cand verify 'Recompute the whole chain; exit 5 at the first record not as written'
            cand export 'Write every record, oldest first, one JSON object a line'
        }
        &'deliver;help;audit;verify'= {
        }
        &'deliver;help;audit;export'= {
        }
        &'deliver;help;agent'= {
            cand status 'Say whether the agent runs, and what it looks after'
            cand restart 'Start the agent, or replace it by this program; instances go on'
            cand stop 'Stop every instance and the agent, so that nothing is left running'
            cand unit 'Print a unit for systemd that starts the agent after a reboot'
        }
        &'deliver;help;agent;status'= {
        }
        &'deliver;help;agent;restart'= {
        }
        &'deliver;help;agent;stop'= {
        }
        &'deliver;help;agent;unit'= {
        }
        &'deliver;help;doctor'= {
        }
        &'deliver;help;config'= {
            cand explain 'Show every layer that could set a value, and the one that did'
            cand paths 'Show where the store, the settings, the platform and the manifest are'
        }
        &'deliver;help;config;explain'= {
        }
        &'deliver;help;config;paths'= {
        }
        &'deliver;help;platform'= {
            cand init 'Write a `platform.toml` to start from; never over one that is there'
            cand check 'Tell every problem of the platform''s files; exits 2 if there is any'
            cand show 'Show the platform that holds here'
        }
        &'deliver;help;platform;init'= {
        }
        &'deliver;help;platform;check'= {
        }
        &'deliver;help;platform;show'= {
        }
        &'deliver;help;schema'= {
            cand manifest 'Print the JSON Schema of `deliver.toml`'
            cand platform 'Print the JSON Schema of `platform.toml`'
            cand output 'Print the JSON Schema of what a command prints with --json'
        }
        &'deliver;help;schema;manifest'= {
        }
        &'deliver;help;schema;platform'= {
        }
        &'deliver;help;schema;output'= {
        }
        &'deliver;help;version'= {
        }
        &'deliver;help;completion'= {
        }
        &'deliver;help;help'= {
        }
    ]
    $completions[$command]
}
