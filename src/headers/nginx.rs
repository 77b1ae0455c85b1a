//! Headers for nginx: included in the location of the static files, which sets their directory.

use std::fmt::Write as _;

use super::media_types;
use super::plan::{HeadersPlan, IMMUTABLE, SHORT, written_by};
use crate::options::HeadersFormat;
use crate::static_root::TEMPORARY;
use crate::static_root::encoding::Encoding;
use crate::static_root::own_files::headers_name;

/// Writes the file. The headers are in variables that inner locations set: `add_header` in a location would remove
/// those that the site sets beside the `include`. nginx's own `gzip_vary` ignores files that only have a `.br`.
pub(super) fn write(plan: &HeadersPlan) -> String {
    let url = &plan.url;
    let mut out = written_by("nginx");
    let name = headers_name(&plan.manifest, HeadersFormat::Nginx);
    let _ = write!(
        out,
        "#
#     location {url} {{
#         alias /srv/static/;
#         include /srv/static/{name};
#     }}

default_type {};
types {{
",
        media_types::DEFAULT
    );
    for (media_type, extensions) in plan.media_types() {
        let _ = writeln!(out, "    \"{media_type}\" {};", extensions.join(" "));
    }
    out.push_str("}\n\n");
    for encoding in &plan.encodings {
        out.push_str(match encoding {
            Encoding::Brotli => "brotli_static on; # Debian: libnginx-mod-http-brotli-static\n",
            Encoding::Gzip => "gzip_static on;\n",
            Encoding::Zstd => "# nginx has nothing that serves .zst files.\n",
        });
    }
    out.push_str(
        "gzip_vary off;
add_header Cache-Control $hashstatic_cache_control;
add_header Vary $hashstatic_vary; # none if it is empty

",
    );
    set(&mut out, plan, "", SHORT);
    let mut location = |matcher: String, cache_control: &str| {
        let _ = writeln!(out, "location {matcher} {{");
        set(&mut out, plan, "    ", cache_control);
        out.push_str("}\n");
    };
    location(format!("~ {}", quoted(&plan.pattern())), IMMUTABLE);
    for (immutable, cache_control) in [(true, IMMUTABLE), (false, SHORT)] {
        for name in plan.exceptions(immutable) {
            let url = quoted(&format!("{url}{name}"));
            location(format!("= {url}"), cache_control);
        }
    }
    for name in plan.hidden() {
        let url = quoted(&format!("{url}{name}"));
        let _ = writeln!(out, "location = {url} {{ return 404; }}");
    }
    let temporary = format!(r"/{}[^/]*\z", TEMPORARY.replace('.', r"\."));
    let temporary = quoted(&temporary);
    let _ = writeln!(out, "location ~ {temporary} {{ return 404; }}");
    out
}

/// Sets the variables. Every location must set all of them, as it does not inherit them.
fn set(out: &mut String, plan: &HeadersPlan, indent: &str, cache_control: &str) {
    let _ = writeln!(
        out,
        "{indent}set $hashstatic_cache_control \"{cache_control}\";"
    );
    let _ = writeln!(out, "{indent}set $hashstatic_vary \"\";");
    let served = plan
        .encodings
        .iter()
        .filter(|encoding| **encoding != Encoding::Zstd);
    for suffix in served.map(|encoding| encoding.suffix()) {
        let _ = writeln!(
            out,
            "{indent}if (-f $request_filename{suffix}) {{ set $hashstatic_vary Accept-Encoding; }}"
        );
    }
}

/// Quotes a word of the configuration. Location names have no variables, so `$` is not escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
