//! Headers for Caddy: imported where the static URL is already stripped and `root` is set.

use std::fmt::Write as _;

use super::media_types;
use super::plan::{HeadersPlan, IMMUTABLE, SHORT, written_by};
use crate::options::HeadersFormat;
use crate::static_root::TEMPORARY;
use crate::static_root::own_files::headers_name;

/// Writes the file. Names are regular expressions: Caddy's `path` matcher ignores case, and its words expand
/// placeholders.
pub(super) fn write(plan: &HeadersPlan) -> String {
    let mut out = written_by("caddy");
    let name = headers_name(&plan.manifest, HeadersFormat::Caddy);
    let _ = write!(
        out,
        "#
#     handle_path {}* {{
#         root * /srv/static
#         import /srv/static/{name}
#     }}

map {{path}} {{hashstatic_cache_control}} {{
",
        plan.url
    );
    for (immutable, cache_control) in [(true, IMMUTABLE), (false, SHORT)] {
        for name in plan.exceptions(immutable) {
            let _ = writeln!(out, "\t`~^/{}\\z` \"{cache_control}\"", escaped(name));
        }
    }
    let _ = write!(
        out,
        "\t`~{}` \"{IMMUTABLE}\"
\tdefault \"{SHORT}\"
}}
map {{path}} {{hashstatic_content_type}} {{
",
        plan.pattern()
    );
    for (media_type, extensions) in plan.media_types() {
        let extensions = extensions.join("|");
        let _ = writeln!(out, "\t`~(?i)\\.(?:{extensions})\\z` \"{media_type}\"");
    }
    let hidden: Vec<String> = plan.hidden().iter().map(|name| escaped(name)).collect();
    let hidden = [hidden, vec![format!("(?:.*/)?{}[^/]*", escaped(TEMPORARY))]].concat();
    let hidden = format!("^/(?:{})\\z", hidden.join("|"));
    let _ = write!(
        out,
        "\tdefault \"{}\"
}}

@hashstatic_hidden path_regexp `{hidden}`
error @hashstatic_hidden 404
# What is not there must not be kept for a year.
@hashstatic_file {{
\tfile
\tnot path_regexp `{hidden}`
}}
header @hashstatic_file {{
\tCache-Control {{hashstatic_cache_control}}
\tContent-Type {{hashstatic_content_type}}
}}
",
        media_types::DEFAULT,
    );
    if plan.encodings.is_empty() {
        out.push_str("file_server\n");
        return out;
    }
    let variants = plan
        .encodings
        .iter()
        .map(|encoding| format!("{{path}}{}", encoding.suffix()));
    let tokens = plan.encodings.iter().map(|encoding| encoding.token());
    let _ = write!(
        out,
        "# Caddy says it only with a variant, and so that it would be there twice.
@hashstatic_varies file {}
header @hashstatic_varies {{
\tVary Accept-Encoding
\tdefer
}}
file_server {{
\tprecompressed {}
}}
",
        variants.collect::<Vec<_>>().join(" "),
        tokens.collect::<Vec<_>>().join(" "),
    );
    out
}

/// Returns a name as a Go regular expression without characters that are special in a Caddyfile.
pub(super) fn escaped(name: &str) -> String {
    let mut escaped = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || "/_-".contains(c) || !c.is_ascii() && !c.is_control() {
            escaped.push(c);
        } else if c == '.' {
            escaped.push_str("\\.");
        } else if c.is_ascii() {
            let _ = write!(escaped, "\\x{:02X}", u32::from(c));
        } else {
            let _ = write!(escaped, "\\x{{{:X}}}", u32::from(c));
        }
    }
    escaped
}
