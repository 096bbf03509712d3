//! Where Discord keeps files.

use std::time::Duration;

use reqwest::{Client, Url};

/// How long reading a file may take, all in all.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long reaching its host may take.
const CONNECT: Duration = Duration::from_secs(10);
/// Discord's own.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// The hosts that files are read from. They are asked without the bot's token.
pub(crate) struct Hosts {
    pub(super) http: Client,
    /// The only one, in place of Discord's. For tests.
    only: Option<Url>,
}

impl Hosts {
    /// Discord's, or the one that `api` is on.
    ///
    /// # Errors
    /// What keeps this machine from making any request at all.
    pub(crate) fn new(api: Option<&str>) -> Result<Self, String> {
        let http = Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| error.without_url().to_string())?;
        let only = api.map(Url::parse).transpose().map_err(|error| error.to_string())?;
        Ok(Self { http, only })
    }

    /// The address as one of a file's, if it is.
    pub(super) fn allowed(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok()?;
        let is_bare = url.username().is_empty() && url.password().is_none();
        let fits = if let Some(only) = &self.only {
            url.origin() == only.origin()
        } else {
            let is_known = url.host_str().is_some_and(|host| HOSTS.contains(&host));
            is_known && url.scheme() == "https" && url.port().is_none()
        };
        (fits && is_bare).then_some(url)
    }

    /// Where a sticker's picture is.
    pub(crate) fn sticker(&self, sticker: u64, kind: &str) -> String {
        // Moving ones are on the other host.
        let host = if kind == "gif" { HOSTS[1] } else { HOSTS[0] };
        match &self.only {
            Some(only) => format!("{}/stickers/{sticker}.{kind}", only.as_str().trim_end_matches('/')),
            None => format!("https://{host}/stickers/{sticker}.{kind}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_from_discords_own_hosts_alone() {
        let hosts = Hosts::new(None).unwrap();
        let file = "/attachments/1/2/a.png?ex=1&is=2&hm=3";
        for host in HOSTS {
            assert!(hosts.allowed(&format!("https://{host}{file}")).is_some());
        }
        #[rustfmt::skip]
        let others = [
            "http://cdn.discordapp.com", "https://cdn.discordapp.com:8443", "https://me@cdn.discordapp.com",
            "https://cdn.discordapp.com.evil.example", "https://evil.example/cdn.discordapp.com", "https://127.0.0.1",
            "https://[::1]", "https://10.0.0.1", "https://169.254.169.254", "https://discord.com", "file://", "ftp://cdn.discordapp.com",
        ];
        for other in others {
            assert_eq!(hosts.allowed(&format!("{other}{file}")), None, "{other}");
        }
        let tested = Hosts::new(Some("http://127.0.0.1:8080")).unwrap();
        assert!(tested.allowed("http://127.0.0.1:8080/x").is_some());
        for other in ["http://127.0.0.1:8081/x", "http://127.0.0.2:8080/x", "https://cdn.discordapp.com/x"] {
            assert_eq!(tested.allowed(other), None, "{other}");
        }
    }
}
