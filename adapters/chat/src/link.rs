//! Addresses that may be passed on.

use url::Url;

/// How long an address may be, in bytes.
const LONGEST: usize = 1500;

/// The address as it may stand behind words: of the web or of mail, without anybody's account in it, and without a
/// character that could mean something to a reader of markup but `()[]_*~` and the like, which stand in addresses.
/// `None` where it leads elsewhere.
#[must_use]
pub fn safe_link(written: &str) -> Option<String> {
    let url = Url::parse(written.trim()).ok()?;
    let leads_out = match url.scheme() {
        "http" | "https" => url.has_host() && url.username().is_empty() && url.password().is_none(),
        "mailto" => true,
        _ => false,
    };
    let address = String::from(url);
    let fits = address.len() <= LONGEST && address.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"`\\".contains(&b));
    (leads_out && fits).then_some(address)
}
