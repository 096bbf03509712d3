//! Somebody on Matrix who only listens: when which words came.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use herald_synapse::Account;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::report::Watch;

/// What came so far: by words, when first.
pub(crate) type Heard = BTreeMap<String, Watch>;

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
                let now = Watch::start();
                synced["next_batch"].as_str().unwrap().clone_into(&mut since);
                let events = &synced["rooms"]["join"][&room]["timeline"]["events"];
                let mut heard = here.lock().unwrap();
                for event in events.as_array().into_iter().flatten() {
                    heard.entry(words(event)).or_insert(now);
                }
                told.send_replace(heard.len());
            }
        });
        Self { heard, count, task }
    }

    /// Waits until so many different words came.
    pub(crate) async fn hears(&mut self, count: usize) -> Heard {
        self.count.wait_for(|heard| *heard >= count).await.unwrap();
        self.heard.lock().unwrap().clone()
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
