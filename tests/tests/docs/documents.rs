//! The routing documents of the pages.

use jiff::Timestamp;
use rules::Rules;
use system_tests::pages;

#[test]
fn every_routing_document_of_a_page_is_sound_and_its_own_tests_hold() {
    let now: Timestamp = "2027-01-15T08:00:00Z".parse().unwrap();
    let (mut wrong, mut read) = (Vec::new(), 0);
    for page in pages::all().unwrap() {
        for block in page.blocks.iter().filter(|block| block.language == "toml") {
            read += 1;
            let place = format!("{}:{}", page.name, block.line);
            match Rules::parse(&block.text, &place) {
                Ok(rules) => wrong.extend(
                    rules.run_tests(now).iter().map(|failure| format!("{place}: {failure}")),
                ),
                Err(problems) => {
                    wrong.extend(problems.iter().map(|problem| format!("{place}: {problem}")));
                }
            }
        }
    }
    assert!(read >= 10, "{read} documents");
    super::nothing_wrong(&wrong);
}
