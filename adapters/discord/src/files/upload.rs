//! Posting a file.

use herald_chat::{Attachment, Content, MessageRef, Post, RoomRef, SendError, SendKey};

use super::download::amount;
use crate::Inner;
use crate::failure::refused;
use crate::names::channel_id;
use crate::rest::{Failure, Upload};

/// What the name of a file begins with that is hidden until somebody wants to see it.
const SPOILER: &str = "SPOILER_";
/// How long a name may be, in characters.
const NAME: usize = 120;

impl Inner {
    /// Posts a file with what the post says.
    pub(crate) async fn say_with(
        &self,
        at: &RoomRef,
        post: &Post,
        file: &Attachment,
        content: Content,
        key: &SendKey,
    ) -> Result<MessageRef, SendError> {
        channel_id(at)?;
        if content.length > self.carries() {
            return Err(self.too_large());
        }
        let mime = file.mime.clone().filter(|mime| is_mime(mime));
        let upload = Upload { file: content.file, length: content.length, name: name(file), mime };
        self.say_all(at, post, key, Some(&upload)).await
    }

    /// What it means that Discord did not take a file, where it is about the file.
    pub(crate) fn not_taken(&self, failure: &Failure) -> Option<SendError> {
        (failure.is_code(40005) || failure.is_status(413)).then(|| self.too_large())
    }

    fn too_large(&self) -> SendError {
        refused(format!("The file is larger than the {} that Discord takes on this server.", amount(self.carries())))
    }
}

/// A media type as it may stand in a header.
fn is_mime(mime: &str) -> bool {
    mime.contains('/') && mime.bytes().all(|b| b.is_ascii_alphanumeric() || b"/+-._".contains(&b))
}

/// A name that Discord takes, with its ending.
fn name(file: &Attachment) -> String {
    let fits = |c: &char| !c.is_control() && !"\"\\/:*?<>|".contains(*c);
    let cleaned: String = herald_chat::clean_line(&file.name).chars().filter(fits).collect();
    let cleaned = cleaned.trim_start_matches('.');
    let (stem, ending) = cleaned.rsplit_once('.').filter(|(_, ending)| ending.len() < 12).unwrap_or((cleaned, ""));
    let mut name: String = stem.chars().take(NAME).collect();
    if name.trim().is_empty() {
        "file".clone_into(&mut name);
    }
    if !ending.is_empty() {
        name = format!("{name}.{ending}");
    }
    if file.spoiler { format!("{SPOILER}{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use herald_chat::FileKind;

    use super::*;

    #[test]
    fn a_name_is_one_that_discord_takes() {
        let named = |name: &str, spoiler| Attachment {
            name: name.to_owned(),
            kind: FileKind::File,
            mime: None,
            size: None,
            pixels: None,
            spoiler,
            network: crate::names::network(),
            source: String::new(),
        };
        let name = |text: &str| name(&named(text, false));
        assert_eq!(name("graph.png"), "graph.png");
        assert_eq!(name("../../etc/pass\"wd\r\n.txt"), "etcpasswd .txt");
        assert_eq!(name(""), "file");
        assert_eq!(name(".png"), "png");
        assert_eq!(name(&("ü".repeat(300) + ".jpeg")), "ü".repeat(NAME) + ".jpeg");
        assert_eq!(super::name(&named("a.png", true)), "SPOILER_a.png");
    }
}
