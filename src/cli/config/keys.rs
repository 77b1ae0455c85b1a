//! Keys that no option has.

use hashstatic::{Error, shown};
use toml::Value;

use super::ConfigFile;

impl ConfigFile {
    /// The error about a key that is not `known`. `commands` are the names of the commands.
    pub(in crate::cli) fn unknown_key(
        &self,
        key: &str,
        value: &Value,
        known: &[&str],
        commands: &[&str],
    ) -> Error {
        self.wrong(key, &self.unknown(key, value, known, commands))
    }

    fn unknown(&self, key: &str, value: &Value, known: &[&str], commands: &[&str]) -> String {
        let is_own_file = self.path.ends_with("hashstatic.toml");
        let place = if is_own_file {
            "at the top of the file"
        } else {
            "in [tool.hashstatic]"
        };
        match value {
            Value::Table(_) if key == "tool" && is_own_file => {
                "`tool`: in hashstatic.toml, the keys stand at the top of the file, without [tool.hashstatic]"
                    .into()
            }
            Value::Table(_) if commands.contains(&key) => format!(
                "`{key}`: commands have no tables of their own; write their keys {place}, where each command takes those it knows"
            ),
            _ => {
                let nearest = known
                    .iter()
                    .min_by_key(|known| strsim::osa_distance(known, key));
                let hint = nearest.map_or_else(String::new, |nearest| {
                    format!("; did you mean `{nearest}`?")
                });
                format!("unknown key `{}`{hint}", shown(key))
            }
        }
    }
}
