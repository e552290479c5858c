
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand render 'Print the Kubernetes objects that a deployment would apply'
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
            cand reliability 'Show objectives, and what is left of their error budgets'
            cand tour 'Show the whole way with a real service, in under a minute'
            cand incident 'Declare what hurts, keep its timeline, and learn from it'
            cand oncall 'Show who is on call, now or later, and check that somebody is'
            cand review 'Review a week: what was deployed, what hurt, what is owed'
            cand audit 'Show what was done, by whom and why'
            cand agent 'Show, restart or stop what runs services on this machine'
            cand doctor 'Check this machine, and say how to mend what is missing'
            cand config 'Show where settings come from and where files are'
            cand platform 'Start, check and show what a company''s services share'
            cand plugin 'List plugins, and check whether one keeps the protocol'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --exit-code 'Exit with 3 when there is something to do'
            cand --again 'Plan a fresh rollout although nothing changed'
            cand --allow-dirty 'Count uncommitted changes as allowed'
            cand --all 'Every service in or below this folder'
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
        &'deliver;render'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;deploy'= {
            cand --plan 'Refuse unless the plan still has this hash, as printed by `deliver plan`'
            cand --wait 'Wait this long for another deployment of the same service to end'
            cand --override 'Go on where this gate refuses: readiness, budget or migration; needs --reason'
            cand --fixes 'The incident that this is meant to end: a spent error budget does not stop it'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;reliability'= {
            cand --env 'In this environment [default: protected ones, or all where none is]'
            cand --service 'Another service than that of this folder'
            cand --team 'The services of this team'
            cand --interval 'How often, with --watch [default: 5s]'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --all 'Every service of this store'
            cand -w 'Look again and again, until Ctrl-C'
            cand --watch 'Look again and again, until Ctrl-C'
            cand --exit-code 'Exit with 3 when a budget is spent'
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
        &'deliver;tour'= {
            cand --template 'Which template to use; by default one whose runtime is present'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand open 'Declare that something hurts'
            cand ack 'Say that you are on it'
            cand update 'Tell everybody how it stands, and correct what is known'
            cand note 'Write something down for those who work on it'
            cand role 'Take, hand on or give up a role, such as that of the commander'
            cand severity 'Make an incident worse or better'
            cand resolve 'Say that it is over'
            cand reopen 'It is back: open a resolved incident again'
            cand close 'Say that what there was to learn is written down; final'
            cand show 'Show an incident: times, people, suspects, timeline, next moves'
            cand list 'List incidents: the open ones, the worst first, or all'
            cand postmortem 'Write the postmortem: the facts, and questions that people answer'
            cand action 'Follow up: what will prevent it, or make it noticed sooner'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;incident;open'= {
            cand --service 'What hurts [default: the service of this folder]'
            cand --env 'Where [default: where the service was deployed last]'
            cand --environment 'Where [default: where the service was deployed last]'
            cand --severity 'How bad it is, sev1 (worst) to sev5; unsure: take the higher of two [default: sev3]'
            cand --impact-start 'When it began to hurt: 10m, ''10 min ago'', 14:05, 2026-03-04T14:05:00Z'
            cand --detected 'When it was noticed [default: now]'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;ack'= {
            cand --at 'When, if not now'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;update'= {
            cand --status 'It hurts less (mitigated), or again (open)'
            cand --severity 'Make it better or worse: sev1 to sev5'
            cand --service 'What hurts, as is known now'
            cand --env 'Where it hurts'
            cand --environment 'Where it hurts'
            cand --title 'A better title'
            cand --impact-start 'When it began to hurt: 10m, ''10 min ago'', 14:05, 2026-03-04T14:05:00Z'
            cand --detected 'When it was noticed'
            cand --acknowledged 'When somebody took it on'
            cand --mitigated 'When it hurt less or no more'
            cand --impact-end 'When it had stopped hurting'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;note'= {
            cand --at 'When it happened, if not now'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;role'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand take 'Take a role yourself'
            cand hand 'Hand a role on to somebody, who has said yes'
            cand drop 'Give a role up'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;incident;role;take'= {
            cand --from 'Take it over from this person, who knows'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;role;hand'= {
            cand --from 'Who has it, if that is not you'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;role;drop'= {
            cand --from 'Who has it, if that is not you'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;role;help'= {
            cand take 'Take a role yourself'
            cand hand 'Hand a role on to somebody, who has said yes'
            cand drop 'Give a role up'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;incident;role;help;take'= {
        }
        &'deliver;incident;role;help;hand'= {
        }
        &'deliver;incident;role;help;drop'= {
        }
        &'deliver;incident;role;help;help'= {
        }
        &'deliver;incident;severity'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;resolve'= {
            cand --cause 'The deployment that caused it'
            cand --fixed-by 'The deployment that ended it'
            cand --impact-start 'When it began to hurt: 10m, ''10 min ago'', 14:05, 2026-03-04T14:05:00Z'
            cand --detected 'When it was noticed'
            cand --acknowledged 'When somebody took it on'
            cand --mitigated 'When it hurt less or no more'
            cand --impact-end 'When it had stopped hurting'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;reopen'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;close'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;show'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;list'= {
            cand --service 'Only those of this service'
            cand --since 'Only those opened since: 2h, 30d, 2026-03-04'
            cand -n 'At most this many'
            cand --limit 'At most this many'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --all 'Resolved and closed ones as well, newest first'
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
        &'deliver;incident;postmortem'= {
            cand --write 'Write it to a file [default: docs/postmortems/INC-N.md in the service''s folder]'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;action'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand add 'Write follow-up work down'
            cand done 'Mark follow-up work as done'
            cand list 'List follow-up work: what is due first comes first; --overdue exits 3 if there is any'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;incident;action;add'= {
            cand --owner 'Who sees to it'
            cand --due 'Until when: 14d, 2026-04-01'
            cand --kind 'What it is for: prevent, detect, mitigate, process'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;action;done'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;incident;action;list'= {
            cand -n 'At most this many'
            cand --limit 'At most this many'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --all 'Also what is done'
            cand --overdue 'Only what should have been done by now; exit 3 if there is any, so that CI can ask'
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
        &'deliver;incident;action;help'= {
            cand add 'Write follow-up work down'
            cand done 'Mark follow-up work as done'
            cand list 'List follow-up work: what is due first comes first; --overdue exits 3 if there is any'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;incident;action;help;add'= {
        }
        &'deliver;incident;action;help;done'= {
        }
        &'deliver;incident;action;help;list'= {
        }
        &'deliver;incident;action;help;help'= {
        }
        &'deliver;incident;help'= {
            cand open 'Declare that something hurts'
            cand ack 'Say that you are on it'
            cand update 'Tell everybody how it stands, and correct what is known'
            cand note 'Write something down for those who work on it'
            cand role 'Take, hand on or give up a role, such as that of the commander'
            cand severity 'Make an incident worse or better'
            cand resolve 'Say that it is over'
            cand reopen 'It is back: open a resolved incident again'
            cand close 'Say that what there was to learn is written down; final'
            cand show 'Show an incident: times, people, suspects, timeline, next moves'
            cand list 'List incidents: the open ones, the worst first, or all'
            cand postmortem 'Write the postmortem: the facts, and questions that people answer'
            cand action 'Follow up: what will prevent it, or make it noticed sooner'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;incident;help;open'= {
        }
        &'deliver;incident;help;ack'= {
        }
        &'deliver;incident;help;update'= {
        }
        &'deliver;incident;help;note'= {
        }
        &'deliver;incident;help;role'= {
            cand take 'Take a role yourself'
            cand hand 'Hand a role on to somebody, who has said yes'
            cand drop 'Give a role up'
        }
        &'deliver;incident;help;role;take'= {
        }
        &'deliver;incident;help;role;hand'= {
        }
        &'deliver;incident;help;role;drop'= {
        }
        &'deliver;incident;help;severity'= {
        }
        &'deliver;incident;help;resolve'= {
        }
        &'deliver;incident;help;reopen'= {
        }
        &'deliver;incident;help;close'= {
        }
        &'deliver;incident;help;show'= {
        }
        &'deliver;incident;help;list'= {
        }
        &'deliver;incident;help;postmortem'= {
        }
        &'deliver;incident;help;action'= {
            cand add 'Write follow-up work down'
            cand done 'Mark follow-up work as done'
            cand list 'List follow-up work: what is due first comes first; --overdue exits 3 if there is any'
        }
        &'deliver;incident;help;action;add'= {
        }
        &'deliver;incident;help;action;done'= {
        }
        &'deliver;incident;help;action;list'= {
        }
        &'deliver;incident;help;help'= {
        }
        &'deliver;oncall'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand who 'Show who is on call, now or at a moment'
            cand schedule 'Show who takes which turn'
            cand check 'Prove the rotas of the weeks to come; exits 3 on a gap'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;oncall;who'= {
            cand --team 'Only the rotas of this team'
            cand --rota 'Only this rota'
            cand --at 'At another moment: 2027-03-28T02:30 (by this machine''s clock), with an offset or a zone after it, or +2h from now'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
            cand --timeout 'Give up waiting after this long, such as 90s or 10m'
            cand --reason 'Why you do it, for the journal'
            cand --explain 'Say why: the layer, its turn, overrides, and what the clock does'
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
        &'deliver;oncall;schedule'= {
            cand --team 'Only the rotas of this team'
            cand --rota 'Only this rota'
            cand --from 'Where it begins, written as for `who --at` [default: now]'
            cand --days 'How many days it shows'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;oncall;check'= {
            cand --team 'Only the rotas of this team'
            cand --rota 'Only this rota'
            cand --weeks 'How far ahead, from now'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;oncall;help'= {
            cand who 'Show who is on call, now or at a moment'
            cand schedule 'Show who takes which turn'
            cand check 'Prove the rotas of the weeks to come; exits 3 on a gap'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;oncall;help;who'= {
        }
        &'deliver;oncall;help;schedule'= {
        }
        &'deliver;oncall;help;check'= {
        }
        &'deliver;oncall;help;help'= {
        }
        &'deliver;review'= {
            cand --week 'A week of the calendar: 2026-W47, or `last`'
            cand --since 'The time until now instead: 7d, 28d'
            cand --team 'Only this team''s services, incidents and rotas'
            cand --format 'How it is written where it is not --json'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;plugin'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand list 'List the plugins on PATH and in this folder''s deliver.toml'
            cand check 'Try all that a plugin owes, with a small app; exit 3 if it fails'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;plugin;list'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;plugin;check'= {
            cand --options 'What the plugin is told: JSON, or a file of it'
            cand --env 'What this folder''s deliver.toml tells it in this environment'
            cand --path 'The executable, if not the first of its name on PATH'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;plugin;help'= {
            cand list 'List the plugins on PATH and in this folder''s deliver.toml'
            cand check 'Try all that a plugin owes, with a small app; exit 3 if it fails'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;plugin;help;list'= {
        }
        &'deliver;plugin;help;check'= {
        }
        &'deliver;plugin;help;help'= {
        }
        &'deliver;schema'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand rota 'Print the JSON Schema of `rotas/NAME.toml`'
            cand plugin 'Print the JSON Schema of what a plugin is asked and may answer'
            cand output 'Print the JSON Schema of what a command prints with --json'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;schema;manifest'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;schema;rota'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
        &'deliver;schema;plugin'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: the folder of its platform.toml'
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand rota 'Print the JSON Schema of `rotas/NAME.toml`'
            cand plugin 'Print the JSON Schema of what a plugin is asked and may answer'
            cand output 'Print the JSON Schema of what a command prints with --json'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;schema;help;manifest'= {
        }
        &'deliver;schema;help;platform'= {
        }
        &'deliver;schema;help;rota'= {
        }
        &'deliver;schema;help;plugin'= {
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand --store 'The store: a file, or postgres://USER@HOST/DATABASE'
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
            cand render 'Print the Kubernetes objects that a deployment would apply'
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
            cand reliability 'Show objectives, and what is left of their error budgets'
            cand tour 'Show the whole way with a real service, in under a minute'
            cand incident 'Declare what hurts, keep its timeline, and learn from it'
            cand oncall 'Show who is on call, now or later, and check that somebody is'
            cand review 'Review a week: what was deployed, what hurt, what is owed'
            cand audit 'Show what was done, by whom and why'
            cand agent 'Show, restart or stop what runs services on this machine'
            cand doctor 'Check this machine, and say how to mend what is missing'
            cand config 'Show where settings come from and where files are'
            cand platform 'Start, check and show what a company''s services share'
            cand plugin 'List plugins, and check whether one keeps the protocol'
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
        &'deliver;help;render'= {
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
        &'deliver;help;reliability'= {
        }
        &'deliver;help;tour'= {
        }
        &'deliver;help;incident'= {
            cand open 'Declare that something hurts'
            cand ack 'Say that you are on it'
            cand update 'Tell everybody how it stands, and correct what is known'
            cand note 'Write something down for those who work on it'
            cand role 'Take, hand on or give up a role, such as that of the commander'
            cand severity 'Make an incident worse or better'
            cand resolve 'Say that it is over'
            cand reopen 'It is back: open a resolved incident again'
            cand close 'Say that what there was to learn is written down; final'
            cand show 'Show an incident: times, people, suspects, timeline, next moves'
            cand list 'List incidents: the open ones, the worst first, or all'
            cand postmortem 'Write the postmortem: the facts, and questions that people answer'
            cand action 'Follow up: what will prevent it, or make it noticed sooner'
        }
        &'deliver;help;incident;open'= {
        }
        &'deliver;help;incident;ack'= {
        }
        &'deliver;help;incident;update'= {
        }
        &'deliver;help;incident;note'= {
        }
        &'deliver;help;incident;role'= {
            cand take 'Take a role yourself'
            cand hand 'Hand a role on to somebody, who has said yes'
            cand drop 'Give a role up'
        }
        &'deliver;help;incident;role;take'= {
        }
        &'deliver;help;incident;role;hand'= {
        }
        &'deliver;help;incident;role;drop'= {
        }
        &'deliver;help;incident;severity'= {
        }
        &'deliver;help;incident;resolve'= {
        }
        &'deliver;help;incident;reopen'= {
        }
        &'deliver;help;incident;close'= {
        }
        &'deliver;help;incident;show'= {
        }
        &'deliver;help;incident;list'= {
        }
        &'deliver;help;incident;postmortem'= {
        }
        &'deliver;help;incident;action'= {
            cand add 'Write follow-up work down'
            cand done 'Mark follow-up work as done'
            cand list 'List follow-up work: what is due first comes first; --overdue exits 3 if there is any'
        }
        &'deliver;help;incident;action;add'= {
        }
        &'deliver;help;incident;action;done'= {
        }
        &'deliver;help;incident;action;list'= {
        }
        &'deliver;help;oncall'= {
            cand who 'Show who is on call, now or at a moment'
            cand schedule 'Show who takes which turn'
            cand check 'Prove the rotas of the weeks to come; exits 3 on a gap'
        }
        &'deliver;help;oncall;who'= {
        }
        &'deliver;help;oncall;schedule'= {
        }
        &'deliver;help;oncall;check'= {
        }
        &'deliver;help;review'= {
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
        &'deliver;help;plugin'= {
            cand list 'List the plugins on PATH and in this folder''s deliver.toml'
            cand check 'Try all that a plugin owes, with a small app; exit 3 if it fails'
        }
        &'deliver;help;plugin;list'= {
        }
        &'deliver;help;plugin;check'= {
        }
        &'deliver;help;schema'= {
            cand manifest 'Print the JSON Schema of `deliver.toml`'
            cand platform 'Print the JSON Schema of `platform.toml`'
            cand rota 'Print the JSON Schema of `rotas/NAME.toml`'
            cand plugin 'Print the JSON Schema of what a plugin is asked and may answer'
            cand output 'Print the JSON Schema of what a command prints with --json'
        }
        &'deliver;help;schema;manifest'= {
        }
        &'deliver;help;schema;platform'= {
        }
        &'deliver;help;schema;rota'= {
        }
        &'deliver;help;schema;plugin'= {
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
