//! The options of the build cache.

use std::path::PathBuf;

use clap::Args;
use hashstatic::options::RunOptions;

use super::environment::Environment;

const CACHE: &str = "Build cache";

/// Where the build cache is.
#[derive(Debug, Args)]
pub(crate) struct CacheDir {
    /// Directory of the build cache [default: hashstatic in the user's cache directory]
    #[arg(
        long = "cache-dir",
        value_name = "DIR",
        help_heading = CACHE
    )]
    dir: Option<PathBuf>,
}

impl CacheDir {
    /// The directory named, or `hashstatic` in the user's directory for caches. `None` if the user has none.
    pub(crate) fn dir(&self, environment: &Environment) -> Option<PathBuf> {
        let named = self.dir.as_ref().filter(|dir| !dir.as_os_str().is_empty());
        named
            .cloned()
            .or_else(|| Some(environment.caches()?.join("hashstatic")))
    }
}

/// The cache of a build.
#[derive(Debug, Args)]
pub(super) struct CacheOptions {
    #[command(flatten)]
    dir: CacheDir,
    /// Compute everything anew
    #[arg(long, help_heading = CACHE)]
    no_cache: bool,
    /// How much the cache may hold: bytes, or with a unit (kB, MB, GB)
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "1GB",
        value_parser = size,
        help_heading = CACHE
    )]
    cache_max_size: u64,
}

impl CacheOptions {
    pub(super) fn set(&self, options: &mut RunOptions, environment: &Environment) {
        options.cache_dir = self.dir.dir(environment).filter(|_| !self.no_cache);
        options.cache_max_size = self.cache_max_size;
    }
}

/// Parses a size in bytes: `500`, `500MB`, `1.5 GiB`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a size beyond u64 saturates"
)]
fn size(argument: &str) -> Result<u64, String> {
    let split = argument
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(argument.len());
    let (number, unit) = argument.split_at(split);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        "tib" => 1_099_511_627_776.0,
        _ => return Err(format!("{unit:?} is no unit of size (B, kB, MB, GB)")),
    };
    match number.parse::<f64>() {
        Ok(number) => Ok((number * factor) as u64),
        Err(_) => Err("not a size such as 500MB".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("500"), Ok(500));
        assert_eq!(size("1.5 kB"), Ok(1500));
        assert_eq!(size("2GiB"), Ok(2 << 30));
        assert_eq!(size("0"), Ok(0));
        for wrong in ["", "MB", "1 m", "-1", "1.2.3"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
