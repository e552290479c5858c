
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'deliver' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'deliver'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'deliver' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Create a service from a template')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'List and show templates')
            [CompletionResult]::new('adopt', 'adopt', [CompletionResultType]::ParameterValue, 'Describe an app that already exists')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Show what `deliver deploy` would do, and do nothing')
            [CompletionResult]::new('render', 'render', [CompletionResultType]::ParameterValue, 'Print the Kubernetes objects that a deployment would apply')
            [CompletionResult]::new('deploy', 'deploy', [CompletionResultType]::ParameterValue, 'Deploy what this folder holds')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Return to the last good release, or to the one named')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Finish or undo a deployment whose tool died')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what runs, as observed just now')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'List deployments, newest first')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Tell what happened in a deployment, and why it ended as it did')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show what a service''s instances printed, in time order')
            [CompletionResult]::new('hold', 'hold', [CompletionResultType]::ParameterValue, 'Stop deployments for a reason, until somebody clears the hold')
            [CompletionResult]::new('down', 'down', [CompletionResultType]::ParameterValue, 'Stop a service and give its address back')
            [CompletionResult]::new('ready', 'ready', [CompletionResultType]::ParameterValue, 'Show whether a service may serve, and what to do next')
            [CompletionResult]::new('reliability', 'reliability', [CompletionResultType]::ParameterValue, 'Show objectives, and what is left of their error budgets')
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'Show the whole way with a real service, in under a minute')
            [CompletionResult]::new('incident', 'incident', [CompletionResultType]::ParameterValue, 'Declare what hurts, keep its timeline, and learn from it')
            [CompletionResult]::new('oncall', 'oncall', [CompletionResultType]::ParameterValue, 'Show who is on call, now or later, and check that somebody is')
            [CompletionResult]::new('review', 'review', [CompletionResultType]::ParameterValue, 'Review a week: what was deployed, what hurt, what is owed')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Show what was done, by whom and why')
            [CompletionResult]::new('agent', 'agent', [CompletionResultType]::ParameterValue, 'Show, restart or stop what runs services on this machine')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check this machine, and say how to mend what is missing')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show where settings come from and where files are')
            [CompletionResult]::new('platform', 'platform', [CompletionResultType]::ParameterValue, 'Start, check and show what a company''s services share')
            [CompletionResult]::new('plugin', 'plugin', [CompletionResultType]::ParameterValue, 'List plugins, and check whether one keeps the protocol')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a file or of a document')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Show the version of the program and of what it writes')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print a script that teaches your shell to complete `deliver`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;new' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The service''s name [default: the folder''s]')
            [CompletionResult]::new('--owner', '--owner', [CompletionResultType]::ParameterName, 'The team that owns it [default: from the platform or from git''s user]')
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'The team that owns it [default: from the platform or from git''s user]')
            [CompletionResult]::new('--code-owner', '--code-owner', [CompletionResultType]::ParameterName, 'Who reviews, for CODEOWNERS: @ORGANISATION/TEAM, @USER or a mail address [default: git''s mail address]')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'What it does, in one line')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Where people reach it [default: a free port that stays the same]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--no-git', '--no-git', [CompletionResultType]::ParameterName, 'Make no git repository')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace files that are there and differ')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;template' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the templates')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a template is and which files it makes')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;template;list' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;template;show' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;template;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the templates')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a template is and which files it makes')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;template;help;list' {
            break
        }
        'deliver;template;help;show' {
            break
        }
        'deliver;template;help;help' {
            break
        }
        'deliver;adopt' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The service''s name')
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'The team that owns it')
            [CompletionResult]::new('--tier', '--tier', [CompletionResultType]::ParameterName, '1 critical to 4 experimental')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'What it does, in one line')
            [CompletionResult]::new('--build', '--build', [CompletionResultType]::ParameterName, 'How it is built; '''' for not at all')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'What a release holds, such as dist; may be given again')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'The folder above that the build needs, such as ../..')
            [CompletionResult]::new('--main', '--main', [CompletionResultType]::ParameterName, 'Which of several programs is the service')
            [CompletionResult]::new('--run', '--run', [CompletionResultType]::ParameterName, 'What starts it; $PORT stands for its port')
            [CompletionResult]::new('--command', '--command', [CompletionResultType]::ParameterName, 'What starts it; $PORT stands for its port')
            [CompletionResult]::new('--static', '--static', [CompletionResultType]::ParameterName, 'Serve this folder of files instead')
            [CompletionResult]::new('--role', '--role', [CompletionResultType]::ParameterName, 'Whether it takes traffic: web or worker')
            [CompletionResult]::new('--process', '--process', [CompletionResultType]::ParameterName, 'A further process; may be given again')
            [CompletionResult]::new('--release', '--release', [CompletionResultType]::ParameterName, 'What runs once before a new release serves; '''' for nothing')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Where people reach it')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The port it insists on, or PORT if it reads that variable')
            [CompletionResult]::new('--health', '--health', [CompletionResultType]::ParameterName, 'A path that answers below 400 when it is well')
            [CompletionResult]::new('--health-host', '--health-host', [CompletionResultType]::ParameterName, 'The Host header it wants to be asked with')
            [CompletionResult]::new('--volume', '--volume', [CompletionResultType]::ParameterName, 'A folder that outlives releases; may be given again')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'A variable; may be given again')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--container', '--container', [CompletionResultType]::ParameterName, 'Run its Dockerfile, even if it could be started without')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Write over a deliver.toml that is there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;plan' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit with 3 when there is something to do')
            [CompletionResult]::new('--again', '--again', [CompletionResultType]::ParameterName, 'Plan a fresh rollout although nothing changed')
            [CompletionResult]::new('--allow-dirty', '--allow-dirty', [CompletionResultType]::ParameterName, 'Count uncommitted changes as allowed')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every service in or below this folder')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;render' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;deploy' {
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Refuse unless the plan still has this hash, as printed by `deliver plan`')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait this long for another deployment of the same service to end')
            [CompletionResult]::new('--override', '--override', [CompletionResultType]::ParameterName, 'Go on where this gate refuses: readiness, budget or migration; needs --reason')
            [CompletionResult]::new('--fixes', '--fixes', [CompletionResultType]::ParameterName, 'The incident that this is meant to end: a spent error budget does not stop it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--again', '--again', [CompletionResultType]::ParameterName, 'Roll out afresh although nothing changed')
            [CompletionResult]::new('--allow-dirty', '--allow-dirty', [CompletionResultType]::ParameterName, 'Deploy uncommitted changes where the target would refuse them')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;rollback' {
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The release to return to')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Another service than that of this folder')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Go back even past a release step that breaks earlier releases; needs --reason')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;resume' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Another service than that of this folder')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;status' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Another service than that of this folder')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every service of this store')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;history' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Another service than that of this folder')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;why' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;logs' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Another service than that of this folder')
            [CompletionResult]::new('--release', '--release', [CompletionResultType]::ParameterName, 'Only this release')
            [CompletionResult]::new('--process', '--process', [CompletionResultType]::ParameterName, 'Only this process, such as web or worker')
            [CompletionResult]::new('--instance', '--instance', [CompletionResultType]::ParameterName, 'Only this instance; may be given several times')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only what was printed since: 10m (ago), 2026-03-04, 2026-03-04T05:06:07Z')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'At most this many last lines of each instance [default: 100, with --since all]')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'At most this many last lines of each instance [default: 100, with --since all]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Go on with what is printed from now on, also by later releases')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Go on with what is printed from now on, also by later releases')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;hold' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a hold; needs --reason')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Clear every hold of a service in an environment')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the holds of every service')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;hold;set' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Another service than that of this folder')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;hold;clear' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Another service than that of this folder')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;hold;list' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;hold;help' {
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a hold; needs --reason')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Clear every hold of a service in an environment')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the holds of every service')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;hold;help;set' {
            break
        }
        'deliver;hold;help;clear' {
            break
        }
        'deliver;hold;help;list' {
            break
        }
        'deliver;hold;help;help' {
            break
        }
        'deliver;down' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Another service than that of this folder')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'The service''s name, where the environment is protected')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every service of this store')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;ready' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print for another reader: junit, sarif, markdown or github')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show why a check matters, what it has seen, and what mends it')
            [CompletionResult]::new('fix', 'fix', [CompletionResultType]::ParameterValue, 'Show a patch for a check, and apply it')
            [CompletionResult]::new('waive', 'waive', [CompletionResultType]::ParameterValue, 'Excuse a check until a day, for a reason that others can read')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;ready;explain' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;ready;fix' {
            [CompletionResult]::new('--owner', '--owner', [CompletionResultType]::ParameterName, 'Who reviews, as CODEOWNERS writes it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;ready;waive' {
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'The last day that it counts')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Only where it fails in this file or folder')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;ready;help' {
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show why a check matters, what it has seen, and what mends it')
            [CompletionResult]::new('fix', 'fix', [CompletionResultType]::ParameterValue, 'Show a patch for a check, and apply it')
            [CompletionResult]::new('waive', 'waive', [CompletionResultType]::ParameterValue, 'Excuse a check until a day, for a reason that others can read')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;ready;help;explain' {
            break
        }
        'deliver;ready;help;fix' {
            break
        }
        'deliver;ready;help;waive' {
            break
        }
        'deliver;ready;help;help' {
            break
        }
        'deliver;reliability' {
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'In this environment [default: protected ones, or all where none is]')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Another service than that of this folder')
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'The services of this team')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'How often, with --watch [default: 5s]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every service of this store')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Look again and again, until Ctrl-C')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Look again and again, until Ctrl-C')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'Exit with 3 when a budget is spent')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;tour' {
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'Which template to use; by default one whose runtime is present')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Leave the service running and the folder there')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Declare that something hurts')
            [CompletionResult]::new('ack', 'ack', [CompletionResultType]::ParameterValue, 'Say that you are on it')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Tell everybody how it stands, and correct what is known')
            [CompletionResult]::new('note', 'note', [CompletionResultType]::ParameterValue, 'Write something down for those who work on it')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Take, hand on or give up a role, such as that of the commander')
            [CompletionResult]::new('severity', 'severity', [CompletionResultType]::ParameterValue, 'Make an incident worse or better')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Say that it is over')
            [CompletionResult]::new('reopen', 'reopen', [CompletionResultType]::ParameterValue, 'It is back: open a resolved incident again')
            [CompletionResult]::new('close', 'close', [CompletionResultType]::ParameterValue, 'Say that what there was to learn is written down; final')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show an incident: times, people, suspects, timeline, next moves')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List incidents: the open ones, the worst first, or all')
            [CompletionResult]::new('postmortem', 'postmortem', [CompletionResultType]::ParameterValue, 'Write the postmortem: the facts, and questions that people answer')
            [CompletionResult]::new('action', 'action', [CompletionResultType]::ParameterValue, 'Follow up: what will prevent it, or make it noticed sooner')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;incident;open' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'What hurts [default: the service of this folder]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Where [default: where the service was deployed last]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Where [default: where the service was deployed last]')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'How bad it is, sev1 (worst) to sev5; unsure: take the higher of two [default: sev3]')
            [CompletionResult]::new('--impact-start', '--impact-start', [CompletionResultType]::ParameterName, 'When it began to hurt: 10m, ''10 min ago'', 14:05, 2026-03-04T14:05:00Z')
            [CompletionResult]::new('--detected', '--detected', [CompletionResultType]::ParameterName, 'When it was noticed [default: now]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident;ack' {
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'When, if not now')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident;update' {
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'It hurts less (mitigated), or again (open)')
            [CompletionResult]::new('--severity', '--severity', [CompletionResultType]::ParameterName, 'Make it better or worse: sev1 to sev5')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'What hurts, as is known now')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Where it hurts')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Where it hurts')
            [CompletionResult]::new('--title', '--title', [CompletionResultType]::ParameterName, 'A better title')
            [CompletionResult]::new('--impact-start', '--impact-start', [CompletionResultType]::ParameterName, 'When it began to hurt: 10m, ''10 min ago'', 14:05, 2026-03-04T14:05:00Z')
            [CompletionResult]::new('--detected', '--detected', [CompletionResultType]::ParameterName, 'When it was noticed')
            [CompletionResult]::new('--acknowledged', '--acknowledged', [CompletionResultType]::ParameterName, 'When somebody took it on')
            [CompletionResult]::new('--mitigated', '--mitigated', [CompletionResultType]::ParameterName, 'When it hurt less or no more')
            [CompletionResult]::new('--impact-end', '--impact-end', [CompletionResultType]::ParameterName, 'When it had stopped hurting')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident;note' {
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'When it happened, if not now')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident;role' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('take', 'take', [CompletionResultType]::ParameterValue, 'Take a role yourself')
            [CompletionResult]::new('hand', 'hand', [CompletionResultType]::ParameterValue, 'Hand a role on to somebody, who has said yes')
            [CompletionResult]::new('drop', 'drop', [CompletionResultType]::ParameterValue, 'Give a role up')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;incident;role;take' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Take it over from this person, who knows')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;incident;role;hand' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Who has it, if that is not you')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;incident;role;drop' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Who has it, if that is not you')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;incident;role;help' {
            [CompletionResult]::new('take', 'take', [CompletionResultType]::ParameterValue, 'Take a role yourself')
            [CompletionResult]::new('hand', 'hand', [CompletionResultType]::ParameterValue, 'Hand a role on to somebody, who has said yes')
            [CompletionResult]::new('drop', 'drop', [CompletionResultType]::ParameterValue, 'Give a role up')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;incident;role;help;take' {
            break
        }
        'deliver;incident;role;help;hand' {
            break
        }
        'deliver;incident;role;help;drop' {
            break
        }
        'deliver;incident;role;help;help' {
            break
        }
        'deliver;incident;severity' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident;resolve' {
            [CompletionResult]::new('--cause', '--cause', [CompletionResultType]::ParameterName, 'The deployment that caused it')
            [CompletionResult]::new('--fixed-by', '--fixed-by', [CompletionResultType]::ParameterName, 'The deployment that ended it')
            [CompletionResult]::new('--impact-start', '--impact-start', [CompletionResultType]::ParameterName, 'When it began to hurt: 10m, ''10 min ago'', 14:05, 2026-03-04T14:05:00Z')
            [CompletionResult]::new('--detected', '--detected', [CompletionResultType]::ParameterName, 'When it was noticed')
            [CompletionResult]::new('--acknowledged', '--acknowledged', [CompletionResultType]::ParameterName, 'When somebody took it on')
            [CompletionResult]::new('--mitigated', '--mitigated', [CompletionResultType]::ParameterName, 'When it hurt less or no more')
            [CompletionResult]::new('--impact-end', '--impact-end', [CompletionResultType]::ParameterName, 'When it had stopped hurting')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident;reopen' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;incident;close' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident;show' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident;list' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Only those of this service')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only those opened since: 2h, 30d, 2026-03-04')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'At most this many')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Resolved and closed ones as well, newest first')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;incident;postmortem' {
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write it to a file [default: docs/postmortems/INC-N.md in the service''s folder]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;incident;action' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Write follow-up work down')
            [CompletionResult]::new('done', 'done', [CompletionResultType]::ParameterValue, 'Mark follow-up work as done')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List follow-up work: what is due first comes first; --overdue exits 3 if there is any')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;incident;action;add' {
            [CompletionResult]::new('--owner', '--owner', [CompletionResultType]::ParameterName, 'Who sees to it')
            [CompletionResult]::new('--due', '--due', [CompletionResultType]::ParameterName, 'Until when: 14d, 2026-04-01')
            [CompletionResult]::new('--kind', '--kind', [CompletionResultType]::ParameterName, 'What it is for: prevent, detect, mitigate, process')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;incident;action;done' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;incident;action;list' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'At most this many')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Also what is done')
            [CompletionResult]::new('--overdue', '--overdue', [CompletionResultType]::ParameterName, 'Only what should have been done by now; exit 3 if there is any, so that CI can ask')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;incident;action;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Write follow-up work down')
            [CompletionResult]::new('done', 'done', [CompletionResultType]::ParameterValue, 'Mark follow-up work as done')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List follow-up work: what is due first comes first; --overdue exits 3 if there is any')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;incident;action;help;add' {
            break
        }
        'deliver;incident;action;help;done' {
            break
        }
        'deliver;incident;action;help;list' {
            break
        }
        'deliver;incident;action;help;help' {
            break
        }
        'deliver;incident;help' {
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Declare that something hurts')
            [CompletionResult]::new('ack', 'ack', [CompletionResultType]::ParameterValue, 'Say that you are on it')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Tell everybody how it stands, and correct what is known')
            [CompletionResult]::new('note', 'note', [CompletionResultType]::ParameterValue, 'Write something down for those who work on it')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Take, hand on or give up a role, such as that of the commander')
            [CompletionResult]::new('severity', 'severity', [CompletionResultType]::ParameterValue, 'Make an incident worse or better')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Say that it is over')
            [CompletionResult]::new('reopen', 'reopen', [CompletionResultType]::ParameterValue, 'It is back: open a resolved incident again')
            [CompletionResult]::new('close', 'close', [CompletionResultType]::ParameterValue, 'Say that what there was to learn is written down; final')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show an incident: times, people, suspects, timeline, next moves')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List incidents: the open ones, the worst first, or all')
            [CompletionResult]::new('postmortem', 'postmortem', [CompletionResultType]::ParameterValue, 'Write the postmortem: the facts, and questions that people answer')
            [CompletionResult]::new('action', 'action', [CompletionResultType]::ParameterValue, 'Follow up: what will prevent it, or make it noticed sooner')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;incident;help;open' {
            break
        }
        'deliver;incident;help;ack' {
            break
        }
        'deliver;incident;help;update' {
            break
        }
        'deliver;incident;help;note' {
            break
        }
        'deliver;incident;help;role' {
            [CompletionResult]::new('take', 'take', [CompletionResultType]::ParameterValue, 'Take a role yourself')
            [CompletionResult]::new('hand', 'hand', [CompletionResultType]::ParameterValue, 'Hand a role on to somebody, who has said yes')
            [CompletionResult]::new('drop', 'drop', [CompletionResultType]::ParameterValue, 'Give a role up')
            break
        }
        'deliver;incident;help;role;take' {
            break
        }
        'deliver;incident;help;role;hand' {
            break
        }
        'deliver;incident;help;role;drop' {
            break
        }
        'deliver;incident;help;severity' {
            break
        }
        'deliver;incident;help;resolve' {
            break
        }
        'deliver;incident;help;reopen' {
            break
        }
        'deliver;incident;help;close' {
            break
        }
        'deliver;incident;help;show' {
            break
        }
        'deliver;incident;help;list' {
            break
        }
        'deliver;incident;help;postmortem' {
            break
        }
        'deliver;incident;help;action' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Write follow-up work down')
            [CompletionResult]::new('done', 'done', [CompletionResultType]::ParameterValue, 'Mark follow-up work as done')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List follow-up work: what is due first comes first; --overdue exits 3 if there is any')
            break
        }
        'deliver;incident;help;action;add' {
            break
        }
        'deliver;incident;help;action;done' {
            break
        }
        'deliver;incident;help;action;list' {
            break
        }
        'deliver;incident;help;help' {
            break
        }
        'deliver;oncall' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('who', 'who', [CompletionResultType]::ParameterValue, 'Show who is on call, now or at a moment')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Show who takes which turn')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Prove the rotas of the weeks to come; exits 3 on a gap')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;oncall;who' {
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'Only the rotas of this team')
            [CompletionResult]::new('--rota', '--rota', [CompletionResultType]::ParameterName, 'Only this rota')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'At another moment: 2027-03-28T02:30 (by this machine''s clock), with an offset or a zone after it, or +2h from now')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Say why: the layer, its turn, overrides, and what the clock does')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;oncall;schedule' {
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'Only the rotas of this team')
            [CompletionResult]::new('--rota', '--rota', [CompletionResultType]::ParameterName, 'Only this rota')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Where it begins, written as for `who --at` [default: now]')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'How many days it shows')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;oncall;check' {
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'Only the rotas of this team')
            [CompletionResult]::new('--rota', '--rota', [CompletionResultType]::ParameterName, 'Only this rota')
            [CompletionResult]::new('--weeks', '--weeks', [CompletionResultType]::ParameterName, 'How far ahead, from now')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;oncall;help' {
            [CompletionResult]::new('who', 'who', [CompletionResultType]::ParameterValue, 'Show who is on call, now or at a moment')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Show who takes which turn')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Prove the rotas of the weeks to come; exits 3 on a gap')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;oncall;help;who' {
            break
        }
        'deliver;oncall;help;schedule' {
            break
        }
        'deliver;oncall;help;check' {
            break
        }
        'deliver;oncall;help;help' {
            break
        }
        'deliver;review' {
            [CompletionResult]::new('--week', '--week', [CompletionResultType]::ParameterName, 'A week of the calendar: 2026-W47, or `last`')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'The time until now instead: 7d, 28d')
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'Only this team''s services, incidents and rotas')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How it is written where it is not --json')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;audit' {
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Only what is about this service')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only what happened since: 2h (ago), 2026-03-04, 2026-03-04T05:06:07Z')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'At most this many, the newest [default: 20]')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'At most this many, the newest [default: 20]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Recompute the whole chain; exit 5 at the first record not as written')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write every record, oldest first, one JSON object a line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;audit;verify' {
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Also require the record with this hash, noted earlier: finds a journal that was rewritten as a whole')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;audit;export' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;audit;help' {
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Recompute the whole chain; exit 5 at the first record not as written')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write every record, oldest first, one JSON object a line')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;audit;help;verify' {
            break
        }
        'deliver;audit;help;export' {
            break
        }
        'deliver;audit;help;help' {
            break
        }
        'deliver;agent' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether the agent runs, and what it looks after')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'Start the agent, or replace it by this program; instances go on')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop every instance and the agent, so that nothing is left running')
            [CompletionResult]::new('unit', 'unit', [CompletionResultType]::ParameterValue, 'Print a unit for systemd that starts the agent after a reboot')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;agent;status' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;agent;restart' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;agent;stop' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;agent;unit' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;agent;help' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether the agent runs, and what it looks after')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'Start the agent, or replace it by this program; instances go on')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop every instance and the agent, so that nothing is left running')
            [CompletionResult]::new('unit', 'unit', [CompletionResultType]::ParameterValue, 'Print a unit for systemd that starts the agent after a reboot')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;agent;help;status' {
            break
        }
        'deliver;agent;help;restart' {
            break
        }
        'deliver;agent;help;stop' {
            break
        }
        'deliver;agent;help;unit' {
            break
        }
        'deliver;agent;help;help' {
            break
        }
        'deliver;doctor' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;config' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show every layer that could set a value, and the one that did')
            [CompletionResult]::new('paths', 'paths', [CompletionResultType]::ParameterValue, 'Show where the store, the settings, the platform and the manifest are')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;config;explain' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;config;paths' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;config;help' {
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show every layer that could set a value, and the one that did')
            [CompletionResult]::new('paths', 'paths', [CompletionResultType]::ParameterValue, 'Show where the store, the settings, the platform and the manifest are')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;config;help;explain' {
            break
        }
        'deliver;config;help;paths' {
            break
        }
        'deliver;config;help;help' {
            break
        }
        'deliver;platform' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a `platform.toml` to start from; never over one that is there')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Tell every problem of the platform''s files; exits 2 if there is any')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the platform that holds here')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;platform;init' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;platform;check' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;platform;show' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;platform;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a `platform.toml` to start from; never over one that is there')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Tell every problem of the platform''s files; exits 2 if there is any')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the platform that holds here')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;platform;help;init' {
            break
        }
        'deliver;platform;help;check' {
            break
        }
        'deliver;platform;help;show' {
            break
        }
        'deliver;platform;help;help' {
            break
        }
        'deliver;plugin' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the plugins on PATH and in this folder''s deliver.toml')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Try all that a plugin owes, with a small app; exit 3 if it fails')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;plugin;list' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;plugin;check' {
            [CompletionResult]::new('--options', '--options', [CompletionResultType]::ParameterName, 'What the plugin is told: JSON, or a file of it')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'What this folder''s deliver.toml tells it in this environment')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The executable, if not the first of its name on PATH')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;plugin;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the plugins on PATH and in this folder''s deliver.toml')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Try all that a plugin owes, with a small app; exit 3 if it fails')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;plugin;help;list' {
            break
        }
        'deliver;plugin;help;check' {
            break
        }
        'deliver;plugin;help;help' {
            break
        }
        'deliver;schema' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of `deliver.toml`')
            [CompletionResult]::new('platform', 'platform', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of `platform.toml`')
            [CompletionResult]::new('rota', 'rota', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of `rotas/NAME.toml`')
            [CompletionResult]::new('plugin', 'plugin', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of what a plugin is asked and may answer')
            [CompletionResult]::new('output', 'output', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of what a command prints with --json')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;schema;manifest' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;schema;platform' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;schema;rota' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;schema;plugin' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;schema;output' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;schema;help' {
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of `deliver.toml`')
            [CompletionResult]::new('platform', 'platform', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of `platform.toml`')
            [CompletionResult]::new('rota', 'rota', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of `rotas/NAME.toml`')
            [CompletionResult]::new('plugin', 'plugin', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of what a plugin is asked and may answer')
            [CompletionResult]::new('output', 'output', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of what a command prints with --json')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;schema;help;manifest' {
            break
        }
        'deliver;schema;help;platform' {
            break
        }
        'deliver;schema;help;rota' {
            break
        }
        'deliver;schema;help;plugin' {
            break
        }
        'deliver;schema;help;output' {
            break
        }
        'deliver;schema;help;help' {
            break
        }
        'deliver;version' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'deliver;completion' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour: auto, always or never')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'How to show progress: auto, tty, plain, json, none')
            [CompletionResult]::new('-C', '-C ', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--directory', '--directory', [CompletionResultType]::ParameterName, 'Work as if started in DIR')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'The company''s platform: the folder of its platform.toml')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'The store: a file, or postgres://USER@HOST/DATABASE')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up waiting after this long, such as 90s or 10m')
            [CompletionResult]::new('--reason', '--reason', [CompletionResultType]::ParameterName, 'Why you do it, for the journal')
            [CompletionResult]::new('--dynamic', '--dynamic', [CompletionResultType]::ParameterName, 'Complete names of things as well, by asking `deliver`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say only what went wrong')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more, such as the output of steps that succeed')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Take every proposal without asking')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; say which flag was needed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done and do nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'deliver;help' {
            [CompletionResult]::new('new', 'new', [CompletionResultType]::ParameterValue, 'Create a service from a template')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'List and show templates')
            [CompletionResult]::new('adopt', 'adopt', [CompletionResultType]::ParameterValue, 'Describe an app that already exists')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Show what `deliver deploy` would do, and do nothing')
            [CompletionResult]::new('render', 'render', [CompletionResultType]::ParameterValue, 'Print the Kubernetes objects that a deployment would apply')
            [CompletionResult]::new('deploy', 'deploy', [CompletionResultType]::ParameterValue, 'Deploy what this folder holds')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Return to the last good release, or to the one named')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Finish or undo a deployment whose tool died')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what runs, as observed just now')
            [CompletionResult]::new('history', 'history', [CompletionResultType]::ParameterValue, 'List deployments, newest first')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Tell what happened in a deployment, and why it ended as it did')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show what a service''s instances printed, in time order')
            [CompletionResult]::new('hold', 'hold', [CompletionResultType]::ParameterValue, 'Stop deployments for a reason, until somebody clears the hold')
            [CompletionResult]::new('down', 'down', [CompletionResultType]::ParameterValue, 'Stop a service and give its address back')
            [CompletionResult]::new('ready', 'ready', [CompletionResultType]::ParameterValue, 'Show whether a service may serve, and what to do next')
            [CompletionResult]::new('reliability', 'reliability', [CompletionResultType]::ParameterValue, 'Show objectives, and what is left of their error budgets')
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'Show the whole way with a real service, in under a minute')
            [CompletionResult]::new('incident', 'incident', [CompletionResultType]::ParameterValue, 'Declare what hurts, keep its timeline, and learn from it')
            [CompletionResult]::new('oncall', 'oncall', [CompletionResultType]::ParameterValue, 'Show who is on call, now or later, and check that somebody is')
            [CompletionResult]::new('review', 'review', [CompletionResultType]::ParameterValue, 'Review a week: what was deployed, what hurt, what is owed')
            [CompletionResult]::new('audit', 'audit', [CompletionResultType]::ParameterValue, 'Show what was done, by whom and why')
            [CompletionResult]::new('agent', 'agent', [CompletionResultType]::ParameterValue, 'Show, restart or stop what runs services on this machine')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check this machine, and say how to mend what is missing')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show where settings come from and where files are')
            [CompletionResult]::new('platform', 'platform', [CompletionResultType]::ParameterValue, 'Start, check and show what a company''s services share')
            [CompletionResult]::new('plugin', 'plugin', [CompletionResultType]::ParameterValue, 'List plugins, and check whether one keeps the protocol')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a file or of a document')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Show the version of the program and of what it writes')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print a script that teaches your shell to complete `deliver`')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'deliver;help;new' {
            break
        }
        'deliver;help;template' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the templates')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a template is and which files it makes')
            break
        }
        'deliver;help;template;list' {
            break
        }
        'deliver;help;template;show' {
            break
        }
        'deliver;help;adopt' {
            break
        }
        'deliver;help;plan' {
            break
        }
        'deliver;help;render' {
            break
        }
        'deliver;help;deploy' {
            break
        }
        'deliver;help;rollback' {
            break
        }
        'deliver;help;resume' {
            break
        }
        'deliver;help;status' {
            break
        }
        'deliver;help;history' {
            break
        }
        'deliver;help;why' {
            break
        }
        'deliver;help;logs' {
            break
        }
        'deliver;help;hold' {
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set a hold; needs --reason')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Clear every hold of a service in an environment')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the holds of every service')
            break
        }
        'deliver;help;hold;set' {
            break
        }
        'deliver;help;hold;clear' {
            break
        }
        'deliver;help;hold;list' {
            break
        }
        'deliver;help;down' {
            break
        }
        'deliver;help;ready' {
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show why a check matters, what it has seen, and what mends it')
            [CompletionResult]::new('fix', 'fix', [CompletionResultType]::ParameterValue, 'Show a patch for a check, and apply it')
            [CompletionResult]::new('waive', 'waive', [CompletionResultType]::ParameterValue, 'Excuse a check until a day, for a reason that others can read')
            break
        }
        'deliver;help;ready;explain' {
            break
        }
        'deliver;help;ready;fix' {
            break
        }
        'deliver;help;ready;waive' {
            break
        }
        'deliver;help;reliability' {
            break
        }
        'deliver;help;tour' {
            break
        }
        'deliver;help;incident' {
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Declare that something hurts')
            [CompletionResult]::new('ack', 'ack', [CompletionResultType]::ParameterValue, 'Say that you are on it')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Tell everybody how it stands, and correct what is known')
            [CompletionResult]::new('note', 'note', [CompletionResultType]::ParameterValue, 'Write something down for those who work on it')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Take, hand on or give up a role, such as that of the commander')
            [CompletionResult]::new('severity', 'severity', [CompletionResultType]::ParameterValue, 'Make an incident worse or better')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Say that it is over')
            [CompletionResult]::new('reopen', 'reopen', [CompletionResultType]::ParameterValue, 'It is back: open a resolved incident again')
            [CompletionResult]::new('close', 'close', [CompletionResultType]::ParameterValue, 'Say that what there was to learn is written down; final')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show an incident: times, people, suspects, timeline, next moves')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List incidents: the open ones, the worst first, or all')
            [CompletionResult]::new('postmortem', 'postmortem', [CompletionResultType]::ParameterValue, 'Write the postmortem: the facts, and questions that people answer')
            [CompletionResult]::new('action', 'action', [CompletionResultType]::ParameterValue, 'Follow up: what will prevent it, or make it noticed sooner')
            break
        }
        'deliver;help;incident;open' {
            break
        }
        'deliver;help;incident;ack' {
            break
        }
        'deliver;help;incident;update' {
            break
        }
        'deliver;help;incident;note' {
            break
        }
        'deliver;help;incident;role' {
            [CompletionResult]::new('take', 'take', [CompletionResultType]::ParameterValue, 'Take a role yourself')
            [CompletionResult]::new('hand', 'hand', [CompletionResultType]::ParameterValue, 'Hand a role on to somebody, who has said yes')
            [CompletionResult]::new('drop', 'drop', [CompletionResultType]::ParameterValue, 'Give a role up')
            break
        }
        'deliver;help;incident;role;take' {
            break
        }
        'deliver;help;incident;role;hand' {
            break
        }
        'deliver;help;incident;role;drop' {
            break
        }
        'deliver;help;incident;severity' {
            break
        }
        'deliver;help;incident;resolve' {
            break
        }
        'deliver;help;incident;reopen' {
            break
        }
        'deliver;help;incident;close' {
            break
        }
        'deliver;help;incident;show' {
            break
        }
        'deliver;help;incident;list' {
            break
        }
        'deliver;help;incident;postmortem' {
            break
        }
        'deliver;help;incident;action' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Write follow-up work down')
            [CompletionResult]::new('done', 'done', [CompletionResultType]::ParameterValue, 'Mark follow-up work as done')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List follow-up work: what is due first comes first; --overdue exits 3 if there is any')
            break
        }
        'deliver;help;incident;action;add' {
            break
        }
        'deliver;help;incident;action;done' {
            break
        }
        'deliver;help;incident;action;list' {
            break
        }
        'deliver;help;oncall' {
            [CompletionResult]::new('who', 'who', [CompletionResultType]::ParameterValue, 'Show who is on call, now or at a moment')
            [CompletionResult]::new('schedule', 'schedule', [CompletionResultType]::ParameterValue, 'Show who takes which turn')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Prove the rotas of the weeks to come; exits 3 on a gap')
            break
        }
        'deliver;help;oncall;who' {
            break
        }
        'deliver;help;oncall;schedule' {
            break
        }
        'deliver;help;oncall;check' {
            break
        }
        'deliver;help;review' {
            break
        }
        'deliver;help;audit' {
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Recompute the whole chain; exit 5 at the first record not as written')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Write every record, oldest first, one JSON object a line')
            break
        }
        'deliver;help;audit;verify' {
            break
        }
        'deliver;help;audit;export' {
            break
        }
        'deliver;help;agent' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether the agent runs, and what it looks after')
            [CompletionResult]::new('restart', 'restart', [CompletionResultType]::ParameterValue, 'Start the agent, or replace it by this program; instances go on')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop every instance and the agent, so that nothing is left running')
            [CompletionResult]::new('unit', 'unit', [CompletionResultType]::ParameterValue, 'Print a unit for systemd that starts the agent after a reboot')
            break
        }
        'deliver;help;agent;status' {
            break
        }
        'deliver;help;agent;restart' {
            break
        }
        'deliver;help;agent;stop' {
            break
        }
        'deliver;help;agent;unit' {
            break
        }
        'deliver;help;doctor' {
            break
        }
        'deliver;help;config' {
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show every layer that could set a value, and the one that did')
            [CompletionResult]::new('paths', 'paths', [CompletionResultType]::ParameterValue, 'Show where the store, the settings, the platform and the manifest are')
            break
        }
        'deliver;help;config;explain' {
            break
        }
        'deliver;help;config;paths' {
            break
        }
        'deliver;help;platform' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a `platform.toml` to start from; never over one that is there')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Tell every problem of the platform''s files; exits 2 if there is any')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the platform that holds here')
            break
        }
        'deliver;help;platform;init' {
            break
        }
        'deliver;help;platform;check' {
            break
        }
        'deliver;help;platform;show' {
            break
        }
        'deliver;help;plugin' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the plugins on PATH and in this folder''s deliver.toml')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Try all that a plugin owes, with a small app; exit 3 if it fails')
            break
        }
        'deliver;help;plugin;list' {
            break
        }
        'deliver;help;plugin;check' {
            break
        }
        'deliver;help;schema' {
            [CompletionResult]::new('manifest', 'manifest', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of `deliver.toml`')
            [CompletionResult]::new('platform', 'platform', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of `platform.toml`')
            [CompletionResult]::new('rota', 'rota', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of `rotas/NAME.toml`')
            [CompletionResult]::new('plugin', 'plugin', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of what a plugin is asked and may answer')
            [CompletionResult]::new('output', 'output', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of what a command prints with --json')
            break
        }
        'deliver;help;schema;manifest' {
            break
        }
        'deliver;help;schema;platform' {
            break
        }
        'deliver;help;schema;rota' {
            break
        }
        'deliver;help;schema;plugin' {
            break
        }
        'deliver;help;schema;output' {
            break
        }
        'deliver;help;version' {
            break
        }
        'deliver;help;completion' {
            break
        }
        'deliver;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
