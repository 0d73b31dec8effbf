//! LIKE patterns: compiled once, matched without recursion. A match takes at most text times pattern
//! steps, counted against the row's budget.

use crate::ast::Letters;
use crate::error::EvalError;
use crate::eval::Steps;

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
    /// The pattern is plain characters, possibly between `%`: a byte search answers it.
    fast: Option<Fast>,
}

#[derive(Debug, Clone, PartialEq)]
struct Fast {
    needle: String,
    open_start: bool,
    open_end: bool,
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
        let fast = if letters == Letters::Exact { fast(&parts) } else { None };
        Ok(Self { parts, letters, fast })
    }

    pub(crate) fn matches(&self, text: &str, steps: &Steps) -> Result<bool, EvalError> {
        if let Some(fast) = &self.fast {
            steps.take(text.len() / 64)?;
            return Ok(fast.matches(text));
        }
        match self.letters {
            Letters::Exact => self.walk(text, steps),
            Letters::Folded => {
                let folded: String = text.chars().flat_map(char::to_lowercase).collect();
                self.walk(&folded, steps)
            }
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

impl Fast {
    fn matches(&self, text: &str) -> bool {
        match (self.open_start, self.open_end) {
            (false, false) => text == self.needle,
            (false, true) => text.starts_with(&self.needle),
            (true, false) => text.ends_with(&self.needle),
            (true, true) => text.contains(&self.needle),
        }
    }
}

fn push_char(parts: &mut Vec<Part>, c: char, letters: Letters) {
    match letters {
        Letters::Exact => parts.push(Part::Char(c)),
        Letters::Folded => parts.extend(c.to_lowercase().map(Part::Char)),
    }
}

fn fast(parts: &[Part]) -> Option<Fast> {
    let (open_start, rest) = match parts.split_first() {
        Some((Part::Any, rest)) => (true, rest),
        _ => (false, parts),
    };
    let (open_end, middle) = match rest.split_last() {
        Some((Part::Any, middle)) => (true, middle),
        _ => (false, rest),
    };
    let needle = middle.iter().map(|part| match part {
        Part::Char(c) => Some(*c),
        Part::One | Part::Any => None,
    });
    let needle: Option<String> = needle.collect();
    // `%` alone is any text: an open start with nothing after it.
    needle.map(|needle| Fast { needle, open_start, open_end })
}
