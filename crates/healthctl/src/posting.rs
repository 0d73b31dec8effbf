//! Real spaces behind `dev`: the delivery of production on the memory store, with a timer where
//! AWS has queues. What cannot be posted now comes back; what nobody can take is said and dropped,
//! since there is no dead-letter queue on one machine.

use std::sync::Arc;
use std::time::Duration;

use delibird::Delibird;
use delibird::chat::Webhooks;
use delibird::deliver::End;
use delibird::deliver::decide::Arrival;
use jiff::SignedDuration;
use model::Alert;
use state::MemoryStore;
use tokio::sync::mpsc;

use crate::dev::{Clock, say};

/// As a function has it.
const TIME: SignedDuration = SignedDuration::from_secs(30);
const LEASE: SignedDuration = SignedDuration::from_secs(35);

/// Takes alerts and posts them as long as the runtime lives.
pub fn start(webhooks: Webhooks, clock: Clock) -> mpsc::UnboundedSender<Alert> {
    let (sender, mut alerts) = mpsc::unbounded_channel::<Alert>();
    let store = MemoryStore::default();
    let delibird = Arc::new(Delibird { store, chat: webhooks, lease: LEASE, clock });
    tokio::spawn(async move {
        while let Some(alert) = alerts.recv().await {
            tokio::spawn(keep_posting(Arc::clone(&delibird), alert));
        }
    });
    sender
}

/// One alert until it is out or nobody takes it; each wait is what its queue would do.
async fn keep_posting(delibird: Arc<Delibird<MemoryStore, Webhooks>>, alert: Alert) {
    let arrival = Arrival { sent: (delibird.clock)() };
    let space = &alert.target.space;
    loop {
        let deadline = (delibird.clock)() + TIME;
        match delibird.deliver(&alert, arrival, deadline).await.map(|sent| sent.end) {
            Ok(End::Posted | End::Repeated) => return,
            Ok(End::Redirected { to, reason }) => {
                return say(&format!("posted to {to}, not to {space}: {reason}"));
            }
            Ok(End::Later { due, reason, .. }) => {
                if let Some(reason) = reason {
                    say(&format!("not yet in {space}: {reason}"));
                }
                let wait = due.duration_since((delibird.clock)());
                tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
            }
            Ok(End::Old) => return lost(&delibird, &alert, "it was tried for days").await,
            Ok(End::Refused { reason } | End::Unreachable { reason }) => {
                return lost(&delibird, &alert, &reason).await;
            }
            Err(error) => return lost(&delibird, &alert, &error.to_string()).await,
        }
    }
}

async fn lost(delibird: &Delibird<MemoryStore, Webhooks>, alert: &Alert, reason: &str) {
    say(&format!("not delivered to {}: {reason}", alert.target.space));
    if let Err(error) = delibird.give_up(alert).await {
        say(&error.to_string());
    }
}
