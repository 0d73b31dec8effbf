//! Tokens into expressions: a Pratt parser. It answers what the text says or where it stops being a
//! query; it resolves no name and runs nothing. What it does not know is refused, never skipped.

mod check;
mod comparison;
mod primary;
mod rewrite;
mod select;

pub(crate) use check::{require_condition, require_plain};

use crate::ast::{Arith, Compare, Expr, Select};
use crate::error::{ParseError, Problem, Span};
use crate::lex::{Lexed, Token, lex};
use crate::suggest::nearest;

/// How deep an expression may nest. A chain of AND or OR of any length counts as one level.
pub const MAX_DEPTH: usize = 64;

const RESERVED: [&str; 31] = [
    "select",
    "distinct",
    "from",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "and",
    "or",
    "not",
    "in",
    "is",
    "null",
    "like",
    "ilike",
    "between",
    "case",
    "when",
    "then",
    "else",
    "end",
    "as",
    "true",
    "false",
    "join",
    "union",
    "intersect",
    "except",
    "exists",
];

pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}

/// A whole query.
pub(crate) fn parse_select(sql: &str) -> Result<Select, ParseError> {
    let mut parser = Parser::new(sql)?;
    let select = parser.select()?;
    parser.eat_symbol(";");
    parser.expect_end()?;
    Ok(select)
}

/// The expression of a WHERE alone.
pub(crate) fn parse_condition(sql: &str) -> Result<Expr, ParseError> {
    let mut parser = Parser::new(sql)?;
    let start = parser.span();
    let expr = parser.expr()?;
    parser.expect_end()?;
    require_condition(&expr, start)?;
    require_plain(&expr, "a condition", start)?;
    Ok(expr)
}

/// How tightly an operator holds its operands.
mod power {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const COMPARE: u8 = 4;
    pub(super) const CONCAT: u8 = 5;
    pub(super) const ADD: u8 = 6;
    pub(super) const MULTIPLY: u8 = 7;
    pub(super) const MINUS: u8 = 8;
}

#[derive(Clone, Copy)]
enum Infix {
    And,
    Or,
    Compare(Compare),
    Concat,
    Arith(Arith),
    Word,
}

pub(crate) struct Parser<'a> {
    sql: &'a str,
    tokens: Vec<Lexed>,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn new(sql: &'a str) -> Result<Self, ParseError> {
        Ok(Self { sql, tokens: lex(sql)?, at: 0, depth: 0 })
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at].token
    }

    fn peek_at(&self, ahead: usize) -> &Token {
        let last = self.tokens.len() - 1;
        &self.tokens[(self.at + ahead).min(last)].token
    }

    fn span(&self) -> Span {
        self.tokens[self.at].span
    }

    fn bump(&mut self) -> Token {
        let token = self.tokens[self.at].token.clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn at_word(&self, word: &str) -> bool {
        self.word_ahead(0, word)
    }

    fn word_ahead(&self, ahead: usize, word: &str) -> bool {
        matches!(self.peek_at(ahead), Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    fn symbol_ahead(&self, ahead: usize, symbol: &str) -> bool {
        matches!(self.peek_at(ahead), Token::Symbol(found) if *found == symbol)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        if found {
            self.bump();
        }
        found
    }

    fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.symbol_ahead(0, symbol);
        if found {
            self.bump();
        }
        found
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<(), ParseError> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.expected(format!("`{symbol}`"))) }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), ParseError> {
        let expected = || word.to_ascii_uppercase();
        if self.eat_word(word) { Ok(()) } else { Err(self.expected(expected())) }
    }

    fn expected(&self, expected: impl Into<String>) -> ParseError {
        let problem =
            Problem::Expected { expected: expected.into(), found: self.peek().describe() };
        let error = ParseError::new(problem, self.span());
        match self.peek() {
            Token::Word(word) if is_reserved(word) => {
                error.hint(format!("a column of that name is written \"{word}\""))
            }
            _ => error,
        }
    }

    fn expect_end(&self) -> Result<(), ParseError> {
        if *self.peek() == Token::End {
            return Ok(());
        }
        Err(self.unexpected_tail())
    }

    /// Names what follows a complete expression when it is something people try.
    fn unexpected_tail(&self) -> ParseError {
        let span = self.span();
        let Token::Word(word) = self.peek() else { return self.expected("the end") };
        let refused = |what: &str, hint: &str| ParseError::unsupported(what, span).hint(hint);
        match word.to_ascii_lowercase().as_str() {
            "join" | "inner" | "left" | "right" | "full" | "cross" | "natural" => {
                refused("JOIN", "a query reads one table; `FROM table.path` unnests an array")
            }
            "union" | "intersect" | "except" => {
                refused(&word.to_ascii_uppercase(), "run two queries, or join conditions with OR")
            }
            "over" => refused("a window function", "group with GROUP BY"),
            "filter" => refused("FILTER", "count with SUM(CASE WHEN .. THEN 1 ELSE 0 END)"),
            "regexp" | "rlike" | "glob" | "similar" | "matches" => {
                refused(&word.to_ascii_uppercase(), "patterns are written LIKE 'a%'")
            }
            "collate" => refused("COLLATE", "compare LOWER(x), or use ILIKE"),
            "contains" => refused("CONTAINS", "write LIKE '%text%', or = ANY(path)"),
            lower => {
                let next = ["where", "group", "having", "order", "limit", "offset", "and", "or"];
                let error = self.expected("the end");
                if next.contains(&lower) {
                    return error.hint(
                        "clauses stand once, in the order WHERE, GROUP BY, HAVING, ORDER BY, LIMIT",
                    );
                }
                match nearest(lower, next) {
                    Some(near) => error.hint(format!("did you mean {}?", near.to_uppercase())),
                    None => error,
                }
            }
        }
    }

    fn expr(&mut self) -> Result<Expr, ParseError> {
        self.binary(0)
    }

    /// Runs `inner` one level deeper, so that no text can exhaust the stack.
    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        if self.depth == MAX_DEPTH {
            return Err(ParseError::new(Problem::TooDeep { limit: MAX_DEPTH }, self.span()));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn binary(&mut self, floor: u8) -> Result<Expr, ParseError> {
        self.deeper(|parser| {
            let entered = parser.depth;
            let start = parser.span();
            let mut left = parser.prefix()?;
            while let Some((infix, power)) = parser.infix().filter(|(_, power)| *power > floor) {
                left = parser.operator(left, start, infix, power)?;
            }
            parser.depth = entered;
            Ok(left)
        })
    }

    fn prefix(&mut self) -> Result<Expr, ParseError> {
        if self.at_word("not") {
            self.bump();
            let start = self.span();
            let inner = self.binary(power::NOT - 1)?;
            require_condition(&inner, start)?;
            return Ok(Expr::Not(Box::new(inner)));
        }
        if self.eat_symbol("-") {
            return self.negative();
        }
        self.primary()
    }

    fn infix(&self) -> Option<(Infix, u8)> {
        let infix = match self.peek() {
            Token::Word(word) => match word.to_ascii_lowercase().as_str() {
                "and" => return Some((Infix::And, power::AND)),
                "or" => return Some((Infix::Or, power::OR)),
                "is" | "in" | "between" | "like" | "ilike" | "not" => Infix::Word,
                _ => return None,
            },
            Token::Symbol(symbol) => match *symbol {
                "||" => return Some((Infix::Concat, power::CONCAT)),
                "+" => return Some((Infix::Arith(Arith::Add), power::ADD)),
                "-" => return Some((Infix::Arith(Arith::Sub), power::ADD)),
                "*" => return Some((Infix::Arith(Arith::Mul), power::MULTIPLY)),
                "/" => return Some((Infix::Arith(Arith::Div), power::MULTIPLY)),
                "%" => return Some((Infix::Arith(Arith::Rem), power::MULTIPLY)),
                symbol => Infix::Compare(comparison(symbol)?),
            },
            _ => return None,
        };
        Some((infix, power::COMPARE))
    }

    fn operator(
        &mut self,
        left: Expr,
        start: Span,
        infix: Infix,
        power: u8,
    ) -> Result<Expr, ParseError> {
        match infix {
            Infix::And | Infix::Or => {
                self.bump();
                require_condition(&left, start)?;
                let span = self.span();
                let right = self.binary(power)?;
                require_condition(&right, span)?;
                let join = if matches!(infix, Infix::And) { Expr::and } else { Expr::or };
                Ok(join(left, right))
            }
            Infix::Compare(compare) => {
                self.bump();
                let expr = self.compared(left, compare)?;
                self.not_or(&expr)?;
                self.not_chained(expr)
            }
            Infix::Word => {
                let expr = self.worded(left)?;
                self.not_chained(expr)
            }
            Infix::Concat => {
                self.bump();
                self.level()?;
                Ok(Expr::Concat(Box::new(left), Box::new(self.binary(power)?)))
            }
            Infix::Arith(arith) => {
                self.bump();
                self.level()?;
                let right = self.binary(power)?;
                check::require_scalable(arith, &left, &right, start)?;
                Ok(Expr::Arith(arith, Box::new(left), Box::new(right)))
            }
        }
    }

    /// A chain of left-hand operators nests to the left: each link counts as a level.
    fn level(&mut self) -> Result<(), ParseError> {
        if self.depth >= MAX_DEPTH {
            return Err(ParseError::new(Problem::TooDeep { limit: MAX_DEPTH }, self.span()));
        }
        self.depth += 1;
        Ok(())
    }

    /// `a = 'x' || b = 'y'` is meant as OR.
    fn not_or(&self, expr: &Expr) -> Result<(), ParseError> {
        let joined =
            matches!(expr, Expr::Compare(_, _, right) if matches!(**right, Expr::Concat(..)));
        if joined && self.infix().is_some_and(|(_, power)| power == power::COMPARE) {
            let error = ParseError::unsupported("a chain of comparisons", self.span());
            return Err(error.hint("|| joins texts; between conditions write OR"));
        }
        Ok(())
    }

    /// `a = b = c` means different things to different people: it needs parentheses.
    fn not_chained(&self, expr: Expr) -> Result<Expr, ParseError> {
        match self.infix() {
            Some((Infix::Compare(_) | Infix::Word, _)) => {
                let error = ParseError::unsupported("a chain of comparisons", self.span());
                Err(error.hint("join two comparisons with AND, or add parentheses"))
            }
            _ => Ok(expr),
        }
    }
}

fn comparison(symbol: &str) -> Option<Compare> {
    Some(match symbol {
        "=" => Compare::Eq,
        "<>" | "!=" => Compare::Ne,
        "<" => Compare::Lt,
        "<=" => Compare::Le,
        ">" => Compare::Gt,
        ">=" => Compare::Ge,
        _ => return None,
    })
}
