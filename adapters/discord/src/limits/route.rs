//! Which requests share a limit.

use reqwest::Method;

/// What a request is, as far as limits see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    template: String,
    major: String,
    is_interaction: bool,
}

impl Route {
    /// Of a method and a path such as `/channels/12/messages`.
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let is_interaction = matches!(parts[..], ["interactions", ..] | ["webhooks", _, _, "messages", ..])
            || (matches!(parts[..], ["webhooks", _, _]) && *method != Method::GET);
        let major = match parts[..] {
            ["channels" | "guilds", id, ..] | ["webhooks", id] => id.to_owned(),
            ["webhooks" | "interactions", id, token, ..] => format!("{id}/{token}"),
            _ => String::new(),
        };
        let mut template = method.as_str().to_owned();
        for (n, part) in parts.iter().enumerate() {
            let stands_for = if n == 2 && matches!(parts[0], "webhooks" | "interactions") {
                ":token"
            } else if part.bytes().all(|byte| byte.is_ascii_digit()) {
                ":id"
            } else if n > 0 && parts[n - 1] == "reactions" {
                ":emoji"
            } else {
                part
            };
            template.push('/');
            template.push_str(stands_for);
        }
        Self { template, major, is_interaction }
    }

    /// The same, where it changes a name or a topic.
    pub(crate) fn renaming(self) -> Self {
        Self { template: format!("{} name", self.template), ..self }
    }

    /// What it is, without its ids and without any token: `GET/channels/:id/messages`.
    pub(crate) fn template(&self) -> &str {
        &self.template
    }

    /// What it is counted for: the channel, the server or the webhook.
    pub(crate) fn major(&self) -> &str {
        &self.major
    }

    /// Whether it answers an interaction: such requests are not counted with all others.
    pub(crate) fn is_interaction(&self) -> bool {
        self.is_interaction
    }
}
