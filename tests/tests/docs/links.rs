//! Links within the project.

use std::collections::BTreeMap;
use std::path::Path;

use system_tests::pages::{self, ROOT};

#[test]
fn every_link_within_the_project_leads_to_a_file_and_a_heading() {
    let pages = pages::all().unwrap();
    let anchors: BTreeMap<_, _> =
        pages.iter().map(|page| (page.name.clone(), page.anchors())).collect();
    let (mut wrong, mut within) = (Vec::new(), 0);
    for page in &pages {
        let folder = Path::new(&page.name).parent().unwrap();
        for link in &page.links {
            if link.text.contains("://") || link.text.starts_with("mailto:") {
                continue;
            }
            within += 1;
            let (file, anchor) = link.text.split_once('#').unwrap_or((&link.text, ""));
            let file = if file.is_empty() { page.name.clone() } else { plain(folder, file) };
            let found = Path::new(ROOT).join(&file).exists()
                && (anchor.is_empty()
                    || anchors.get(&file).is_some_and(|all| all.iter().any(|one| one == anchor)));
            if !found {
                wrong.push(format!("{}:{}: {} leads nowhere", page.name, link.line, link.text));
            }
        }
    }
    assert!(within > 50, "{within} links");
    super::nothing_wrong(&wrong);
}

/// `docs` and `../README.md` are `README.md`.
fn plain(folder: &Path, link: &str) -> String {
    let mut parts: Vec<&str> = folder.iter().map(|part| part.to_str().unwrap()).collect();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}
