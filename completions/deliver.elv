
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
            cand --platform 'The company''s platform: a folder or a git URL'
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
            cand audit 'Shows what was done, by whom and why'
            cand doctor 'Check this machine, and say how to mend what is missing'
            cand version 'Show the version of the program and of what it writes'
            cand completion 'Print a script that teaches your shell to complete `deliver`'
            cand help 'Print this message or the help of the given subcommand(s)'
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
            cand --platform 'The company''s platform: a folder or a git URL'
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
            cand verify 'Recomputes the whole chain; exits 5 at the first record that is not as it was written'
            cand export 'Writes every record to standard output, oldest first, one JSON object a line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;audit;verify'= {
            cand --expect 'Also require the record with this hash, noted earlier: finds a journal that was rewritten as a whole'
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: a folder or a git URL'
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
            cand --platform 'The company''s platform: a folder or a git URL'
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
            cand verify 'Recomputes the whole chain; exits 5 at the first record that is not as it was written'
            cand export 'Writes every record to standard output, oldest first, one JSON object a line'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;audit;help;verify'= {
        }
        &'deliver;audit;help;export'= {
        }
        &'deliver;audit;help;help'= {
        }
        &'deliver;doctor'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: a folder or a git URL'
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
        &'deliver;version'= {
            cand --color 'When to colour: auto, always or never'
            cand --progress 'How to show progress: auto, tty, plain, json, none'
            cand -C 'Work as if started in DIR'
            cand --directory 'Work as if started in DIR'
            cand --platform 'The company''s platform: a folder or a git URL'
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
            cand --platform 'The company''s platform: a folder or a git URL'
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
            cand audit 'Shows what was done, by whom and why'
            cand doctor 'Check this machine, and say how to mend what is missing'
            cand version 'Show the version of the program and of what it writes'
            cand completion 'Print a script that teaches your shell to complete `deliver`'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'deliver;help;audit'= {
            cand verify 'Recomputes the whole chain; exits 5 at the first record that is not as it was written'
            cand export 'Writes every record to standard output, oldest first, one JSON object a line'
        }
        &'deliver;help;audit;verify'= {
        }
        &'deliver;help;audit;export'= {
        }
        &'deliver;help;doctor'= {
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
