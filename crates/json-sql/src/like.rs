//! LIKE patterns: compiled once, matched without recursion. A match takes at most text times pattern
//! steps, counted against the row's budget.

mod fast;

use crate::ast::Letters;
use crate::error::EvalError;
use crate::eval::Steps;
use fast::{AsciiFolded, Exact, Fast};

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Char(char),
    One,
    Any,
}

/// A pattern of literal characters, `_` (any one) and `%` (any number).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
    letters: Letters,
    /// There is no `_` in it: byte searches answer it.
    fast: Option<Fast>,
}

impl Pattern {
    /// There is no escape character unless one is given.
    pub(crate) fn compile(
        pattern: &str,
        escape: Option<&str>,
        letters: Letters,
    ) -> Result<Self, EvalError> {
        let escape = match escape.map(|escape| (escape.chars().next(), escape.chars().count())) {
            None => None,
            Some((Some(escape), 1)) => Some(escape),
            Some(_) => return Err(EvalError::BadEscape),
        };
        let mut parts = Vec::with_capacity(pattern.len());
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            match c {
                c if Some(c) == escape => {
                    let literal = chars.next().ok_or(EvalError::BadEscape)?;
                    push_char(&mut parts, literal, letters);
                }
                '%' if parts.last() == Some(&Part::Any) => {}
                '%' => parts.push(Part::Any),
                '_' => parts.push(Part::One),
                c => push_char(&mut parts, c, letters),
            }
        }
        let fast = Fast::of(&parts);
        Ok(Self { parts, letters, fast })
    }

    pub(crate) fn matches(&self, text: &str, steps: &Steps) -> Result<bool, EvalError> {
        if let Some(fast) = &self.fast {
            steps.take(text.len() / 64)?;
            return Ok(match self.letters {
                Letters::Exact => fast.matches::<Exact>(text.as_bytes()),
                // Some letters beyond ASCII have small forms within it, so that both must be.
                Letters::Folded if text.is_ascii() => fast.matches::<AsciiFolded>(text.as_bytes()),
                Letters::Folded => fast.matches::<Exact>(folded(text).as_bytes()),
            });
        }
        match self.letters {
            Letters::Exact => self.walk(text, steps),
            Letters::Folded => self.walk(&folded(text), steps),
        }
    }

    /// Greedy with one point to come back to: the last `%`. Earlier ones never need another try.
    fn walk(&self, text: &str, steps: &Steps) -> Result<bool, EvalError> {
        let (mut at, mut part) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        let mut taken = 0;
        loop {
            taken += 1;
            if taken == 64 {
                steps.take(64)?;
                taken = 0;
            }
            let next = text[at..].chars().next();
            match (self.parts.get(part), next) {
                (Some(Part::Any), _) => {
                    part += 1;
                    retry = Some((at, part));
                    continue;
                }
                (Some(Part::Char(wanted)), Some(c)) if *wanted == c => {
                    at += c.len_utf8();
                    part += 1;
                    continue;
                }
                (Some(Part::One), Some(c)) => {
                    at += c.len_utf8();
                    part += 1;
                    continue;
                }
                (None, None) => return Ok(true),
                _ => {}
            }
            let Some((from, after)) = retry else { return Ok(false) };
            let Some(skipped) = text[from..].chars().next() else { return Ok(false) };
            at = from + skipped.len_utf8();
            part = after;
            retry = Some((at, after));
        }
    }
}

fn push_char(parts: &mut Vec<Part>, c: char, letters: Letters) {
    match letters {
        Letters::Exact => parts.push(Part::Char(c)),
        Letters::Folded => parts.extend(c.to_lowercase().map(Part::Char)),
    }
}

/// Letter by letter, as the pattern was.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            folded.extend(c.to_lowercase());
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::{Letters, Pattern};
    use crate::eval::Steps;

    /// Every text of up to so many of these letters.
    fn texts(letters: &[&str], length: u32) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..length {
            last = last
                .iter()
                .flat_map(|text| letters.iter().map(move |letter| format!("{text}{letter}")))
                .collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    #[test]
    fn a_byte_search_answers_as_the_walk_does() {
        // The Kelvin sign is a capital k, and the dotted capital i folds to two characters.
        let patterns = texts(&["a", "K", "%", "\u{e9}", "\u{130}"], 4);
        let texts = texts(&["a", "A", "k", "\u{c9}", "\u{212a}", "i"], 3);
        for letters in [Letters::Exact, Letters::Folded] {
            for pattern in &patterns {
                let fast = Pattern::compile(pattern, None, letters).unwrap();
                assert!(fast.fast.is_some());
                let walk = Pattern { fast: None, ..fast.clone() };
                for text in &texts {
                    let steps = Steps::new(1_000);
                    let answers = [&fast, &walk].map(|p| p.matches(text, &steps).unwrap());
                    assert_eq!(answers[0], answers[1], "{text:?} {letters:?} {pattern:?}");
                }
            }
        }
    }
}
