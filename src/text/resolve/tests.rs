use super::*;
use crate::name::logical_path::LogicalPath;
use crate::text::css::uses::NO_USES;

const NAMES: [&str; 11] = [
    "css/m.css",
    "css/a.png",
    "css/x y.png",
    "css/é.png",
    "img/c.png",
    "img/a%b.png",
    "css/a#b.png",
    "css/noext",
    "css/d/e.png",
    "css/a\\b.png",
    "css/\u{fffd}.gif",
];

const OWN: &str = "/static/";
const CDN: &str = "https://cdn.test/s/";

/// The static URL, a URL, and what is expected: the asset and the URL with the digest in it, or what else.
const URLS: &[(&str, &str, &str)] = &[
    (OWN, "a.png", "css/a.png a.H.png"),
    (OWN, " a.png\n", "css/a.png  a.H.png\n"),
    (OWN, "./a.png", "css/a.png ./a.H.png"),
    (OWN, ".//a.png", "css/a.png .//a.H.png"),
    (OWN, "../img/c.png", "img/c.png ../img/c.H.png"),
    (OWN, "..\\img\\c.png", "img/c.png ..\\img\\c.H.png"),
    (OWN, "x/../a.png", "css/a.png x/../a.H.png"),
    (OWN, "%2e%2E/img/c.png", "img/c.png %2e%2E/img/c.H.png"),
    (OWN, "a.png?v=1.0#x.y", "css/a.png a.H.png?v=1.0#x.y"),
    (OWN, "a.png?#iefix", "css/a.png a.H.png?#iefix"),
    (OWN, "x%20y.png", "css/x y.png x%20y.H.png"),
    (OWN, "x%20y%2Epng", "css/x y.png x%20y.H%2Epng"),
    (OWN, "%C3%A9.png", "css/é.png %C3%A9.H.png"),
    (OWN, "é.png", "css/é.png é.H.png"),
    (OWN, "../img/a%25b.png", "img/a%b.png ../img/a%25b.H.png"),
    (OWN, "a%23b.png", "css/a#b.png a%23b.H.png"),
    (OWN, "noext", "css/noext noext.H"),
    (OWN, "noext?q", "css/noext noext.H?q"),
    (OWN, "a.\tpng", "css/a.png a.H.\tpng"),
    (OWN, "a%5Cb.png", "css/a\\b.png a%5Cb.H.png"),
    (OWN, "..%5Cimg/c.png", "missing css/..\\img/c.png"),
    (OWN, "/static/img/c.png", "img/c.png /static/img/c.H.png"),
    (
        CDN,
        "https://cdn.test/s/css/a.png",
        "css/a.png https://cdn.test/s/css/a.H.png",
    ),
    (CDN, "/static/css/a.png", "external"),
    (OWN, "", "external"),
    (OWN, "#x", "external"),
    (OWN, "?x", "external"),
    (OWN, "data:,x", "external"),
    (OWN, "DATA:,x", "external"),
    (OWN, "moz-extension://x/y.png", "external"),
    (OWN, "about:blank", "external"),
    (OWN, "//host/a.png", "external"),
    (OWN, "\\\\host/a.png", "external"),
    ("/", "//host/css/a.png", "external"),
    ("/", "/\\host/css/a.png", "external"),
    ("/", "/css/a.png", "css/a.png /css/a.H.png"),
    (
        "//cdn.test/s/",
        "//cdn.test/s/css/a.png",
        "css/a.png //cdn.test/s/css/a.H.png",
    ),
    (OWN, "/other/a.png", "external"),
    (OWN, "/staticfoo.png", "external"),
    (OWN, "/static/", "directory "),
    (OWN, ".", "directory css"),
    (OWN, "..", "directory "),
    (OWN, "d", "directory css/d"),
    (OWN, "d/", "directory css/d"),
    (OWN, "nope/", "directory css/nope"),
    (OWN, "nope.png", "missing css/nope.png"),
    (OWN, "/static/nope.png", "missing nope.png"),
    (OWN, "a.PNG", "missing css/a.PNG"),
    (OWN, "../../x.png", "outside"),
    (OWN, "/static/../x.png", "outside"),
    // In URL space, as `new URL(url, base)` of Chromium.
    (
        OWN,
        "../../static/img/c.png",
        "img/c.png ../../static/img/c.H.png",
    ),
    (
        OWN,
        "../../../../static/img/c.png",
        "img/c.png ../../../../static/img/c.H.png",
    ),
    (
        OWN,
        "%2E%2e/../static/img/c.png?x#y",
        "img/c.png %2E%2e/../static/img/c.H.png?x#y",
    ),
    (
        OWN,
        "/static/../static/img/c.png",
        "img/c.png /static/../static/img/c.H.png",
    ),
    (
        OWN,
        "/x/../static/img/c.png",
        "img/c.png /x/../static/img/c.H.png",
    ),
    (
        OWN,
        "/static/%2e%2e/static/img/c.png",
        "img/c.png /static/%2e%2e/static/img/c.H.png",
    ),
    (OWN, "../../../static/nope.png", "missing nope.png"),
    (OWN, "../../static/..", "external"),
    (OWN, "../..", "external"),
    (OWN, "../../", "external"),
    (OWN, "/static", "directory "),
    (
        OWN,
        "/static/./../x/../static/css/a.png",
        "css/a.png /static/./../x/../static/css/a.H.png",
    ),
    (OWN, "x//../a.png", "missing css/x/a.png"),
    (OWN, "//h/static/css/a.png", "external"),
    (OWN, "https://h/static/css/a.png", "external"),
    (OWN, "https:a.png", "external"),
    (OWN, "/\t/static/css/a.png", "external"),
    ("/", "../../../img/c.png", "img/c.png ../../../img/c.H.png"),
    (CDN, "../../s/img/c.png", "img/c.png ../../s/img/c.H.png"),
    (CDN, "/s/img/c.png", "img/c.png /s/img/c.H.png"),
    (
        CDN,
        "//cdn.test/s/img/c.png",
        "img/c.png //cdn.test/s/img/c.H.png",
    ),
    (
        CDN,
        "///cdn.test/s/img/c.png",
        "img/c.png ///cdn.test/s/img/c.H.png",
    ),
    (
        CDN,
        "HTTPS://CDN.test:443/s/img/c.png",
        "img/c.png HTTPS://CDN.test:443/s/img/c.H.png",
    ),
    (
        CDN,
        "ht\ntps://cdn.test/x/../s/img/c.png",
        "img/c.png ht\ntps://cdn.test/x/../s/img/c.H.png",
    ),
    (
        CDN,
        "https:\\\\cdn.test\\s\\img\\c.png",
        "img/c.png https:\\\\cdn.test\\s\\img\\c.H.png",
    ),
    (CDN, "https:a.png", "css/a.png https:a.H.png"),
    (CDN, "https:/s/img/c.png", "img/c.png https:/s/img/c.H.png"),
    (CDN, "http://cdn.test/s/img/c.png", "external"),
    (CDN, "https://cdn.test.evil/s/img/c.png", "external"),
    (CDN, "https://cdn.test", "external"),
    (CDN, "https://cdn.test?s/img/c.png", "external"),
    (CDN, "https://u@cdn.test/s/img/c.png", "external"),
    (CDN, "https://cdn.test/s/../x.png", "outside"),
    (
        "//cdn.test/s/",
        "https://cdn.test/s/img/c.png",
        "img/c.png https://cdn.test/s/img/c.H.png",
    ),
    (OWN, "%FF.png", "missing css/\u{fffd}.png"),
    (OWN, "%FE.gif", "missing css/\u{fffd}.gif"), // not the file of that name
    (OWN, "\u{fffd}.gif", "css/\u{fffd}.gif \u{fffd}.H.gif"),
    (
        OWN,
        "x%AA\u{8208}%E2%82/../a.png?q",
        "css/a.png x%AA\u{8208}%E2%82/../a.H.png?q",
    ),
];

#[test]
fn every_shape_of_url() {
    let catalog = Catalog::of_names(NAMES);
    let from = LogicalPath::new("css/m.css").unwrap();
    for (static_url, url, expected) in URLS.iter().copied() {
        let space = UrlSpace {
            catalog: &catalog,
            static_url: &StaticUrl::new(static_url),
            uses: &NO_USES,
        };
        let got = match resolve(space, Base::Directory(from.directory()), url) {
            Target::Asset {
                id,
                path,
                digest_at,
            } => {
                assert!(path.contains(&(digest_at - 1)), "{url}");
                format!(
                    "{} {}.H{}",
                    catalog.name(id),
                    &url[..digest_at],
                    &url[digest_at..]
                )
            }
            Target::External => "external".into(),
            Target::Directory(name) => format!("directory {name}"),
            Target::Uncertain(_) => "uncertain".into(),
            Target::Missing(name) => format!("missing {name}"),
            Target::Outside => "outside".into(),
        };
        assert_eq!(got, expected, "{url}");
    }
}
