//! Names that are too long for variants. (Those that are too long for a digest are errors, once they have one.)

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::name::logical_path::LONGEST_NAME;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::static_root::encoding::Encoding;

/// Reports the assets whose hashed files get no variants because the names would be too long.
pub(super) fn report(job: &Job<'_>, assets: &[Planned]) {
    let encodings = job.options.variants.encodings;
    let wanted = [
        (Encoding::Gzip, encodings.gzip.is_some()),
        (Encoding::Brotli, encodings.brotli.is_some()),
        (Encoding::Zstd, encodings.zstd.is_some()),
    ];
    let is_compressed = |asset: &&Planned| asset.compress && asset.carried.is_none();
    for asset in assets.iter().filter(is_compressed) {
        let digits = if asset.naming.keeps_name() {
            0
        } else {
            1 + job.options.naming.hash_length
        };
        let length = asset.name().file_name().len() + digits;
        let is_too_long = |encoding: Encoding| length + encoding.suffix().len() > LONGEST_NAME;
        let without: Vec<&str> = wanted
            .iter()
            .filter(|(encoding, wanted)| *wanted && is_too_long(*encoding))
            .map(|(encoding, _)| encoding.suffix())
            .collect();
        if length <= LONGEST_NAME && !without.is_empty() {
            let what = format!(
                "its hashed file gets no {} variant: the name would have more than {LONGEST_NAME} bytes",
                without.join(" and no ")
            );
            let name = asset.name().as_str();
            job.log.push(
                Diagnostic::new(Severity::Notice, Code::LongName, name, what)
                    .help("give the file a shorter name"),
            );
        }
    }
}
