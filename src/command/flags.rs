//! Options: `--name`, `--name value`, `--name=value`.

/// One option, as it was typed.
pub(super) struct Flag<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// What stands after its `=`.
    pub(super) value: Option<&'a str>,
    /// Whether it begins with the two hyphens, so that it can be nothing but an option.
    pub(super) plain: bool,
}

impl<'a> Flag<'a> {
    /// Reads one word. Phones make one long dash of two hyphens: that is taken too, but is not [`Flag::plain`].
    pub(super) fn read(word: &'a str) -> Option<Self> {
        let plain = word.strip_prefix("--");
        let body = plain.or_else(|| word.strip_prefix(['—', '–']))?;
        if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let (name, value) = body.split_once('=').map_or((body, None), |(name, value)| (name, Some(value)));
        Some(Self { name, value, plain: plain.is_some() })
    }

    /// Whether it is called `name`, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Whether it is called `name` and stands alone.
    pub(super) fn is_switch(&self, name: &str) -> bool {
        self.is(name) && self.value.is_none()
    }
}
