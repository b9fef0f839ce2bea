//! The commands that a README tells, each of which has to be done, in their order.

use std::collections::VecDeque;
use std::path::Path;

use testing::{Outcome, Trouble, read_text};

use super::project::Project;

pub struct Told {
    left: VecDeque<String>,
}

impl Told {
    /// The lines of all blocks of shell.
    pub fn of(readme: &Path) -> Result<Self, Trouble> {
        let text = read_text(readme)?;
        let mut left = VecDeque::new();
        let mut inside = false;
        for line in text.lines() {
            match line {
                "```sh" => inside = true,
                "```" => inside = false,
                line if inside => left.push_back(line.to_owned()),
                _ => {}
            }
        }
        if left.is_empty() { Err(format!("{} tells no command", readme.display()).into()) } else { Ok(Self { left }) }
    }

    /// Takes the next command, which has to be this one.
    pub fn skip(&mut self, line: &str) -> Outcome {
        match self.left.pop_front() {
            Some(next) if next == line => Ok(()),
            next => Err(format!("the README tells {next:?}, where `{line}` is done").into()),
        }
    }

    /// Takes the next command and runs it; gives all that it printed.
    pub fn next(&mut self, project: &Project, line: &str) -> Result<String, Trouble> {
        self.next_as(project, line, line)
    }

    /// The same, of a command that is run with other addresses.
    pub fn next_as(&mut self, project: &Project, line: &str, run: &str) -> Result<String, Trouble> {
        self.skip(line)?;
        project.run(run)
    }

    /// That nothing is left to do.
    pub fn end(self) -> Outcome {
        match self.left.front() {
            None => Ok(()),
            Some(line) => Err(format!("the README tells `{line}`, and nobody has tried it").into()),
        }
    }
}
