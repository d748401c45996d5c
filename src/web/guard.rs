//! Who may ask for what, before anything is answered.
//!
//! A page on some other site must be able neither to read the desk (a foreign name that resolves to this address) nor to
//! change it (a form sent from elsewhere). Beyond loopback a token is asked for as well.

use crate::config::WebSettings;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::sync::Arc;

/// Has to be there on whatever changes something: no form of another site can send it.
const CSRF: HeaderName = HeaderName::from_static("x-copydesk-csrf");
const COOKIE: &str = "copydesk";
/// Asked by supervisors, which carry no token; they say nothing about content.
const PROBES: [&str; 2] = ["/livez", "/readyz"];

/// On every answer. Nothing but the desk's own files is loaded, and nobody frames them.
const SECURE: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// What the configuration allows.
pub(super) struct Rules {
    /// SHA-256 of the token: comparing it tells nothing by its duration.
    token: Option<[u8; 32]>,
    hosts: Vec<String>,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Host,
    Forged,
    Token,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Host => (
                StatusCode::MISDIRECTED_REQUEST,
                "this name is not known here; add it to `hosts` under [web], or use the address\n",
            )
                .into_response(),
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "changes come from the desk page itself, with the header x-copydesk-csrf\n",
            )
                .into_response(),
            Self::Token => (
                StatusCode::UNAUTHORIZED,
                [(header::WWW_AUTHENTICATE, "Bearer realm=\"copydesk\"")],
                "a token is asked for: open /?token=… once, or send `Authorization: Bearer …`; it is `token` under [web]\n",
            )
                .into_response(),
        }
    }
}

/// Answers, or says why not.
pub(super) async fn guard(
    State(rules): State<Arc<Rules>>,
    request: Request,
    next: Next,
) -> Response {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let mut response = match rules.check(method, uri, headers) {
        Err(refusal) => refusal.into_response(),
        Ok(()) => match rules.login(uri) {
            Some(welcome) => welcome,
            None => next.run(request).await,
        },
    };
    for (name, value) in SECURE {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

impl Rules {
    pub(super) fn new(settings: &WebSettings) -> Self {
        Self {
            token: settings.token.as_deref().map(digest),
            hosts: settings.hosts.clone(),
        }
    }

    fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        // HTTP/1.1 has it in the header, an absolute request target in the target.
        let host = text(headers, &header::HOST).or_else(|| uri.authority().map(|a| a.as_str()));
        if !host.is_some_and(|host| self.is_known(host)) {
            return Err(Refusal::Host);
        }
        if !method.is_safe() && !is_own(headers, host) {
            return Err(Refusal::Forged);
        }
        let Some(token) = &self.token else {
            return Ok(());
        };
        let bearer = text(headers, &header::AUTHORIZATION).and_then(|v| v.strip_prefix("Bearer "));
        let shown = bearer.or_else(|| asked_token(uri)).map(digest);
        let cookie = cookies(headers)
            .any(|(name, value)| name == COOKIE && digest(value) == digest(&session(token)));
        let is_probe = PROBES.contains(&uri.path());
        if is_probe || cookie || shown.as_ref() == Some(token) {
            Ok(())
        } else {
            Err(Refusal::Token)
        }
    }

    /// An address, or a name that was given: a name of somebody else's may be made to point here.
    fn is_known(&self, host: &str) -> bool {
        let name = name_of(host);
        name.eq_ignore_ascii_case("localhost")
            || name.parse::<IpAddr>().is_ok()
            || self.hosts.iter().any(|h| h.eq_ignore_ascii_case(name))
    }

    /// The right token in the address becomes a cookie, and leaves the address.
    fn login(&self, uri: &Uri) -> Option<Response> {
        let token = self.token.as_ref()?;
        asked_token(uri).filter(|t| digest(t) == *token)?;
        let session = session(token);
        let cookie =
            format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
        // `//elsewhere` as a path would be another site.
        let path = format!("/{}", uri.path().trim_start_matches('/'));
        let headers = [(header::SET_COOKIE, cookie), (header::LOCATION, path)];
        Some((StatusCode::SEE_OTHER, headers).into_response())
    }
}

/// Whether a change comes from the desk page itself.
fn is_own(headers: &HeaderMap, host: Option<&str>) -> bool {
    let site = text(headers, &HeaderName::from_static("sec-fetch-site"));
    let origin = text(headers, &header::ORIGIN).and_then(|o| o.split_once("://"));
    headers.contains_key(CSRF)
        && site.is_none_or(|s| matches!(s, "same-origin" | "none"))
        && (origin.is_none_or(|(_, o)| Some(o) == host))
        && text(headers, &header::ORIGIN) != Some("null")
}

/// `name:port`, `[::1]:port` → the name.
fn name_of(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn asked_token(uri: &Uri) -> Option<&str> {
    uri.query()?
        .split('&')
        .find_map(|pair| pair.strip_prefix("token="))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let all = headers.get_all(header::COOKIE).into_iter();
    all.filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// What the cookie holds: of no use as a token elsewhere.
fn session(token: &[u8; 32]) -> String {
    let mut hash = Sha256::new_with_prefix("copydesk session");
    hash.update(token);
    HEXLOWER.encode(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "a-token-of-some-length";

    fn rules(token: bool) -> Rules {
        Rules::new(&WebSettings {
            token: token.then(|| TOKEN.to_owned()),
            hosts: vec!["desk.example".into()],
            ..WebSettings::default()
        })
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        };
        pairs.iter().map(pair).collect()
    }

    fn asked(
        token: bool,
        method: &Method,
        uri: &str,
        pairs: &[(&'static str, &str)],
    ) -> Result<(), Refusal> {
        rules(token).check(method, &uri.parse().unwrap(), &headers(pairs))
    }

    #[test]
    fn only_addresses_and_given_names_are_answered() {
        for (host, known) in [
            ("127.0.0.1:8470", true),
            ("[::1]:8470", true),
            ("localhost:8470", true),
            ("LOCALHOST", true),
            ("desk.example", true),
            ("desk.example:8470", true),
            ("elsewhere.example:8470", false),
            ("127.0.0.1.elsewhere.example", false),
            ("localhost.elsewhere.example", false),
            ("", false),
        ] {
            let told = asked(false, &Method::GET, "/", &[("host", host)]);
            assert_eq!(told.is_ok(), known, "{host}");
        }
        assert_eq!(asked(false, &Method::GET, "/", &[]), Err(Refusal::Host));
    }

    #[test]
    fn changes_come_from_the_page_itself() {
        const HOST: (&str, &str) = ("host", "127.0.0.1:8470");
        const SENT: (&str, &str) = ("x-copydesk-csrf", "1");
        let own = ("origin", "http://127.0.0.1:8470");
        for (pairs, allowed) in [
            (&[HOST][..], false),
            (&[HOST, own][..], false),
            (&[HOST, SENT][..], true),
            (&[HOST, SENT, own][..], true),
            (&[HOST, SENT, own, ("sec-fetch-site", "same-origin")], true),
            (&[HOST, SENT, ("sec-fetch-site", "cross-site")], false),
            (&[HOST, SENT, ("sec-fetch-site", "same-site")], false),
            (&[HOST, SENT, ("origin", "http://elsewhere.example")], false),
            (&[HOST, SENT, ("origin", "http://127.0.0.1:9999")], false),
            (&[HOST, SENT, ("origin", "null")], false),
        ] {
            for method in [Method::POST, Method::PUT, Method::DELETE] {
                let told = asked(false, &method, "/api", pairs);
                assert_eq!(told.is_ok(), allowed, "{pairs:?}");
            }
            assert_eq!(asked(false, &Method::GET, "/api", pairs), Ok(()));
        }
    }

    #[test]
    fn a_token_is_shown_by_header_address_or_cookie() {
        let session = session(&digest(TOKEN));
        let right = format!("Bearer {TOKEN}");
        let cookie = format!("other=1; copydesk={session}");
        let host = ("host", "127.0.0.1");
        for (uri, pair, allowed) in [
            ("/", host, false),
            ("/livez", host, true),
            ("/readyz", host, true),
            ("/readyz/..", host, false),
            ("/?token=a-token-of-some-length", host, true),
            ("/?token=a-token-of-some-lengt", host, false),
            ("/", ("authorization", &right), true),
            ("/", ("authorization", "Bearer wrong"), false),
            ("/", ("cookie", &cookie), true),
            ("/", ("cookie", "copydesk=a-token-of-some-length"), false),
        ] {
            let told = asked(true, &Method::GET, uri, &[host, pair]);
            assert_eq!(told.is_ok(), allowed, "{uri} {pair:?}");
        }
    }

    #[test]
    fn logging_in_takes_the_token_out_of_the_address_and_never_leads_elsewhere() {
        let uri = format!("//elsewhere.example/x?token={TOKEN}");
        let uri = Uri::builder().path_and_query(uri).build().unwrap();
        let welcome = rules(true).login(&uri).unwrap();
        assert_eq!(welcome.status(), StatusCode::SEE_OTHER);
        let location = welcome.headers()[header::LOCATION].to_str().unwrap();
        assert!(
            location.starts_with('/') && !location.starts_with("//"),
            "{location}"
        );
        assert!(!location.contains("token"));
        assert!(
            rules(true)
                .login(&"/?token=wrong".parse().unwrap())
                .is_none()
        );
        assert!(rules(false).login(&uri).is_none());
    }

    proptest! {
        #[test]
        fn any_header_is_answered_and_none_but_the_token_opens(value in "[ -~]{0,200}", path in "/[!-~&&[^#?]]{0,40}") {
            let Ok(uri) = format!("{path}?token={}", value.replace([' ', '#', '"', '<', '>', '\\', '^', '`', '{', '}', '|'], "")).parse::<Uri>() else {
                return Ok(());
            };
            let pairs = headers(&[("host", "127.0.0.1"), ("authorization", &value), ("cookie", &value), ("origin", &value)]);
            let told = rules(true).check(&Method::GET, &uri, &pairs);
            prop_assert_eq!(told.is_ok(), PROBES.contains(&uri.path()));
        }
    }
}
