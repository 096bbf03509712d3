//! Somebody on Matrix who only listens.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use herald_synapse::Account;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The words that came so far.
type Heard = BTreeSet<String>;

/// Listens until it is dropped.
pub(crate) struct Ear {
    heard: Arc<Mutex<Heard>>,
    count: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Ear {
    /// Listens in one room, from now on.
    pub(crate) async fn begin(account: &Account, room: &str) -> Self {
        let filter = format!(
            "{{\"room\":{{\"rooms\":[\"{room}\"],\"timeline\":{{\"limit\":500}},\"state\":{{\"types\":[]}}}},\
             \"presence\":{{\"types\":[]}}}}"
        );
        let filter: Vec<String> = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let filter = filter.concat();
        let first = account.get(&format!("/_matrix/client/v3/sync?filter={filter}&timeout=0")).await.unwrap();
        let mut since = first["next_batch"].as_str().unwrap().to_owned();
        let heard = Arc::new(Mutex::new(Heard::new()));
        let (told, count) = watch::channel(0);
        let (account, room, here) = (account.clone(), room.to_owned(), heard.clone());
        let task = tokio::spawn(async move {
            loop {
                let path = format!("/_matrix/client/v3/sync?filter={filter}&timeout=10000&since={since}");
                let synced = account.get(&path).await.unwrap();
                synced["next_batch"].as_str().unwrap().clone_into(&mut since);
                let events = &synced["rooms"]["join"][&room]["timeline"]["events"];
                let mut heard = here.lock().unwrap();
                for event in events.as_array().into_iter().flatten() {
                    heard.insert(words(event));
                }
                told.send_replace(heard.len());
            }
        });
        Self { heard, count, task }
    }

    /// Waits until all of these words came. What came may hold others: a first sync that the server remembers begins
    /// earlier than now.
    pub(crate) async fn hears(&mut self, words: &[String]) {
        let heard = self.heard.clone();
        let all = |_: &usize| {
            let heard = heard.lock().unwrap();
            words.iter().all(|it| heard.contains(it))
        };
        self.count.wait_for(all).await.unwrap();
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn words(event: &Value) -> String {
    event["content"]["body"].as_str().unwrap_or_default().to_owned()
}
