//! Text into tokens, with exact positions. Knows names, quoted names, texts, numbers, parameters
//! and symbols; knows nothing of grammar. Keywords are plain words here.

use crate::error::{ParseError, Problem, Span};

/// The longest text that is read at all.
pub const MAX_SQL_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Word(String),
    Quoted(String),
    Text(String),
    Int(i64),
    Float(f64),
    Param(String),
    Symbol(&'static str),
    End,
}

impl Token {
    /// How an error message names the token.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Quoted(name) => format!("`\"{name}\"`"),
            Self::Text(text) => format!("the text '{text}'"),
            Self::Int(number) => format!("`{number}`"),
            Self::Float(number) => format!("`{number}`"),
            Self::Param(name) => format!("`:{name}`"),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => "the end".to_owned(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Lexed {
    pub(crate) token: Token,
    pub(crate) span: Span,
}

/// The tokens of `sql`, ending with one [`Token::End`].
pub(crate) fn lex(sql: &str) -> Result<Vec<Lexed>, ParseError> {
    let mut cursor = Cursor { sql, at: 0, line: 1, column: 1 };
    if sql.len() > MAX_SQL_BYTES {
        let problem = Problem::TooLong { limit: MAX_SQL_BYTES };
        return Err(ParseError::new(problem, cursor.span_from(cursor.mark())));
    }
    let mut tokens = Vec::new();
    loop {
        cursor.skip_while(char::is_whitespace);
        let mark = cursor.mark();
        let token = cursor.token(mark)?;
        let done = token == Token::End;
        tokens.push(Lexed { token, span: cursor.span_from(mark) });
        if done {
            return Ok(tokens);
        }
    }
}

pub(crate) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$' || c == '@'
}

pub(crate) fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

type Mark = (usize, u32, u32);

struct Cursor<'a> {
    sql: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'a> Cursor<'a> {
    fn mark(&self) -> Mark {
        (self.at, self.line, self.column)
    }

    fn span_from(&self, (start, line, column): Mark) -> Span {
        Span { start, end: self.at, line, column }
    }

    fn rest(&self) -> &'a str {
        &self.sql[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.bump();
        }
    }

    fn fail(&self, problem: Problem, mark: Mark) -> ParseError {
        ParseError::new(problem, self.span_from(mark))
    }

    fn token(&mut self, mark: Mark) -> Result<Token, ParseError> {
        let Some(c) = self.peek() else { return Ok(Token::End) };
        match c {
            '\'' => self.delimited('\'', Problem::UnterminatedText, mark).map(Token::Text),
            '"' => self.delimited('"', Problem::UnterminatedName, mark).map(Token::Quoted),
            ':' => self.param(mark),
            c if is_name_start(c) => self.word(mark),
            c if c.is_ascii_digit() => self.number(mark),
            _ => self.symbol(mark),
        }
    }

    /// A text or a quoted name; the delimiter is written twice to stand for itself.
    fn delimited(
        &mut self,
        quote: char,
        problem: Problem,
        mark: Mark,
    ) -> Result<String, ParseError> {
        self.bump();
        let opened = self.span_from(mark);
        let mut text = String::new();
        loop {
            match self.bump() {
                Some(c) if c != quote => text.push(c),
                Some(_) if self.peek() == Some(quote) => {
                    self.bump();
                    text.push(quote);
                }
                Some(_) => return Ok(text),
                None => {
                    let hint = format!("close it with {quote}; inside it, {quote} is doubled");
                    return Err(ParseError::new(problem, opened).hint(hint));
                }
            }
        }
    }

    fn param(&mut self, mark: Mark) -> Result<Token, ParseError> {
        self.bump();
        let from = self.at;
        self.skip_while(|c| c.is_alphanumeric() || c == '_');
        if self.at == from {
            let error = self.fail(Problem::UnexpectedCharacter(':'), mark);
            return Err(error.hint("a parameter is written :name, a cast CAST(x AS type)"));
        }
        Ok(Token::Param(self.sql[from..self.at].to_owned()))
    }

    /// A `-` belongs to the name only when a letter follows at once.
    fn word(&mut self, mark: Mark) -> Result<Token, ParseError> {
        self.bump();
        loop {
            self.skip_while(is_name_part);
            if self.peek() != Some('-') {
                break;
            }
            match self.peek_second() {
                Some(c) if c.is_alphabetic() || c == '_' => self.bump(),
                Some(c) if c.is_ascii_digit() => return Err(self.ambiguous_minus(mark)),
                _ => break,
            };
        }
        Ok(Token::Word(self.sql[mark.0..self.at].to_owned()))
    }

    fn ambiguous_minus(&mut self, mark: Mark) -> ParseError {
        let left = self.sql[mark.0..self.at].to_owned();
        self.bump();
        let digits = self.at;
        self.skip_while(|c| is_name_part(c) || c == '-');
        let right = &self.sql[digits..self.at];
        let hint =
            format!("write `{left} - {right}` with spaces, or quote the name: \"{left}-{right}\"");
        self.fail(Problem::AmbiguousMinus(format!("{left}-{right}")), mark).hint(hint)
    }

    fn number(&mut self, mark: Mark) -> Result<Token, ParseError> {
        self.skip_while(|c| c.is_ascii_digit());
        let mut whole = true;
        if self.peek() == Some('.') && self.peek_second().is_some_and(|c| c.is_ascii_digit()) {
            whole = false;
            self.bump();
            self.skip_while(|c| c.is_ascii_digit());
        }
        if matches!(self.peek(), Some('e' | 'E')) && self.exponent_follows() {
            whole = false;
            self.bump();
            self.bump();
            self.skip_while(|c| c.is_ascii_digit());
        }
        self.skip_while(|c| is_name_part(c) || c == '.');
        let text = &self.sql[mark.0..self.at];
        let padded = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
        let number = match (whole, text.parse::<i64>(), text.parse::<f64>()) {
            _ if padded || !text.ends_with(|c: char| c.is_ascii_digit()) => None,
            (true, Ok(int), _) => Some(Token::Int(int)),
            (_, _, Ok(float)) if float.is_finite() => Some(Token::Float(float)),
            _ => None,
        };
        number.ok_or_else(|| {
            let hint = format!("a text is written '{text}', a name \"{text}\"");
            self.fail(Problem::BadNumber(text.to_owned()), mark).hint(hint)
        })
    }

    fn exponent_follows(&self) -> bool {
        let mut after = self.rest().chars().skip(1);
        match after.next() {
            Some('+' | '-') => after.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => c.is_ascii_digit(),
            None => false,
        }
    }

    fn symbol(&mut self, mark: Mark) -> Result<Token, ParseError> {
        const REFUSED: [(&str, &str); 12] = [
            ("==", "equality is written ="),
            ("=>", "at least is written >="),
            ("=<", "at most is written <="),
            ("=~", "patterns are written LIKE 'a%'"),
            ("!~", "patterns are written NOT LIKE 'a%'"),
            ("&&", "write AND"),
            ("--", "comments are not read; a minus of a minus needs a space or parentheses"),
            ("/*", "comments are not read"),
            ("->", "a path is written with dots: detail.service"),
            ("`", "a name is quoted with double quotes, a text with single quotes"),
            ("~", "patterns are written LIKE 'a%'"),
            ("?", "a parameter is written :name"),
        ];
        const SYMBOLS: [&str; 20] = [
            "<>", "!=", "<=", ">=", "||", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", ",",
            ".", "[", "]", ";",
        ];
        let rest = self.rest();
        if let Some((wrong, hint)) = REFUSED.iter().find(|(wrong, _)| rest.starts_with(wrong)) {
            self.advance(wrong.len());
            let error = self.fail(
                Problem::Unsupported(format!("`{wrong}`").replace("```", "the backquote")),
                mark,
            );
            return Err(error.hint(*hint));
        }
        if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            self.advance(symbol.len());
            return Ok(Token::Symbol(symbol));
        }
        let c = self.bump().unwrap_or_default();
        let error = self.fail(Problem::UnexpectedCharacter(c), mark);
        Err(match c {
            '!' => error.hint("write NOT, or <> for a comparison"),
            '&' => error.hint("write AND"),
            '|' => error.hint("write OR, or || to join texts"),
            '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => {
                error.hint("this is a typographic quote; a text takes '")
            }
            _ => error,
        })
    }

    fn advance(&mut self, bytes: usize) {
        let end = self.at + bytes;
        while self.at < end {
            self.bump();
        }
    }
}
