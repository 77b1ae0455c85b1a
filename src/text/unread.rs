//! Diagnostics about places in scripts that name files in a way that cannot be read for certain.

use super::resolve::{Base, Target, UrlSpace, resolve};
use super::{Escapes, Unread, Why, decode};
use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::AssetId;
use crate::name::logical_path::LogicalPath;

/// The diagnostic about a place in `text`, the content of `from`; `None`: it names nothing of ours. `lacks_plain`:
/// whether the asset that is probably meant has no plain copy (`None`: any asset), so that nothing will be found.
pub(crate) fn diagnose(
    unread: &Unread,
    text: &[u8],
    space: UrlSpace<'_>,
    from: &LogicalPath,
    lacks_plain: impl Fn(Option<AssetId>) -> bool,
) -> Option<Diagnostic> {
    let url = decode(text.get(unread.span.clone())?, Escapes::Js).text;
    let likely = match resolve(space, Base::Directory(from.directory()), &url) {
        _ if unread.why == Why::Computed => None,
        Target::Asset { id, .. } => Some(id),
        _ => None,
    };
    if likely.is_some_and(|id| space.catalog.get(id).naming.keeps_name()) {
        return None; // that is its name
    }
    let is_relative = super::resolve::is_relative(space, &url);
    let (what, help) = match unread.why {
        Why::Computed => (
            "this URL is put together at run time: it is not rewritten".to_owned(),
            "a URL of which the whole path is written out is: import(\"./a.js?\" + x)",
        ),
        Why::OfPage if is_relative => (
            format!(
                "\"{}\" is relative to the page, not to this script: it is not rewritten",
                shown(&*url)
            ),
            "new URL(\"…\", import.meta.url) is relative to the script",
        ),
        Why::OfPage if likely.is_some() => (
            format!("\"{}\" is not rewritten here", shown(&*url)),
            "new URL(\"…\", import.meta.url) is rewritten",
        ),
        Why::Renamed if likely.is_some() => (
            format!(
                "\"{}\" is probably a URL that is relative to this script: it is not rewritten, as the class is not named URL",
                shown(&*url)
            ),
            "new URL(\"…\", import.meta.url) is rewritten",
        ),
        Why::OfPage | Why::Renamed => return None,
    };
    let severity = if lacks_plain(likely) {
        Severity::Warning
    } else {
        Severity::Notice
    };
    let diagnostic = Diagnostic::new(severity, Code::UncertainReference, from.as_str(), what);
    Some(diagnostic.help(if severity == Severity::Warning {
        "--keep-original keeps the plain copies that are then fetched"
    } else {
        help
    }))
}
