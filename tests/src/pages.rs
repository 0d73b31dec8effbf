//! The pages of the project as their readers see them: blocks, commands and links, each with its line.

use std::path::{Path, PathBuf};
use std::{fs, io};

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[derive(Debug)]
pub struct Page {
    /// From the project's root.
    pub name: String,
    /// Fenced, by language.
    pub blocks: Vec<Block>,
    /// Code within the text.
    pub spans: Vec<Span>,
    /// Where links and pictures lead.
    pub links: Vec<Span>,
    pub headings: Vec<String>,
}

#[derive(Debug)]
pub struct Block {
    pub line: usize,
    pub language: String,
    pub text: String,
}

#[derive(Debug)]
pub struct Span {
    pub line: usize,
    pub text: String,
}

/// Every Markdown file that is part of the project.
pub fn all() -> io::Result<Vec<Page>> {
    let root = fs::canonicalize(ROOT)?;
    let mut files = Vec::new();
    walk(&root, &mut files)?;
    files.sort();
    let page = |file: &PathBuf| {
        let name = file.strip_prefix(&root).unwrap_or(file).display().to_string();
        Ok(Page::read(name, &fs::read_to_string(file)?))
    };
    files.iter().map(page).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && name != "target" {
                walk(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    Ok(())
}

impl Page {
    pub fn read(name: String, text: &str) -> Self {
        let mut page = Self {
            name,
            blocks: Vec::new(),
            spans: Vec::new(),
            links: Vec::new(),
            headings: Vec::new(),
        };
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        let (mut block, mut heading) = (None, None::<String>);
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(language) => language.to_string(),
                        CodeBlockKind::Indented => "indented".to_owned(),
                    };
                    block = Some(Block { line: line(range.start), language, text: String::new() });
                }
                Event::End(TagEnd::CodeBlock) => page.blocks.extend(block.take()),
                Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => {}
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.headings.extend(heading.take()),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(Span { line: line(range.start), text: dest_url.to_string() });
                }
                Event::Code(code) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&code);
                    }
                    page.spans.push(Span { line: line(range.start), text: code.to_string() });
                }
                Event::Text(text) => match (&mut block, &mut heading) {
                    (Some(block), _) => block.text.push_str(&text),
                    (None, Some(heading)) => heading.push_str(&text),
                    (None, None) => {}
                },
                _ => {}
            }
        }
        page
    }

    /// The names by which a browser finds its headings.
    pub fn anchors(&self) -> Vec<String> {
        let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' ');
        let anchor = |heading: &String| {
            heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
        };
        self.headings.iter().map(anchor).collect()
    }
}
