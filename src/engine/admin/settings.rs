//! What is set in chat.

use herald_chat::{Person, Text};

use crate::announce;
use crate::engine::{Engine, Step};
use crate::incident::{House, Refusal, Setting, Source, Value};
use crate::journal::Journal;

impl<J: Journal> Engine<J> {
    /// Sets something from now on; without a value, as the configuration has it.
    pub(super) fn set(
        &mut self,
        step: &mut Step,
        by: &Person,
        key: Setting,
        value: Option<Value>,
    ) -> Result<Text, Refusal> {
        let was = key.of(&self.setup.policy);
        let configured = self.register.settings.source(key) == Source::Config;
        if value.map_or(configured, |value| value == was) {
            let what = match value {
                Some(value) => format!("`{}` is {value}", key.key()),
                None => format!("`{}` is {was}, as the configuration says", key.key()),
            };
            return Err(Refusal::SameAlready { what, list: "settings" });
        }
        key.check(value.unwrap_or_else(|| key.of(&self.base.policy)), &self.setup.policy)?;
        self.record_house(step, Some(by), House::SettingChanged { key, was, to: value });
        Ok(announce::set(key, key.of(&self.setup.policy), was))
    }
}
