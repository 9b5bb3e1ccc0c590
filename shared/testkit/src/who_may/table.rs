//! A table as it stands in its file: who there is, and for each route and thing what each of them is
//! answered. Everybody is spoken of in every block, once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::http::Answer;

/// Those who are in every table.
const EVERYONE: &str = include_str!("everyone.txt");
/// Whoever a block does not name, except nobody.
const EVERYBODY_ELSE: &str = "everybody else";
/// Whoever has not signed in; every block speaks of them by name.
const NOBODY: &str = "nobody";
/// A block says this of what everyone may know to be there.
const NO_SECRET: &str = "that it exists is no secret";

/// What someone is to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Let through: what they ask is read, or judged by the rules.
    May,
    /// Let through, and told by a rule of this code that it is not for them.
    Rule(String),
    /// Told that their roles do not allow it.
    Not,
    /// Told what everyone is told of what is not there.
    Hidden,
    /// Asked to sign in.
    SignIn,
}

impl Expected {
    fn named(text: &str) -> Result<Self, String> {
        match text.split_once(' ') {
            Some(("rule", code)) => Ok(Self::Rule(code.to_owned())),
            _ => match text {
                "may" => Ok(Self::May),
                "not" => Ok(Self::Not),
                "hidden" => Ok(Self::Hidden),
                "sign in" => Ok(Self::SignIn),
                _ => Err(format!("{text} is no answer")),
            },
        }
    }

    /// Whether they do not even come to the rules.
    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Not | Self::Hidden | Self::SignIn)
    }

    /// Whether this is that answer. Commands are sent with a version that nothing has, so who is let
    /// through learns that, and nothing changes.
    pub fn is_met_by(&self, answer: &Answer) -> bool {
        match self {
            Self::May => matches!(answer.status, 200 | 412),
            Self::Rule(code) => (answer.status, answer.code()) == (409, code.as_str()),
            Self::Not => (answer.status, answer.code()) == (403, "access.forbidden"),
            Self::Hidden => (answer.status, answer.code()) == (404, "access.unknown"),
            Self::SignIn => (answer.status, answer.code()) == (401, "access.sign_in"),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::May => f.write_str("may"),
            Self::Rule(code) => write!(f, "rule {code}"),
            Self::Not => f.write_str("not"),
            Self::Hidden => f.write_str("hidden"),
            Self::SignIn => f.write_str("sign in"),
        }
    }
}

/// What holds of one route and one thing.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Such as `POST`.
    pub method: String,
    /// The route's template.
    pub path: String,
    /// Of which thing, in the table's words; empty where the route needs none.
    pub thing: String,
    /// Whether whoever is denied may learn that it is there.
    pub existence_is_no_secret: bool,
    answers: BTreeMap<String, Expected>,
    otherwise: Option<Expected>,
    shows: BTreeMap<String, BTreeSet<String>>,
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if self.thing.is_empty() { Ok(()) } else { write!(f, " ({})", self.thing) }
    }
}

impl Block {
    /// What someone is to be answered.
    pub fn expected(&self, who: &str) -> Expected {
        let answer = self.answers.get(who).or(self.otherwise.as_ref());
        answer.expect("a whole table speaks of everybody").clone()
    }

    /// Whether something secret is for them to see.
    pub fn shows(&self, canary: &str, who: &str) -> bool {
        self.shows.get(canary).is_some_and(|all| all.contains(who))
    }

    /// The names of what is secret and shown to anyone here.
    pub fn canaries(&self) -> impl Iterator<Item = &String> {
        self.shows.keys()
    }
}

/// The whole of a table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Everyone it speaks of.
    pub who: BTreeSet<String>,
    /// Route by route.
    pub blocks: Vec<Block>,
    groups: BTreeMap<String, Vec<String>>,
}

impl Table {
    /// Reads a table. Lines that open with `#` are for people; `who`, `groups` and each route open a
    /// part, and what belongs to it is indented.
    pub fn read(text: &str) -> Result<Self, String> {
        let (mut table, mut part) = (Self::default(), String::new());
        for (place, line) in EVERYONE.lines().chain(text.lines()).enumerate() {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let read = if line.starts_with(' ') {
                table.line(&part, content)
            } else {
                content.clone_into(&mut part);
                table.opens(content)
            };
            let place = (place + 1).saturating_sub(EVERYONE.lines().count());
            read.map_err(|wrong| format!("line {place}: {wrong}"))?;
        }
        for block in &table.blocks {
            table.is_whole(block).map_err(|wrong| format!("{block}: {wrong}"))?;
        }
        Ok(table)
    }

    fn opens(&mut self, head: &str) -> Result<(), String> {
        if matches!(head, "who" | "groups") {
            return Ok(());
        }
        let (route, thing) = head.split_once(" (").unwrap_or((head, ")"));
        let (method, path) = route.split_once(' ').ok_or("a route has a method and a path")?;
        let thing = thing.strip_suffix(')').ok_or("a thing stands in brackets")?;
        let (method, path) = (method.to_owned(), path.trim().to_owned());
        self.blocks.push(Block { method, path, thing: thing.to_owned(), ..Block::default() });
        Ok(())
    }

    fn line(&mut self, part: &str, content: &str) -> Result<(), String> {
        if part == "who" {
            let (name, _) = content.split_once(':').ok_or("whoever is named is described")?;
            let is_new = self.who.insert(name.trim().to_owned());
            return if is_new { Ok(()) } else { Err(format!("{name} is there twice")) };
        }
        if part == "groups" {
            let (name, members) = content.split_once('=').ok_or("a group has members")?;
            let members = self.people(members)?;
            self.groups.insert(name.trim().to_owned(), members);
            return Ok(());
        }
        let answer = if content == NO_SECRET { None } else { Some(self.answer(content)?) };
        let block = self.blocks.last_mut().ok_or("a line belongs to a route")?;
        let Some((answer, people, is_for_the_rest)) = answer else {
            block.existence_is_no_secret = true;
            return Ok(());
        };
        if let Some(canary) = answer.strip_prefix("shows ") {
            block.shows.insert(canary.to_owned(), people.into_iter().collect());
            return Ok(());
        }
        let expected = Expected::named(&answer)?;
        if is_for_the_rest && block.otherwise.replace(expected.clone()).is_some() {
            return Err(format!("{EVERYBODY_ELSE} is there twice"));
        }
        for person in people {
            if block.answers.insert(person.clone(), expected.clone()).is_some() {
                return Err(format!("{person} is answered twice"));
            }
        }
        Ok(())
    }

    /// The answer, whom it is for, and whether it is for everybody else.
    fn answer(&self, content: &str) -> Result<(String, Vec<String>, bool), String> {
        let (answer, people) = content.split_once(':').ok_or("an answer is for someone")?;
        let people = people.trim();
        let (named, is_for_the_rest) = match people.strip_suffix(EVERYBODY_ELSE) {
            Some(named) => (named.trim().trim_end_matches(','), true),
            None => (people, false),
        };
        let named = if named.is_empty() { Vec::new() } else { self.people(named)? };
        Ok((answer.trim().to_owned(), named, is_for_the_rest))
    }

    fn people(&self, names: &str) -> Result<Vec<String>, String> {
        let mut people = Vec::new();
        for name in names.split(',').map(str::trim) {
            if let Some(members) = self.groups.get(name) {
                people.extend(members.iter().cloned());
            } else if self.who.contains(name) {
                people.push(name.to_owned());
            } else {
                return Err(format!("nobody is called {name:?}"));
            }
        }
        Ok(people)
    }

    fn is_whole(&self, block: &Block) -> Result<(), String> {
        let missing = |who: &&String| {
            !block.answers.contains_key(*who)
                && (block.otherwise.is_none() || who.as_str() == NOBODY)
        };
        let missing: Vec<&String> = self.who.iter().filter(missing).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("says nothing of {missing:?}")) }
    }
}
