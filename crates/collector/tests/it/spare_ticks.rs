//! Queues deliver twice, the sweep repeats what is late, and a busy incident sends its tick on:
//! spare ticks are many under a backlog. Each must end where it finds nothing due.

use collector::{Flushed, Outcome};
use rules::Rules;
use state::header::Token;

use crate::story::{at, collector, issue};

#[tokio::test]
async fn a_spare_tick_ends_and_starts_no_other() {
    let collector = collector(Rules::default());
    let accept = async |account: &str, text: &str, sent| {
        let event = issue(account, sent).with("communicationId", text).read();
        let Ok(Outcome::New { incident }) = collector.accept(event, at(sent)).await else {
            panic!("{account} was known");
        };
        incident
    };
    let incident = accept("111122223333", "c1-1", 0).await;
    let flush = async |name: &str, second| {
        collector.flush(&incident, Token(name.to_owned()), at(second)).await.unwrap()
    };
    assert_eq!(flush("too early", 9).await, Flushed::NotDue { due: at(10) });
    let (due, _) = collector.ticks.take(at(10)).expect("a tick for the first message");
    assert_eq!(due, at(10));
    assert!(matches!(flush("first", 10).await, Flushed::Done(out) if out.published == 1));

    // Within group_interval one more account has to wait; its tick, twice, finds nothing to say.
    accept("222233334444", "c1-1", 60).await;
    let (due, _) = collector.ticks.take(at(90)).expect("a tick for the second account");
    let Flushed::Done(waits) = flush("second", due.as_second() - at(0).as_second()).await else {
        panic!("it was due");
    };
    let next = waits.next.expect("the update waits");
    assert_eq!((waits.published, next), (0, at(310)));
    assert_eq!(collector.ticks.take(next).map(|(due, _)| due), Some(next), "the tick it sent");
    assert_eq!(flush("twice", 91).await, Flushed::NotDue { due: next });
    assert_eq!(collector.ticks.next(), None, "the spare tick sent another");
    assert!(matches!(flush("update", 310).await, Flushed::Done(out) if out.published == 1));
}
