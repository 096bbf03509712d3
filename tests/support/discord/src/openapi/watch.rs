//! All exchanges of one server, held against the description that the environment names.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::Value;

use super::{Description, Deviation, Deviations, Seen, Side, VARIABLE};
use crate::rest::UPLOADED;
use crate::tap::Exchange;

/// Where the description's paths begin.
const BASE: &str = "/api/v10";

/// Checks what it hears. When it goes, the test fails unless all was as described, or excepted with a reason.
#[derive(Debug)]
pub(crate) struct Watch {
    found: Arc<Mutex<Deviations>>,
}

impl Watch {
    /// One that hears what is passed to the function beside it. `None` unless [`VARIABLE`] names a file.
    ///
    /// # Panics
    /// When the file is no description: who asks for the check must not get a run without it.
    pub(crate) fn from_environment() -> Option<(Self, impl Fn(&Exchange) + Send + Sync + 'static)> {
        // Read once per process: it is a megabyte.
        static DESCRIPTION: OnceLock<Result<Description, String>> = OnceLock::new();
        let file = std::env::var_os(VARIABLE).filter(|it| !it.is_empty())?;
        // Tests run in the directory of their crate; who names the file stands at the root.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let description = DESCRIPTION.get_or_init(|| Description::read(&root.join(&file))).as_ref();
        let wrong = description.err().map(String::as_str).unwrap_or_default();
        assert!(wrong.is_empty(), "{VARIABLE} names no description of Discord's interface: {wrong}");
        let found = Arc::<Mutex<Deviations>>::default();
        let watch = Self { found: Arc::clone(&found) };
        let description = description.ok()?;
        let hear = move |exchange: &Exchange| {
            if let Some(deviations) = deviations(description, exchange) {
                found.lock().unwrap_or_else(PoisonError::into_inner).add(deviations);
            }
        };
        Some((watch, hear))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if std::thread::panicking() {
            eprintln!("{found}");
            return;
        }
        assert!(found.unexplained().next().is_none(), "{found}");
        eprintln!("{found}");
    }
}

/// How an exchange deviates. `None` when it is none of the REST interface.
fn deviations(description: &Description, exchange: &Exchange) -> Option<Vec<Deviation>> {
    let Exchange::Rest { method, path, query, request, status, response, fault } = exchange else { return None };
    // Addresses of webhooks name no version.
    let unversioned = || path.strip_prefix("/api").filter(|it| it.starts_with("/webhooks/"));
    let Some(below) = path.strip_prefix(BASE).or_else(unversioned) else {
        let asked = format!("{method} {path}");
        return Some(vec![Deviation::new(&asked, Side::Request, "", format!("is not below {BASE}"))]);
    };
    let path = if query.is_empty() { below.to_owned() } else { format!("{below}?{query}") };
    // What a fault answers in the server's place is not the server's.
    let answer = (!fault).then_some((*status, response.as_ref()));
    let request = request.clone().map(without_files);
    Some(description.deviations(&Seen { method, path: &path, request: request.as_ref(), answer }))
}

/// A body as it was sent, without what the server read of the files beside it.
fn without_files(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.remove(UPLOADED);
    }
    body
}
