//! Commands of the pages and of the help texts. Each runs in a shell in which every program of ours
//! only writes down how it was called; then each call is shown to what would have to understand it:
//! the arguments of `healthctl`, the workspace, the help of a script, the checks of the aws command.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use healthctl::cli::Cli;
use serde_json::Value;
use system_tests::pages::{self, ROOT};
use system_tests::{aws_cli, binary};

/// Says how it was called, and nothing that a caller could trip over.
const RECORDER: &str = r#"#!/bin/bash
printf '%s\0' "${0##*/}" "$@" $'\036' >> "$CALLS"
echo arn:aws:states:us-east-1:111122223333:answer/recorded
"#;
const PROGRAMS: [&str; 5] = ["healthctl", "cargo", "aws", "curl", "sleep"];

#[test]
fn every_command_of_pages_and_help_is_one_that_its_program_takes() {
    let readers = Readers::new();
    let (mut wrong, mut read) = (Vec::new(), BTreeMap::<String, usize>::new());
    for said in of_pages().into_iter().chain(of_help()) {
        for call in readers.calls(&said) {
            *read.entry(call[0].clone()).or_default() += 1;
            if let Err(reason) = readers.understand(&call) {
                wrong.push(format!("{}: {}: {reason}", said.place, call.join(" ")));
            }
        }
    }
    let seen = |program: &str| read.get(program).copied().unwrap_or(0);
    assert!(seen("healthctl") > 100 && seen("aws") > 20 && seen("cargo") > 10, "{read:?}");
    super::nothing_wrong(&wrong);
}

struct Said {
    place: String,
    /// What the page had its reader run before: it may set variables.
    before: String,
    text: String,
}

/// Blocks of the shell, and what within the text begins like a command of ours.
fn of_pages() -> Vec<Said> {
    let mut commands = Vec::new();
    for page in pages::all().unwrap() {
        let shell = |language: &str| matches!(language, "sh" | "indented");
        let blocks: Vec<_> =
            page.blocks.into_iter().filter(|block| shell(&block.language)).collect();
        let before = |line: usize| {
            let earlier = blocks.iter().take_while(|block| block.line < line);
            earlier.map(|block| &*block.text).collect::<Vec<_>>().join("\n")
        };
        let said = |line: usize, text: String| {
            let place = format!("{}:{line}", page.name);
            Said { place, before: before(line), text }
        };
        commands.extend(blocks.iter().map(|block| said(block.line, block.text.clone())));
        for span in page.spans {
            for text in alternatives(&span.text) {
                if let Some(command) = command(&text) {
                    commands.push(said(span.line, command));
                }
            }
        }
    }
    commands
}

/// `--queue a|b` is two commands.
fn alternatives(text: &str) -> Vec<String> {
    let word = text.split(' ').find(|word| word.len() > 1 && word.contains('|'));
    let Some(word) = word else { return vec![text.to_owned()] };
    word.split('|').map(|one| text.replace(word, one)).collect()
}

/// With its program in front. A verb alone is a name, not a command.
fn command(text: &str) -> Option<String> {
    let first = text.split_whitespace().next()?;
    let script = first.starts_with("scripts/");
    if script || PROGRAMS[..3].contains(&first) && text.contains(' ') {
        // `<previous version>` would read a file.
        return Some(text.replace(['<', '>'], "'"));
    }
    let verb = Cli::command().get_subcommands().any(|verb| verb.get_name() == first);
    // What may be left out is given here.
    (verb && text.contains(' ')).then(|| format!("healthctl {}", text.replace(['[', ']'], "")))
}

/// The examples of each verb.
fn of_help() -> Vec<Said> {
    let mut commands = Vec::new();
    let mut verbs: Vec<_> = Cli::command().get_subcommands().cloned().collect();
    while let Some(mut verb) = verbs.pop() {
        verbs.extend(verb.get_subcommands().cloned());
        let help = verb.render_long_help().to_string();
        let examples = help.split_once("Examples:").map_or("", |(_, examples)| examples);
        let place = format!("help of {}", verb.get_name());
        commands.push(Said { place, before: String::new(), text: examples.to_owned() });
    }
    commands
}

/// What understands calls.
struct Readers {
    folder: PathBuf,
    packages: Vec<Value>,
}

impl Drop for Readers {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Readers {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("docs-{}", std::process::id()));
        fs::create_dir_all(folder.join("scripts")).unwrap();
        let recorder = |path: &Path| binary::executable(path, RECORDER).unwrap();
        for program in PROGRAMS {
            recorder(&folder.join(program));
        }
        for script in fs::read_dir(Path::new(ROOT).join("scripts")).unwrap() {
            recorder(&folder.join("scripts").join(script.unwrap().file_name()));
        }
        let metadata = Command::new(env!("CARGO"))
            .args(["metadata", "--no-deps", "--format-version", "1", "--locked"])
            .current_dir(ROOT)
            .output()
            .unwrap();
        let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
        Self { folder, packages: metadata["packages"].as_array().unwrap().clone() }
    }

    /// What the text calls, program first.
    fn calls(&self, said: &Said) -> Vec<Vec<String>> {
        let calls = self.folder.join("calls");
        let _ = fs::remove_file(&calls);
        let Said { before, text, .. } = said;
        let script =
            format!("export CALLS=/dev/null\n{before}\nexport CALLS={}\n{text}", calls.display());
        Command::new("bash")
            .args(["-c", &script])
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.folder.display()))
            .output()
            .unwrap();
        let written = fs::read_to_string(&calls).unwrap_or_default();
        let call = |call: &str| call.split_terminator('\0').map(str::to_owned).collect();
        written.split_terminator("\x1e\0").map(call).collect()
    }

    fn understand(&self, call: &[String]) -> Result<(), String> {
        let (program, arguments) = call.split_first().unwrap();
        match &**program {
            "healthctl" => healthctl(arguments),
            "cargo" => self.cargo(arguments),
            "aws" => aws(arguments),
            "curl" | "sleep" => Ok(()),
            script => flags_of_script(script, arguments),
        }
    }

    fn cargo(&self, arguments: &[String]) -> Result<(), String> {
        let after = |flag: &str| {
            let at = arguments.iter().position(|argument| argument == flag)?;
            arguments.get(at + 1)
        };
        let known = ["run", "test", "bench", "build", "install", "fmt", "clippy", "deny"];
        let verb = arguments.iter().find(|argument| !argument.starts_with('+')).unwrap();
        if !known.contains(&&**verb) && verb != "fuzz" {
            return Err(format!("cargo {verb}: is it installed?"));
        }
        let named = after("-p").or(after("--package"));
        let package = |name: &String| self.packages.iter().find(|one| one["name"] == **name);
        for (flag, kind) in
            [("--test", "test"), ("--bin", "bin"), ("--bench", "bench"), ("--example", "example")]
        {
            let Some(target) = after(flag) else { continue };
            let name = named.ok_or(format!("{flag} of which package?"))?;
            let package = package(name).ok_or(format!("no package {name}"))?;
            let is = |one: &&Value| one["name"] == **target && one["kind"][0] == kind;
            if !package["targets"].as_array().unwrap().iter().any(|one| is(&one)) {
                return Err(format!("{name} has no {kind} {target}"));
            }
        }
        if let Some(name) = named.filter(|name| package(name).is_none()) {
            return Err(format!("no package {name}"));
        }
        let own = arguments.iter().position(|argument| argument == "--");
        let own = own.map_or(&[][..], |at| &arguments[at + 1..]);
        match (&**verb, after("--bin").map(String::as_str)) {
            ("run", None) if after("--example").is_none() => healthctl(own),
            ("run", Some("chaos")) => flags(env!("CARGO_BIN_EXE_chaos"), own),
            ("run", Some("functions")) => flags(env!("CARGO_BIN_EXE_functions"), own),
            _ => Ok(()),
        }
    }
}

/// By its own arguments; what is missing or stands for a value is for the reader to fill in.
fn healthctl(arguments: &[String]) -> Result<(), String> {
    let words = std::iter::once("healthctl").chain(arguments.iter().map(String::as_str));
    let Err(error) = Cli::try_parse_from(words) else { return Ok(()) };
    let shape = |word: &String| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::MissingRequiredArgument
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Ok(()),
        ErrorKind::ValueValidation | ErrorKind::InvalidValue
            if arguments.iter().any(shape)
                || arguments.last().is_some_and(|last| last.starts_with("--")) =>
        {
            Ok(())
        }
        _ => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
    }
}

fn flags_of_script(script: &str, arguments: &[String]) -> Result<(), String> {
    let path = Path::new(ROOT).join("scripts").join(script);
    flags(path.to_str().unwrap(), arguments)
}

/// By the help of the program.
fn flags(program: &str, arguments: &[String]) -> Result<(), String> {
    let help = Command::new(program).arg("--help").output().map_err(|error| error.to_string())?;
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let unknown = |flag: &&String| {
        let flag = flag.split('=').next().unwrap_or(flag);
        flag.starts_with("--") && !help.split(|c| !word(c)).any(|one| one == flag)
    };
    match arguments.iter().find(unknown) {
        Some(flag) => Err(format!("its help does not know {flag}")),
        None => Ok(()),
    }
}

/// By its own checks, at an address where nobody listens. Pages mention calls without what they are
/// given; these are left.
fn aws(arguments: &[String]) -> Result<(), String> {
    let Some(program) = aws_cli::installed() else { return Ok(()) };
    let said = Command::new(program)
        .args(["--endpoint-url", "http://127.0.0.1:1", "--region", "us-east-1"])
        .args(arguments)
        .envs([
            ("AWS_MAX_ATTEMPTS", "1"),
            ("AWS_ACCESS_KEY_ID", "x"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
        ])
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let fine = ["Could not connect", "the following arguments are required", "Invalid ARN"];
    if fine.iter().any(|fine| said.contains(fine)) {
        return Ok(());
    }
    Err(said.trim().lines().last().unwrap_or("it said nothing").to_owned())
}
