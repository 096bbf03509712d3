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

/// Whether words are an address of the web as people write it. What clients write behind such words has the letters by number
/// that are not plain ones.
#[must_use]
pub fn is_address_of(words: &str, address: &str) -> bool {
    let words = words.trim();
    let place = words.split_once("://").map_or(words, |(_, place)| place);
    // An account before the host is none of the address, not even an empty one.
    let names_account = place.split(['/', '?', '#']).next().is_some_and(|host| host.contains('@'));
    let written = safe_link(words).filter(|_| !names_account);
    written.is_some() && written == safe_link(address)
}

#[cfg(test)]
mod tests {
    use super::is_address_of;

    #[test]
    fn words_are_an_address_however_its_letters_are_written_and_never_with_an_account_before_it() {
        for (words, address) in [
            ("https://exämple.org/ü", "https://xn--exmple-cua.org/%C3%BC"),
            ("https://medium.com/@everyone", "https://medium.com/@everyone"),
            ("https://good.example", "https://good.example/"),
        ] {
            assert!(is_address_of(words, address), "{words}");
        }
        for words in [
            "https://@good.example/",
            "https://:@good.example/",
            "https://a@good.example/",
            "good.example",
            "https://evil.example/",
        ] {
            assert!(!is_address_of(words, "https://good.example/"), "{words}");
        }
    }
}
